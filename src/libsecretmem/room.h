/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Would a reservation succeed? A reservation takes whole chunks, and each of
 * several bounds leaves room for so many: what fits is what the least of them
 * leaves. All but room_facts_read() is arithmetic.
 */
#ifndef SECRETMEM_ROOM_H
#define SECRETMEM_ROOM_H

#include "fields.h"
#include "source.h"

struct procfs_reader;

enum room_kind {
	ROOM_UNKNOWN,
	ROOM_POOL,
	ROOM_MEMLOCK,
	ROOM_CGROUP,
	ROOM_MEMORY,		/* what lies in the pool must go elsewhere */
};

/* What one bound leaves. */
struct room {
	enum room_kind kind;
	struct number uid;	/* whose, for ROOM_MEMLOCK */
	const char *cgroup;	/* whose, for ROOM_CGROUP */
	struct number limit_bytes;	/* unknown if there is none */
	struct number charged_bytes;	/* of it, already */
	struct number free_bytes;	/* in whole chunks; unknown: no bound, or not known */
};

extern const struct field_table room_table;
extern const char *const room_kind_words[];

/* What rooms follow from. */
struct room_facts {
	const struct pool *pool;
	uint64_t uid;		/* who would reserve */
	struct number memlock_limit_bytes;	/* unknown: unlimited */
	struct number memlock_charged_bytes;
	struct list cgroups;	/* of struct limit: that of the caller and those above it */
	struct number memory_bytes;	/* to be had outside of the pool */
};

/* Learn what is true of the caller now; @snapshot has pool and files. */
void room_facts_read(const struct procfs_reader *reader, const struct snapshot *snapshot,
		     struct room_facts *facts);
void room_facts_clear(struct room_facts *facts);

/* Add a room for each bound; they point into @facts. */
void rooms_fill(const struct room_facts *facts, struct list *rooms);

/* The room that leaves least; of equals the first. NULL: none is known. */
const struct room *room_least(const struct list *rooms);

/* Does a reservation of @bytes fit? Unknown where the pool's room is. */
enum truth rooms_fit(const struct list *rooms, uint64_t bytes);

/* @bytes rounded up to whole chunks; unknown where no number is that large. */
struct number whole_chunks(uint64_t bytes, uint64_t chunk_bytes);

/* Read the pool and @parts; EXIT_UNSUPPORTED, for anybody, where there is none. */
enum exit_code pool_read(struct netlink_reader *reader, unsigned int parts,
			 struct snapshot *snapshot, struct failure *failure);

#endif
