// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What secrettop draws, cell by cell, against golden files: the same history and
 * state on screens of several sizes, as text and by the marks of its inks.
 * SECRETMEM_GOLDEN=update writes them instead: then read the diff.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "samples.h"
#include "test.h"
#include "xalloc.h"

#define MiB (UINT64_C(1) << 20)
#define SECOND UINT64_C(1000000000)

struct shot {
	const char *name;	/* of its golden file */
	const char *sample;
	int width;
	int height;
	bool ascii;
	bool inks;
	const int keys[12];	/* pressed one after the other, before */
};

#define F(n) (KEY_FUNCTION + (n))

static const struct shot shots[] = {
	{ "unknown-80x24", "unknown", 80, 24 },
	{ "empty-80x24", "empty", 80, 24 },
	{ "one-80x24", "one", 80, 24 },
	{ "one-tree-80x24-ascii", "one", 80, 24, .ascii = true, .keys = { 't' } },
	{ "many-80x24", "many", 80, 24 },
	{ "many-80x24-ascii", "many", 80, 24, .ascii = true },
	{ "many-80x24-inks", "many", 80, 24, .inks = true },
	{ "many-120x40", "many", 120, 40 },
	{ "many-200x60", "many", 200, 60 },
	{ "many-40x10", "many", 40, 10 },
	{ "many-20x5", "many", 20, 5 },
	{ "many-tree-120x40", "many", 120, 40, .keys = { 't', KEY_ARROW_DOWN } },
	{ "many-one-open-80x24", "many", 80, 24, .keys = { '+', 'j', 'j' } },
	{ "many-tagged-80x24", "many", 80, 24, .keys = { ' ', ' ', 'G', ' ' } },
	{ "many-chunks-80x24", "many", 80, 24, .keys = { '2' } },
	{ "many-directmap-80x24", "many", 80, 24, .keys = { '3' } },
	{ "many-owners-80x24", "many", 80, 24, .keys = { '4' } },
	{ "many-owners-tree-80x24", "many", 80, 24, .keys = { '4', 't' } },
	{ "many-cgroups-80x24", "many", 80, 24, .keys = { '5' } },
	{ "many-events-80x24", "many", 80, 24, .keys = { '6' } },
	{ "many-file-80x24", "many", 80, 24, .keys = { KEY_RETURN } },
	{ "many-of-owner-80x24", "many", 80, 24, .keys = { '4', KEY_RETURN } },
	{ "many-sorted-80x24", "many", 80, 24, .keys = { '>', '>', 'I' } },
	{ "many-sort-menu-80x24", "many", 80, 24, .keys = { F(6), KEY_ARROW_DOWN } },
	{ "many-filter-80x24", "many", 80, 24,
	  .keys = { '\\', 'a', 'g', 'e', 'n', 't', KEY_RETURN } },
	{ "many-filter-column-80x24", "many", 80, 24,
	  .keys = { F(4), 'S', 'I', 'Z', 'E', '<', '5', 'M', KEY_RETURN } },
	{ "many-filter-wrong-80x24", "many", 80, 24, .keys = { F(4), 'X', '=', '1', KEY_RETURN } },
	{ "many-search-80x24", "many", 80, 24, .keys = { '/', 'a', 'g', 'e', 'n' } },
	{ "many-shifted-80x24", "many", 80, 24, .keys = { KEY_ARROW_RIGHT, KEY_ARROW_RIGHT } },
	{ "many-paused-80x24", "many", 80, 24, .keys = { 'Z', ',' } },
	{ "many-delay-80x24", "many", 80, 24, .keys = { 'd' } },
	{ "many-copied-80x24", "many", 80, 24, .keys = { 'y' } },
	{ "many-setup-80x24", "many", 80, 24, .keys = { F(2), 'j', KEY_RETURN, 'j' } },
	{ "help-80x24", "many", 80, 24, .keys = { F(1) } },
	{ "help-end-80x24", "many", 80, 24, .keys = { 'h', 'G' } },
	{ "help-120x60", "many", 120, 60, .keys = { '?' } },
	{ "hostile-80x24", "hostile", 80, 24, .keys = { 't' } },
	{ "hostile-80x24-ascii", "hostile", 80, 24, .ascii = true, .keys = { 't' } },
	{ "hostile-owners-120x24", "hostile", 120, 24, .keys = { '4' } },
};

static const char *golden_dir(void)
{
	const char *dir = getenv("SECRETMEM_GOLDEN_DIR");

	return dir ? dir : "tests/unit/golden";
}

/* ---- a history: nine looks, between which pages were split now and then ---- */

static void add_event(struct history *history, enum event_type type, uint64_t time_ns)
{
	struct event event = { .type = type, .time_ns = time_ns };

	event.pid = number(4121);
	event.uid = number(1000);
	event.comm = xstrdup("vaultd");
	event.inode = number(50507);
	if (type == EVENT_SPLIT) {
		event.page_bytes = number(2 * MiB);
		event.count = number(7);
		event.owner = OWNER_SECRETMEM;
	}
	history_add_event(history, &event);
}

static struct history *make_history(const struct sample *sample)
{
	static const uint64_t splits[] = { 0, 0, 3, 3, 40, 41, 41, 41, 49 };
	struct history *history = history_new();
	size_t i;

	for (i = 0; i < sizeof(splits) / sizeof(splits[0]); i++) {
		struct snapshot snapshot = { 0 };

		sample->fill(&snapshot);
		snapshot.time_ns += i * SECOND;
		list_for_each(level, &snapshot.direct_map.levels, struct direct_map_level) {
			if (level->page_bytes.value == 2 * MiB)
				level->splits = number(17 + splits[i]);
		}
		history_add(history, &snapshot, (i + 1) * SECOND);
	}
	if (!strcmp(sample->name, "many")) {
		add_event(history, EVENT_FILE_CREATED, UINT64_C(1795334460000000000));
		add_event(history, EVENT_SPLIT, UINT64_C(1795334461500000000));
	}
	return history;
}

static void press(struct state *state, const struct history *history, const struct shot *shot)
{
	size_t i;

	for (i = 0; i < sizeof(shot->keys) / sizeof(shot->keys[0]) && shot->keys[i]; i++) {
		state_key(state, shot->keys[i]);
		state_settle(state, history, shot->width, shot->height);
	}
}

static char *take_shot(const struct shot *shot)
{
	struct history *history = make_history(sample_find(shot->sample));
	struct canvas canvas = { .ascii = shot->ascii };
	struct state state;
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	state_init(&state);
	state.style.user_names = false;
	state.host = "vm01";
	state.self = (struct self_cost){ true, 4, 3 * MiB };
	if (!strcmp(shot->sample, "many"))
		strcpy(state.notice, "3 processes could not be read: run as root");
	state_settle(&state, history, shot->width, shot->height);
	press(&state, history, shot);
	canvas_resize(&canvas, shot->width, shot->height);
	draw(history, &state, &canvas, NULL);
	if (shot->inks)
		canvas_print_inks(&canvas, stream);
	else
		canvas_print(&canvas, false, stream);
	fclose(stream);
	canvas_free(&canvas);
	state_free(&state);
	history_free(history);
	return text;
}

/* ---- golden files ---- */

static char *read_golden(const char *path)
{
	FILE *stream = fopen(path, "r");
	char *text = xcalloc(1, 1 << 18);

	if (!stream)
		fail_msg("%s is not there", path);
	assert_true(fread(text, 1, (1 << 18) - 1, stream) > 0);
	fclose(stream);
	return text;
}

static void write_golden(const char *path, const char *text)
{
	FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	fputs(text, stream);
	fclose(stream);
}

static void assert_golden(const char *name, const char *text)
{
	char *path = xasprintf("%s/top/%s", golden_dir(), name), *wanted;
	const char *mode = getenv("SECRETMEM_GOLDEN");

	if (mode && !strcmp(mode, "update"))
		write_golden(path, text);
	wanted = read_golden(path);
	if (strcmp(text, wanted))
		fail_msg("%s is not as it was. Now:\n%s\nbefore:\n%s", path, text, wanted);
	free(wanted);
	free(path);
}

static void screens_are_golden(void **state)
{
	size_t i;

	(void)state;
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	for (i = 0; i < sizeof(shots) / sizeof(shots[0]); i++) {
		char *text = take_shot(&shots[i]);

		assert_golden(shots[i].name, text);
		free(text);
	}
}

/* Drawing is a function: the same of everything is the same screen. */
static void drawing_is_pure(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(shots) / sizeof(shots[0]); i++) {
		char *one = take_shot(&shots[i]), *other = take_shot(&shots[i]);

		assert_string_equal(one, other);
		free(one);
		free(other);
	}
}

/* Only ASCII where nothing else can be shown, also in names. */
static void ascii_is_ascii(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(shots) / sizeof(shots[0]); i++) {
		char *text, *byte;

		if (!shots[i].ascii)
			continue;
		text = take_shot(&shots[i]);
		for (byte = text; *byte; byte++)
			assert_true(*byte == '\n' || (*byte >= ' ' && *byte < 0x7f));
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screens_are_golden),
		cmocka_unit_test(drawing_is_pure),
		cmocka_unit_test(ascii_is_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
