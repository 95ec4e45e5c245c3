/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Look for a pattern in all of the memory that /proc/kcore shows. */
#ifndef SECRETMEM_TESTS_KCORE_H
#define SECRETMEM_TESTS_KCORE_H

#include <stdint.h>

/*
 * The number of pages in the kernel's direct map that begin with the pattern of
 * @seed; -1 if /proc/kcore cannot be read.
 */
long kcore_count_pattern(uint64_t seed);

#endif
