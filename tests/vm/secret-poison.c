// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a process sees of a memory error in its secret memory: SIGBUS where the
 * error is, and nothing elsewhere. Prints TAP; to be run as root.
 *
 * usage: secret-poison FILE           an error in a page in use; its frame's
 *                                     number goes to FILE
 *        secret-poison --unused FILE  an error in a page that the pool has for
 *                                     a file, but has not given to it yet
 *        secret-poison --find FRAME BYTES (secret|ordinary)
 *                                     fill that much memory; exit 1 if it has
 *                                     the frame, 2 if there was not so much
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "secretfile.h"

#ifndef MADV_HWPOISON
#define MADV_HWPOISON 100
#endif

enum {
	FILE_BYTES = 2 * SECRET_CHUNK,
	TOUCHED_PAGES = 32,
	POISONED_PAGE = 5,
	UNUSED_PAGE = 300,	/* of the first chunk */
	CHUNK_PAGES = SECRET_CHUNK / SECRET_PAGE,
	FILE_PAGES = FILE_BYTES / SECRET_PAGE,
};

static sigjmp_buf bus_return;
static volatile sig_atomic_t bus_code;
static void *volatile bus_address;

static void on_sigbus(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	bus_code = info->si_code;
	bus_address = info->si_addr;
	siglongjmp(bus_return, 1);
}

static void catch_sigbus(void)
{
	struct sigaction action = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &action, NULL);
}

/* Whether a page can be written and read; else bus_code says why not. */
static bool accessible(volatile char *page)
{
	if (sigsetjmp(bus_return, 1))
		return false;
	*page = 2;
	return *page == 2;
}

/* How many of the pages can be accessed. */
static size_t count_accessible(volatile char *memory, size_t pages)
{
	volatile size_t count = 0;

	for (volatile size_t i = 0; i < pages; i++)
		count += accessible(memory + i * SECRET_PAGE);
	return count;
}

/* The number of the frame that an address is mapped to; 0 if to none. */
static uint64_t frame_at(volatile const char *address)
{
	off_t at = (off_t)((uintptr_t)address / SECRET_PAGE * sizeof(uint64_t));
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t entry = 0;

	if (fd < 0 || pread(fd, &entry, sizeof(entry), at) != sizeof(entry))
		entry = 0;
	close(fd);
	return entry >> 63 ? entry & ((1ULL << 55) - 1) : 0;
}

static int poison(uint64_t frame)
{
	char line[32];

	snprintf(line, sizeof(line), "%llu", (unsigned long long)frame);
	return write_line("/sys/kernel/debug/hwpoison/corrupt-pfn", line);
}

static void save_frame(const char *path, uint64_t frame)
{
	FILE *file = fopen(path, "w");

	if (!file || fprintf(file, "%llu\n", (unsigned long long)frame) < 0 || fclose(file))
		perror(path);
}

static volatile char *new_memory(int *fd)
{
	volatile char *memory;

	*fd = secret_open(FILE_BYTES);
	memory = *fd < 0 ? NULL : secret_map(*fd, FILE_BYTES, 0);
	if (!memory) {
		printf("Bail out! no secret memory: %m\n");
		exit(1);
	}
	return memory;
}

/* madvise() finds the page by get_user_pages_fast(). */
static void try_madvise(volatile char *page)
{
	int result = madvise((void *)page, SECRET_PAGE, MADV_HWPOISON);

	tap(result < 0 && errno == EFAULT, "MADV_HWPOISON is refused (%s)",
	    result < 0 ? strerror(errno) : "it was not");
	tap(accessible(page), "and has done nothing to the page");
}

static void check_error(volatile char *page, const char *who)
{
	bool good = !accessible(page);

	tap(good && bus_code == BUS_MCEERR_AR && bus_address == page,
	    "%s gets SIGBUS of a memory error at the page (code %d)", who, good ? bus_code : 0);
}

/* A child has the same page tables, and another one takes them over. */
static void check_child(volatile char *page)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid)
		_exit(accessible(page) ? 0 : bus_code);
	waitpid(pid, &status, 0);
	tap(WIFEXITED(status) && WEXITSTATUS(status) == BUS_MCEERR_AR, "so does a child");
}

static int poison_used(const char *path)
{
	int fd, error;
	volatile char *memory = new_memory(&fd);
	volatile char *page = memory + POISONED_PAGE * SECRET_PAGE;
	uint64_t frame;

	secret_touch(memory, TOUCHED_PAGES * SECRET_PAGE);
	try_madvise(page);
	frame = frame_at(page);
	save_frame(path, frame);
	error = poison(frame);
	printf("# injecting the error gave %d (%s)\n", error, strerror(error));
	tap(frame && (!error || error == EBUSY), "an error can be injected");

	check_error(page, "the process");
	check_error(page, "each time, it");
	check_child(page);
	tap(count_accessible(memory, FILE_PAGES) == FILE_PAGES - 1,
	    "all other pages work, also those never touched before");
	return tap_finish();
}

/* Pages are given to a file in the order of its faults. */
static int poison_unused(const char *path)
{
	int fd;
	volatile char *memory = new_memory(&fd);
	uint64_t first;
	size_t good;

	memory[0] = 1;
	first = frame_at(memory) / CHUNK_PAGES * CHUNK_PAGES;
	save_frame(path, first + UNUSED_PAGE);
	printf("# injecting the error gave %d\n", poison(first + UNUSED_PAGE));

	good = count_accessible(memory, FILE_PAGES);
	tap(good == FILE_PAGES - 1, "one page of the file cannot be used (%zu can)", good);
	tap(bus_code == BUS_MCEERR_AR, "for a memory error (code %d)", bus_code);
	tap(count_accessible(memory, FILE_PAGES) == FILE_PAGES - 1, "and later no other one");
	return tap_finish();
}

static volatile char *map_some(const char *kind, size_t bytes)
{
	void *memory;

	if (!strcmp(kind, "secret"))
		return secret_map(secret_open(bytes), bytes, 0);
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

static int find_frame(uint64_t frame, size_t bytes, const char *kind)
{
	volatile char *memory = map_some(kind, bytes);
	size_t found = 0;

	if (!memory || count_accessible(memory, bytes / SECRET_PAGE) < bytes / SECRET_PAGE)
		return 2;
	for (size_t i = 0; i < bytes; i += SECRET_PAGE)
		found += frame_at(memory + i) / CHUNK_PAGES == frame / CHUNK_PAGES;
	printf("%zu of %zu pages lie in the chunk\n", found, bytes / SECRET_PAGE);
	return found > 0;
}

int main(int argc, char **argv)
{
	catch_sigbus();
	if (argc == 5 && !strcmp(argv[1], "--find"))
		return find_frame(strtoull(argv[2], NULL, 0), strtoul(argv[3], NULL, 0), argv[4]);
	if (argc == 3 && !strcmp(argv[1], "--unused"))
		return poison_unused(argv[2]);
	if (argc == 2)
		return poison_used(argv[1]);
	fprintf(stderr, "usage: secret-poison [--unused] FILE | --find FRAME BYTES KIND\n");
	return 2;
}
