/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns that a view may have: its fields, those inside them, and names. */
#ifndef SECRETMEM_COLUMNS_H
#define SECRETMEM_COLUMNS_H

#include "table.h"

/* What a row shows: an item, and the one whose list it is in, or NULL. */
struct row {
	const void *item;
	const void *outer;
	size_t index;		/* before sorting */
};

struct column {
	char *name;		/* "CREATOR-PID" */
	char *path;		/* as in JSON: "creator.pid" */
	const struct field *field;
	size_t offset;		/* of the object inside that has the field */
	bool outer;		/* of row.outer */
	bool chosen;		/* by the user */
};

/* Fill @columns, a list of struct column, with all that @view may have. */
void columns_fill(const struct view *view, struct list *columns);
void columns_clear(struct list *columns);

/* The column by its name, in any case, or its path; NULL: not there. */
const struct column *column_find(const struct list *columns, const char *name);

/* What a column shows of a row. */
const void *column_object(const struct column *column, const struct row *row);

/* Fail with the columns that there are. */
enum exit_code fail_unknown_column(struct failure *failure, const struct list *columns,
				   const struct view *view, const char *name);

#endif
