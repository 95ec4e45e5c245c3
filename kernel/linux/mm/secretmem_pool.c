// SPDX-License-Identifier: GPL-2.0
/*
 * Secret memory in chunks: every file has a pool of its own, that grows by a
 * chunk of the area when a page is wanted and none is left. All pages of a
 * chunk leave the direct map together and come back together.
 *
 * The pool keeps the reference that cma_alloc() gives each page. So the pages
 * of a file are never finally freed while the file exists; what that would have
 * done to them, such as to end their charge, is done when they are given back.
 */

#include <linux/genalloc.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/set_memory.h>
#include <linux/slab.h>
#include <linux/swap.h>

#include <asm/tlbflush.h>

#include "secretmem_file.h"
#include "secretmem_pool.h"

#undef pr_fmt
#define pr_fmt(fmt) "secretmem: " fmt

/* The chunks in use by their position in the area, NULL for the others. */
static struct secretmem_chunk **secretmem_chunks __ro_after_init;
static DEFINE_MUTEX(secretmem_chunks_mutex);
static struct secretmem_pool_stats secretmem_stats;
static u64 secretmem_last_chunk_id;
static u32 secretmem_generation = 1;

static atomic_long_t secretmem_nr_exhausted;

/**
 * secretmem_pools_init - take all secret memory from the area, if there is one
 */
void __init secretmem_pools_init(void)
{
	unsigned long nr_chunks;

	secretmem_area_init();
	nr_chunks = secretmem_area_chunks();
	if (!nr_chunks)
		return;

	secretmem_chunks = kvcalloc(nr_chunks, sizeof(*secretmem_chunks),
				    GFP_KERNEL);
	if (!secretmem_chunks) {
		pr_warn("no memory to manage %lu chunks, no pool\n", nr_chunks);
		return;
	}

	secretmem_stats.capacity = nr_chunks;
}

/* Whether secret memory comes from the area. */
bool secretmem_pooled(void)
{
	return secretmem_chunks;
}

/* Make the chunk known and give it to the pool. */
static void secretmem_chunk_register(struct secretmem_chunk *chunk,
				     struct secretmem_pool *pool)
{
	mutex_lock(&secretmem_chunks_mutex);
	chunk->id = ++secretmem_last_chunk_id;
	chunk->pool = pool;
	list_add(&chunk->node, &pool->chunks);
	WRITE_ONCE(pool->nr_chunks, pool->nr_chunks + 1);
	secretmem_chunks[secretmem_area_position(chunk->page)] = chunk;
	secretmem_stats.held++;
	secretmem_stats.held_peak = max(secretmem_stats.held_peak,
					secretmem_stats.held);
	secretmem_generation++;
	mutex_unlock(&secretmem_chunks_mutex);
}

static void secretmem_chunk_leave_pool(struct secretmem_chunk *chunk)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	list_del(&chunk->node);
	WRITE_ONCE(chunk->pool->nr_chunks, chunk->pool->nr_chunks - 1);
	chunk->pool = NULL;
	secretmem_stats.held--;
	secretmem_generation++;
}

/* Forget the chunk. Its pages are the caller's. */
static void secretmem_chunk_unregister(struct secretmem_chunk *chunk)
{
	mutex_lock(&secretmem_chunks_mutex);
	secretmem_chunk_leave_pool(chunk);
	secretmem_chunks[secretmem_area_position(chunk->page)] = NULL;
	mutex_unlock(&secretmem_chunks_mutex);
}

/*
 * Take the chunk out of use for good. Its pages stay absent from the direct
 * map, as far as they are: nobody can tell who may still look at them.
 */
static void secretmem_chunk_quarantine(struct secretmem_chunk *chunk)
{
	mutex_lock(&secretmem_chunks_mutex);
	secretmem_chunk_leave_pool(chunk);
	secretmem_stats.quarantined++;
	mutex_unlock(&secretmem_chunks_mutex);
}

static struct secretmem_chunk *secretmem_chunk_of(struct folio *folio)
{
	return secretmem_chunks[secretmem_area_position(&folio->page)];
}

static unsigned long secretmem_chunk_address(struct secretmem_chunk *chunk)
{
	return (unsigned long)page_address(chunk->page);
}

static void secretmem_chunk_zero(struct secretmem_chunk *chunk)
{
	unsigned int i;

	for (i = 0; i < SECRETMEM_CHUNK_PAGES; i++) {
		clear_highpage(chunk->page + i);
		cond_resched();
	}
}

/* Zero what was handed out; the rest is zero since the chunk was taken. */
static void secretmem_chunk_zero_touched(struct secretmem_chunk *chunk)
{
	unsigned int i;

	for_each_set_bit(i, chunk->touched, SECRETMEM_CHUNK_PAGES) {
		clear_highpage(chunk->page + i);
		cond_resched();
	}
}

static int secretmem_chunk_map(struct secretmem_chunk *chunk)
{
	return set_direct_map_valid_noflush(chunk->page, SECRETMEM_CHUNK_PAGES,
					    true);
}

/* If this fails, some of the pages may be unmapped nevertheless. */
static int secretmem_chunk_unmap(struct secretmem_chunk *chunk)
{
	unsigned long address = secretmem_chunk_address(chunk);
	int err;

	err = set_direct_map_valid_noflush(chunk->page, SECRETMEM_CHUNK_PAGES,
					   false);
	flush_tlb_kernel_range(address, address + SECRETMEM_CHUNK_SIZE);

	return err;
}

/* Whether the pool's reference is the only one to each page. */
static bool secretmem_chunk_idle(struct secretmem_chunk *chunk)
{
	unsigned int i;

	for (i = 0; i < SECRETMEM_CHUNK_PAGES; i++) {
		struct page *page = chunk->page + i;

		if (page_ref_count(page) != 1 || PageHWPoison(page))
			return false;
	}
	return true;
}

/*
 * A page that was mlock()ed may be referenced from a per-CPU batch for a while.
 * Any other reference, or a page with an uncorrectable error, makes the chunk
 * unfit for reuse.
 */
static bool secretmem_chunk_settle(struct secretmem_chunk *chunk)
{
	if (secretmem_chunk_idle(chunk))
		return true;

	lru_add_drain_all();
	return secretmem_chunk_idle(chunk);
}

/* Give a chunk without pages in use back to the area. */
static void secretmem_chunk_release(struct secretmem_chunk *chunk)
{
	if (!secretmem_chunk_settle(chunk) || secretmem_chunk_map(chunk)) {
		secretmem_chunk_quarantine(chunk);
		return;
	}

	secretmem_chunk_zero_touched(chunk);
	secretmem_chunk_unregister(chunk);
	secretmem_area_give_back(chunk->page);
	kfree(chunk);
}

/* Take a chunk of zeroed pages that are absent from the direct map. */
static struct secretmem_chunk *secretmem_chunk_take(struct secretmem_pool *pool)
{
	struct secretmem_chunk *chunk;

	chunk = kzalloc_obj(*chunk);
	if (!chunk) {
		secretmem_count_failure(SECRETMEM_FAILURE_MEMORY);
		return ERR_PTR(-ENOMEM);
	}

	chunk->page = secretmem_area_take();
	if (!chunk->page) {
		atomic_long_inc(&secretmem_nr_exhausted);
		kfree(chunk);
		return ERR_PTR(-ENOSPC);
	}

	secretmem_chunk_zero(chunk);
	secretmem_chunk_register(chunk, pool);

	if (secretmem_chunk_unmap(chunk)) {
		secretmem_count_failure(SECRETMEM_FAILURE_DIRECT_MAP);
		secretmem_chunk_release(chunk);
		return ERR_PTR(-ENOMEM);
	}

	return chunk;
}

static int secretmem_pool_add_chunk(struct secretmem_pool *pool)
{
	struct secretmem_chunk *chunk;
	int err;

	err = secretmem_file_charge(pool->file, SECRETMEM_CHUNK_PAGES);
	if (err)
		return err;

	chunk = secretmem_chunk_take(pool);
	if (IS_ERR(chunk)) {
		err = PTR_ERR(chunk);
		goto err_uncharge;
	}

	err = gen_pool_add_owner(pool->pages, secretmem_chunk_address(chunk),
				 page_to_phys(chunk->page),
				 SECRETMEM_CHUNK_SIZE, NUMA_NO_NODE, chunk);
	if (err) {
		secretmem_count_failure(SECRETMEM_FAILURE_MEMORY);
		goto err_release;
	}

	return 0;

err_release:
	secretmem_chunk_release(chunk);
err_uncharge:
	secretmem_file_uncharge(pool->file, SECRETMEM_CHUNK_PAGES);
	return err;
}

/* Add a chunk, unless somebody else did so while we waited for our turn. */
static int secretmem_pool_grow(struct secretmem_pool *pool)
{
	int err = 0;

	if (mutex_lock_killable(&pool->grow_lock))
		return -EINTR;

	if (!gen_pool_avail(pool->pages))
		err = secretmem_pool_add_chunk(pool);
	mutex_unlock(&pool->grow_lock);

	return err;
}

/**
 * secretmem_pool_take - get a page from a file's pool
 * @pool: the pool
 *
 * Context: May sleep, and may migrate pages to make room for a chunk.
 * Return: a zeroed page that is absent from the direct map, with a reference
 * for the caller; or an ERR_PTR: -ENOSPC if the area is exhausted, -EDQUOT if
 * RLIMIT_MEMLOCK is, -ENOMEM, or -EINTR if the task is being killed.
 */
struct folio *secretmem_pool_take(struct secretmem_pool *pool)
{
	struct secretmem_chunk *chunk;
	unsigned long address;
	unsigned int index;
	struct folio *folio;

	while (!(address = gen_pool_alloc_owner(pool->pages, PAGE_SIZE,
						(void **)&chunk))) {
		int err = secretmem_pool_grow(pool);

		if (err)
			return ERR_PTR(err);
	}

	index = (address - secretmem_chunk_address(chunk)) >> PAGE_SHIFT;
	set_bit(index, chunk->touched);
	atomic_inc(&chunk->nr_used);

	folio = page_folio(chunk->page + index);
	folio_get(folio);
	return folio;
}

/**
 * secretmem_pool_give_back - return a page to its pool
 * @folio: the page, which nobody maps and no page cache holds any more
 *
 * Leaves the caller's reference alone.
 */
void secretmem_pool_give_back(struct folio *folio)
{
	struct secretmem_chunk *chunk = secretmem_chunk_of(folio);

	mem_cgroup_uncharge(folio);
	atomic_dec(&chunk->nr_used);
	gen_pool_free(chunk->pool->pages, (unsigned long)folio_address(folio),
		      PAGE_SIZE);
}

/**
 * secretmem_pool_create - make a pool without chunks
 * @pool: the pool
 * @file: the file that it belongs to
 *
 * Return: 0, or -ENOMEM.
 */
int secretmem_pool_create(struct secretmem_pool *pool,
			  struct secretmem_file *file)
{
	pool->file = file;
	INIT_LIST_HEAD(&pool->chunks);
	mutex_init(&pool->grow_lock);

	if (!secretmem_pooled())
		return 0;

	pool->pages = gen_pool_create(PAGE_SHIFT, NUMA_NO_NODE);
	if (!pool->pages)
		return -ENOMEM;

	return 0;
}

/**
 * secretmem_pool_destroy - give all chunks of a pool back to the area
 * @pool: the pool, all of whose pages have been given back
 */
void secretmem_pool_destroy(struct secretmem_pool *pool)
{
	struct secretmem_chunk *chunk, *next;

	list_for_each_entry_safe(chunk, next, &pool->chunks, node)
		secretmem_chunk_release(chunk);

	if (pool->pages)
		gen_pool_destroy(pool->pages);
}

/* Between these two no chunk comes or goes. */
void secretmem_chunks_lock(void)
{
	mutex_lock(&secretmem_chunks_mutex);
}

void secretmem_chunks_unlock(void)
{
	mutex_unlock(&secretmem_chunks_mutex);
}

/**
 * secretmem_chunk_next - walk the chunks in use in the order of their position
 * @position: the lowest position to return; set to the one returned
 *
 * The caller holds the chunks lock.
 *
 * Return: the chunk, or NULL if there is none at that position or behind it.
 */
struct secretmem_chunk *secretmem_chunk_next(unsigned long *position)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	for (; *position < secretmem_stats.capacity; (*position)++) {
		if (secretmem_chunks[*position])
			return secretmem_chunks[*position];
	}
	return NULL;
}

/* Changes whenever a chunk comes or goes. The caller holds the chunks lock. */
u32 secretmem_chunks_generation(void)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	return secretmem_generation;
}

void secretmem_pool_read_stats(struct secretmem_pool_stats *stats)
{
	mutex_lock(&secretmem_chunks_mutex);
	*stats = secretmem_stats;
	mutex_unlock(&secretmem_chunks_mutex);

	stats->exhausted = atomic_long_read(&secretmem_nr_exhausted);
}
