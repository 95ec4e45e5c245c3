/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a machine can give: facts that bound the size of a pool. */
#ifndef SECRETMEM_MACHINE_H
#define SECRETMEM_MACHINE_H

#include "model.h"

struct procfs_reader;

struct machine {
	struct number page_bytes;
	struct number chunk_bytes;	/* a pool's: told by the kernel, or what it would be */
	bool chunk_assumed;		/* nobody told it */
	struct number granule_bytes;	/* a pool's size is a multiple of it */
	struct number memory_bytes;	/* physical, as the kernel counts it for its limit */
	struct number zone_bytes;	/* the longest stretch of it in a single zone */
	struct number unmovable_bytes;	/* in use now for what cannot be moved away */
	struct number memlock_bytes;	/* the caller's soft RLIMIT_MEMLOCK; unknown: none */
};

/* Learn what /proc tells; @pool may know the size of a chunk already. */
void machine_read(const struct procfs_reader *reader, const struct pool *pool,
		  struct machine *machine);

/* Without any /proc: what is true of most machines. */
void machine_assume(const struct pool *pool, struct machine *machine);

/* /proc/iomem's lines: the longest stretch of RAM that crosses no zone's end. */
struct number longest_stretch(const char *iomem);

/* /proc/zoneinfo: all zones' pages that are present. */
struct number present_pages(const char *zoneinfo);

#endif
