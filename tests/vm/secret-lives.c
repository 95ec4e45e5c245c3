// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file of secret memory, and what is charged for it, live exactly until the
 * last reference, of whatever kind, is dropped. Moves to the cgroup, and prints TAP;
 * to be run as root with nobody else using secret memory.
 *
 * usage: secret-lives CGROUP
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "secretfile.h"

enum {
	BYTES = 2 * SECRET_CHUNK,
};

/* A file with both of its ordinary references, of which nothing is dropped. */
struct file {
	int fd;
	volatile char *memory;
};

static const char *cgroup;

static struct file new_file(int flags)
{
	struct file file = { .fd = secret_open(BYTES) };

	file.memory = secret_map(file.fd, BYTES, flags);
	if (!file.memory) {
		printf("Bail out! no secret memory: %m\n");
		exit(1);
	}
	secret_touch(file.memory, BYTES);
	return file;
}

/* The limit of locked memory is that of a single file. */
static bool user_has_room(void)
{
	int fd = secret_open(SECRET_PAGE);
	volatile char *memory = secret_map(fd, SECRET_PAGE, 0);

	close(fd);
	if (memory)
		secret_unmap(memory, SECRET_PAGE);
	return memory;
}

static void check_alive(const char *what)
{
	long long charged = misc_current(cgroup), pages = area_used();

	tap(charged == BYTES && pages == BYTES / SECRET_PAGE,
	    "%s keeps the file: %lld bytes charged, %lld pages taken", what, charged, pages);
	tap(!user_has_room(), "%s keeps the user's charge", what);
	tap(!hibernation_available(), "%s prevents hibernation", what);
}

static void check_gone(const char *what)
{
	long long charged = misc_current(cgroup), pages = area_used();

	tap(!charged && !pages, "without %s it is gone: %lld bytes charged, %lld pages taken",
	    what, charged, pages);
	tap(hibernation_available(), "without %s hibernation is available", what);
	tap(user_has_room(), "without %s the user may reserve again", what);
}

static void drop_memory(struct file *file)
{
	secret_unmap(file->memory, BYTES);
}

static void live_by_descriptor(void)
{
	struct file file = new_file(0);

	drop_memory(&file);
	check_alive("a descriptor");
	close(file.fd);
	check_gone("a descriptor");
}

static void live_by_path(int flags, const char *what)
{
	struct file file = new_file(flags);
	int path = secret_reopen_path(file.fd);

	drop_memory(&file);
	close(file.fd);
	check_alive(what);
	close(path);
	check_gone(what);
}

static void live_by_mapping(void)
{
	struct file file = new_file(0);

	close(file.fd);
	check_alive("a mapping");
	secret_unmap(file.memory, BYTES - SECRET_PAGE);
	check_alive("a page of a mapping");
	secret_unmap(file.memory + BYTES - SECRET_PAGE, SECRET_PAGE);
	check_gone("a page of a mapping");
}

static void live_in_flight(bool received)
{
	struct file file = new_file(0);
	int pair[2], last = -1;

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) || !send_descriptors(pair[0], &file.fd, 1))
		printf("# cannot send: %m\n");
	drop_memory(&file);
	close(file.fd);
	check_alive("a message in flight");
	if (received)
		last = receive_descriptor(pair[1]);
	close(pair[0]);
	close(pair[1]);
	if (received) {
		check_alive("what was received");
		close(last);
	}
	check_gone(received ? "what was received" : "a message in flight");
}

/* The child has nothing but the mapping that it was born with. */
static void live_by_child(void)
{
	struct file file = new_file(0);
	pid_t pid = fork();

	if (!pid) {
		close(file.fd);
		pause();
		_exit(0);
	}
	drop_memory(&file);
	close(file.fd);
	check_alive("a child's mapping");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	check_gone("a child's mapping");
}

int main(int argc, char **argv)
{
	const struct rlimit limit = { BYTES, BYTES };
	char path[4096];

	if (argc != 2) {
		fprintf(stderr, "usage: secret-lives CGROUP\n");
		return 2;
	}
	cgroup = argv[1];
	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	if (write_line(path, "0") || setrlimit(RLIMIT_MEMLOCK, &limit)) {
		printf("Bail out! no cgroup, or no limit\n");
		return 1;
	}

	live_by_descriptor();
	live_by_path(0, "an O_PATH descriptor");
	live_by_path(MAP_NORESERVE, "an O_PATH descriptor of a file without reservation");
	live_by_mapping();
	live_in_flight(false);
	live_in_flight(true);
	live_by_child();
	return tap_finish();
}
