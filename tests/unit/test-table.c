// SPDX-License-Identifier: GPL-2.0-or-later
/* -o, --sort and --filter: what they choose, and what they refuse. */
#include <stdlib.h>
#include <string.h>

#include "samples.h"
#include "table.h"
#include "test.h"
#include "xalloc.h"

static struct failure failure;

/* The text of a table, without headings, or NULL where the request is refused. */
static char *rows_of(const struct view *view, const char *sample,
		     struct table_request *request)
{
	static const struct style style = { .units = UNITS_BYTES };
	struct snapshot snapshot = { 0 };
	struct table *table;
	char *text = NULL;
	size_t size;
	FILE *stream;

	request->no_headings = true;
	if (table_open(view, request, &table, &failure)) {
		free(request->filters.items);
		return NULL;
	}
	sample_find(sample)->fill(&snapshot);
	stream = open_memstream(&text, &size);
	table_fill(table, &snapshot);
	table_print(table, &style, 0, stream);
	fclose(stream);
	table_close(table);
	snapshot_clear(&snapshot);
	free(request->filters.items);
	return text;
}

/* The same without spaces, which smartcols chooses; lines end with ";". */
static char *squeeze(char *text)
{
	char *from = text, *to = text;

	for (; text && *from; from++) {
		if (*from == '\n')
			*to++ = ';';
		else if (*from != ' ')
			*to++ = *from;
	}
	if (text)
		*to = '\0';
	return text;
}

static void add_filter(struct table_request *request, const char *filter)
{
	*(const char **)list_add(&request->filters, sizeof(filter)) = filter;
}

static void assert_rows(const char *columns, const char *sort, const char *filter,
			const char *wanted)
{
	struct table_request request = { .columns = columns, .sort = sort };
	char *text;

	if (filter)
		add_filter(&request, filter);
	text = squeeze(rows_of(view_find("files"), "many", &request));
	if (!text)
		fail_msg("%s", failure.text);
	if (strcmp(text, wanted))
		fail_msg("-o %s -s %s -f %s: \"%s\", not \"%s\"", columns, sort, filter, text,
			 wanted);
	free(text);
}

static void assert_refused(const char *columns, const char *sort, const char *filter,
			   const char *why)
{
	struct table_request request = { .columns = columns, .sort = sort };

	memset(&failure, 0, sizeof(failure));
	if (filter)
		add_filter(&request, filter);
	if (rows_of(view_find("files"), "many", &request))
		fail_msg("-o %s -s %s -f %s is taken", columns, sort, filter);
	if (!strstr(failure.text, why))
		fail_msg("\"%s\" is not in \"%s\"", why, failure.text);
}

static void columns_are_chosen(void **state)
{
	(void)state;
	assert_rows("ID", NULL, "ID<4", "1;2;3;");
	assert_rows("id,INODE", NULL, "ID=2", "250502;");
	assert_rows("creator.pid,CREATOR-COMM,size_bytes", NULL, "ID=2", "4002vaultd2097152;");
	assert_rows("ID,ID", NULL, "ID=2", "22;");
}

static void columns_are_added(void **state)
{
	(void)state;
	assert_rows("+CHUNKS", NULL, "ID=3",
		    "350503" "3145728" "3141632" "4194304" "1052672" "3h02m" "1000" "none" "2;");
}

static void wrong_columns_are_named(void **state)
{
	(void)state;
	assert_refused("ID,NONSENSE", NULL, NULL, "unknown column 'NONSENSE' of files");
	assert_refused("NONSENSE", NULL, NULL, "CREATOR-PID");
	assert_refused("", NULL, NULL, "unknown column ''");
	assert_refused("ID,,INODE", NULL, NULL, "unknown column ''");
	assert_refused("+", NULL, NULL, "unknown column ''");
}

static void rows_are_sorted(void **state)
{
	(void)state;
	assert_rows("ID", "-ID", "ID>9", "12;11;10;");
	assert_rows("ID", "ID:desc", "ID>9", "12;11;10;");
	assert_rows("ID", "ID:asc", "ID>9", "10;11;12;");
	assert_rows("ID", "size_bytes", "ID>9", "10;11;12;");
	/* Equal ones keep their order. */
	assert_rows("ID", "CHUNKS", "ID>8", "9;10;11;12;");
	assert_rows("ID", "-CHUNKS", "ID>8", "11;12;9;10;");
	assert_rows("ID", "-HOLDERS", "HOLDERS!=none", "12;1;");
	assert_refused("ID", "NONSENSE", NULL, "unknown column");
	assert_refused("ID", "ID:up", NULL, "sort 'ID:up'");
}

static void unknown_is_sorted_last(void **state)
{
	struct table_request up = { .columns = "ID,FILE", .sort = "FILE" };
	struct table_request down = { .columns = "ID,FILE", .sort = "-FILE" };
	char *text = squeeze(rows_of(view_find("chunks"), "many", &up));

	(void)state;
	assert_string_equal(text, "01;11;22;3-;4-;");
	free(text);
	text = squeeze(rows_of(view_find("chunks"), "many", &down));
	assert_string_equal(text, "22;01;11;3-;4-;");
	free(text);
}

static void rows_are_filtered(void **state)
{
	(void)state;
	assert_rows("ID", NULL, "SIZE>11M", "12;");
	assert_rows("ID", NULL, "SIZE=3145728", "3;");
	assert_rows("ID", NULL, "SIZE<2MiB", "1;");
	assert_rows("ID", NULL, "AGE>11h", "11;12;");
	assert_rows("ID", NULL, "HOLDERS=agent", "12;");
	assert_rows("ID", NULL, "HOLDERS=4121", "1;12;");
	assert_rows("ID", NULL, "HOLDERS=vaultd(4121)", "1;12;");
	assert_rows("ID", NULL, "HOLDERS=1000", "");
	assert_rows("ID", NULL, "CREATOR-COMM!=vaultd", "");
	assert_rows("ID", NULL, "BLOCKS-HIBERNATION=no", "");
	assert_rows("ID", NULL, "creator.pid=4007", "7;");
}

static void unknown_matches_a_dash_only(void **state)
{
	static const struct { const char *filter; const char *wanted; } cases[] = {
		{ "FILE=-", "3;4;" }, { "FILE!=-", "0;1;2;" }, { "FILE=0", "" },
		{ "FILE<100", "0;1;2;" }, { "FILE!=1", "2;3;4;" },
		{ "STATE=ready", "3;" }, { "STATE=quarantined", "4;" },
		{ "STATE!=quarantined", "0;1;2;3;" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct table_request request = { .columns = "ID" };
		char *text;

		add_filter(&request, cases[i].filter);
		text = squeeze(rows_of(view_find("chunks"), "many", &request));
		assert_string_equal(text ? text : failure.text, cases[i].wanted);
		free(text);
	}
}

static void wrong_filters_are_refused(void **state)
{
	static const char *const filters[] = {
		"", "ID", "=1", "ID=", "ID!1", "ID<=1", "ID>=1", "ID==1", "ID=x", "ID=-1",
		"SIZE=1X", "AGE>1w", "HOLDERS<2", "CREATOR-COMM>a", "BLOCKS-HIBERNATION=maybe",
		"ID<-",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		assert_refused("ID", NULL, filters[i], "filter '");
	assert_refused("ID", NULL, "NONSENSE=1", "unknown column 'NONSENSE'");
}

static void all_filters_must_hold(void **state)
{
	struct table_request request = { .columns = "ID" };
	char *text;

	(void)state;
	add_filter(&request, "ID>3");
	add_filter(&request, "ID<6");
	text = squeeze(rows_of(view_find("files"), "many", &request));
	assert_string_equal(text, "4;5;");
	free(text);
}

/* Found by the fuzzer: no column says anything, and a table needs some. */
static void file_of_which_nothing_is_known(void **state)
{
	static const struct style style;
	const struct table_request request = { 0 };
	struct snapshot snapshot = { 0 };
	struct table *table;
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	list_add(&snapshot.files, sizeof(struct secret_file));
	assert_int_equal(table_open(view_find("files"), &request, &table, &failure), EXIT_FINE);
	table_fill(table, &snapshot);
	table_print(table, &style, 0, stream);
	fclose(stream);
	assert_non_null(strstr(text, "INODE"));
	table_close(table);
	snapshot_clear(&snapshot);
	free(text);
}

static void holders_know_their_file(void **state)
{
	struct table_request request = { .columns = "PID,INODE", .sort = "-INODE" };
	char *text = squeeze(rows_of(&holders_view, "many", &request));

	(void)state;
	assert_string_equal(text, "412150512;430050512;412150501;");
	free(text);
}

static void one_object_is_not_sorted(void **state)
{
	struct table_request request = { .sort = "USED" };

	(void)state;
	assert_null(rows_of(view_find("pool"), "many", &request));
	assert_non_null(strstr(failure.text, "nothing to sort"));
}

/* For JSON: the list in the snapshot gets the order, and nothing is lost. */
static void rows_are_applied_to_the_snapshot(void **state)
{
	struct table_request request = { .sort = "-ID" };
	struct snapshot snapshot = { 0 };
	struct secret_file *file;
	struct table *table;
	size_t count;

	(void)state;
	add_filter(&request, "ID>9");
	sample_find("many")->fill(&snapshot);
	assert_int_equal(table_open(view_find("files"), &request, &table, &failure), EXIT_FINE);
	table_fill(table, &snapshot);
	count = table_apply(table, &snapshot);
	assert_int_equal(count, 12);
	assert_int_equal(snapshot.files.count, 3);
	file = snapshot.files.items;
	assert_int_equal(file->id.value, 12);
	snapshot.files.count = count;
	table_close(table);
	snapshot_clear(&snapshot);
	free(request.filters.items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_chosen),
		cmocka_unit_test(columns_are_added),
		cmocka_unit_test(wrong_columns_are_named),
		cmocka_unit_test(rows_are_sorted),
		cmocka_unit_test(unknown_is_sorted_last),
		cmocka_unit_test(rows_are_filtered),
		cmocka_unit_test(unknown_matches_a_dash_only),
		cmocka_unit_test(wrong_filters_are_refused),
		cmocka_unit_test(all_filters_must_hold),
		cmocka_unit_test(file_of_which_nothing_is_known),
		cmocka_unit_test(holders_know_their_file),
		cmocka_unit_test(one_object_is_not_sorted),
		cmocka_unit_test(rows_are_applied_to_the_snapshot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
