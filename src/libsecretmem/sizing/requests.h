/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The requests that a recording has. With a pool, its events tell them: chunks
 * that a file got one after the other are one request. Without one, files are
 * compared from look to look, for what they would have taken.
 */
#ifndef SECRETMEM_REQUESTS_H
#define SECRETMEM_REQUESTS_H

#include "sizing/what-if.h"
#include "source.h"

struct recorded {
	struct list requests;	/* of struct request */
	struct number chunk_bytes;	/* of the pool; or what was assumed */
	bool pooled;
	bool lost;		/* events were lost */
	char *warning;		/* what of the recording was not sound; or NULL */
};

/* @chunk_bytes is assumed where there was no pool. */
enum exit_code recorded_read(const char *path, uint64_t chunk_bytes,
			     struct recorded *recorded, struct failure *failure);
void recorded_clear(struct recorded *recorded);

#endif
