// SPDX-License-Identifier: GPL-2.0-or-later
/* What the keys do. */
#include <inttypes.h>

#include "state.h"
#include "table-internal.h"
#include "xalloc.h"

void state_select(struct state *state, size_t line)
{
	struct scroll *scroll = state_scroll(state);
	const struct line *lines = state->lines.items;

	if (!state->lines.count)
		return;
	if (line >= state->lines.count)
		line = state->lines.count - 1;
	scroll->cursor = line;
	scroll->selected = lines[line].id;
	state->follow = false;
}

static void move_by(struct state *state, long lines)
{
	size_t cursor = state_scroll(state)->cursor;

	if (lines < 0 && cursor < (size_t)-lines)
		state_select(state, 0);
	else
		state_select(state, cursor + (size_t)lines);
}

static void page_by(struct state *state, long pages)
{
	int height = state->layout.parts[SHOW_BODY].height;

	move_by(state, pages * (height > 1 ? height - 1 : 1));
}

static void move_to_end(struct state *state, long end)
{
	state_select(state, end < 0 ? 0 : SIZE_MAX);
}

static void shift_columns(struct state *state, long by)
{
	long shift = state->shift + by;

	if (shift >= 0 && shift < (long)state->columns.count)
		state->shift = (int)shift;
}

/* Places are left in the order in which they were gone to. */
static bool go_back(struct state *state)
{
	if (state->place_count < 2)
		return false;
	scope_free(state_place(state)->scope);
	state->place_count--;
	state->lines.count = 0;
	return true;
}

static struct place *go_to(struct state *state, enum tab tab)
{
	if (state->place_count == MOST_PLACES)
		go_back(state);
	state->places[state->place_count] = (struct place){ .tab = tab };
	state->place_count++;
	state->lines.count = 0;
	state->inner_scroll = (struct scroll){ 0 };
	state->follow = false;
	return state_place(state);
}

void state_choose_tab(struct state *state, enum tab tab)
{
	while (go_back(state))
		;
	state->places[0].tab = tab;
	state->lines.count = 0;
	state->shift = 0;
	state->follow = false;
}

static struct group *copy_group(const struct group *group)
{
	struct group *copy = xcalloc(1, sizeof(*copy));

	*copy = *group;
	copy->comm = group->comm ? xstrdup(group->comm) : NULL;
	copy->cgroup = group->cgroup ? xstrdup(group->cgroup) : NULL;
	return copy;
}

static void look_into_group(struct state *state, const struct group *group)
{
	struct group *copy = copy_group(group);
	enum tab tab = state_place(state)->tab;
	struct place *place = go_to(state, TAB_FILES);

	place->scope = copy;
	place->scope_kind = tab == TAB_CGROUPS ? GROUP_CGROUP :
			    copy->pid.known ? GROUP_PROCESS : GROUP_USER;
}

static void look_into_file(struct state *state, const struct secret_file *file)
{
	uint64_t id;

	if (!file) {
		state_say(state, true, "no file holds this chunk");
		return;
	}
	id = file_id(file);
	go_to(state, TAB_FILES)->item = id;
}

static void look_into(struct state *state, long unused)
{
	const struct line *line = state_selected(state);
	enum tab tab = state_place(state)->tab;

	(void)unused;
	if (!line || line->kind == LINE_FIELD || line->kind == LINE_REGION || state_place(state)->item)
		return;
	if (line->kind == LINE_HOLDER || line->kind == LINE_CHUNK)
		look_into_file(state, line->outer);
	else if (tab == TAB_FILES)
		look_into_file(state, line->item);
	else if (tab == TAB_CHUNKS)
		look_into_file(state, find_file(state->snapshot,
						((const struct chunk *)line->item)->file_id));
	else if (tab == TAB_OWNERS || tab == TAB_CGROUPS)
		look_into_group(state, line->item);
	else
		go_to(state, tab)->item = line->id;
}

static void toggle_id(struct list *ids, uint64_t id)
{
	uint64_t *items = ids->items;
	size_t i;

	for (i = 0; i < ids->count; i++) {
		if (items[i] == id) {
			items[i] = items[--ids->count];
			return;
		}
	}
	*(uint64_t *)list_add(ids, sizeof(id)) = id;
}

/* The line that the selected one is inside of, or itself. */
static const struct line *outer_line(const struct state *state)
{
	const struct line *lines = state->lines.items;
	size_t at = state_scroll(state)->cursor;

	if (at >= state->lines.count)
		return NULL;
	while (at && lines[at].kind != LINE_ITEM)
		at--;
	return &lines[at];
}

static void toggle_open(struct state *state, long unused)
{
	const struct line *line = outer_line(state);

	(void)unused;
	if (!line || line->kind != LINE_ITEM || !line->inside)
		return;
	state_scroll(state)->selected = line->id;
	toggle_id(&state->toggled, line->id);
}

static void toggle_tree(struct state *state, long unused)
{
	enum tab tab = state_place(state)->tab;

	(void)unused;
	if (!tab_kinds[tab].tree) {
		state_say(state, true, "there is nothing inside these rows");
		return;
	}
	state->toggled.count = 0;
	state->settings.tree[tab] = !state->settings.tree[tab];
}

static void tag(struct state *state, long unused)
{
	const struct line *line = state_selected(state);

	(void)unused;
	if (line && line->kind != LINE_FIELD)
		toggle_id(&state->tagged, line->id);
	move_by(state, 1);
}

/* ---- order ---- */

static void set_sort(struct state *state, enum tab tab, const char *column, bool descending)
{
	free(state->settings.sort[tab]);
	state->settings.sort[tab] = xasprintf("%s%s", descending ? "-" : "", column);
	table_reopen(state, tab);
}

void state_choose_sort(struct state *state, size_t index, bool invert)
{
	enum tab tab = state_place(state)->tab;
	const struct column *column;
	bool descending;

	if (index >= state->columns.count)
		return;
	column = list_at(&state->columns, index, sizeof(*column));
	descending = field_is_numeric(column->field) || column->field->type == FIELD_LIST;
	if (invert)
		descending = !state->tables[tab]->descending;
	set_sort(state, tab, column->name, descending);
}

static void invert(struct state *state, long unused)
{
	enum tab tab = state_place(state)->tab;
	const struct table *table = state->tables[tab];

	(void)unused;
	if (table->sort)
		set_sort(state, tab, table->sort->name, !table->descending);
}

/* Which of the columns shown the rows are sorted by; their count: none. */
static size_t sort_index(const struct state *state)
{
	const struct table *table = state->tables[state_place(state)->tab];
	size_t index = 0;

	list_for_each(column, &state->columns, struct column) {
		if (table->sort && !strcmp(column->path, table->sort->path))
			return index;
		index++;
	}
	return index;
}

static void sort_by_neighbour(struct state *state, long step)
{
	size_t count = state->columns.count, index = sort_index(state);

	if (!count)
		return;
	if (index == count)
		index = step > 0 ? count - 1 : 0;
	state_choose_sort(state, (index + count + (size_t)(step + (long)count)) % count, false);
}

/* ---- search ---- */

void state_find(struct state *state, int step, size_t from)
{
	const struct line *lines = state->lines.items;
	size_t i, count = state->lines.count, at = from;

	if (!state->search || !count)
		return;
	for (i = 0; i < count; i++) {
		if (line_has(state, &lines[at], state->search)) {
			state_select(state, at);
			return;
		}
		at = (at + count + (size_t)(step + (int)count)) % count;
	}
	state_say(state, true, "'%s' was not found", state->search);
}

static void find_next(struct state *state, long step)
{
	size_t count = state->lines.count, cursor = state_scroll(state)->cursor;

	if (!state->search)
		state_say(state, true, "nothing was searched for: / does");
	else if (count)
		state_find(state, (int)step,
			   (cursor + count + (size_t)(step + (long)count)) % count);
}

/* ---- the command that shows the same ---- */

/* Text from outside, so that a shell takes it as one word. */
static void put_word(FILE *stream, const char *text)
{
	fputc('\'', stream);
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", stream);
		else
			fputc(*text, stream);
	}
	fputc('\'', stream);
}

static void put_command(const struct state *state, FILE *stream)
{
	const struct line *line = outer_line(state);
	enum tab tab = state_place(state)->tab;
	const struct secret_file *file = NULL;

	fprintf(stream, "secretmemctl %s", tab_kinds[tab].command);
	if (line && tab == TAB_FILES && line->kind == LINE_ITEM)
		file = line->item;
	if (file && file->inode.known)
		fprintf(stream, " --filter INODE=%" PRIu64, file->inode.value);
	else if (state_filter_is_strict(state->filter[tab])) {
		fputs(" --filter ", stream);
		put_word(stream, state->filter[tab]);
	}
}

static void copy(struct state *state, long unused)
{
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	(void)unused;
	if (!stream)
		errx(EXIT_FAILED, "out of memory");
	put_command(state, stream);
	fclose(stream);
	state_say(state, false, "copied: %s", text);
	free(state->wants_copy);
	state->wants_copy = text;
}

/* ---- time ---- */

static void pause_or_go(struct state *state, long unused)
{
	(void)unused;
	state->paused = !state->paused;
	if (!state->paused)
		state->back = 0;
}

static void step(struct state *state, long by)
{
	state->paused = true;
	if (by < 0 && state->back + 1 < state->snapshots)
		state->back++;
	else if (by > 0 && state->back)
		state->back--;
	else if (state->playing.replay)
		state->wants_step = (int)by;
	else
		state_say(state, false, by < 0 ? "this is the first look that is kept" :
						 "this is the last look");
}

#define SPEED_AS_IT_WAS 16
#define FASTEST 26

static void change_speed(struct state *state, long by)
{
	unsigned int *speed = &state->playing.speed_log2;

	if (!state->playing.replay)
		state_say(state, true, "only a replay has a speed: d changes the delay");
	else if ((by < 0 && *speed > SPEED_AS_IT_WAS - 10) || (by > 0 && *speed < FASTEST))
		*speed += (unsigned int)by;
}

/* ---- prompts ---- */

static void ask(struct state *state, enum mode_of_keys keys, const char *text)
{
	state->keys = keys;
	snprintf(state->prompt, sizeof(state->prompt), "%s", text ? text : "");
}

static void ask_jump(struct state *state, long unused)
{
	(void)unused;
	if (state->playing.replay)
		ask(state, KEYS_JUMP, NULL);
	else
		state_say(state, true, "only a replay can jump: , and . step");
}

static void ask_delay(struct state *state, long unused)
{
	char text[32];

	(void)unused;
	snprintf(text, sizeof(text), "%g", (double)state->settings.delay_ms / 1000);
	ask(state, KEYS_DELAY, text);
}

static void open_menu(struct state *state, long keys)
{
	state->keys = (enum mode_of_keys)keys;
	state->menu_scroll = (struct scroll){ 0 };
	if (keys == KEYS_SORT && sort_index(state) < state->columns.count)
		state->menu_scroll.cursor = sort_index(state);
}

static void back(struct state *state, long unused)
{
	enum tab tab = state_place(state)->tab;

	(void)unused;
	if (state->follow) {
		state->follow = false;
	} else if (!go_back(state) && state->filter[tab]) {
		free(state->filter[tab]);
		state->filter[tab] = NULL;
		table_reopen(state, tab);
	}
}

static void next_tab(struct state *state, long by)
{
	state_choose_tab(state, (enum tab)(((long)state->places[0].tab + by + TAB_COUNT) %
					   TAB_COUNT));
}

static void follow(struct state *state, long unused)
{
	(void)unused;
	state->follow = !state->follow && state_selected(state);
}

static void ask_search(struct state *state, long unused)
{
	(void)unused;
	ask(state, KEYS_SEARCH, NULL);
}

static void ask_filter(struct state *state, long unused)
{
	(void)unused;
	ask(state, KEYS_FILTER, state->filter[state_place(state)->tab]);
}

static void untag(struct state *state, long unused)
{
	(void)unused;
	state->tagged.count = 0;
}

static void save(struct state *state, long unused)
{
	(void)unused;
	state->wants_save = true;
}

static void redraw(struct state *state, long unused)
{
	(void)unused;
	state->wants_redraw = true;
}

static void quit(struct state *state, long unused)
{
	(void)unused;
	state->wants_quit = true;
}

static const struct {
	void (*run)(struct state *state, long argument);
	long argument;
} actions[] = {
	[ACTION_UP] = { move_by, -1 },
	[ACTION_DOWN] = { move_by, 1 },
	[ACTION_PAGE_UP] = { page_by, -1 },
	[ACTION_PAGE_DOWN] = { page_by, 1 },
	[ACTION_TOP] = { move_to_end, -1 },
	[ACTION_BOTTOM] = { move_to_end, 1 },
	[ACTION_LEFT] = { shift_columns, -1 },
	[ACTION_RIGHT] = { shift_columns, 1 },
	[ACTION_ENTER] = { look_into },
	[ACTION_BACK] = { back },
	[ACTION_NEXT_TAB] = { next_tab, 1 },
	[ACTION_PREVIOUS_TAB] = { next_tab, -1 },
	[ACTION_FOLLOW] = { follow },
	[ACTION_SEARCH] = { ask_search },
	[ACTION_FIND_NEXT] = { find_next, 1 },
	[ACTION_FIND_PREVIOUS] = { find_next, -1 },
	[ACTION_FILTER] = { ask_filter },
	[ACTION_SORT_MENU] = { open_menu, KEYS_SORT },
	[ACTION_SORT_PREVIOUS] = { sort_by_neighbour, -1 },
	[ACTION_SORT_NEXT] = { sort_by_neighbour, 1 },
	[ACTION_INVERT] = { invert },
	[ACTION_TREE] = { toggle_tree },
	[ACTION_EXPAND] = { toggle_open },
	[ACTION_TAG] = { tag },
	[ACTION_UNTAG] = { untag },
	[ACTION_COPY] = { copy },
	[ACTION_PAUSE] = { pause_or_go },
	[ACTION_STEP_BACK] = { step, -1 },
	[ACTION_STEP_ON] = { step, 1 },
	[ACTION_SLOWER] = { change_speed, -1 },
	[ACTION_FASTER] = { change_speed, 1 },
	[ACTION_JUMP] = { ask_jump },
	[ACTION_DELAY] = { ask_delay },
	[ACTION_HELP] = { open_menu, KEYS_HELP },
	[ACTION_SETUP] = { open_menu, KEYS_SETUP },
	[ACTION_SAVE] = { save },
	[ACTION_REDRAW] = { redraw },
	[ACTION_QUIT] = { quit },
};

void action_run(struct state *state, enum action action, int key)
{
	if (action == ACTION_TAB)
		state_choose_tab(state, (enum tab)(key - '1'));
	else if (actions[action].run)
		actions[action].run(state, actions[action].argument);
}
