/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --filter KEY(=|!=|<|>)VALUE */
#ifndef SECRETMEM_FILTER_H
#define SECRETMEM_FILTER_H

#include "columns.h"

enum filter_operator { FILTER_EQUAL, FILTER_NOT_EQUAL, FILTER_LESS, FILTER_GREATER };

struct filter {
	const struct column *column;
	enum filter_operator operator;
	const char *value;
	struct number number;	/* the value of a numeric column */
	bool unknown;		/* the value is "-" */
};

enum exit_code filter_parse(const char *text, const struct list *columns,
			    const struct view *view, struct filter *filter,
			    struct failure *failure);

/* Whether a row passes. What is unknown equals "-" and nothing else. */
bool filter_passes(const struct filter *filter, const struct row *row);

#endif
