/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What would happen in a pool of some other size: the requests that programs
 * made, granted or refused by the kernel's own rules. All of it is arithmetic.
 *
 *  - A reservation gets all the chunks that its file lacks, or none. Those that
 *    are ready for the floor are for it, too.
 *  - Without a reservation a file gets a chunk when it touches a page for which
 *    it has none, but none of those that are ready.
 *  - A chunk that comes back is made ready as long as those reserved and those
 *    ready are below the floor.
 *  - Where chunks lie does not matter: no size is too large for them.
 *
 * What other limits refused stays refused: no size of the pool changes that.
 */
#ifndef SECRETMEM_WHAT_IF_H
#define SECRETMEM_WHAT_IF_H

#include "fields.h"

enum request_kind {
	REQUEST_UNKNOWN,
	REQUEST_RESERVE,	/* the file shall have .chunks, all or nothing */
	REQUEST_GROW,		/* .chunks more, one by one, without a reservation */
	REQUEST_RELEASE,	/* all that the file has goes back */
};

/* What was asked of a pool, in the order in which it was asked. */
struct request {
	enum request_kind kind;
	uint64_t file;		/* any number that is the same for the same file */
	uint64_t chunks;
	uint64_t bytes;		/* what the chunks are for */
	struct number time_ns;
	bool limited;		/* something other than the pool refused it */
	bool refused;		/* whoever refused it: what became of it is not known */
};

/* A request that the pool would refuse. */
struct refusal {
	struct number time_ns;
	struct number file;
	struct number bytes;
	struct number chunks;
	struct number free_chunks;	/* that were left for it */
	enum truth recorded;		/* it was refused when it was recorded, too */
};

extern const struct field_table refusal_table;

struct what_if {
	struct number size_bytes;
	struct number floor_bytes;
	struct number requests;		/* for chunks: what is released is not counted */
	struct number refused;
	struct number limited;		/* refused by something else, whatever the size */
	struct number files_peak;	/* files with chunks at one time, at most */
	struct number peak_bytes;	/* in whole chunks */
	struct number peak_time_ns;
	struct number rounding_bytes;	/* at the peak: of chunks, more than was asked for */
	struct number unused_bytes;	/* never needed */
	struct number largest_bytes;	/* that one file had */
	struct list refusals;		/* of struct refusal */
};

extern const struct field_table what_if_table;

/* A pool of so many chunks. */
struct what_if_pool {
	uint64_t chunk_bytes;
	uint64_t chunks;
	uint64_t floor;
};

/* Run @requests, a list of struct request, against @pool. */
void what_if_run(const struct list *requests, const struct what_if_pool *pool,
		 struct what_if *result);
void what_if_clear(struct what_if *result);

/* The fewest chunks that refuse nothing, with @floor of them kept ready. */
uint64_t what_if_smallest(const struct list *requests, uint64_t chunk_bytes, uint64_t floor);

#endif
