// SPDX-License-Identifier: GPL-2.0-or-later
/* The order of rows. */
#include "format.h"
#include "table-internal.h"
#include "xalloc.h"

/* What a row is sorted by: made once for each, and not at each comparison. */
struct sort_key {
	struct row row;
	bool known;
	uint64_t number;
	char *text;		/* in place of the number; or NULL */
};

static void fill_known(struct sort_key *key, const struct field *field, const void *object)
{
	static const struct style plain;

	if (field_is_numeric(field))
		key->number = field_number(field, object).value;
	else if (field->type == FIELD_LIST)
		key->number = ((const struct list *)field_place(field, object))->count;
	else
		key->text = field_text(field, object, &plain);
}

static struct sort_key *make_keys(const struct table *table)
{
	struct sort_key *keys = xcalloc(table->rows.count, sizeof(*keys)), *key = keys;

	list_for_each(row, &table->rows, struct row) {
		const void *object = column_object(table->sort, row);

		key->row = *row;
		key->known = field_known(table->sort->field, object);
		if (key->known)
			fill_known(key, table->sort->field, object);
		key++;
	}
	return keys;
}

/* What is unknown comes last, whichever way; equal rows keep their order. */
static int compare_keys(const void *first, const void *second, void *context)
{
	const struct sort_key *a = first, *b = second;
	const struct table *table = context;
	int order = b->known - a->known;

	if (order)
		return order;
	order = a->text ? strcmp(a->text, b->text) : compare_integers(a->number, b->number);
	if (table->descending)
		order = -order;
	return order ? order : compare_integers(a->row.index, b->row.index);
}

void table_sort(struct table *table)
{
	struct sort_key *keys, *key;

	if (!table->sort || !table->rows.count)
		return;
	key = keys = make_keys(table);
	qsort_r(keys, table->rows.count, sizeof(*keys), compare_keys, table);
	list_for_each(row, &table->rows, struct row) {
		*row = key->row;
		free(key++->text);
	}
	free(keys);
}
