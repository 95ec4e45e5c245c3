// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "test.h"
#include "xalloc.h"

#define MOST_BYTES (1 << 20)

static const char *golden_dir(void)
{
	const char *dir = getenv("SECRETMEM_GOLDEN_DIR");

	return dir ? dir : "tests/unit/golden";
}

static char *read_golden(const char *path)
{
	FILE *stream = fopen(path, "r");
	char *text = xcalloc(1, MOST_BYTES);

	if (!stream)
		fail_msg("%s is not there", path);
	assert_true(fread(text, 1, MOST_BYTES - 1, stream) > 0);
	fclose(stream);
	return text;
}

static void write_golden(const char *path, const char *text)
{
	FILE *stream = fopen(path, "w");

	assert_non_null(stream);
	fputs(text, stream);
	fclose(stream);
}

void golden_assert(const char *sample, const char *what, const char *text)
{
	char *path = xasprintf("%s/%s.%s", golden_dir(), sample, what);
	const char *mode = getenv("SECRETMEM_GOLDEN");
	char *wanted;

	if (mode && !strcmp(mode, "update"))
		write_golden(path, text);
	wanted = read_golden(path);
	if (strcmp(text, wanted))
		fail_msg("%s is not as it was. Now:\n%s\nbefore:\n%s", path, text, wanted);
	free(wanted);
	free(path);
}

char *golden_hide(char *text, const char *key, const char *version)
{
	char *found = strstr(text, key), *hidden;

	if (!found)
		return text;
	found += strlen(key);
	assert_memory_equal(found, version, strlen(version));
	hidden = xasprintf("%.*sVERSION%s", (int)(found - text), text, found + strlen(version));
	free(text);
	return hidden;
}
