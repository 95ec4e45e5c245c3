// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keep files in memory, say so, and go on: so what a test runs is not read
 * again and again where memory is short, for hours and without an end.
 *
 * usage: keep-resident FILE…
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int keep(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	void *text;

	if (fd < 0 || fstat(fd, &status)) {
		perror(path);
		return -1;
	}

	text = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (text == MAP_FAILED || mlock(text, (size_t)status.st_size)) {
		perror(path);
		return -1;
	}
	return close(fd);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (keep(argv[i]))
			return 1;
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}
