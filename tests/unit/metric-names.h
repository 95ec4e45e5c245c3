/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SECRETMEM_METRIC_NAMES_H
#define SECRETMEM_METRIC_NAMES_H

/* Names, types, units and labels of all metrics that there can be. Allocated. */
char *metric_names(void);

#endif
