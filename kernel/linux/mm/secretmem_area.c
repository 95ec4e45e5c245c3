// SPDX-License-Identifier: GPL-2.0
/*
 * The contiguous memory area that secret memory is taken from, sized by
 * secretmem= on the command line. While no secret needs it, the page allocator
 * uses the area for movable pages.
 */

#include <linux/cma.h>
#include <linux/ctype.h>
#include <linux/error-injection.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/kmemleak.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/printk.h>
#include <linux/secretmem.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include <kunit/visibility.h>

#include "secretmem_area.h"

#undef pr_fmt
#define pr_fmt(fmt) "secretmem: " fmt

static struct cma *secretmem_cma __ro_after_init;
/* What stands after secretmem=. Nothing that is cut off here is a size. */
static char secretmem_area_arg[64] __initdata;
static phys_addr_t secretmem_floor_request __initdata;

static int __init secretmem_size_shift(char suffix)
{
	switch (toupper(suffix)) {
	case 'K':
		return 10;
	case 'M':
		return 20;
	case 'G':
		return 30;
	case 'T':
		return 40;
	default:
		return -1;
	}
}

/*
 * Like memparse(), but the whole of @arg has to be a size that fits: memparse()
 * takes 20000000000G for something small, and this must not come as a surprise.
 */
VISIBLE_IF_KUNIT int __init secretmem_parse_size(const char *arg,
						 phys_addr_t *size)
{
	size_t length = strlen(arg);
	char digits[24];
	u64 number;
	int shift = 0;

	if (length && !isdigit(arg[length - 1])) {
		shift = secretmem_size_shift(arg[--length]);
		if (shift < 0)
			return -EINVAL;
	}
	if (!length || length >= sizeof(digits) || !isdigit(arg[0]))
		return -EINVAL;

	memcpy(digits, arg, length);
	digits[length] = '\0';
	if (kstrtou64(digits, 10, &number))
		return -EINVAL;
	if (check_shl_overflow(number, shift, size))
		return -ERANGE;

	return 0;
}

/* SIZE[,floor=SIZE] */
VISIBLE_IF_KUNIT int __init secretmem_parse_arg(const char *arg,
						phys_addr_t *size,
						phys_addr_t *floor)
{
	char text[sizeof(secretmem_area_arg)];
	char *rest = text;
	char *first;

	strscpy(text, arg);
	first = strsep(&rest, ",");
	*floor = 0;
	if (rest) {
		if (!strstarts(rest, "floor="))
			return -EINVAL;
		if (secretmem_parse_size(rest + strlen("floor="), floor))
			return -EINVAL;
	}

	return secretmem_parse_size(first, size);
}

static int __init secretmem_setup(char *arg)
{
	if (secretmem_area_arg[0])
		pr_info("secretmem= is given more than once, the last one counts\n");
	strscpy(secretmem_area_arg, arg && *arg ? arg : "(nothing)");

	return 0;
}
early_param("secretmem", secretmem_setup);

/*
 * Have the area end no more entries of the direct map than it must: one that is
 * aligned to its own size lies within a single PUD entry. Where there is no
 * such place, any that is aligned to a chunk will do.
 */
static phys_addr_t __init secretmem_area_find(phys_addr_t size,
					      phys_addr_t granule)
{
	phys_addr_t align = min_t(phys_addr_t, PUD_SIZE,
				  roundup_pow_of_two(size));
	phys_addr_t base = 0;

	if (align > granule)
		base = memblock_phys_alloc_range(size, align, 0,
						 MEMBLOCK_ALLOC_ACCESSIBLE);
	if (!base)
		base = memblock_phys_alloc_range(size, granule, 0,
						 MEMBLOCK_ALLOC_ACCESSIBLE);
	return base;
}

static int __init secretmem_area_declare(phys_addr_t size, phys_addr_t granule)
{
	phys_addr_t base = secretmem_area_find(size, granule);
	int err;

	if (!base)
		return -ENOMEM;

	/* Neither mapped nor of any use for finding pointers to objects. */
	kmemleak_ignore_phys(base);

	err = cma_init_reserved_mem(base, size, SECRETMEM_CHUNK_ORDER,
				    "secretmem", &secretmem_cma);
	if (err)
		memblock_phys_free(base, size);

	return err;
}

/**
 * secretmem_area_reserve - set the area aside while memblock is in charge
 *
 * Whatever is wrong with the size asked for, the machine boots: there is an
 * area, or there is none and a line that says why.
 */
void __init secretmem_area_reserve(void)
{
	phys_addr_t granule = max_t(phys_addr_t, SECRETMEM_CHUNK_SIZE,
				    CMA_MIN_ALIGNMENT_BYTES);
	phys_addr_t half = memblock_phys_mem_size() / 2;
	phys_addr_t request, size;
	int err;

	if (!secretmem_area_arg[0])
		return;

	if (secretmem_parse_arg(secretmem_area_arg, &request,
				&secretmem_floor_request)) {
		pr_warn("secretmem=%s is not a size like 512M or 512M,floor=64M, no pool\n",
			secretmem_area_arg);
		return;
	}

	if (!request) {
		pr_info("secretmem=0, no pool\n");
		return;
	}

	if (!secretmem_supported()) {
		pr_warn("secret memory is disabled or not supported, no pool\n");
		return;
	}

	if (request > half) {
		pr_warn("secretmem=%s is over half of the memory (%lluK), no pool\n",
			secretmem_area_arg, (u64)half / SZ_1K);
		return;
	}

	size = round_up(request, granule);
	if (size != request)
		pr_info("secretmem=%s rounded up to %lluK, a multiple of %lluK\n",
			secretmem_area_arg, (u64)size / SZ_1K,
			(u64)granule / SZ_1K);

	err = secretmem_area_declare(size, granule);
	if (err)
		pr_warn("no %lluK of contiguous memory (error %d), no pool\n",
			(u64)size / SZ_1K, err);
}

/**
 * secretmem_area_init - see what became of the area
 */
void __init secretmem_area_init(void)
{
	if (!secretmem_cma)
		return;

	if (!cma_get_size(secretmem_cma)) {
		pr_warn("the area could not be activated, no pool\n");
		secretmem_cma = NULL;
		return;
	}

	pr_info("pool of %luK in chunks of %luK\n",
		cma_get_size(secretmem_cma) / SZ_1K,
		SECRETMEM_CHUNK_SIZE / SZ_1K);
}

/**
 * secretmem_area_chunks - the size of the area
 *
 * Return: the number of chunks, 0 if there is no area.
 */
unsigned long secretmem_area_chunks(void)
{
	if (!secretmem_cma)
		return 0;

	return cma_get_size(secretmem_cma) / SECRETMEM_CHUNK_SIZE;
}

/**
 * secretmem_area_floor - the floor asked for on the command line
 *
 * Return: the number of chunks, at most that of the area.
 */
unsigned long __init secretmem_area_floor(void)
{
	unsigned long nr_chunks = secretmem_area_chunks();
	u64 capacity = (u64)nr_chunks * SECRETMEM_CHUNK_SIZE;

	if (nr_chunks && secretmem_floor_request > capacity) {
		pr_warn("the floor is over the size of the pool, reduced to it\n");
		return nr_chunks;
	}

	return DIV_ROUND_UP_ULL(secretmem_floor_request, SECRETMEM_CHUNK_SIZE);
}

/**
 * secretmem_area_take - take pages out of the area
 * @nr_chunks: how many chunks of them, in a row
 *
 * Moves away what the pages hold. They come as they are, mapped and not zeroed,
 * each with a reference of its own. All processors' lists of free pages are
 * drained for it, so it is cheaper to take many at once.
 *
 * Return: the first page, or an ERR_PTR as of cma_try_alloc().
 */
struct page *secretmem_area_take(unsigned long nr_chunks)
{
	return cma_try_alloc(secretmem_cma, nr_chunks * SECRETMEM_CHUNK_PAGES,
			     SECRETMEM_CHUNK_ORDER);
}
ALLOW_ERROR_INJECTION(secretmem_area_take, ERRNO);

/**
 * secretmem_area_give_back - return a chunk that secretmem_area_take() took
 * @page: the chunk's first page; all are mapped, and referenced once
 */
void secretmem_area_give_back(struct page *page)
{
	cma_release(secretmem_cma, page, SECRETMEM_CHUNK_PAGES);
}

/**
 * secretmem_area_contains - whether a page lies in the area
 * @page: any page
 *
 * Return: true if so.
 */
bool secretmem_area_contains(const struct page *page)
{
	return secretmem_cma && cma_pages_valid(secretmem_cma, page, 1);
}

/**
 * secretmem_area_position - where in the area a page is
 * @page: a page of the area
 *
 * Return: the position of the page's chunk, counted in chunks from 0.
 */
unsigned int secretmem_area_position(const struct page *page)
{
	phys_addr_t offset = page_to_phys(page) - cma_get_base(secretmem_cma);

	return offset / SECRETMEM_CHUNK_SIZE;
}
