/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SECRETMEM_CGROUP_H
#define SECRETMEM_CGROUP_H

#include "model.h"

/*
 * Find the paths of the creators' cgroups, which the kernel tells by number.
 * Those that are gone, or that may not be looked up, stay unknown.
 */
void cgroups_name(struct list *files);

#endif
