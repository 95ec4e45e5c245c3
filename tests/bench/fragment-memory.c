// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Leave free pages that are no two of them neighbours: take all memory but
 * LEAVE-KIB in small pages, give every EVERYth of them back, say "ready", hold
 * the rest.  They are locked, for compaction would move them together again,
 * which vm.compact_unevictable_allowed=0 then forbids.
 *
 * usage: fragment-memory LEAVE-KIB EVERY
 */
#include <string.h>
#include <sys/mman.h>

#include "bench.h"

enum { PAGE = 4096, BLOCK = 1 << 20 };

static long free_kib(void)
{
	FILE *meminfo = fopen("/proc/meminfo", "re");
	char line[128];
	long kib = -1;

	if (!meminfo)
		err(1, "/proc/meminfo");
	while (fgets(line, sizeof(line), meminfo)) {
		if (sscanf(line, "MemFree: %ld kB", &kib) == 1)
			break;
	}
	fclose(meminfo);
	return kib;
}

/* The OOM killer shall not take it, and no large page hide small ones. */
static char *map_all(size_t *bytes)
{
	FILE *adjust = fopen("/proc/self/oom_score_adj", "we");
	char *memory;

	if (!adjust || fputs("-1000", adjust) < 0 || fclose(adjust))
		err(1, "/proc/self/oom_score_adj");
	*bytes = (size_t)sysconf(_SC_PHYS_PAGES) * PAGE;
	memory = mmap(NULL, *bytes, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED || madvise(memory, *bytes, MADV_NOHUGEPAGE) ||
	    mlock2(memory, *bytes, MLOCK_ONFAULT))
		err(1, "mapping %zu bytes", *bytes);
	return memory;
}

static size_t take_until(char *memory, size_t bytes, long leave_kib)
{
	size_t taken = 0, i;

	while (taken + BLOCK <= bytes && free_kib() > leave_kib) {
		for (i = 0; i < BLOCK; i += PAGE)
			memory[taken + i] = 1;
		taken += BLOCK;
	}
	return taken;
}

static void give_back(char *memory, size_t bytes, size_t every)
{
	size_t i;

	for (i = 0; i < bytes; i += every * PAGE)
		if (madvise(memory + i, PAGE, MADV_DONTNEED_LOCKED))
			err(1, "MADV_DONTNEED_LOCKED");
}

int main(int argc, char **argv)
{
	size_t bytes, taken;
	char *memory;

	if (argc != 3)
		errx(2, "usage: fragment-memory LEAVE-KIB EVERY");
	memory = map_all(&bytes);
	taken = take_until(memory, bytes, (long)parse_number("LEAVE-KIB", argv[1]));
	give_back(memory, taken, parse_number("EVERY", argv[2]));
	say_ready_and_wait();
	return 0;
}
