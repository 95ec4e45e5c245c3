// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each step in the life of secret memory, with the 1st, the 2nd, the 3rd … of
 * the kernel's attempts to get something failing, until a run comes to its end
 * with nothing left that could fail. Each failure has to end in a clean error
 * or to make no difference, the step has to succeed when it is made again, and
 * everything has to go back in the end. Prints TAP.
 *
 * usage: secret-faults slab|pages [heard] STEP…
 *        secret-faults once|lasting FUNCTION ERROR [heard] STEP…
 *
 * heard: somebody listens, so that there are events to be told.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/secretmem_netlink.h>

#include "inject.h"
#include "secret-request.h"
#include "secretfile.h"

#define SEVERAL		(3 * SECRET_CHUNK)
#define FLOOR		(2 * SECRET_CHUNK)
#define CROWD		((size_t)48 << 20)
#define CROWD_STEP	((size_t)1 << 20)
#define CROWD_IN_AREA_KIB	2048
#define CROWDED		((size_t)64 << 20)	/* all of the pool */
#define PAGE_TOUCHED	(100 * SECRET_PAGE)

enum {
	SIGBUS_CAME = -1,
	MAX_ERRORS = 3,
	MAX_FILES = 3,
	MAX_NTH = 20000,
	MAX_TRIES = 300,
	/*
	 * Up to here each attempt fails in turn, then the distance is such a
	 * part of what has passed.
	 */
	EACH = 64,
	THEN_EVERY = 16,
	EACH_OF_MANY = 8,
	THEN_EVERY_OF_MANY = 4,
};

/* What a step works on. */
struct place {
	int fd;
	volatile char *memory;
	size_t bytes;
	struct mnl_socket *socket;
	int files[MAX_FILES];
	void *crowd;
};

struct step {
	const char *name;
	bool (*prepare)(struct place *place);
	int (*act)(struct place *place);	/* 0, an error number, or SIGBUS_CAME */
	bool (*check)(const struct place *place);	/* what it has made */
	void (*undo)(struct place *place);
	int errors[MAX_ERRORS];			/* that are clean */
	bool whole;				/* all of it is done, or nothing */
	bool pages;				/* always needs a page of the kernel's */
	bool many;				/* attempts, each run taking long */
	bool lost;				/* a failure costs a chunk for good */
};

static int family;
static sigjmp_buf after_signal;

static void note_signal(int number)
{
	(void)number;
	siglongjmp(after_signal, 1);
}

/* Files */

static void close_all(struct place *place)
{
	if (place->memory)
		secret_unmap(place->memory, place->bytes);
	if (place->fd >= 0)
		close(place->fd);
	place->memory = NULL;
	place->fd = -1;
}

static int act_create(struct place *place)
{
	place->fd = secret_create();
	return place->fd < 0 ? errno : 0;
}

static bool prepare_file(struct place *place, size_t bytes)
{
	place->bytes = bytes;
	place->fd = secret_open(bytes);
	return place->fd >= 0;
}

static bool prepare_several(struct place *place)
{
	return prepare_file(place, SEVERAL);
}

static int act_map(struct place *place)
{
	place->memory = secret_map(place->fd, place->bytes, 0);
	return place->memory ? 0 : errno;
}

/* All that the file can need, and of no more than that. */
static bool check_reserved(const struct place *place)
{
	return area_used() >= (long long)(place->bytes / SECRET_PAGE);
}

static bool prepare_mapped_empty(struct place *place)
{
	if (!prepare_file(place, 0))
		return false;
	place->bytes = SEVERAL;
	return act_map(place) == 0;
}

static int act_resize(struct place *place)
{
	return ftruncate(place->fd, (off_t)place->bytes) ? errno : 0;
}

/* Pages */

static bool prepare_reserved(struct place *place)
{
	return prepare_file(place, SECRET_CHUNK) && act_map(place) == 0;
}

/* A chunk that the file before has left ready would be had without a failure. */
static bool nothing_is_ready(void)
{
	return !request_ready(family);
}

static bool prepare_unreserved(struct place *place)
{
	if (!comes_true(nothing_is_ready) || !prepare_file(place, SECRET_CHUNK))
		return false;
	place->memory = secret_map(place->fd, place->bytes, MAP_NORESERVE);
	return place->memory;
}

static int act_touch_one(struct place *place)
{
	if (sigsetjmp(after_signal, 1))
		return SIGBUS_CAME;
	place->memory[PAGE_TOUCHED] = 1;
	return 0;
}

static int act_touch_all(struct place *place)
{
	if (sigsetjmp(after_signal, 1))
		return SIGBUS_CAME;
	secret_touch(place->memory, place->bytes);
	return 0;
}

static long sum_of(const struct place *place)
{
	long sum = 0;

	for (size_t i = 0; i < place->bytes; i++)
		sum += place->memory[i];
	return sum;
}

static bool check_one(const struct place *place)
{
	return place->memory[PAGE_TOUCHED] == 1 && sum_of(place) == 1;
}

static bool check_all(const struct place *place)
{
	return sum_of(place) == (long)(place->bytes / SECRET_PAGE);
}

/* Processes */

static bool prepare_touched(struct place *place)
{
	return prepare_reserved(place) && act_touch_all(place) == 0;
}

static int act_fork(struct place *place)
{
	pid_t child = fork();

	if (!child)
		_exit(place->memory[PAGE_TOUCHED - 1]);
	if (child < 0)
		return errno;
	waitpid(child, NULL, 0);
	return 0;
}

static int act_release(struct place *place)
{
	close_all(place);
	return 0;
}

/* Memory that others use */

static long area_free_kib(void)
{
	FILE *meminfo = fopen("/proc/meminfo", "re");
	char line[128];
	long kib = 0;

	while (meminfo && fgets(line, sizeof(line), meminfo)) {
		if (sscanf(line, "CmaFree: %ld kB", &kib) == 1)
			break;
	}
	if (meminfo)
		fclose(meminfo);
	return kib;
}

/*
 * Where memory is taken from is the page allocator's choice, so more and more
 * is taken until a part of the area is.
 */
static bool prepare_crowded(struct place *place)
{
	long before = area_free_kib();

	place->crowd = mmap(NULL, CROWD, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);
	if (place->crowd == MAP_FAILED)
		return false;
	for (size_t done = 0; done < CROWD; done += CROWD_STEP) {
		memset((char *)place->crowd + done, 1, CROWD_STEP);
		if (before - area_free_kib() > CROWD_IN_AREA_KIB)
			return prepare_file(place, CROWDED);
	}
	return false;
}

static void undo_crowded(struct place *place)
{
	close_all(place);
	munmap(place->crowd, CROWD);
}

/* Requests */

static bool prepare_socket(struct place *place)
{
	place->socket = request_open();
	return place->socket;
}

static int set_floor(struct mnl_socket *socket, size_t bytes)
{
	uint64_t missing;
	int error = request_floor(socket, family, bytes, &missing);

	/* What is told to be missing is no clean success, but clean. */
	return !error && missing ? ENOMEM : error;
}

static void drop_floor(struct place *place)
{
	struct mnl_socket *socket = request_open();

	set_floor(socket, 0);
	request_close(socket);
	if (place->socket)
		request_close(place->socket);
	place->socket = NULL;
}

/* A request waits for the floor to be made, but not for ever: a slow machine may need more. */
static bool make_floor(void)
{
	const struct timespec moment = { .tv_nsec = 100000000 };
	struct mnl_socket *socket = request_open();
	bool made = false;

	for (int tries = 0; tries < MAX_TRIES && !made; tries++) {
		made = set_floor(socket, FLOOR) == 0;
		if (!made)
			nanosleep(&moment, NULL);
	}
	request_close(socket);
	return made;
}

static bool prepare_floor(struct place *place)
{
	return make_floor() && prepare_several(place);
}

static void undo_floor(struct place *place)
{
	close_all(place);
	drop_floor(place);
}

static bool prepare_lowering(struct place *place)
{
	return make_floor() && prepare_socket(place);
}

/* What a failed request leaves on its socket is not for the next one. */
static int ask_anew(struct place *place, int error)
{
	if (error) {
		request_close(place->socket);
		place->socket = request_open();
	}
	return error;
}

static int act_raise(struct place *place)
{
	return ask_anew(place, set_floor(place->socket, FLOOR));
}

static int act_lower(struct place *place)
{
	return ask_anew(place, set_floor(place->socket, 0));
}

static bool prepare_files(struct place *place)
{
	for (int i = 0; i < MAX_FILES; i++) {
		place->files[i] = secret_open(SECRET_PAGE);
		if (place->files[i] < 0)
			return false;
	}
	return prepare_reserved(place) && act_touch_one(place) == 0 && prepare_socket(place);
}

static void undo_files(struct place *place)
{
	for (int i = 0; i < MAX_FILES; i++)
		close(place->files[i]);
	close_all(place);
	request_close(place->socket);
	place->socket = NULL;
}

static int count_objects(struct place *place, uint8_t command, int expected)
{
	int count, error = ask_anew(place, request_objects(place->socket, family, command, &count));

	/* Fewer than there are, and no word of it: that is not clean. */
	return !error && count != expected ? ENOENT : error;
}

static int act_dump_files(struct place *place)
{
	return count_objects(place, SECRETMEM_CMD_FILE_GET, MAX_FILES + 1);
}

static int act_dump_chunks(struct place *place)
{
	return count_objects(place, SECRETMEM_CMD_CHUNK_GET, 1);
}

static int act_get_pool(struct place *place)
{
	return count_objects(place, SECRETMEM_CMD_POOL_GET, 1);
}

static const struct step steps[] = {
	{ "create", NULL, act_create, NULL, close_all, { ENOMEM }, .whole = true },
	{ "map", prepare_several, act_map, check_reserved, close_all, { ENOMEM }, .whole = true },
	{ "resize", prepare_mapped_empty, act_resize, check_reserved, close_all, { ENOMEM },
	  .whole = true },
	{ "map-floor", prepare_floor, act_map, check_reserved, undo_floor, { ENOMEM },
	  .whole = true },
	{ "map-crowded", prepare_crowded, act_map, check_reserved, undo_crowded, { ENOMEM },
	  .whole = true, .pages = true, .many = true },
	{ "touch", prepare_reserved, act_touch_one, check_one, close_all, { SIGBUS_CAME },
	  .pages = true },
	{ "touch-all", prepare_reserved, act_touch_all, check_all, close_all, { SIGBUS_CAME },
	  .pages = true },
	{ "touch-unreserved", prepare_unreserved, act_touch_one, check_one, close_all,
	  { SIGBUS_CAME }, .pages = true },
	{ "fork", prepare_touched, act_fork, check_all, close_all, { ENOMEM, EAGAIN },
	  .pages = true },
	{ "release", prepare_touched, act_release, NULL, close_all, { 0 } },
	{ "release-lost", prepare_touched, act_release, NULL, close_all, { 0 }, .lost = true },
	{ "raise-floor", prepare_socket, act_raise, NULL, drop_floor, { ENOMEM, ENOBUFS } },
	{ "lower-floor", prepare_lowering, act_lower, NULL, drop_floor, { ENOMEM, ENOBUFS } },
	{ "dump-files", prepare_files, act_dump_files, NULL, undo_files, { ENOMEM, ENOBUFS } },
	{ "dump-chunks", prepare_files, act_dump_chunks, NULL, undo_files, { ENOMEM, ENOBUFS } },
	{ "get-pool", prepare_files, act_get_pool, NULL, undo_files, { ENOMEM, ENOBUFS } },
};

/* How a step went so far. */
struct tally {
	unsigned int failures;	/* that were made to happen */
	unsigned int errors;	/* that they ended in */
	char wrong[128];	/* what was not as it should be, first */
};

static void note_wrong(struct tally *tally, unsigned int nth, const char *what, int result)
{
	if (!*tally->wrong)
		snprintf(tally->wrong, sizeof(tally->wrong), "at attempt %u: %s (%s)", nth, what,
			 result == SIGBUS_CAME ? "SIGBUS" : strerror(result));
}

/* A call that a signal would end says EINTR, and nothing else. */
static bool is_clean(const struct step *step, const struct injection *injection, int result)
{
	if (injection->error == EINTR && result == EINTR)
		return true;
	for (int i = 0; i < MAX_ERRORS; i++)
		if (step->errors[i] && step->errors[i] == result)
			return true;
	return false;
}

/*
 * What secret memory has cost so far, wherever that is counted: without what is
 * ready, which comes and goes by itself.
 */
struct costs {
	long long pages, charged;
};

static struct costs costs_now(void)
{
	uint64_t ready;
	long long used;

	do {
		ready = request_ready(family);
		used = area_used();
	} while (request_ready(family) != ready);
	return (struct costs){ used - (long long)(ready / SECRET_PAGE),
			       misc_current("/sys/fs/cgroup") };
}

static bool costs_equal(struct costs a, struct costs b)
{
	return a.pages == b.pages && a.charged == b.charged;
}

static int act_with_failure(const struct step *step, struct place *place,
			    struct injection *injection, unsigned int nth, struct tally *tally,
			    bool *failed)
{
	int result;

	injection_arm(injection, nth);
	result = step->act(place);
	*failed = injection_disarm(injection);
	tally->failures += *failed;
	tally->errors += result != 0;
	if (result && !*failed)
		note_wrong(tally, nth, "an error without a cause", result);
	else if (result && !is_clean(step, injection, result))
		note_wrong(tally, nth, "not a clean error", result);
	return result;
}

/* One run of a step: whether there was something to fail. */
static bool run_once(const struct step *step, struct injection *injection, unsigned int nth,
		     struct tally *tally)
{
	struct place place = { .fd = -1 };
	struct costs before, prepared;
	bool failed = false;
	int result;

	before = costs_now();
	if (step->prepare && !step->prepare(&place)) {
		note_wrong(tally, nth, "cannot be prepared", errno);
		return false;
	}
	prepared = costs_now();
	result = act_with_failure(step, &place, injection, nth, tally, &failed);
	if (result && step->whole && !costs_equal(costs_now(), prepared))
		note_wrong(tally, nth, "something of it is kept", result);
	if (result) {
		result = step->act(&place);
		if (result)
			note_wrong(tally, nth, "fails once more", result);
	}
	if (!result && step->check && !step->check(&place))
		note_wrong(tally, nth, "wrong content", 0);
	step->undo(&place);
	if (step->lost && failed)
		before.pages += (long long)(SECRET_CHUNK / SECRET_PAGE);
	if (!costs_equal(costs_now(), before))
		note_wrong(tally, nth, "not all has gone back", 0);
	return failed;
}

static unsigned int next_attempt(const struct step *step, unsigned int nth)
{
	unsigned int each = step->many ? EACH_OF_MANY : EACH;
	unsigned int part = step->many ? THEN_EVERY_OF_MANY : THEN_EVERY;

	return nth + (nth < each ? 1 : nth / part);
}

static void run_step(const struct step *step, struct injection *injection, const char *kind)
{
	struct tally tally = { 0 };
	unsigned int nth = 1;

	while (nth < MAX_NTH && !*tally.wrong && run_once(step, injection, nth, &tally))
		nth = next_attempt(step, nth);
	if (nth >= MAX_NTH)
		note_wrong(&tally, nth, "there is no end of it", 0);
	if (!tally.failures && (injection->kind != INJECT_PAGES || step->pages))
		note_wrong(&tally, nth, "nothing could be made to fail", 0);

	tap(!*tally.wrong, "%s, %s: %u failures, %u of them seen%s%s", step->name, kind,
	    tally.failures, tally.errors, *tally.wrong ? ", " : "", tally.wrong);
}

static const struct step *find_step(const char *name)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (!strcmp(steps[i].name, name))
			return &steps[i];
	return NULL;
}

static int usage(void)
{
	fprintf(stderr, "usage: secret-faults slab|pages [heard] STEP...\n"
			"       secret-faults once|lasting FUNCTION ERROR [heard] STEP...\n");
	return 2;
}

/* 0 if there is none of that name. */
static int error_number(const char *name)
{
	for (int error = 1; strerrorname_np(error); error++)
		if (!strcmp(strerrorname_np(error), name))
			return error;
	return 0;
}

/* The number of arguments that say what shall fail; 0 if they do not. */
static int parse_injection(int argc, char **argv, struct injection *injection)
{
	const char *kind = argc > 1 ? argv[1] : "";

	if (!strcmp(kind, "slab") || !strcmp(kind, "pages")) {
		injection->kind = *kind == 's' ? INJECT_SLAB : INJECT_PAGES;
		return 1;
	}
	if ((strcmp(kind, "once") && strcmp(kind, "lasting")) || argc < 4)
		return 0;
	injection->kind = INJECT_FUNCTION;
	injection->lasting = *kind == 'l';
	injection->function = argv[2];
	injection->error = error_number(argv[3]);
	return injection->error ? 3 : 0;
}

/* Somebody listens until the end, and misses what does not fit into its queue. */
static void be_heard(void)
{
	struct mnl_socket *listener = request_open();

	tap(listener && request_listen(listener), "somebody listens");
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = note_signal };
	struct injection injection = { 0 };
	int taken = parse_injection(argc, argv, &injection);
	char kind[80];

	if (!taken)
		return usage();
	snprintf(kind, sizeof(kind), "%s", argv[1]);
	if (injection.function)
		snprintf(kind, sizeof(kind), "%s %s of %s", argv[1],
			 strerrorname_np(injection.error), injection.function);
	sigaction(SIGBUS, &action, NULL);
	family = request_family();
	if (!injection_open(&injection)) {
		printf("Bail out! no injection of %s: %s\n", kind, strerror(errno));
		return 1;
	}
	if (argc > taken + 1 && !strcmp(argv[taken + 1], "heard")) {
		be_heard();
		taken++;
	}
	for (int i = taken + 1; i < argc; i++) {
		const struct step *step = find_step(argv[i]);

		if (!step)
			return usage();
		run_step(step, &injection, kind);
	}
	injection_close(&injection);
	return tap_finish();
}
