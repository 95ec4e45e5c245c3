// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "totals.h"
#include "xalloc.h"

static int compare_numbers(const void *a, const void *b)
{
	const uint64_t *first = a, *second = b;

	return compare_integers(*first, *second);
}

/* Files of one process mostly stand together: then it is noted once. */
static void note_pid(struct list *pids, uint64_t pid)
{
	const uint64_t *noted = pids->items;

	if (!pids->count || noted[pids->count - 1] != pid)
		*(uint64_t *)list_add(pids, sizeof(pid)) = pid;
}

static void collect_pids(const struct list *files, struct list *pids)
{
	list_for_each(file, files, struct secret_file) {
		list_for_each(holder, &file->holders, struct holder)
			note_pid(pids, holder->pid.value);
	}
	if (pids->count)
		qsort(pids->items, pids->count, sizeof(uint64_t), compare_numbers);
}

uint64_t count_holders(const struct list *files)
{
	struct list pids = { 0 };
	const uint64_t *last = NULL;
	uint64_t count = 0;

	collect_pids(files, &pids);
	list_for_each(pid, &pids, uint64_t) {
		count += !last || *last != *pid;
		last = pid;
	}
	free(pids.items);
	return count;
}

/* A sum of which a part is unknown is unknown. */
static void add(struct number *sum, struct number part)
{
	sum->value += part.value;
	sum->known &= part.known;
}

static struct number known_if(bool known)
{
	return (struct number){ .known = known };
}

/* What the holder touched who touched most: the file has that many pages, or more. */
static uint64_t touched(const struct secret_file *file)
{
	uint64_t most = 0;

	list_for_each(holder, &file->holders, struct holder) {
		if (holder->resident_bytes.known && holder->resident_bytes.value > most)
			most = holder->resident_bytes.value;
	}
	return most;
}

/*
 * Whether files can have a member depends on the source, and must not on how
 * many there are: the sum would come and go with the first file.
 */
static void fill_files(struct snapshot *snapshot)
{
	struct totals *totals = &snapshot->totals;

	if (!snapshot->files.known)
		return;
	totals->files = number(snapshot->files.count);
	totals->size_bytes = number(0);
	totals->used_bytes = known_if(snapshot->info.family_version.known);
	totals->touched_bytes = known_if(snapshot->processes.known);
	list_for_each(file, &snapshot->files, struct secret_file) {
		add(&totals->size_bytes, file->size_bytes);
		add(&totals->used_bytes, file->used_bytes);
		totals->touched_bytes.value += touched(file);
	}
	if (snapshot->processes.known)
		totals->holders = number(count_holders(&snapshot->files));
}

static struct number share(struct number part, struct number whole, uint64_t of)
{
	if (!part.known || !whole.known || !whole.value)
		return known_if(false);
	return number((uint64_t)((unsigned __int128)part.value * of / whole.value));
}

static void fill_amplification(struct snapshot *snapshot)
{
	const struct list *levels = &snapshot->direct_map.levels;
	const struct direct_map_level *smallest = levels->items;
	struct totals *totals = &snapshot->totals;
	struct number secret = totals->used_bytes;

	if (!secret.known)
		secret = totals->touched_bytes;
	if (levels->count)
		totals->amplification_ratio = share(smallest->bytes, secret, 1000);
}

static void raise_to(struct number *most, struct number value)
{
	if (value.known && (!most->known || value.value > most->value))
		*most = value;
}

static void fill_limits(struct snapshot *snapshot)
{
	const struct pool *pool = &snapshot->pool;
	struct totals *totals = &snapshot->totals;

	totals->pool_used_percent = share(pool->reserved_bytes, pool->capacity_bytes, 100);
	list_for_each(limit, &snapshot->limits, struct limit) {
		if (limit->kind == LIMIT_MEMLOCK)
			raise_to(&totals->memlock_used_percent, limit->used_percent);
		if (limit->kind == LIMIT_CGROUP)
			raise_to(&totals->cgroup_used_percent, limit->used_percent);
	}
}

/*
 * A file counts once, for the cgroup of its creator, or where that is not known
 * for that of the holder it shows first.
 */
static const char *cgroup_of(const struct secret_file *file)
{
	const struct holder *first = file->holders.items;

	if (file->creator.cgroup)
		return file->creator.cgroup;
	return file->holders.count && first->cgroup ? first->cgroup : OTHER_CGROUPS;
}

static struct cgroup_total *new_cgroup(struct list *cgroups, const char *name)
{
	struct cgroup_total *cgroup = list_add(cgroups, sizeof(*cgroup));

	*cgroup = (struct cgroup_total){
		.cgroup = xstrdup(name),
		.files = number(0),
		.size_bytes = number(0),
		.used_bytes = number(0),
		.reserved_bytes = number(0),
	};
	return cgroup;
}

static void add_file(struct cgroup_total *cgroup, const struct secret_file *file)
{
	cgroup->files.value++;
	add(&cgroup->size_bytes, file->size_bytes);
	add(&cgroup->used_bytes, file->used_bytes);
	add(&cgroup->reserved_bytes, file->reserved_bytes);
}

/* A sum for each run of files that have one cgroup: mostly they stand together. */
static void sum_runs(const struct list *files, struct list *cgroups)
{
	struct cgroup_total *cgroup = NULL;

	list_for_each(file, files, struct secret_file) {
		if (!cgroup || strcmp(cgroup->cgroup, cgroup_of(file)))
			cgroup = new_cgroup(cgroups, cgroup_of(file));
		add_file(cgroup, file);
	}
}

static int compare_by_name(const void *a, const void *b)
{
	const struct cgroup_total *first = a, *second = b;

	return strcmp(first->cgroup, second->cgroup);
}

static void merge(struct cgroup_total *into, struct cgroup_total *from)
{
	into->files.value += from->files.value;
	add(&into->size_bytes, from->size_bytes);
	add(&into->used_bytes, from->used_bytes);
	add(&into->reserved_bytes, from->reserved_bytes);
	free(from->cgroup);
}

/* All runs of a cgroup become one. */
static void join_runs(struct list *cgroups)
{
	struct cgroup_total *joined = cgroups->items;

	qsort(cgroups->items, cgroups->count, sizeof(*joined), compare_by_name);
	list_for_each(run, cgroups, struct cgroup_total) {
		if (run == joined)
			continue;
		if (compare_by_name(joined, run))
			*++joined = *run;
		else
			merge(joined, run);
	}
	cgroups->count = (size_t)(joined - (struct cgroup_total *)cgroups->items) + 1;
}

static bool is_other(const struct cgroup_total *cgroup)
{
	return !strcmp(cgroup->cgroup, OTHER_CGROUPS);
}

/* What the rest is goes last; the order among equals is that of their names. */
static int compare_by_size(const void *a, const void *b)
{
	const struct cgroup_total *first = a, *second = b;

	if (is_other(first) != is_other(second))
		return is_other(first) - is_other(second);
	if (first->size_bytes.value != second->size_bytes.value)
		return first->size_bytes.value < second->size_bytes.value ? 1 : -1;
	return strcmp(first->cgroup, second->cgroup);
}

/* Keep the largest; the first of those that come after becomes all of them. */
static void merge_others(struct list *cgroups)
{
	struct cgroup_total *cgroup = cgroups->items, *other = cgroup + MOST_CGROUPS;
	size_t i;

	if (cgroups->count <= MOST_CGROUPS)
		return;
	free(other->cgroup);
	other->cgroup = xstrdup(OTHER_CGROUPS);
	for (i = MOST_CGROUPS + 1; i < cgroups->count; i++)
		merge(other, cgroup + i);
	cgroups->count = MOST_CGROUPS + 1;
}

static void add_limit(struct cgroup_total *cgroup, const struct list *limits)
{
	list_for_each(limit, limits, struct limit) {
		if (limit->kind == LIMIT_CGROUP && limit->cgroup &&
		    !strcmp(limit->cgroup, cgroup->cgroup)) {
			cgroup->limit_bytes = limit->limit_bytes;
			cgroup->charged_bytes = limit->charged_bytes;
		}
	}
}

static void fill_cgroups(struct snapshot *snapshot)
{
	struct list *cgroups = &snapshot->totals.cgroups;

	cgroups->known = snapshot->files.known;
	if (!snapshot->files.count)
		return;
	sum_runs(&snapshot->files, cgroups);
	join_runs(cgroups);
	qsort(cgroups->items, cgroups->count, sizeof(struct cgroup_total), compare_by_size);
	merge_others(cgroups);
	list_for_each(cgroup, cgroups, struct cgroup_total)
		add_limit(cgroup, &snapshot->limits);
}

static void count_blocker(struct list *causes, enum blocker_kind kind)
{
	struct blocker_count *new;

	list_for_each(cause, causes, struct blocker_count) {
		if (cause->kind == kind) {
			cause->blockers.value++;
			return;
		}
	}
	new = list_add(causes, sizeof(*new));
	*new = (struct blocker_count){ .kind = kind, .blockers = number(1) };
}

static void fill_causes(struct hibernation *hibernation)
{
	hibernation->causes.known = hibernation->blockers.known;
	list_for_each(blocker, &hibernation->blockers, struct blocker)
		count_blocker(&hibernation->causes, blocker->kind);
}

void totals_fill(struct snapshot *snapshot)
{
	fill_files(snapshot);
	fill_amplification(snapshot);
	fill_limits(snapshot);
	fill_cgroups(snapshot);
	fill_causes(&snapshot->hibernation);
}
