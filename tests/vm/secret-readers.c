// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * All the ways in which the kernel reads a process's memory for somebody,
 * tried on ordinary memory, where they have to work, and on secret memory,
 * where each has to be refused. Prints TAP; to be run as root.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kcore.h"
#include "pattern.h"

enum {
	PAGE = 4096,
	PAGES = 16,
	SIZE = PAGES * PAGE,
};

/* Shared with a process that waits to be looked at. */
struct victim {
	const char *name;
	pid_t pid;
	volatile uint64_t *memory;
	uint64_t seed;
};

struct reader {
	const char *name;
	/* Whether what the victim's memory holds could be got at. */
	bool (*reads)(const struct victim *victim);
};

static bool read_by_process_vm_readv(const struct victim *victim)
{
	uint64_t words[PATTERN_RUN] = { 0 };
	struct iovec local = { words, sizeof(words) };
	struct iovec remote = { (void *)victim->memory, sizeof(words) };

	return process_vm_readv(victim->pid, &local, 1, &remote, 1, 0) > 0;
}

static bool read_by_ptrace(const struct victim *victim)
{
	long word;

	if (ptrace(PTRACE_ATTACH, victim->pid, NULL, NULL))
		return false;
	waitpid(victim->pid, NULL, 0);
	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, victim->pid, (void *)victim->memory, NULL);
	ptrace(PTRACE_DETACH, victim->pid, NULL, NULL);
	return (uint64_t)word == pattern_word(victim->seed, 0);
}

static bool read_by_proc_mem(const struct victim *victim)
{
	uint64_t word = 0;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", victim->pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 ||
	    pread(fd, &word, sizeof(word), (off_t)(uintptr_t)victim->memory) < 0)
		word = 0;
	close(fd);
	return word == pattern_word(victim->seed, 0);
}

static bool read_by_kcore(const struct victim *victim)
{
	return kcore_count_pattern(victim->seed) != 0;
}

static bool read_by_vmsplice(const struct victim *victim)
{
	struct iovec vector = { (void *)victim->memory, PAGE };
	ssize_t spliced;
	int ends[2];

	if (pipe(ends))
		return false;
	spliced = vmsplice(ends[1], &vector, 1, SPLICE_F_NONBLOCK);
	close(ends[0]);
	close(ends[1]);
	return spliced > 0;
}

/* The interface of the kernel's mm/gup_test.c, which its gup_test uses. */
struct gup_test {
	uint64_t get_delta_usec;
	uint64_t put_delta_usec;
	uint64_t addr;
	uint64_t size;
	uint32_t nr_pages_per_call;
	uint32_t gup_flags;
	uint32_t test_flags;
	uint32_t which_pages[8];
};

struct pin_longterm_test {
	uint64_t addr;
	uint64_t size;
	uint32_t flags;
};

#define GUP_FAST_BENCHMARK	_IOWR('g', 1, struct gup_test)
#define PIN_FAST_BENCHMARK	_IOWR('g', 2, struct gup_test)
#define PIN_LONGTERM_BENCHMARK	_IOWR('g', 3, struct gup_test)
#define GUP_BASIC_TEST		_IOWR('g', 4, struct gup_test)
#define PIN_BASIC_TEST		_IOWR('g', 5, struct gup_test)
#define PIN_LONGTERM_TEST_START	_IOW('g', 7, struct pin_longterm_test)
#define PIN_LONGTERM_TEST_STOP	_IO('g', 8)

#define PIN_LONGTERM_TEST_FLAG_USE_FAST	2

static int open_gup_test(void)
{
	int fd = open("/sys/kernel/debug/gup_test", O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		perror("Bail out! /sys/kernel/debug/gup_test");
		exit(1);
	}
	return fd;
}

/* Afterwards the size is that of the pages that were got. */
static bool get_pages(const struct victim *victim, unsigned long command)
{
	struct gup_test test = {
		.addr = (uintptr_t)victim->memory,
		.size = SIZE,
		.nr_pages_per_call = PAGES,
	};
	int fd = open_gup_test();
	bool got = !ioctl(fd, command, &test) && test.size > 0;

	close(fd);
	return got;
}

static bool pin_longterm(const struct victim *victim, uint32_t flags)
{
	struct pin_longterm_test test = {
		.addr = (uintptr_t)victim->memory,
		.size = SIZE,
		.flags = flags,
	};
	int fd = open_gup_test();
	bool pinned = !ioctl(fd, PIN_LONGTERM_TEST_START, &test);

	ioctl(fd, PIN_LONGTERM_TEST_STOP);
	close(fd);
	return pinned;
}

#define GET_PAGES(way, command)						\
	static bool read_by_##way(const struct victim *victim)		\
	{								\
		return get_pages(victim, command);			\
	}

GET_PAGES(gup_fast, GUP_FAST_BENCHMARK)
GET_PAGES(gup, GUP_BASIC_TEST)
GET_PAGES(pin_fast, PIN_FAST_BENCHMARK)
GET_PAGES(pin, PIN_BASIC_TEST)
GET_PAGES(pin_longterm_benchmark, PIN_LONGTERM_BENCHMARK)

static bool read_by_pin_longterm(const struct victim *victim)
{
	return pin_longterm(victim, 0);
}

static bool read_by_pin_longterm_fast(const struct victim *victim)
{
	return pin_longterm(victim, PIN_LONGTERM_TEST_FLAG_USE_FAST);
}

static const struct reader readers[] = {
	{ "process_vm_readv()", read_by_process_vm_readv },
	{ "ptrace(PTRACE_PEEKDATA)", read_by_ptrace },
	{ "/proc/PID/mem", read_by_proc_mem },
	{ "/proc/kcore", read_by_kcore },
	{ "vmsplice()", read_by_vmsplice },
	{ "gup_test: get_user_pages_fast()", read_by_gup_fast },
	{ "gup_test: get_user_pages()", read_by_gup },
	{ "gup_test: pin_user_pages_fast()", read_by_pin_fast },
	{ "gup_test: pin_user_pages()", read_by_pin },
	{ "gup_test: pin_user_pages(FOLL_LONGTERM)", read_by_pin_longterm_benchmark },
	{ "gup_test: longterm pin", read_by_pin_longterm },
	{ "gup_test: fast longterm pin", read_by_pin_longterm_fast },
};

enum { READERS = sizeof(readers) / sizeof(readers[0]) };

static void *map_secret(void)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);

	if (fd < 0 || ftruncate(fd, SIZE))
		return MAP_FAILED;
	return mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

static void *map_ordinary(void)
{
	return mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static struct victim make_victim(const char *name, void *memory, uint64_t seed)
{
	struct victim victim = { .name = name, .memory = memory, .seed = seed };

	if (memory == MAP_FAILED) {
		printf("Bail out! no %s memory: %m\n", name);
		exit(1);
	}
	pattern_fill(victim.memory, SIZE, seed);
	victim.pid = fork();
	if (!victim.pid) {
		pause();
		_exit(0);
	}
	return victim;
}

static void end_victim(const struct victim *victim)
{
	kill(victim->pid, SIGKILL);
	waitpid(victim->pid, NULL, 0);
}

static int report(bool good, int number, const char *reader, const char *what)
{
	printf("%sok %d - %s %s\n", good ? "" : "not ", number, reader, what);
	fflush(stdout);
	return !good;
}

int main(void)
{
	struct victim ordinary = make_victim("ordinary", map_ordinary(), 0x6f7264696e617279);
	struct victim secret = make_victim("secret", map_secret(), 0x7365637265743a21);
	int failed = 0;

	for (int i = 0; i < READERS; i++) {
		failed += report(readers[i].reads(&ordinary), 2 * i + 1, readers[i].name,
				 "gets at ordinary memory");
		failed += report(!readers[i].reads(&secret), 2 * i + 2, readers[i].name,
				 "is refused secret memory");
	}
	printf("1..%d\n", 2 * READERS);
	end_victim(&ordinary);
	end_victim(&secret);
	return failed > 0;
}
