// SPDX-License-Identifier: GPL-2.0-or-later
#include "derive.h"
#include "xalloc.h"

static struct event *add_event(struct list *events, const struct snapshot *after,
			       enum event_type type)
{
	struct event *event = list_add(events, sizeof(*event));

	event->type = type;
	event->time_ns = after->time_ns;
	event->monotonic_ns = after->monotonic_ns;
	event->boot_id = after->boot_id ? xstrdup(after->boot_id) : NULL;
	event->derived = true;
	return event;
}

/* ---- files: by device and inode, which every source has ---- */

static const struct holder *first_holder(const struct secret_file *file)
{
	return file->holders.count ? file->holders.items : NULL;
}

/* Who created it; where nobody tells that, the first who holds it. */
static void add_doer(struct event *event, const struct secret_file *file)
{
	const struct holder *holder = first_holder(file);
	const struct creator *creator = &file->creator;

	event->pid = creator->pid;
	event->uid = creator->uid;
	event->cgroup_id = creator->cgroup_id;
	if (creator->comm)
		event->comm = xstrdup(creator->comm);
	if (creator->pid.known || !holder)
		return;
	event->pid = holder->pid;
	event->uid = holder->uid;
	if (!event->comm && holder->comm)
		event->comm = xstrdup(holder->comm);
}

static void add_file_event(struct list *events, const struct snapshot *after,
			   enum event_type type, const struct secret_file *file)
{
	struct event *event = add_event(events, after, type);

	event->file_id = file->id;
	event->device = file->device;
	event->inode = file->inode;
	event->bytes = file->size_bytes;
	add_doer(event, file);
}

static int compare_files(const void *first, const void *second)
{
	const struct secret_file *const *a = first, *const *b = second;
	int order = compare_integers((*a)->device.value, (*b)->device.value);

	return order ? order : compare_integers((*a)->inode.value, (*b)->inode.value);
}

static int compare_chunks(const void *first, const void *second)
{
	const struct chunk *const *a = first, *const *b = second;

	return compare_integers((*a)->id.value, (*b)->id.value);
}

/* Something that is compared: the items of both lists, each in order. */
struct kind {
	size_t size;
	int (*compare)(const void *first, const void *second);
	void (*came)(struct list *events, const struct snapshot *after, const void *item);
	void (*went)(struct list *events, const struct snapshot *after, const void *item);
};

/* Pointers to the items, sorted. Allocated. */
static const void **sorted(const struct list *list, const struct kind *kind)
{
	const void **items = xcalloc(list->count + 1, sizeof(*items));
	size_t i;

	for (i = 0; i < list->count; i++)
		items[i] = list_at(list, i, kind->size);
	qsort(items, list->count, sizeof(*items), kind->compare);
	return items;
}

/* Both end with a NULL. */
static int compare_next(const void **old, const void **new, const struct kind *kind)
{
	if (!*old || !*new)
		return *old ? -1 : 1;
	return kind->compare(old, new);
}

static void compare_lists(const struct list *before, const struct list *now,
			  const struct kind *kind, const struct snapshot *after,
			  struct list *events)
{
	const void **first, **second, **old, **new;
	int order;

	if (!before->known || !now->known)
		return;
	first = old = sorted(before, kind);
	second = new = sorted(now, kind);
	while (*old || *new) {
		order = compare_next(old, new, kind);
		if (order < 0)
			kind->went(events, after, *old);
		else if (order > 0)
			kind->came(events, after, *new);
		old += order <= 0;
		new += order >= 0;
	}
	free(first);
	free(second);
}

static void file_came(struct list *events, const struct snapshot *after, const void *file)
{
	add_file_event(events, after, EVENT_FILE_CREATED, file);
}

static void file_went(struct list *events, const struct snapshot *after, const void *file)
{
	add_file_event(events, after, EVENT_FILE_RELEASED, file);
}

static void add_chunk_event(struct list *events, const struct snapshot *after,
			    enum event_type type, const struct chunk *chunk)
{
	struct event *event = add_event(events, after, type);

	event->file_id = chunk->file_id;
	event->chunk_id = chunk->id;
	event->position = chunk->position;
	event->bytes = after->pool.chunk_bytes;
}

/* A chunk that is ready or in quarantine is no file's. */
static void chunk_came(struct list *events, const struct snapshot *after, const void *chunk)
{
	if (((const struct chunk *)chunk)->state == CHUNK_HELD)
		add_chunk_event(events, after, EVENT_CHUNK_ADDED, chunk);
}

static void chunk_went(struct list *events, const struct snapshot *after, const void *chunk)
{
	if (((const struct chunk *)chunk)->state == CHUNK_HELD)
		add_chunk_event(events, after, EVENT_CHUNK_RELEASED, chunk);
}

static const struct kind files = {
	sizeof(struct secret_file), compare_files, file_came, file_went
};

static const struct kind chunks = {
	sizeof(struct chunk), compare_chunks, chunk_came, chunk_went
};

/* ---- splits ---- */

static const struct direct_map_level *find_level(const struct snapshot *snapshot,
						 uint64_t page_bytes)
{
	list_for_each(level, &snapshot->direct_map.levels, struct direct_map_level) {
		if (level->page_bytes.value == page_bytes)
			return level;
	}
	return NULL;
}

static void add_split(struct list *events, const struct snapshot *after, uint64_t page_bytes,
		      uint64_t count, enum split_owner owner)
{
	struct event *event;

	if (!count)
		return;
	event = add_event(events, after, EVENT_SPLIT);
	event->page_bytes = number(page_bytes);
	event->count = number(count);
	event->owner = owner;
}

/* How much a counter grew, as far as that is known. */
static struct number growth(struct number before, struct number now)
{
	if (!before.known || !now.known || now.value < before.value)
		return (struct number){ 0 };
	return number(now.value - before.value);
}

static void compare_level(const struct direct_map_level *before,
			  const struct direct_map_level *now, const struct snapshot *after,
			  struct list *events)
{
	struct number all = growth(before->splits, now->splits);
	struct number own = growth(before->secretmem_splits, now->secretmem_splits);

	if (!own.known || own.value > all.value) {
		add_split(events, after, now->page_bytes.value, all.value, OWNER_UNKNOWN);
		return;
	}
	add_split(events, after, now->page_bytes.value, own.value, OWNER_SECRETMEM);
	add_split(events, after, now->page_bytes.value, all.value - own.value, OWNER_OTHER);
}

static void compare_splits(const struct snapshot *before, const struct snapshot *after,
			   struct list *events)
{
	list_for_each(now, &after->direct_map.levels, struct direct_map_level) {
		const struct direct_map_level *old = find_level(before, now->page_bytes.value);

		if (old)
			compare_level(old, now, after, events);
	}
}

void derive_events(const struct snapshot *before, const struct snapshot *after,
		   struct list *events)
{
	compare_lists(&before->files, &after->files, &files, after, events);
	compare_lists(&before->chunks, &after->chunks, &chunks, after, events);
	compare_splits(before, after, events);
}

void events_clear(struct list *events)
{
	list_for_each(event, events, struct event)
		event_clear(event);
	free(events->items);
	*events = (struct list){ 0 };
}
