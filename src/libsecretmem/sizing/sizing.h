/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much should secretmem= be on this machine? Every figure that goes into
 * the answer is an item: how much, where it is known from, how sure that is,
 * and why it counts. All of it is arithmetic on facts that others gathered.
 */
#ifndef SECRETMEM_SIZING_H
#define SECRETMEM_SIZING_H

#include "fields.h"
#include "sizing/machine.h"
#include "sizing/setting.h"
#include "sizing/what-if.h"
#include "sizing/workload.h"

#define DEFAULT_HEADROOM 25	/* percent */

enum item_kind {
	ITEM_UNKNOWN,
	ITEM_DEMAND,		/* what is needed, as one of several looks tells it */
	ITEM_ADVICE,		/* what follows from that */
	ITEM_BOUND,		/* what the machine can give */
	ITEM_COST,		/* what the advice takes from others */
	ITEM_NOTE,		/* what else to mind */
};

enum confidence {
	CONFIDENCE_UNKNOWN,
	CONFIDENCE_EXACT,	/* the kernel counts it */
	CONFIDENCE_COMPUTED,	/* follows from what is counted, by the kernel's rules */
	CONFIDENCE_STATED,	/* somebody said so */
	CONFIDENCE_AT_LEAST,	/* some of it could not be seen */
	CONFIDENCE_ESTIMATE,	/* a rule of thumb */
};

struct sizing_item {
	enum item_kind kind;
	const char *name;	/* stable: scripts look for it */
	struct number bytes;
	struct number count;	/* of what .text tells */
	const char *source;
	enum confidence confidence;
	char *text;		/* why */
};

extern const struct field_table sizing_item_table;

struct sizing_facts {
	const struct snapshot *snapshot;	/* pool, files and direct map of now */
	const struct machine *machine;
	const struct workload *plan;		/* no parts: none is stated */
	const struct what_if *recording;	/* at the smallest size; NULL: there is none */
	struct number headroom_percent;		/* unknown: the default */
	struct number keep_floor_bytes;		/* the floor of the next boot, kept */
};

/* The document's part, as the field table sees it. */
struct sizing {
	struct number minimum_bytes;	/* what the load needs, without headroom */
	struct number size_bytes;	/* the advice; unknown: nothing to go by */
	struct number floor_bytes;
	struct number most_bytes;	/* what this machine can give; unknown: not known */
	struct list items;		/* of struct sizing_item */
};

extern const struct field_table sizing_table;

void sizing_fill(const struct sizing_facts *facts, struct sizing *sizing);
void sizing_clear(struct sizing *sizing);

/* The item by its name, or NULL. */
const struct sizing_item *sizing_find(const struct sizing *sizing, const char *name);

/* The largest size that the kernel makes a pool of, as far as is known. */
struct number sizing_most(const struct machine *machine);

/* The chunks that a file has, or would have in a pool. */
struct number sizing_file_chunks(const struct secret_file *file, uint64_t chunk_bytes);

#endif
