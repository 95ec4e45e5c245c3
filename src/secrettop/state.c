// SPDX-License-Identifier: GPL-2.0-or-later
/* What the user looks at, and how it follows what happens. */
#include "map.h"
#include "state.h"
#include "table-internal.h"
#include "xalloc.h"

#define MOST_BODY 10000
#define MOST_LINES 8		/* of a map or graph, whatever there is */

void state_init(struct state *state)
{
	enum tab tab;

	*state = (struct state){ .place_count = 1, .host = "" };
	settings_init(&state->settings);
	for (tab = 0; tab < TAB_COUNT; tab++)
		table_reopen(state, tab);
	state->style.user_names = true;
}

void scope_free(struct group *group)
{
	if (!group)
		return;
	free(group->comm);
	free(group->cgroup);
	free(group);
}

void state_free(struct state *state)
{
	enum tab tab;
	size_t i;

	for (tab = 0; tab < TAB_COUNT; tab++) {
		table_close(state->tables[tab]);
		free(state->filter[tab]);
	}
	for (i = 0; i < state->place_count; i++)
		scope_free(state->places[i].scope);
	settings_free(&state->settings);
	groups_clear(&state->groups);
	groups_clear(&state->users);
	free(state->toggled.items);
	free(state->tagged.items);
	free(state->columns.items);
	free(state->lines.items);
	free(state->chunks.items);
	free(state->search);
	free(state->wants_copy);
	free(state->wants_jump);
}

void state_say(struct state *state, bool bad, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(state->message, sizeof(state->message), format, arguments);
	va_end(arguments);
	state->message_is_bad = bad;
}

bool state_filter_is_strict(const char *filter)
{
	return filter && filter[strcspn(filter, "=<>!")];
}

static enum exit_code open_table(enum tab tab, const char *filter, const char *sort,
				 const char *columns, struct table **table,
				 struct failure *failure)
{
	struct table_request request = { .columns = columns, .sort = sort };
	enum exit_code code;

	if (state_filter_is_strict(filter))
		*(const char **)list_add(&request.filters, sizeof(filter)) = filter;
	code = table_open(tab_kinds[tab].view, &request, table, failure);
	free(request.filters.items);
	return code;
}

/* What the kind of view has, where the setting has nothing of its own. */
static const char *columns_of(const struct state *state, enum tab tab)
{
	return state->settings.columns[tab] ? state->settings.columns[tab] :
					      tab_kinds[tab].columns;
}

static const char *sort_of(const struct state *state, enum tab tab)
{
	return state->settings.sort[tab] ? state->settings.sort[tab] : tab_kinds[tab].sort;
}

/* The columns of the kind are a default: those that say nothing are left out. */
static void mark_default_columns(const struct state *state, enum tab tab, struct table *table)
{
	if (state->settings.columns[tab])
		return;
	list_for_each(column, &table->shown, struct column)
		column->chosen = false;
}

void table_reopen(struct state *state, enum tab tab)
{
	struct failure failure;
	struct table *table;

	if (open_table(tab, state->filter[tab], sort_of(state, tab), columns_of(state, tab),
		       &table, &failure)) {
		/* A filter names the column that is wrong with it. */
		state_say(state, true, "%s", failure.text);
		if (open_table(tab, NULL, tab_kinds[tab].sort, tab_kinds[tab].columns, &table,
			       &failure))
			errx(EXIT_FAILED, "%s", failure.text);
		free(state->filter[tab]);
		state->filter[tab] = NULL;
	}
	mark_default_columns(state, tab, table);
	if (state->tables[tab])
		table_close(state->tables[tab]);
	state->tables[tab] = table;
	state->columns.count = 0;
	state->lines.count = 0;
}

struct scroll *state_scroll(const struct state *state)
{
	struct state *own = (struct state *)state;

	if (state_place(state)->item)
		return &own->inner_scroll;
	return &own->scrolls[state_place(state)->tab];
}

const struct line *state_selected(const struct state *state)
{
	const struct scroll *scroll = state_scroll(state);

	if (scroll->cursor >= state->lines.count)
		return NULL;
	return list_at(&state->lines, scroll->cursor, sizeof(struct line));
}

static bool has_id(const struct list *ids, uint64_t id)
{
	list_for_each(known, ids, uint64_t) {
		if (*known == id)
			return true;
	}
	return false;
}

bool state_is_tagged(const struct state *state, uint64_t id)
{
	return has_id(&state->tagged, id);
}

/* ---- settling ---- */

/* The selection follows its row; where that is gone, it stays where it was. */
static void follow_selected(struct state *state)
{
	struct scroll *scroll = state_scroll(state);
	const struct line *lines = state->lines.items;
	size_t i;

	for (i = 0; scroll->selected && i < state->lines.count; i++) {
		if (lines[i].id == scroll->selected) {
			scroll->cursor = i;
			return;
		}
	}
	if (state->follow && scroll->selected && state->snapshot) {
		state->follow = false;
		state_say(state, true, "what was followed is gone");
	}
	if (scroll->cursor >= state->lines.count)
		scroll->cursor = state->lines.count ? state->lines.count - 1 : 0;
	scroll->selected = state->lines.count ? lines[scroll->cursor].id : 0;
}

static void scroll_to_cursor(struct state *state, size_t height)
{
	struct scroll *scroll = state_scroll(state);
	size_t count = state->lines.count;

	if (!height)
		return;
	if (state->follow)
		scroll->top = scroll->cursor > height / 2 ? scroll->cursor - height / 2 : 0;
	if (scroll->cursor < scroll->top)
		scroll->top = scroll->cursor;
	if (scroll->cursor >= scroll->top + height)
		scroll->top = scroll->cursor - height + 1;
	if (scroll->top + height > count)
		scroll->top = count > height ? count - height : 0;
}

static bool has_pool(const struct snapshot *snapshot)
{
	return snapshot->pool.capacity_bytes.known && snapshot->pool.capacity_bytes.value;
}

static int chunk_lines(const struct state *state, int width)
{
	size_t cells = (size_t)layout_map_width(width), chunks;

	if (!has_pool(state->snapshot) || !cells)
		return 0;
	if (!state->snapshot->chunks.known)
		return 0;
	chunks = map_chunks(state->snapshot);
	if (chunks > cells * MOST_LINES)
		return MOST_LINES;
	return (int)((chunks + cells - 1) / cells);
}

static bool has_direct_map(const struct snapshot *snapshot)
{
	return snapshot->direct_map.levels.count;
}

static struct wishes wishes_of(const struct state *state, int width)
{
	struct wishes wishes = { .lines = {
		[SHOW_TITLE] = 1,
		[SHOW_NOTICE] = *state->notice ? 1 : 0,
		[SHOW_TABS] = 1,
		[SHOW_HEADING] = 1,
		[SHOW_BODY] = MOST_BODY,
		[SHOW_FOOTER] = !state->batch,
	} };

	if (!state->snapshot)
		return wishes;
	wishes.lines[SHOW_FILES] = 1;
	wishes.lines[SHOW_POOL] = has_pool(state->snapshot);
	wishes.lines[SHOW_CHUNKS] = chunk_lines(state, width);
	wishes.lines[SHOW_DIRECT_MAP] = has_direct_map(state->snapshot);
	wishes.lines[SHOW_SPLITS] = has_direct_map(state->snapshot) ? MOST_LINES : 0;
	wishes.lines[SHOW_HIBERNATION] = 1;
	wishes.lines[SHOW_LIMITS] = 1;
	return wishes;
}

int state_natural_height(const struct state *state, int width)
{
	struct wishes wishes = wishes_of(state, width);
	int height = 0;
	enum part part;

	wishes.lines[SHOW_SPLITS] = wishes.lines[SHOW_SPLITS] > 0;
	wishes.lines[SHOW_BODY] = state->lines.count ? (int)state->lines.count : 1;
	for (part = 0; part < SHOW_COUNT; part++)
		height += wishes.lines[part];
	return height;
}

void state_settle(struct state *state, const struct history *history, int width, int height)
{
	struct wishes wishes;

	if (state->back && state->back >= history_snapshots(history))
		state->back = history_snapshots(history) ? history_snapshots(history) - 1 : 0;
	state->snapshots = history_snapshots(history);
	state->snapshot = history_snapshot(history, state->back);
	state->events = history_events(history);
	state->style.units = (enum units)state->settings.units;
	lines_fill(state);
	wishes = wishes_of(state, width);
	state->layout = layout_of(width, height, &wishes);
	follow_selected(state);
	scroll_to_cursor(state, (size_t)state->layout.parts[SHOW_BODY].height);
}
