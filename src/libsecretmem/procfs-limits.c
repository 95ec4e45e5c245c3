// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RLIMIT_MEMLOCK of each user who holds secret memory.
 *
 * What is charged against it is known only where the kernel tells each file's
 * creator and size, by netlink. Stock kernels charge the whole mapping to the
 * process that maps it, later ones each page to the user who created the file,
 * together with whatever else that user has locked: no sum that /proc allows
 * is that number, and none is given.
 */
#include "limit.h"
#include "procfs.h"

static struct limit *user_limit(struct snapshot *snapshot, uint64_t uid)
{
	struct limit *new;

	list_for_each(limit, &snapshot->limits, struct limit) {
		if (limit->kind == LIMIT_MEMLOCK && limit->uid.known && limit->uid.value == uid)
			return limit;
	}
	new = list_add(&snapshot->limits, sizeof(*new));
	new->kind = LIMIT_MEMLOCK;
	new->uid = number(uid);
	return new;
}

/* The lowest one is that which is reached first. */
static void add_holder(struct snapshot *snapshot, const struct holder *holder)
{
	struct number soft = holder->memlock_limit_bytes;
	struct limit *limit;

	if (!holder->uid.known)
		return;
	limit = user_limit(snapshot, holder->uid.value);
	if (soft.known && (!limit->limit_bytes.known || soft.value < limit->limit_bytes.value))
		limit->limit_bytes = soft;
}

static void add_charge(const struct snapshot *snapshot, struct limit *limit)
{
	limit->charged_bytes = memlock_charge(&snapshot->files, limit->uid.value);
	if (limit->charged_bytes.known && limit->limit_bytes.known && limit->limit_bytes.value)
		limit->used_percent = number((uint64_t)((double)limit->charged_bytes.value * 100 /
							(double)limit->limit_bytes.value));
}

void procfs_limits(struct snapshot *snapshot)
{
	snapshot->limits.known = true;
	list_for_each(file, &snapshot->files, struct secret_file) {
		list_for_each(holder, &file->holders, struct holder)
			add_holder(snapshot, holder);
	}
	list_for_each(limit, &snapshot->limits, struct limit) {
		if (limit->kind == LIMIT_MEMLOCK && !limit->charged_bytes.known)
			add_charge(snapshot, limit);
	}
}
