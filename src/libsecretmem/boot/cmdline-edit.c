// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>

#include "boot/cmdline-edit.h"
#include "procfs.h"
#include "xalloc.h"

/* A word with its quotes, where it stands. */
struct span {
	const char *start;
	const char *end;
	struct cmdline_word word;
};

static bool next_span(const char **cursor, struct span *span)
{
	span->start = *cursor;
	while (isspace((unsigned char)*span->start))
		span->start++;
	if (!cmdline_next(cursor, &span->word))
		return false;
	span->end = *cursor;
	return true;
}

static bool next_with_key(const char **cursor, const char *key, struct span *span)
{
	while (next_span(cursor, span)) {
		if (cmdline_key_is(&span->word, key))
			return true;
	}
	return false;
}

size_t cmdline_count(const char *text, const char *key)
{
	struct span span;
	size_t count = 0;

	while (next_with_key(&text, key, &span))
		count++;
	return count;
}

/* Text that is put together from pieces. */
struct builder {
	char *text;
	size_t length;
};

static void append(struct builder *builder, const char *start, size_t length)
{
	builder->text = xreallocarray(builder->text, builder->length + length + 1, 1);
	memcpy(builder->text + builder->length, start, length);
	builder->length += length;
	builder->text[builder->length] = '\0';
}

/* A word goes with the blank before it; the first one with that behind it. */
static void skip_span(const char *text, const struct span *span, const char **from,
		      struct builder *builder)
{
	const char *start = span->start, *end = span->end;

	if (start > text && isblank((unsigned char)start[-1]) && start - 1 >= *from)
		start--;
	else if (isblank((unsigned char)*end))
		end++;
	append(builder, *from, (size_t)(start - *from));
	*from = end;
}

static bool is_closed(const struct span *span)
{
	const char *c;
	bool closed = true;

	for (c = span->start; c < span->end; c++)
		closed ^= *c == '"';
	return closed;
}

/*
 * The end of what the kernel reads: before blanks, a newline, or "--"; and before
 * a quote that is never closed, which would take in what comes behind it.
 */
static const char *insertion_point(const char *text)
{
	const char *cursor = text, *end = text;
	struct span span;

	while (next_span(&cursor, &span) && is_closed(&span))
		end = span.end;
	return end;
}

static char *insert(const char *text, const char *parameter)
{
	const char *point = insertion_point(text);
	struct builder builder = { 0 };

	append(&builder, text, (size_t)(point - text));
	if (point > text)
		append(&builder, " ", 1);
	append(&builder, parameter, strlen(parameter));
	/* What is for init stays a word of its own. */
	if (*point && !isspace((unsigned char)*point))
		append(&builder, " ", 1);
	append(&builder, point, strlen(point));
	return builder.text;
}

char *cmdline_edit(const char *text, const char *key, const char *parameter)
{
	size_t count = cmdline_count(text, key), seen = 0;
	const char *cursor = text, *from = text;
	struct builder builder = { 0 };
	struct span span;

	if (!count)
		return parameter ? insert(text, parameter) : xstrdup(text);
	while (next_with_key(&cursor, key, &span)) {
		if (parameter && ++seen == count) {
			append(&builder, from, (size_t)(span.start - from));
			append(&builder, parameter, strlen(parameter));
			from = span.end;
		} else {
			skip_span(text, &span, &from, &builder);
		}
	}
	append(&builder, from, strlen(from));
	return builder.text;
}

static bool next_without_key(const char **cursor, const char *key, struct span *span)
{
	while (next_span(cursor, span)) {
		if (!cmdline_key_is(&span->word, key))
			return true;
	}
	return false;
}

bool cmdline_same_but(const char *a, const char *b, const char *key)
{
	struct span first, second;
	bool more, same = true;

	do {
		more = next_without_key(&a, key, &first);
		if (more != next_without_key(&b, key, &second))
			return false;
		if (more)
			same = first.end - first.start == second.end - second.start &&
			       !memcmp(first.start, second.start,
				       (size_t)(first.end - first.start));
	} while (more && same);
	return same;
}
