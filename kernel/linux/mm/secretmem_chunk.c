// SPDX-License-Identifier: GPL-2.0
/*
 * The chunks of the area: taking them, all that are asked for or none, and
 * giving them back. All pages of a chunk leave the direct map together and come
 * back together.
 *
 * A chunk that is taken keeps the reference that the contiguous memory
 * allocator gave each of its pages, until it is given back.
 *
 * The locks nest like this:
 *
 *	mmap_lock			->mmap(), faults
 *	  mapping.invalidate_lock	faults, ->setattr()
 *	    secretmem_pool.lock
 *	      secretmem_floor_mutex	also without those above
 *		secretmem_chunks_mutex	also under a page's lock
 *
 * The last one is not held while memory is moved out of the area or zeroed.
 */

#include <linux/highmem.h>
#include <linux/misc_cgroup.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <asm/tlbflush.h>

#include "secretmem_chunk.h"
#include "secretmem_direct_map.h"
#include "secretmem_event.h"

#undef pr_fmt
#define pr_fmt(fmt) "secretmem: " fmt

/* The most chunks that are taken at once: enough to make draining cheap. */
#define SECRETMEM_MAX_RUN	64UL

/*
 * The most chunks that are kept ready beyond the floor, and for how long. They
 * save who opens and closes small files from taking and zeroing one for each.
 */
#define SECRETMEM_MAX_SPARE	4UL
#define SECRETMEM_SPARE_TIME	HZ

/* Protects all of the following, and the use of each chunk. */
static DEFINE_MUTEX(secretmem_chunks_mutex);
static struct secretmem_chunk_stats secretmem_stats;
/* Chunks by their position, NULL for those that are in the area. */
static struct secretmem_chunk **secretmem_chunks __ro_after_init;
static LIST_HEAD(secretmem_ready);
static u64 secretmem_last_chunk_id;
static u32 secretmem_generation = 1;
/* Chunks in the area that are promised to somebody, who is taking them. */
static unsigned long secretmem_promised;
/* Those of them that are promised to the floor. */
static unsigned long secretmem_promised_floor;

/*
 * Serialises those who move the floor. It nests outside of the other mutex, and
 * is held as long as there are chunks promised to the floor.
 */
static DEFINE_MUTEX(secretmem_floor_mutex);
/* Requests for a floor, and the last of them that was seen to. */
static unsigned long secretmem_floor_asked;
static unsigned long secretmem_floor_seen_to;
static DECLARE_WAIT_QUEUE_HEAD(secretmem_floor_wait);

static void secretmem_spare_work_fn(struct work_struct *work);
static DECLARE_DELAYED_WORK(secretmem_spare_work, secretmem_spare_work_fn);

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

/* If this fails, some of the pages may be unmapped nevertheless. */
static int secretmem_unmap_chunks(struct page *page, unsigned long nr_chunks)
{
	unsigned long address = (unsigned long)page_address(page);
	int err;

	err = secretmem_direct_map_remove(page,
					  nr_chunks * SECRETMEM_CHUNK_PAGES);
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

/* Whether a page has an uncorrectable error. */
static bool secretmem_chunk_poisoned(const struct secretmem_chunk *chunk)
{
	unsigned int i;

	for (i = 0; i < SECRETMEM_CHUNK_PAGES; i++) {
		if (PageHWPoison(chunk->page + i))
			return true;
	}
	return false;
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

static u64 secretmem_chunk_bytes(unsigned long nr)
{
	return (u64)nr * SECRETMEM_CHUNK_SIZE;
}

/*
 * Charge a cgroup, if any, where all chunks that are wanted are left or not. Its
 * own limits come first: who may not have so much is told so, and the cgroup
 * has its event, however full the pool is.
 *
 * As chunks are charged and promised, and given back and uncharged, under one
 * mutex, the capacity is never what the controller refuses a charge for.
 */
static int secretmem_charge(struct misc_cg *cg, unsigned long nr, bool left)
{
	u64 bytes = secretmem_chunk_bytes(nr);

	lockdep_assert_held(&secretmem_chunks_mutex);

	if (!cg || (!left && !misc_cg_over_max(MISC_CG_RES_SECRETMEM, cg, bytes)))
		return left ? 0 : -ENOSPC;

	if (misc_cg_try_charge(MISC_CG_RES_SECRETMEM, cg, bytes))
		return -EDQUOT;
	if (left)
		return 0;

	/* The limit has been raised meanwhile. */
	misc_cg_uncharge(MISC_CG_RES_SECRETMEM, cg, bytes);
	return -ENOSPC;
}

static void secretmem_uncharge(struct misc_cg *cg, unsigned long nr)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	misc_cg_uncharge(MISC_CG_RES_SECRETMEM, cg, secretmem_chunk_bytes(nr));
}

/* Tell what is neither held nor quarantined, should there be a threshold. */
static void secretmem_note_left(void)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	secretmem_note_available(secretmem_chunk_bytes(secretmem_stats.capacity -
						       secretmem_stats.held -
						       secretmem_stats.quarantined));
}

/* The chunk is charged already. */
static void secretmem_chunk_hold(struct secretmem_chunk *chunk,
				 const struct secretmem_claim *claim)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	chunk->use = SECRETMEM_CHUNK_HELD;
	chunk->reserved = claim->reserve;
	chunk->noted = false;
	chunk->id = ++secretmem_last_chunk_id;
	chunk->file_id = claim->file_id;
	chunk->cg = claim->cg;
	secretmem_stats.held++;
	secretmem_stats.reserved += claim->reserve;
	secretmem_generation++;
}

static void secretmem_chunk_unhold(struct secretmem_chunk *chunk,
				   enum secretmem_chunk_fate fate)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	secretmem_uncharge(chunk->cg, 1);
	chunk->cg = NULL;
	secretmem_stats.held--;
	secretmem_stats.reserved -= chunk->reserved;
	secretmem_generation++;

	if (chunk->noted)
		secretmem_note_chunk_released(chunk->file_id, chunk->id,
					      secretmem_area_position(chunk->page),
					      fate);
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

/* Whether the floor lacks a chunk without one that is held. */
static bool secretmem_needed_for_floor(const struct secretmem_chunk *chunk)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	return secretmem_stats.reserved - chunk->reserved +
	       secretmem_stats.ready < secretmem_stats.floor;
}

static void secretmem_chunk_to_area(struct secretmem_chunk *chunk)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	secretmem_chunks[secretmem_area_position(chunk->page)] = NULL;
	secretmem_area_give_back(chunk->page);
	kfree(chunk);
}

/*
 * Take a chunk out of use for good. Its pages stay absent from the direct map,
 * as far as they are: nobody can tell who may still look at them.
 */
static void secretmem_chunk_make_quarantined(struct secretmem_chunk *chunk)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	chunk->use = SECRETMEM_CHUNK_QUARANTINED;
	secretmem_stats.quarantined++;
	secretmem_generation++;
	secretmem_note_left();
}

static void secretmem_chunk_quarantine(struct secretmem_chunk *chunk)
{
	list_del_init(&chunk->node);

	mutex_lock(&secretmem_chunks_mutex);
	secretmem_chunk_unhold(chunk, SECRETMEM_CHUNK_IS_QUARANTINED);
	secretmem_chunk_make_quarantined(chunk);
	mutex_unlock(&secretmem_chunks_mutex);
}

static int secretmem_chunk_restore(struct secretmem_chunk *chunk)
{
	int err = 0;

	if (chunk->removed)
		err = secretmem_direct_map_restore(chunk->page,
						   SECRETMEM_CHUNK_PAGES);
	if (!err)
		chunk->removed = false;
	return err;
}

/* Chunks that are ready, but not for the floor. */
static unsigned long secretmem_nr_spare(void)
{
	unsigned long floor = secretmem_stats.floor;

	lockdep_assert_held(&secretmem_chunks_mutex);

	floor -= min(floor, secretmem_stats.reserved);
	return secretmem_stats.ready - min(floor, secretmem_stats.ready);
}

static void secretmem_end_spare_later(void)
{
	queue_delayed_work(system_unbound_wq, &secretmem_spare_work,
			   SECRETMEM_SPARE_TIME);
}

/* Keep a chunk that no file holds any more for the next one that comes soon. */
static bool secretmem_keep_spare(bool spare)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	if (!spare || secretmem_nr_spare() >= SECRETMEM_MAX_SPARE)
		return false;

	secretmem_end_spare_later();
	return true;
}

/* Give a chunk that is held, zeroed and mapped to the floor or the area. */
static void secretmem_chunk_give_back(struct secretmem_chunk *chunk, bool spare)
{
	mutex_lock(&secretmem_chunks_mutex);
	if (secretmem_needed_for_floor(chunk) || secretmem_keep_spare(spare)) {
		secretmem_chunk_unhold(chunk, SECRETMEM_CHUNK_IS_READY);
		secretmem_chunk_make_ready(chunk);
	} else {
		secretmem_chunk_unhold(chunk, SECRETMEM_CHUNK_IS_FREE);
		secretmem_chunk_to_area(chunk);
	}
	secretmem_note_left();
	mutex_unlock(&secretmem_chunks_mutex);
}

/* Give back a chunk that is held, and none of whose pages is in use. */
static void secretmem_chunk_release(struct secretmem_chunk *chunk, bool spare)
{
	if (!secretmem_chunk_settle(chunk) || secretmem_chunk_restore(chunk)) {
		secretmem_chunk_quarantine(chunk);
		return;
	}
	secretmem_chunk_zero_touched(chunk);

	/* An error may have struck meanwhile; it is not looked for any more. */
	if (!secretmem_chunk_idle(chunk)) {
		secretmem_chunk_quarantine(chunk);
		return;
	}

	list_del_init(&chunk->node);
	secretmem_chunk_give_back(chunk, spare);
}

/**
 * secretmem_chunks_release - give chunks back to the area, or to the floor
 * @chunks: list of chunks none of whose pages is in use; empty afterwards
 * @spare: whether they may stay ready for a moment although the floor does not
 *	   need them
 */
void secretmem_chunks_release(struct list_head *chunks, bool spare)
{
	struct secretmem_chunk *chunk, *next;

	list_for_each_entry_safe(chunk, next, chunks, node)
		secretmem_chunk_release(chunk, spare);
}

#if IS_ENABLED(CONFIG_KUNIT)
/* What a test has put right is held again, and can be released. */
void secretmem_chunk_unquarantine(struct secretmem_chunk *chunk,
				  struct list_head *chunks)
{
	const struct secretmem_claim claim = { .file_id = chunk->file_id };

	mutex_lock(&secretmem_chunks_mutex);
	secretmem_stats.quarantined--;
	secretmem_chunk_hold(chunk, &claim);
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

/* Chunks in the area that are promised to nobody. */
static unsigned long secretmem_area_left(void)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	return secretmem_stats.capacity - secretmem_stats.held -
	       secretmem_stats.ready - secretmem_stats.quarantined -
	       secretmem_promised;
}

/* The floor is there for reservations alone. */
static unsigned long secretmem_ready_for(const struct secretmem_claim *claim)
{
	return claim->reserve ? secretmem_stats.ready : secretmem_nr_spare();
}

static unsigned long secretmem_left(const struct secretmem_claim *claim)
{
	return secretmem_area_left() + secretmem_ready_for(claim);
}

/* What is not in the area any more, but not yet ready, will be left as well. */
static bool secretmem_left_soon(const struct secretmem_claim *claim,
				unsigned long nr)
{
	return claim->reserve &&
	       nr <= secretmem_left(claim) + secretmem_promised_floor;
}

static unsigned long secretmem_hold_ready(const struct secretmem_claim *claim,
					  unsigned long nr,
					  struct list_head *chunks)
{
	unsigned long usable = min(nr, secretmem_ready_for(claim));
	struct secretmem_chunk *chunk, *next;
	unsigned long held = 0;

	list_for_each_entry_safe(chunk, next, &secretmem_ready, node) {
		if (held == usable)
			break;
		secretmem_chunk_unmake_ready(chunk);
		secretmem_chunk_hold(chunk, claim);
		list_add_tail(&chunk->node, chunks);
		held++;
	}
	return held;
}

static int secretmem_claim_now(struct secretmem_claim *claim, unsigned long nr,
			       struct list_head *chunks)
{
	int err = secretmem_charge(claim->cg, nr, nr <= secretmem_left(claim));

	if (err == -ENOSPC && secretmem_left_soon(claim, nr))
		return -EINPROGRESS;
	if (err)
		return err;

	nr -= secretmem_hold_ready(claim, nr, chunks);
	claim->promised += nr;
	secretmem_promised += nr;
	return 0;
}

/*
 * Decide who gets what before anybody takes anything: of two who want more
 * together than there is, the first one gets all of it, and not each a part.
 * Chunks that are ready are added to @chunks, still mapped, and the others
 * promised.
 */
static int secretmem_claim(struct secretmem_claim *claim, unsigned long nr,
			   struct list_head *chunks)
{
	int err;

	for (;;) {
		mutex_lock(&secretmem_chunks_mutex);
		err = secretmem_claim_now(claim, nr, chunks);
		mutex_unlock(&secretmem_chunks_mutex);
		if (err != -EINPROGRESS)
			return err;

		err = mutex_lock_killable(&secretmem_floor_mutex);
		if (err)
			return err;
		mutex_unlock(&secretmem_floor_mutex);
	}
}

/* What was promised is taken, or will not be. */
static void secretmem_claim_settle(struct secretmem_claim *claim,
				   unsigned long nr)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	claim->promised -= nr;
	secretmem_promised -= nr;
}

static void secretmem_claim_give_up(struct secretmem_claim *claim)
{
	mutex_lock(&secretmem_chunks_mutex);
	secretmem_uncharge(claim->cg, claim->promised);
	secretmem_claim_settle(claim, claim->promised);
	mutex_unlock(&secretmem_chunks_mutex);
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

/* Take @nr chunks in a row, zeroed and mapped. Nobody knows of them yet. */
static struct secretmem_chunk **secretmem_take_run(unsigned long nr)
{
	struct secretmem_chunk **run = secretmem_alloc_run(nr);
	struct page *page;
	unsigned long i;

	if (!run)
		return ERR_PTR(-ENOMEM);

	page = secretmem_take_pages(nr);
	if (IS_ERR(page)) {
		secretmem_free_run(run, nr);
		return ERR_CAST(page);
	}
	secretmem_zero(page, nr * SECRETMEM_CHUNK_PAGES);

	for (i = 0; i < nr; i++) {
		run[i]->page = nth_page(page, i * SECRETMEM_CHUNK_PAGES);
		INIT_LIST_HEAD(&run[i]->node);
	}
	return run;
}

static void secretmem_chunk_enter(struct secretmem_chunk *chunk)
{
	lockdep_assert_held(&secretmem_chunks_mutex);

	secretmem_chunks[secretmem_area_position(chunk->page)] = chunk;
}

/* Take @nr of the chunks that are promised, in a row. */
static int secretmem_take_held_run(struct secretmem_claim *claim,
				   unsigned long nr, struct list_head *chunks)
{
	struct secretmem_chunk **run = secretmem_take_run(nr);
	struct page *page;
	unsigned long i;

	if (IS_ERR(run))
		return PTR_ERR(run);

	page = run[0]->page;
	mutex_lock(&secretmem_chunks_mutex);
	secretmem_claim_settle(claim, nr);
	for (i = 0; i < nr; i++) {
		secretmem_chunk_enter(run[i]);
		secretmem_chunk_hold(run[i], claim);
		run[i]->removed = true;
		list_add_tail(&run[i]->node, chunks);
	}
	mutex_unlock(&secretmem_chunks_mutex);
	kfree(run);

	return secretmem_unmap_chunks(page, nr) ? -EFAULT : 0;
}

/* Whether so many are left, which are promised to the floor then. */
static bool secretmem_promise_floor(unsigned long nr)
{
	bool left;

	mutex_lock(&secretmem_chunks_mutex);
	left = nr <= secretmem_area_left();
	if (left) {
		secretmem_promised += nr;
		secretmem_promised_floor += nr;
	}
	mutex_unlock(&secretmem_chunks_mutex);

	return left;
}

/* Make the chunks of a run ready, or none if there is no run. */
static void secretmem_settle_floor(struct secretmem_chunk **run,
				   unsigned long nr)
{
	unsigned long i;

	mutex_lock(&secretmem_chunks_mutex);
	secretmem_promised -= nr;
	secretmem_promised_floor -= nr;
	for (i = 0; run && i < nr; i++) {
		secretmem_chunk_enter(run[i]);
		secretmem_chunk_make_ready(run[i]);
	}
	mutex_unlock(&secretmem_chunks_mutex);
	kfree(run);
}

/* Take @nr chunks in a row to be ready for a reservation. */
static int secretmem_take_ready_run(unsigned long nr)
{
	struct secretmem_chunk **run;

	if (!secretmem_promise_floor(nr))
		return -ENOSPC;

	run = secretmem_take_run(nr);
	secretmem_settle_floor(IS_ERR(run) ? NULL : run, nr);

	return PTR_ERR_OR_ZERO(run);
}

/*
 * Take the chunks that were ready out of the direct map. One in which an error
 * has struck while it waited is replaced by another one.
 */
static int secretmem_take_from_floor(struct secretmem_claim *claim,
				     struct list_head *ready,
				     struct list_head *chunks)
{
	struct secretmem_chunk *chunk;
	int err = 0;

	while (!err && !list_empty(ready)) {
		chunk = list_first_entry(ready, struct secretmem_chunk, node);
		if (secretmem_chunk_poisoned(chunk)) {
			secretmem_chunk_quarantine(chunk);
			err = secretmem_claim(claim, 1, ready);
			continue;
		}
		list_move_tail(&chunk->node, chunks);
		chunk->removed = true;
		if (secretmem_unmap_chunks(chunk->page, 1))
			err = -EFAULT;
	}
	return err;
}

/* What has no place in one piece may have one in two. */
static bool secretmem_try_shorter(int err, unsigned long nr)
{
	return nr > 1 && (err == -ENOSPC || err == -EBUSY || err == -ENOMEM);
}

/**
 * secretmem_take_failure - why chunks could not be taken
 * @err: what secretmem_chunks_take() returned, but not -EINTR
 *
 * Return: what to count it as.
 */
enum secretmem_failure secretmem_take_failure(int err)
{
	switch (err) {
	case -ENOSPC:
		return SECRETMEM_FAILURE_EXHAUSTED;
	case -EBUSY:
		return SECRETMEM_FAILURE_PINNED;
	case -EAGAIN:
		return SECRETMEM_FAILURE_LOW_MEMORY;
	case -EFAULT:
		return SECRETMEM_FAILURE_DIRECT_MAP;
	case -EDQUOT:
		return SECRETMEM_FAILURE_CGROUP;
	default:
		return SECRETMEM_FAILURE_MEMORY;
	}
}

static int secretmem_take_from_area(struct secretmem_claim *claim,
				    struct list_head *chunks)
{
	unsigned long run = SECRETMEM_MAX_RUN;

	while (claim->promised) {
		int err = -EINTR;

		run = min(claim->promised, run);
		if (!fatal_signal_pending(current))
			err = secretmem_take_held_run(claim, run, chunks);
		if (!err)
			continue;
		if (!secretmem_try_shorter(err, run))
			return err;
		run /= 2;
	}
	return 0;
}

/* Not earlier than now: what was taken in vain was never held. */
static void secretmem_note_taken(struct list_head *chunks)
{
	struct secretmem_chunk *chunk;

	mutex_lock(&secretmem_chunks_mutex);
	list_for_each_entry(chunk, chunks, node) {
		chunk->noted = true;
		secretmem_note_chunk_added(chunk->file_id, chunk->id,
					   secretmem_area_position(chunk->page));
	}
	secretmem_note_left();
	secretmem_stats.held_peak = max(secretmem_stats.held_peak,
					secretmem_stats.held);
	mutex_unlock(&secretmem_chunks_mutex);
}

/**
 * secretmem_chunks_take - take chunks for a file, all of them or none
 * @claim: for whom, with nothing promised yet
 * @nr: how many
 * @chunks: list to add the chunks to; their pages are zeroed and absent from
 *	    the direct map
 *
 * Context: May sleep for long, as what lies in the area has to be moved.
 * Return: 0; or an error, which the caller counts unless it is -EINTR: -EDQUOT
 * if a limit of the cgroup does not allow for it, -ENOSPC if the area is
 * exhausted, -EBUSY if pages in it are pinned, -EAGAIN if the machine would be
 * short of memory, -ENOMEM, -EFAULT if the direct map could not be changed.
 */
int secretmem_chunks_take(struct secretmem_claim *claim, unsigned long nr,
			  struct list_head *chunks)
{
	LIST_HEAD(ready);
	LIST_HEAD(taken);
	int err;

	err = secretmem_claim(claim, nr, &ready);
	if (!err)
		err = secretmem_take_from_floor(claim, &ready, &taken);
	if (!err)
		err = secretmem_take_from_area(claim, &taken);

	if (err) {
		secretmem_claim_give_up(claim);
		secretmem_chunks_release(&ready, false);
		secretmem_chunks_release(&taken, false);
		return err;
	}

	secretmem_note_taken(&taken);
	list_splice_tail(&taken, chunks);
	return 0;
}

/* How many chunks are missing from the floor, or surplus to it if negative. */
static long secretmem_floor_deficit(void)
{
	long deficit;

	mutex_lock(&secretmem_chunks_mutex);
	deficit = secretmem_stats.floor - secretmem_stats.reserved -
		  secretmem_stats.ready;
	mutex_unlock(&secretmem_chunks_mutex);

	return deficit;
}

static unsigned long secretmem_ready_count(void)
{
	struct secretmem_chunk_stats stats;

	secretmem_chunks_read_stats(&stats);
	return stats.ready;
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

/* Have a look at one chunk that is ready: false if none is surplus. */
static bool secretmem_floor_lower_one(void)
{
	struct secretmem_chunk *chunk;

	lockdep_assert_held(&secretmem_chunks_mutex);

	if (!secretmem_nr_spare())
		return false;

	chunk = list_first_entry(&secretmem_ready, struct secretmem_chunk, node);
	if (secretmem_chunk_idle(chunk)) {
		secretmem_chunk_unmake_ready(chunk);
		secretmem_chunk_to_area(chunk);
	} else if (secretmem_chunk_poisoned(chunk)) {
		secretmem_chunk_unmake_ready(chunk);
		secretmem_chunk_make_quarantined(chunk);
	} else {
		list_move_tail(&chunk->node, &secretmem_ready);
	}
	return true;
}

/* One by one, so that nobody else waits for more than that. */
static void secretmem_floor_lower(void)
{
	unsigned long nr;
	bool more = true;

	for (nr = secretmem_ready_count(); more && nr; nr--) {
		mutex_lock(&secretmem_chunks_mutex);
		more = secretmem_floor_lower_one();
		mutex_unlock(&secretmem_chunks_mutex);
		cond_resched();
	}
}

static void secretmem_spare_work_fn(struct work_struct *work)
{
	secretmem_floor_lower();

	/* Some may have been referenced just now. */
	mutex_lock(&secretmem_chunks_mutex);
	if (secretmem_nr_spare())
		secretmem_end_spare_later();
	mutex_unlock(&secretmem_chunks_mutex);
}

/* Make the floor what it shall be, and count what prevents that. */
static int secretmem_floor_make(void)
{
	int err;

	lockdep_assert_held(&secretmem_floor_mutex);

	err = secretmem_floor_raise();
	secretmem_floor_lower();
	if (err && err != -EINTR)
		secretmem_count_failure(secretmem_take_failure(err));

	return err;
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
 * Return: 0; or an error as of secretmem_chunks_take(), but counted, if the floor
 * is set, but some of the chunks could not be had; -ERANGE if the area is
 * smaller.
 */
int secretmem_floor_set(unsigned long nr)
{
	int err;

	if (nr > secretmem_stats.capacity)
		return -ERANGE;

	if (mutex_lock_killable(&secretmem_floor_mutex))
		return -EINTR;
	secretmem_floor_write(nr);
	err = secretmem_floor_make();
	mutex_unlock(&secretmem_floor_mutex);

	return err;
}

static void secretmem_floor_work_fn(struct work_struct *work)
{
	unsigned long asked;

	mutex_lock(&secretmem_chunks_mutex);
	asked = secretmem_floor_asked;
	mutex_unlock(&secretmem_chunks_mutex);

	mutex_lock(&secretmem_floor_mutex);
	secretmem_floor_make();
	mutex_unlock(&secretmem_floor_mutex);

	mutex_lock(&secretmem_chunks_mutex);
	WRITE_ONCE(secretmem_floor_seen_to, asked);
	secretmem_stats.floor_pending = asked != secretmem_floor_asked;
	mutex_unlock(&secretmem_chunks_mutex);

	wake_up_all(&secretmem_floor_wait);
}

static DECLARE_WORK(secretmem_floor_work, secretmem_floor_work_fn);

/**
 * secretmem_floor_request - ask for a floor, and wait a while for it
 * @nr: how many chunks to keep for reservations
 * @timeout: how long to wait, in jiffies
 *
 * Unlike secretmem_floor_set() this is for those who cannot wait for as long as
 * it takes. What is not done then is gone on with.
 *
 * Return: 0, also if some of the chunks could not be had, or not yet; -ERANGE
 * if the area is smaller; -EINTR if the task is being killed.
 */
int secretmem_floor_request(unsigned long nr, unsigned long timeout)
{
	unsigned long ticket;

	if (nr > secretmem_stats.capacity)
		return -ERANGE;

	mutex_lock(&secretmem_chunks_mutex);
	secretmem_stats.floor = nr;
	secretmem_stats.floor_pending = true;
	secretmem_generation++;
	ticket = ++secretmem_floor_asked;
	mutex_unlock(&secretmem_chunks_mutex);

	queue_work(system_unbound_wq, &secretmem_floor_work);
	if (wait_event_killable_timeout(secretmem_floor_wait,
					READ_ONCE(secretmem_floor_seen_to) >=
					ticket, timeout) < 0)
		return -EINTR;
	return 0;
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

/* Tell what is available, to whoever has set a threshold. */
void secretmem_chunks_note_available(void)
{
	mutex_lock(&secretmem_chunks_mutex);
	secretmem_note_left();
	mutex_unlock(&secretmem_chunks_mutex);
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
