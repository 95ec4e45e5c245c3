// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is printed, byte by byte, against golden files. SECRETMEM_GOLDEN=update
 * in the environment writes them instead: then read the diff.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "golden.h"
#include "json.h"
#include "samples.h"
#include "summary.h"
#include "table.h"
#include "test.h"
#include "totals.h"
#include "xalloc.h"

/* ---- printers: each gives the text of one thing about a snapshot ---- */

static void print_json(const struct snapshot *snapshot, FILE *stream)
{
	json_print_status(stream, snapshot);
}

static const struct style plain = { 0 };

static void print_summary(const struct snapshot *snapshot, FILE *stream)
{
	summary_print(snapshot, &plain, 0, stream);
}

static void print_color(const struct snapshot *snapshot, FILE *stream)
{
	const struct style style = { .color = true, .units = UNITS_SI };

	summary_print(snapshot, &style, 60, stream);
}

static void print_view(const struct view *view, const struct snapshot *snapshot, FILE *stream)
{
	const struct table_request request = { 0 };
	struct failure failure;
	struct table *table;

	fprintf(stream, "%s:\n", view->name);
	if (!view_known(view, snapshot)) {
		fprintf(stream, "%s\n\n", view->unknown);
		return;
	}
	assert_int_equal(table_open(view, &request, &table, &failure), EXIT_FINE);
	table_fill(table, snapshot);
	if (table_count(table))
		table_print(table, &plain, 0, stream);
	else
		fprintf(stream, "%s\n", view->empty);
	table_close(table);
	fputc('\n', stream);
}

static void print_views(const struct snapshot *snapshot, FILE *stream)
{
	const struct view *view;

	for (view = views; view->name; view++)
		print_view(view, snapshot, stream);
	print_view(&holders_view, snapshot, stream);
}

static const struct {
	const char *name;
	void (*print)(const struct snapshot *snapshot, FILE *stream);
} printers[] = {
	{ "json", print_json },
	{ "summary", print_summary },
	{ "color", print_color },
	{ "views", print_views },
};

static char *printed(size_t printer, const struct sample *sample)
{
	struct snapshot snapshot = { 0 };
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	sample->fill(&snapshot);
	totals_fill(&snapshot);
	printers[printer].print(&snapshot, stream);
	fclose(stream);
	snapshot_clear(&snapshot);
	return golden_hide(text, "\"tool_version\": \"", PACKAGE_VERSION);
}

/* ---- tests ---- */

static void assert_all_golden(void)
{
	const struct sample *sample;
	size_t i;

	for (sample = samples; sample->name; sample++) {
		for (i = 0; i < sizeof(printers) / sizeof(printers[0]); i++) {
			char *text = printed(i, sample);

			golden_assert(sample->name, printers[i].name, text);
			free(text);
		}
	}
}

static void output_is_golden(void **state)
{
	(void)state;
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	assert_all_golden();
}

/* Make locales that write numbers differently, where the system can. */
static void make_locales(const char *dir)
{
	static const char *const names[] = { "de_DE", "ru_RU", "tr_TR" };
	size_t i;

	setenv("LOCPATH", dir, 1);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *command = xasprintf("localedef -i %s -f UTF-8 %s/%s.UTF-8 >&2", names[i],
					  dir, names[i]);

		if (system(command))
			print_message("# cannot make locale %s\n", names[i]);
		free(command);
	}
}

static void remove_locales(const char *dir)
{
	char *command = xasprintf("rm -rf %s", dir);

	unsetenv("LOCPATH");
	assert_int_equal(system(command), 0);
	free(command);
}

/* Numbers, dates and names must not follow the user's locale. */
static void output_is_the_same_in_every_locale(void **state)
{
	static const char *const locales[] = {
		"C", "de_DE.UTF-8", "ru_RU.UTF-8", "tr_TR.UTF-8",
	};
	char dir[] = "/tmp/secretmem-locales-XXXXXX";
	size_t i, tried = 0;

	(void)state;
	assert_non_null(mkdtemp(dir));
	make_locales(dir);
	for (i = 0; i < sizeof(locales) / sizeof(locales[0]); i++) {
		if (!setlocale(LC_ALL, locales[i]))
			continue;
		/* As main() does it: characters have the width that UTF-8 gives them. */
		setlocale(LC_CTYPE, "C.UTF-8");
		assert_all_golden();
		tried++;
	}
	setlocale(LC_ALL, "C.UTF-8");
	remove_locales(dir);
	/* cmocka counts what it skips as failed in TAP. */
	print_message("# %zu of %zu locales tried\n", tried, i);
}

/* What a JSON parser makes of the document. */
static struct json_object *parsed(const char *sample)
{
	char *text = printed(0, sample_find(sample));
	enum json_tokener_error error;
	struct json_object *json = json_tokener_parse_verbose(text, &error);

	if (!json)
		fail_msg("%s: %s", sample, json_tokener_error_desc(error));
	free(text);
	return json;
}

static struct json_object *member(struct json_object *json, const char *name)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(json, name, &value))
		fail_msg("no member %s", name);
	return value;
}

static void assert_shape(const struct field_table *table, struct json_object *json,
			 bool maybe_null)
{
	table_for_each(field, table) {
		struct json_object *value = member(json, field->name);

		if (field->type == FIELD_OBJECT) {
			assert_true(json_object_is_type(value, json_type_object));
			assert_shape(field->table, value, maybe_null);
		}
		if (field->type == FIELD_LIST && !(maybe_null && !value))
			assert_true(json_object_is_type(value, json_type_array));
	}
}

/* The same members, whether there is nothing, one, or many. */
static void shape_is_always_the_same(void **state)
{
	const struct sample *sample;

	(void)state;
	for (sample = samples; sample->name; sample++) {
		struct json_object *json = parsed(sample->name);

		assert_string_equal(json_object_get_string(member(json, "schema")),
				    "secretmem/status");
		assert_int_equal(json_object_get_int(member(json, "schema_version")), 1);
		assert_shape(&snapshot_table, json, true);
		json_object_put(json);
	}
}

static void lists_are_lists_with_one_entry(void **state)
{
	struct json_object *json = parsed("one"), *files = member(json, "files");
	struct json_object *file = json_object_array_get_idx(files, 0);

	(void)state;
	assert_int_equal(json_object_array_length(files), 1);
	assert_int_equal(json_object_array_length(member(file, "holders")), 1);
	assert_null(member(file, "used_bytes"));
	assert_null(member(json, "chunks"));
	json_object_put(json);
}

static void numbers_are_integers(void **state)
{
	struct json_object *json = parsed("many"), *file;

	(void)state;
	file = json_object_array_get_idx(member(json, "files"), 11);
	assert_true(json_object_is_type(member(file, "size_bytes"), json_type_int));
	assert_int_equal(json_object_get_int64(member(file, "size_bytes")), 12 << 20);
	assert_int_equal(json_object_get_int64(member(file, "age_seconds")), 12 * 3600 + 120);
	json_object_put(json);
}

static void hostile_names_come_back(void **state)
{
	struct json_object *json = parsed("hostile"), *file, *creator;

	(void)state;
	file = json_object_array_get_idx(member(json, "files"), 0);
	creator = member(file, "creator");
	assert_string_equal(json_object_get_string(member(creator, "comm")),
			    "\\x1b]0;x\\x07\\xff\"\\\\");
	assert_string_equal(json_object_get_string(member(creator, "cgroup")),
			    "/a\\x0ab/\\xc2\\x9b2J/\xe2\x82\xac/\\xe2\\x82");
	json_object_put(json);
}

static bool has_control(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 && *text != '\n')
			return true;
	}
	return false;
}

static void no_control_reaches_the_terminal(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(printers) / sizeof(printers[0]); i++) {
		char *text = printed(i, sample_find("hostile"));

		if (strcmp(printers[i].name, "color"))
			assert_false(has_control(text));
		free(text);
	}
}

/* Every line of a table is cut to the terminal, by columns and not by bytes. */
static void tables_fit_the_terminal(void **state)
{
	const struct table_request request = { 0 };
	struct snapshot snapshot = { 0 };
	struct failure failure;
	struct table *table;
	char *text, *line, *rest;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	sample_find("many")->fill(&snapshot);
	assert_int_equal(table_open(view_find("files"), &request, &table, &failure), EXIT_FINE);
	table_fill(table, &snapshot);
	table_print(table, &plain, 70, stream);
	fclose(stream);
	for (rest = text; (line = strsep(&rest, "\n"));)
		assert_true(strlen(line) <= 70);
	table_close(table);
	snapshot_clear(&snapshot);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_is_golden),
		cmocka_unit_test(output_is_the_same_in_every_locale),
		cmocka_unit_test(shape_is_always_the_same),
		cmocka_unit_test(lists_are_lists_with_one_entry),
		cmocka_unit_test(numbers_are_integers),
		cmocka_unit_test(hostile_names_come_back),
		cmocka_unit_test(no_control_reaches_the_terminal),
		cmocka_unit_test(tables_fit_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
