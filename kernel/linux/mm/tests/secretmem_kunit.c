// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the secretmem pool. They work on the area of the kernel that
 * runs them, and leave it as they have found it. Chunks that are in use do not
 * matter, as long as they stay what they are.
 */

#include <kunit/test.h>

#include <linux/bitmap.h>
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/misc_cgroup.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/user.h>
#include <linux/set_memory.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../secretmem_area.h"
#include "../secretmem_chunk.h"
#include "../secretmem_file.h"
#include "../secretmem_pool.h"

/* No file has this id. */
#define SECRETMEM_TEST_FILE_ID	U64_MAX

#define SECRETMEM_NR_RACERS	4
#define SECRETMEM_RACE_ROUNDS	64
#define SECRETMEM_RACE_CHUNKS	8UL

/*
 * @before:	what was there before the test
 * @chunks:	taken by the test, released at its end
 * @file:	not registered, so that nobody else gets to see it
 * @pool:	of the file, destroyed at the test's end
 */
struct secretmem_test {
	struct secretmem_chunk_stats before;
	struct list_head chunks;
	struct secretmem_file file;
	struct secretmem_pool pool;
};

/* The test's own thread ends with it, so the limit need not be restored. */
static void secretmem_test_set_memlock(unsigned long bytes)
{
	task_lock(current->group_leader);
	current->signal->rlim[RLIMIT_MEMLOCK].rlim_cur = bytes;
	task_unlock(current->group_leader);
}

static int secretmem_test_init(struct kunit *test)
{
	struct secretmem_test *ctx;

	if (!secretmem_pooled())
		kunit_skip(test, "no pool: secretmem= was not given");

	ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx);

	INIT_LIST_HEAD(&ctx->chunks);
	ctx->file.id = SECRETMEM_TEST_FILE_ID;
	ctx->file.user = get_uid(current_user());
	secretmem_pool_create(&ctx->pool, &ctx->file);
	secretmem_test_set_memlock(RLIM_INFINITY);

	secretmem_chunks_read_stats(&ctx->before);
	secretmem_floor_set(0);
	test->priv = ctx;

	return 0;
}

/* Whatever a test does, nothing may be missing afterwards. */
static void secretmem_test_exit(struct kunit *test)
{
	struct secretmem_test *ctx = test->priv;
	struct secretmem_chunk_stats after;

	if (!ctx)
		return;

	secretmem_chunks_release(&ctx->chunks, false);
	secretmem_pool_destroy(&ctx->pool);
	free_uid(ctx->file.user);
	secretmem_floor_set(ctx->before.floor);

	secretmem_chunks_read_stats(&after);
	KUNIT_EXPECT_EQ(test, after.held, ctx->before.held);
	KUNIT_EXPECT_EQ(test, after.reserved, ctx->before.reserved);
	KUNIT_EXPECT_EQ(test, after.ready, ctx->before.ready);
	KUNIT_EXPECT_EQ(test, after.floor, ctx->before.floor);
	KUNIT_EXPECT_EQ(test, after.quarantined, ctx->before.quarantined);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&ctx->file.nr_pages_charged), 0);
}

/* These count what the test itself holds. */

static unsigned long secretmem_test_held(struct kunit *test)
{
	struct secretmem_test *ctx = test->priv;
	struct secretmem_chunk_stats stats;

	secretmem_chunks_read_stats(&stats);
	return stats.held - ctx->before.held;
}

static unsigned long secretmem_test_reserved(struct kunit *test)
{
	struct secretmem_test *ctx = test->priv;
	struct secretmem_chunk_stats stats;

	secretmem_chunks_read_stats(&stats);
	return stats.reserved - ctx->before.reserved;
}

static unsigned long secretmem_test_quarantined(struct kunit *test)
{
	struct secretmem_test *ctx = test->priv;
	struct secretmem_chunk_stats stats;

	secretmem_chunks_read_stats(&stats);
	return stats.quarantined - ctx->before.quarantined;
}

static unsigned long secretmem_test_ready(void)
{
	struct secretmem_chunk_stats stats;

	secretmem_chunks_read_stats(&stats);
	return stats.ready;
}

/* The number of chunks that a test can take: at least @nr, or it is skipped. */
static unsigned long secretmem_test_free(struct kunit *test, unsigned long nr)
{
	struct secretmem_test *ctx = test->priv;
	unsigned long free = ctx->before.capacity - ctx->before.held -
			     ctx->before.quarantined;

	if (free < nr)
		kunit_skip(test, "fewer than %lu chunks are free", nr);

	return free;
}

static int secretmem_test_take(struct kunit *test, unsigned long nr,
			       bool reserve)
{
	struct secretmem_test *ctx = test->priv;
	struct secretmem_claim claim = {
		.file_id = SECRETMEM_TEST_FILE_ID,
		.reserve = reserve,
	};

	return secretmem_chunks_take(&claim, nr, &ctx->chunks);
}

static void secretmem_test_release(struct kunit *test)
{
	struct secretmem_test *ctx = test->priv;

	secretmem_chunks_release(&ctx->chunks, false);
	KUNIT_EXPECT_TRUE(test, list_empty(&ctx->chunks));
}

static struct secretmem_chunk *secretmem_test_first(struct kunit *test)
{
	struct secretmem_test *ctx = test->priv;

	return list_first_entry(&ctx->chunks, struct secretmem_chunk, node);
}

/* Of the chunks that the test holds or is to hold, others set aside. */
static int secretmem_test_set_floor(struct kunit *test, unsigned long nr)
{
	struct secretmem_test *ctx = test->priv;

	return secretmem_floor_set(ctx->before.reserved + nr);
}

static u32 secretmem_test_generation(void)
{
	u32 generation;

	secretmem_chunks_lock();
	generation = secretmem_chunks_generation();
	secretmem_chunks_unlock();

	return generation;
}

/* How many of a chunk's pages the direct map has. */
static unsigned int secretmem_test_present(struct page *page)
{
	unsigned int i, present = 0;

	for (i = 0; i < SECRETMEM_CHUNK_PAGES; i++)
		present += kernel_page_present(page + i);

	return present;
}

/* A mapping of pages that are absent from the direct map. */
static void *secretmem_test_vmap(struct kunit *test, struct page *page)
{
	struct page **pages;
	void *address;
	unsigned int i;

	pages = kunit_kmalloc_array(test, SECRETMEM_CHUNK_PAGES, sizeof(*pages),
				    GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pages);
	for (i = 0; i < SECRETMEM_CHUNK_PAGES; i++)
		pages[i] = page + i;

	address = vmap(pages, SECRETMEM_CHUNK_PAGES, VM_MAP, PAGE_KERNEL);
	kunit_kfree(test, pages);
	KUNIT_ASSERT_NOT_NULL(test, address);

	return address;
}

static bool secretmem_test_is_zero(struct kunit *test, struct page *page)
{
	void *address = secretmem_test_vmap(test, page);
	bool zero = !memchr_inv(address, 0, SECRETMEM_CHUNK_SIZE);

	vunmap(address);
	return zero;
}

static void secretmem_test_dirty(struct kunit *test, struct page *page)
{
	void *address = secretmem_test_vmap(test, page);

	memset(address, 0x55, SECRETMEM_CHUNK_SIZE);
	vunmap(address);
}

/* All of them or none; and one more than there are is none. */
static void secretmem_take_exhausts(struct kunit *test)
{
	unsigned long nr = secretmem_test_free(test, 1);
	struct secretmem_test *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr + 1, false), -ENOSPC);
	KUNIT_EXPECT_TRUE(test, list_empty(&ctx->chunks));
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), 0);

	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, nr, false), 0);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&ctx->chunks), nr);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), nr);

	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, 1, true), -ENOSPC);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&ctx->chunks), nr);

	secretmem_test_release(test);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr, true), 0);
}

/* Release every second of the chunks that the test holds. */
static void secretmem_test_release_alternate(struct kunit *test)
{
	struct secretmem_test *ctx = test->priv;
	struct secretmem_chunk *chunk, *next;
	LIST_HEAD(alternate);
	bool odd = false;

	list_for_each_entry_safe(chunk, next, &ctx->chunks, node) {
		if (odd)
			list_move(&chunk->node, &alternate);
		odd = !odd;
	}
	secretmem_chunks_release(&alternate, false);
}

/* Where no two free chunks are neighbours, all can be had nevertheless. */
static void secretmem_take_fragmented(struct kunit *test)
{
	unsigned long nr = secretmem_test_free(test, 4);

	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, nr, false), 0);
	secretmem_test_release_alternate(test);
	KUNIT_ASSERT_EQ(test, secretmem_test_held(test), nr - nr / 2);

	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr / 2 + 1, false),
			-ENOSPC);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), nr - nr / 2);
	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr / 2, false), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), nr);
}

/* The most that were held at a time. */
static void secretmem_take_peak(struct kunit *test)
{
	unsigned long nr = secretmem_test_free(test, 1);
	struct secretmem_test *ctx = test->priv;
	struct secretmem_chunk_stats stats;

	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, nr, false), 0);
	secretmem_test_release(test);

	secretmem_chunks_read_stats(&stats);
	KUNIT_EXPECT_EQ(test, stats.held_peak,
			max(ctx->before.held_peak, ctx->before.held + nr));
}

static u64 secretmem_test_check_ids(struct kunit *test, u64 last)
{
	struct secretmem_test *ctx = test->priv;
	struct secretmem_chunk *chunk;

	list_for_each_entry(chunk, &ctx->chunks, node) {
		KUNIT_EXPECT_GT(test, chunk->id, last);
		KUNIT_EXPECT_EQ(test, chunk->file_id, SECRETMEM_TEST_FILE_ID);
		last = chunk->id;
	}
	return last;
}

static void secretmem_ids_unique(struct kunit *test)
{
	unsigned int round;
	u64 last = 0;

	secretmem_test_free(test, 3);
	for (round = 0; round < 3; round++) {
		KUNIT_ASSERT_EQ(test, secretmem_test_take(test, 3, round), 0);
		last = secretmem_test_check_ids(test, last);
		secretmem_test_release(test);
	}
}

/* Count the test's chunks on a walk over all. */
static unsigned long secretmem_test_walk(struct kunit *test)
{
	unsigned long position, next = 0, nr = 0;
	struct secretmem_chunk *chunk;

	secretmem_chunks_lock();
	for (position = 0; (chunk = secretmem_chunk_next(&position)); position++) {
		KUNIT_EXPECT_GE(test, position, next);
		KUNIT_EXPECT_EQ(test, position,
				secretmem_area_position(chunk->page));
		KUNIT_EXPECT_PTR_EQ(test, chunk, secretmem_chunk_of(chunk->page));
		nr += chunk->file_id == SECRETMEM_TEST_FILE_ID &&
		      chunk->use == SECRETMEM_CHUNK_HELD;
		next = position + 1;
	}
	secretmem_chunks_unlock();

	return nr;
}

static void secretmem_walk_in_order(struct kunit *test)
{
	unsigned long nr = secretmem_test_free(test, 4);

	KUNIT_EXPECT_EQ(test, secretmem_test_walk(test), 0);
	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, nr, false), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_walk(test), nr);
	secretmem_test_release_alternate(test);
	KUNIT_EXPECT_EQ(test, secretmem_test_walk(test), nr - nr / 2);
}

static void secretmem_generation_changes(struct kunit *test)
{
	u32 old = secretmem_test_generation();

	secretmem_test_free(test, 1);
	KUNIT_EXPECT_EQ(test, secretmem_test_generation(), old);

	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, 1, false), 0);
	KUNIT_EXPECT_NE(test, secretmem_test_generation(), old);

	old = secretmem_test_generation();
	secretmem_test_release(test);
	KUNIT_EXPECT_NE(test, secretmem_test_generation(), old);

	old = secretmem_test_generation();
	KUNIT_EXPECT_EQ(test, secretmem_test_set_floor(test, 1), 0);
	KUNIT_EXPECT_NE(test, secretmem_test_generation(), old);
}

/* Held pages are absent from the direct map, all others are there. */
static void secretmem_held_is_unmapped(struct kunit *test)
{
	struct secretmem_chunk *chunk;
	struct page *page;

	secretmem_test_free(test, 1);
	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, 1, false), 0);
	page = secretmem_test_first(test)->page;
	KUNIT_EXPECT_EQ(test, secretmem_test_present(page), 0);
	secretmem_test_release(test);
	KUNIT_EXPECT_EQ(test, secretmem_test_present(page),
			SECRETMEM_CHUNK_PAGES);

	KUNIT_ASSERT_EQ(test, secretmem_test_set_floor(test, 1), 0);
	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, 1, true), 0);
	chunk = secretmem_test_first(test);
	KUNIT_EXPECT_EQ(test, secretmem_test_present(chunk->page), 0);
	secretmem_test_release(test);
	KUNIT_ASSERT_EQ(test, chunk->use, SECRETMEM_CHUNK_READY);
	KUNIT_EXPECT_EQ(test, secretmem_test_present(chunk->page),
			SECRETMEM_CHUNK_PAGES);
}

/* Leave something in memory that is going to be part of the only free chunk. */
static void secretmem_taken_is_zero(struct kunit *test)
{
	unsigned long nr = secretmem_test_free(test, 1);
	struct page *page;

	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, nr - 1, false), 0);
	page = secretmem_area_take(1);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	memset(page_address(page), 0x55, SECRETMEM_CHUNK_SIZE);
	secretmem_area_give_back(page);
	secretmem_test_release(test);

	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, nr, false), 0);
	KUNIT_EXPECT_TRUE(test, secretmem_test_is_zero(test, page));
}

/* A chunk of the floor stays in place when it is released. */
static void secretmem_released_is_zero(struct kunit *test)
{
	struct secretmem_chunk *chunk;

	secretmem_test_free(test, 1);
	KUNIT_ASSERT_EQ(test, secretmem_test_set_floor(test, 1), 0);
	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, 1, true), 0);
	chunk = secretmem_test_first(test);
	KUNIT_EXPECT_TRUE(test, secretmem_test_is_zero(test, chunk->page));

	secretmem_test_dirty(test, chunk->page);
	bitmap_fill(chunk->touched, SECRETMEM_CHUNK_PAGES);
	secretmem_test_release(test);

	KUNIT_ASSERT_EQ(test, chunk->use, SECRETMEM_CHUNK_READY);
	KUNIT_EXPECT_EQ(test, chunk->id, 0);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(chunk->touched,
					     SECRETMEM_CHUNK_PAGES));
	KUNIT_EXPECT_NULL(test, memchr_inv(page_address(chunk->page), 0,
					   SECRETMEM_CHUNK_SIZE));
}

static void secretmem_floor_moves(struct kunit *test)
{
	struct secretmem_test *ctx = test->priv;

	secretmem_test_free(test, 4);
	KUNIT_EXPECT_EQ(test, secretmem_test_set_floor(test, 4), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 4);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), 0);

	KUNIT_EXPECT_EQ(test, secretmem_test_set_floor(test, 1), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 1);

	KUNIT_EXPECT_EQ(test, secretmem_floor_set(ctx->before.capacity + 1),
			-ERANGE);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 1);

	KUNIT_EXPECT_EQ(test, secretmem_floor_set(0), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 0);
}

/* Reservations live on the floor, and what they release goes back to it. */
static void secretmem_floor_is_reserved(struct kunit *test)
{
	secretmem_test_free(test, 4);
	KUNIT_ASSERT_EQ(test, secretmem_test_set_floor(test, 3), 0);

	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, 2, true), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 1);
	KUNIT_EXPECT_EQ(test, secretmem_test_reserved(test), 2);

	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, 2, true), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_reserved(test), 4);

	secretmem_test_release(test);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 3);
	KUNIT_EXPECT_EQ(test, secretmem_test_reserved(test), 0);
}

/* It is not for others. */
static void secretmem_floor_is_kept(struct kunit *test)
{
	unsigned long nr = secretmem_test_free(test, 3);

	KUNIT_ASSERT_EQ(test, secretmem_test_set_floor(test, 2), 0);

	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr - 1, false), -ENOSPC);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 2);
	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr - 2, false), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 2);
	KUNIT_EXPECT_EQ(test, secretmem_test_reserved(test), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, 2, true), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 0);
}

/* Lowering it does not touch what is reserved. */
static void secretmem_floor_lowers_below_reserved(struct kunit *test)
{
	secretmem_test_free(test, 4);
	KUNIT_ASSERT_EQ(test, secretmem_test_set_floor(test, 4), 0);
	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, 3, true), 0);

	KUNIT_EXPECT_EQ(test, secretmem_test_set_floor(test, 2), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_reserved(test), 3);

	secretmem_test_release(test);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 2);
}

/* What is missing from it is made up for by whatever is released. */
static void secretmem_floor_is_partly_missing(struct kunit *test)
{
	unsigned long failures = secretmem_failures(SECRETMEM_FAILURE_EXHAUSTED);
	unsigned long nr = secretmem_test_free(test, 4);

	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, nr - 1, false), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_set_floor(test, 3), -ENOSPC);
	KUNIT_EXPECT_EQ(test, secretmem_failures(SECRETMEM_FAILURE_EXHAUSTED),
			failures + 1);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 1);

	secretmem_test_release(test);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 3);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), 0);
}

/* Whether chunks that may be spared are; a slow machine may be too late to see. */
static unsigned long secretmem_test_spare(struct kunit *test, unsigned long nr)
{
	struct secretmem_test *ctx = test->priv;
	unsigned long ready = 0;
	int attempt;

	for (attempt = 0; !ready && attempt < 10; attempt++) {
		KUNIT_ASSERT_EQ(test, secretmem_test_take(test, nr, true), 0);
		secretmem_chunks_release(&ctx->chunks, true);
		ready = secretmem_test_ready();
	}
	return ready;
}

/* What is spare is for everybody, and nothing is missing because of it. */
static void secretmem_spare_is_used(struct kunit *test)
{
	unsigned long nr = secretmem_test_free(test, 1);

	KUNIT_EXPECT_EQ(test, secretmem_test_spare(test, 1), 1);
	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr, false), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), nr);
}

/* They are few, and go back to the area by themselves. */
static void secretmem_spare_is_given_back(struct kunit *test)
{
	int wait;

	secretmem_test_free(test, 8);
	KUNIT_EXPECT_EQ(test, secretmem_test_spare(test, 8), 4);

	for (wait = 0; secretmem_test_ready() && wait < 300; wait++)
		msleep(100);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 0);
}

/* Those of the floor are not among them. */
static void secretmem_spare_is_not_the_floor(struct kunit *test)
{
	unsigned long nr = secretmem_test_free(test, 3);
	struct secretmem_test *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, secretmem_test_set_floor(test, 2), 0);
	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, nr - 2, false), 0);
	secretmem_chunks_release(&ctx->chunks, true);
	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr - 1, false), -ENOSPC);
	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr - 2, false), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 2);
}

/* The first of two chunks is unfit for reuse, and only that one. */
static void secretmem_test_quarantine(struct kunit *test,
				      struct secretmem_chunk *chunk)
{
	unsigned long nr = secretmem_test_free(test, 2);

	secretmem_test_release(test);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), 0);
	KUNIT_ASSERT_EQ(test, secretmem_test_quarantined(test), 1);
	KUNIT_EXPECT_EQ(test, chunk->use, SECRETMEM_CHUNK_QUARANTINED);
	KUNIT_EXPECT_EQ(test, secretmem_test_present(chunk->page), 0);
	KUNIT_EXPECT_PTR_EQ(test, secretmem_chunk_of(chunk->page), chunk);

	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr, true), -ENOSPC);
	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr - 1, true), 0);
	secretmem_test_release(test);
}

/* Have it released properly. */
static void secretmem_test_unquarantine(struct kunit *test,
					struct secretmem_chunk *chunk)
{
	struct secretmem_test *ctx = test->priv;
	struct page *page = chunk->page;

	secretmem_chunk_unquarantine(chunk, &ctx->chunks);
	secretmem_test_release(test);
	KUNIT_EXPECT_EQ(test, secretmem_test_quarantined(test), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_present(page),
			SECRETMEM_CHUNK_PAGES);
}

/* Somebody still refers to a page. */
static void secretmem_quarantine_referenced(struct kunit *test)
{
	struct secretmem_chunk *chunk;
	struct page *page;

	secretmem_test_free(test, 2);
	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, 2, false), 0);
	chunk = secretmem_test_first(test);
	page = chunk->page + SECRETMEM_CHUNK_PAGES / 2;

	get_page(page);
	secretmem_test_quarantine(test, chunk);
	put_page(page);
	secretmem_test_unquarantine(test, chunk);
}

/* The memory is broken. */
static void secretmem_quarantine_poisoned(struct kunit *test)
{
	struct secretmem_chunk *chunk;
	struct page *page;

	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE))
		kunit_skip(test, "needs CONFIG_MEMORY_FAILURE");

	secretmem_test_free(test, 2);
	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, 2, true), 0);
	chunk = secretmem_test_first(test);
	page = chunk->page + SECRETMEM_CHUNK_PAGES - 1;

	SetPageHWPoison(page);
	secretmem_test_quarantine(test, chunk);
	ClearPageHWPoison(page);
	secretmem_test_unquarantine(test, chunk);
}

/* A chunk of the floor, in whatever order they are taken. */
static struct secretmem_chunk *secretmem_test_find_ready(void)
{
	struct secretmem_chunk *chunk;
	unsigned long position;

	secretmem_chunks_lock();
	for (position = 0; (chunk = secretmem_chunk_next(&position)); position++) {
		if (chunk->use == SECRETMEM_CHUNK_READY)
			break;
	}
	secretmem_chunks_unlock();

	return chunk;
}

/* All of the free chunks are ready, one of which is broken. */
static struct secretmem_chunk *secretmem_test_poison_ready(struct kunit *test,
							   unsigned long nr)
{
	struct secretmem_chunk *chunk;

	if (!IS_ENABLED(CONFIG_MEMORY_FAILURE))
		kunit_skip(test, "needs CONFIG_MEMORY_FAILURE");

	KUNIT_ASSERT_EQ(test, secretmem_test_set_floor(test, nr), 0);
	chunk = secretmem_test_find_ready();
	KUNIT_ASSERT_NOT_NULL(test, chunk);
	SetPageHWPoison(chunk->page + 1);

	return chunk;
}

static void secretmem_test_unpoison(struct kunit *test,
				    struct secretmem_chunk *chunk)
{
	ClearPageHWPoison(chunk->page + 1);
	secretmem_test_unquarantine(test, chunk);
}

/* What the floor is short of is told by its parts. */
static void secretmem_quarantine_reserved(struct kunit *test)
{
	unsigned long nr = secretmem_test_free(test, 3);
	struct secretmem_chunk *chunk = secretmem_test_poison_ready(test, nr);

	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr, true), -ENOSPC);
	KUNIT_EXPECT_EQ(test, secretmem_test_quarantined(test), 1);
	KUNIT_EXPECT_EQ(test, chunk->use, SECRETMEM_CHUNK_QUARANTINED);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_reserved(test), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), nr - 1);

	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr - 1, true), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 0);
	secretmem_test_unpoison(test, chunk);
}

/* Another one is taken in its place. */
static void secretmem_quarantine_replaced(struct kunit *test)
{
	struct secretmem_chunk *chunk;
	unsigned long nr = secretmem_test_free(test, 3);

	chunk = secretmem_test_poison_ready(test, nr - 1);
	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr - 1, true), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), nr - 1);
	KUNIT_EXPECT_EQ(test, secretmem_test_quarantined(test), 1);
	secretmem_test_unpoison(test, chunk);
}

/* It does not go back to the area when the floor does. */
static void secretmem_quarantine_lowered(struct kunit *test)
{
	unsigned long nr = secretmem_test_free(test, 3);
	struct secretmem_chunk *chunk = secretmem_test_poison_ready(test, nr);

	KUNIT_EXPECT_EQ(test, secretmem_test_set_floor(test, 0), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_quarantined(test), 1);
	KUNIT_EXPECT_EQ(test, chunk->use, SECRETMEM_CHUNK_QUARANTINED);
	secretmem_test_unpoison(test, chunk);
}

/* Who refers to one for a moment keeps it ready, and the others move. */
static void secretmem_floor_lowers_around(struct kunit *test)
{
	struct secretmem_chunk *chunk;

	secretmem_test_free(test, 3);
	KUNIT_ASSERT_EQ(test, secretmem_test_set_floor(test, 3), 0);
	chunk = secretmem_test_find_ready();
	KUNIT_ASSERT_NOT_NULL(test, chunk);

	get_page(chunk->page);
	KUNIT_EXPECT_EQ(test, secretmem_test_set_floor(test, 0), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 1);
	KUNIT_EXPECT_EQ(test, chunk->use, SECRETMEM_CHUNK_READY);
	KUNIT_EXPECT_EQ(test, secretmem_test_quarantined(test), 0);
	put_page(chunk->page);
	KUNIT_EXPECT_EQ(test, secretmem_test_set_floor(test, 0), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_ready(), 0);
}

static int secretmem_test_reserve(struct kunit *test, loff_t size)
{
	struct secretmem_test *ctx = test->priv;
	int err;

	mutex_lock(&ctx->pool.lock);
	err = secretmem_pool_reserve(&ctx->pool, size);
	mutex_unlock(&ctx->pool.lock);

	return err;
}

static struct folio *secretmem_test_take_folio(struct kunit *test)
{
	struct secretmem_test *ctx = test->priv;
	struct folio *folio;

	mutex_lock(&ctx->pool.lock);
	folio = secretmem_pool_take(&ctx->pool);
	mutex_unlock(&ctx->pool.lock);

	return folio;
}

static void secretmem_test_untake_folio(struct kunit *test, struct folio *folio)
{
	struct secretmem_test *ctx = test->priv;

	mutex_lock(&ctx->pool.lock);
	secretmem_pool_untake(&ctx->pool, folio);
	mutex_unlock(&ctx->pool.lock);
}

/* As when the page cache lets go of it. */
static void secretmem_test_retire_folio(struct folio *folio)
{
	secretmem_pool_retire(folio);
	folio_put(folio);
}

/* The pages that the creator of the test's file is charged for. */
static long secretmem_test_charged(struct kunit *test)
{
	struct secretmem_test *ctx = test->priv;

	return atomic_long_read(&ctx->file.nr_pages_charged);
}

static u64 secretmem_test_cgroup_usage(void)
{
	return misc_cg_res_total_usage(MISC_CG_RES_SECRETMEM);
}

/* A reservation is made of whole chunks, and grows by what is missing. */
static void secretmem_reserve_whole_chunks(struct kunit *test)
{
	struct secretmem_test *ctx = test->priv;

	secretmem_test_free(test, 3);
	KUNIT_EXPECT_EQ(test, secretmem_test_reserve(test, 0), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), 0);

	KUNIT_EXPECT_EQ(test, secretmem_test_reserve(test, 1), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_reserved(test), 1);

	KUNIT_EXPECT_EQ(test,
			secretmem_test_reserve(test, 2 * SECRETMEM_CHUNK_SIZE + 1),
			0);
	KUNIT_EXPECT_EQ(test, secretmem_test_reserved(test), 3);
	KUNIT_EXPECT_EQ(test, ctx->pool.nr_chunks, 3);
	KUNIT_EXPECT_EQ(test, secretmem_test_charged(test),
			3 * SECRETMEM_CHUNK_PAGES);

	KUNIT_EXPECT_EQ(test, secretmem_test_reserve(test, 1), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_reserved(test), 3);

	secretmem_pool_destroy(&ctx->pool);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_charged(test), 0);
}

/* One byte more than there is: nothing is taken, nothing stays charged. */
static void secretmem_reserve_exhausted(struct kunit *test)
{
	unsigned long failures = secretmem_failures(SECRETMEM_FAILURE_EXHAUSTED);
	unsigned long nr = secretmem_test_free(test, 1);
	loff_t size = (loff_t)nr * SECRETMEM_CHUNK_SIZE;
	struct secretmem_test *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, secretmem_test_reserve(test, size + 1), -ENOMEM);
	KUNIT_EXPECT_EQ(test, secretmem_failures(SECRETMEM_FAILURE_EXHAUSTED),
			failures + 1);
	KUNIT_EXPECT_EQ(test, ctx->pool.nr_chunks, 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_charged(test), 0);

	KUNIT_EXPECT_EQ(test, secretmem_test_reserve(test, size), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_reserved(test), nr);
}

/* Without a reservation a file gets a chunk when it needs one. */
static void secretmem_reserve_late(struct kunit *test)
{
	struct folio *folio;

	secretmem_test_free(test, 2);
	folio = secretmem_test_take_folio(test);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, folio);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), 1);
	KUNIT_EXPECT_EQ(test, secretmem_test_reserved(test), 0);

	KUNIT_EXPECT_EQ(test,
			secretmem_test_reserve(test, 2 * SECRETMEM_CHUNK_SIZE),
			0);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), 2);
	KUNIT_EXPECT_EQ(test, secretmem_test_reserved(test), 2);
	secretmem_test_retire_folio(folio);
}

/* RLIMIT_MEMLOCK is for whole chunks as well. */
static void secretmem_reserve_memlock(struct kunit *test)
{
	unsigned long failures = secretmem_failures(SECRETMEM_FAILURE_MEMLOCK);
	struct secretmem_test *ctx = test->priv;
	long locked = atomic_long_read(&ctx->file.user->locked_vm);

	secretmem_test_free(test, 2);
	secretmem_test_set_memlock((locked << PAGE_SHIFT) + SECRETMEM_CHUNK_SIZE);
	KUNIT_EXPECT_EQ(test,
			secretmem_test_reserve(test, SECRETMEM_CHUNK_SIZE + 1),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, secretmem_failures(SECRETMEM_FAILURE_MEMLOCK),
			failures + 1);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&ctx->file.user->locked_vm),
			locked);

	KUNIT_EXPECT_EQ(test, secretmem_test_reserve(test, 1), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&ctx->file.user->locked_vm),
			locked + SECRETMEM_CHUNK_PAGES);
}

static void secretmem_reserve_cgroup(struct kunit *test)
{
	unsigned long failures = secretmem_failures(SECRETMEM_FAILURE_CGROUP);
	u64 capacity = (u64)secretmem_area_chunks() * SECRETMEM_CHUNK_SIZE;
	u64 usage = secretmem_test_cgroup_usage();
	struct secretmem_test *ctx = test->priv;

	if (!IS_ENABLED(CONFIG_CGROUP_MISC))
		kunit_skip(test, "needs CONFIG_CGROUP_MISC");

	secretmem_test_free(test, 2);
	misc_cg_set_capacity(MISC_CG_RES_SECRETMEM, usage + SECRETMEM_CHUNK_SIZE);
	KUNIT_EXPECT_EQ(test,
			secretmem_test_reserve(test, 2 * SECRETMEM_CHUNK_SIZE),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, secretmem_failures(SECRETMEM_FAILURE_CGROUP),
			failures + 1);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_charged(test), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_cgroup_usage(), usage);

	KUNIT_EXPECT_EQ(test, secretmem_test_reserve(test, 1), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_cgroup_usage(),
			usage + SECRETMEM_CHUNK_SIZE);
	misc_cg_set_capacity(MISC_CG_RES_SECRETMEM, capacity);

	secretmem_pool_destroy(&ctx->pool);
	KUNIT_EXPECT_EQ(test, secretmem_test_cgroup_usage(), usage);
}

#ifdef CONFIG_CGROUP_MISC

/* Returns the limit that was there. */
static u64 secretmem_test_set_max(u64 max)
{
	struct misc_cg *cg = get_current_misc_cg();
	u64 old = READ_ONCE(cg->res[MISC_CG_RES_SECRETMEM].max);

	WRITE_ONCE(cg->res[MISC_CG_RES_SECRETMEM].max, max);
	put_misc_cg(cg);
	return old;
}

static u64 secretmem_test_cgroup_events(void)
{
	struct misc_cg *cg = get_current_misc_cg();
	u64 events = atomic64_read(&cg->res[MISC_CG_RES_SECRETMEM].events_local);

	put_misc_cg(cg);
	return events;
}

/* Expect a reservation to fail for one of two reasons, and to change nothing. */
static void secretmem_test_refused(struct kunit *test, loff_t size, bool cgroup)
{
	unsigned long exhausted = secretmem_failures(SECRETMEM_FAILURE_EXHAUSTED);
	unsigned long limited = secretmem_failures(SECRETMEM_FAILURE_CGROUP);
	u64 events = secretmem_test_cgroup_events();
	u64 usage = secretmem_test_cgroup_usage();

	KUNIT_EXPECT_EQ(test, secretmem_test_reserve(test, size), -ENOMEM);
	KUNIT_EXPECT_EQ(test, secretmem_failures(SECRETMEM_FAILURE_CGROUP),
			limited + cgroup);
	KUNIT_EXPECT_EQ(test, secretmem_test_cgroup_events(), events + cgroup);
	KUNIT_EXPECT_EQ(test, secretmem_failures(SECRETMEM_FAILURE_EXHAUSTED),
			exhausted + !cgroup);
	KUNIT_EXPECT_EQ(test, secretmem_test_cgroup_usage(), usage);
	KUNIT_EXPECT_EQ(test, secretmem_test_charged(test), 0);
}

/* A full pool is not taken for a limit, nor a limit for a full pool. */
static void secretmem_reserve_reasons(struct kunit *test)
{
	unsigned long nr = secretmem_test_free(test, 2);
	u64 usage = secretmem_test_cgroup_usage();
	u64 max;

	secretmem_test_refused(test, (nr + 1) * SECRETMEM_CHUNK_SIZE, false);
	secretmem_test_refused(test, MAX_LFS_FILESIZE, false);

	max = secretmem_test_set_max(usage + SECRETMEM_CHUNK_SIZE);
	secretmem_test_refused(test, 2 * SECRETMEM_CHUNK_SIZE, true);
	secretmem_test_refused(test, (nr + 1) * SECRETMEM_CHUNK_SIZE, true);
	secretmem_test_refused(test, MAX_LFS_FILESIZE, true);

	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, nr, true), 0);
	secretmem_test_refused(test, 2 * SECRETMEM_CHUNK_SIZE, true);
	secretmem_test_refused(test, SECRETMEM_CHUNK_SIZE, false);
	secretmem_test_set_max(max);
}

#else

static void secretmem_reserve_reasons(struct kunit *test)
{
	kunit_skip(test, "needs CONFIG_CGROUP_MISC");
}

#endif /* CONFIG_CGROUP_MISC */

/* Take all pages of a chunk, which are in the order that they are taken. */
static struct secretmem_chunk *secretmem_test_fill_chunk(struct kunit *test)
{
	struct folio *first = NULL;
	unsigned int i;

	for (i = 0; i < SECRETMEM_CHUNK_PAGES; i++) {
		struct folio *folio = secretmem_test_take_folio(test);

		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, folio);
		if (!i)
			first = folio;
		KUNIT_EXPECT_PTR_EQ(test, &folio->page, &first->page + i);
		KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 2);
		KUNIT_EXPECT_FALSE(test, kernel_page_present(&folio->page));
	}
	return secretmem_chunk_of(&first->page);
}

static void secretmem_pages_of_a_chunk(struct kunit *test)
{
	struct secretmem_test *ctx = test->priv;
	struct secretmem_chunk *chunk;
	struct folio *folio;
	unsigned int i;

	secretmem_test_free(test, 1);
	KUNIT_ASSERT_EQ(test, secretmem_test_reserve(test, SECRETMEM_CHUNK_SIZE),
			0);
	chunk = secretmem_test_fill_chunk(test);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test), 1);
	KUNIT_EXPECT_EQ(test, chunk->nr_used, SECRETMEM_CHUNK_PAGES);
	KUNIT_EXPECT_TRUE(test, list_empty(&ctx->pool.partial));
	KUNIT_EXPECT_FALSE(test, list_empty(&ctx->pool.full));

	folio = page_folio(chunk->page + 3);
	secretmem_test_untake_folio(test, folio);
	KUNIT_EXPECT_FALSE(test, test_bit(3, chunk->touched));
	KUNIT_EXPECT_EQ(test, folio_ref_count(folio), 1);
	KUNIT_EXPECT_FALSE(test, list_empty(&ctx->pool.partial));
	KUNIT_EXPECT_TRUE(test, list_empty(&ctx->pool.full));
	KUNIT_EXPECT_PTR_EQ(test, secretmem_test_take_folio(test), folio);

	for (i = 0; i < SECRETMEM_CHUNK_PAGES; i++)
		secretmem_test_retire_folio(page_folio(chunk->page + i));
	KUNIT_EXPECT_EQ(test, chunk->nr_used, 0);
	secretmem_pool_destroy(&ctx->pool);
	KUNIT_EXPECT_EQ(test, secretmem_test_quarantined(test), 0);
}

/* A page that is retired is zeroed with its chunk, and not used before that. */
static void secretmem_pages_retired_once(struct kunit *test)
{
	struct secretmem_test *ctx = test->priv;
	struct secretmem_chunk *chunk;
	struct folio *first, *second;

	secretmem_test_free(test, 1);
	KUNIT_ASSERT_EQ(test, secretmem_test_set_floor(test, 1), 0);
	KUNIT_ASSERT_EQ(test, secretmem_test_reserve(test, PAGE_SIZE), 0);

	first = secretmem_test_take_folio(test);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, first);
	chunk = secretmem_chunk_of(&first->page);
	secretmem_test_retire_folio(first);
	second = secretmem_test_take_folio(test);
	KUNIT_EXPECT_PTR_NE(test, first, second);
	secretmem_test_retire_folio(second);
	KUNIT_EXPECT_EQ(test, chunk->nr_used, 0);
	KUNIT_EXPECT_EQ(test, bitmap_weight(chunk->touched,
					    SECRETMEM_CHUNK_PAGES), 2);

	secretmem_pool_destroy(&ctx->pool);
	KUNIT_ASSERT_EQ(test, chunk->use, SECRETMEM_CHUNK_READY);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(chunk->touched,
					     SECRETMEM_CHUNK_PAGES));
}

/* A file without reservation finds the pool empty: never -ENOMEM. */
static void secretmem_pages_exhausted(struct kunit *test)
{
	unsigned long failures = secretmem_failures(SECRETMEM_FAILURE_EXHAUSTED);
	unsigned long nr = secretmem_test_free(test, 1);
	struct secretmem_test *ctx = test->priv;

	KUNIT_ASSERT_EQ(test, secretmem_test_take(test, nr, false), 0);
	KUNIT_EXPECT_EQ(test, PTR_ERR(secretmem_test_take_folio(test)), -ENOSPC);
	KUNIT_EXPECT_EQ(test, secretmem_failures(SECRETMEM_FAILURE_EXHAUSTED),
			failures + 1);
	KUNIT_EXPECT_EQ(test, ctx->pool.nr_chunks, 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_charged(test), 0);
}

/*
 * @done:	it has come to its end
 * @file_id:	in the name of which it takes chunks
 * @nr_taken:	how many it took
 * @nr_wrong:	how often it met something that must not be
 */
struct secretmem_racer {
	struct completion done;
	u64 file_id;
	unsigned long nr_taken;
	unsigned long nr_wrong;
};

static void secretmem_racer_check(struct secretmem_racer *racer,
				  struct list_head *chunks, unsigned long nr)
{
	struct secretmem_chunk *chunk;

	racer->nr_wrong += list_count_nodes(chunks) != nr;
	list_for_each_entry(chunk, chunks, node) {
		racer->nr_wrong += chunk->use != SECRETMEM_CHUNK_HELD ||
				   chunk->file_id != racer->file_id ||
				   kernel_page_present(chunk->page);
		racer->nr_taken++;
	}
}

static int secretmem_racer_run(void *data)
{
	struct secretmem_racer *racer = data;
	unsigned int round;

	for (round = 0; round < SECRETMEM_RACE_ROUNDS; round++) {
		unsigned long nr = 1 + (round + racer->file_id) % 4;
		struct secretmem_claim claim = {
			.file_id = racer->file_id,
			.reserve = round % 3,
		};
		LIST_HEAD(chunks);
		int err;

		err = secretmem_chunks_take(&claim, nr, &chunks);
		racer->nr_wrong += err && err != -ENOSPC;
		schedule_timeout_uninterruptible(1);
		secretmem_racer_check(racer, &chunks, err ? 0 : nr);
		secretmem_chunks_release(&chunks, false);
	}
	complete(&racer->done);

	return 0;
}

static void secretmem_racer_start(struct kunit *test,
				  struct secretmem_racer *racer,
				  unsigned int number)
{
	struct task_struct *task;

	init_completion(&racer->done);
	racer->file_id = SECRETMEM_TEST_FILE_ID - 1 - number;
	task = kthread_run(secretmem_racer_run, racer, "secretmem_racer/%u",
			   number);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, task);
	if (IS_ERR(task))
		complete(&racer->done);
}

static unsigned long secretmem_racer_finish(struct kunit *test,
					    struct secretmem_racer *racer)
{
	wait_for_completion(&racer->done);
	KUNIT_EXPECT_EQ(test, racer->nr_wrong, 0);

	return racer->nr_taken;
}

/* Several want more than is left, while the floor goes up and down. */
static void secretmem_races(struct kunit *test)
{
	unsigned long nr = secretmem_test_free(test, SECRETMEM_RACE_CHUNKS);
	struct secretmem_racer *racers;
	unsigned long nr_taken = 0;
	unsigned int i;

	racers = kunit_kcalloc(test, SECRETMEM_NR_RACERS, sizeof(*racers),
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, racers);
	KUNIT_ASSERT_EQ(test,
			secretmem_test_take(test, nr - SECRETMEM_RACE_CHUNKS,
					    false),
			0);

	for (i = 0; i < SECRETMEM_NR_RACERS; i++)
		secretmem_racer_start(test, &racers[i], i);
	for (i = 0; i < SECRETMEM_RACE_ROUNDS; i++)
		secretmem_test_set_floor(test, i % 4);
	for (i = 0; i < SECRETMEM_NR_RACERS; i++)
		nr_taken += secretmem_racer_finish(test, &racers[i]);

	KUNIT_EXPECT_GT(test, nr_taken, 0);
	KUNIT_EXPECT_EQ(test, secretmem_floor_set(0), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_held(test),
			nr - SECRETMEM_RACE_CHUNKS);
	KUNIT_EXPECT_EQ(test, secretmem_test_reserved(test), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_quarantined(test), 0);
	KUNIT_EXPECT_EQ(test, secretmem_test_take(test, SECRETMEM_RACE_CHUNKS,
						  true), 0);
}

/*
 * @start:	completed when both are to begin
 * @done:	completed by each that has tried
 * @nr:		how many chunks each of them wants
 * @chunks:	what each has got
 * @err:	or why not
 */
struct secretmem_duel {
	struct completion start;
	struct completion done;
	unsigned long nr;
	struct list_head chunks[2];
	int err[2];
};

static void secretmem_duel_take(struct secretmem_duel *duel, unsigned int who)
{
	struct secretmem_claim claim = {
		.file_id = SECRETMEM_TEST_FILE_ID - who,
		.reserve = true,
	};

	duel->err[who] = secretmem_chunks_take(&claim, duel->nr,
					       &duel->chunks[who]);
	complete(&duel->done);
}

static int secretmem_duel_second(void *data)
{
	struct secretmem_duel *duel = data;

	wait_for_completion(&duel->start);
	secretmem_duel_take(duel, 1);

	return 0;
}

/* One of them has all it wants, and the other nothing. */
static void secretmem_duel_once(struct kunit *test, struct secretmem_duel *duel)
{
	struct task_struct *second;
	unsigned int i;

	init_completion(&duel->start);
	init_completion(&duel->done);
	second = kthread_run(secretmem_duel_second, duel, "secretmem_duel");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, second);

	complete(&duel->start);
	secretmem_duel_take(duel, 0);
	for (i = 0; i < ARRAY_SIZE(duel->chunks); i++)
		wait_for_completion(&duel->done);

	KUNIT_EXPECT_EQ(test, duel->err[0] + duel->err[1], -ENOSPC);
	for (i = 0; i < ARRAY_SIZE(duel->chunks); i++) {
		KUNIT_EXPECT_EQ(test, list_count_nodes(&duel->chunks[i]),
				duel->err[i] ? 0 : duel->nr);
		secretmem_chunks_release(&duel->chunks[i], false);
	}
}

/* Of two that fit one at a time, one gets what it wants, also off the floor. */
static void secretmem_races_for_most(struct kunit *test)
{
	unsigned long nr = secretmem_test_free(test, 4);
	struct secretmem_duel *duel;
	unsigned int i;

	duel = kunit_kzalloc(test, sizeof(*duel), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, duel);
	INIT_LIST_HEAD(&duel->chunks[0]);
	INIT_LIST_HEAD(&duel->chunks[1]);
	duel->nr = nr / 2 + 1;

	for (i = 0; i < SECRETMEM_RACE_ROUNDS; i++) {
		if (i % 4 == 0)
			secretmem_test_set_floor(test, i % 3 * nr / 2);
		secretmem_duel_once(test, duel);
	}
}

static int secretmem_fill_floor(void *data)
{
	struct secretmem_duel *duel = data;

	wait_for_completion(&duel->start);
	duel->err[1] = secretmem_floor_set(duel->nr);
	complete(&duel->done);

	return 0;
}

/* What is on its way to the floor is there for those who reserve. */
static void secretmem_races_floor(struct kunit *test)
{
	unsigned long nr = secretmem_test_free(test, 4);
	struct secretmem_test *ctx = test->priv;
	struct secretmem_duel *duel;
	unsigned int i;

	duel = kunit_kzalloc(test, sizeof(*duel), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, duel);
	duel->nr = ctx->before.reserved + nr;

	for (i = 0; i < SECRETMEM_RACE_ROUNDS; i++) {
		struct task_struct *filler;

		init_completion(&duel->start);
		init_completion(&duel->done);
		filler = kthread_run(secretmem_fill_floor, duel, "secretmem_fill");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, filler);
		complete(&duel->start);
		if (i % 2)
			schedule_timeout_uninterruptible(1);
		KUNIT_EXPECT_EQ(test, secretmem_test_take(test, nr, true), 0);
		wait_for_completion(&duel->done);
		secretmem_test_release(test);
		KUNIT_EXPECT_EQ(test, secretmem_test_ready(), nr);
		secretmem_test_set_floor(test, 0);
	}
}

static struct kunit_case secretmem_test_cases[] = {
	KUNIT_CASE(secretmem_take_exhausts),
	KUNIT_CASE(secretmem_take_fragmented),
	KUNIT_CASE(secretmem_take_peak),
	KUNIT_CASE(secretmem_ids_unique),
	KUNIT_CASE(secretmem_walk_in_order),
	KUNIT_CASE(secretmem_generation_changes),
	KUNIT_CASE(secretmem_held_is_unmapped),
	KUNIT_CASE(secretmem_taken_is_zero),
	KUNIT_CASE(secretmem_released_is_zero),
	KUNIT_CASE(secretmem_floor_moves),
	KUNIT_CASE(secretmem_floor_is_reserved),
	KUNIT_CASE(secretmem_floor_is_kept),
	KUNIT_CASE(secretmem_floor_lowers_below_reserved),
	KUNIT_CASE(secretmem_floor_is_partly_missing),
	KUNIT_CASE(secretmem_spare_is_used),
	KUNIT_CASE_SLOW(secretmem_spare_is_given_back),
	KUNIT_CASE(secretmem_spare_is_not_the_floor),
	KUNIT_CASE(secretmem_quarantine_referenced),
	KUNIT_CASE(secretmem_quarantine_poisoned),
	KUNIT_CASE(secretmem_quarantine_reserved),
	KUNIT_CASE(secretmem_quarantine_replaced),
	KUNIT_CASE(secretmem_quarantine_lowered),
	KUNIT_CASE(secretmem_floor_lowers_around),
	KUNIT_CASE(secretmem_reserve_whole_chunks),
	KUNIT_CASE(secretmem_reserve_exhausted),
	KUNIT_CASE(secretmem_reserve_late),
	KUNIT_CASE(secretmem_reserve_memlock),
	KUNIT_CASE(secretmem_reserve_cgroup),
	KUNIT_CASE(secretmem_reserve_reasons),
	KUNIT_CASE(secretmem_pages_of_a_chunk),
	KUNIT_CASE(secretmem_pages_retired_once),
	KUNIT_CASE(secretmem_pages_exhausted),
	KUNIT_CASE_SLOW(secretmem_races),
	KUNIT_CASE_SLOW(secretmem_races_for_most),
	KUNIT_CASE_SLOW(secretmem_races_floor),
	{}
};

static struct kunit_suite secretmem_test_suite = {
	.name = "secretmem",
	.init = secretmem_test_init,
	.exit = secretmem_test_exit,
	.test_cases = secretmem_test_cases,
};

kunit_test_suite(secretmem_test_suite);

struct secretmem_arg_case {
	const char *arg;
	int err;
	u64 size;
	u64 floor;
};

static const struct secretmem_arg_case secretmem_arg_cases[] __initconst = {
	{ "0", 0, 0, 0 },
	{ "4096", 0, SZ_4K, 0 },
	{ "64M", 0, SZ_64M, 0 },
	{ "64m", 0, SZ_64M, 0 },
	{ "512K", 0, SZ_512K, 0 },
	{ "1T", 0, 1ULL << 40, 0 },
	{ "18446744073709551615", 0, U64_MAX, 0 },
	{ "1G,floor=64M", 0, SZ_1G, SZ_64M },
	{ "64M,floor=0", 0, SZ_64M, 0 },
	{ "64M,floor=1G", 0, SZ_64M, SZ_1G },
	{ "", -EINVAL },
	{ "M", -EINVAL },
	{ "64MB", -EINVAL },
	{ "64X", -EINVAL },
	{ "64MM", -EINVAL },
	{ "-1", -EINVAL },
	{ "+1", -EINVAL },
	{ " 64M", -EINVAL },
	{ "64 M", -EINVAL },
	{ "0x10M", -EINVAL },
	{ "1.5G", -EINVAL },
	{ "18446744073709551616", -EINVAL },
	{ "000000000000000000000000064M", -EINVAL },
	{ "20000000000G", -ERANGE },
	{ "16777216T", -ERANGE },
	{ "64M,", -EINVAL },
	{ ",floor=1M", -EINVAL },
	{ "64M,1M", -EINVAL },
	{ "64M,floor", -EINVAL },
	{ "64M,floor=", -EINVAL },
	{ "64M,Floor=1M", -EINVAL },
	{ "64M,floor=1M,", -EINVAL },
	{ "64M,floor=1M,floor=2M", -EINVAL },
	{ "64M,floor=20000000000G", -EINVAL },
};

static void __init secretmem_parse_args(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(secretmem_arg_cases); i++) {
		const struct secretmem_arg_case *want = &secretmem_arg_cases[i];
		phys_addr_t size, floor;
		int err = secretmem_parse_arg(want->arg, &size, &floor);

		KUNIT_EXPECT_EQ_MSG(test, err, want->err, "%s", want->arg);
		if (err)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, size, want->size, "%s", want->arg);
		KUNIT_EXPECT_EQ_MSG(test, floor, want->floor, "%s", want->arg);
	}
}

/* A size that is wrong says nothing, so that no part of it can be taken. */
static void __init secretmem_parse_sizes(struct kunit *test)
{
	phys_addr_t size = 1;

	KUNIT_EXPECT_EQ(test, secretmem_parse_size("2G", &size), 0);
	KUNIT_EXPECT_EQ(test, size, SZ_2G);
	KUNIT_EXPECT_EQ(test, secretmem_parse_size("3G,", &size), -EINVAL);
	KUNIT_EXPECT_EQ(test, size, SZ_2G);
}

/* Not __initdata: the results are looked up in debugfs. */
static struct kunit_case __refdata secretmem_init_test_cases[] = {
	KUNIT_CASE(secretmem_parse_args),
	KUNIT_CASE(secretmem_parse_sizes),
	{}
};

static struct kunit_suite secretmem_init_test_suite = {
	.name = "secretmem_init",
	.test_cases = secretmem_init_test_cases,
};

kunit_test_init_section_suites(&secretmem_init_test_suite);

MODULE_DESCRIPTION("KUnit tests for the secretmem pool");
MODULE_LICENSE("GPL");
