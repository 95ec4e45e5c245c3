// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a command costs: the processor time of it and of its children, user and
 * system, its largest size and its page faults.
 *
 * usage: cost --runs N -- COMMAND [ARG…]
 *        cost --beside SCRIPT -- COMMAND [ARG…]
 *
 * It is run once to fill the caches, and the least of N runs after that is told.
 * Or it is run until SCRIPT, a command of the shell, has ended, which is not
 * counted: SCRIPT makes what COMMAND listens to. Its output goes to the file of
 * OUTPUT in the environment, or nowhere.
 */
#include <fcntl.h>
#include <signal.h>
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
	const char *output = getenv("OUTPUT");
	int out = open(output ? output : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		       0600);

	if (out < 0)
		err(1, "%s", output ? output : "/dev/null");
	dup2(out, STDOUT_FILENO);
	execvp(command[0], command);
	err(127, "%s", command[0]);
}

static pid_t start(char **command)
{
	pid_t child = fork();

	if (child < 0)
		err(1, "fork");
	if (!child)
		run_command(command);
	return child;
}

/* What the command exits with is its own affair: lsof has its ways. */
static struct cost finish(pid_t child, const char *name)
{
	struct rusage usage;
	int status;

	if (wait4(child, &status, 0, &usage) < 0)
		err(1, "wait4");
	if (WIFEXITED(status) ? WEXITSTATUS(status) >= 126 : WTERMSIG(status) != SIGINT)
		errx(1, "%s ended with status %#x", name, (unsigned int)status);
	return (struct cost){
		.cpu_ns = timeval_ns(&usage.ru_utime) + timeval_ns(&usage.ru_stime),
		.resident_kib = usage.ru_maxrss,
		.faults = usage.ru_minflt + usage.ru_majflt,
	};
}

static struct cost measure(char **command)
{
	return finish(start(command), command[0]);
}

static struct cost least_of(uint64_t runs, char **command)
{
	struct cost least, next;

	measure(command);
	least = measure(command);
	while (runs-- > 1) {
		next = measure(command);
		if (next.cpu_ns < least.cpu_ns)
			least = next;
	}
	return least;
}

/* What is told before the command listens, or after it has ended, is lost. */
static struct cost measure_beside(const char *script, char **command)
{
	pid_t child = start(command);

	sleep(1);
	if (system(script))
		errx(1, "failed: %s", script);
	sleep(1);
	kill(child, SIGINT);
	return finish(child, command[0]);
}

int main(int argc, char **argv)
{
	struct cost cost;

	if (argc >= 5 && !strcmp(argv[1], "--runs") && !strcmp(argv[3], "--"))
		cost = least_of(parse_number("--runs", argv[2]), argv + 4);
	else if (argc >= 5 && !strcmp(argv[1], "--beside") && !strcmp(argv[3], "--"))
		cost = measure_beside(argv[2], argv + 4);
	else
		errx(2, "usage: cost --runs N|--beside SCRIPT -- COMMAND [ARG...]");
	printf("cpu_ns %ju\nresident_kib %ld\nfaults %ld\n", (uintmax_t)cost.cpu_ns,
	       cost.resident_kib, cost.faults);
	return 0;
}
