/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Setting the pool's floor, and seeing what came of it. */
#ifndef SECRETMEM_FLOOR_H
#define SECRETMEM_FLOOR_H

#include "model.h"
#include "source.h"

struct floor_change {
	uint64_t floor_bytes;	/* what was asked for, in whole chunks */
	struct pool before;
	struct pool after;
};

/*
 * Set the floor to @bytes, rounded up to whole chunks, and read it back. What
 * could not be had of it is no failure here: it is missing in ->after.
 */
enum exit_code floor_set(struct netlink_reader *reader, uint64_t bytes,
			 struct floor_change *change, struct failure *failure);

/*
 * Why some of a floor could not be had, as far as the counters tell, and
 * @memory_bytes: what is to be had outside of the pool.
 */
const char *floor_reason(const struct floor_change *change, struct number memory_bytes);

#endif
