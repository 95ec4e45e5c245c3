/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What choosing rows shares with sorting and printing them. */
#ifndef SECRETMEM_TABLE_INTERNAL_H
#define SECRETMEM_TABLE_INTERNAL_H

#include "columns.h"

struct table {
	const struct view *view;
	struct list columns;		/* of struct column: all that there are */
	struct list shown;		/* of struct column: borrowed copies */
	const struct column *sort;
	bool descending;
	bool no_headings;
	struct list filters;		/* of struct filter */
	struct list rows;		/* of struct row */
};

/* Put the rows in the order that was chosen. */
void table_sort(struct table *table);

#endif
