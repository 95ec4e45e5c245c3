// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Take anonymous memory until only so much is available, say so, and keep it;
 * with -1, until the OOM killer comes.
 *
 * usage: eat-memory LEAVE-KIB
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STEP = 1 << 20 };

static long available_kib(void)
{
	FILE *meminfo = fopen("/proc/meminfo", "re");
	char line[128];
	long kib = -1;

	while (meminfo && fgets(line, sizeof(line), meminfo)) {
		if (sscanf(line, "MemAvailable: %ld kB", &kib) == 1)
			break;
	}
	if (meminfo)
		fclose(meminfo);
	return kib;
}

int main(int argc, char **argv)
{
	long leave;

	if (argc != 2) {
		fprintf(stderr, "usage: eat-memory LEAVE-KIB\n");
		return 2;
	}
	leave = atol(argv[1]);

	while (available_kib() > leave) {
		void *memory = mmap(NULL, STEP, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (memory == MAP_FAILED)
			break;
		memset(memory, 0x5a, STEP);
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
