/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events where no kernel tells them: what must have happened between two looks.
 * What came and went between them is not seen.
 */
#ifndef SECRETMEM_DERIVE_H
#define SECRETMEM_DERIVE_H

#include "model.h"

/* What derive_events() compares; the rest of a snapshot need not be read. */
#define DERIVE_PARTS (PART_FILES | PART_HOLDERS | PART_CHUNKS | PART_DIRECT_MAP)

/*
 * Add to @events, a list of struct event, what lies between two snapshots of the
 * same boot. A list that one of them does not know tells nothing.
 */
void derive_events(const struct snapshot *before, const struct snapshot *after,
		   struct list *events);

/* Free what the events own, and empty the list. */
void events_clear(struct list *events);

#endif
