// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables that there are. A column of which nothing is known is left out. */
#include <string.h>

#include "table.h"

const struct view views[] = {
	{
		.name = "files",
		.help = "one row for each secretmem file",
		.table = &file_table,
		.offset = offsetof(struct snapshot, files),
		.parts = PART_FILES | PART_HOLDERS,
		.columns = "ID,INODE,SIZE,USED,RESERVED,WASTED,AGE,CREATOR-USER,HOLDERS",
		.empty = "No program holds secret memory.",
		.unknown = "secretmem files are not known here",
	},
	{
		.name = "chunks",
		.help = "one row for each chunk of the pool in use",
		.table = &chunk_table,
		.offset = offsetof(struct snapshot, chunks),
		.parts = PART_CHUNKS,
		.columns = "POSITION,ID,FILE,USED,STATE",
		.empty = "No chunk of the pool is in use.",
		.unknown = "chunks are not known here: only a kernel with the netlink family has them",
	},
	{
		.name = "pool",
		.help = "what secret memory is taken from",
		.table = &pool_table,
		.offset = offsetof(struct snapshot, pool),
		.single = true,
		.parts = PART_INFO | PART_POOL,
		.unknown = "a pool is not known here: only a kernel with the netlink family has one",
	},
	{
		.name = "direct-map",
		.help = "one row for each size of page of the kernel's direct map",
		.table = &level_table,
		.outer = &direct_map_table,
		.single_outer = true,
		.offset = offsetof(struct snapshot, direct_map),
		.inner_offset = offsetof(struct direct_map, levels),
		.parts = PART_DIRECT_MAP,
		.columns = "PAGE,MAPPED,MAPPED%,SPLITS,SECRETMEM-SPLITS,COLLAPSES,ORIGIN",
		.empty = "This architecture does not tell how its direct map is made.",
		.unknown = "the direct map is not known here",
	},
	{
		.name = "regions",
		.help = "one row for each GiB of memory in the kernel's direct map",
		.table = &region_table,
		.offset = offsetof(struct snapshot, direct_map.regions),
		.parts = PART_REGIONS,
		.columns = "REGION,LEVELS,UNMAPPED",
		.empty = "The direct map has no region.",
		.unknown = "the direct map by region is not known here: only a kernel with the "
			   "netlink family, or page_tables in debugfs, tells it",
	},
	{
		.name = "limits",
		.help = "one row for each limit on secret memory",
		.table = &limit_table,
		.offset = offsetof(struct snapshot, limits),
		.parts = PART_LIMITS,
		.columns = "KIND,LIMIT,CHARGED,USED%,USER,CGROUP",
		.empty = "Nothing limits secret memory.",
		.unknown = "limits are not known here",
	},
	{ .name = NULL }
};

const struct view holders_view = {
	.name = "files --holders",
	.help = "one row for each process that holds a secretmem file",
	.table = &holder_table,
	.outer = &file_table,
	.offset = offsetof(struct snapshot, files),
	.inner_offset = offsetof(struct secret_file, holders),
	.parts = PART_FILES | PART_HOLDERS,
	.columns = "PID,USER,COMM,INODE,SIZE,FDS,MAPS,MAPPED,RESIDENT,MEMLOCK,CGROUP",
	.empty = "No program holds secret memory.",
	.unknown = "holders are not known here",
};

const struct view *view_find(const char *name)
{
	const struct view *view;

	for (view = views; view->name; view++) {
		if (!strcmp(view->name, name))
			return view;
	}
	return NULL;
}
