// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>

#include "escape.h"
#include "metrics.h"
#include "size.h"
#include "xalloc.h"

#define NS_PER_MS UINT64_C(1000000)
#define THOUSANDTHS_PER_PERCENT 10
#define PREFIX "secretmem"

/* ---- names and units ---- */

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && !strcmp(text + length - end_length, end);
}

static char *family_name(const char *prefix, const struct field *field)
{
	static const char percent[] = "_percent";
	size_t length = strlen(field->name);

	if (field->type == FIELD_TIME)
		return xasprintf("%s_%s_seconds", prefix, field->name);
	if (field->type == FIELD_PERCENT && ends_with(field->name, percent))
		return xasprintf("%s_%.*s_ratio", prefix,
				 (int)(length - strlen(percent)), field->name);
	return xasprintf("%s_%s", prefix, field->name);
}

static const char *family_unit(const struct field *field)
{
	if (field->type == FIELD_TIME)
		return "seconds";
	return field->type == FIELD_PERCENT ? "ratio" : field_unit(field);
}

/* ---- samples ---- */

static char *value_text(const struct field *field, const void *object)
{
	const void *place = field_place(field, object);

	switch (field->type) {
	case FIELD_TRUTH:
		return xstrdup(*(const enum truth *)place == TRUTH_YES ? "1" : "0");
	case FIELD_FLAG:
		return xstrdup(*(const bool *)place ? "1" : "0");
	case FIELD_TIME:
		return decimal_text(*(const uint64_t *)place / NS_PER_MS);
	case FIELD_PERCENT:
		return decimal_text(field_number(field, object).value * THOUSANDTHS_PER_PERCENT);
	case FIELD_DECIMAL:
		return decimal_text(((const struct number *)place)->value);
	default:
		return xasprintf("%" PRIu64, field_number(field, object).value);
	}
}

static char *label_text(const struct field *field, const void *object)
{
	const void *place = field_place(field, object);

	switch (field->type) {
	case FIELD_TEXT:
	case FIELD_CONSTANT:
		return escape_text(*(char *const *)place);
	case FIELD_WORD:
		return xstrdup(field_word(field, object));
	default:
		return xasprintf("%" PRIu64, field_number(field, object).value);
	}
}

static void add_label(struct metric_sample *sample, const char *name, char *value)
{
	struct metric_label *label = list_add(&sample->labels, sizeof(*label));

	label->name = xstrdup(name);
	label->value = value;
}

/*
 * The one sample of secretmem_info takes what words and names objects have; in a
 * group they begin with its name, as in direct_map_origin.
 */
static void add_info_label(struct list *families, const char *prefix,
			   const struct field *field, const void *object)
{
	const char *group = prefix + strlen(PREFIX) + (strlen(prefix) > strlen(PREFIX));
	char *name = xasprintf("%s%s%s", group, *group ? "_" : "", field->name);
	struct metric_family *info = families->items;

	if (field_known(field, object))
		add_label(info->samples.items, name, label_text(field, object));
	free(name);
}

static struct metric_sample *add_sample(struct metric_family *family, const struct field *field,
					const void *object)
{
	struct metric_sample *sample;

	if (!field_known(field, object))
		return NULL;
	sample = list_add(&family->samples, sizeof(*sample));
	sample->value = value_text(field, object);
	return sample;
}

/* ---- families ---- */

static struct metric_family *add_family(struct list *families, const char *prefix,
					const struct field *field)
{
	struct metric_family *family = list_add(families, sizeof(*family));

	family->name = family_name(prefix, field);
	family->unit = family_unit(field);
	family->help = field->help;
	family->type = field->metric == METRIC_COUNTER || field->metric == METRIC_REASONS ?
		       METRIC_TYPE_COUNTER : METRIC_TYPE_GAUGE;
	return family;
}

static void add_info(struct list *families)
{
	struct metric_family *family = list_add(families, sizeof(*family));
	struct metric_sample *sample = list_add(&family->samples, sizeof(*sample));

	family->name = xstrdup(PREFIX);
	family->type = METRIC_TYPE_INFO;
	family->help = "what this machine and these tools are";
	sample->value = xstrdup("1");
	add_label(sample, "version", xstrdup(PACKAGE_VERSION));
}

static void add_reasons(struct list *families, const char *prefix, const struct field *field,
			const void *object)
{
	struct metric_family *family = add_family(families, prefix, field);

	family->label = "reason";
	table_for_each(reason, field->table) {
		struct metric_sample *sample = add_sample(family, reason,
							  field_place(field, object));

		if (sample)
			add_label(sample, family->label, xstrdup(reason->name));
	}
}

static const struct field *label_of(const struct field_table *table)
{
	table_for_each(field, table) {
		if (field->metric == METRIC_LABEL)
			return field;
	}
	return NULL;
}

/* An item that cannot be told apart is left out. */
static void add_item(struct metric_family *family, const struct field *field,
		     const struct field *label, const void *item)
{
	struct metric_sample *sample = NULL;

	if (field_known(label, item))
		sample = add_sample(family, field, item);
	if (sample)
		add_label(sample, label->name, label_text(label, item));
}

static void walk_list(struct list *families, const char *prefix,
		      const struct field_table *table, const struct list *list)
{
	const struct field *label = label_of(table);

	table_for_each(field, table) {
		struct metric_family *family;
		size_t i;

		if (field->metric != METRIC_GAUGE && field->metric != METRIC_COUNTER)
			continue;
		family = add_family(families, prefix, field);
		family->label = label->name;
		for (i = 0; i < list->count; i++)
			add_item(family, field, label, list_at(list, i, table->size));
	}
}

static void walk_table(struct list *families, const char *prefix,
		       const struct field_table *table, const void *object);

/* A list has the name of its items: secretmem_cgroup_files{cgroup="/a"}. */
static void walk_inside(struct list *families, const char *prefix, const struct field *field,
			const void *object)
{
	const char *own = field->type == FIELD_LIST ? field->table->name : field->name;
	char *longer = field->metric == METRIC_GROUP ? xasprintf("%s_%s", prefix, own) :
						       xstrdup(prefix);

	if (field->type == FIELD_LIST)
		walk_list(families, longer, field->table, field_place(field, object));
	else
		walk_table(families, longer, field->table, field_place(field, object));
	free(longer);
}

static void walk_field(struct list *families, const char *prefix, const struct field *field,
		       const void *object)
{
	switch (field->metric) {
	case METRIC_UNDECIDED:
	case METRIC_NONE:
		break;
	case METRIC_GAUGE:
	case METRIC_COUNTER:
		add_sample(add_family(families, prefix, field), field, object);
		break;
	case METRIC_LABEL:
		add_info_label(families, prefix, field, object);
		break;
	case METRIC_GROUP:
	case METRIC_INLINE:
		walk_inside(families, prefix, field, object);
		break;
	case METRIC_REASONS:
		add_reasons(families, prefix, field, object);
		break;
	}
}

static void walk_table(struct list *families, const char *prefix,
		       const struct field_table *table, const void *object)
{
	table_for_each(field, table)
		walk_field(families, prefix, field, object);
}

void metrics_collect(const struct snapshot *snapshot, struct list *families)
{
	add_info(families);
	walk_table(families, PREFIX, &snapshot_table, snapshot);
}

static void clear_sample(struct metric_sample *sample)
{
	list_for_each(label, &sample->labels, struct metric_label) {
		free(label->name);
		free(label->value);
	}
	free(sample->labels.items);
	free(sample->value);
}

void metrics_clear(struct list *families)
{
	list_for_each(family, families, struct metric_family) {
		list_for_each(sample, &family->samples, struct metric_sample)
			clear_sample(sample);
		free(family->samples.items);
		free(family->name);
	}
	free(families->items);
	*families = (struct list){ 0 };
}
