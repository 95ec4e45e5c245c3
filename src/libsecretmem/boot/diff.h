/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SECRETMEM_DIFF_H
#define SECRETMEM_DIFF_H

/*
 * A unified diff of two texts of a file, either of which may be NULL: the file
 * is not there. One hunk holds all that differs: it is correct, and as short as
 * can be where a single place was changed. Allocated; empty where they are the
 * same.
 */
char *diff_text(const char *path, const char *before, const char *after);

#endif
