// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One file of secret memory, held in a way that is hard to see. What each kind
 * prints as its holders is what a scan of /proc has to find.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load.h"

#define THREADS 8
#define STACK_BYTES (256 << 10)

static uint64_t inode_of(int fd)
{
	struct stat status;

	if (fstat(fd, &status))
		give_up(LOAD_FAILED, "fstat: %s", strerror(errno));
	return status.st_ino;
}

static void say_holder(pid_t pid, uint64_t inode)
{
	printf("holder %d %" PRIu64 "\n", pid, inode);
}

static int open_sized(const struct load_options *options)
{
	int fd = create_secret();

	set_size(fd, options->size);
	return fd;
}

static char *map_and_touch(int fd, const struct load_options *options)
{
	char *memory = map_secret(fd, options->size, options->noreserve);

	touch(memory, options->touch, 0);
	return memory;
}

static void say_and_hold(const struct load_options *options)
{
	say_ready();
	hold(options->hold);
}

static void hold_fd(const struct load_options *options)
{
	say_holder(getpid(), inode_of(open_sized(options)));
	say_and_hold(options);
}

static void hold_map(const struct load_options *options)
{
	int fd = open_sized(options);

	map_and_touch(fd, options);
	say_holder(getpid(), inode_of(fd));
	close(fd);
	say_and_hold(options);
}

/* A child goes with its parent, however that one ends. */
static void follow_parent(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (parent && getppid() != parent)
		_exit(0);
}

static pid_t fork_child(void)
{
	pid_t parent = getpid(), child;

	fflush(stdout);
	child = fork();
	if (child < 0)
		give_up(LOAD_FAILED, "fork: %s", strerror(errno));
	if (!child) {
		follow_parent(parent);
		hold(-1);
		_exit(0);
	}
	return child;
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void hold_fork(const struct load_options *options)
{
	int fd = open_sized(options);
	pid_t child;

	map_and_touch(fd, options);
	child = fork_child();
	say_holder(getpid(), inode_of(fd));
	say_holder(child, inode_of(fd));
	say_and_hold(options);
	end_child(child);
}

static void *sleep_forever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void start_thread(void *(*run)(void *), void *argument)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, run, argument);

	if (error)
		give_up(LOAD_FAILED, "pthread_create: %s", strerror(error));
}

/* All threads share one table of descriptors: one descriptor, not nine. */
static void hold_threads(const struct load_options *options)
{
	int fd = open_sized(options);
	int i;

	map_and_touch(fd, options);
	for (i = 0; i < THREADS; i++)
		start_thread(sleep_forever, NULL);
	say_holder(getpid(), inode_of(fd));
	say_and_hold(options);
}

static int thread_pipe[2];

static void *open_in_own_table(void *argument)
{
	uint64_t inode;

	if (syscall(SYS_unshare, CLONE_FILES))
		give_up(LOAD_FAILED, "unshare: %s", strerror(errno));
	inode = inode_of(open_sized(argument));
	if (write(thread_pipe[1], &inode, sizeof(inode)) != sizeof(inode))
		give_up(LOAD_FAILED, "write: %s", strerror(errno));
	return sleep_forever(NULL);
}

/* The process's own table does not have the descriptor, one thread's has. */
static uint64_t start_table_thread(const struct load_options *options)
{
	uint64_t inode = 0;

	if (pipe(thread_pipe))
		give_up(LOAD_FAILED, "pipe: %s", strerror(errno));
	start_thread(open_in_own_table, (void *)options);
	if (read(thread_pipe[0], &inode, sizeof(inode)) != sizeof(inode))
		give_up(LOAD_FAILED, "read: %s", strerror(errno));
	return inode;
}

static void hold_table(const struct load_options *options)
{
	say_holder(getpid(), start_table_thread(options));
	say_and_hold(options);
}

static void *be_the_rest(void *argument)
{
	/* Give the main thread, which told who it is, the time to end. */
	usleep(200000);
	say_and_hold(argument);
	exit(0);
}

/* The main thread ends and the process lives on: /proc/PID shows a zombie. */
static void hold_leaderless(const struct load_options *options)
{
	int fd = open_sized(options);

	map_and_touch(fd, options);
	say_holder(getpid(), inode_of(fd));
	start_thread(be_the_rest, (void *)options);
	pthread_exit(NULL);
}

static void hold_namespaces(const struct load_options *options)
{
	int fd = open_sized(options);
	pid_t child;

	map_and_touch(fd, options);
	if (unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET))
		give_up(LOAD_FAILED, "unshare: %s", strerror(errno));
	fflush(stdout);
	child = fork();
	if (child < 0)
		give_up(LOAD_FAILED, "fork: %s", strerror(errno));
	if (!child) {
		follow_parent(0);
		hold(-1);
		_exit(0);
	}
	say_holder(getpid(), inode_of(fd));
	say_holder(child, inode_of(fd));
	say_and_hold(options);
	end_child(child);
}

/* What password managers do, so that not even their user can look in. */
static void hold_nondumpable(const struct load_options *options)
{
	int fd = open_sized(options);

	map_and_touch(fd, options);
	prctl(PR_SET_DUMPABLE, 0);
	say_holder(getpid(), inode_of(fd));
	say_and_hold(options);
}

static void change_dumpable(int signal_number)
{
	prctl(PR_SET_DUMPABLE, signal_number == SIGUSR2);
}

/* What a process does that changes who it is: from then on its user may not look in. */
static void hold_changing(const struct load_options *options)
{
	int fd = open_sized(options);

	map_and_touch(fd, options);
	signal(SIGUSR1, change_dumpable);
	signal(SIGUSR2, change_dumpable);
	say_holder(getpid(), inode_of(fd));
	say_and_hold(options);
}

static void hold_opath(const struct load_options *options)
{
	int fd = open_sized(options);
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (open(path, O_PATH) < 0)
		give_up(LOAD_FAILED, "%s: %s", path, strerror(errno));
	say_holder(getpid(), inode_of(fd));
	close(fd);
	say_and_hold(options);
}

static void send_descriptor(int socket, int fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char byte = 0;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	if (sendmsg(socket, &message, 0) != 1)
		give_up(LOAD_FAILED, "sendmsg: %s", strerror(errno));
}

/* The file is in no process, only in a message that nobody has received. */
static void hold_inflight(const struct load_options *options)
{
	int fd = open_sized(options), pair[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		give_up(LOAD_FAILED, "socketpair: %s", strerror(errno));
	send_descriptor(pair[0], fd);
	printf("inflight %" PRIu64 "\n", inode_of(fd));
	close(fd);
	say_and_hold(options);
}

/*
 * The root of a file system that is mounted nowhere: a file "secretmem" there
 * has the same link text as a true one, and needs no place in anybody's tree.
 */
static int open_detached_root(void)
{
	int context = (int)syscall(SYS_fsopen, "tmpfs", 0), root;

	if (context < 0)
		give_up(LOAD_UNSUPPORTED, "fsopen: %s", strerror(errno));
	if (syscall(SYS_fsconfig, context, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0))
		give_up(LOAD_UNSUPPORTED, "fsconfig: %s", strerror(errno));
	root = (int)syscall(SYS_fsmount, context, 0, 0);
	if (root < 0)
		give_up(LOAD_UNSUPPORTED, "fsmount: %s", strerror(errno));
	close(context);
	return root;
}

static void check_imposter(int fd)
{
	char path[64], text[64] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (readlink(path, text, sizeof(text) - 1) < 0 || strcmp(text, "/secretmem (deleted)"))
		give_up(LOAD_FAILED, "the imposter is called '%s'", text);
}

/* A deleted ordinary file and a memfd that are named like secret memory. */
static void hold_imposter(const struct load_options *options)
{
	int root = open_detached_root();
	int fd = openat(root, "secretmem", O_RDWR | O_CREAT | O_EXCL, 0600);
	int memfd = memfd_create("secretmem", 0);

	if (fd < 0 || memfd < 0 || unlinkat(root, "secretmem", 0))
		give_up(LOAD_FAILED, "imposter: %s", strerror(errno));
	check_imposter(fd);
	set_size(fd, options->size);
	set_size(memfd, options->size);
	map_and_touch(fd, options);
	map_and_touch(memfd, options);
	printf("imposter %d %" PRIu64 " %" PRIu64 "\n", getpid(), inode_of(fd), inode_of(memfd));
	say_and_hold(options);
}

static int run_sharer(void *unused)
{
	(void)unused;
	follow_parent(0);
	for (;;)
		pause();
	return 0;
}

/* Two processes with one memory, as between vfork() and exec(). */
static void hold_sharedvm(const struct load_options *options)
{
	char *stack = malloc(STACK_BYTES);
	int fd = open_sized(options);
	pid_t child;

	if (!stack)
		give_up(LOAD_FAILED, "no memory for a stack");
	map_and_touch(fd, options);
	child = clone(run_sharer, stack + STACK_BYTES, CLONE_VM | SIGCHLD, NULL);
	if (child < 0)
		give_up(LOAD_FAILED, "clone: %s", strerror(errno));
	say_holder(getpid(), inode_of(fd));
	say_holder(child, inode_of(fd));
	say_and_hold(options);
	end_child(child);
}

static const struct holder_kind {
	const char *name;
	const char *help;
	void (*run)(const struct load_options *options);
} kinds[] = {
	{ "fd", "a descriptor only", hold_fd },
	{ "map", "a mapping only", hold_map },
	{ "fork", "shared with a forked child", hold_fork },
	{ "threads", "by a process of nine threads with one table", hold_threads },
	{ "table", "by one thread that has a table of its own", hold_table },
	{ "leaderless", "by a process whose main thread has ended", hold_leaderless },
	{ "sharedvm", "by two processes with one memory", hold_sharedvm },
	{ "namespaces", "by a process in user, pid, mount and net namespaces", hold_namespaces },
	{ "nondumpable", "by a process that its user may not look into", hold_nondumpable },
	{ "changing", "by one whose user may not look in from SIGUSR1 to SIGUSR2", hold_changing },
	{ "opath", "by an O_PATH descriptor only", hold_opath },
	{ "inflight", "by nobody: the descriptor waits in a socket", hold_inflight },
	{ "imposter", "not at all: ordinary files that look like it", hold_imposter },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

void print_holder_kinds(void)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		printf("  %-16s %s\n", kinds[i].name, kinds[i].help);
}

int run_holder(const struct load_options *options)
{
	size_t i;

	for (i = 0; i < KINDS; i++) {
		if (!strcmp(kinds[i].name, options->holder)) {
			kinds[i].run(options);
			return 0;
		}
	}
	give_up(LOAD_USAGE, "--as: unknown kind '%s'", options->holder);
}
