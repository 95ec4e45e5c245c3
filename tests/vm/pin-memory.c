// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Make pages immovable as any program may: lend them to pipes by vmsplice().
 * Takes a page in every 2 MiB of as much anonymous memory as it is told, says
 * so, and keeps them.
 *
 * usage: pin-memory MIB
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	PAGE = 4096,
	STRIDE = 256 << 10,
	PIPE_PAGES = 16,
};

/* A pipe takes so many pages; what is in it stays where it is. */
static int lend(char *page)
{
	static int ends[2], used = PIPE_PAGES;
	struct iovec vector = { page, PAGE };

	if (used == PIPE_PAGES) {
		if (pipe(ends))
			return -1;
		used = 0;
	}
	used++;
	return vmsplice(ends[1], &vector, 1, SPLICE_F_NONBLOCK) == PAGE ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct rlimit files = { 65536, 65536 };
	size_t bytes;
	long lent = 0;
	char *memory;

	if (argc != 2) {
		fprintf(stderr, "usage: pin-memory MIB\n");
		return 2;
	}
	bytes = strtoul(argv[1], NULL, 0) << 20;
	setrlimit(RLIMIT_NOFILE, &files);
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED) {
		perror("pin-memory: mmap");
		return 1;
	}
	memset(memory, 0x5a, bytes);
	for (size_t offset = 0; offset < bytes; offset += STRIDE) {
		if (lend(memory + offset))
			break;
		lent++;
	}
	printf("ready %ld\n", lent);
	fflush(stdout);
	pause();
	return 0;
}
