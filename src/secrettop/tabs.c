// SPDX-License-Identifier: GPL-2.0-or-later
/* The kinds of view, in the order of their tabs. */
#include "state.h"

static const struct view owners_view = {
	.name = "owners",
	.help = "one row for each process or user that has secret memory",
	.table = &group_table,
	.columns = "PID,USER,COMM,PROCESSES,FILES,SIZE,USED,RESERVED,RESIDENT,LIMIT,USED%,CGROUP",
	.empty = "No program holds secret memory.",
	.unknown = "owners are not known here",
};

static const struct view cgroups_view = {
	.name = "cgroups",
	.help = "one row for each cgroup that has secret memory",
	.table = &group_table,
	.columns = "FILES,PROCESSES,SIZE,USED,RESERVED,RESIDENT,LIMIT,CHARGED,USED%,CGROUP",
	.empty = "No cgroup is known that has secret memory.",
	.unknown = "cgroups are not known here",
};

static const struct view events_view = {
	.name = "events",
	.help = "one row for each event",
	.table = &event_table,
	.columns = "TIME,TYPE,OWNER,COUNT,PAGE,PID,COMM,USER,INODE,BYTES,POSITION,REASON,DERIVED",
	.empty = "Nothing has happened since this began.",
	.unknown = "events are not known here",
};

const struct tab_kind tab_kinds[TAB_COUNT] = {
	[TAB_FILES] = {
		.name = "Files", .view = &views[0], .tree = true, .command = "status files",
		.columns = "INODE,SIZE,USED,RESERVED,WASTED,CHUNKS,AGE,HOLDERS,CREATOR-COMM,"
			   "CREATOR-USER",
		.sort = "-SIZE",
	},
	[TAB_CHUNKS] = {
		.name = "Chunks", .view = &views[1], .command = "status chunks",
		.sort = "POSITION",
	},
	[TAB_DIRECT_MAP] = {
		.name = "DirectMap", .view = &views[3], .command = "status direct-map",
		.sort = "-PAGE",
	},
	[TAB_OWNERS] = {
		.name = "Owners", .view = &owners_view, .tree = true,
		.command = "status files --holders", .sort = "-SIZE",
	},
	[TAB_CGROUPS] = {
		.name = "Cgroups", .view = &cgroups_view, .tree = true,
		.command = "status limits", .sort = "-SIZE",
	},
	[TAB_EVENTS] = {
		.name = "Events", .view = &events_view, .command = "monitor", .sort = "-TIME",
	},
};
