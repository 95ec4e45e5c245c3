/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MM_SECRETMEM_CHUNK_H
#define __MM_SECRETMEM_CHUNK_H

#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/types.h>

#include "secretmem_area.h"
#include "secretmem_file.h"

struct misc_cg;

/**
 * enum secretmem_chunk_use - what a chunk is taken out of the area for
 * @SECRETMEM_CHUNK_HELD: a file holds it; it is absent from the direct map
 * @SECRETMEM_CHUNK_READY: it waits for a reservation, zeroed and mapped
 * @SECRETMEM_CHUNK_QUARANTINED: it cannot be given back safely, ever
 */
enum secretmem_chunk_use {
	SECRETMEM_CHUNK_HELD,
	SECRETMEM_CHUNK_READY,
	SECRETMEM_CHUNK_QUARANTINED,
};

/**
 * struct secretmem_chunk - a chunk that is taken out of the area
 * @node:	in a list of its owner: a file's pool, or those that are ready
 * @page:	its first page
 * @use:	what it is taken for
 * @reserved:	held on behalf of a reservation
 * @noted:	it was said that the file has it
 * @removed:	it has been taken out of the direct map, or tried to
 * @id:		of this use by a file, counted from 1, never reused; 0 if ready
 * @file_id:	of the file that holds it
 * @cg:		the cgroup that is charged for it while it is held, if any
 * @nr_used:	pages that are handed out
 * @touched:	pages that ever were, and have to be zeroed
 */
struct secretmem_chunk {
	struct list_head	node;
	struct page		*page;
	enum secretmem_chunk_use use;
	bool			reserved;
	bool			noted;
	bool			removed;
	u64			id;
	u64			file_id;
	struct misc_cg		*cg;
	unsigned int		nr_used;
	DECLARE_BITMAP(touched, SECRETMEM_CHUNK_PAGES);
};

/**
 * struct secretmem_claim - for whom chunks are taken
 * @file_id:	the file
 * @cg:		the cgroup to charge, which has to outlive the use of the chunks,
 *		or NULL
 * @reserve:	for a reservation, which the floor is there for
 * @promised:	chunks in the area that are charged, but not taken yet
 */
struct secretmem_claim {
	u64			file_id;
	struct misc_cg		*cg;
	bool			reserve;
	unsigned long		promised;
};

/**
 * struct secretmem_chunk_stats - numbers of chunks
 * @capacity:	in the area
 * @held:	held by files
 * @held_peak:	most that ever were
 * @reserved:	held by files that reserved them
 * @ready:	ready for a reservation, spare ones included
 * @floor:	what @reserved and @ready together shall not fall below
 * @quarantined: out of use for good
 * @floor_pending: somebody works at making the floor what was asked for
 */
struct secretmem_chunk_stats {
	unsigned long capacity;
	unsigned long held;
	unsigned long held_peak;
	unsigned long reserved;
	unsigned long ready;
	unsigned long floor;
	unsigned long quarantined;
	bool floor_pending;
};

#ifdef CONFIG_SECRETMEM_POOL

void __init secretmem_chunks_init(void);
bool secretmem_pooled(void);

int secretmem_chunks_take(struct secretmem_claim *claim, unsigned long nr,
			  struct list_head *chunks);
void secretmem_chunks_release(struct list_head *chunks, bool spare);
void secretmem_chunks_mark_reserved(struct list_head *chunks);
struct secretmem_chunk *secretmem_chunk_of(const struct page *page);
bool secretmem_chunk_holds(const struct page *page);

int secretmem_floor_set(unsigned long nr);
int secretmem_floor_request(unsigned long nr, unsigned long timeout);
enum secretmem_failure secretmem_take_failure(int err);

void secretmem_chunks_note_available(void);
void secretmem_chunks_lock(void);
void secretmem_chunks_unlock(void);
struct secretmem_chunk *secretmem_chunk_next(unsigned long *position);
u32 secretmem_chunks_generation(void);
void secretmem_chunks_read_stats(struct secretmem_chunk_stats *stats);

#if IS_ENABLED(CONFIG_KUNIT)
void secretmem_chunk_unquarantine(struct secretmem_chunk *chunk,
				  struct list_head *chunks);
#endif

#else

static inline void secretmem_chunks_init(void)
{
}

static inline bool secretmem_pooled(void)
{
	return false;
}

static inline int secretmem_floor_request(unsigned long nr,
					  unsigned long timeout)
{
	return -EOPNOTSUPP;
}

static inline void secretmem_chunks_note_available(void)
{
}

static inline void secretmem_chunks_lock(void)
{
}

static inline void secretmem_chunks_unlock(void)
{
}

static inline struct secretmem_chunk *
secretmem_chunk_next(unsigned long *position)
{
	return NULL;
}

static inline u32 secretmem_chunks_generation(void)
{
	return 1;
}

static inline void
secretmem_chunks_read_stats(struct secretmem_chunk_stats *stats)
{
	*stats = (struct secretmem_chunk_stats){};
}

#endif /* CONFIG_SECRETMEM_POOL */

#endif /* __MM_SECRETMEM_CHUNK_H */
