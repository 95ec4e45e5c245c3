// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <time.h>

#include "size.h"
#include "xalloc.h"

#define NS_PER_SECOND UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

/* Parse the digits that @text must begin with. */
static bool parse_digits(const char *text, uint64_t *value, char **end)
{
	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*value = strtoull(text, end, 10);
	return !errno;
}

bool parse_count(const char *text, struct number *count)
{
	char *end;

	count->known = parse_digits(text, &count->value, &end) && !*end;
	return count->known;
}

/* What a size's suffix stands for; false: nothing. */
static bool suffix_factor(const char *suffix, uint64_t *factor)
{
	static const char letters[] = "KMGTPE";
	const char *letter;
	uint64_t base = 1024;

	*factor = 1;
	if (!*suffix || !strcmp(suffix, "B"))
		return true;
	letter = strchr(letters, toupper((unsigned char)*suffix));
	if (!letter)
		return false;
	if (!strcmp(suffix + 1, "B"))
		base = 1000;
	else if (suffix[1] && strcmp(suffix + 1, "iB"))
		return false;
	for (; letter >= letters; letter--)
		*factor *= base;
	return true;
}

bool parse_size(const char *text, struct number *size)
{
	uint64_t factor, value;
	char *end;

	size->known = parse_digits(text, &value, &end) && suffix_factor(end, &factor) &&
		      !__builtin_mul_overflow(value, factor, &size->value);
	return size->known;
}

static uint64_t seconds_in(char unit)
{
	switch (unit) {
	case '\0':
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	default:
		return 0;
	}
}

bool parse_seconds(const char *text, struct number *seconds)
{
	uint64_t value, factor;
	char *end;

	seconds->known = false;
	if (!parse_digits(text, &value, &end) || (*end && end[1]))
		return false;
	factor = seconds_in(*end);
	seconds->known = factor && !__builtin_mul_overflow(value, factor, &seconds->value);
	return seconds->known;
}

/* @bytes in tenths of @unit, rounded to the nearest. */
static uint64_t tenths(uint64_t bytes, uint64_t unit)
{
	return bytes / unit * 10 + (bytes % unit * 10 + unit / 2) / unit;
}

/* Whether @bytes, rounded, are too many for @unit: 1023.97M is 1G. */
static bool too_many(uint64_t bytes, uint64_t unit, uint64_t base)
{
	return bytes / unit >= base || tenths(bytes, unit) >= base * 10;
}

char *size_text(uint64_t bytes, enum units units)
{
	const char *letter = units == UNITS_SI ? "BkMGTPE" : "BKMGTPE";
	uint64_t base = units == UNITS_SI ? 1000 : 1024, unit = 1, shown;
	const char *suffix = "";

	if (units == UNITS_BYTES)
		return xasprintf("%" PRIu64, bytes);
	while (letter[1] && too_many(bytes, unit, base)) {
		unit *= base;
		letter++;
		suffix = units == UNITS_SI ? "B" : "";
	}
	shown = tenths(bytes, unit);
	if (shown % 10)
		return xasprintf("%" PRIu64 ".%" PRIu64 "%c%s", shown / 10, shown % 10,
				 *letter, suffix);
	return xasprintf("%" PRIu64 "%c%s", shown / 10, *letter, suffix);
}

char *age_text(uint64_t seconds)
{
	if (seconds < 60)
		return xasprintf("%" PRIu64 "s", seconds);
	if (seconds < 3600)
		return xasprintf("%" PRIu64 "m%02" PRIu64 "s", seconds / 60, seconds % 60);
	if (seconds < 86400)
		return xasprintf("%" PRIu64 "h%02" PRIu64 "m", seconds / 3600, seconds / 60 % 60);
	return xasprintf("%" PRIu64 "d%02" PRIu64 "h", seconds / 86400, seconds / 3600 % 24);
}

char *decimal_text(uint64_t thousandths)
{
	char *text = xasprintf("%" PRIu64 ".%03" PRIu64, thousandths / 1000, thousandths % 1000);
	size_t length = strlen(text);

	while (text[length - 1] == '0')
		text[--length] = '\0';
	if (text[length - 1] == '.')
		text[--length] = '\0';
	return text;
}

/* Up to the fraction of a second. Allocated. */
static char *second_text(uint64_t time_ns)
{
	time_t seconds = (time_t)(time_ns / NS_PER_SECOND);
	struct tm utc;

	gmtime_r(&seconds, &utc);
	return xasprintf("%04d-%02d-%02dT%02d:%02d:%02d", utc.tm_year + 1900, utc.tm_mon + 1,
			 utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

char *time_text(uint64_t time_ns)
{
	char *second = second_text(time_ns), *text;

	text = xasprintf("%s.%03" PRIu64 "Z", second, time_ns % NS_PER_SECOND / NS_PER_MS);
	free(second);
	return text;
}

char *exact_time_text(uint64_t time_ns)
{
	char *second = second_text(time_ns), *text;

	text = xasprintf("%s.%09" PRIu64 "Z", second, time_ns % NS_PER_SECOND);
	free(second);
	return text;
}

/* Take @count digits from *@text, and @after behind them if that is not 0. */
static bool take_digits(const char **text, unsigned int count, char after, int *value)
{
	for (*value = 0; count; count--, (*text)++) {
		if (!isdigit((unsigned char)**text))
			return false;
		*value = 10 * *value + (**text - '0');
	}
	if (after && *(*text)++ != after)
		return false;
	return true;
}

static bool take_second(const char **text, struct tm *utc)
{
	*utc = (struct tm){ 0 };
	if (!take_digits(text, 4, '-', &utc->tm_year) || !take_digits(text, 2, '-', &utc->tm_mon) ||
	    !take_digits(text, 2, 'T', &utc->tm_mday) || !take_digits(text, 2, ':', &utc->tm_hour) ||
	    !take_digits(text, 2, ':', &utc->tm_min) || !take_digits(text, 2, 0, &utc->tm_sec))
		return false;
	utc->tm_year -= 1900;
	utc->tm_mon -= 1;
	return utc->tm_hour < 24 && utc->tm_min < 60 && utc->tm_sec <= 60;
}

/* ".123": nanoseconds; no fraction is none. */
static bool take_fraction(const char **text, uint64_t *ns)
{
	uint64_t unit = NS_PER_SECOND;

	*ns = 0;
	if (**text != '.')
		return true;
	for ((*text)++; isdigit((unsigned char)**text) && unit > 1; (*text)++) {
		unit /= 10;
		*ns += unit * (uint64_t)(**text - '0');
	}
	return unit < NS_PER_SECOND;
}

/* "Z", "+01:00": seconds to take off. */
static bool take_zone(const char **text, int *seconds)
{
	int sign = **text == '-' ? -1 : 1, hours, minutes;

	*seconds = 0;
	if (**text == 'Z') {
		(*text)++;
		return true;
	}
	if (**text != '+' && **text != '-')
		return false;
	(*text)++;
	if (!take_digits(text, 2, ':', &hours) || !take_digits(text, 2, 0, &minutes))
		return false;
	*seconds = sign * (60 * hours + minutes) * 60;
	return hours < 24 && minutes < 60;
}

bool parse_time(const char *text, uint64_t *time_ns)
{
	struct tm utc, normal;
	uint64_t fraction;
	int zone;
	time_t seconds;

	if (!take_second(&text, &utc) || !take_fraction(&text, &fraction) ||
	    !take_zone(&text, &zone) || *text)
		return false;
	/* The 31st of a short month comes back as another day; so does a leap second. */
	normal = utc;
	normal.tm_sec = 0;
	seconds = timegm(&normal) + utc.tm_sec - zone;
	if (normal.tm_mon != utc.tm_mon || normal.tm_mday != utc.tm_mday || seconds < 0 ||
	    (uint64_t)seconds >= UINT64_MAX / NS_PER_SECOND)
		return false;
	*time_ns = (uint64_t)seconds * NS_PER_SECOND + fraction;
	return true;
}
