/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of sizing share: each adds items of its kind. */
#ifndef SECRETMEM_SIZING_INTERNAL_H
#define SECRETMEM_SIZING_INTERNAL_H

#include "sizing/sizing.h"

/* Add an item like @like, with its text made by a format. */
struct sizing_item *sizing_add(struct sizing *sizing, const struct sizing_item *like,
			       const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* sizing-demand.c: what is needed */
void add_demands(const struct sizing_facts *facts, struct sizing *sizing);

/* sizing-machine.c: what it may be, what it costs, what else to mind */
void add_floor(const struct sizing_facts *facts, struct sizing *sizing);
void add_bounds(const struct sizing_facts *facts, struct sizing *sizing);
void add_costs(const struct sizing_facts *facts, struct sizing *sizing);
void add_notes(const struct sizing_facts *facts, struct sizing *sizing);

#endif
