// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The lines of a table: its rows in their order, those inside of them, and
 * what of all that the filter lets through.
 */
#include "filter.h"
#include "state.h"
#include "table-internal.h"
#include "xalloc.h"

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/* FNV-1a: enough to tell some thousand rows apart from one moment to the next. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;

	while (length--)
		hash = (hash ^ *byte++) * FNV_PRIME;
	return hash;
}

static uint64_t hash_number(uint64_t hash, struct number number)
{
	uint64_t value = number.known ? number.value : UINT64_MAX;

	return hash_bytes(hash, &value, sizeof(value));
}

static uint64_t hash_start(char kind)
{
	return hash_bytes(FNV_BASIS, &kind, 1);
}

/* By its inode: netlink has it, and /proc, whichever of them there is today. */
uint64_t file_id(const struct secret_file *file)
{
	return hash_number(hash_number(hash_start('f'), file->inode), file->device);
}

static uint64_t chunk_id(const struct chunk *chunk)
{
	return hash_number(hash_number(hash_start('c'), chunk->id), chunk->position);
}

static uint64_t holder_id(const struct secret_file *file, const struct holder *holder)
{
	return hash_number(file_id(file) ^ hash_start('h'), holder->pid);
}

static uint64_t level_id(const struct direct_map_level *level)
{
	return hash_number(hash_start('l'), level->page_bytes);
}

static uint64_t region_id(const struct direct_map_region *region)
{
	return hash_number(hash_start('r'), region->index);
}

static uint64_t event_id(const struct event *event)
{
	uint64_t hash = hash_bytes(hash_start('e'), &event->time_ns, sizeof(event->time_ns));

	hash = hash_bytes(hash, &event->type, sizeof(event->type));
	hash = hash_number(hash_number(hash, event->sequence), event->inode);
	return hash_number(hash_number(hash, event->chunk_id), event->page_bytes);
}

static uint64_t group_id(const struct group *group)
{
	uint64_t hash = hash_number(hash_number(hash_start('g'), group->pid), group->uid);

	return group->cgroup && !group->pid.known ?
	       hash_bytes(hash, group->cgroup, strlen(group->cgroup)) : hash;
}

static uint64_t item_id(enum tab tab, const void *item)
{
	switch (tab) {
	case TAB_FILES:
		return file_id(item);
	case TAB_CHUNKS:
		return chunk_id(item);
	case TAB_DIRECT_MAP:
		return level_id(item);
	case TAB_OWNERS:
	case TAB_CGROUPS:
		return group_id(item);
	case TAB_EVENTS:
		return event_id(item);
	default:
		return 0;
	}
}

/* Whoever holds it first, as the kernel tells it or as /proc shows it. */
uint64_t file_owner(const struct secret_file *file)
{
	const struct holder *holder = file->holders.count ? file->holders.items : NULL;

	if (file->creator.pid.known)
		return hash_number(hash_start('o'), file->creator.pid);
	if (holder && holder->pid.known)
		return hash_number(hash_start('o'), holder->pid);
	return 0;
}

char owner_letter(const struct state *state, uint64_t owner)
{
	int i;

	for (i = 0; owner && i < OWNER_LETTERS; i++) {
		if (state->letters[i] == owner)
			return (char)('a' + i);
	}
	return 0;
}

const struct secret_file *find_file(const struct snapshot *snapshot, struct number id)
{
	if (!id.known)
		return NULL;
	list_for_each(file, &snapshot->files, struct secret_file) {
		if (file->id.known && file->id.value == id.value)
			return file;
	}
	return NULL;
}

/* ---- letters: whoever has one keeps it as long as it owns anything ---- */

static void keep_letters(struct state *state)
{
	bool there[OWNER_LETTERS] = { false };
	int i;

	list_for_each(file, &state->snapshot->files, struct secret_file) {
		char letter = owner_letter(state, file_owner(file));

		if (letter)
			there[letter - 'a'] = true;
	}
	for (i = 0; i < OWNER_LETTERS; i++) {
		if (!there[i])
			state->letters[i] = 0;
	}
}

static void give_letters(struct state *state)
{
	list_for_each(file, &state->snapshot->files, struct secret_file) {
		uint64_t owner = file_owner(file);
		int i;

		if (!owner || owner_letter(state, owner))
			continue;
		for (i = 0; i < OWNER_LETTERS && state->letters[i]; i++)
			;
		if (i == OWNER_LETTERS)
			return;
		state->letters[i] = owner;
	}
}

/* ---- chunks by file ---- */

static int compare_chunks(const void *a, const void *b)
{
	const struct chunk *first = *(const struct chunk *const *)a;
	const struct chunk *second = *(const struct chunk *const *)b;

	if (first->file_id.value != second->file_id.value)
		return first->file_id.value < second->file_id.value ? -1 : 1;
	return first->position.value < second->position.value ? -1 :
	       first->position.value > second->position.value;
}

static void sort_chunks(struct state *state)
{
	state->chunks.count = 0;
	list_for_each(chunk, &state->snapshot->chunks, struct chunk) {
		if (chunk->file_id.known)
			*(const struct chunk **)list_add(&state->chunks, sizeof(chunk)) = chunk;
	}
	if (state->chunks.count)
		qsort(state->chunks.items, state->chunks.count, sizeof(struct chunk *),
		      compare_chunks);
}

/* The index of the first chunk of a file, or of the one after where it would be. */
static size_t first_chunk(const struct state *state, uint64_t file_id)
{
	const struct chunk *const *chunks = state->chunks.items;
	size_t low = 0, high = state->chunks.count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (chunks[middle]->file_id.value < file_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- lines ---- */

static struct line *add_line(struct state *state, enum line_kind kind, const void *item,
			     const void *outer, uint64_t id)
{
	struct line *line = list_add(&state->lines, sizeof(*line));

	*line = (struct line){ .kind = kind, .item = item, .outer = outer, .id = id };
	return line;
}

static void add_holders(struct state *state, const struct secret_file *file)
{
	list_for_each(holder, &file->holders, struct holder)
		add_line(state, LINE_HOLDER, holder, file, holder_id(file, holder))->depth = 1;
}

static void add_chunks(struct state *state, const struct secret_file *file)
{
	const struct chunk *const *chunks = state->chunks.items;
	size_t i;

	if (!file->id.known)
		return;
	for (i = first_chunk(state, file->id.value); i < state->chunks.count &&
	     chunks[i]->file_id.value == file->id.value; i++)
		add_line(state, LINE_CHUNK, chunks[i], file, chunk_id(chunks[i]))->depth = 1;
}

static void mark_last(struct state *state, size_t before)
{
	if (state->lines.count > before)
		((struct line *)list_at(&state->lines, state->lines.count - 1,
					sizeof(struct line)))->last = true;
}

static void add_file_inside(struct state *state, const struct secret_file *file)
{
	size_t before = state->lines.count;

	add_holders(state, file);
	add_chunks(state, file);
	mark_last(state, before);
}

static void add_user_inside(struct state *state, const struct group *user)
{
	size_t before = state->lines.count;

	list_for_each(group, &state->groups, struct group) {
		if (group->uid.known == user->uid.known && group->uid.value == user->uid.value)
			add_line(state, LINE_PROCESS, group, user, group_id(group))->depth = 1;
	}
	mark_last(state, before);
}

static bool is_toggled(const struct state *state, uint64_t id)
{
	list_for_each(toggled, &state->toggled, uint64_t) {
		if (*toggled == id)
			return true;
	}
	return false;
}

static bool has_inside(const struct state *state, enum tab tab, const struct secret_file *file)
{
	if (tab == TAB_OWNERS)
		return state->settings.tree[tab];
	return tab == TAB_FILES && (file->holders.count ||
				    (file->chunks.known && file->chunks.value));
}

static bool is_open(const struct state *state, enum tab tab, uint64_t id)
{
	return state->settings.tree[tab] != is_toggled(state, id);
}

/* The filter that is no COLUMN=VALUE: any text in the line. */
static const char *loose_filter(const struct state *state, enum tab tab)
{
	const char *filter = state->filter[tab];

	if (!filter || state->tables[tab]->filters.count)
		return NULL;
	return filter;
}

static bool in_scope(const struct place *place, const struct line *line)
{
	return !place->scope || place->tab != TAB_FILES ||
	       group_has(place->scope, place->scope_kind, line->item);
}

static void add_row(struct state *state, enum tab tab, const struct row *row)
{
	const char *filter = loose_filter(state, tab);
	uint64_t id = item_id(tab, row->item);
	struct line *line = add_line(state, LINE_ITEM, row->item, row->outer, id);

	if (!in_scope(state_place(state), line) ||
	    (filter && !line_has(state, line, filter))) {
		state->lines.count--;
		return;
	}
	if (tab == TAB_CGROUPS && state->settings.tree[tab])
		line->depth = ((const struct group *)row->item)->depth;
	line->inside = has_inside(state, tab, row->item);
	line->open = line->inside && is_open(state, tab, id);
	if (!line->open)
		return;
	if (tab == TAB_FILES)
		add_file_inside(state, row->item);
	else
		add_user_inside(state, row->item);
}

/* The rows of the view from where they are. */
static void fill_table(struct state *state, enum tab tab)
{
	struct table *table = state->tables[tab];
	const struct list *list = NULL;

	switch (tab) {
	case TAB_OWNERS:
		groups_fill(state->snapshot, GROUP_PROCESS, &state->groups);
		groups_fill(state->snapshot, GROUP_USER, &state->users);
		list = state->settings.tree[tab] ? &state->users : &state->groups;
		break;
	case TAB_CGROUPS:
		groups_fill(state->snapshot, GROUP_CGROUP, &state->groups);
		list = &state->groups;
		break;
	case TAB_EVENTS:
		list = state->events;
		break;
	default:
		table_fill(table, state->snapshot);
		return;
	}
	table_fill_list(table, list);
}

static int compare_indexes(const void *a, const void *b)
{
	const struct row *first = a, *second = b;

	return first->index < second->index ? -1 : first->index > second->index;
}

/* A tree has its own order: what is above comes first. */
static void restore_order(struct state *state, enum tab tab)
{
	struct list *rows = &state->tables[tab]->rows;

	if (tab == TAB_CGROUPS && state->settings.tree[tab] && rows->count)
		qsort(rows->items, rows->count, sizeof(struct row), compare_indexes);
}

static void add_regions(struct state *state)
{
	list_for_each(region, &state->snapshot->direct_map.regions, struct direct_map_region)
		add_line(state, LINE_REGION, region, NULL, region_id(region));
}

static void add_table(struct state *state, enum tab tab)
{
	fill_table(state, tab);
	restore_order(state, tab);
	list_for_each(row, &state->tables[tab]->rows, struct row)
		add_row(state, tab, row);
	if (tab == TAB_DIRECT_MAP && !state->filter[tab])
		add_regions(state);
}

/* ---- one item, with all that is known of it ---- */

static void add_fields(struct state *state, enum tab tab, const struct row *row)
{
	struct table *table = state->tables[tab];

	list_for_each(column, &table->columns, struct column) {
		struct line *line;

		if (column->field->type == FIELD_LIST)
			continue;
		line = add_line(state, LINE_FIELD, row->item, row->outer,
				hash_bytes(FNV_BASIS, column->name, strlen(column->name)));
		line->column = column;
	}
}

/* Has it gone, no line is left. */
static void add_item(struct state *state, const struct place *place)
{
	fill_table(state, place->tab);
	list_for_each(row, &state->tables[place->tab]->rows, struct row) {
		if (item_id(place->tab, row->item) != place->item)
			continue;
		add_fields(state, place->tab, row);
		if (place->tab == TAB_FILES)
			add_file_inside(state, row->item);
		return;
	}
}

void lines_fill(struct state *state)
{
	const struct place *place = state_place(state);

	state->lines.count = 0;
	state->columns.count = 0;
	groups_clear(&state->groups);
	groups_clear(&state->users);
	if (!state->snapshot)
		return;
	keep_letters(state);
	give_letters(state);
	sort_chunks(state);
	if (place->item)
		add_item(state, place);
	else
		add_table(state, place->tab);
	table_columns(state->tables[place->tab], &state->columns);
}

/* ---- text ---- */

static void put_column(const struct state *state, const struct column *column,
		       const struct line *line, FILE *stream)
{
	struct row row = { .item = line->item, .outer = line->outer };
	char *text = field_text(column->field, column_object(column, &row), &state->style);

	fprintf(stream, "%s ", text);
	free(text);
}

static void put_inner(const struct field_table *table, const void *item,
		      const struct style *style, FILE *stream)
{
	table_for_each(field, table) {
		char *text;

		if (field->type == FIELD_OBJECT || field->type == FIELD_LIST)
			continue;
		text = field_text(field, item, style);
		fprintf(stream, "%s ", text);
		free(text);
	}
}

char *line_text(const struct state *state, const struct line *line)
{
	const struct table *table = state->tables[state_place(state)->tab];
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		errx(EXIT_FAILED, "out of memory");
	switch (line->kind) {
	case LINE_ITEM:
		list_for_each(column, &table->shown, struct column)
			put_column(state, column, line, stream);
		break;
	case LINE_FIELD:
		fprintf(stream, "%s ", line->column->name);
		put_column(state, line->column, line, stream);
		break;
	case LINE_HOLDER:
		put_inner(&holder_table, line->item, &state->style, stream);
		break;
	case LINE_CHUNK:
		put_inner(&chunk_table, line->item, &state->style, stream);
		break;
	case LINE_REGION:
		put_inner(&region_table, line->item, &state->style, stream);
		break;
	case LINE_PROCESS:
		put_inner(&group_table, line->item, &state->style, stream);
		break;
	}
	fclose(stream);
	return text;
}

bool line_has(const struct state *state, const struct line *line, const char *text)
{
	char *whole = line_text(state, line);
	bool has = strcasestr(whole, text);

	free(whole);
	return has;
}
