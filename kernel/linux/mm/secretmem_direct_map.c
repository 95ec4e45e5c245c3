// SPDX-License-Identifier: GPL-2.0
/*
 * Taking secret memory out of the direct map and putting it back, and the
 * books that are kept on that.
 */

#include <linux/atomic.h>
#include <linux/direct_map.h>
#include <linux/error-injection.h>

#include "secretmem_direct_map.h"

static atomic64_t secretmem_removals;
static atomic64_t secretmem_restores;
static atomic64_t secretmem_restore_failures;
static atomic_long_t secretmem_nr_unmapped;

static noinline int secretmem_map(struct page *page, unsigned long nr_pages)
{
	return direct_map_set_valid_noflush(page, nr_pages, true,
					    DIRECT_MAP_OWNER_SECRETMEM);
}
ALLOW_ERROR_INJECTION(secretmem_map, ERRNO);

static noinline int secretmem_unmap(struct page *page, unsigned long nr_pages)
{
	return direct_map_set_valid_noflush(page, nr_pages, false,
					    DIRECT_MAP_OWNER_SECRETMEM);
}
ALLOW_ERROR_INJECTION(secretmem_unmap, ERRNO);

/**
 * secretmem_direct_map_remove - take pages in a row out of the direct map
 * @page: the first of them
 * @nr_pages: how many
 *
 * The caller flushes the TLB. It restores the pages also after a failure: some
 * of them may be absent, and all of them count as if they were.
 *
 * Return: 0, or a negative error.
 */
int secretmem_direct_map_remove(struct page *page, unsigned long nr_pages)
{
	atomic64_inc(&secretmem_removals);
	atomic_long_add(nr_pages, &secretmem_nr_unmapped);

	return secretmem_unmap(page, nr_pages);
}

/**
 * secretmem_direct_map_restore - put pages in a row back into the direct map
 * @page: the first of them
 * @nr_pages: how many
 *
 * Return: 0, or a negative error, after which some of them may be absent.
 */
int secretmem_direct_map_restore(struct page *page, unsigned long nr_pages)
{
	int err = secretmem_map(page, nr_pages);

	if (err) {
		atomic64_inc(&secretmem_restore_failures);
		return err;
	}

	atomic64_inc(&secretmem_restores);
	atomic_long_sub(nr_pages, &secretmem_nr_unmapped);
	return 0;
}

void secretmem_direct_map_read_stats(struct secretmem_direct_map_stats *stats)
{
	stats->removals = atomic64_read(&secretmem_removals);
	stats->restores = atomic64_read(&secretmem_restores);
	stats->restore_failures = atomic64_read(&secretmem_restore_failures);
	stats->nr_unmapped = atomic_long_read(&secretmem_nr_unmapped);
}
