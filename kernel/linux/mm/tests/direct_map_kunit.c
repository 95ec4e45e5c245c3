// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the accounting of the direct map. They split large mappings
 * for good, a few of them each time that they run.
 */

#include <kunit/test.h>
#include <linux/direct_map.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/set_memory.h>

#include <asm/tlbflush.h>

/* So many blocks are tried before there has to be one with a large mapping. */
#define MAX_BLOCKS	32

struct direct_map_test_block {
	struct page *pages[MAX_BLOCKS];
	unsigned int nr;
};

/*
 * Nothing is counted before init runs, but debugfs can run the tests again
 * later. It would not run those that were skipped.
 */
static bool direct_map_test_is_early(struct kunit *test)
{
	if (system_state == SYSTEM_RUNNING)
		return false;

	kunit_info(test, "nothing is counted yet: run it again by debugfs\n");
	return true;
}

static u64 direct_map_test_splits(enum direct_map_owner owner)
{
	return direct_map_splits(DIRECT_MAP_LEVEL_PMD, owner);
}

/* Make one page of a mapping different from the others: 0 if that worked. */
typedef int (*direct_map_test_change)(struct page *page, bool back);

static int direct_map_test_protect(struct page *page, bool back)
{
	unsigned long address = (unsigned long)page_address(page);

	return back ? set_memory_rw(address, 1) : set_memory_ro(address, 1);
}

static int direct_map_test_remove(struct page *page, bool back)
{
	unsigned long address = (unsigned long)page_address(page);
	int err = direct_map_set_valid_noflush(page, 1, back,
					       DIRECT_MAP_OWNER_SECRETMEM);

	if (!back)
		flush_tlb_kernel_range(address, address + PAGE_SIZE);
	return err;
}

/* Change blocks until one was split, or there was none to split. */
static struct page *direct_map_test_split(struct kunit *test,
					  struct direct_map_test_block *block,
					  direct_map_test_change change)
{
	const enum direct_map_level level = DIRECT_MAP_LEVEL_PMD;
	u64 before = direct_map_splits(level, DIRECT_MAP_OWNER_OTHER) +
		     direct_map_splits(level, DIRECT_MAP_OWNER_SECRETMEM);

	for (block->nr = 0; block->nr < MAX_BLOCKS;) {
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_NOWARN,
						PMD_SHIFT - PAGE_SHIFT);

		if (!page)
			break;
		block->pages[block->nr++] = page;
		if (change(page, false)) {
			KUNIT_FAIL(test, "a page could not be changed");
			break;
		}
		if (direct_map_splits(level, DIRECT_MAP_OWNER_OTHER) +
		    direct_map_splits(level, DIRECT_MAP_OWNER_SECRETMEM) != before)
			return page;
	}
	return NULL;
}

static void direct_map_test_free(struct kunit *test,
				 struct direct_map_test_block *block,
				 direct_map_test_change change)
{
	while (block->nr--) {
		struct page *page = block->pages[block->nr];

		/* A page that stays changed must not be used by anybody. */
		if (change(page, true))
			KUNIT_FAIL(test, "a page could not be changed back");
		else
			__free_pages(page, PMD_SHIFT - PAGE_SHIFT);
	}
}

/* A page that somebody makes read-only is none of secret memory's splits. */
static void direct_map_counts_others(struct kunit *test)
{
	u64 secretmem = direct_map_test_splits(DIRECT_MAP_OWNER_SECRETMEM);
	u64 other = direct_map_test_splits(DIRECT_MAP_OWNER_OTHER);
	struct direct_map_test_block block;
	struct page *page;

	if (direct_map_test_is_early(test))
		return;

	page = direct_map_test_split(test, &block, direct_map_test_protect);
	KUNIT_EXPECT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, direct_map_test_splits(DIRECT_MAP_OWNER_OTHER),
			other + 1);
	KUNIT_EXPECT_EQ(test, direct_map_test_splits(DIRECT_MAP_OWNER_SECRETMEM),
			secretmem);
	direct_map_test_free(test, &block, direct_map_test_protect);
}

static void direct_map_counts_owner(struct kunit *test)
{
	u64 secretmem = direct_map_test_splits(DIRECT_MAP_OWNER_SECRETMEM);
	u64 other = direct_map_test_splits(DIRECT_MAP_OWNER_OTHER);
	struct direct_map_test_block block;
	struct page *page;

	if (direct_map_test_is_early(test))
		return;

	page = direct_map_test_split(test, &block, direct_map_test_remove);
	KUNIT_EXPECT_NOT_NULL(test, page);
	KUNIT_EXPECT_EQ(test, direct_map_test_splits(DIRECT_MAP_OWNER_SECRETMEM),
			secretmem + 1);
	KUNIT_EXPECT_EQ(test, direct_map_test_splits(DIRECT_MAP_OWNER_OTHER),
			other);
	direct_map_test_free(test, &block, direct_map_test_remove);
}

/* A split and a page that is absent show in the region they are in. */
static void direct_map_region_shows_change(struct kunit *test)
{
	struct direct_map_region before, after;
	struct direct_map_test_block block;
	unsigned int index;
	struct page *page;

	if (direct_map_test_is_early(test))
		return;

	page = direct_map_test_split(test, &block, direct_map_test_remove);
	KUNIT_EXPECT_NOT_NULL(test, page);
	if (!page)
		goto out;

	index = direct_map_region_of(page_to_phys(page));
	KUNIT_EXPECT_TRUE(test, direct_map_read_region(index, &before));
	direct_map_test_remove(page, true);
	KUNIT_EXPECT_TRUE(test, direct_map_read_region(index, &after));

	KUNIT_EXPECT_EQ(test, after.unmapped + PAGE_SIZE, before.unmapped);
	KUNIT_EXPECT_EQ(test, after.mapped[DIRECT_MAP_LEVEL_PTE],
			before.mapped[DIRECT_MAP_LEVEL_PTE] + PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, after.mapped[DIRECT_MAP_LEVEL_PMD],
			before.mapped[DIRECT_MAP_LEVEL_PMD]);
out:
	direct_map_test_free(test, &block, direct_map_test_remove);
}

/* There are regions for all of the memory, and none behind. */
static void direct_map_regions_end(struct kunit *test)
{
	unsigned int nr = direct_map_nr_regions();
	struct direct_map_region region;

	KUNIT_EXPECT_GT(test, nr, 0);
	KUNIT_EXPECT_TRUE(test, direct_map_read_region(nr - 1, &region));
	KUNIT_EXPECT_FALSE(test, direct_map_read_region(nr, &region));
}

static struct kunit_case direct_map_test_cases[] = {
	KUNIT_CASE(direct_map_counts_others),
	KUNIT_CASE(direct_map_counts_owner),
	KUNIT_CASE(direct_map_region_shows_change),
	KUNIT_CASE(direct_map_regions_end),
	{}
};

static struct kunit_suite direct_map_test_suite = {
	.name = "direct_map",
	.test_cases = direct_map_test_cases,
};

kunit_test_suite(direct_map_test_suite);

MODULE_DESCRIPTION("KUnit tests for the accounting of the direct map");
MODULE_LICENSE("GPL");
