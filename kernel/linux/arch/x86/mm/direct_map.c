// SPDX-License-Identifier: GPL-2.0
/*
 * What the page tables of the direct map look like.
 */

#include <linux/direct_map.h>
#include <linux/memblock.h>
#include <linux/memory_hotplug.h>
#include <linux/pfn.h>
#include <linux/pgtable.h>
#include <linux/sched.h>

/* Add what an entry maps. */
static void direct_map_add_entry(struct direct_map_region *region,
				 const pte_t *pte, unsigned int level,
				 unsigned long bytes)
{
	unsigned long flags = pte_flags(READ_ONCE(*pte));

	if (!(flags & _PAGE_PRESENT))
		region->unmapped += bytes;
	else
		region->mapped[level - PG_LEVEL_4K] += bytes;
}

/*
 * Walk without pgd_lock: page tables of the direct map come while it is split,
 * but they go with the memory only.
 */
static void direct_map_walk(struct direct_map_region *region,
			    unsigned long address, unsigned long end)
{
	while (address < end) {
		unsigned int level;
		pte_t *pte = lookup_address(address, &level);
		unsigned long next = end;

		/* All of what such an entry stands for is in the region or not. */
		if (level < PG_LEVEL_512G)
			next = min(end, ALIGN_DOWN(address, page_level_size(level)) +
					page_level_size(level));

		if (pte && !pte_none(READ_ONCE(*pte)) && level < PG_LEVEL_512G)
			direct_map_add_entry(region, pte, level, next - address);

		address = next;
		if (IS_ALIGNED(address, PMD_SIZE))
			cond_resched();
	}
}

unsigned int direct_map_nr_regions(void)
{
	return DIV_ROUND_UP(PFN_PHYS((phys_addr_t)max_pfn),
			    DIRECT_MAP_REGION_SIZE);
}

bool direct_map_read_region(unsigned int index,
			    struct direct_map_region *region)
{
	unsigned long start;
	unsigned int i;
	u64 bytes;

	*region = (struct direct_map_region){};

	get_online_mems();
	if (index < direct_map_nr_regions()) {
		start = (unsigned long)__va((phys_addr_t)index *
					    DIRECT_MAP_REGION_SIZE);
		direct_map_walk(region, start, start + DIRECT_MAP_REGION_SIZE);
	}
	put_online_mems();

	bytes = region->unmapped;
	for (i = 0; i < DIRECT_MAP_NR_LEVELS; i++)
		bytes += region->mapped[i];
	return bytes;
}
