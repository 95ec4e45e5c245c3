// SPDX-License-Identifier: GPL-2.0
/*
 * The pool of a file: the chunks it holds, what they are charged to, and which
 * of their pages are handed out.
 *
 * A reservation is the file's. Once it is made, the pool has as many pages as
 * the file can ever have. Without one, the pool grows by a chunk when a page is
 * wanted and none is left.
 */

#include <linux/memcontrol.h>
#include <linux/misc_cgroup.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "secretmem_event.h"
#include "secretmem_file.h"
#include "secretmem_pool.h"

#include <trace/events/secretmem.h>

/**
 * secretmem_pools_init - take all secret memory from the area, if there is one
 */
void __init secretmem_pools_init(void)
{
	secretmem_chunks_init();

	if (secretmem_pooled())
		misc_cg_set_capacity(MISC_CG_RES_SECRETMEM,
				     (u64)secretmem_area_chunks() *
				     SECRETMEM_CHUNK_SIZE);
}

/**
 * secretmem_pool_create - make a pool without chunks
 * @pool: the pool
 * @file: the file that it belongs to
 */
void secretmem_pool_create(struct secretmem_pool *pool,
			   struct secretmem_file *file)
{
	pool->file = file;
	mutex_init(&pool->lock);
	INIT_LIST_HEAD(&pool->partial);
	INIT_LIST_HEAD(&pool->full);
}

static int secretmem_pool_take_chunks(struct secretmem_pool *pool,
				      unsigned long nr_chunks, bool reserve)
{
	struct secretmem_claim claim = {
		.file_id = pool->file->id,
		.reserve = reserve,
	};

	if (!pool->cg)
		pool->cg = get_current_misc_cg();
	claim.cg = pool->cg;

	return secretmem_chunks_take(&claim, nr_chunks, &pool->partial);
}

/* The cgroup is charged only by the chunks that the pool has. */
static void secretmem_pool_forget_cgroup(struct secretmem_pool *pool)
{
	if (pool->nr_chunks)
		return;

	put_misc_cg(pool->cg);
	pool->cg = NULL;
}

static int secretmem_pool_charge_and_take(struct secretmem_pool *pool,
					  unsigned long nr_chunks, bool reserve,
					  enum secretmem_failure *reason)
{
	unsigned long nr_pages = nr_chunks * SECRETMEM_CHUNK_PAGES;
	int err;

	lockdep_assert_held(&pool->lock);

	*reason = SECRETMEM_FAILURE_MEMLOCK;
	err = secretmem_file_charge(pool->file, nr_pages);
	if (err)
		return err;

	err = secretmem_pool_take_chunks(pool, nr_chunks, reserve);
	if (err) {
		secretmem_pool_forget_cgroup(pool);
		secretmem_file_uncharge(pool->file, nr_pages);
		*reason = secretmem_take_failure(err);
		return err;
	}

	WRITE_ONCE(pool->nr_chunks, pool->nr_chunks + nr_chunks);
	return 0;
}

static int secretmem_pool_grow_by_reservation(struct secretmem_pool *pool,
					      unsigned long nr_chunks,
					      loff_t size)
{
	enum secretmem_failure reason;
	int err;

	err = secretmem_pool_charge_and_take(pool, nr_chunks, true, &reason);
	if (err && err != -EINTR)
		secretmem_note_failure(pool->file, SECRETMEM_REQUEST_RESERVE,
				       reason, size);
	return err;
}

static int secretmem_pool_grow_by_fault(struct secretmem_pool *pool)
{
	enum secretmem_failure reason;
	int err;

	err = secretmem_pool_charge_and_take(pool, 1, false, &reason);
	if (err && err != -EINTR)
		secretmem_note_failure(pool->file, SECRETMEM_REQUEST_FAULT,
				       reason, SECRETMEM_CHUNK_SIZE);
	return err;
}

/*
 * One chunk more than there are is as impossible as any number, and no sum with
 * it overflows.
 */
static unsigned long secretmem_pool_chunks_for(loff_t size)
{
	u64 nr_chunks = DIV_ROUND_UP_ULL(size, SECRETMEM_CHUNK_SIZE);

	return min_t(u64, nr_chunks, secretmem_area_chunks() + 1);
}

/**
 * secretmem_pool_reserve - take all the chunks that a file can ever need
 * @pool: the file's pool, whose lock the caller holds
 * @size: the file's size in bytes
 *
 * The file has all of them afterwards, or it has those it had before.
 *
 * Return: 0; -ENOMEM, for whatever reason; -EINTR if the task is being killed.
 */
int secretmem_pool_reserve(struct secretmem_pool *pool, loff_t size)
{
	unsigned long want = secretmem_pool_chunks_for(size);
	bool changes = !pool->reserves || want > pool->nr_chunks;
	int err = 0;

	lockdep_assert_held(&pool->lock);

	if (want > pool->nr_chunks)
		err = secretmem_pool_grow_by_reservation(pool,
							 want - pool->nr_chunks,
							 size);
	if (err)
		return err == -EINTR ? err : -ENOMEM;

	secretmem_chunks_mark_reserved(&pool->partial);
	secretmem_chunks_mark_reserved(&pool->full);
	if (changes)
		trace_secretmem_reserve(pool->file->id,
					(u64)pool->nr_chunks *
					SECRETMEM_CHUNK_SIZE);
	return 0;
}

static struct secretmem_chunk *
secretmem_pool_partial(struct secretmem_pool *pool)
{
	return list_first_entry_or_null(&pool->partial, struct secretmem_chunk,
					node);
}

/**
 * secretmem_pool_take - get a page from a file's pool
 * @pool: the pool, whose lock the caller holds
 *
 * Context: May sleep for long if the file has no reservation.
 * Return: a zeroed page that is absent from the direct map, with a reference
 * for the caller; or an ERR_PTR, but never for a file with a reservation:
 * -EDQUOT if a limit does not allow for another chunk, -EINTR if the task is
 * being killed, another but -ENOMEM if there was no chunk to be had.
 */
struct folio *secretmem_pool_take(struct secretmem_pool *pool)
{
	struct secretmem_chunk *chunk;
	struct folio *folio;
	unsigned int index;

	lockdep_assert_held(&pool->lock);

	chunk = secretmem_pool_partial(pool);
	if (!chunk) {
		int err = secretmem_pool_grow_by_fault(pool);

		/*
		 * Not -ENOMEM: the fault would be repeated until the OOM killer
		 * has made memory free, and that is not what is missing.
		 */
		if (err)
			return ERR_PTR(err == -ENOMEM ? -ENOSPC : err);
		chunk = secretmem_pool_partial(pool);
	}

	index = find_first_zero_bit(chunk->touched, SECRETMEM_CHUNK_PAGES);
	__set_bit(index, chunk->touched);
	WRITE_ONCE(chunk->nr_used, chunk->nr_used + 1);
	if (chunk->nr_used == SECRETMEM_CHUNK_PAGES)
		list_move(&chunk->node, &pool->full);

	folio = page_folio(chunk->page + index);
	folio_get(folio);
	return folio;
}

/**
 * secretmem_pool_untake - return a page that nobody has seen
 * @pool: the pool, whose lock the caller holds
 * @folio: the page, of which the caller loses its reference
 */
void secretmem_pool_untake(struct secretmem_pool *pool, struct folio *folio)
{
	struct secretmem_chunk *chunk = secretmem_chunk_of(&folio->page);

	lockdep_assert_held(&pool->lock);

	__clear_bit(&folio->page - chunk->page, chunk->touched);
	if (chunk->nr_used == SECRETMEM_CHUNK_PAGES)
		list_move(&chunk->node, &pool->partial);
	WRITE_ONCE(chunk->nr_used, chunk->nr_used - 1);
	mem_cgroup_uncharge(folio);
	folio_put(folio);
}

/**
 * secretmem_pool_retire - end the use of a page
 * @folio: the page, which has left the page cache because the file goes away
 *
 * What would be done when a page is finally freed is done here, as the chunk
 * keeps a reference to it. The page is not handed out again.
 */
void secretmem_pool_retire(struct folio *folio)
{
	struct secretmem_chunk *chunk = secretmem_chunk_of(&folio->page);

	mem_cgroup_uncharge(folio);
	WRITE_ONCE(chunk->nr_used, chunk->nr_used - 1);
}

/**
 * secretmem_pool_destroy - give all chunks of a pool back
 * @pool: the pool, all of whose pages are retired
 */
void secretmem_pool_destroy(struct secretmem_pool *pool)
{
	unsigned long nr_chunks = pool->nr_chunks;
	bool spare = nr_chunks == 1;

	if (!nr_chunks)
		return;

	WRITE_ONCE(pool->nr_chunks, 0);
	secretmem_chunks_release(&pool->partial, spare);
	secretmem_chunks_release(&pool->full, spare);
	secretmem_pool_forget_cgroup(pool);
	secretmem_file_uncharge(pool->file, nr_chunks * SECRETMEM_CHUNK_PAGES);
}
