/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SECRETMEM_LIMIT_H
#define SECRETMEM_LIMIT_H

#include "model.h"

struct procfs_reader;

/*
 * Add what follows from netlink and /proc together: the users whose files are
 * held by others only, and the cgroups that are charged, with those above them
 * that have a limit. @reader may be NULL: then no cgroup can be read.
 */
void limits_add(const struct procfs_reader *reader, struct snapshot *snapshot);

/*
 * What the files that @uid created are charged to RLIMIT_MEMLOCK; unknown if
 * any file's charge or creator is.
 */
struct number memlock_charge(const struct list *files, uint64_t uid);

#endif
