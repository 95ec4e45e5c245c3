/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Golden files: what is printed, byte by byte. SECRETMEM_GOLDEN=update in the
 * environment writes them instead: then read the diff.
 */
#ifndef SECRETMEM_GOLDEN_H
#define SECRETMEM_GOLDEN_H

/* Fail unless @text is what is in SAMPLE.WHAT. */
void golden_assert(const char *sample, const char *what, const char *text);

/*
 * Write VERSION in place of @version after @key, and free @text: it changes with
 * every commit, and its length with every release.
 */
char *golden_hide(char *text, const char *key, const char *version);

#endif
