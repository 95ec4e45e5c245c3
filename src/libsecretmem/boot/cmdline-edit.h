/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changing one parameter of a kernel's command line, and no other byte of it.
 * A key is matched as the kernel does it: whole, '-' and '_' being one, outside
 * of quotes, before "--".
 */
#ifndef SECRETMEM_CMDLINE_EDIT_H
#define SECRETMEM_CMDLINE_EDIT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Have @parameter ("key=value") once, where the last word with @key is now, or
 * else at the end. NULL: have none. Allocated.
 */
char *cmdline_edit(const char *text, const char *key, const char *parameter);

/* How often @key is there. */
size_t cmdline_count(const char *text, const char *key);

/* Whether two say the same but for @key, whatever blanks they have. */
bool cmdline_same_but(const char *a, const char *b, const char *key);

#endif
