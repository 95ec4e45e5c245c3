// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <inttypes.h>

#include "procfs.h"
#include "sizing/setting.h"
#include "room.h"
#include "size.h"
#include "xalloc.h"

#define FLOOR_KEY "floor="

/* Split "SIZE,floor=SIZE"; *@floor is NULL where there is none. */
static bool split(char *text, char **floor)
{
	char *comma = strchr(text, ',');

	*floor = NULL;
	if (!comma)
		return true;
	*comma = '\0';
	if (strncmp(comma + 1, FLOOR_KEY, strlen(FLOOR_KEY)))
		return false;
	*floor = comma + 1 + strlen(FLOOR_KEY);
	return true;
}

static bool parse_with(const char *text, bool (*parse)(const char *, struct number *),
		       struct setting *setting)
{
	char *copy = xstrdup(text), *floor;
	bool fine;

	*setting = (struct setting){ .floor_bytes = number(0) };
	fine = split(copy, &floor) && parse(copy, &setting->size_bytes) &&
	       (!floor || parse(floor, &setting->floor_bytes));
	free(copy);
	return fine;
}

bool setting_parse(const char *text, struct setting *setting)
{
	return parse_with(text, parse_size, setting);
}

/* The kernel knows K, M, G and T, in either case, and nothing behind them. */
static bool parse_kernel_size(const char *text, struct number *size)
{
	size_t digits = strspn(text, "0123456789");
	const char *suffix = text + digits;

	if (!digits || (*suffix && (!strchr("KMGT", toupper((unsigned char)*suffix)) || suffix[1])))
		return false;
	return parse_size(text, size);
}

bool setting_parse_kernel(const char *text, size_t length, struct setting *setting)
{
	char *copy = xstrndup(text, length);
	bool fine = parse_with(copy, parse_kernel_size, setting);

	free(copy);
	if (!fine)
		*setting = (struct setting){ .size_bytes = number(0), .floor_bytes = number(0) };
	return fine;
}

/* A floor over the size is reduced to it. */
bool setting_round(struct setting *setting, uint64_t granule_bytes)
{
	setting->size_bytes = whole_chunks(setting->size_bytes.value, granule_bytes);
	setting->floor_bytes = whole_chunks(setting->floor_bytes.value, granule_bytes);
	if (!setting->size_bytes.known || !setting->floor_bytes.known)
		return false;
	if (setting->floor_bytes.value > setting->size_bytes.value)
		setting->floor_bytes = setting->size_bytes;
	return true;
}

/* The largest unit that leaves no rest. */
static char *exact_text(uint64_t bytes)
{
	static const char units[] = { 'K', 'M', 'G', 'T' };
	size_t unit = 0;

	if (!bytes || bytes % 1024)
		return xasprintf("%" PRIu64, bytes);
	bytes /= 1024;
	while (unit + 1 < sizeof(units) && !(bytes % 1024)) {
		bytes /= 1024;
		unit++;
	}
	return xasprintf("%" PRIu64 "%c", bytes, units[unit]);
}

char *setting_text(const struct setting *setting)
{
	char *size = exact_text(setting->size_bytes.value);
	char *floor = exact_text(setting->floor_bytes.value), *text;

	text = setting->floor_bytes.value ? xasprintf("%s," FLOOR_KEY "%s", size, floor) :
					    xstrdup(size);
	free(size);
	free(floor);
	return text;
}

char *setting_parameter(const struct setting *setting)
{
	char *text = setting_text(setting);
	char *parameter = xasprintf(SETTING_KEY "=%s", text);

	free(text);
	return parameter;
}

struct setting setting_of_cmdline(const char *cmdline)
{
	struct setting setting = { 0 };
	struct cmdline_word word;

	if (cmdline_find(cmdline, SETTING_KEY, &word))
		setting_parse_kernel(word.value ? word.value : "", word.value_length, &setting);
	return setting;
}
