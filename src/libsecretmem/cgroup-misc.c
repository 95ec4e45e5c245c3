// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the misc controller says of secretmem: misc.current of a cgroup counts
 * all that it and those below it are charged, misc.max limits that. The root
 * has no misc.max, and cgroups have neither where the controller is not
 * enabled.
 */
#include "cgroup.h"
#include "procfs.h"
#include "xalloc.h"

#define RESOURCE "secretmem "

/* Where cgroup2 is, with and without version 1 beside it. */
static const char *cgroup2_directory(const struct procfs_reader *reader)
{
	if (procfs_exists(reader, "sys/fs/cgroup/cgroup.controllers"))
		return "sys/fs/cgroup";
	if (procfs_exists(reader, "sys/fs/cgroup/unified/cgroup.controllers"))
		return "sys/fs/cgroup/unified";
	return NULL;
}

/* Seen from a cgroup namespace, others' paths begin with "/..": they are not here. */
static bool is_here(const char *cgroup)
{
	size_t length = strlen(cgroup);

	return *cgroup == '/' && !strstr(cgroup, "/../") &&
	       (length < 3 || strcmp(cgroup + length - 3, "/.."));
}

/* The number that a file of the controller has for secretmem; "max" is none. */
static struct number read_misc(const struct procfs_reader *reader, const char *directory,
			       const char *cgroup, const char *file)
{
	char *path = xasprintf("%s%s/%s", directory, cgroup, file);
	struct number value = { 0 };
	struct text text = { 0 };

	if (procfs_read_text(reader, reader->root, path, &text) == READING_FINE)
		value = word_number(text_find(&text, RESOURCE), 10);
	text_clear(&text);
	free(path);
	return value;
}

static struct number percent(struct number part, struct number whole)
{
	if (!part.known || !whole.known || !whole.value)
		return (struct number){ 0 };
	return number((uint64_t)((unsigned __int128)part.value * 100 / whole.value));
}

bool cgroup_read_limit(const struct procfs_reader *reader, const char *cgroup,
		       struct limit *limit)
{
	const char *directory = cgroup2_directory(reader);

	if (!directory || !is_here(cgroup))
		return false;
	*limit = (struct limit){
		.kind = LIMIT_CGROUP,
		.limit_bytes = read_misc(reader, directory, cgroup, "misc.max"),
		.charged_bytes = read_misc(reader, directory, cgroup, "misc.current"),
	};
	if (!limit->limit_bytes.known && !limit->charged_bytes.known)
		return false;
	limit->cgroup = xstrdup(cgroup);
	limit->used_percent = percent(limit->charged_bytes, limit->limit_bytes);
	return true;
}

bool cgroup_parent(char *cgroup)
{
	char *slash = strrchr(cgroup, '/');

	if (!slash || slash == cgroup)
		return false;
	*slash = '\0';
	return true;
}

void cgroup_read_chain(const struct procfs_reader *reader, const char *cgroup,
		       struct list *limits)
{
	char *path = xstrdup(cgroup);
	struct limit limit;

	do {
		if (!cgroup_read_limit(reader, path, &limit))
			continue;
		if (limit.limit_bytes.known)
			*(struct limit *)list_add(limits, sizeof(limit)) = limit;
		else
			free(limit.cgroup);
	} while (cgroup_parent(path));
	free(path);
}
