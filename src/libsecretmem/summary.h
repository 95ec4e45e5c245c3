/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SECRETMEM_SUMMARY_H
#define SECRETMEM_SUMMARY_H

#include <stdio.h>

#include "format.h"

/*
 * All that matters on one screen: the mode, the pool, who holds how much, the
 * direct map, hibernation. @width cuts its table; 0: not.
 */
void summary_print(const struct snapshot *snapshot, const struct style *style, size_t width,
		   FILE *stream);

/* Its lines, without their labels. */
enum summary_line {
	SUMMARY_MODE,
	SUMMARY_POOL,
	SUMMARY_FILES,
	SUMMARY_DIRECT_MAP,
	SUMMARY_HIBERNATION,
	SUMMARY_LIMIT,
	SUMMARY_FAILURES,
	SUMMARY_LINES,
};

/* One line's words, without a newline; NULL: there is nothing to say. Allocated. */
char *summary_text(const struct snapshot *snapshot, enum summary_line line,
		   const struct style *style);

/* Why this machine does not hibernate, in words. Allocated. */
char *blocker_text(const struct blocker *blocker);

#endif
