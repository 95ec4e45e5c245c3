/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_DIRECT_MAP_H
#define _LINUX_DIRECT_MAP_H

#include <linux/mm.h>
#include <linux/set_memory.h>
#include <linux/sizes.h>
#include <linux/types.h>

/**
 * enum direct_map_owner - on whose behalf the direct map is changed
 * @DIRECT_MAP_OWNER_OTHER: anybody who is not listed
 * @DIRECT_MAP_OWNER_SECRETMEM: memfd_secret(2)
 * @DIRECT_MAP_NR_OWNERS: their number
 */
enum direct_map_owner {
	DIRECT_MAP_OWNER_OTHER,
	DIRECT_MAP_OWNER_SECRETMEM,
	DIRECT_MAP_NR_OWNERS,
};

/**
 * enum direct_map_level - size of a page that maps the direct map
 * @DIRECT_MAP_LEVEL_PTE: PAGE_SIZE
 * @DIRECT_MAP_LEVEL_PMD: PMD_SIZE
 * @DIRECT_MAP_LEVEL_PUD: PUD_SIZE
 * @DIRECT_MAP_NR_LEVELS: their number
 */
enum direct_map_level {
	DIRECT_MAP_LEVEL_PTE,
	DIRECT_MAP_LEVEL_PMD,
	DIRECT_MAP_LEVEL_PUD,
	DIRECT_MAP_NR_LEVELS,
};

static inline unsigned long direct_map_page_size(enum direct_map_level level)
{
	switch (level) {
	case DIRECT_MAP_LEVEL_PUD:
		return PUD_SIZE;
	case DIRECT_MAP_LEVEL_PMD:
		return PMD_SIZE;
	default:
		return PAGE_SIZE;
	}
}

/* The direct map is looked at in regions of physical addresses. */
#define DIRECT_MAP_REGION_SIZE	SZ_1G

static inline unsigned int direct_map_region_of(phys_addr_t address)
{
	return address / DIRECT_MAP_REGION_SIZE;
}

/**
 * struct direct_map_region - what maps a region of the direct map
 * @mapped: bytes that are mapped by pages of each size
 * @unmapped: bytes that have an entry in the page tables, but are not present
 *
 * What is neither has no memory behind it.
 */
struct direct_map_region {
	u64	mapped[DIRECT_MAP_NR_LEVELS];
	u64	unmapped;
};

#ifdef CONFIG_ARCH_HAS_DIRECT_MAP_ACCOUNTING

/*
 * Like set_direct_map_valid_noflush(). Splits that this takes are counted and
 * reported to be the owner's.
 */
int direct_map_set_valid_noflush(struct page *page, unsigned int nr, bool valid,
				 enum direct_map_owner owner);

/* Bytes that pages of a size map, as in /proc/meminfo, present or not. */
u64 direct_map_mapped(enum direct_map_level level);

/* Splits of pages of a size since boot, as in /proc/vmstat. */
u64 direct_map_splits(enum direct_map_level level, enum direct_map_owner owner);

/* Look at a region. Return: false if there is no memory in it. May sleep. */
bool direct_map_read_region(unsigned int index,
			    struct direct_map_region *region);

/* Number of regions, the last of which has memory. */
unsigned int direct_map_nr_regions(void);

#else

static inline int direct_map_set_valid_noflush(struct page *page,
					       unsigned int nr, bool valid,
					       enum direct_map_owner owner)
{
	return set_direct_map_valid_noflush(page, nr, valid);
}

#endif /* CONFIG_ARCH_HAS_DIRECT_MAP_ACCOUNTING */

#endif /* _LINUX_DIRECT_MAP_H */
