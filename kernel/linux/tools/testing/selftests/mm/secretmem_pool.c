// SPDX-License-Identifier: GPL-2.0
/*
 * What the pool of secret memory promises to those who map it: a reservation is
 * made at once or not at all, and no access within it fails for want of memory.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/secretmem_netlink.h>

#include "../kselftest.h"

#ifdef __NR_memfd_secret

#define PATTERN			0x55
#define NOBODY			65534

#define FAULT_AROUND_PAGES	16
/* Page faults of the test itself, on its stack and the like. */
#define FAULT_SLACK		32

#define NR_THREADS		8
#define NR_ROUNDS		100

static const int prot = PROT_READ | PROT_WRITE;

static size_t page_size;
static size_t chunk_size;

/* Generic netlink, as much of it as is needed to ask one thing at a time. */

struct request {
	struct nlmsghdr nlh;
	struct genlmsghdr genlh;
	char attrs[64];
};

struct reply {
	struct nlmsghdr nlh;
	struct genlmsghdr genlh;
	char attrs[4096];
};

static int nl_fd = -1;
static uint16_t nl_family;

static const struct nlattr *find_attr(const void *attrs, size_t length,
				      int type)
{
	while (length >= NLA_HDRLEN) {
		const struct nlattr *attr = attrs;
		size_t step = NLA_ALIGN(attr->nla_len);

		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		if (step < NLA_HDRLEN || step > length)
			break;
		attrs += step;
		length -= step;
	}
	return NULL;
}

static const void *attr_data(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

/* An integer of whatever size; 0 if it is absent. */
static uint64_t attr_number(const struct nlattr *attr)
{
	uint64_t u64 = 0;
	uint32_t u32 = 0;
	uint16_t u16 = 0;

	if (!attr)
		return 0;

	switch (attr->nla_len - NLA_HDRLEN) {
	case sizeof(u64):
		memcpy(&u64, attr_data(attr), sizeof(u64));
		return u64;
	case sizeof(u32):
		memcpy(&u32, attr_data(attr), sizeof(u32));
		return u32;
	case sizeof(u16):
		memcpy(&u16, attr_data(attr), sizeof(u16));
		return u16;
	}
	return 0;
}

static size_t attrs_length(const struct reply *reply)
{
	return reply->nlh.nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
}

static uint64_t reply_number(const struct reply *reply, int type)
{
	return attr_number(find_attr(reply->attrs, attrs_length(reply), type));
}

static bool ask(struct request *request, size_t attrs, struct reply *reply)
{
	request->nlh.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) + attrs;
	request->nlh.nlmsg_flags = NLM_F_REQUEST;

	if (send(nl_fd, request, request->nlh.nlmsg_len, 0) < 0)
		return false;
	if (recv(nl_fd, reply, sizeof(*reply), 0) < NLMSG_LENGTH(GENL_HDRLEN))
		return false;

	return reply->nlh.nlmsg_type != NLMSG_ERROR;
}

static bool find_family(void)
{
	struct request request = {
		.nlh.nlmsg_type = GENL_ID_CTRL,
		.genlh.cmd = CTRL_CMD_GETFAMILY,
		.genlh.version = 1,
	};
	struct nlattr *name = (struct nlattr *)request.attrs;
	struct reply reply;

	name->nla_type = CTRL_ATTR_FAMILY_NAME;
	name->nla_len = NLA_HDRLEN + sizeof(SECRETMEM_FAMILY_NAME);
	memcpy(request.attrs + NLA_HDRLEN, SECRETMEM_FAMILY_NAME,
	       sizeof(SECRETMEM_FAMILY_NAME));

	if (!ask(&request, NLA_ALIGN(name->nla_len), &reply))
		return false;

	nl_family = reply_number(&reply, CTRL_ATTR_FAMILY_ID);
	return nl_family;
}

static bool ask_family(int command, struct reply *reply)
{
	struct request request = {
		.nlh.nlmsg_type = nl_family,
		.genlh.cmd = command,
		.genlh.version = SECRETMEM_FAMILY_VERSION,
	};

	return ask(&request, 0, reply);
}

/* The state of the pool, in bytes but for the last. */
struct pool {
	unsigned long long held;
	unsigned long long used;
	unsigned long long available;
	unsigned long long ready;
	unsigned long long files;
	unsigned long long quarantined_chunks;
};

static struct reply ask_pool(void)
{
	struct reply reply;

	if (!ask_family(SECRETMEM_CMD_POOL_GET, &reply))
		ksft_exit_fail_msg("no answer about the pool\n");

	return reply;
}

static struct pool read_pool(void)
{
	struct reply reply = ask_pool();

	return (struct pool) {
		.held = reply_number(&reply, SECRETMEM_A_POOL_RESERVED),
		.used = reply_number(&reply, SECRETMEM_A_POOL_USED),
		.available = reply_number(&reply, SECRETMEM_A_POOL_AVAILABLE),
		.ready = reply_number(&reply, SECRETMEM_A_POOL_READY),
		.files = reply_number(&reply, SECRETMEM_A_POOL_FILES),
		.quarantined_chunks =
			reply_number(&reply, SECRETMEM_A_POOL_QUARANTINED_CHUNKS),
	};
}

static uint64_t read_failures(int reason)
{
	struct reply reply = ask_pool();
	const struct nlattr *nest = find_attr(reply.attrs, attrs_length(&reply),
					      SECRETMEM_A_POOL_FAILURES);

	if (!nest)
		return 0;

	return attr_number(find_attr(attr_data(nest),
				     nest->nla_len - NLA_HDRLEN, reason));
}

static void print_pool(const char *when, const struct pool *pool)
{
	ksft_print_msg("%s: held %llu used %llu available %llu ready %llu\n",
		       when, pool->held, pool->used, pool->available,
		       pool->ready);
	ksft_print_msg("%s: %llu files, %llu quarantined chunks\n", when,
		       pool->files, pool->quarantined_chunks);
}

/* But for what is ready: a small file's chunk is, for a moment after it. */
static bool pool_is(const struct pool *want)
{
	struct pool now = read_pool();

	now.ready = want->ready;
	if (!memcmp(&now, want, sizeof(now)))
		return true;

	print_pool("before", want);
	print_pool("now", &now);
	return false;
}

static uint64_t held_since(const struct pool *before)
{
	return read_pool().held - before->held;
}

/* Files of secret memory. */

static int memfd_secret(unsigned int flags)
{
	return syscall(__NR_memfd_secret, flags);
}

static int make_file(size_t size)
{
	int fd = memfd_secret(0);

	if (fd < 0 || (size && ftruncate(fd, size)))
		ksft_exit_fail_perror("memfd_secret");

	return fd;
}

static char *try_map(int fd, size_t size, int flags)
{
	return mmap(NULL, size, prot, MAP_SHARED | flags, fd, 0);
}

static char *map_file(int fd, size_t size, int flags)
{
	char *mem = try_map(fd, size, flags);

	if (mem == MAP_FAILED)
		ksft_exit_fail_perror("mmap");

	return mem;
}

static bool map_fails(int fd)
{
	return try_map(fd, page_size, 0) == MAP_FAILED && errno == ENOMEM;
}

static off_t size_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		ksft_exit_fail_perror("fstat");

	return st.st_size;
}

/* A file whose reservation leaves so much, or -1 if no more is there. */
static int leave(size_t left)
{
	size_t size = read_pool().available - left;
	int fd;

	if (!size)
		return -1;

	fd = make_file(size);
	munmap(map_file(fd, page_size, 0), page_size);

	return fd;
}

static void close_file(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* Nothing of what is left is for files without a reservation. */
static bool pool_is_all_floor(const char *name)
{
	if (!read_pool().ready)
		return false;

	ksft_test_result_skip("%s: the floor is too high\n", name);
	return true;
}

static bool pool_has(size_t size, const char *name)
{
	if (read_pool().available >= size)
		return true;

	ksft_test_result_skip("%s: the pool is too small\n", name);
	return false;
}

/* SIGBUS ends an access, not the test. */

static __thread sigjmp_buf sigbus_env;

static void sigbus_handler(int signum)
{
	siglongjmp(sigbus_env, 1);
}

/* Write to each page; false if there is none. */
static bool touch(char *mem, size_t size)
{
	size_t i;

	if (sigsetjmp(sigbus_env, 1))
		return false;

	for (i = 0; i < size; i += page_size)
		mem[i] = PATTERN;

	return true;
}

static bool all_are(const char *mem, size_t size, char value)
{
	return mem[0] == value && !memcmp(mem, mem + 1, size - 1);
}

static bool child_passes(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		ksft_exit_fail_perror("fork");

	return WIFEXITED(status) && WEXITSTATUS(status) == KSFT_PASS;
}

static void test_mmap_reserves(void)
{
	struct pool before = read_pool();
	uint64_t failures = read_failures(SECRETMEM_A_FAILURES_POOL_EXHAUSTED);
	int fd = make_file(before.available);
	char *mem = map_file(fd, page_size, 0);
	bool all = held_since(&before) == before.available;
	int other = make_file(1);
	bool refused = map_fails(other);
	bool counted = read_failures(SECRETMEM_A_FAILURES_POOL_EXHAUSTED) ==
		       failures + 1;

	close(other);
	close(fd);
	munmap(mem, page_size);
	ksft_test_result(all && refused && counted && pool_is(&before),
			 "mmap reserves the file\n");
}

static void test_mmap_all_or_nothing(void)
{
	struct pool before = read_pool();
	int fd = make_file(before.available + 1);
	bool refused = map_fails(fd);
	bool none = held_since(&before) == 0;

	close(fd);
	ksft_test_result(refused && none && pool_is(&before),
			 "mmap of more than there is takes nothing\n");
}

static void test_ftruncate_reserves(void)
{
	struct pool before = read_pool();
	int fd = make_file(0);
	char *mem = map_file(fd, chunk_size, 0);
	bool refused = ftruncate(fd, before.available + 1) && errno == ENOMEM;
	bool none = size_of(fd) == 0 && held_since(&before) == 0;
	bool retried = !ftruncate(fd, chunk_size) &&
		       held_since(&before) == chunk_size;
	bool touched = touch(mem, chunk_size);

	munmap(mem, chunk_size);
	close(fd);
	ksft_test_result(refused && none && retried && touched &&
			 pool_is(&before),
			 "ftruncate of a mapped file reserves\n");
}

static void test_noreserve(void)
{
	const char *name = "MAP_NORESERVE takes chunks late, SIGBUS without";
	struct pool before = read_pool();
	size_t size = 2 * chunk_size;
	uint64_t failures;
	bool late, first, second, counted;
	char *mem;
	int fd, rest;

	rest = leave(chunk_size);
	if (pool_is_all_floor(name)) {
		close_file(rest);
		return;
	}

	failures = read_failures(SECRETMEM_A_FAILURES_POOL_EXHAUSTED);
	fd = make_file(size);
	mem = map_file(fd, size, MAP_NORESERVE);
	late = read_pool().available == chunk_size;
	first = touch(mem, chunk_size);
	second = touch(mem + chunk_size, page_size);
	counted = read_failures(SECRETMEM_A_FAILURES_POOL_EXHAUSTED) > failures;

	munmap(mem, size);
	close(fd);
	close_file(rest);
	ksft_test_result(late && first && !second && counted && pool_is(&before),
			 "%s\n", name);
}

static void test_fork(void)
{
	const char *name = "fork shares the reservation";
	struct pool before = read_pool();
	size_t size = 2 * chunk_size;
	bool passed, shared, one;
	char *mem;
	int fd, rest;
	pid_t pid;

	if (!pool_has(size, name))
		return;

	rest = leave(size);
	fd = make_file(size);
	mem = map_file(fd, size, 0);
	pid = fork();
	if (!pid) {
		char *again = try_map(fd, size, 0);

		_exit(again == MAP_FAILED || !touch(again, chunk_size) ||
		      !touch(mem + chunk_size, chunk_size));
	}
	passed = child_passes(pid);
	shared = touch(mem, size) && mem[size - page_size] == PATTERN;
	one = read_pool().available == 0;

	munmap(mem, size);
	close(fd);
	close_file(rest);
	ksft_test_result(passed && shared && one && pool_is(&before), "%s\n",
			 name);
}

static void test_many_mappings(void)
{
	const char *name = "several and partial mappings have one reservation";
	struct pool before = read_pool();
	size_t size = 2 * chunk_size;
	bool whole, touched;
	char *part, *all;
	int fd;

	if (!pool_has(size, name))
		return;

	fd = make_file(size);
	part = map_file(fd, page_size, 0);
	whole = held_since(&before) == size;
	all = map_file(fd, size, 0);
	touched = touch(all, size) && touch(part, page_size);
	munmap(part, page_size);
	munmap(all, size);
	whole = whole && held_since(&before) == size;

	close(fd);
	ksft_test_result(whole && touched && pool_is(&before), "%s\n", name);
}

static void test_mremap(void)
{
	const char *name = "mremap grows into the reservation";
	struct pool before = read_pool();
	size_t size = 2 * chunk_size;
	bool touched = false;
	char *mem, *grown;
	int fd, rest;

	if (!pool_has(size, name))
		return;

	fd = make_file(size);
	mem = map_file(fd, page_size, 0);
	rest = leave(0);
	grown = mremap(mem, page_size, size, MREMAP_MAYMOVE);
	if (grown != MAP_FAILED) {
		touched = touch(grown, size);
		munmap(grown, size);
	}

	close_file(rest);
	close(fd);
	ksft_test_result(touched && pool_is(&before), "%s\n", name);
}

static int open_path(int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_PATH);
}

static void test_o_path(void)
{
	struct pool before = read_pool();
	int fd = make_file(page_size);
	char *mem = map_file(fd, page_size, 0);
	bool touched = touch(mem, page_size);
	int path = open_path(fd);
	struct pool during = read_pool();
	bool kept;

	munmap(mem, page_size);
	close(fd);
	kept = path >= 0 && pool_is(&during) &&
	       during.held == before.held + chunk_size &&
	       during.used > before.used && during.files == before.files + 1;
	close(path);

	ksft_test_result(touched && kept && pool_is(&before),
			 "a descriptor of O_PATH keeps pages and counts\n");
}

static bool become_nobody(rlim_t memlock)
{
	const struct rlimit limit = { memlock, memlock };

	return !setrlimit(RLIMIT_MEMLOCK, &limit) && !setgroups(0, NULL) &&
	       !setresgid(NOBODY, NOBODY, NOBODY) &&
	       !setresuid(NOBODY, NOBODY, NOBODY);
}

/* So many files of a page, and not one more. */
static int run_memlock(int nr_files)
{
	int i;

	for (i = 0; i < nr_files; i++) {
		char *mem = try_map(make_file(page_size), page_size, 0);

		if (mem == MAP_FAILED || !touch(mem, page_size))
			return KSFT_FAIL;
	}

	return map_fails(make_file(page_size)) ? KSFT_PASS : KSFT_FAIL;
}

static void test_memlock(void)
{
	const char *name = "RLIMIT_MEMLOCK is charged by the chunk";
	struct pool before = read_pool();
	uint64_t failures = read_failures(SECRETMEM_A_FAILURES_MEMLOCK);
	bool passed, counted;
	pid_t pid;

	if (!pool_has(5 * chunk_size, name))
		return;

	pid = fork();
	if (!pid)
		_exit(become_nobody(5 * chunk_size - 1) ? run_memlock(4) :
							  KSFT_SKIP);
	passed = child_passes(pid);
	counted = read_failures(SECRETMEM_A_FAILURES_MEMLOCK) == failures + 1;

	ksft_test_result(passed && counted && pool_is(&before), "%s\n", name);
}

static void test_zeroed(void)
{
	struct pool before = read_pool();
	bool zeroed = true;
	int round;

	for (round = 0; round < 2; round++) {
		size_t size = before.available;
		int fd = make_file(size);
		char *mem = map_file(fd, size, 0);

		zeroed = zeroed && all_are(mem, size, 0);
		memset(mem, PATTERN, size);
		munmap(mem, size);
		close(fd);
	}

	ksft_test_result(zeroed && pool_is(&before), "reused memory is zero\n");
}

static bool write_overcommit(char value)
{
	int fd = open("/proc/sys/vm/overcommit_memory", O_WRONLY);
	bool written = fd >= 0 && write(fd, &value, 1) == 1;

	close_file(fd);
	return written;
}

static char read_overcommit(void)
{
	int fd = open("/proc/sys/vm/overcommit_memory", O_RDONLY);
	char value = '\0';

	if (fd >= 0 && read(fd, &value, 1) != 1)
		value = '\0';

	close_file(fd);
	return value;
}

static void test_overcommit(void)
{
	const char *name = "overcommit_memory=2 denies MAP_NORESERVE";
	struct pool before = read_pool();
	char value = read_overcommit();
	bool reserved;
	char *mem;
	int fd;

	if (!value || !write_overcommit('2')) {
		ksft_test_result_skip("%s: cannot be set\n", name);
		return;
	}

	fd = make_file(page_size);
	mem = map_file(fd, page_size, MAP_NORESERVE);
	reserved = held_since(&before) == chunk_size;
	write_overcommit(value);

	munmap(mem, page_size);
	close(fd);
	ksft_test_result(reserved && pool_is(&before), "%s\n", name);
}

static long minor_faults(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage))
		ksft_exit_fail_perror("getrusage");

	return usage.ru_minflt;
}

static void test_fault_around(void)
{
	struct pool before = read_pool();
	long most = chunk_size / page_size / FAULT_AROUND_PAGES + FAULT_SLACK;
	int fd = make_file(chunk_size);
	char *mem = map_file(fd, chunk_size, 0);
	long faults = minor_faults();
	bool touched = touch(mem, chunk_size);

	faults = minor_faults() - faults;
	if (faults > most)
		ksft_print_msg("%ld faults, not %ld at most\n", faults, most);

	munmap(mem, chunk_size);
	close(fd);
	ksft_test_result(touched && faults <= most && pool_is(&before),
			 "a fault maps its neighbours\n");
}

/* Pages that came one by one, for want of a reservation, stay what they are. */
static void test_fault_around_pages(void)
{
	struct pool before = read_pool();
	long most = chunk_size / page_size / FAULT_AROUND_PAGES + FAULT_SLACK;
	int fd = make_file(chunk_size);
	char *lazy = map_file(fd, chunk_size, MAP_NORESERVE);
	bool same = true;
	long faults;
	char *mem;
	size_t i;

	for (i = 0; i < chunk_size; i += 3 * page_size)
		lazy[i + 1] = PATTERN;

	mem = map_file(fd, chunk_size, 0);
	faults = minor_faults();
	for (i = 0; i < chunk_size; i += page_size)
		same &= mem[i + 1] == (i % (3 * page_size) ? 0 : PATTERN);
	faults = minor_faults() - faults;
	if (faults > most)
		ksft_print_msg("%ld faults, not %ld at most\n", faults, most);

	munmap(lazy, chunk_size);
	munmap(mem, chunk_size);
	close(fd);
	ksft_test_result(same && faults <= most && pool_is(&before),
			 "a fault maps neighbours that are there, and others\n");
}

struct toucher {
	pthread_t thread;
	pthread_barrier_t *start;
	char *mem;
	bool passed;
};

static void *run_toucher(void *data)
{
	struct toucher *toucher = data;

	pthread_barrier_wait(toucher->start);
	toucher->passed = touch(toucher->mem, chunk_size);

	return NULL;
}

/* All touch the same pages at once. */
static bool touch_at_once(char *mem)
{
	struct toucher touchers[NR_THREADS];
	pthread_barrier_t start;
	bool passed = true;
	int i;

	pthread_barrier_init(&start, NULL, NR_THREADS);
	for (i = 0; i < NR_THREADS; i++) {
		touchers[i].start = &start;
		touchers[i].mem = mem;
		errno = pthread_create(&touchers[i].thread, NULL, run_toucher,
				       &touchers[i]);
		if (errno)
			ksft_exit_fail_perror("pthread_create");
	}
	for (i = 0; i < NR_THREADS; i++) {
		pthread_join(touchers[i].thread, NULL);
		passed = passed && touchers[i].passed;
	}
	pthread_barrier_destroy(&start);

	return passed;
}

static bool race_for_chunk(int flags)
{
	int fd = make_file(chunk_size);
	char *mem = map_file(fd, chunk_size, flags);
	bool passed = touch_at_once(mem);

	munmap(mem, chunk_size);
	close(fd);
	return passed;
}

/* The last chunk has no page to spare for a thread that comes second. */
static void test_race(int flags, const char *name)
{
	struct pool before = read_pool();
	int rest = leave(chunk_size);
	int round = 0;

	if ((flags & MAP_NORESERVE) && pool_is_all_floor(name)) {
		close_file(rest);
		return;
	}

	while (round < NR_ROUNDS && race_for_chunk(flags))
		round++;

	close_file(rest);
	ksft_test_result(round == NR_ROUNDS && pool_is(&before), "%s\n", name);
}

static void test_race_reserved(void)
{
	test_race(0, "threads race for the pages of a reservation");
}

static void test_race_noreserve(void)
{
	test_race(MAP_NORESERVE, "threads race for the pages of the last chunk");
}

static void (*const tests[])(void) = {
	test_mmap_reserves,
	test_mmap_all_or_nothing,
	test_ftruncate_reserves,
	test_noreserve,
	test_fork,
	test_many_mappings,
	test_mremap,
	test_o_path,
	test_memlock,
	test_zeroed,
	test_overcommit,
	test_fault_around,
	test_fault_around_pages,
	test_race_reserved,
	test_race_noreserve,
};

static void require_pool(void)
{
	struct reply info;
	int fd;

	fd = memfd_secret(0);
	if (fd < 0)
		ksft_exit_skip("memfd_secret is not supported\n");
	close(fd);

	if (geteuid())
		ksft_exit_skip("not root\n");

	nl_fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	if (nl_fd < 0 || !find_family() ||
	    !ask_family(SECRETMEM_CMD_INFO_GET, &info))
		ksft_exit_skip("no secretmem family of generic netlink\n");

	if (reply_number(&info, SECRETMEM_A_INFO_MODE) != SECRETMEM_MODE_POOLED)
		ksft_exit_skip("no pool: secretmem= was not given\n");

	chunk_size = reply_number(&info, SECRETMEM_A_INFO_CHUNK_SIZE);
	if (read_pool().available < chunk_size)
		ksft_exit_skip("the pool is in use\n");
}

static void prepare(void)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	const struct sigaction action = { .sa_handler = sigbus_handler };

	if (setrlimit(RLIMIT_MEMLOCK, &unlimited))
		ksft_exit_fail_perror("setrlimit");
	if (sigaction(SIGBUS, &action, NULL))
		ksft_exit_fail_perror("sigaction");
}

int main(void)
{
	size_t i;

	page_size = sysconf(_SC_PAGE_SIZE);

	ksft_print_header();
	require_pool();
	ksft_set_plan(ARRAY_SIZE(tests));
	prepare();

	for (i = 0; i < ARRAY_SIZE(tests); i++)
		tests[i]();

	ksft_finished();
}

#else /* __NR_memfd_secret */

int main(void)
{
	ksft_print_header();
	ksft_exit_skip("missing __NR_memfd_secret\n");
}

#endif /* __NR_memfd_secret */
