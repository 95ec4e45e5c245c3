// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The promise of names: each row of the field table is renamed once here, and what
 * guards the names, the schema files and the list of metrics, has to notice.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fields.h"
#include "golden.h"
#include "metric-names.h"
#include "schema.h"
#include "test.h"
#include "xalloc.h"

static const char *const renamed = "renamed";

static char *schema_text(const struct document *document)
{
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	schema_print(document, stream);
	fclose(stream);
	return text;
}

static char *schema_file(const char *name)
{
	const char *dir = getenv("SECRETMEM_SCHEMA_DIR");
	char *path = xasprintf("%s/%s.schema.json", dir ? dir : "schema", name);
	char *text = xcalloc(1, 1 << 20);
	FILE *stream = fopen(path, "r");

	if (!stream)
		fail_msg("%s is not there", path);
	assert_true(fread(text, 1, (1 << 20) - 1, stream) > 0);
	fclose(stream);
	free(path);
	return text;
}

static void assert_in_step(const struct document *document, const char *name)
{
	char *text = schema_text(document), *file = schema_file(name);

	if (strcmp(text, file))
		fail_msg("schema/%s.schema.json is not in step: run schema/update", name);
	free(text);
	free(file);
}

static void schema_files_are_in_step(void **state)
{
	(void)state;
	assert_in_step(&status_document, "status");
	assert_in_step(&summary_document, "summary");
}

/* The table is constant, and its memory not to be written to, but to us. */
static void rename_row(const struct field *field, const char *name)
{
	uintptr_t row = (uintptr_t)field, page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = row & ~(page - 1), end = row + sizeof(*field);

	assert_int_equal(mprotect((void *)start, end - start, PROT_READ | PROT_WRITE), 0);
	((struct field *)row)->name = name;
}

static char *status_file, *names_before;
static size_t rows, metrics;

static bool is_metric(const struct field *field, bool exported)
{
	return exported && field->metric != METRIC_NONE && field->metric != METRIC_INLINE &&
	       !(field->metric == METRIC_GROUP && field->type == FIELD_LIST);
}

static void mutate(const struct field_table *table, const struct field *field, bool exported)
{
	const char *name = field->name;
	char *text;

	rename_row(field, renamed);
	text = schema_text(&status_document);
	if (!strcmp(text, status_file))
		fail_msg("%s of %s was renamed, and the schema is the same", name, table->name);
	free(text);
	text = metric_names();
	if (is_metric(field, exported) && !strcmp(text, names_before))
		fail_msg("%s of %s was renamed, and metrics are the same", name, table->name);
	metrics += is_metric(field, exported);
	free(text);
	rename_row(field, name);
	rows++;
}

static void mutate_table(const struct field_table *table, bool exported)
{
	table_for_each(field, table) {
		mutate(table, field, exported);
		if (field->table)
			mutate_table(field->table, exported && field->metric != METRIC_NONE);
	}
}

static void every_renamed_field_is_noticed(void **state)
{
	(void)state;
	status_file = schema_file("status");
	names_before = metric_names();
	golden_assert("metric", "names", names_before);
	mutate_table(&snapshot_table, true);
	assert_in_step(&status_document, "status");
	print_message("# %zu fields renamed, %zu of them metrics or labels\n", rows, metrics);
	assert_true(rows > 100 && metrics > 50);
	free(status_file);
	free(names_before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(schema_files_are_in_step),
		cmocka_unit_test(every_renamed_field_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
