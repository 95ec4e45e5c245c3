/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Zabbix discovers: the cgroups that have metrics, as [{"{#CGROUP}": "/a"}]. */
#ifndef SECRETMEM_DISCOVERY_H
#define SECRETMEM_DISCOVERY_H

#include <stdio.h>

#include "model.h"

void discovery_print(const struct snapshot *snapshot, FILE *stream);

#endif
