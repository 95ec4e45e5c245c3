// SPDX-License-Identifier: GPL-2.0-or-later
/* Names that somebody chose to do harm, and the ones that are just foreign. */
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "test.h"

#define CASE(name, bytes, wanted) { name, bytes, sizeof(bytes) - 1, wanted }

static const struct {
	const char *name;
	const char *bytes;
	size_t length;
	const char *wanted;
} cases[] = {
	CASE("empty", "", ""),
	CASE("plain", "vaultd", "vaultd"),
	CASE("two bytes", "\xc3\xa9", "\xc3\xa9"),
	CASE("three bytes", "\xe2\x82\xac", "\xe2\x82\xac"),
	CASE("four bytes", "\xf0\x9f\x94\x91", "\xf0\x9f\x94\x91"),
	CASE("highest", "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"),
	CASE("last before surrogates", "\xed\x9f\xbf", "\xed\x9f\xbf"),
	CASE("first after surrogates", "\xee\x80\x80", "\xee\x80\x80"),
	CASE("backslash", "a\\x41", "a\\\\x41"),
	CASE("NUL", "a\0b", "a\\x00b"),
	CASE("newline", "a\nb", "a\\x0ab"),
	CASE("terminal escape", "\x1b[2J", "\\x1b[2J"),
	CASE("last C0", "\x1f ", "\\x1f "),
	CASE("DEL", "\x7f", "\\x7f"),
	CASE("first C1", "\xc2\x80", "\\xc2\\x80"),
	CASE("CSI as C1", "\xc2\x9b" "2J", "\\xc2\\x9b2J"),
	CASE("last C1", "\xc2\x9f", "\\xc2\\x9f"),
	CASE("first after C1", "\xc2\xa0", "\xc2\xa0"),
	CASE("lone continuation", "\x80", "\\x80"),
	CASE("overlong two", "\xc0\xaf", "\\xc0\\xaf"),
	CASE("overlong two, c1", "\xc1\xbf", "\\xc1\\xbf"),
	CASE("overlong three", "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf"),
	CASE("overlong four", "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf"),
	CASE("surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"),
	CASE("last surrogate", "\xed\xbf\xbf", "\\xed\\xbf\\xbf"),
	CASE("above U+10FFFF", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"),
	CASE("f5", "\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"),
	CASE("ff", "\xff", "\\xff"),
	CASE("truncated two", "a\xc3", "a\\xc3"),
	CASE("truncated three", "a\xe2\x82", "a\\xe2\\x82"),
	CASE("truncated four", "\xf0\x9f\x94", "\\xf0\\x9f\\x94"),
	CASE("broken by ASCII", "\xe2\x82" "a", "\\xe2\\x82" "a"),
	CASE("invalid, then valid", "\xff\xc3\xa9", "\\xff\xc3\xa9"),
};

static void table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *escaped = escape(cases[i].bytes, cases[i].length);

		if (strcmp(escaped, cases[i].wanted))
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].name, escaped,
				 cases[i].wanted);
		free(escaped);
	}
}

static int hex_digit(char letter)
{
	return letter <= '9' ? letter - '0' : letter - 'a' + 10;
}

/* What the documentation tells a reader to do. */
static size_t undo(const char *text, char *bytes)
{
	char *out = bytes;

	for (; *text; text++) {
		if (*text == '\\' && text[1] == 'x') {
			*out++ = (char)(hex_digit(text[2]) << 4 | hex_digit(text[3]));
			text += 3;
		} else {
			text += *text == '\\';
			*out++ = *text;
		}
	}
	return (size_t)(out - bytes);
}

static void assert_unescaped(const char *escaped, const char *bytes)
{
	char *again = unescape(escaped);

	assert_int_equal(strlen(again), 2);
	assert_memory_equal(again, bytes, 2);
	free(again);
}

/* Somebody else may have written it. */
static void what_is_no_escape_is_kept(void **state)
{
	static const char *const texts[] = { "", "\\", "\\x", "\\x4", "\\xg0", "\\x00", "\\X41", "a\\b" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *kept = unescape(texts[i]);

		assert_string_equal(kept, texts[i]);
		free(kept);
	}
}

static void every_pair_of_bytes_comes_back(void **state)
{
	unsigned int pair;

	(void)state;
	for (pair = 0; pair < 0x10000; pair++) {
		char bytes[2] = { (char)(pair >> 8), (char)pair }, back[16];
		char *escaped = escape(bytes, 2);

		assert_int_equal(undo(escaped, back), 2);
		assert_memory_equal(back, bytes, 2);
		if (bytes[0] && bytes[1])
			assert_unescaped(escaped, bytes);
		free(escaped);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(what_is_no_escape_is_kept),
		cmocka_unit_test(every_pair_of_bytes_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
