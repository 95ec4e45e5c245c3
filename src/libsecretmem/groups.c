// SPDX-License-Identifier: GPL-2.0-or-later
#include "groups.h"
#include "xalloc.h"

#define AT(member) offsetof(struct group, member)

static const struct field group_fields[] = {
	{ "pid", "PID", FIELD_NUMBER, AT(pid), "process" },
	{ "uid", "USER", FIELD_USER, AT(uid), "user" },
	{ "comm", "COMM", FIELD_TEXT, AT(comm), "name of the process" },
	{ "processes", "PROCESSES", FIELD_NUMBER, AT(processes),
	  "processes that hold files" },
	{ "files", "FILES", FIELD_NUMBER, AT(files), "secretmem files" },
	{ "size_bytes", "SIZE", FIELD_BYTES, AT(size_bytes), "size of the files" },
	{ "used_bytes", "USED", FIELD_BYTES, AT(used_bytes),
	  "memory of the pages that the files hold" },
	{ "reserved_bytes", "RESERVED", FIELD_BYTES, AT(reserved_bytes),
	  "memory of the chunks that the files hold" },
	{ "wasted_bytes", "WASTED", FIELD_BYTES, AT(wasted_bytes),
	  "memory of chunks that the files hold and do not use" },
	{ "resident_bytes", "RESIDENT", FIELD_BYTES, AT(resident_bytes),
	  "memory of the files that the processes have touched" },
	{ "limit_bytes", "LIMIT", FIELD_BYTES, AT(limit_bytes),
	  "RLIMIT_MEMLOCK, or misc.max of the cgroup" },
	{ "charged_bytes", "CHARGED", FIELD_BYTES, AT(charged_bytes),
	  "what counts towards the limit now" },
	{ "used_percent", "USED%", FIELD_PERCENT, AT(used_percent),
	  "how much of the limit that is" },
	{ "cgroup", "CGROUP", FIELD_TEXT, AT(cgroup), "path of the cgroup" },
};

const struct field_table group_table = {
	.name = "group", .size = sizeof(struct group), .fields = group_fields,
	.count = sizeof(group_fields) / sizeof(group_fields[0]),
	.label = &group_fields[2], .key = &group_fields[0],
};

/* Whom a file belongs to: one of its holders, or its creator. */
struct owner {
	struct number pid;
	struct number uid;
	const char *comm;
	const char *cgroup;
	size_t cgroup_length;
	const struct holder *holder;	/* NULL: the creator */
	const struct secret_file *file;
};

struct collection {
	enum group_kind kind;
	struct list owners;	/* of struct owner, one for each group of each file */
};

static int compare_numbers(struct number a, struct number b)
{
	int order = a.known - b.known;

	return order ? order : compare_integers(a.value, b.value);
}

/* With '/' before all other bytes, so that what is inside follows at once. */
static int compare_paths(const struct owner *a, const struct owner *b)
{
	size_t i;

	for (i = 0; i < a->cgroup_length && i < b->cgroup_length; i++) {
		int first = a->cgroup[i] == '/' ? 0 : (unsigned char)a->cgroup[i];
		int second = b->cgroup[i] == '/' ? 0 : (unsigned char)b->cgroup[i];

		if (first != second)
			return first - second;
	}
	return compare_integers(a->cgroup_length, b->cgroup_length);
}

/* Are they of one group? */
static int compare_identity(const struct owner *a, const struct owner *b,
			    enum group_kind kind)
{
	switch (kind) {
	case GROUP_PROCESS:
		return compare_numbers(a->pid, b->pid);
	case GROUP_USER:
		return compare_numbers(a->uid, b->uid);
	case GROUP_CGROUP:
		return compare_paths(a, b);
	}
	return 0;
}

static int compare_owners(const void *first, const void *second, void *context)
{
	const struct owner *a = first, *b = second;
	const struct collection *collection = context;
	int order = compare_identity(a, b, collection->kind);

	return order ? order : compare_integers((uintptr_t)a->file, (uintptr_t)b->file);
}

/* Add the owner; for cgroups also those above its own. */
static void add_owner(struct collection *collection, struct owner owner)
{
	if (collection->kind != GROUP_CGROUP) {
		*(struct owner *)list_add(&collection->owners, sizeof(owner)) = owner;
		return;
	}
	if (!owner.cgroup)
		return;
	owner.cgroup_length = strlen(owner.cgroup);
	while (owner.cgroup_length > 1) {
		*(struct owner *)list_add(&collection->owners, sizeof(owner)) = owner;
		while (owner.cgroup_length && owner.cgroup[--owner.cgroup_length] != '/')
			;
	}
	owner.cgroup_length = 1;
	*(struct owner *)list_add(&collection->owners, sizeof(owner)) = owner;
}

static void add_holders(struct collection *collection, const struct secret_file *file)
{
	list_for_each(holder, &file->holders, struct holder)
		add_owner(collection, (struct owner){
			.pid = holder->pid, .uid = holder->uid, .comm = holder->comm,
			.cgroup = holder->cgroup, .holder = holder, .file = file,
		});
}

static void add_creator(struct collection *collection, const struct secret_file *file)
{
	const struct creator *creator = &file->creator;

	if (!creator->pid.known && !creator->uid.known && !creator->cgroup)
		return;
	add_owner(collection, (struct owner){
		.pid = creator->pid, .uid = creator->uid, .comm = creator->comm,
		.cgroup = creator->cgroup, .file = file,
	});
}

static void collect(struct collection *collection, const struct list *files)
{
	list_for_each(file, files, struct secret_file) {
		if (file->holders.count)
			add_holders(collection, file);
		else
			add_creator(collection, file);
	}
	if (collection->owners.count)
		qsort_r(collection->owners.items, collection->owners.count,
			sizeof(struct owner), compare_owners, collection);
}

static size_t depth_of(const char *cgroup, size_t length)
{
	size_t i, depth = 0;

	for (i = 0; length > 1 && i < length; i++)
		depth += cgroup[i] == '/';
	return depth;
}

static void name_group(struct group *group, const struct owner *owner, enum group_kind kind)
{
	if (kind == GROUP_PROCESS)
		group->pid = owner->pid;
	if (kind == GROUP_PROCESS && owner->comm)
		group->comm = xstrdup(owner->comm);
	if (kind != GROUP_CGROUP)
		group->uid = owner->uid;
	if (kind == GROUP_CGROUP)
		group->depth = depth_of(owner->cgroup, owner->cgroup_length);
	if (kind != GROUP_USER && owner->cgroup)
		group->cgroup = xstrndup(owner->cgroup, owner->cgroup_length ?
					 owner->cgroup_length : strlen(owner->cgroup));
}

static void add(struct number *sum, struct number value)
{
	if (value.known)
		*sum = number(sum->value + value.value);
}

/* A file is counted once, however many of the group hold it. */
static void count_file(struct group *group, const struct secret_file *file)
{
	group->files = number(group->files.value + 1);
	add(&group->size_bytes, file->size_bytes);
	add(&group->used_bytes, file->used_bytes);
	add(&group->reserved_bytes, file->reserved_bytes);
	add(&group->wasted_bytes, file->wasted_bytes);
}

static int compare_pids(const void *a, const void *b)
{
	return compare_integers(*(const uint64_t *)a, *(const uint64_t *)b);
}

/* Count each process once; the list is of their numbers. */
static struct number count_processes(struct list *pids)
{
	const uint64_t *last = NULL;
	uint64_t count = 0;

	if (!pids->known)
		return (struct number){ 0 };
	qsort(pids->items, pids->count, sizeof(uint64_t), compare_pids);
	list_for_each(pid, pids, uint64_t) {
		count += !last || *last != *pid;
		last = pid;
	}
	return number(count);
}

/* The limit that the snapshot has for this group. */
static void add_limit(const struct snapshot *snapshot, struct group *group,
		      enum group_kind kind)
{
	list_for_each(limit, &snapshot->limits, struct limit) {
		bool ours = kind == GROUP_USER ? limit->kind == LIMIT_MEMLOCK &&
				limit->uid.known && limit->uid.value == group->uid.value :
			kind == GROUP_CGROUP && limit->kind == LIMIT_CGROUP &&
				limit->cgroup && !strcmp(limit->cgroup, group->cgroup);

		if (!ours)
			continue;
		group->limit_bytes = limit->limit_bytes;
		group->charged_bytes = limit->charged_bytes;
		group->used_percent = limit->used_percent;
	}
}

/* One group: the owners from @first on that are of it. Returns how many. */
static size_t add_group(const struct collection *collection, size_t first,
			struct list *groups)
{
	const struct owner *owners = collection->owners.items;
	struct group *group = list_add(groups, sizeof(*group));
	const struct secret_file *last = NULL;
	struct list pids = { 0 };
	size_t i;

	name_group(group, &owners[first], collection->kind);
	for (i = first; i < collection->owners.count &&
	     !compare_identity(&owners[first], &owners[i], collection->kind); i++) {
		if (owners[i].file != last)
			count_file(group, owners[i].file);
		last = owners[i].file;
		if (!owners[i].holder)
			continue;
		add(&group->resident_bytes, owners[i].holder->resident_bytes);
		*(uint64_t *)list_add(&pids, sizeof(uint64_t)) = owners[i].pid.value;
	}
	group->processes = count_processes(&pids);
	free(pids.items);
	return i - first;
}

void groups_fill(const struct snapshot *snapshot, enum group_kind kind, struct list *groups)
{
	struct collection collection = { .kind = kind };
	size_t at = 0;

	groups->known = snapshot->files.known;
	collect(&collection, &snapshot->files);
	while (at < collection.owners.count)
		at += add_group(&collection, at, groups);
	list_for_each(group, groups, struct group)
		add_limit(snapshot, group, kind);
	free(collection.owners.items);
}

void groups_clear(struct list *groups)
{
	list_for_each(group, groups, struct group) {
		free(group->comm);
		free(group->cgroup);
	}
	free(groups->items);
	*groups = (struct list){ 0 };
}

static bool inside(const char *cgroup, const char *group)
{
	size_t length = strlen(group);

	if (!cgroup)
		return false;
	return !strcmp(group, "/") || (!strncmp(cgroup, group, length) &&
				       (!cgroup[length] || cgroup[length] == '/'));
}

static bool is_of(const struct group *group, enum group_kind kind, struct number pid,
		  struct number uid, const char *cgroup)
{
	switch (kind) {
	case GROUP_PROCESS:
		return !compare_numbers(group->pid, pid);
	case GROUP_USER:
		return !compare_numbers(group->uid, uid);
	case GROUP_CGROUP:
		return inside(cgroup, group->cgroup);
	}
	return false;
}

bool group_has(const struct group *group, enum group_kind kind,
	       const struct secret_file *file)
{
	if (!file->holders.count)
		return is_of(group, kind, file->creator.pid, file->creator.uid,
			     file->creator.cgroup);
	list_for_each(holder, &file->holders, struct holder) {
		if (is_of(group, kind, holder->pid, holder->uid, holder->cgroup))
			return true;
	}
	return false;
}
