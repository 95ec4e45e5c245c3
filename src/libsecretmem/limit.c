// SPDX-License-Identifier: GPL-2.0-or-later
/* The limits that neither source knows alone. */
#include "cgroup.h"
#include "limit.h"
#include "xalloc.h"

/* A pooled kernel charges whole chunks, a stock one that tells it the pages. */
static struct number charge(const struct secret_file *file)
{
	return file->reserved_bytes.known ? file->reserved_bytes : file->used_bytes;
}

struct number memlock_charge(const struct list *files, uint64_t uid)
{
	struct number sum = number(0);

	if (!files->known)
		return (struct number){ 0 };
	list_for_each(file, files, struct secret_file) {
		if (!file->creator.uid.known || !charge(file).known)
			return (struct number){ 0 };
		if (file->creator.uid.value == uid)
			sum.value += charge(file).value;
	}
	return sum;
}

static bool has_user(const struct list *limits, uint64_t uid)
{
	list_for_each(limit, limits, struct limit) {
		if (limit->kind == LIMIT_MEMLOCK && limit->uid.known && limit->uid.value == uid)
			return true;
	}
	return false;
}

/* A creator who holds nothing today is charged all the same; the limit is gone. */
static void add_creators(struct snapshot *snapshot)
{
	list_for_each(file, &snapshot->files, struct secret_file) {
		const struct number uid = file->creator.uid;
		struct limit *limit;

		if (!uid.known || has_user(&snapshot->limits, uid.value))
			continue;
		limit = list_add(&snapshot->limits, sizeof(*limit));
		limit->kind = LIMIT_MEMLOCK;
		limit->uid = uid;
		limit->charged_bytes = memlock_charge(&snapshot->files, uid.value);
	}
}

/* A cgroup to look at: one that files belong to, or one above such. */
struct group {
	char *path;
	bool above;
};

static void add_group(struct list *groups, const char *path)
{
	char *copy = xstrdup(path);
	bool above = false;

	do {
		struct group *group = list_add(groups, sizeof(*group));

		group->path = xstrdup(copy);
		group->above = above;
		above = true;
	} while (cgroup_parent(copy));
	free(copy);
}

/* Files of one service mostly stand together. */
static void note_path(struct list *paths, const char *path)
{
	const char *const *noted = paths->items;
	const char *last = paths->count ? noted[paths->count - 1] : NULL;

	if (path && (!last || strcmp(last, path)))
		*(const char **)list_add(paths, sizeof(path)) = path;
}

static void collect_paths(const struct list *files, struct list *paths)
{
	list_for_each(file, files, struct secret_file) {
		note_path(paths, file->creator.cgroup);
		list_for_each(holder, &file->holders, struct holder)
			note_path(paths, holder->cgroup);
	}
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Each with those above it: once, however many files it has. */
static void collect_groups(const struct list *files, struct list *groups)
{
	struct list paths = { 0 };
	const char *last = NULL;

	collect_paths(files, &paths);
	if (paths.count)
		qsort(paths.items, paths.count, sizeof(last), compare_paths);
	list_for_each(path, &paths, const char *) {
		if (!last || strcmp(last, *path))
			add_group(groups, *path);
		last = *path;
	}
	free(paths.items);
}

/* By path; of two the one comes first that files belong to. */
static int compare_groups(const void *a, const void *b)
{
	const struct group *first = a, *second = b;
	int order = strcmp(first->path, second->path);

	return order ? order : first->above - second->above;
}

/* Above those that are charged, only what may stop them is of interest. */
static void add_group_limit(const struct procfs_reader *reader, const struct group *group,
			    struct list *limits)
{
	struct limit limit;

	if (!cgroup_read_limit(reader, group->path, &limit))
		return;
	if (limit.limit_bytes.known || (!group->above && limit.charged_bytes.value))
		*(struct limit *)list_add(limits, sizeof(limit)) = limit;
	else
		free(limit.cgroup);
}

static void add_cgroups(const struct procfs_reader *reader, struct snapshot *snapshot)
{
	struct list groups = { 0 };
	const char *last = NULL;

	collect_groups(&snapshot->files, &groups);
	if (groups.count)
		qsort(groups.items, groups.count, sizeof(struct group), compare_groups);
	list_for_each(group, &groups, struct group) {
		if (!last || strcmp(last, group->path))
			add_group_limit(reader, group, &snapshot->limits);
		last = group->path;
	}
	list_for_each(group, &groups, struct group)
		free(group->path);
	free(groups.items);
}

void limits_add(const struct procfs_reader *reader, struct snapshot *snapshot)
{
	add_creators(snapshot);
	if (reader)
		add_cgroups(reader, snapshot);
}
