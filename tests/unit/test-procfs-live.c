// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The scan of this machine where system calls are refused that it likes to
 * use: older kernels have no PROCMAP_QUERY, containers refuse memfd_secret() and
 * kcmp(). What is found must be the same.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "procfs.h"
#include "test.h"
#include "xalloc.h"

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

#define SIZE 65536

/* What this process holds: a file by descriptor, one by mapping, one by a thread. */
static uint64_t inode_by_fd, inode_by_map, inode_by_thread;
static int pipe_of_thread[2];

static int create(uint64_t *inode)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);
	struct stat status;

	if (fd < 0 || ftruncate(fd, SIZE) || fstat(fd, &status))
		return -1;
	*inode = status.st_ino;
	return fd;
}

static void *hold_in_own_table(void *unused)
{
	char byte;

	if (!unshare(CLONE_FILES))
		create(&inode_by_thread);
	/* Say that it is there, then stay. */
	if (write(pipe_of_thread[1], "x", 1) == 1)
		pause();
	return read(pipe_of_thread[0], &byte, 1) ? unused : NULL;
}

static bool hold_all(void)
{
	int by_fd = create(&inode_by_fd), by_map = create(&inode_by_map);
	pthread_t thread;
	char *memory;
	char byte;

	if (by_fd < 0 || by_map < 0 || pipe(pipe_of_thread))
		return false;
	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, by_map, 0);
	if (memory == MAP_FAILED)
		return false;
	memory[0] = 1;
	/* Before the thread comes: its table is a copy. */
	close(by_map);
	if (pthread_create(&thread, NULL, hold_in_own_table, NULL))
		return false;
	return read(pipe_of_thread[0], &byte, 1) == 1;
}

#define REFUSE(call, error)						\
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),		\
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))

static bool refuse(unsigned int call, unsigned int error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		REFUSE(call, error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = sizeof(filter) / sizeof(filter[0]),
		.filter = filter,
	};

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static const struct holder *own_holder(const struct snapshot *snapshot, uint64_t inode, pid_t pid)
{
	list_for_each(file, &snapshot->files, struct secret_file) {
		if (file->inode.value != inode)
			continue;
		list_for_each(holder, &file->holders, struct holder) {
			if (holder->pid.value == (uint64_t)pid)
				return holder;
		}
	}
	return NULL;
}

/* 0: all of the parent's are found, as often as they are there. */
static int look_at_parent(void)
{
	struct snapshot snapshot = { 0 };
	const struct holder *holder;
	struct procfs_reader *reader;
	struct failure failure;
	pid_t parent = getppid();

	if (procfs_open(NULL, &reader, &failure))
		return 2;
	procfs_read(reader, PART_FILES, &snapshot, &failure);
	holder = own_holder(&snapshot, inode_by_fd, parent);
	/* Tables that cannot be told apart count as one. */
	if (!holder || holder->descriptors.value < 1 || holder->mappings.value)
		return 3;
	holder = own_holder(&snapshot, inode_by_map, parent);
	if (!holder || holder->descriptors.value || holder->mappings.value != 1 ||
	    holder->mapped_bytes.value != SIZE || holder->resident_bytes.value != 4096)
		return 4;
	holder = own_holder(&snapshot, inode_by_thread, parent);
	if (!holder || holder->descriptors.value != 1)
		return 5;
	snapshot_clear(&snapshot);
	procfs_close(reader);
	return 0;
}

static void expect_all_found(unsigned int call, unsigned int error)
{
	pid_t child;
	int status;

	if (!inode_by_fd)
		skip();
	fflush(NULL);
	child = fork();
	if (!child)
		_exit(call && !refuse(call, error) ? 1 : look_at_parent());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void nothing_is_refused(void **state)
{
	(void)state;
	expect_all_found(0, 0);
}

static void memfd_secret_is_refused(void **state)
{
	(void)state;
	expect_all_found(SYS_memfd_secret, EPERM);
}

static void kcmp_is_refused(void **state)
{
	(void)state;
	expect_all_found(SYS_kcmp, EPERM);
}

static void mappings_cannot_be_queried(void **state)
{
	(void)state;
	expect_all_found(SYS_ioctl, ENOTTY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_refused),
		cmocka_unit_test(memfd_secret_is_refused),
		cmocka_unit_test(kcmp_is_refused),
		cmocka_unit_test(mappings_cannot_be_queried),
	};

	/* A child may look into its parent wherever a policy does not forbid it. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	if (!hold_all())
		inode_by_fd = 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
