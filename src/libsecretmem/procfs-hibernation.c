// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether this machine can hibernate, and what keeps it from that.
 *
 * The kernel's own answer is /sys/power/disk. It says [disabled] for four
 * reasons (hibernation_available() in kernel/power/hibernate.c): nohibernate,
 * lockdown, a secret file anywhere, CXL memory; and not for which of them.
 * Those that can be seen are certain; where none is seen, all that could not
 * be ruled out are listed as possible.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "procfs.h"
#include "xalloc.h"

static enum reading read_sys(struct procfs_reader *reader, const char *path)
{
	return procfs_read_text(reader, reader->root, path, &reader->text);
}

static struct blocker *add_blocker(struct hibernation *hibernation, enum blocker_kind kind,
				   enum truth certain)
{
	struct blocker *blocker = list_add(&hibernation->blockers, sizeof(*blocker));

	blocker->kind = kind;
	blocker->certain = certain;
	return blocker;
}

static const struct holder *first_keeper(const struct secret_file *file)
{
	list_for_each(holder, &file->holders, struct holder) {
		if (holder->descriptors.value || holder->mappings.value)
			return holder;
	}
	return file->holders.count ? file->holders.items : NULL;
}

static void add_file(struct hibernation *hibernation, const struct secret_file *file)
{
	struct blocker *blocker = add_blocker(hibernation, BLOCKER_FILE, TRUTH_YES);
	const struct holder *holder = first_keeper(file);

	blocker->inode = file->inode;
	if (!holder)
		return;
	blocker->pid = holder->pid;
	blocker->comm = holder->comm ? xstrdup(holder->comm) : NULL;
}

static void add_files(struct hibernation *hibernation, const struct list *files)
{
	list_for_each(file, files, struct secret_file) {
		if (file->blocks_hibernation == TRUTH_YES)
			add_file(hibernation, file);
	}
}

/* "none [integrity] confidentiality": both but none forbid hibernation. */
static enum truth lockdown(struct procfs_reader *reader)
{
	enum reading reading = read_sys(reader, "sys/kernel/security/lockdown");

	/* Where securityfs is there and this is not, nothing can lock down. */
	if (reading == READING_ABSENT && procfs_exists(reader, "sys/kernel/security/lsm"))
		return TRUTH_NO;
	if (reading != READING_FINE || !reader->text.length)
		return TRUTH_UNKNOWN;
	if (strstr(reader->text.bytes, "[integrity]") ||
	    strstr(reader->text.bytes, "[confidentiality]"))
		return TRUTH_YES;
	return strstr(reader->text.bytes, "[none]") ? TRUTH_NO : TRUTH_UNKNOWN;
}

static bool starts_with(const char *text, size_t length, const char *start)
{
	return text && length >= strlen(start) && !memcmp(text, start, strlen(start));
}

/* As the kernel's own hibernate_setup() and __setup("nohibernate") take it. */
static bool forbids_hibernation(const struct cmdline_word *word)
{
	if (starts_with(word->key, word->key_length, "nohibernate"))
		return true;
	return cmdline_key_is(word, "hibernate") &&
	       starts_with(word->value, word->value_length, "no") &&
	       !starts_with(word->value, word->value_length, "noresume") &&
	       !starts_with(word->value, word->value_length, "nocompress");
}

static enum truth nohibernate(struct procfs_reader *reader)
{
	struct cmdline_word word;
	const char *cursor;

	if (read_sys(reader, "proc/cmdline") != READING_FINE || !reader->text.length)
		return TRUTH_UNKNOWN;
	cursor = reader->text.bytes;
	while (cmdline_next(&cursor, &word)) {
		if (forbids_hibernation(&word))
			return TRUTH_YES;
	}
	return TRUTH_NO;
}

struct cxl_search {
	const struct procfs_reader *reader;
	enum truth found;
};

/* A memory device counts while it has its driver; a region says there is one. */
static bool visit_cxl(void *context, int list, const char *name)
{
	struct cxl_search *search = context;
	char driver[300];
	int fd;

	if (!strncmp(name, "region", 6) && search->found == TRUTH_NO)
		search->found = TRUTH_UNKNOWN;
	if (strncmp(name, "mem", 3))
		return true;
	snprintf(driver, sizeof(driver), "%s/driver", name);
	fd = procfs_openat(search->reader, list, driver, O_PATH);
	if (fd >= 0)
		close(fd);
	search->found = fd >= 0 ? TRUTH_YES : TRUTH_UNKNOWN;
	return search->found != TRUTH_YES;
}

static enum truth cxl(const struct procfs_reader *reader)
{
	struct cxl_search search = { .reader = reader, .found = TRUTH_NO };

	switch (procfs_list(reader, reader->root, "sys/bus/cxl/devices", visit_cxl, &search)) {
	case READING_FINE:
		return search.found;
	case READING_ABSENT:
		return TRUTH_NO;
	default:
		return TRUTH_UNKNOWN;
	}
}

struct cause {
	enum blocker_kind kind;
	enum truth present;
};

#define CAUSES 3

static void find_causes(struct procfs_reader *reader, struct cause *causes)
{
	causes[0] = (struct cause){ BLOCKER_LOCKDOWN, lockdown(reader) };
	causes[1] = (struct cause){ BLOCKER_NOHIBERNATE, nohibernate(reader) };
	causes[2] = (struct cause){ BLOCKER_CXL, cxl(reader) };
}

static void add_causes(struct hibernation *hibernation, const struct cause *causes,
		       enum truth present, enum truth certain)
{
	size_t i;

	for (i = 0; i < CAUSES; i++) {
		if (causes[i].present == present)
			add_blocker(hibernation, causes[i].kind, certain);
	}
}

/*
 * A descriptor on its way through a socket is in no process, and a process that
 * cannot be read may hold one: nothing rules a hidden file out, but a kernel
 * that lists its files.
 */
static void add_possible(struct snapshot *snapshot, const struct cause *causes)
{
	if (!snapshot->pool.files.known)
		add_blocker(&snapshot->hibernation, BLOCKER_HIDDEN_FILE, TRUTH_NO);
	add_causes(&snapshot->hibernation, causes, TRUTH_UNKNOWN, TRUTH_NO);
}

/* Only a kernel that has them tells of them. */
static void add_quarantine(struct snapshot *snapshot)
{
	const struct number *chunks = &snapshot->pool.quarantined_chunks;

	if (chunks->known && chunks->value)
		add_blocker(&snapshot->hibernation, BLOCKER_QUARANTINE, TRUTH_YES);
}

static void explain_disabled(struct procfs_reader *reader, struct snapshot *snapshot)
{
	struct hibernation *hibernation = &snapshot->hibernation;
	struct cause causes[CAUSES];

	find_causes(reader, causes);
	add_files(hibernation, &snapshot->files);
	add_quarantine(snapshot);
	add_causes(hibernation, causes, TRUTH_YES, TRUTH_YES);
	if (!hibernation->blockers.count)
		add_possible(snapshot, causes);
}

/* No such file although there is a sysfs: the kernel was built without. */
static void explain_absent(struct procfs_reader *reader, struct snapshot *snapshot)
{
	struct hibernation *hibernation = &snapshot->hibernation;

	if (!procfs_exists(reader, "sys/power") && !procfs_exists(reader, "sys/kernel"))
		return;
	hibernation->available = TRUTH_NO;
	add_blocker(hibernation, BLOCKER_NO_SUPPORT, TRUTH_YES);
	add_files(hibernation, &snapshot->files);
}

static void explain(struct procfs_reader *reader, struct snapshot *snapshot)
{
	struct hibernation *hibernation = &snapshot->hibernation;

	if (!reader->text.length)
		return;
	hibernation->available = strstr(reader->text.bytes, "[disabled]") ? TRUTH_NO : TRUTH_YES;
	hibernation->blockers.known = true;
	if (hibernation->available == TRUTH_NO)
		explain_disabled(reader, snapshot);
}

void procfs_hibernation(struct procfs_reader *reader, struct snapshot *snapshot)
{
	/* Another source's answer would not say why. */
	if (snapshot->hibernation.blockers.known)
		return;
	switch (read_sys(reader, "sys/power/disk")) {
	case READING_FINE:
		explain(reader, snapshot);
		break;
	case READING_ABSENT:
		explain_absent(reader, snapshot);
		break;
	default:
		break;
	}
}
