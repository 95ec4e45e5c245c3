// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file of secret memory is charged to the cgroup of the task that made it
 * take its first chunk, whatever becomes of the task, the descriptor and the
 * cgroup, until the file is gone. Prints TAP; to be run as root with nobody
 * else using secret memory.
 *
 * usage: secret-charge ROOT
 *
 * ROOT is a cgroup without processes whose children may have the misc
 * controller; cgroups are made and removed below it.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "secretfile.h"

static char maker[256], user[256], parent[256], child[280];

static _Noreturn void bail_out(const char *what)
{
	printf("Bail out! %s: %m\n", what);
	exit(1);
}

static void write_control(const char *cgroup, const char *file, const char *line)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", cgroup, file);
	errno = write_line(path, line);
	if (errno)
		bail_out(path);
}

static void move_to(const char *cgroup)
{
	write_control(cgroup, "cgroup.procs", "0");
}

static void make_cgroups(const char *root)
{
	snprintf(maker, sizeof(maker), "%s/maker", root);
	snprintf(user, sizeof(user), "%s/user", root);
	snprintf(parent, sizeof(parent), "%s/parent", root);
	snprintf(child, sizeof(child), "%s/child", parent);
	if (mkdir(maker, 0755) || mkdir(user, 0755) || mkdir(parent, 0755))
		bail_out(root);
	write_control(parent, "cgroup.subtree_control", "+misc");
}

static void make_child_cgroup(void)
{
	if (mkdir(child, 0755))
		bail_out(child);
}

static int open_file(size_t chunks)
{
	int fd = secret_open(chunks * SECRET_CHUNK);

	if (fd < 0)
		bail_out("memfd_secret");
	return fd;
}

static volatile char *map_file(int fd, size_t chunks, int flags)
{
	volatile char *memory = secret_map(fd, chunks * SECRET_CHUNK, flags);

	if (!memory)
		bail_out("mmap");
	return memory;
}

/* So many chunks are charged to each of the two. */
static void expect(const char *one, long long in_one, const char *other, long long in_other,
		   const char *what)
{
	long long bytes = misc_current(one), other_bytes = misc_current(other);

	tap(bytes == in_one * (long long)SECRET_CHUNK &&
	    other_bytes == in_other * (long long)SECRET_CHUNK,
	    "%s: %lld bytes where it was made, %lld elsewhere", what, bytes, other_bytes);
}

/* A process of a cgroup makes a file, passes it on and is gone. */
static int receive_from(const char *cgroup, bool reserve)
{
	int pair[2], fd;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		bail_out("socketpair");
	pid = fork();
	if (!pid) {
		move_to(cgroup);
		fd = open_file(2);
		if (reserve)
			map_file(fd, 2, 0);
		_exit(!send_descriptors(pair[0], &fd, 1));
	}
	waitpid(pid, NULL, 0);
	fd = receive_descriptor(pair[1]);
	close(pair[0]);
	close(pair[1]);
	return fd;
}

static void pass_reserved(void)
{
	volatile char *memory;
	int fd;

	move_to(user);
	fd = receive_from(maker, true);
	expect(maker, 2, user, 0, "passed on after its reservation");
	memory = map_file(fd, 2, 0);
	secret_touch(memory, 2 * SECRET_CHUNK);
	expect(maker, 2, user, 0, "and then mapped and touched by the receiver");
	close(fd);
	expect(maker, 2, user, 0, "and closed there");
	secret_unmap(memory, 2 * SECRET_CHUNK);
	expect(maker, 0, user, 0, "and unmapped");
}

static void pass_unreserved(void)
{
	volatile char *memory;
	int fd;

	move_to(user);
	fd = receive_from(maker, false);
	expect(maker, 0, user, 0, "passed on before its reservation");
	memory = map_file(fd, 2, 0);
	expect(maker, 0, user, 2, "and reserved by the receiver's mapping");
	close(fd);
	secret_unmap(memory, 2 * SECRET_CHUNK);
	expect(maker, 0, user, 0, "and gone");
}

static pid_t fork_user(volatile char *memory)
{
	int ends[2];
	char byte = 0;
	pid_t pid;

	if (pipe(ends))
		bail_out("pipe");
	pid = fork();
	if (!pid) {
		move_to(user);
		secret_touch(memory, SECRET_CHUNK);
		if (write(ends[1], &byte, 1) == 1)
			pause();
		_exit(0);
	}
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		bail_out("the child");
	close(ends[0]);
	return pid;
}

static void live_in_child(void)
{
	volatile char *memory;
	pid_t pid;
	int fd;

	move_to(maker);
	fd = open_file(1);
	memory = map_file(fd, 1, 0);
	pid = fork_user(memory);
	expect(maker, 1, user, 0, "shared with a child that went to another cgroup");
	close(fd);
	secret_unmap(memory, SECRET_CHUNK);
	move_to(user);
	expect(maker, 1, user, 0, "and left to the child");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	expect(maker, 0, user, 0, "and gone with the child");
}

static void migrate(void)
{
	int fd, other;
	volatile char *memory, *other_memory;

	move_to(maker);
	fd = open_file(2);
	memory = map_file(fd, 2, 0);
	move_to(user);
	secret_touch(memory, 2 * SECRET_CHUNK);
	expect(maker, 2, user, 0, "its task moved to another cgroup");
	other = open_file(1);
	other_memory = map_file(other, 1, 0);
	expect(maker, 2, user, 1, "where it made another file");
	close(fd);
	secret_unmap(memory, 2 * SECRET_CHUNK);
	expect(maker, 0, user, 1, "then the first is gone");
	close(other);
	secret_unmap(other_memory, SECRET_CHUNK);
	expect(maker, 0, user, 0, "then the other");
}

/* The chunks of a file without reservation come one by one. */
static void migrate_unreserved(void)
{
	volatile char *memory;
	int fd;

	move_to(maker);
	fd = open_file(3);
	memory = map_file(fd, 3, MAP_NORESERVE);
	expect(maker, 0, user, 0, "mapped without reservation");
	memory[0] = 1;
	expect(maker, 1, user, 0, "and touched");
	move_to(user);
	secret_touch(memory, 2 * SECRET_CHUNK);
	expect(maker, 2, user, 0, "and touched further from another cgroup");
	secret_unmap(memory, 3 * SECRET_CHUNK);
	memory = map_file(fd, 3, 0);
	expect(maker, 3, user, 0, "and reserved from there");
	close(fd);
	secret_unmap(memory, 3 * SECRET_CHUNK);
	expect(maker, 0, user, 0, "and gone");
}

/* A cgroup may be removed as soon as it has no task. */
static void outlive_cgroup(void)
{
	volatile char *memory;
	int fd;

	make_child_cgroup();
	move_to(child);
	fd = open_file(3);
	memory = map_file(fd, 3, MAP_NORESERVE);
	memory[0] = 1;
	move_to(user);
	expect(parent, 1, user, 0, "a file of a cgroup's child counts for the parent");
	tap(!rmdir(child), "the child can be removed");
	expect(parent, 1, user, 0, "the parent goes on paying");
	secret_touch(memory, 2 * SECRET_CHUNK);
	expect(parent, 2, user, 0, "also for what the file takes later");
	close(fd);
	secret_unmap(memory, 3 * SECRET_CHUNK);
	expect(parent, 0, user, 0, "until the file is gone");
}

static int only_path(int fd)
{
	int path = secret_reopen_path(fd);

	close(fd);
	return path;
}

/* Nobody of the cgroup is left, and yet its file is. */
static void outlive_cgroup_and_maker(void)
{
	int fd;

	make_child_cgroup();
	move_to(user);
	fd = receive_from(child, true);
	tap(!rmdir(child), "a cgroup can be removed whose process has passed its file on");
	expect(parent, 2, user, 0, "its parent goes on paying");
	fd = only_path(fd);
	expect(parent, 2, user, 0, "also for an O_PATH descriptor");
	close(fd);
	expect(parent, 0, user, 0, "until the file is gone");
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: secret-charge ROOT\n");
		return 2;
	}
	make_cgroups(argv[1]);
	pass_reserved();
	pass_unreserved();
	live_in_child();
	migrate();
	migrate_unreserved();
	outlive_cgroup();
	outlive_cgroup_and_maker();
	tap(area_comes_back() && hibernation_available(), "nothing is left");
	move_to("/sys/fs/cgroup");
	tap(!rmdir(maker) && !rmdir(user) && !rmdir(parent), "all cgroups can be removed");
	return tap_finish();
}
