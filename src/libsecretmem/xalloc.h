/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that runs out ends the program. These tools hold little of it, and
 * none could say anything useful without.
 */
#ifndef SECRETMEM_XALLOC_H
#define SECRETMEM_XALLOC_H

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

static inline void *xcalloc(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory)
		errx(EXIT_FAILED, "out of memory");
	return memory;
}

static inline void *xreallocarray(void *old, size_t count, size_t size)
{
	void *memory = reallocarray(old, count, size);

	if (!memory)
		errx(EXIT_FAILED, "out of memory");
	return memory;
}

static inline char *xstrdup(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		errx(EXIT_FAILED, "out of memory");
	return copy;
}

static inline char *xstrndup(const char *text, size_t max)
{
	char *copy = strndup(text, max);

	if (!copy)
		errx(EXIT_FAILED, "out of memory");
	return copy;
}

__attribute__((format(printf, 1, 2)))
static inline char *xasprintf(const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		errx(EXIT_FAILED, "out of memory");
	return text;
}

#endif
