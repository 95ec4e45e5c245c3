// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The scan for a reader that comes again and again: what it costs is spread
 * over the reads, and bounded, however many processes there are.
 *
 * At each read it looks at
 *  - the processes that are known to hold something,
 *  - those that are new: the kernel tells the number that it gave out last, and
 *    gives them out in order,
 *  - and a share of all others, so large that each is looked at within a cycle.
 *
 * To look at a process means first to ask for how long it has run. One with a
 * single thread that has not run since can have opened or mapped nothing, and
 * needs no further look: a tenth of the cost, and most processes sleep. What
 * this test cannot see, a table shared with another process, is found as each
 * process is looked into once a minute all the same.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "key-index.h"
#include "moment.h"
#include "procfs.h"
#include "xalloc.h"

#define NS_PER_SECOND UINT64_C(1000000000)
#define LONGEST_SLEEP_NS (60 * NS_PER_SECOND)
#define MOST_NEW 512		/* more at a read are left to the cycle */
#define COST_SHARE 64		/* of the time, for one process that is known to hold */
#define LIST_BYTES 4096		/* of /proc at once: what is read is soon old */

enum {
	SEEN_SINGLE = 1 << 0,	/* it had one thread */
	SEEN_DENIED = 1 << 1,
	SEEN_KERNEL = 1 << 2,
	SEEN_RUN_TIME = 1 << 3,	/* .run_ns is known */
};

/* What is kept of each process. */
struct seen {
	pid_t pid;
	uint16_t flags;
	uint16_t cycle;		/* in which it was last met */
	uint32_t held;		/* its index in the list of those that hold, and 1; or 0 */
	uint64_t run_ns;	/* for how long it had run, before it was looked into */
	uint64_t looked_ns;	/* when it was last looked at */
	uint64_t inside_ns;	/* when it was last looked into */
};

struct watch {
	uint64_t cycle_ns;	/* within which each is looked at */
	struct list seen;	/* of struct seen */
	struct key_index by_pid;	/* places in it */
	struct list held;	/* of struct held */
	uint16_t cycle;
	uint64_t read_ns;	/* when the last read was */
	double owed;		/* processes of this cycle that are due */
	size_t expected;	/* processes in a cycle */
	pid_t last_pid;		/* that the kernel gave out */
	bool hidden;		/* processes are hidden from us */
	bool unreadable;	/* /proc could not be listed */
	int list;		/* /proc, as far as it was listed; -1: from its start */
	_Alignas(8) char buffer[LIST_BYTES];
	size_t length;
	size_t at;
};

struct watch *watch_new(uint64_t cycle_ns)
{
	struct watch *watch = xcalloc(1, sizeof(*watch));

	watch->cycle_ns = cycle_ns;
	watch->list = -1;
	return watch;
}

static void clear_held(struct held *held)
{
	free(held->holder.comm);
	free(held->holder.cgroup);
	free(held->sightings.items);
}

void watch_free(struct watch *watch)
{
	if (!watch)
		return;
	list_for_each(held, &watch->held, struct held)
		clear_held(held);
	free(watch->held.items);
	free(watch->seen.items);
	key_index_free(&watch->by_pid);
	if (watch->list >= 0)
		close(watch->list);
	free(watch);
}

/* ---- the table ---- */

static struct seen *find_seen(const struct watch *watch, pid_t pid)
{
	size_t cursor = 0, place;

	if (!key_index_next(&watch->by_pid, (uint64_t)pid, &cursor, &place))
		return NULL;
	return list_at(&watch->seen, place, sizeof(struct seen));
}

static struct seen *seen_of(struct watch *watch, pid_t pid)
{
	struct seen *seen = find_seen(watch, pid);

	if (!seen) {
		key_index_add(&watch->by_pid, (uint64_t)pid, watch->seen.count);
		seen = list_add(&watch->seen, sizeof(*seen));
		seen->pid = pid;
	}
	return seen;
}

/* ---- those that hold something ---- */

/* The last one takes the place that becomes free. */
static void remove_held(struct watch *watch, struct seen *seen)
{
	struct held *held, *last;

	if (!seen->held)
		return;
	held = list_at(&watch->held, seen->held - 1, sizeof(*held));
	last = list_at(&watch->held, watch->held.count - 1, sizeof(*last));
	clear_held(held);
	seen_of(watch, last->pid)->held = seen->held;
	*held = *last;
	seen->held = 0;
	watch->held.count--;
}

static struct held *add_held(struct watch *watch, struct seen *seen)
{
	if (!seen->held) {
		list_add(&watch->held, sizeof(struct held));
		seen->held = (uint32_t)watch->held.count;
	}
	return list_at(&watch->held, seen->held - 1, sizeof(struct held));
}

/* Take over what a look found; @process gets the memory of what was known before. */
static void keep_found(struct watch *watch, struct seen *seen, struct process *process,
		       uint64_t cost_ns)
{
	struct holder holder = { 0 };
	struct list sightings;
	struct held *held;

	if (!process->sightings.count || !process_describe(process, &holder)) {
		remove_held(watch, seen);
		return;
	}
	held = add_held(watch, seen);
	free(held->holder.comm);
	free(held->holder.cgroup);
	sightings = held->sightings;
	*held = (struct held){
		.pid = seen->pid, .holder = holder, .sightings = process->sightings,
		.cost_ns = cost_ns,
	};
	process->sightings = sightings;
}

/* ---- looking ---- */

/* "run-time wait-time timeslices"; unknown: no such process, or kernel. */
static struct number run_time(const struct procfs_reader *reader, pid_t pid)
{
	struct number time = { 0 };
	char path[32], text[64];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "%d/schedstat", pid);
	fd = openat(reader->proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return time;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return time;
	text[length] = '\0';
	return word_number(text, 10);
}

static bool has_slept(const struct seen *seen, struct number run_ns, uint64_t now_ns)
{
	const uint16_t wanted = SEEN_SINGLE | SEEN_RUN_TIME;

	return run_ns.known && (seen->flags & wanted) == wanted &&
	       seen->run_ns == run_ns.value && now_ns - seen->inside_ns < LONGEST_SLEEP_NS;
}

/* False: it is gone. */
static bool look_into(struct watch *watch, struct seen *seen, struct process *process,
		      struct procfs_reader *reader)
{
	uint64_t start_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	enum presence presence;
	char name[16];

	snprintf(name, sizeof(name), "%d", seen->pid);
	presence = process_read(process, reader, name);
	seen->flags = presence == PROCESS_KERNEL ? SEEN_KERNEL : 0;
	if (presence != PROCESS_THERE) {
		remove_held(watch, seen);
	} else {
		if (process->threads.known && process->threads.value == 1)
			seen->flags |= SEEN_SINGLE;
		if (process->denied)
			seen->flags |= SEEN_DENIED;
		keep_found(watch, seen, process, clock_ns(CLOCK_THREAD_CPUTIME_ID) - start_ns);
	}
	process_close(process);
	return presence != PROCESS_GONE;
}

/* Kernel threads hold nothing, and never become anything else. */
static void look_at(struct watch *watch, pid_t pid, struct process *process,
		    struct procfs_reader *reader, uint64_t now_ns)
{
	struct seen *seen = seen_of(watch, pid);
	struct number run_ns = { 0 };

	if (!(seen->flags & SEEN_KERNEL) || now_ns - seen->inside_ns >= LONGEST_SLEEP_NS) {
		/* Before the look: what it does meanwhile shows the next time. */
		run_ns = run_time(reader, pid);
		if (!has_slept(seen, run_ns, now_ns)) {
			seen->inside_ns = look_into(watch, seen, process, reader) ? now_ns : 0;
			seen->run_ns = run_ns.value;
			if (run_ns.known)
				seen->flags |= SEEN_RUN_TIME;
		}
	}
	seen->looked_ns = now_ns;
	seen->cycle = watch->cycle;
}

/* ---- holders ---- */

/* One with thousands of descriptors is not looked into at every read. */
static bool is_due(const struct watch *watch, const struct held *held, uint64_t now_ns)
{
	uint64_t interval = held->cost_ns * COST_SHARE;
	const struct seen *seen = find_seen(watch, held->pid);

	if (interval > watch->cycle_ns)
		interval = watch->cycle_ns;
	return !seen || now_ns - seen->inside_ns >= interval;
}

static void look_at_holders(struct watch *watch, struct process *process,
			    struct procfs_reader *reader, uint64_t now_ns)
{
	size_t i, count = watch->held.count;
	pid_t *pids = xcalloc(count + 1, sizeof(*pids));

	/* The list changes as they are looked at. */
	for (i = 0; i < count; i++) {
		const struct held *held = list_at(&watch->held, i, sizeof(*held));

		pids[i] = is_due(watch, held, now_ns) ? held->pid : 0;
	}
	for (i = 0; i < count; i++) {
		if (pids[i])
			look_at(watch, pids[i], process, reader, now_ns);
	}
	free(pids);
}

/* ---- new ones ---- */

/* The last word of loadavg; 0: not known. */
static pid_t last_pid(struct procfs_reader *reader)
{
	const char *word;
	struct number pid;

	if (procfs_read_text(reader, reader->proc, "loadavg", &reader->text) != READING_FINE ||
	    !reader->text.length)
		return 0;
	word = strrchr(reader->text.bytes, ' ');
	pid = word_number(word ? word + 1 : NULL, 10);
	return pid.known && pid.value <= INT_MAX ? (pid_t)pid.value : 0;
}

/* Threads have numbers, too, and can be opened like processes: tell them apart. */
static bool is_process(struct procfs_reader *reader, pid_t pid)
{
	struct number group;
	char path[32];

	snprintf(path, sizeof(path), "%d/status", pid);
	if (procfs_read_text(reader, reader->proc, path, &reader->text) != READING_FINE)
		return false;
	group = word_number(text_find(&reader->text, "Tgid:"), 10);
	return group.known && group.value == (uint64_t)pid;
}

static void look_at_new(struct watch *watch, struct process *process,
			struct procfs_reader *reader, uint64_t now_ns)
{
	pid_t last = last_pid(reader), pid = watch->last_pid + 1;

	watch->last_pid = last;
	if (!last || pid == 1 || last - pid > MOST_NEW)
		return;
	for (; pid <= last; pid++) {
		if (is_process(reader, pid)) {
			/* Whoever had this number before is gone. */
			seen_of(watch, pid)->flags = 0;
			look_at(watch, pid, process, reader, now_ns);
		}
	}
}

/* ---- all others ---- */

static bool was_met(const struct watch *watch, const struct seen *seen)
{
	return seen->cycle == watch->cycle || seen->cycle == (uint16_t)(watch->cycle - 1);
}

static bool is_known(const struct watch *watch, const struct seen *seen)
{
	return was_met(watch, seen) && seen->inside_ns;
}

/* What was not met in a cycle is gone. */
static void forget_gone(struct watch *watch)
{
	size_t kept = 0;

	list_for_each(seen, &watch->seen, struct seen) {
		if (seen->held && !was_met(watch, seen))
			remove_held(watch, seen);
	}
	key_index_clear(&watch->by_pid);
	list_for_each(seen, &watch->seen, struct seen) {
		if (!is_known(watch, seen))
			continue;
		key_index_add(&watch->by_pid, (uint64_t)seen->pid, kept);
		*(struct seen *)list_at(&watch->seen, kept++, sizeof(*seen)) = *seen;
	}
	watch->seen.count = kept;
}

static void end_cycle(struct watch *watch, const struct procfs_reader *reader)
{
	forget_gone(watch);
	watch->expected = watch->seen.count;
	watch->cycle++;
	watch->hidden = procfs_hides_processes(reader);
	if (watch->list >= 0)
		close(watch->list);
	watch->list = -1;
	watch->length = watch->at = 0;
}

/* The next part of the directory; false: that was all of it. */
static bool list_more(struct watch *watch, const struct procfs_reader *reader)
{
	ssize_t got;

	if (watch->list < 0)
		watch->list = procfs_openat(reader, reader->proc, ".", O_RDONLY | O_DIRECTORY);
	got = watch->list < 0 ? -1 : getdents64(watch->list, watch->buffer, sizeof(watch->buffer));
	watch->unreadable = got < 0;
	watch->length = got > 0 ? (size_t)got : 0;
	watch->at = 0;
	return got > 0;
}

/* The next process of the directory; 0: there is none. */
static pid_t next_listed(struct watch *watch, const struct procfs_reader *reader)
{
	const struct dirent64 *entry;
	struct number pid;

	for (;;) {
		if (watch->at >= watch->length && !list_more(watch, reader))
			return 0;
		entry = (const void *)(watch->buffer + watch->at);
		watch->at += entry->d_reclen;
		pid = name_number(entry->d_name);
		if (pid.known && pid.value && pid.value <= INT_MAX)
			return (pid_t)pid.value;
	}
}

/* How many are due at this read, so that a cycle takes its time. */
static void owe_share(struct watch *watch, uint64_t now_ns)
{
	uint64_t passed = now_ns - watch->read_ns;

	if (passed > watch->cycle_ns)
		passed = watch->cycle_ns;
	watch->owed += ((double)watch->expected + 1) * (double)passed / (double)watch->cycle_ns;
}

/*
 * Whoever holds something is looked at at its own pace, and whoever was looked at
 * in this read is not due again.
 */
static void meet(struct watch *watch, pid_t pid, struct process *process,
		 struct procfs_reader *reader, uint64_t now_ns)
{
	struct seen *seen = find_seen(watch, pid);

	if (seen && seen->held)
		seen->cycle = watch->cycle;
	else if (!seen || seen->looked_ns != now_ns)
		look_at(watch, pid, process, reader, now_ns);
}

static void look_at_share(struct watch *watch, struct process *process,
			  struct procfs_reader *reader, uint64_t now_ns)
{
	pid_t pid;

	for (; watch->owed >= 1; watch->owed--) {
		pid = next_listed(watch, reader);
		if (!pid) {
			end_cycle(watch, reader);
			watch->owed = 0;
			return;
		}
		meet(watch, pid, process, reader, now_ns);
	}
}

/* The first time all of them at once. */
static void look_at_all(struct watch *watch, struct process *process,
			struct procfs_reader *reader, uint64_t now_ns)
{
	pid_t pid;

	watch->cycle = 1;
	while ((pid = next_listed(watch, reader)))
		look_at(watch, pid, process, reader, now_ns);
	end_cycle(watch, reader);
}

void watch_look(struct watch *watch, struct procfs_reader *reader, struct process *process)
{
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);

	if (!watch->read_ns) {
		watch->last_pid = last_pid(reader);
		look_at_all(watch, process, reader, now_ns);
	} else {
		look_at_holders(watch, process, reader, now_ns);
		look_at_new(watch, process, reader, now_ns);
		owe_share(watch, now_ns);
		look_at_share(watch, process, reader, now_ns);
	}
	watch->read_ns = now_ns;
}

/* ---- what was found ---- */

const struct list *watch_held(const struct watch *watch)
{
	return &watch->held;
}

uint64_t watch_age_ns(const struct watch *watch, pid_t pid)
{
	const struct seen *seen = find_seen(watch, pid);

	return seen && watch->read_ns > seen->looked_ns ? watch->read_ns - seen->looked_ns : 0;
}

void watch_count(const struct watch *watch, struct watch_counts *counts)
{
	uint64_t oldest = watch->read_ns;

	*counts = (struct watch_counts){ .hidden = watch->hidden || watch->unreadable };
	list_for_each(seen, &watch->seen, const struct seen) {
		if (!is_known(watch, seen) || seen->flags & SEEN_KERNEL)
			continue;
		counts->processes++;
		counts->unreadable += (seen->flags & SEEN_DENIED) > 0;
		if (seen->looked_ns < oldest)
			oldest = seen->looked_ns;
	}
	counts->age_ns = watch->read_ns - oldest;
}
