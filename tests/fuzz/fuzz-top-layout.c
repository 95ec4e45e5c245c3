// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * secretmem on screens of any size: whatever is known or not, whatever names
 * there are and whatever keys are pressed, what is drawn stays inside.
 *
 * The input chooses the size, what the snapshots have, and the keys. With the
 * address sanitizer, a cell put outside shows; without, the canvas is checked
 * for cells that no drawing makes.
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "fuzz.h"
#include "xalloc.h"

#define MAX_WIDTH 300
#define MAX_HEIGHT 100
#define MOST_KEYS 64
#define SECOND UINT64_C(1000000000)

/* Takes the input apart; at its end everything is 0. */
struct input {
	const uint8_t *data;
	size_t size;
};

static uint8_t byte(struct input *input)
{
	if (!input->size)
		return 0;
	input->size--;
	return *input->data++;
}

/* Unknown, small, large, or anything at all. */
static struct number any_number(struct input *input)
{
	uint8_t kind = byte(input);
	uint64_t value = 0;
	int i;

	switch (kind % 5) {
	case 0:
		return (struct number){ 0 };
	case 1:
		return number(byte(input));
	case 2:
		return number((uint64_t)byte(input) << 20);
	case 3:
		return number(UINT64_MAX - byte(input));
	default:
		for (i = 0; i < 8; i++)
			value = value << 8 | byte(input);
		return number(value);
	}
}

static const char *const names[] = {
	NULL, "", "vaultd", "\x1b[2J", "\xff\xfe", "\xe9\x8d\xb5\xe9\x8d\xb5", "e\xcc\x81\xcc\x81",
	"\xe2\x80\xae" "abc", "a\tb\nc", "\xc2\x9b" "31m", "%s%n", "\\x41", "/a/b/c", "/",
	"a name that is much longer than any column that there could be on a screen of 80",
	"\xf0\x9f\x94\x91 key", "/\xe2\x80\x8b\xe2\x80\x8b/x",
};

static char *any_name(struct input *input)
{
	uint8_t choice = byte(input);
	const char *name = names[choice % (sizeof(names) / sizeof(names[0]))];
	char raw[16];
	size_t i;

	if (choice < 200)
		return name ? xstrdup(name) : NULL;
	for (i = 0; i + 1 < sizeof(raw); i++)
		raw[i] = (char)byte(input);
	raw[i] = '\0';
	return xstrdup(raw);
}

/*
 * Fill all fields of an object by its table, so that a field that is added to
 * the model is drawn with anything, too. Lists are filled by hand.
 */
static void fill_object(struct input *input, const struct field_table *table, void *object)
{
	table_for_each(field, table) {
		void *place = (char *)object + field->offset;

		switch (field->type) {
		case FIELD_TRUTH:
			*(enum truth *)place = byte(input) % 3;
			break;
		case FIELD_FLAG:
			*(bool *)place = byte(input) & 1;
			break;
		case FIELD_WORD:
			*(unsigned int *)place = byte(input) % 16;
			break;
		case FIELD_TEXT:
			*(char **)place = any_name(input);
			break;
		case FIELD_TIME:
			*(uint64_t *)place = any_number(input).value;
			break;
		case FIELD_OBJECT:
			fill_object(input, field->table, place);
			break;
		case FIELD_CONSTANT:
		case FIELD_LIST:
			break;
		default:
			if (field_is_numeric(field))
				*(struct number *)place = any_number(input);
			break;
		}
	}
}

static void fill_list(struct input *input, struct list *list, const struct field_table *table,
		      size_t count)
{
	list->known = byte(input) & 1;
	while (count--)
		fill_object(input, table, list_add(list, table->size));
}

static void fill_files(struct input *input, struct snapshot *snapshot, size_t count)
{
	fill_list(input, &snapshot->files, &file_table, count);
	list_for_each(file, &snapshot->files, struct secret_file) {
		if (byte(input) & 1)
			fill_list(input, &file->holders, &holder_table, byte(input) % 3);
	}
}

static void fill_direct_map(struct input *input, struct direct_map *map)
{
	fill_list(input, &map->levels, &level_table, byte(input) % 8);
	fill_list(input, &map->regions, &region_table, byte(input) % 5);
	list_for_each(region, &map->regions, struct direct_map_region)
		fill_list(input, &region->levels, &level_table, byte(input) % 7);
}

/* Of words that no table has, the kinds of blockers index an array of words. */
static void fill_blockers(struct input *input, struct hibernation *hibernation)
{
	fill_list(input, &hibernation->blockers, &blocker_table, byte(input) % 5);
	list_for_each(blocker, &hibernation->blockers, struct blocker)
		blocker->kind %= BLOCKER_QUARANTINE + 1;
}

static size_t any_count(struct input *input)
{
	static const size_t counts[] = { 0, 1, 2, 3, 5, 26, 27, 60 };

	return counts[byte(input) % (sizeof(counts) / sizeof(counts[0]))];
}

static void fill_snapshot(struct input *input, struct snapshot *snapshot, size_t files)
{
	fill_object(input, &snapshot_table, snapshot);
	snapshot->info.mode %= MODE_POOLED + 1;
	snapshot->source = byte(input) & 1 ? "netlink" : NULL;
	fill_files(input, snapshot, files);
	fill_list(input, &snapshot->chunks, &chunk_table, any_count(input));
	list_for_each(chunk, &snapshot->chunks, struct chunk)
		chunk->state %= CHUNK_QUARANTINED + 1;
	fill_direct_map(input, &snapshot->direct_map);
	fill_blockers(input, &snapshot->hibernation);
	fill_list(input, &snapshot->limits, &limit_table, byte(input) % 4);
}

static struct history *fill_history(struct input *input)
{
	struct history *history = history_new();
	size_t i, looks = byte(input) % 4;

	for (i = 0; i < looks; i++) {
		struct snapshot snapshot = { 0 };

		if (byte(input) % 8 == 0) {
			history_add_failure(history, i * SECOND, i * SECOND);
			continue;
		}
		fill_snapshot(input, &snapshot, any_count(input));
		history_add(history, &snapshot, (i + byte(input) % 2) * SECOND);
	}
	for (i = byte(input) % 4; i; i--) {
		struct event event = { 0 };

		fill_object(input, &event_table, &event);
		history_add_event(history, &event);
	}
	return history;
}

/* ---- looking at it ---- */

static int any_key(struct input *input)
{
	uint8_t key = byte(input);

	if (key < 0x80)
		return key;
	if (key < 0xa0)
		return KEY_SPECIAL + 1 + key % (KEY_FUNCTION - KEY_SPECIAL - 1);
	if (key < 0xc0)
		return KEY_FUNCTION + 1 + key % 10;
	return 0x100 + key;
}

/* A cell is a character, or what is behind a wide one. */
static void check_canvas(const struct canvas *canvas)
{
	size_t i, count = (size_t)canvas->width * (size_t)canvas->height;

	for (i = 0; i < count; i++) {
		const struct cell *cell = &canvas->cells[i];

		if (cell->ink >= INK_COUNT || !memchr(cell->text, '\0', CELL_BYTES) ||
		    (unsigned char)cell->text[0] == 0x7f ||
		    (*cell->text && (unsigned char)*cell->text < ' ') ||
		    (!*cell->text && i % (size_t)canvas->width == 0))
			abort();
	}
}

static void check_hits(const struct list *hits, const struct canvas *canvas)
{
	list_for_each(hit, hits, struct hit) {
		if (hit->area.y < 0 || hit->area.y >= canvas->height || hit->area.x < 0)
			abort();
	}
}

static void draw_once(struct state *state, const struct history *history,
		      struct canvas *canvas)
{
	struct list hits = { 0 };

	state_settle(state, history, canvas->width, canvas->height);
	draw(history, state, canvas, &hits);
	check_canvas(canvas);
	check_hits(&hits, canvas);
	free(hits.items);
}

/* What others would do, so that the state goes on. */
static void serve(struct state *state)
{
	state->wants_quit = state->wants_redraw = state->wants_save = false;
	state->wants_step = 0;
	free(state->wants_jump);
	free(state->wants_copy);
	state->wants_jump = state->wants_copy = NULL;
}

static void resize(struct input *input, struct canvas *canvas)
{
	canvas_resize(canvas, 1 + (byte(input) | byte(input) << 8) % MAX_WIDTH,
		      1 + byte(input) % MAX_HEIGHT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = { data, size };
	struct canvas canvas = { .ascii = byte(&input) & 1 };
	struct history *history;
	struct state state;
	int i;

	setlocale(LC_CTYPE, "C.UTF-8");
	state_init(&state);
	state.style.user_names = false;
	state.playing.replay = byte(&input) & 1;
	state.playing.speed_log2 = 16;
	resize(&input, &canvas);
	history = fill_history(&input);
	draw_once(&state, history, &canvas);
	for (i = 0; i < MOST_KEYS && input.size; i++) {
		state_key(&state, any_key(&input));
		serve(&state);
		if (byte(&input) % 16 == 0)
			resize(&input, &canvas);
		draw_once(&state, history, &canvas);
	}
	state_free(&state);
	history_free(history);
	canvas_free(&canvas);
	return 0;
}

/* ---- seeds ---- */

/* The bytes of one run: as chance has it, the same every time. */
static size_t chance(uint8_t *buffer, uint32_t seed, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++) {
		seed = seed * 1664525 + 1013904223;
		buffer[i] = (uint8_t)(seed >> 24);
	}
	return size;
}

size_t fuzz_seed(unsigned int index, uint8_t buffer[FUZZ_INPUT_SIZE])
{
	static const size_t sizes[] = { 1, 8, 64, 600, 1500, 3000, 4000 };

	if (index >= 3 * sizeof(sizes) / sizeof(sizes[0]))
		return 0;
	return chance(buffer, index + 1, sizes[index % (sizeof(sizes) / sizeof(sizes[0]))]);
}
