// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two secrets never meet: a process fills secret files with a pattern and
 * ends, another one takes as much again and has to find nothing but zeros.
 * Afterwards no page of the machine holds the pattern. Prints TAP; to be run
 * as root with nobody else using secret memory.
 *
 * usage: secret-reuse FILES BYTES ROUNDS
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kcore.h"
#include "pattern.h"

static const uint64_t seed = 0x6e65766572206d65;

static volatile uint64_t *map_file(size_t bytes)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);
	void *memory;

	if (fd < 0 || ftruncate(fd, (off_t)bytes))
		return NULL;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return memory == MAP_FAILED ? NULL : memory;
}

static bool all_zero(volatile const uint64_t *words, size_t bytes)
{
	for (size_t i = 0; i < bytes / sizeof(*words); i++) {
		if (words[i])
			return false;
	}
	return true;
}

/* Exit 0 if all was zero, 1 if something was not, 2 if there was no memory. */
static _Noreturn void check_and_fill(int files, size_t bytes)
{
	bool clean = true;

	for (int i = 0; i < files; i++) {
		volatile uint64_t *memory = map_file(bytes);

		if (!memory)
			_exit(2);
		clean = clean && all_zero(memory, bytes);
		pattern_fill(memory, bytes, seed);
	}
	_exit(clean ? 0 : 1);
}

static int run_round(int files, size_t bytes)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		check_and_fill(files, bytes);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

int main(int argc, char **argv)
{
	int files, rounds, failed = 0;
	size_t bytes;
	long left;

	if (argc != 4) {
		fprintf(stderr, "usage: secret-reuse FILES BYTES ROUNDS\n");
		return 2;
	}
	files = atoi(argv[1]);
	bytes = strtoul(argv[2], NULL, 0);
	rounds = atoi(argv[3]);

	for (int round = 1; round <= rounds; round++) {
		int status = run_round(files, bytes);

		printf("%sok %d - round %d of %d files finds only zeros (status %d)\n",
		       status ? "not " : "", round, round, files, status);
		failed += status != 0;
	}
	left = kcore_count_pattern(seed);
	printf("%sok %d - no page holds the pattern afterwards (%ld do)\n",
	       left ? "not " : "", rounds + 1, left);
	printf("1..%d\n", rounds + 1);
	return failed || left;
}
