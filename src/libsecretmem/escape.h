/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text from outside, made fit to be shown: names of processes and cgroups are
 * whatever bytes somebody chose.
 */
#ifndef SECRETMEM_ESCAPE_H
#define SECRETMEM_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Valid UTF-8 is kept. Bytes that are not, and controls (C0, DEL, C1), become
 * \xNN, a backslash becomes two: so the bytes can be had back, and look the
 * same in every locale. The result is allocated, and is valid UTF-8.
 */
char *escape(const char *bytes, size_t length);
char *escape_text(const char *text);

/* Whether escape_text() would leave it as it is, and it is ASCII. */
bool text_is_plain(const char *text);

/* The bytes that escape() made @text of; what it never writes is kept. Allocated. */
char *unescape(const char *text);

/* Bytes of the valid UTF-8 character that @bytes begins with, or 0. */
size_t utf8_length(const char *bytes, size_t length);

#endif
