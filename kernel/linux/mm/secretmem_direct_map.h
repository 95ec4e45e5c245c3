/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MM_SECRETMEM_DIRECT_MAP_H
#define __MM_SECRETMEM_DIRECT_MAP_H

#include <linux/types.h>

struct page;

/**
 * struct secretmem_direct_map_stats - what secret memory did to the direct map
 * @removals:		ranges that were taken out, or tried to
 * @restores:		ranges that were put back
 * @restore_failures:	ranges that could not be put back
 * @nr_unmapped:	pages that are out now
 */
struct secretmem_direct_map_stats {
	u64		removals;
	u64		restores;
	u64		restore_failures;
	unsigned long	nr_unmapped;
};

int secretmem_direct_map_remove(struct page *page, unsigned long nr_pages);
int secretmem_direct_map_restore(struct page *page, unsigned long nr_pages);

void secretmem_direct_map_read_stats(struct secretmem_direct_map_stats *stats);

#endif /* __MM_SECRETMEM_DIRECT_MAP_H */
