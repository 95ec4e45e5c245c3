// SPDX-License-Identifier: GPL-2.0-or-later
/* What can be checked, and where in the model it is. */
#include <string.h>

#include "check.h"

#define THOUSANDTHS 1000

static struct number thousandths(struct number value)
{
	if (__builtin_mul_overflow(value.value, THOUSANDTHS, &value.value))
		value.value = UINT64_MAX;
	return value;
}

static struct number pool_used(const struct snapshot *snapshot)
{
	return thousandths(snapshot->totals.pool_used_percent);
}

static struct number pool_free(const struct snapshot *snapshot)
{
	return thousandths(snapshot->pool.available_bytes);
}

static struct number memlock_used(const struct snapshot *snapshot)
{
	return thousandths(snapshot->totals.memlock_used_percent);
}

static struct number cgroup_used(const struct snapshot *snapshot)
{
	return thousandths(snapshot->totals.cgroup_used_percent);
}

static struct number files(const struct snapshot *snapshot)
{
	return thousandths(snapshot->totals.files);
}

static struct number secret_bytes(const struct snapshot *snapshot)
{
	return thousandths(snapshot->totals.size_bytes);
}

static struct number amplification(const struct snapshot *snapshot)
{
	return snapshot->totals.amplification_ratio;
}

/* A sum of which a part is unknown is unknown. */
static void add(struct number *sum, struct number part)
{
	sum->value += part.value;
	sum->known &= part.known;
}

static struct number failures(const struct snapshot *snapshot)
{
	const struct failures *by = &snapshot->pool.failures;
	struct number sum = by->pool_exhausted;

	add(&sum, by->memlock);
	add(&sum, by->direct_map);
	add(&sum, by->memory);
	add(&sum, by->pinned);
	add(&sum, by->low_memory);
	add(&sum, by->cgroup);
	return thousandths(sum);
}

/* Not every level can be split: those of which nothing is known are left out. */
static struct number splits(const struct snapshot *snapshot)
{
	struct number sum = { 0 };

	list_for_each(level, &snapshot->direct_map.levels, struct direct_map_level) {
		if (!level->splits.known)
			continue;
		sum.value += level->splits.value;
		sum.known = true;
	}
	return thousandths(sum);
}

static struct number secretmem_splits(const struct snapshot *snapshot)
{
	struct number sum = { 0 };

	list_for_each(level, &snapshot->direct_map.levels, struct direct_map_level) {
		if (!level->secretmem_splits.known)
			continue;
		sum.value += level->secretmem_splits.value;
		sum.known = true;
	}
	return thousandths(sum);
}

static struct number quarantined(const struct snapshot *snapshot)
{
	return thousandths(snapshot->pool.quarantined_chunks);
}

static struct number floor_missing(const struct snapshot *snapshot)
{
	return thousandths(snapshot->pool.floor_missing_bytes);
}

static struct number blockers(const struct snapshot *snapshot)
{
	struct number sum = { .known = snapshot->hibernation.causes.known };

	list_for_each(cause, &snapshot->hibernation.causes, struct blocker_count)
		sum.value += cause->blockers.value;
	return thousandths(sum);
}

static struct number unreadable(const struct snapshot *snapshot)
{
	return thousandths(snapshot->unreadable_processes);
}

const struct check_metric check_metrics[] = {
	{ "pool_used", "%", "how much of the pool is reserved", CHECK_VALUE, pool_used },
	{ "pool_free", "B", "what can still be reserved of the pool", CHECK_VALUE, pool_free },
	{ "floor_missing", "B", "what the pool's floor lacks", CHECK_VALUE, floor_missing },
	{ "quarantined", "", "chunks taken out of use for good", CHECK_VALUE, quarantined },
	{ "failures", "c", "requests that failed since boot", CHECK_VALUE, failures },
	{ "new_failures", "", "requests that failed since the check before",
	  CHECK_INCREASE, failures },
	{ "memlock_used", "%", "how much of RLIMIT_MEMLOCK the user used who is nearest to it",
	  CHECK_VALUE, memlock_used },
	{ "cgroup_used", "%", "how much of its limit the cgroup used that is nearest to it",
	  CHECK_VALUE, cgroup_used },
	{ "files", "", "secretmem files", CHECK_VALUE, files },
	{ "secret_bytes", "B", "size of all secretmem files", CHECK_VALUE, secret_bytes },
	{ "amplification", "", "direct map in the smallest pages, as a multiple of secret memory",
	  CHECK_VALUE, amplification },
	{ "splits", "c", "pages of the direct map split since boot", CHECK_VALUE, splits },
	{ "splits_per_second", "", "pages of the direct map split, for whatever reason",
	  CHECK_RATE, splits },
	{ "secretmem_splits_per_second", "", "those that were split for secret memory",
	  CHECK_RATE, secretmem_splits },
	{ "hibernation_blockers", "", "reasons why this machine cannot hibernate",
	  CHECK_VALUE, blockers },
	{ "unreadable_processes", "", "processes that could not be looked into",
	  CHECK_VALUE, unreadable },
	{ NULL }
};

const struct check_metric *check_metric_find(const char *name, size_t length)
{
	const struct check_metric *metric;

	for (metric = check_metrics; metric->name; metric++) {
		if (strlen(metric->name) == length && !strncmp(metric->name, name, length))
			return metric;
	}
	return NULL;
}
