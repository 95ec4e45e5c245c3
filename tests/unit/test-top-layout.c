// SPDX-License-Identifier: GPL-2.0-or-later
/* Layout, canvas, keys and history of secrettop. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "canvas.h"
#include "history.h"
#include "keys.h"
#include "layout.h"
#include "state.h"
#include "test.h"
#include "xalloc.h"

#define SECOND UINT64_C(1000000000)

/* ---- layout ---- */

static const struct wishes full = { .lines = {
	1, 1, 1, 1, 8, 1, 8, 1, 1, 1, 1, 10000, 1,
} };

static void assert_sound(const struct layout *layout, int width, int height)
{
	int y = 0;
	enum part part;

	for (part = 0; part < SHOW_COUNT; part++) {
		const struct area *area = &layout->parts[part];

		assert_int_equal(area->x, 0);
		assert_int_equal(area->width, width);
		assert_int_equal(area->y, y);
		assert_true(area->height >= 0);
		y += area->height;
	}
	assert_int_equal(y, height);
}

/* Nothing lies outside or over another, and all lines are used. */
static void layout_covers_every_size(void **state)
{
	int width, height;

	(void)state;
	for (width = 1; width <= 300; width++) {
		for (height = 1; height <= 100; height++) {
			struct layout layout = layout_of(width, height, &full);

			assert_sound(&layout, width, height);
		}
	}
}

static void a_part_without_wish_has_no_line(void **state)
{
	struct wishes wishes = full;
	struct layout layout;

	(void)state;
	wishes.lines[SHOW_POOL] = wishes.lines[SHOW_CHUNKS] = 0;
	layout = layout_of(80, 60, &wishes);
	assert_int_equal(layout.parts[SHOW_POOL].height, 0);
	assert_int_equal(layout.parts[SHOW_CHUNKS].height, 0);
	assert_sound(&layout, 80, 60);
}

/* 80x24 shows every part. */
static void all_is_there_at_24_lines(void **state)
{
	struct layout layout = layout_of(80, 24, &full);
	enum part part;

	(void)state;
	for (part = 0; part < SHOW_COUNT; part++)
		assert_true(layout.parts[part].height >= 1);
	assert_true(layout.parts[SHOW_BODY].height >= 10);
}

/* A screen that grows loses nothing. */
static void no_part_shrinks_as_the_screen_grows(void **state)
{
	struct layout before = layout_of(80, 1, &full), now;
	enum part part;
	int height;

	(void)state;
	for (height = 2; height <= 100; height++) {
		now = layout_of(80, height, &full);
		for (part = 0; part < SHOW_COUNT; part++)
			assert_true(now.parts[part].height >= before.parts[part].height);
		before = now;
	}
}

/* ---- canvas ---- */

static char *line_of(const struct canvas *canvas)
{
	char *text;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	canvas_print(canvas, false, stream);
	fclose(stream);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void assert_put(const char *wanted, int taken, int width, bool ascii, const char *text)
{
	struct canvas canvas = { .ascii = ascii };
	char *line;

	canvas_resize(&canvas, 12, 1);
	assert_int_equal(put_text(&canvas, 1, 0, width, INK_PLAIN, text), taken);
	line = line_of(&canvas);
	assert_string_equal(line, wanted);
	free(line);
	canvas_free(&canvas);
}

static void text_is_cut_at_columns(void **state)
{
	(void)state;
	assert_put(" abc", 3, 3, false, "abcdef");
	assert_put(" abcdefghijk", 20, 20, false, "abcdefghijklmnopqrst");
	assert_put("", 0, 0, false, "abc");
	assert_put("", 0, -5, false, "abc");
	/* Wide ones are there whole, or not at all. */
	assert_put(" 鍵鍵", 4, 5, false, "鍵鍵鍵");
	assert_put(" e\xcc\x81x", 2, 5, false, "e\xcc\x81x");
	/* A mark with nothing to combine with is dropped. */
	assert_put(" x", 1, 5, false, "\xcc\x81x");
}

static void controls_are_shown_not_sent(void **state)
{
	(void)state;
	assert_put(" \\x1b[2J", 7, 11, false, "\x1b[2J");
	assert_put(" \\xff", 4, 11, false, "\xff");
	assert_put(" \\xc2\\x9b", 8, 11, false, "\xc2\x9b");
	/* U+202E would turn the rest of the line around. */
	assert_put("", 0, 11, false, "\xe2\x80\xae");
	assert_put(" a", 1, 8, true, "a\xe9\x8d\xb5");
}

/* Whatever is put over half of a wide character, no half of it stays. */
static void half_of_a_wide_character_is_blank(void **state)
{
	struct canvas canvas = { 0 };
	char *line;

	(void)state;
	canvas_resize(&canvas, 8, 1);
	put_text(&canvas, 0, 0, 8, INK_PLAIN, "鍵鍵鍵");
	put_text(&canvas, 1, 0, 2, INK_PLAIN, "ab");
	line = line_of(&canvas);
	assert_string_equal(line, " ab 鍵");
	free(line);
	canvas_free(&canvas);
}

/* Many marks on one character must not write beyond its cell. */
static void marks_have_an_end(void **state)
{
	char text[1 + 2 * 1000 + 1] = "e";
	struct canvas canvas = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		memcpy(text + 1 + 2 * i, "\xcc\x81", 3);
	canvas_resize(&canvas, 2, 1);
	assert_int_equal(put_text(&canvas, 0, 0, 2, INK_PLAIN, text), 1);
	assert_true(strlen(canvas_cell(&canvas, 0, 0)->text) < CELL_BYTES);
	canvas_free(&canvas);
}

static void assert_bar(const char *wanted, int width, uint64_t a, uint64_t b, uint64_t whole)
{
	const struct share shares[] = { { a, "#", INK_USED }, { b, ":", INK_RESERVED } };
	const struct share rest = { 0, ".", INK_FREE };
	struct canvas canvas = { 0 };
	char *line;

	canvas_resize(&canvas, 20, 1);
	put_bar(&canvas, 0, 0, width, shares, 2, whole, &rest);
	line = line_of(&canvas);
	assert_string_equal(line, wanted);
	free(line);
	canvas_free(&canvas);
}

static void bars_are_in_proportion(void **state)
{
	(void)state;
	assert_bar("#####.....", 10, 5, 0, 10);
	assert_bar("###:::....", 10, 3, 3, 10);
	assert_bar("##########", 10, 10, 0, 10);
	/* Something is a cell, however little it is; all is not more than the bar. */
	assert_bar("#:........", 10, 1, 1, 1000000);
	assert_bar("#########:", 10, 1000000, 1, 1000001);
	assert_bar("#", 1, 10, 1, 11);
	assert_bar("##########", 10, UINT64_MAX, 0, 10);
	assert_bar("..........", 10, 0, 0, 0);
	assert_bar("", 0, 1, 1, 2);
}

/* ---- keys ---- */

/* No key means two things, and each has a name and a help. */
static void keys_are_unambiguous(void **state)
{
	const struct binding_group *group, *other;
	size_t i, j, k;

	(void)state;
	for (group = binding_groups; group->title; group++) {
		for (i = 0; i < group->count; i++) {
			const struct binding *binding = &group->bindings[i];
			char *keys = binding_keys(binding);

			assert_true(*keys && *binding->help);
			free(keys);
			for (k = 0; k < 4 && binding->keys[k]; k++)
				assert_int_equal(key_action(binding->keys[k]), binding->action);
			for (other = binding_groups; other->title; other++) {
				for (j = 0; j < other->count; j++)
					assert_true(&other->bindings[j] == binding ||
						    other->bindings[j].action != binding->action);
			}
		}
	}
}

static void keys_are_where_hands_expect_them(void **state)
{
	static const struct { int key; enum action action; } wanted[] = {
		{ 'j', ACTION_DOWN }, { 'k', ACTION_UP }, { 'g', ACTION_TOP },
		{ 'G', ACTION_BOTTOM }, { '/', ACTION_SEARCH }, { KEY_FUNCTION + 3, ACTION_SEARCH },
		{ 'n', ACTION_FIND_NEXT }, { 'N', ACTION_FIND_PREVIOUS }, { '\\', ACTION_FILTER },
		{ KEY_FUNCTION + 4, ACTION_FILTER }, { KEY_FUNCTION + 6, ACTION_SORT_MENU },
		{ '<', ACTION_SORT_PREVIOUS }, { '>', ACTION_SORT_NEXT }, { 'I', ACTION_INVERT },
		{ 't', ACTION_TREE }, { KEY_FUNCTION + 5, ACTION_TREE }, { ' ', ACTION_TAG },
		{ '\t', ACTION_NEXT_TAB }, { 'Z', ACTION_PAUSE }, { ',', ACTION_STEP_BACK },
		{ '.', ACTION_STEP_ON }, { 'd', ACTION_DELAY }, { 'h', ACTION_HELP },
		{ '?', ACTION_HELP }, { KEY_FUNCTION + 1, ACTION_HELP },
		{ KEY_FUNCTION + 2, ACTION_SETUP }, { 'W', ACTION_SAVE }, { 'q', ACTION_QUIT },
		{ KEY_FUNCTION + 10, ACTION_QUIT }, { CONTROL('L'), ACTION_REDRAW },
		{ 'F', ACTION_FOLLOW }, { '6', ACTION_TAB }, { '7', ACTION_NONE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		assert_int_equal(key_action(wanted[i].key), wanted[i].action);
}

static void tabs_show_the_views_they_name(void **state)
{
	(void)state;
	assert_string_equal(tab_kinds[TAB_FILES].view->name, "files");
	assert_string_equal(tab_kinds[TAB_CHUNKS].view->name, "chunks");
	assert_string_equal(tab_kinds[TAB_DIRECT_MAP].view->name, "direct-map");
}

/* ---- history ---- */

static void add_splits(struct history *history, uint64_t splits, uint64_t second)
{
	struct snapshot snapshot = { .time_ns = second * SECOND };

	direct_map_level(&snapshot.direct_map.levels, 2 << 20)->splits = number(splits);
	history_add(history, &snapshot, second * SECOND);
	assert_null(snapshot.direct_map.levels.items);
}

static struct number split_rate(const struct history *history, size_t back)
{
	return history_rate(history, back, offsetof(struct moment, splits));
}

static void rates_are_by_second(void **state)
{
	struct history *history = history_new();

	(void)state;
	assert_false(split_rate(history, 0).known);
	add_splits(history, 10, 1);
	assert_false(split_rate(history, 0).known);
	add_splits(history, 30, 3);
	assert_int_equal(split_rate(history, 0).value, 10000);
	/* A counter that shrank is another one. */
	add_splits(history, 5, 4);
	assert_false(split_rate(history, 0).known);
	assert_int_equal(split_rate(history, 1).value, 10000);
	/* What was not seen is not nothing. */
	history_add_failure(history, 5 * SECOND, 5 * SECOND);
	assert_false(split_rate(history, 0).known);
	add_splits(history, 6, 6);
	assert_false(split_rate(history, 0).known);
	history_free(history);
}

static void only_so_many_moments_are_kept(void **state)
{
	struct history *history = history_new();
	uint64_t i;

	(void)state;
	for (i = 1; i <= 3000; i++)
		add_splits(history, i, i);
	assert_true(history_count(history) >= 900 && history_count(history) < 3000);
	assert_true(history_snapshots(history) >= 60);
	assert_int_equal(history_moment(history, 0)->splits.value, 3000);
	assert_int_equal(history_snapshot(history, 0)->time_ns, 3000 * SECOND);
	assert_int_equal(history_snapshot(history, history_snapshots(history) - 1)->time_ns,
			 (3001 - history_snapshots(history)) * SECOND);
	assert_null(history_snapshot(history, history_snapshots(history)));
	assert_null(history_moment(history, history_count(history)));
	history_clear(history);
	assert_int_equal(history_count(history), 0);
	assert_null(history_snapshot(history, 0));
	history_free(history);
}

/* Large snapshots: the memory of all of them together has an end. */
static void large_snapshots_are_few(void **state)
{
	struct history *history = history_new();
	int i, j;

	(void)state;
	for (i = 0; i < 20; i++) {
		struct snapshot snapshot = { 0 };

		for (j = 0; j < 10000; j++)
			list_add(&snapshot.files, sizeof(struct secret_file));
		history_add(history, &snapshot, (uint64_t)i * SECOND);
	}
	assert_int_equal(history_snapshots(history), 2);
	assert_int_equal(history_count(history), 20);
	history_free(history);
}

static void secret_bytes_are_known_or_not(void **state)
{
	struct snapshot snapshot = { 0 };
	struct secret_file *file;

	(void)state;
	assert_false(snapshot_secret_bytes(&snapshot).known);
	snapshot.files.known = true;
	assert_int_equal(snapshot_secret_bytes(&snapshot).value, 0);
	file = list_add(&snapshot.files, sizeof(*file));
	assert_false(snapshot_secret_bytes(&snapshot).known);
	file->size_bytes = number(100);
	assert_int_equal(snapshot_secret_bytes(&snapshot).value, 100);
	file->used_bytes = number(40);
	assert_int_equal(snapshot_secret_bytes(&snapshot).value, 40);
	snapshot.pool.used_bytes = number(50);
	assert_int_equal(snapshot_secret_bytes(&snapshot).value, 50);
	snapshot_clear(&snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout_covers_every_size),
		cmocka_unit_test(a_part_without_wish_has_no_line),
		cmocka_unit_test(all_is_there_at_24_lines),
		cmocka_unit_test(no_part_shrinks_as_the_screen_grows),
		cmocka_unit_test(text_is_cut_at_columns),
		cmocka_unit_test(controls_are_shown_not_sent),
		cmocka_unit_test(half_of_a_wide_character_is_blank),
		cmocka_unit_test(marks_have_an_end),
		cmocka_unit_test(bars_are_in_proportion),
		cmocka_unit_test(keys_are_unambiguous),
		cmocka_unit_test(keys_are_where_hands_expect_them),
		cmocka_unit_test(tabs_show_the_views_they_name),
		cmocka_unit_test(rates_are_by_second),
		cmocka_unit_test(only_so_many_moments_are_kept),
		cmocka_unit_test(large_snapshots_are_few),
		cmocka_unit_test(secret_bytes_are_known_or_not),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
