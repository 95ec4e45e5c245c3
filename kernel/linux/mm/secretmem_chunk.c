// SPDX-License-Identifier: GPL-2.0
/*
 * The chunks of the area: taking them, all that are asked for or none, and
 * giving them back. All pages of a chunk leave the direct map together and come
 * back together.
 *
 * A chunk that is taken keeps the reference that the contiguous memory
 * allocator gave each of its pages, until it is given back.
 */

#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/set_memory.h>
#include <linux/slab.h>
#include <linux/swap.h>

#include <asm/tlbflush.h>

#include "secretmem_chunk.h"
#include "secretmem_file.h"

#undef pr_fmt
#define pr_fmt(fmt) "secretmem: " fmt

/* The most chunks that are taken at once: enough to make draining cheap. */
#define SECRETMEM_MAX_RUN	64UL

/* Protects all of the following, and the use of each chunk. */
static DEFINE_MUTEX(secretmem_chunks_mutex);
static struct secretmem_chunk_stats secretmem_stats;
/* Chunks by their position, NULL for those that are in the area. */
static struct secretmem_chunk **secretmem_chunks __ro_after_init;
static LIST_HEAD(secretmem_ready);
static u64 secretmem_last_chunk_id;
static u32 secretmem_generation = 1;

/* Serialises those who move the floor. */
static DEFINE_MUTEX(secretmem_floor_mutex);

/* Whether secret memory comes from the area. */
bool secretmem_pooled(void)
{
	return secretmem_chunks;
}

/**
 * secretmem_chunk_of - find the chunk of a page
 * @page: a page of a chunk that is held
 *
 * Return: the chunk.
 */
struct secretmem_chunk *secretmem_chunk_of(const struct page *page)
{
	return secretmem_chunks[secretmem_area_position(page)];
}

/**
 * secretmem_chunk_holds - whether a page is secret memory
 * @page: any page
 *
 * Context: May sleep.
 * Return: true if a file has the page from a chunk, false if it is none of ours
 * or not in use. That may change at any time.
 */
bool secretmem_chunk_holds(const struct page *page)
{
	struct secretmem_chunk *chunk;
	bool holds;

	if (!secretmem_area_contains(page))
		return false;

	mutex_lock(&secretmem_chunks_mutex);
	chunk = secretmem_chunk_of(page);
	holds = chunk && chunk->use == SECRETMEM_CHUNK_HELD &&
		test_bit(page - chunk->page, chunk->touched);
	mutex_unlock(&secretmem_chunks_mutex);

	return holds;
}

static int secretmem_map(struct page *page, unsigned long nr_chunks)
{
	return set_direct_map_valid_noflush(page,
					    nr_chunks * SECRETMEM_CHUNK_PAGES,
					    true);
}

/* If this fails, some of the pages may be unmapped nevertheless. */
static int secretmem_unmap(struct page *page, unsigned long nr_chunks)
{
	unsigned long address = (unsigned long)page_address(page);
	int err;

	err = set_direct_map_valid_noflush(page,
					   nr_chunks * SECRETMEM_CHUNK_PAGES,
					   false);
	flush_tlb_kernel_range(address,
			       address + nr_chunks * SECRETMEM_CHUNK_SIZE);

	return err;
}

static void secretmem_zero(struct page *page, unsigned long nr_pages)
{
	unsigned long i;

	for (i = 0; i < nr_pages; i++) {
		clear_highpage(nth_page(page, i));
		cond_resched();
	}
}

/* Zero what was handed out; the rest is zero since the chunk was taken. */
static void secretmem_chunk_zero_touched(struct secretmem_chunk *chunk)
{
	unsigned int i;

	for_each_set_bit(i, chunk->touched, SECRETMEM_CHUNK_PAGES)
		secretmem_zero(chunk->page + i, 1);

	bitmap_zero(chunk->touched, SECRETMEM_CHUNK_PAGES);
}

/* Whether ours is the only reference to each page. */
static bool secretmem_chunk_idle(const struct secretmem_chunk *chunk)
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
static bool secretmem_chunk_settle(const struct secretmem_chunk *chunk)
{
	if (secretmem_chunk_idle(chunk))
		return true;

	lru_add_drain_all();
	return secretmem_chunk_idle(chunk);
}

static void secretmem_chunk_hold(struct secretmem_chunk *chunk, bool reserve,
				 u64 file_id)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	chunk->use = SECRETMEM_CHUNK_HELD;
	chunk->reserved = reserve;
	chunk->id = ++secretmem_last_chunk_id;
	chunk->file_id = file_id;
	secretmem_stats.held++;
	secretmem_stats.reserved += reserve;
	secretmem_generation++;
}

static void secretmem_chunk_unhold(struct secretmem_chunk *chunk)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	secretmem_stats.held--;
	secretmem_stats.reserved -= chunk->reserved;
	secretmem_generation++;
}

/* Keep a zeroed and mapped chunk for the next reservation. */
static void secretmem_chunk_make_ready(struct secretmem_chunk *chunk)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	chunk->use = SECRETMEM_CHUNK_READY;
	chunk->reserved = false;
	chunk->id = 0;
	list_add(&chunk->node, &secretmem_ready);
	secretmem_stats.ready++;
	secretmem_generation++;
}

static void secretmem_chunk_unmake_ready(struct secretmem_chunk *chunk)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	list_del(&chunk->node);
	secretmem_stats.ready--;
	secretmem_generation++;
}

static bool secretmem_below_floor(void)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	return secretmem_stats.reserved + secretmem_stats.ready <
	       secretmem_stats.floor;
}

static void secretmem_chunk_to_area(struct secretmem_chunk *chunk)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	secretmem_chunks[secretmem_area_position(chunk->page)] = NULL;
	secretmem_area_give_back(chunk->page);
	kfree(chunk);
}

/*
 * Take a chunk that is held out of use for good. Its pages stay absent from the
 * direct map, as far as they are: nobody can tell who may still look at them.
 */
static void secretmem_chunk_quarantine(struct secretmem_chunk *chunk)
{
	mutex_lock(&secretmem_chunks_mutex);
	secretmem_chunk_unhold(chunk);
	chunk->use = SECRETMEM_CHUNK_QUARANTINED;
	secretmem_stats.quarantined++;
	mutex_unlock(&secretmem_chunks_mutex);
}

/* Give back a chunk that is held, and none of whose pages is in use. */
static void secretmem_chunk_release(struct secretmem_chunk *chunk)
{
	list_del_init(&chunk->node);

	if (!secretmem_chunk_settle(chunk) || secretmem_map(chunk->page, 1)) {
		secretmem_chunk_quarantine(chunk);
		return;
	}
	secretmem_chunk_zero_touched(chunk);

	/* An error may have struck meanwhile; it is not looked for any more. */
	if (!secretmem_chunk_idle(chunk)) {
		secretmem_chunk_quarantine(chunk);
		return;
	}

	mutex_lock(&secretmem_chunks_mutex);
	secretmem_chunk_unhold(chunk);
	if (secretmem_below_floor())
		secretmem_chunk_make_ready(chunk);
	else
		secretmem_chunk_to_area(chunk);
	mutex_unlock(&secretmem_chunks_mutex);
}

/**
 * secretmem_chunks_release - give chunks back to the area, or to the floor
 * @chunks: list of chunks none of whose pages is in use; empty afterwards
 */
void secretmem_chunks_release(struct list_head *chunks)
{
	struct secretmem_chunk *chunk, *next;

	list_for_each_entry_safe(chunk, next, chunks, node)
		secretmem_chunk_release(chunk);
}

#if IS_ENABLED(CONFIG_KUNIT)
/* What a test has put right is held again, and can be released. */
void secretmem_chunk_unquarantine(struct secretmem_chunk *chunk,
				  struct list_head *chunks)
{
	mutex_lock(&secretmem_chunks_mutex);
	secretmem_stats.quarantined--;
	secretmem_chunk_hold(chunk, false, chunk->file_id);
	list_add_tail(&chunk->node, chunks);
	mutex_unlock(&secretmem_chunks_mutex);
}
#endif

/**
 * secretmem_chunks_mark_reserved - let held chunks count as reserved
 * @chunks: list of chunks of a file that makes a reservation
 */
void secretmem_chunks_mark_reserved(struct list_head *chunks)
{
	struct secretmem_chunk *chunk;

	mutex_lock(&secretmem_chunks_mutex);
	list_for_each_entry(chunk, chunks, node) {
		secretmem_stats.reserved += !chunk->reserved;
		chunk->reserved = true;
	}
	mutex_unlock(&secretmem_chunks_mutex);
}

/**
 * secretmem_chunks_left - whether so many chunks are left at all
 * @nr: how many
 * @reserve: whether those of the floor count
 *
 * Return: false if it makes no sense to try and take them.
 */
bool secretmem_chunks_left(unsigned long nr, bool reserve)
{
	unsigned long free;

	mutex_lock(&secretmem_chunks_mutex);
	free = secretmem_stats.capacity - secretmem_stats.held -
	       secretmem_stats.quarantined;
	if (!reserve)
		free -= secretmem_stats.ready;
	mutex_unlock(&secretmem_chunks_mutex);

	return nr <= free;
}

/*
 * Whether that many pages can be had without pushing the machine below its
 * watermarks. What lies in the area is moved, which takes as much memory
 * elsewhere, and who asks for memory next would call the OOM killer.
 */
static bool secretmem_memory_suffices(unsigned long nr_pages)
{
	unsigned long keep = 0;
	struct zone *zone;

	for_each_populated_zone(zone)
		keep += high_wmark_pages(zone);

	return si_mem_available() >= (long)(nr_pages + keep);
}

static struct secretmem_chunk **secretmem_alloc_run(unsigned long nr)
{
	struct secretmem_chunk **run = kcalloc(nr, sizeof(*run), GFP_KERNEL);
	unsigned long i;

	if (!run)
		return NULL;

	for (i = 0; i < nr; i++) {
		run[i] = kzalloc_obj(*run[i]);
		if (!run[i])
			goto err_free;
	}
	return run;

err_free:
	while (i--)
		kfree(run[i]);
	kfree(run);
	return NULL;
}

static void secretmem_free_run(struct secretmem_chunk **run, unsigned long nr)
{
	while (nr--)
		kfree(run[nr]);
	kfree(run);
}

static struct page *secretmem_take_pages(unsigned long nr_chunks)
{
	if (!secretmem_memory_suffices(nr_chunks * SECRETMEM_CHUNK_PAGES))
		return ERR_PTR(-EAGAIN);

	return secretmem_area_take(nr_chunks);
}

/* Make zeroed pages in a row the pages of the chunks of a run. */
static void secretmem_fill_run(struct secretmem_chunk **run, unsigned long nr,
			       struct page *page)
{
	unsigned long i;

	lockdep_assert_held(&secretmem_chunks_mutex);

	for (i = 0; i < nr; i++) {
		run[i]->page = nth_page(page, i * SECRETMEM_CHUNK_PAGES);
		INIT_LIST_HEAD(&run[i]->node);
		secretmem_chunks[secretmem_area_position(run[i]->page)] = run[i];
	}
}

/*
 * Take @nr chunks in a row, zeroed and mapped. The caller decides what they are
 * for while it still holds the mutex, which is taken on success.
 */
static struct secretmem_chunk **secretmem_take_run(unsigned long nr)
{
	struct secretmem_chunk **run = secretmem_alloc_run(nr);
	struct page *page;

	if (!run)
		return ERR_PTR(-ENOMEM);

	page = secretmem_take_pages(nr);
	if (IS_ERR(page)) {
		secretmem_free_run(run, nr);
		return ERR_CAST(page);
	}
	secretmem_zero(page, nr * SECRETMEM_CHUNK_PAGES);

	mutex_lock(&secretmem_chunks_mutex);
	secretmem_fill_run(run, nr, page);
	return run;
}

/* Take @nr chunks in a row for a file, absent from the direct map. */
static int secretmem_take_held_run(unsigned long nr, bool reserve, u64 file_id,
				   struct list_head *chunks)
{
	struct secretmem_chunk **run = secretmem_take_run(nr);
	struct page *page;
	unsigned long i;

	if (IS_ERR(run))
		return PTR_ERR(run);

	page = run[0]->page;
	for (i = 0; i < nr; i++) {
		secretmem_chunk_hold(run[i], reserve, file_id);
		list_add_tail(&run[i]->node, chunks);
	}
	mutex_unlock(&secretmem_chunks_mutex);
	kfree(run);

	return secretmem_unmap(page, nr) ? -EFAULT : 0;
}

/* Take @nr chunks in a row to be ready for a reservation. */
static int secretmem_take_ready_run(unsigned long nr)
{
	struct secretmem_chunk **run = secretmem_take_run(nr);
	unsigned long i;

	if (IS_ERR(run))
		return PTR_ERR(run);

	for (i = 0; i < nr; i++)
		secretmem_chunk_make_ready(run[i]);
	mutex_unlock(&secretmem_chunks_mutex);
	kfree(run);

	return 0;
}

/* A chunk that is ready, and in which no error has struck since. */
static struct secretmem_chunk *secretmem_find_ready(void)
{
	struct secretmem_chunk *chunk;

	lockdep_assert_held(&secretmem_chunks_mutex);

	list_for_each_entry(chunk, &secretmem_ready, node) {
		if (secretmem_chunk_idle(chunk))
			return chunk;
	}
	return NULL;
}

/* Take one that is ready, if there is one: 1 if so, 0 if not, or an error. */
static int secretmem_take_ready(u64 file_id, struct list_head *chunks)
{
	struct secretmem_chunk *chunk;

	mutex_lock(&secretmem_chunks_mutex);
	chunk = secretmem_find_ready();
	if (chunk) {
		secretmem_chunk_unmake_ready(chunk);
		secretmem_chunk_hold(chunk, true, file_id);
		list_add_tail(&chunk->node, chunks);
	}
	mutex_unlock(&secretmem_chunks_mutex);

	if (!chunk)
		return 0;

	return secretmem_unmap(chunk->page, 1) ? -EFAULT : 1;
}

/* What has no place in one piece may have one in two. */
static bool secretmem_try_shorter(int err, unsigned long nr)
{
	return nr > 1 && (err == -ENOSPC || err == -EBUSY || err == -ENOMEM);
}

static void secretmem_count_take_failure(int err)
{
	switch (err) {
	case -ENOSPC:
		secretmem_count_failure(SECRETMEM_FAILURE_EXHAUSTED);
		break;
	case -EBUSY:
		secretmem_count_failure(SECRETMEM_FAILURE_PINNED);
		break;
	case -EAGAIN:
		secretmem_count_failure(SECRETMEM_FAILURE_LOW_MEMORY);
		break;
	case -EFAULT:
		secretmem_count_failure(SECRETMEM_FAILURE_DIRECT_MAP);
		break;
	case -EINTR:
		break;
	default:
		secretmem_count_failure(SECRETMEM_FAILURE_MEMORY);
	}
}

static int secretmem_take_from_floor(unsigned long *nr, u64 file_id,
				     struct list_head *chunks)
{
	while (*nr) {
		int got = secretmem_take_ready(file_id, chunks);

		if (got <= 0)
			return got;
		(*nr)--;
	}
	return 0;
}

static int secretmem_take_from_area(unsigned long nr, bool reserve, u64 file_id,
				    struct list_head *chunks)
{
	unsigned long run = min(nr, SECRETMEM_MAX_RUN);

	while (nr) {
		int err = -EINTR;

		run = min(nr, run);
		if (!fatal_signal_pending(current))
			err = secretmem_take_held_run(run, reserve, file_id,
						      chunks);
		if (!err)
			nr -= run;
		else if (secretmem_try_shorter(err, run))
			run /= 2;
		else
			return err;
	}
	return 0;
}

/* Not earlier than now: what was taken in vain was never held. */
static void secretmem_note_peak(void)
{
	mutex_lock(&secretmem_chunks_mutex);
	secretmem_stats.held_peak = max(secretmem_stats.held_peak,
					secretmem_stats.held);
	mutex_unlock(&secretmem_chunks_mutex);
}

/**
 * secretmem_chunks_take - take chunks for a file, all of them or none
 * @nr: how many
 * @reserve: whether it is for a reservation, which the floor is there for
 * @file_id: the file
 * @chunks: list to add the chunks to; their pages are zeroed and absent from
 *	    the direct map
 *
 * Context: May sleep for long, as what lies in the area has to be moved.
 * Return: 0; or an error, which is counted unless it is -EINTR: -ENOSPC if the
 * area is exhausted, -EBUSY if pages in it are pinned, -EAGAIN if the machine
 * would be short of memory, -ENOMEM, -EFAULT if the direct map could not be
 * changed.
 */
int secretmem_chunks_take(unsigned long nr, bool reserve, u64 file_id,
			  struct list_head *chunks)
{
	LIST_HEAD(taken);
	int err = 0;

	if (reserve)
		err = secretmem_take_from_floor(&nr, file_id, &taken);
	if (!err)
		err = secretmem_take_from_area(nr, reserve, file_id, &taken);

	if (err) {
		secretmem_chunks_release(&taken);
		secretmem_count_take_failure(err);
		return err;
	}

	secretmem_note_peak();
	list_splice_tail(&taken, chunks);
	return 0;
}

/* How many chunks are missing from the floor, or surplus to it. */
static long secretmem_floor_deficit(void)
{
	long deficit;

	mutex_lock(&secretmem_chunks_mutex);
	deficit = secretmem_stats.floor - secretmem_stats.reserved -
		  secretmem_stats.ready;
	mutex_unlock(&secretmem_chunks_mutex);

	return deficit;
}

static int secretmem_floor_raise(void)
{
	unsigned long run = SECRETMEM_MAX_RUN;
	long deficit;
	int err = 0;

	while ((deficit = secretmem_floor_deficit()) > 0) {
		run = min_t(unsigned long, deficit, run);
		err = fatal_signal_pending(current) ? -EINTR :
						      secretmem_take_ready_run(run);
		if (!err)
			continue;
		/* Unlike a reservation, a part of it is better than nothing. */
		if (!secretmem_try_shorter(err, run) &&
		    !(err == -EAGAIN && run > 1))
			break;
		run /= 2;
	}
	return err;
}

static void secretmem_floor_lower(void)
{
	struct secretmem_chunk *chunk, *next;

	mutex_lock(&secretmem_chunks_mutex);
	list_for_each_entry_safe(chunk, next, &secretmem_ready, node) {
		if (secretmem_stats.reserved + secretmem_stats.ready <=
		    secretmem_stats.floor)
			break;
		if (!secretmem_chunk_idle(chunk))
			continue;
		secretmem_chunk_unmake_ready(chunk);
		secretmem_chunk_to_area(chunk);
		cond_resched();
	}
	mutex_unlock(&secretmem_chunks_mutex);
}

static void secretmem_floor_write(unsigned long nr)
{
	mutex_lock(&secretmem_chunks_mutex);
	secretmem_stats.floor = nr;
	secretmem_generation++;
	mutex_unlock(&secretmem_chunks_mutex);
}

/**
 * secretmem_floor_set - set how many chunks to keep for reservations
 * @nr: that many, held by reservations or ready for them
 *
 * What cannot be had now is made up for when files release their chunks.
 *
 * Context: May sleep for long.
 * Return: 0; or an error as of secretmem_chunks_take() if the floor is set, but
 * some of the chunks could not be had; -ERANGE if the area is smaller.
 */
int secretmem_floor_set(unsigned long nr)
{
	int err;

	if (nr > secretmem_stats.capacity)
		return -ERANGE;

	if (mutex_lock_killable(&secretmem_floor_mutex))
		return -EINTR;
	secretmem_floor_write(nr);
	err = secretmem_floor_raise();
	secretmem_floor_lower();
	mutex_unlock(&secretmem_floor_mutex);

	return err;
}

static void __init secretmem_floor_init(void)
{
	unsigned long floor = secretmem_area_floor();
	struct secretmem_chunk_stats stats;

	if (!floor || !secretmem_floor_set(floor))
		return;

	secretmem_chunks_read_stats(&stats);
	pr_warn("only %lu of %lu chunks could be had for the floor\n",
		stats.ready, floor);
}

/**
 * secretmem_chunks_init - take all secret memory from the area, if there is one
 */
void __init secretmem_chunks_init(void)
{
	unsigned long nr;

	secretmem_area_init();
	nr = secretmem_area_chunks();
	if (!nr)
		return;

	secretmem_chunks = kvcalloc(nr, sizeof(*secretmem_chunks), GFP_KERNEL);
	if (!secretmem_chunks)
		return;

	secretmem_stats.capacity = nr;
	secretmem_floor_init();
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

void secretmem_chunks_read_stats(struct secretmem_chunk_stats *stats)
{
	mutex_lock(&secretmem_chunks_mutex);
	*stats = secretmem_stats;
	mutex_unlock(&secretmem_chunks_mutex);
}
