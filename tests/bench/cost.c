// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a command costs: the processor time of it and of its children, user and
 * system, and its largest size. It is run once to fill the caches, and the
 * least of the runs after that is told.
 *
 * usage: cost --runs N -- COMMAND [ARG…]
 */
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "bench.h"

struct cost {
	uint64_t cpu_ns;
	long resident_kib;
	long faults;
};

static uint64_t timeval_ns(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_usec * 1000;
}

static void run_command(char **command)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		err(1, "/dev/null");
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	execvp(command[0], command);
	err(127, "%s", command[0]);
}

/* What the command exits with is its own affair: lsof has its ways. */
static struct cost measure(char **command)
{
	struct rusage usage;
	pid_t child = fork();
	int status;

	if (child < 0)
		err(1, "fork");
	if (!child)
		run_command(command);
	if (wait4(child, &status, 0, &usage) < 0)
		err(1, "wait4");
	if (!WIFEXITED(status) || WEXITSTATUS(status) >= 126)
		errx(1, "%s ended with status %#x", command[0], (unsigned int)status);
	return (struct cost){
		.cpu_ns = timeval_ns(&usage.ru_utime) + timeval_ns(&usage.ru_stime),
		.resident_kib = usage.ru_maxrss,
		.faults = usage.ru_minflt + usage.ru_majflt,
	};
}

int main(int argc, char **argv)
{
	struct cost least, next;
	uint64_t runs;

	if (argc < 5 || strcmp(argv[1], "--runs") || strcmp(argv[3], "--"))
		errx(2, "usage: cost --runs N -- COMMAND [ARG...]");
	runs = parse_number("--runs", argv[2]);
	measure(argv + 4);
	least = measure(argv + 4);
	while (runs-- > 1) {
		next = measure(argv + 4);
		if (next.cpu_ns < least.cpu_ns)
			least = next;
	}
	printf("cpu_ns %ju\nresident_kib %ld\nfaults %ld\n", (uintmax_t)least.cpu_ns,
	       least.resident_kib, least.faults);
	return 0;
}
