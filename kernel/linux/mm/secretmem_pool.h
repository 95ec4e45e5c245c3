/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MM_SECRETMEM_POOL_H
#define __MM_SECRETMEM_POOL_H

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "secretmem_area.h"

struct folio;
struct gen_pool;
struct secretmem_file;

/**
 * struct secretmem_pool - the chunks of one file
 * @file:	the file
 * @pages:	which pages of the chunks are free
 * @chunks:	list of struct secretmem_chunk
 * @nr_chunks:	their number
 * @grow_lock:	held to add a chunk
 */
struct secretmem_pool {
	struct secretmem_file	*file;
	struct gen_pool		*pages;
	struct list_head	chunks;
	unsigned long		nr_chunks;
	struct mutex		grow_lock;
};

/**
 * struct secretmem_chunk - a chunk that is taken out of the area
 * @node:	in the list of its pool
 * @pool:	the pool that holds it, NULL in quarantine
 * @page:	its first page
 * @id:		counted from 1, never reused
 * @nr_used:	pages that are handed out
 * @touched:	pages that ever were, and have to be zeroed
 */
struct secretmem_chunk {
	struct list_head	node;
	struct secretmem_pool	*pool;
	struct page		*page;
	u64			id;
	atomic_t		nr_used;
	DECLARE_BITMAP(touched, SECRETMEM_CHUNK_PAGES);
};

/* Where the chunks of the area are, and how often there was none to be had. */
struct secretmem_pool_stats {
	unsigned long capacity;
	unsigned long held;
	unsigned long held_peak;
	unsigned long quarantined;
	unsigned long exhausted;
};

#ifdef CONFIG_SECRETMEM_POOL

void __init secretmem_pools_init(void);
bool secretmem_pooled(void);

int secretmem_pool_create(struct secretmem_pool *pool,
			  struct secretmem_file *file);
void secretmem_pool_destroy(struct secretmem_pool *pool);

struct folio *secretmem_pool_take(struct secretmem_pool *pool);
void secretmem_pool_give_back(struct folio *folio);

void secretmem_chunks_lock(void);
void secretmem_chunks_unlock(void);
struct secretmem_chunk *secretmem_chunk_next(unsigned long *position);
u32 secretmem_chunks_generation(void);
void secretmem_pool_read_stats(struct secretmem_pool_stats *stats);

#else

static inline void secretmem_pools_init(void)
{
}

static inline bool secretmem_pooled(void)
{
	return false;
}

static inline int secretmem_pool_create(struct secretmem_pool *pool,
					struct secretmem_file *file)
{
	return 0;
}

static inline void secretmem_pool_destroy(struct secretmem_pool *pool)
{
}

static inline struct folio *secretmem_pool_take(struct secretmem_pool *pool)
{
	return NULL;
}

static inline void secretmem_pool_give_back(struct folio *folio)
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

static inline void secretmem_pool_read_stats(struct secretmem_pool_stats *stats)
{
	*stats = (struct secretmem_pool_stats){};
}

#endif /* CONFIG_SECRETMEM_POOL */

unsigned long secretmem_file_chunks(struct secretmem_file *file);

#endif /* __MM_SECRETMEM_POOL_H */
