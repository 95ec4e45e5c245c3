// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "boot/diff.h"
#include "model.h"
#include "xalloc.h"

#define CONTEXT 3		/* lines around what differs */

struct line {
	const char *start;
	size_t length;		/* with its newline */
};

static void split(const char *text, struct list *lines)
{
	while (text && *text) {
		struct line *line = list_add(lines, sizeof(*line));
		const char *end = strchr(text, '\n');

		line->start = text;
		line->length = end ? (size_t)(end - text) + 1 : strlen(text);
		text += line->length;
	}
}

static const struct line *at(const struct list *lines, size_t index)
{
	return list_at(lines, index, sizeof(struct line));
}

static bool same(const struct line *a, const struct line *b)
{
	return a->length == b->length && !memcmp(a->start, b->start, a->length);
}

/* What the two have in common, in lines from the start and from the end. */
struct common {
	size_t head;
	size_t tail;
};

static struct common find_common(const struct list *before, const struct list *after)
{
	size_t most = before->count < after->count ? before->count : after->count;
	struct common common = { 0 };

	while (common.head < most && same(at(before, common.head), at(after, common.head)))
		common.head++;
	while (common.head + common.tail < most &&
	       same(at(before, before->count - common.tail - 1),
		    at(after, after->count - common.tail - 1)))
		common.tail++;
	return common;
}

static void put_line(FILE *stream, char sign, const struct line *line)
{
	fprintf(stream, "%c%.*s", sign, (int)line->length, line->start);
	if (line->start[line->length - 1] != '\n')
		fputs("\n\\ No newline at end of file\n", stream);
}

static void put_lines(FILE *stream, char sign, const struct list *lines, size_t from, size_t to)
{
	for (; from < to; from++)
		put_line(stream, sign, at(lines, from));
}

/* "1,4"; lines count from 1, but the place before the first is 0. */
static void put_range(FILE *stream, char sign, size_t from, size_t to)
{
	fprintf(stream, " %c%zu,%zu", sign, to > from ? from + 1 : from, to - from);
}

static void put_hunk(FILE *stream, const struct list *before, const struct list *after,
		     const struct common *common)
{
	size_t start = common->head > CONTEXT ? common->head - CONTEXT : 0;
	size_t behind = common->tail < CONTEXT ? common->tail : CONTEXT;
	size_t before_end = before->count - common->tail, after_end = after->count - common->tail;

	fputs("@@", stream);
	put_range(stream, '-', start, before_end + behind);
	put_range(stream, '+', start, after_end + behind);
	fputs(" @@\n", stream);
	put_lines(stream, ' ', before, start, common->head);
	put_lines(stream, '-', before, common->head, before_end);
	put_lines(stream, '+', after, common->head, after_end);
	put_lines(stream, ' ', before, before_end, before_end + behind);
}

static void put_diff(FILE *stream, const char *path, const char *before, const char *after)
{
	struct list old = { 0 }, new = { 0 };
	struct common common;

	split(before, &old);
	split(after, &new);
	common = find_common(&old, &new);
	fprintf(stream, "--- %s%s\n", before ? "/" : "/dev/null", before ? path : "");
	fprintf(stream, "+++ %s%s\n", after ? "/" : "/dev/null", after ? path : "");
	put_hunk(stream, &old, &new, &common);
	free(old.items);
	free(new.items);
}

char *diff_text(const char *path, const char *before, const char *after)
{
	char *text = NULL;
	size_t length;
	FILE *stream;

	if (before == after || (before && after && !strcmp(before, after)))
		return xstrdup("");
	stream = open_memstream(&text, &length);
	if (!stream)
		errx(EXIT_FAILED, "out of memory");
	put_diff(stream, path, before, after);
	if (fclose(stream))
		errx(EXIT_FAILED, "out of memory");
	return text;
}
