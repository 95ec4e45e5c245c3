/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One field's text, as people read it. */
#ifndef SECRETMEM_FORMAT_H
#define SECRETMEM_FORMAT_H

#include "fields.h"
#include "size.h"

/* How the user wants to read it. */
struct style {
	enum units units;
	bool color;
	bool user_names;	/* not for another machine's users */
};

/* The text of a field, "-" where it is unknown. Allocated. */
char *field_text(const struct field *field, const void *object, const struct style *style);

/*
 * An item in short: "vaultd(4121)". It has no comma, and its last parenthesis is
 * the number's, whatever the name: so lists of them can be taken apart. Allocated.
 */
char *item_text(const struct field_table *table, const void *item);

#endif
