// SPDX-License-Identifier: GPL-2.0-or-later
#include <sys/resource.h>
#include <unistd.h>

#include "cgroup.h"
#include "limit.h"
#include "procfs.h"
#include "room.h"
#include "xalloc.h"

#define AT(member) offsetof(struct room, member)

const char *const room_kind_words[] = { NULL, "pool", "memlock", "cgroup", "memory", NULL };

static const struct field room_fields[] = {
	{ "kind", "KIND", FIELD_WORD, AT(kind),
	  "what bounds: the pool, RLIMIT_MEMLOCK, a cgroup, or other memory", room_kind_words },
	{ "uid", "USER", FIELD_USER, AT(uid), "whom RLIMIT_MEMLOCK limits" },
	{ "cgroup", "CGROUP", FIELD_TEXT, AT(cgroup), "which cgroup is limited" },
	{ "limit_bytes", "LIMIT", FIELD_BYTES, AT(limit_bytes),
	  "the limit; unknown where there is none" },
	{ "charged_bytes", "CHARGED", FIELD_BYTES, AT(charged_bytes),
	  "what counts towards it now" },
	{ "free_bytes", "FREE", FIELD_BYTES, AT(free_bytes),
	  "the largest reservation that it allows; unknown where it does not bound" },
};

const struct field_table room_table = {
	"room", sizeof(struct room), room_fields, sizeof(room_fields) / sizeof(room_fields[0])
};

struct number whole_chunks(uint64_t bytes, uint64_t chunk_bytes)
{
	uint64_t rest = chunk_bytes ? bytes % chunk_bytes : 0;
	struct number whole = number(bytes);

	if (rest)
		whole.known = !__builtin_add_overflow(bytes, chunk_bytes - rest, &whole.value);
	return whole;
}

/* What is left below a limit, in whole chunks. */
static struct number left(struct number limit, struct number charged, uint64_t chunk_bytes)
{
	uint64_t bytes;

	if (!limit.known || !charged.known)
		return (struct number){ 0 };
	bytes = limit.value > charged.value ? limit.value - charged.value : 0;
	return number(chunk_bytes ? bytes - bytes % chunk_bytes : bytes);
}

static struct room *add_room(struct list *rooms, enum room_kind kind)
{
	struct room *room = list_add(rooms, sizeof(*room));

	room->kind = kind;
	return room;
}

/* Reservations may take what is ready, so all that is available is theirs. */
static void add_pool(const struct room_facts *facts, struct list *rooms)
{
	const struct pool *pool = facts->pool;
	struct room *room = add_room(rooms, ROOM_POOL);

	room->limit_bytes = pool->capacity_bytes;
	room->free_bytes = pool->available_bytes;
	if (pool->capacity_bytes.known && pool->available_bytes.known &&
	    pool->capacity_bytes.value >= pool->available_bytes.value)
		room->charged_bytes = number(pool->capacity_bytes.value -
					     pool->available_bytes.value);
}

static void add_limited(struct list *rooms, const struct room *like, uint64_t chunk_bytes)
{
	struct room *room = add_room(rooms, like->kind);

	*room = *like;
	room->free_bytes = left(like->limit_bytes, like->charged_bytes, chunk_bytes);
}

/* Ready chunks have been emptied already: they ask for no other memory. */
static void add_memory(const struct room_facts *facts, struct list *rooms, uint64_t chunk_bytes)
{
	struct room *room = add_room(rooms, ROOM_MEMORY);
	struct number memory = left(facts->memory_bytes, number(0), chunk_bytes);

	room->limit_bytes = facts->memory_bytes;
	if (memory.known)
		room->free_bytes = number(memory.value + facts->pool->ready_bytes.value);
}

void rooms_fill(const struct room_facts *facts, struct list *rooms)
{
	uint64_t chunk_bytes = facts->pool->chunk_bytes.value;

	add_pool(facts, rooms);
	add_limited(rooms, &(struct room){
		.kind = ROOM_MEMLOCK,
		.uid = number(facts->uid),
		.limit_bytes = facts->memlock_limit_bytes,
		.charged_bytes = facts->memlock_charged_bytes,
	}, chunk_bytes);
	list_for_each(limit, &facts->cgroups, struct limit) {
		add_limited(rooms, &(struct room){
			.kind = ROOM_CGROUP,
			.cgroup = limit->cgroup,
			.limit_bytes = limit->limit_bytes,
			.charged_bytes = limit->charged_bytes,
		}, chunk_bytes);
	}
	add_memory(facts, rooms, chunk_bytes);
}

const struct room *room_least(const struct list *rooms)
{
	const struct room *least = NULL;

	list_for_each(room, rooms, struct room) {
		if (room->free_bytes.known &&
		    (!least || room->free_bytes.value < least->free_bytes.value))
			least = room;
	}
	return least;
}

static bool pool_is_known(const struct list *rooms)
{
	list_for_each(room, rooms, struct room) {
		if (room->kind == ROOM_POOL)
			return room->free_bytes.known;
	}
	return false;
}

enum truth rooms_fit(const struct list *rooms, uint64_t bytes)
{
	const struct room *least = room_least(rooms);

	if (least && bytes > least->free_bytes.value)
		return TRUTH_NO;
	return pool_is_known(rooms) ? TRUTH_YES : TRUTH_UNKNOWN;
}

static enum exit_code need_pool(const struct pool *pool, struct failure *failure)
{
	if (pool->capacity_bytes.value && pool->chunk_bytes.value)
		return EXIT_FINE;
	return fail(failure, EXIT_UNSUPPORTED,
		    "there is no pool: this kernel was not booted with secretmem=SIZE, "
		    "or could not have it");
}

enum exit_code pool_read(struct netlink_reader *reader, unsigned int parts,
			 struct snapshot *snapshot, struct failure *failure)
{
	enum exit_code code = netlink_read(reader, PART_INFO, snapshot, failure);

	if (!code)
		code = need_pool(&snapshot->pool, failure);
	return code ? code : netlink_read(reader, PART_POOL | parts, snapshot, failure);
}

/* A zone's high watermark; what is indented deeper is a per-CPU list's. */
static struct number high_watermark(const char *line, size_t length)
{
	static const char key[] = "        high ";
	size_t prefix = sizeof(key) - 1;

	if (length <= prefix || strncmp(line, key, prefix))
		return (struct number){ 0 };
	while (line[prefix] == ' ')
		prefix++;
	return word_number(line + prefix, 10);
}

static struct number read_watermarks(const struct procfs_reader *reader)
{
	struct number sum = { 0 };
	struct text text = { 0 };
	size_t position = 0, length;
	const char *line;

	if (procfs_read_text(reader, reader->proc, "zoneinfo", &text) == READING_FINE) {
		while (text_next_line(&text, &position, &line, &length)) {
			struct number high = high_watermark(line, length);

			sum.known |= high.known;
			sum.value += high.value;
		}
	}
	text_clear(&text);
	sum.value *= (uint64_t)sysconf(_SC_PAGESIZE);
	return sum;
}

/* The kernel keeps that much above all zones' high watermarks. */
static struct number read_memory(const struct procfs_reader *reader)
{
	struct number available = { 0 }, keep = read_watermarks(reader);
	struct text text = { 0 };

	if (procfs_read_text(reader, reader->proc, "meminfo", &text) == READING_FINE)
		available = word_number(text_find(&text, "MemAvailable:"), 10);
	text_clear(&text);
	available.value *= 1024;
	return left(available, keep, 0);
}

static void read_cgroups(const struct procfs_reader *reader, struct list *limits)
{
	struct text text = { 0 };
	const char *start;
	char *path;

	if (procfs_read_text(reader, reader->proc, "self/cgroup", &text) == READING_FINE) {
		start = text_find(&text, "0::");
		path = start ? xstrndup(start, strcspn(start, "\n")) : NULL;
		if (path)
			cgroup_read_chain(reader, path, limits);
		free(path);
	}
	text_clear(&text);
}

void room_facts_read(const struct procfs_reader *reader, const struct snapshot *snapshot,
		     struct room_facts *facts)
{
	struct rlimit memlock;

	*facts = (struct room_facts){ .pool = &snapshot->pool, .uid = getuid() };
	if (!getrlimit(RLIMIT_MEMLOCK, &memlock) && memlock.rlim_cur != RLIM_INFINITY)
		facts->memlock_limit_bytes = number(memlock.rlim_cur);
	facts->memlock_charged_bytes = memlock_charge(&snapshot->files, facts->uid);
	read_cgroups(reader, &facts->cgroups);
	facts->memory_bytes = read_memory(reader);
}

void room_facts_clear(struct room_facts *facts)
{
	list_for_each(limit, &facts->cgroups, struct limit)
		free(limit->cgroup);
	free(facts->cgroups.items);
}
