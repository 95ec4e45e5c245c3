/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sums over a snapshot, for those who watch many machines: bounded in number
 * whatever there is on the machine, and silent about single processes and files.
 */
#ifndef SECRETMEM_TOTALS_H
#define SECRETMEM_TOTALS_H

#include "model.h"

/* As many cgroups are told apart; the rest is one, by this name. */
#define MOST_CGROUPS 20
#define OTHER_CGROUPS "_other"

/* Fill ->totals and ->hibernation.causes from the rest of the snapshot. */
void totals_fill(struct snapshot *snapshot);

/* Distinct processes: one may hold thousands of files. */
uint64_t count_holders(const struct list *files);

#endif
