/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SECRETMEM_CGROUP_H
#define SECRETMEM_CGROUP_H

#include "model.h"

struct procfs_reader;

/*
 * Find the paths of the creators' cgroups, which the kernel tells by number.
 * Those that are gone, or that may not be looked up, stay unknown.
 */
void cgroups_name(struct list *files);

/*
 * What the misc controller says of a cgroup, by its path below the mount; the
 * limit is unknown where it is "max". False: nothing, and @limit is not filled.
 */
bool cgroup_read_limit(const struct procfs_reader *reader, const char *cgroup,
		       struct limit *limit);

/* Cut a path to its parent's; false: that is the root, which has no limit. */
bool cgroup_parent(char *cgroup);

/* Add the limits that a cgroup and those above it have, nearest first. */
void cgroup_read_chain(const struct procfs_reader *reader, const char *cgroup,
		       struct list *limits);

#endif
