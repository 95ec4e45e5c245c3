/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Secret memory by whom it belongs to: processes, users, cgroups. A file that
 * several hold counts for each of them, so these sums are no shares of a whole.
 */
#ifndef SECRETMEM_GROUPS_H
#define SECRETMEM_GROUPS_H

#include "fields.h"

/* What one process, one user or one cgroup has. */
struct group {
	struct number pid;	/* of a process */
	struct number uid;	/* of a process or a user */
	char *comm;		/* of a process */
	char *cgroup;		/* of a process or a cgroup */
	struct number processes;	/* that hold any; a creator is not counted */
	struct number files;
	struct number size_bytes;
	struct number used_bytes;
	struct number reserved_bytes;
	struct number wasted_bytes;
	struct number resident_bytes;	/* of holders: what they touched */
	struct number limit_bytes;	/* RLIMIT_MEMLOCK of a user, misc.max of a cgroup */
	struct number charged_bytes;
	struct number used_percent;
	size_t depth;		/* of a cgroup, below the root */
};

extern const struct field_table group_table;

enum group_kind {
	GROUP_PROCESS,
	GROUP_USER,
	GROUP_CGROUP,		/* those above are there, too, and count what is below */
};

/*
 * Fill @groups, a list of struct group. The files are those that holders hold,
 * and, where no holder is known, those that creators created. Unknown where
 * files are.
 */
void groups_fill(const struct snapshot *snapshot, enum group_kind kind, struct list *groups);
void groups_clear(struct list *groups);

/* Does the file belong to this group? */
bool group_has(const struct group *group, enum group_kind kind,
	       const struct secret_file *file);

#endif
