// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdint.h>

#include "escape.h"
#include "xalloc.h"

#define LONGEST_ESCAPE 4	/* \xNN */

/* How many bytes a first byte asks for; 0: it cannot be the first. */
static size_t sequence_length(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2)	/* a following byte, or overlong */
		return 0;
	if (first < 0xe0)
		return 2;
	if (first < 0xf0)
		return 3;
	return first < 0xf5 ? 4 : 0;
}

/* Overlong forms, surrogates and what is above U+10FFFF show in byte two. */
static bool second_byte_is_valid(uint8_t first, uint8_t second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second < 0xa0;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second < 0x90;
	default:
		return true;
	}
}

size_t utf8_length(const char *bytes, size_t length)
{
	const uint8_t *byte = (const uint8_t *)bytes;
	size_t i, wanted;

	wanted = length ? sequence_length(byte[0]) : 0;
	if (!wanted || wanted > length)
		return 0;
	for (i = 1; i < wanted; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
	}
	return wanted < 2 || second_byte_is_valid(byte[0], byte[1]) ? wanted : 0;
}

static bool is_control(const char *bytes, size_t length)
{
	const uint8_t *byte = (const uint8_t *)bytes;

	if (length == 1)
		return byte[0] < 0x20 || byte[0] == 0x7f;
	return length == 2 && byte[0] == 0xc2 && byte[1] < 0xa0;
}

static char *put_hex(char *out, const char *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < length; i++) {
		uint8_t byte = (uint8_t)bytes[i];

		*out++ = '\\';
		*out++ = 'x';
		*out++ = digits[byte >> 4];
		*out++ = digits[byte & 15];
	}
	return out;
}

char *escape(const char *bytes, size_t length)
{
	char *escaped = xcalloc(length + 1, LONGEST_ESCAPE), *out = escaped;
	size_t used;

	for (; length; bytes += used, length -= used) {
		used = utf8_length(bytes, length);
		if (!used || is_control(bytes, used)) {
			used = used ? used : 1;
			out = put_hex(out, bytes, used);
		} else if (*bytes == '\\') {
			*out++ = '\\';
			*out++ = '\\';
		} else {
			out = mempcpy(out, bytes, used);
		}
	}
	return escaped;
}

char *escape_text(const char *text)
{
	return escape(text, strlen(text));
}

bool text_is_plain(const char *text)
{
	while (*text >= ' ' && *text <= '~' && *text != '\\')
		text++;
	return !*text;
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* The byte that \xNN stands for; 0: it is no such thing, for no text has a NUL. */
static char escaped_byte(const char *text)
{
	int high, low;

	if (strncmp(text, "\\x", 2))
		return 0;
	high = hex_digit(text[2]);
	low = high < 0 ? -1 : hex_digit(text[3]);
	return low < 0 ? 0 : (char)(high << 4 | low);
}

char *unescape(const char *text)
{
	char *bytes = xcalloc(strlen(text) + 1, 1), *out = bytes;

	while (*text) {
		char byte = escaped_byte(text);

		if (byte)
			text += LONGEST_ESCAPE - 1;
		else if (text[0] == '\\' && text[1] == '\\')
			text++;
		*out++ = byte ? byte : *text;
		text++;
	}
	return bytes;
}
