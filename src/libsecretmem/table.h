/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables of one kind of object: which rows, in what order, with what columns.
 * A column is a field, or one in an object inside, or, where a row is an item
 * of a list in an object, one of that object.
 */
#ifndef SECRETMEM_TABLE_H
#define SECRETMEM_TABLE_H

#include <stdio.h>

#include "fields.h"
#include "format.h"
#include "source.h"

/* A kind of table: "files", "chunks" and so on. */
struct view {
	const char *name;
	const char *help;		/* what it shows, half a line */
	const struct field_table *table;
	const struct field_table *outer;	/* whose list the rows are in, or NULL */
	size_t offset;			/* of the list, or of the one object, in a snapshot */
	size_t inner_offset;		/* with .outer: of the rows' list in its items */
	bool single_outer;		/* .outer is of one object, not of a list's items */
	bool single;			/* one object: its fields are the rows */
	unsigned int parts;		/* what a source must read for it */
	const char *columns;		/* shown unless asked otherwise; NULL: all */
	const char *empty;		/* what to say where there is no row */
	const char *unknown;		/* and where nobody can know */
};

extern const struct view views[];	/* ends with a NULL name */
extern const struct view holders_view;	/* status files --holders */

const struct view *view_find(const char *name);

/* What is asked of a table; zeroed memory asks for the default. */
struct table_request {
	const char *columns;	/* "INODE,SIZE", "+AGE" adds, or NULL */
	const char *sort;	/* "SIZE", "-SIZE" or "SIZE:desc" descends, or NULL */
	struct list filters;	/* of const char *: "SIZE>1M" */
	bool no_headings;
};

struct table;

/* EXIT_USAGE with the text of what is wrong with the request. */
enum exit_code table_open(const struct view *view, const struct table_request *request,
			  struct table **table, struct failure *failure);

/* Choose and sort the rows of @snapshot, which must outlive them. */
void table_fill(struct table *table, const struct snapshot *snapshot);

/* The same for a list that is in no snapshot. */
void table_fill_list(struct table *table, const struct list *list);

/*
 * Collect the columns to show, a list of struct column: those that somebody
 * asked for, and those of which anything is known in any row; all of them where
 * none is.
 */
void table_columns(const struct table *table, struct list *columns);

/* How many rows there are. */
size_t table_count(const struct table *table);

/* Keep the first @count rows only. */
void table_keep(struct table *table, size_t count);

/* The list whose items are the rows, where there is one. */
struct list *view_list(const struct view *view, struct snapshot *snapshot);

/* Whether the rows of a view are known, be they none. */
bool view_known(const struct view *view, const struct snapshot *snapshot);

/* Print the rows, cut to @width columns; 0: not cut. */
void table_print(const struct table *table, const struct style *style, size_t width,
		 FILE *stream);

/*
 * Give the rows to a printer of whole snapshots: the view's list in @snapshot
 * gets their order, and those that were filtered out come after its end. The
 * return value is the count to put back before the snapshot is cleared. For
 * views whose rows are the items of such a list.
 */
size_t table_apply(const struct table *table, struct snapshot *snapshot);

void table_close(struct table *table);

/* List the columns of a view, with units and help. */
void view_print_columns(const struct view *view, FILE *stream);

#endif
