/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When something is: two clocks, and the boot that one of them belongs to. */
#ifndef SECRETMEM_MOMENT_H
#define SECRETMEM_MOMENT_H

#include <stdint.h>
#include <time.h>

uint64_t clock_ns(clockid_t clock);

/* The number of this boot, or NULL where /proc does not tell it. Allocated. */
char *boot_id(void);

#endif
