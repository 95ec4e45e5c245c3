/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether what a file says can still be taken for now. */
#ifndef SECRETMEM_AGE_H
#define SECRETMEM_AGE_H

#include "source.h"

/*
 * A file that is written anew every so often is good for two of these intervals:
 * one may be late. What is older says nothing of now, least of all that all is
 * well: EXIT_FAILED. Where the file does not tell its interval, it is
 * @default_seconds; 0: then nothing was promised, and it is good.
 */
enum exit_code check_age(const struct snapshot *snapshot, const char *path,
			 uint64_t default_seconds, struct failure *failure);

#endif
