/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MM_SECRETMEM_POOL_H
#define __MM_SECRETMEM_POOL_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "secretmem_chunk.h"

struct folio;
struct misc_cg;
struct secretmem_file;

/**
 * struct secretmem_pool - the chunks of one file
 * @file:	the file
 * @lock:	protects all of this, and the used pages of the chunks
 * @partial:	list of chunks that have free pages
 * @full:	list of chunks that have none
 * @nr_chunks:	in both lists
 * @reserves:	somebody mapped the file and did not say MAP_NORESERVE
 * @cg:		the cgroup that is charged for the chunks
 */
struct secretmem_pool {
	struct secretmem_file	*file;
	struct mutex		lock;	/* see above */
	struct list_head	partial;
	struct list_head	full;
	unsigned long		nr_chunks;
	bool			reserves;
	struct misc_cg		*cg;
};

/* The number of chunks that a file holds. */
unsigned long secretmem_file_chunks(struct secretmem_file *file);
/* Whether these are all that it can ever need. */
bool secretmem_file_reserves(struct secretmem_file *file);

#ifdef CONFIG_SECRETMEM_POOL

void __init secretmem_pools_init(void);

void secretmem_pool_create(struct secretmem_pool *pool,
			   struct secretmem_file *file);
void secretmem_pool_destroy(struct secretmem_pool *pool);

int secretmem_pool_reserve(struct secretmem_pool *pool, loff_t size);

struct folio *secretmem_pool_take(struct secretmem_pool *pool);
void secretmem_pool_untake(struct secretmem_pool *pool, struct folio *folio);
void secretmem_pool_retire(struct folio *folio);

#else

static inline void secretmem_pools_init(void)
{
}

static inline void secretmem_pool_create(struct secretmem_pool *pool,
					 struct secretmem_file *file)
{
	mutex_init(&pool->lock);
}

static inline void secretmem_pool_destroy(struct secretmem_pool *pool)
{
}

static inline int secretmem_pool_reserve(struct secretmem_pool *pool,
					 loff_t size)
{
	return 0;
}

static inline struct folio *secretmem_pool_take(struct secretmem_pool *pool)
{
	return NULL;
}

static inline void secretmem_pool_untake(struct secretmem_pool *pool,
					 struct folio *folio)
{
}

static inline void secretmem_pool_retire(struct folio *folio)
{
}

#endif /* CONFIG_SECRETMEM_POOL */

#endif /* __MM_SECRETMEM_POOL_H */
