// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A workload by a number: files are created and released in an order that
 * follows from the number alone, whatever is refused, so that it can be run
 * again in another pool. Each file that was refused is told by its number,
 * counted from 1.
 *
 * usage: secret-workload SEED FILES MOST-MIB
 *
 * Some files are without a reservation, and touch what they like. Those are held
 * to the end, and the end waits for SIGTERM, so that whoever looks sees them.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

#define MIB ((uint64_t)1 << 20)

struct file {
	int fd;
	char *memory;		/* NULL: refused, or released */
	uint64_t size;
	bool noreserve;
};

static sigjmp_buf on_bus;
static uint64_t state;

/* The same numbers everywhere, whatever the library does. */
static uint64_t next_number(uint64_t below)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (state >> 33) % below;
}

static void handle_bus(int signal)
{
	(void)signal;
	siglongjmp(on_bus, 1);
}

static bool touch(const struct file *file)
{
	volatile uint64_t offset;

	if (sigsetjmp(on_bus, 1))
		return false;
	for (offset = 0; offset < file->size; offset += 4096)
		file->memory[offset] = 1;
	return true;
}

static void release(struct file *file)
{
	if (file->memory)
		munmap(file->memory, file->size);
	if (file->fd >= 0)
		close(file->fd);
	file->memory = NULL;
	file->fd = -1;
}

/* One that was refused is given up. */
static bool create(struct file *file, uint64_t most)
{
	int flags = MAP_SHARED;
	void *memory;

	file->noreserve = !next_number(6);
	file->size = 1 + next_number(file->noreserve ? 3 * MIB : most);
	flags |= file->noreserve ? MAP_NORESERVE : 0;
	file->fd = (int)syscall(SYS_memfd_secret, 0);
	if (file->fd < 0 || ftruncate(file->fd, (off_t)file->size))
		exit(2);
	memory = mmap(NULL, file->size, PROT_READ | PROT_WRITE, flags, file->fd, 0);
	if (memory == MAP_FAILED) {
		release(file);
		return false;
	}
	file->memory = memory;
	return !file->noreserve || touch(file);
}

static void release_some(struct file *files, size_t count)
{
	size_t index;

	if (!count || next_number(3))
		return;
	index = next_number(count);
	if (!files[index].noreserve)
		release(&files[index]);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = handle_bus };
	size_t count, i;
	struct file *files;

	if (argc != 4)
		return 2;
	state = strtoull(argv[1], NULL, 10) * 2654435761u + 1;
	count = strtoull(argv[2], NULL, 10);
	files = calloc(count, sizeof(*files));
	if (!files)
		return 2;
	sigaction(SIGBUS, &action, NULL);
	for (i = 0; i < count; i++) {
		release_some(files, i);
		if (!create(&files[i], strtoull(argv[3], NULL, 10) * MIB))
			printf("%zu\n", i + 1);
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
