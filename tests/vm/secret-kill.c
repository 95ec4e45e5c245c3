// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Kill processes at random points of what can be done with files of secret
 * memory, and see that everything goes back. Each family of processes is of the
 * user nobody, in a cgroup of its own, under a limit of locked memory which it
 * reaches first of all: so what one round leaves behind fails the next. Prints
 * TAP; to be run as root with nobody else using secret memory.
 *
 * usage: secret-kill CGROUP ROUNDS SEED
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "secretfile.h"

enum {
	NOBODY = 65534,
	LIMIT = 4 * SECRET_CHUNK,
	FILES = 6,		/* held at once by a process */
	CHILDREN = 3,		/* of a family */
	SOCKETS = 2,		/* pairs, shared by the family */
	MIN_LIFE_US = 20000,
	MOST_SPARE = 4 * SECRET_CHUNK / SECRET_PAGE,
};

/* The order is that of the tally, which tells that all of them were reached. */
enum step { TAKE, TOUCH, FORK, PASS, RECEIVE, PASS_IN_CIRCLE, REOPEN, DROP, FAULTS, STEPS };

static const char *const step_names[STEPS] = {
	"files taken", "files touched", "forks", "descriptors sent", "received",
	"sockets sent through themselves", "reopened by O_PATH", "dropped",
	"faults refused at the limit",
};

struct held {
	int fd;
	volatile char *memory;
	size_t bytes;
};

static const char *cgroup;
static struct held held[FILES];
static int pairs[SOCKETS][2];
static int children;
static uint64_t state;
static sigjmp_buf bus_return;
/* Shared with all processes. */
static unsigned long *tally;

static uint32_t random_below(uint32_t bound)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % bound;
}

static void count(enum step step)
{
	__atomic_add_fetch(&tally[step], 1, __ATOMIC_RELAXED);
}

static void drop(struct held *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (file->memory)
		secret_unmap(file->memory, file->bytes);
	*file = (struct held){ .fd = -1 };
}

/* Mostly of a chunk, now and then of two. */
static size_t random_size(void)
{
	return (random_below(100) + 1 + (random_below(4) ? 0 : 512)) * SECRET_PAGE;
}

static bool take(struct held *file, int flags)
{
	drop(file);
	file->bytes = random_size();
	file->fd = secret_open(file->bytes);
	if (file->fd < 0)
		return false;
	file->memory = secret_map(file->fd, file->bytes, flags);
	return file->memory;
}

/* A file without reservation may find the limit reached. */
static bool touch(struct held *file)
{
	size_t pages = file->bytes / SECRET_PAGE;

	if (!file->memory)
		return false;
	if (sigsetjmp(bus_return, 1)) {
		count(FAULTS);
		return false;
	}
	secret_touch(file->memory, (random_below((uint32_t)pages) + 1) * SECRET_PAGE);
	return true;
}

static bool pass(struct held *file)
{
	return file->fd >= 0 &&
	       send_descriptors(pairs[random_below(SOCKETS)][0], &file->fd, 1);
}

/* Only the kernel's collector of sockets gets at what is sent like this. */
static bool pass_in_circle(struct held *file)
{
	int pair[2], fds[2];
	bool sent;

	if (file->fd < 0 || socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair))
		return false;
	fds[0] = pair[1];
	fds[1] = file->fd;
	sent = send_descriptors(pair[0], fds, 2);
	close(pair[0]);
	close(pair[1]);
	return sent;
}

static bool receive(struct held *file)
{
	int fd = receive_descriptor(pairs[random_below(SOCKETS)][1]);

	if (fd < 0)
		return false;
	drop(file);
	file->fd = fd;
	file->bytes = SECRET_PAGE;
	file->memory = secret_map(fd, SECRET_PAGE, MAP_NORESERVE);
	return true;
}

static bool reopen(struct held *file)
{
	int fd = file->fd < 0 ? -1 : secret_reopen_path(file->fd);

	if (fd < 0)
		return false;
	drop(file);
	file->fd = fd;
	return true;
}

/* The child goes on with all that its parent has, but with other numbers. */
static bool spawn(void)
{
	uint32_t mark = random_below(UINT32_MAX);
	pid_t pid = children++ < CHILDREN ? fork() : -1;

	if (!pid) {
		children = CHILDREN;
		state ^= mark | 1;
	}
	return pid > 0;
}

static bool do_step(enum step step, struct held *file)
{
	switch (step) {
	case TAKE:
		return take(file, random_below(2) ? MAP_NORESERVE : 0);
	case TOUCH:
		return touch(file);
	case FORK:
		return spawn();
	case PASS:
		return pass(file);
	case RECEIVE:
		return receive(file);
	case PASS_IN_CIRCLE:
		return pass_in_circle(file);
	case REOPEN:
		return reopen(file);
	default:
		drop(file);
		return true;
	}
}

static void on_sigbus(int number)
{
	(void)number;
	siglongjmp(bus_return, 1);
}

/* One that is held, if there is any, except that a new one has a place of its own. */
static struct held *choose_file(enum step step)
{
	uint32_t first = random_below(FILES);

	for (uint32_t i = 0; i < FILES; i++) {
		struct held *file = &held[(first + i) % FILES];

		if ((file->fd < 0) == (step == TAKE || step == RECEIVE))
			return file;
	}
	return &held[first];
}

static void try_step(enum step step)
{
	if (do_step(step, choose_file(step)))
		count(step);
}

static _Noreturn void live(void)
{
	/* Files are taken and touched more often than dropped. */
	static const enum step steps[] = {
		TAKE, TAKE, TAKE, TOUCH, TOUCH, TOUCH, FORK, PASS, PASS, RECEIVE,
		PASS_IN_CIRCLE, REOPEN, DROP,
	};

	for (;;)
		try_step(steps[random_below(sizeof(steps) / sizeof(steps[0]))]);
}

/* All that the limit allows: fails if the user is still charged for something. */
static bool reach_limit(void)
{
	int fd = secret_open(LIMIT);
	volatile char *memory = fd < 0 ? NULL : secret_map(fd, LIMIT, 0);

	if (!memory)
		return false;
	secret_unmap(memory, LIMIT);
	close(fd);
	return true;
}

static bool become_nobody(void)
{
	const struct rlimit limit = { LIMIT, LIMIT };
	char path[4096];

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	return !setpgid(0, 0) && !write_line(path, "0") &&
	       !setrlimit(RLIMIT_MEMLOCK, &limit) && !setgroups(0, NULL) &&
	       !setgid(NOBODY) && !setuid(NOBODY);
}

static _Noreturn void begin(int ready)
{
	char answer;

	signal(SIGBUS, on_sigbus);
	for (int i = 0; i < FILES; i++)
		held[i].fd = -1;
	for (int i = 0; i < SOCKETS; i++) {
		if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pairs[i]))
			_exit(1);
	}
	answer = !become_nobody() ? 'e' : !reach_limit() ? 'l' : 'r';
	if (answer == 'r' && (!take(&held[0], 0) || !take(&held[1], MAP_NORESERVE)))
		answer = 'l';
	if (write(ready, &answer, 1) != 1 || answer != 'r')
		_exit(1);
	close(ready);
	try_step(FORK);
	live();
}

static void sleep_us(long us)
{
	const struct timespec time = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&time, NULL);
}

static long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Only when a socket is closed does the kernel look for those that nobody can reach. */
static void collect_sockets(void)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return;
	close(pair[0]);
	close(pair[1]);
}

/* Nothing is charged, and no file is left. A chunk may wait for the next one. */
static bool all_is_back(void)
{
	collect_sockets();
	return !misc_current(cgroup) && !misc_current("/sys/fs/cgroup") &&
	       area_used() <= MOST_SPARE && hibernation_available();
}

/* What went through sockets may come back by a worker of the kernel's. */
static bool comes_back(void)
{
	if (comes_true(all_is_back))
		return true;
	printf("# %lld and %lld bytes charged, %lld pages taken, hibernation %s\n",
	       misc_current(cgroup), misc_current("/sys/fs/cgroup"), area_used(),
	       hibernation_available() ? "available" : "not available");
	return false;
}

/* The first of the family may die before the others do. */
static void kill_family(pid_t first, uint32_t life_us)
{
	sleep_us(random_below(life_us));
	if (random_below(2)) {
		kill(first, SIGKILL);
		sleep_us(random_below(life_us / 4));
	}
	kill(-first, SIGKILL);
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

/* Time enough for some steps, told by how long it took to become ready. */
static uint32_t life_after(long birth_us)
{
	return birth_us < MIN_LIFE_US ? MIN_LIFE_US : (uint32_t)birth_us;
}

/* What went wrong, or NULL. */
static const char *run_round(void)
{
	long began = now_us();
	int ready[2];
	char answer = 'e';
	pid_t first;

	if (pipe(ready))
		return "no pipe";
	state += 2;
	first = fork();
	if (!first) {
		close(ready[0]);
		begin(ready[1]);
	}
	close(ready[1]);
	if (read(ready[0], &answer, 1) != 1)
		answer = 'e';
	close(ready[0]);
	kill_family(first, life_after(now_us() - began));
	if (answer != 'r')
		return answer == 'l' ? "the user is still charged" : "no process";
	return comes_back() ? NULL : "not all comes back";
}

static long run_rounds(long rounds)
{
	for (long round = 1; round <= rounds; round++) {
		const char *wrong = run_round();

		if (wrong) {
			printf("# round %ld: %s\n", round, wrong);
			return round - 1;
		}
		if (round % 50 == 0) {
			printf("# %ld rounds\n", round);
			fflush(stdout);
		}
	}
	return rounds;
}

static void report_tally(void)
{
	for (int step = 0; step < STEPS; step++)
		tap(tally[step] || step == FAULTS, "%lu %s", tally[step], step_names[step]);
}

int main(int argc, char **argv)
{
	long rounds, good;

	if (argc != 4) {
		fprintf(stderr, "usage: secret-kill CGROUP ROUNDS SEED\n");
		return 2;
	}
	cgroup = argv[1];
	rounds = atol(argv[2]);
	state = strtoull(argv[3], NULL, 0) | 1;
	tally = mmap(NULL, SECRET_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED || prctl(PR_SET_CHILD_SUBREAPER, 1)) {
		printf("Bail out! %m\n");
		return 1;
	}

	printf("# seed %s\n", argv[3]);
	good = run_rounds(rounds);
	tap(good == rounds, "after %ld kills of %ld everything comes back", good, rounds);
	tap(area_comes_back(), "and the area is whole");
	report_tally();
	return tap_finish();
}
