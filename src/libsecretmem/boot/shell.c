// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Variables of a shell script that is not run: plain assignments, in quotes or
 * not, with the variable's own old value inside. All else is not known.
 */
#include <ctype.h>
#include <stdio.h>

#include "boot/backend.h"
#include "xalloc.h"

struct reader {
	const char *cursor;
	const char *name;
	const char *old;
	FILE *out;
	bool known;
};

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* "$NAME" or "${NAME}": only its own old value is known. */
static void take_variable(struct reader *reader)
{
	bool braces = reader->cursor[1] == '{';
	const char *start = reader->cursor + 1 + braces, *end = start;

	while (is_name(*end))
		end++;
	if (end == start || (braces && *end != '}') ||
	    strlen(reader->name) != (size_t)(end - start) ||
	    strncmp(start, reader->name, (size_t)(end - start)))
		reader->known = false;
	else
		fputs(reader->old, reader->out);
	reader->cursor = end + (braces && *end == '}');
}

static void take_single_quotes(struct reader *reader)
{
	const char *end = strchr(++reader->cursor, '\'');

	if (!end) {
		reader->known = false;
		reader->cursor += strlen(reader->cursor);
		return;
	}
	fwrite(reader->cursor, 1, (size_t)(end - reader->cursor), reader->out);
	reader->cursor = end + 1;
}

/* A backslash; inside of double quotes it is one before few characters only. */
static void take_escape(struct reader *reader, bool quoted)
{
	char next = reader->cursor[1];

	if (next == '\n') {
		reader->cursor += 2;
		return;
	}
	if (!next || (quoted && !strchr("\"\\$`", next))) {
		fputc('\\', reader->out);
		reader->cursor++;
		return;
	}
	fputc(next, reader->out);
	reader->cursor += 2;
}

static void take_character(struct reader *reader, bool quoted)
{
	if (*reader->cursor == '\\') {
		take_escape(reader, quoted);
	} else if (*reader->cursor == '$') {
		take_variable(reader);
	} else {
		reader->known &= *reader->cursor != '`';
		fputc(*reader->cursor++, reader->out);
	}
}

static void take_double_quotes(struct reader *reader)
{
	reader->cursor++;
	while (*reader->cursor && *reader->cursor != '"')
		take_character(reader, true);
	if (*reader->cursor)
		reader->cursor++;
	else
		reader->known = false;
}

/* One word: what ends it, a shell decides; whatever it is, it is not read. */
static void take_word(struct reader *reader)
{
	while (*reader->cursor && !isspace((unsigned char)*reader->cursor) &&
	       *reader->cursor != ';') {
		if (*reader->cursor == '\'')
			take_single_quotes(reader);
		else if (*reader->cursor == '"')
			take_double_quotes(reader);
		else
			take_character(reader, false);
	}
}

/* "NAME=" or "NAME+=", perhaps after "export". */
static const char *assigned(const char *line, const char *name, bool *append)
{
	size_t length = strlen(name);

	line += strspn(line, " \t");
	if (!strncmp(line, "export", 6) && isblank((unsigned char)line[6]))
		line += 6 + strspn(line + 6, " \t");
	if (strncmp(line, name, length))
		return NULL;
	line += length;
	*append = *line == '+';
	line += *append;
	return *line == '=' ? line + 1 : NULL;
}

static bool assign(const char *text, const char *name, bool append, char **value)
{
	char *result = NULL;
	size_t length;
	struct reader reader = {
		.cursor = text,
		.name = name,
		.old = *value,
		.out = open_memstream(&result, &length),
		.known = true,
	};

	if (!reader.out)
		errx(EXIT_FAILED, "out of memory");
	if (append)
		fputs(*value, reader.out);
	take_word(&reader);
	if (fclose(reader.out))
		errx(EXIT_FAILED, "out of memory");
	free(*value);
	*value = result;
	return reader.known;
}

bool shell_value(const char *script, const char *name, char **value)
{
	const char *line = script, *text;
	bool known = true, append;

	while (line) {
		text = assigned(line, name, &append);
		if (text)
			known &= assign(text, name, append, value);
		line = strchr(line, '\n');
		line += line != NULL;
	}
	return known;
}
