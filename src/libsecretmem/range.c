// SPDX-License-Identifier: GPL-2.0-or-later
#include <math.h>

#include "range.h"
#include "size.h"
#include "xalloc.h"

#define NUMBER_CHARACTERS "0123456789.-"

/* strtod() would take hexadecimals, exponents and infinity, which plugins do not. */
static bool parse_plain(const char *text, double *value)
{
	size_t length = strspn(text, NUMBER_CHARACTERS);
	char *end;

	if (!length || text[length])
		return false;
	*value = strtod(text, &end);
	return !*end;
}

static bool parse_number(const char *text, bool sizes, double *value)
{
	struct number size;

	if (parse_plain(text, value))
		return true;
	if (!sizes || !parse_size(text, &size))
		return false;
	*value = (double)size.value;
	return true;
}

/* @text has the start, or both; @colon is where they part, or NULL. */
static bool parse_ends(char *text, char *colon, bool sizes, struct range *range)
{
	const char *end = text;

	if (colon) {
		*colon = '\0';
		end = colon + 1;
		if (!strcmp(text, "~"))
			range->start = -INFINITY;
		else if (*text && !parse_number(text, sizes, &range->start))
			return false;
		if (!*end)
			return true;
	}
	return parse_number(end, sizes, &range->end);
}

enum exit_code range_parse(const char *text, bool sizes, struct range *range,
			   struct failure *failure)
{
	char *copy = xstrdup(text), *body = copy;
	bool good;

	*range = (struct range){ .known = true, .end = INFINITY };
	range->inside = *body == '@';
	if (range->inside)
		body++;
	good = parse_ends(body, strchr(body, ':'), sizes, range);
	free(copy);
	if (!good)
		return fail(failure, EXIT_USAGE, "'%s' is not a range, such as 80, 10:, ~:5 or "
			    "@10:20", text);
	if (range->start > range->end)
		return fail(failure, EXIT_USAGE, "'%s': the start of the range is above its end",
			    text);
	return EXIT_FINE;
}

bool range_alerts(const struct range *range, double value)
{
	bool within = value >= range->start && value <= range->end;

	return range->known && within == range->inside;
}

char *double_text(double value)
{
	char *text = xasprintf("%.3f", value);
	size_t length = strlen(text);

	while (text[length - 1] == '0')
		text[--length] = '\0';
	if (text[length - 1] == '.')
		text[--length] = '\0';
	return text;
}

static char *end_text(double end)
{
	return isinf(end) ? xstrdup("") : double_text(end);
}

static char *start_text(double start)
{
	return isinf(start) ? xstrdup("~") : double_text(start);
}

char *range_text(const struct range *range)
{
	const char *at = range->inside ? "@" : "";
	char *start, *end, *text;

	if (!range->known)
		return xstrdup("");
	start = start_text(range->start);
	end = end_text(range->end);
	if (range->start == 0 && *end)
		text = xasprintf("%s%s", at, end);
	else
		text = xasprintf("%s%s:%s", at, start, end);
	free(start);
	free(end);
	return text;
}
