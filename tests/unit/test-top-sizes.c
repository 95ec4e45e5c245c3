// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every view on screens of many sizes, with no file, one, and 10,000: nothing
 * is drawn outside, and every key can be pressed. SECRETMEM_SIZES_STEP=1 in the
 * environment tries each size from 1x1 to 300x100, which takes its time.
 */
#include <locale.h>
#include <stdlib.h>

#include "draw.h"
#include "samples.h"
#include "test.h"
#include "xalloc.h"

#define MAX_WIDTH 300
#define MAX_HEIGHT 100
#define DEFAULT_STEP 13
#define MANY 10000
#define SECOND UINT64_C(1000000000)

static int step(void)
{
	const char *text = getenv("SECRETMEM_SIZES_STEP");
	int value = text ? atoi(text) : DEFAULT_STEP;

	return value > 0 ? value : DEFAULT_STEP;
}

/* A guard behind the cells, for those who run without a sanitizer. */
static void draw_at(struct state *state, const struct history *history, int width, int height)
{
	size_t i, count = (size_t)width * (size_t)height;
	struct canvas canvas = { 0 };

	canvas_resize(&canvas, width, height);
	state_settle(state, history, width, height);
	draw(history, state, &canvas, NULL);
	for (i = 0; i < count; i++)
		assert_true(memchr(canvas.cells[i].text, '\0', CELL_BYTES));
	canvas_free(&canvas);
}

static void try_sizes(const struct history *history, int by)
{
	struct state state;
	enum tab tab;
	int width, height;

	state_init(&state);
	state.style.user_names = false;
	for (width = 1; width <= MAX_WIDTH; width += by) {
		for (height = 1; height <= MAX_HEIGHT; height += by) {
			tab = (enum tab)((width / by + height / by) % TAB_COUNT);
			state_choose_tab(&state, tab);
			draw_at(&state, history, width, height);
			state_key(&state, KEY_PAGE_DOWN);
			draw_at(&state, history, width, height);
		}
	}
	state_free(&state);
}

static void try_sample(const char *name)
{
	struct history *history = history_new();
	struct snapshot snapshot = { 0 };

	sample_find(name)->fill(&snapshot);
	history_add(history, &snapshot, SECOND);
	try_sizes(history, step());
	history_free(history);
}

static void samples_fit_every_size(void **state)
{
	const struct sample *sample;

	(void)state;
	for (sample = samples; sample->name; sample++)
		try_sample(sample->name);
}

static void nothing_at_all_fits_every_size(void **state)
{
	struct history *history = history_new();

	(void)state;
	try_sizes(history, step());
	history_add_failure(history, SECOND, SECOND);
	try_sizes(history, step());
	history_free(history);
}

/* Of each file something else is unknown, and some have hostile holders. */
static void add_file(struct snapshot *snapshot, uint64_t i)
{
	struct secret_file *file = list_add(&snapshot->files, sizeof(*file));
	struct holder *holder;

	file->inode = number(i);
	if (i % 2)
		file->size_bytes = number(i << 12);
	if (i % 3)
		file->id = number(i);
	if (i % 5 == 0)
		return;
	holder = list_add(&file->holders, sizeof(*holder));
	holder->pid = number(i % 700);
	holder->comm = i % 7 ? xstrdup(i % 11 ? "holder" : "\x1b]0;\xff鍵") : NULL;
	holder->cgroup = i % 13 ? xasprintf("/a/b%d/c%d", (int)(i % 9), (int)(i % 77)) : NULL;
}

static void many_files_fit_every_size(void **state)
{
	struct history *history = history_new();
	struct snapshot snapshot = { 0 };
	uint64_t i;

	(void)state;
	for (i = 0; i < MANY; i++)
		add_file(&snapshot, i);
	history_add(history, &snapshot, SECOND);
	try_sizes(history, step() > 1 ? 5 * step() : 1);
	history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_at_all_fits_every_size),
		cmocka_unit_test(samples_fit_every_size),
		cmocka_unit_test(many_files_fit_every_size),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
