/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MM_SECRETMEM_AREA_H
#define __MM_SECRETMEM_AREA_H

#include <linux/mm_types.h>
#include <linux/pgtable.h>

/*
 * A chunk is what one entry of the page table level above the last maps, so
 * that the direct map loses and regains it as a whole.
 */
#define SECRETMEM_CHUNK_SIZE	PMD_SIZE
#define SECRETMEM_CHUNK_PAGES	(PMD_SIZE >> PAGE_SHIFT)
#define SECRETMEM_CHUNK_ORDER	(PMD_SHIFT - PAGE_SHIFT)

#ifdef CONFIG_SECRETMEM_POOL

void __init secretmem_area_init(void);

unsigned long secretmem_area_chunks(void);
unsigned long __init secretmem_area_floor(void);
struct page *secretmem_area_take(unsigned long nr_chunks);
void secretmem_area_give_back(struct page *page);
bool secretmem_area_contains(const struct page *page);
unsigned int secretmem_area_position(const struct page *page);

#if IS_ENABLED(CONFIG_KUNIT)
int __init secretmem_parse_size(const char *arg, phys_addr_t *size);
int __init secretmem_parse_arg(const char *arg, phys_addr_t *size,
			       phys_addr_t *floor);
#endif

#else

static inline void secretmem_area_init(void)
{
}

static inline unsigned long secretmem_area_chunks(void)
{
	return 0;
}

#endif /* CONFIG_SECRETMEM_POOL */

#endif /* __MM_SECRETMEM_AREA_H */
