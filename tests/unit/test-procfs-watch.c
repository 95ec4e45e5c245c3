// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The scan that is spread over many reads: what it finds, and when. On this
 * machine, whose other processes do as they like.
 */
#include <limits.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "procfs.h"
#include "test.h"
#include "xalloc.h"

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

#define NS_PER_MS UINT64_C(1000000)
#define CYCLE_NS (400 * NS_PER_MS)
#define READ_MS 40
#define READS_SOON ((int)(3 * CYCLE_NS / NS_PER_MS / READ_MS))
#define READS_NEVER (4 * READS_SOON)

/* A process that does what it is told, by a byte at a time. */
struct child {
	pid_t pid;
	int socket;
	uint64_t inode;
};

static void obey(int socket)
{
	struct stat status;
	uint64_t inode;
	char order;
	int fd = -1;

	while (read(socket, &order, 1) == 1) {
		inode = 0;
		if (order == 'c' && (fd = (int)syscall(SYS_memfd_secret, 0)) >= 0 &&
		    !fstat(fd, &status))
			inode = status.st_ino;
		if (order == 'd')
			close(fd);
		if (write(socket, &inode, sizeof(inode)) != sizeof(inode))
			break;
	}
	_exit(0);
}

static void tell(struct child *child, char order)
{
	assert_int_equal(write(child->socket, &order, 1), 1);
	assert_int_equal(read(child->socket, &child->inode, sizeof(child->inode)),
			 sizeof(child->inode));
}

static struct child start_child(void)
{
	struct child child = { 0 };
	int sockets[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets), 0);
	child.pid = fork();
	assert_true(child.pid >= 0);
	if (!child.pid) {
		/* Those of others would keep them from seeing an end. */
		dup2(sockets[1], STDERR_FILENO + 1);
		close_range(STDERR_FILENO + 2, UINT_MAX, 0);
		obey(STDERR_FILENO + 1);
	}
	close(sockets[1]);
	child.socket = sockets[0];
	tell(&child, 'n');
	return child;
}

static void end_child(struct child *child)
{
	close(child->socket);
	waitpid(child->pid, NULL, 0);
}

static struct procfs_reader *open_reader(void)
{
	struct procfs_reader *reader;
	struct failure failure;

	assert_int_equal(procfs_open(NULL, &reader, &failure), EXIT_FINE);
	procfs_watch(reader, CYCLE_NS);
	return reader;
}

static bool is_held(const struct snapshot *snapshot, const struct child *child)
{
	list_for_each(file, &snapshot->files, struct secret_file) {
		if (!file->inode.known || file->inode.value != child->inode)
			continue;
		list_for_each(holder, &file->holders, struct holder) {
			if (holder->pid.value == (uint64_t)child->pid)
				return true;
		}
	}
	return false;
}

static bool read_once(struct procfs_reader *reader, const struct child *child)
{
	struct snapshot snapshot = { 0 };
	struct failure failure;
	bool held;

	procfs_read(reader, PART_HOLDERS, &snapshot, &failure);
	held = is_held(&snapshot, child);
	assert_true(snapshot.processes.value > 1);
	assert_true(snapshot.scan_age_ns.known);
	snapshot_clear(&snapshot);
	return held;
}

static void sleep_ms(long ms)
{
	const struct timespec time = { 0, ms * 1000000 };

	nanosleep(&time, NULL);
}

/*
 * How many reads until the child is a holder, or is none. Not how long: a machine
 * may stand still for a while, and the reader with it.
 */
static int reads_until(struct procfs_reader *reader, const struct child *child, bool held)
{
	int reads = 0;

	while (read_once(reader, child) != held && reads++ < READS_NEVER)
		sleep_ms(READ_MS);
	return reads;
}

/* Those who held something before are there at the first read. */
static void the_first_read_sees_all(void **state)
{
	struct procfs_reader *reader = open_reader();
	struct child child = start_child();

	(void)state;
	tell(&child, 'c');
	assert_true(read_once(reader, &child));
	end_child(&child);
	procfs_close(reader);
}

/* A process that slept through many looks, and then creates a file. */
static void a_sleeper_that_wakes_is_found_within_two_cycles(void **state)
{
	struct procfs_reader *reader;
	struct child child = start_child();
	int i;

	(void)state;
	reader = open_reader();
	for (i = 0; i < 20; i++) {
		assert_false(read_once(reader, &child));
		sleep_ms(READ_MS);
	}
	tell(&child, 'c');
	assert_true(reads_until(reader, &child, true) <= READS_SOON);
	end_child(&child);
	procfs_close(reader);
}

/* One with a higher number than those of the last read: at times they begin anew. */
static struct child start_new_child(struct procfs_reader *reader)
{
	struct child before = start_child(), child;

	read_once(reader, &before);
	child = start_child();
	end_child(&before);
	if (child.pid > before.pid)
		return child;
	end_child(&child);
	return start_new_child(reader);
}

/* It is new, and holds at once: the next read knows it, whatever the cycle. */
static void a_new_process_is_found_by_the_next_read(void **state)
{
	struct procfs_reader *reader = open_reader();
	struct child child = start_new_child(reader);

	(void)state;
	tell(&child, 'c');
	assert_true(read_once(reader, &child));
	end_child(&child);
	procfs_close(reader);
}

/* What a holder does shows at the next read, or soon where a look costs much. */
static void a_holder_that_lets_go_is_none_soon(void **state)
{
	struct procfs_reader *reader = open_reader();
	struct child child = start_child();
	uint64_t inode;

	(void)state;
	tell(&child, 'c');
	assert_true(read_once(reader, &child));
	inode = child.inode;
	tell(&child, 'd');
	child.inode = inode;
	assert_true(reads_until(reader, &child, false) <= READS_SOON);
	tell(&child, 'c');
	assert_true(reads_until(reader, &child, true) <= READS_SOON);
	end_child(&child);
	assert_true(reads_until(reader, &child, false) <= READS_SOON);
	procfs_close(reader);
}

static void count_files(uint64_t *files, uint64_t *processes, struct procfs_reader *reader)
{
	struct snapshot snapshot = { 0 };
	struct failure failure;

	procfs_read(reader, PART_HOLDERS, &snapshot, &failure);
	*files = snapshot.files.count;
	*processes = snapshot.processes.value;
	snapshot_clear(&snapshot);
}

/* After a cycle it knows as many as a reader that looks at all of them. */
static void in_the_end_it_knows_what_a_whole_scan_knows(void **state)
{
	uint64_t files, processes, all_files, all_processes;
	struct procfs_reader *reader = open_reader(), *whole;
	struct child children[20];
	struct failure failure;
	int i;

	(void)state;
	assert_int_equal(procfs_open(NULL, &whole, &failure), EXIT_FINE);
	count_files(&files, &processes, reader);
	for (i = 0; i < 20; i++) {
		children[i] = start_child();
		tell(&children[i], 'c');
	}
	for (i = 0; i < 10; i++)
		end_child(&children[i]);
	assert_true(reads_until(reader, &children[10], true) < READS_NEVER);
	for (i = 0; i < READS_SOON; i++) {
		count_files(&files, &processes, reader);
		sleep_ms(READ_MS);
	}
	for (i = 0; i < 10; i++)
		assert_false(read_once(reader, &children[i]));
	for (i = 10; i < 20; i++)
		assert_true(read_once(reader, &children[i]));
	count_files(&files, &processes, reader);
	count_files(&all_files, &all_processes, whole);
	/* Others' processes come and go meanwhile. */
	assert_in_range(processes, all_processes * 8 / 10, all_processes * 12 / 10 + 50);
	for (i = 10; i < 20; i++)
		end_child(&children[i]);
	procfs_close(whole);
	procfs_close(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_read_sees_all),
		cmocka_unit_test(a_sleeper_that_wakes_is_found_within_two_cycles),
		cmocka_unit_test(a_new_process_is_found_by_the_next_read),
		cmocka_unit_test(a_holder_that_lets_go_is_none_soon),
		cmocka_unit_test(in_the_end_it_knows_what_a_whole_scan_knows),
	};
	int fd = (int)syscall(SYS_memfd_secret, 0);

	if (fd < 0) {
		puts("1..0 # SKIP no memfd_secret(2) here");
		return 0;
	}
	close(fd);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
