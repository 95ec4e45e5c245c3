// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Get memory of a kind, touch it in order and release it, and tell what each of
 * these takes: processor time (instructions, where they are the clock) and page
 * faults.
 *
 * usage: memory-phases KIND BYTES COUNT
 *
 * KIND is secret, noreserve (secret, mapped with MAP_NORESERVE), hugetlb (pages
 * of 2 MiB) or thp. It is done COUNT times in turn, after once that does not
 * count: that one fills caches. With 0 the first one is told.
 */
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "bench.h"

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

enum { LARGE_PAGE = 2 << 20 };

struct kind {
	const char *name;
	int map_flags;
	bool file;
	size_t step;
};

static const struct kind kinds[] = {
	{ "secret", MAP_SHARED, true, 4096 },
	{ "noreserve", MAP_SHARED | MAP_NORESERVE, true, 4096 },
	{ "hugetlb", MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, false, 4096 },
	{ "thp", MAP_PRIVATE | MAP_ANONYMOUS, false, LARGE_PAGE },
};

struct phases {
	uint64_t map_ns;
	uint64_t touch_ns;
	uint64_t release_ns;
	long faults;
};

static const struct kind *find_kind(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	errx(2, "there is no kind '%s'", name);
}

static int open_file(const struct kind *kind, size_t bytes)
{
	int fd;

	if (!kind->file)
		return -1;
	fd = (int)syscall(SYS_memfd_secret, 0);
	if (fd < 0)
		err(1, "memfd_secret");
	if (ftruncate(fd, (off_t)bytes))
		err(1, "ftruncate");
	return fd;
}

static char *map(const struct kind *kind, int fd, size_t bytes)
{
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, kind->map_flags, fd, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap of %zu bytes", bytes);
	if (kind->step == LARGE_PAGE && madvise(memory, bytes, MADV_HUGEPAGE))
		err(1, "madvise");
	return memory;
}

static void touch(volatile char *memory, size_t bytes, size_t step)
{
	size_t i;

	for (i = 0; i < bytes; i += step)
		memory[i] = 1;
}

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt;
}

static uint64_t now(void)
{
	return cpu_ns(CLOCK_PROCESS_CPUTIME_ID);
}

static void go_through(const struct kind *kind, size_t bytes, struct phases *phases)
{
	long faults_before = faults();
	uint64_t start = now(), mapped, touched;
	int fd = open_file(kind, bytes);
	char *memory = map(kind, fd, bytes);

	mapped = now();
	touch(memory, bytes, kind->step);
	touched = now();
	munmap(memory, bytes);
	if (fd >= 0)
		close(fd);
	phases->release_ns += now() - touched;
	phases->touch_ns += touched - mapped;
	phases->map_ns += mapped - start;
	phases->faults += faults() - faults_before;
}

int main(int argc, char **argv)
{
	struct phases phases = { 0 };
	const struct kind *kind;
	uint64_t count;
	size_t bytes;

	if (argc != 4)
		errx(2, "usage: memory-phases KIND BYTES COUNT");
	kind = find_kind(argv[1]);
	bytes = parse_number("BYTES", argv[2]);
	count = parse_number("COUNT", argv[3]);
	go_through(kind, bytes, &phases);
	if (count)
		memset(&phases, 0, sizeof(phases));
	for (; count; count--)
		go_through(kind, bytes, &phases);
	printf("map %ju\ntouch %ju\nrelease %ju\nfaults %ld\n", (uintmax_t)phases.map_ns,
	       (uintmax_t)phases.touch_ns, (uintmax_t)phases.release_ns, phases.faults);
	return 0;
}
