// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's command line, taken apart as the kernel does it (lib/cmdline.c). */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "procfs.h"

/* Where the word at @start ends: at a blank outside of double quotes. */
static const char *word_end(const char *start)
{
	bool quoted = false;

	while (*start && (quoted || !isspace((unsigned char)*start))) {
		if (*start == '"')
			quoted = !quoted;
		start++;
	}
	return start;
}

/* Quotes around a word or around its value are not part of it. */
static void strip_quotes(const char **start, size_t *length)
{
	if (*length && **start == '"') {
		(*start)++;
		(*length)--;
	}
	if (*length && (*start)[*length - 1] == '"')
		(*length)--;
}

static void split_word(const char *start, size_t length, struct cmdline_word *word)
{
	const char *equals;

	strip_quotes(&start, &length);
	equals = memchr(start, '=', length);
	*word = (struct cmdline_word){ .key = start, .key_length = length };
	if (!equals)
		return;
	word->key_length = (size_t)(equals - start);
	word->value = equals + 1;
	word->value_length = length - word->key_length - 1;
	strip_quotes(&word->value, &word->value_length);
}

bool cmdline_next(const char **cursor, struct cmdline_word *word)
{
	const char *start = *cursor;

	while (isspace((unsigned char)*start))
		start++;
	*cursor = word_end(start);
	if (*cursor == start)
		return false;
	split_word(start, (size_t)(*cursor - start), word);
	/* What follows is for init. */
	return word->value || word->key_length != 2 || memcmp(word->key, "--", 2);
}

static char dash(char c)
{
	return c == '-' ? '_' : c;
}

bool cmdline_key_is(const struct cmdline_word *word, const char *key)
{
	size_t i;

	for (i = 0; i < word->key_length; i++) {
		if (!key[i] || dash(word->key[i]) != dash(key[i]))
			return false;
	}
	return !key[i];
}

bool cmdline_find(const char *cmdline, const char *key, struct cmdline_word *word)
{
	struct cmdline_word next;
	bool found = false;

	while (cmdline_next(&cmdline, &next)) {
		if (cmdline_key_is(&next, key)) {
			*word = next;
			found = true;
		}
	}
	return found;
}

enum truth cmdline_bool(const struct cmdline_word *word)
{
	const char *value = word->value;

	if (!value)
		return TRUTH_YES;
	if (!word->value_length)
		return TRUTH_UNKNOWN;
	if (memchr("yYtT1", *value, 5))
		return TRUTH_YES;
	if (memchr("nNfF0", *value, 5))
		return TRUTH_NO;
	if (word->value_length < 2 || tolower((unsigned char)value[0]) != 'o')
		return TRUTH_UNKNOWN;
	if (tolower((unsigned char)value[1]) == 'n')
		return TRUTH_YES;
	return tolower((unsigned char)value[1]) == 'f' ? TRUTH_NO : TRUTH_UNKNOWN;
}
