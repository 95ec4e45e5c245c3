/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SECRETMEM_WORKLOAD_H
#define SECRETMEM_WORKLOAD_H

#include "model.h"
#include "source.h"

/* So many files of one size. */
struct workload_part {
	uint64_t files;
	uint64_t bytes;		/* of each */
};

/* A workload that somebody states: "20x64M,500x4K"; with "+" it comes on top. */
struct workload {
	struct list parts;	/* of struct workload_part */
	bool on_top;		/* of what is there already */
};

/* EXIT_USAGE with what is wrong with it. */
enum exit_code workload_parse(const char *text, struct workload *workload,
			      struct failure *failure);
void workload_clear(struct workload *workload);

/* How many chunks it takes; unknown where no number is that large. */
struct number workload_chunks(const struct workload *workload, uint64_t chunk_bytes);

/* The chunks of its largest file. */
uint64_t workload_largest(const struct workload *workload, uint64_t chunk_bytes);

uint64_t workload_files(const struct workload *workload);

#endif
