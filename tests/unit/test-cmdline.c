// SPDX-License-Identifier: GPL-2.0-or-later
/* One parameter changes, and not a byte of the rest. */
#include <stdlib.h>
#include <string.h>

#include "boot/cmdline-edit.h"
#include "boot/diff.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NEW "secretmem=512M"

static const struct {
	const char *before;
	const char *set;	/* with NEW */
	const char *removed;
} edits[] = {
	{ "", NEW, "" },
	{ "\n", NEW "\n", "\n" },
	{ "root=/dev/vda1 quiet\n", "root=/dev/vda1 quiet " NEW "\n", "root=/dev/vda1 quiet\n" },
	{ "quiet", "quiet " NEW, "quiet" },
	{ "quiet  \n", "quiet " NEW "  \n", "quiet  \n" },
	{ "secretmem=64M", NEW, "" },
	{ "secretmem=64M\n", NEW "\n", "\n" },
	{ "secretmem=64M quiet", NEW " quiet", "quiet" },
	{ "a  secretmem=64M\tb", "a  " NEW "\tb", "a \tb" },
	/* What the assignment names, and more of the kind. */
	{ "secretmem.enable=1 secretmem=64M foo=secretmem=1",
	  "secretmem.enable=1 " NEW " foo=secretmem=1", "secretmem.enable=1 foo=secretmem=1" },
	{ "secretmem=1M a secretmem=2M b secretmem=3M c", "a b " NEW " c", "a b c" },
	{ "secretmem=1M secretmem=2M", NEW, "" },
	{ "secretmem a", NEW " a", "a" },
	{ "secretmem= a", NEW " a", "a" },
	{ "\"secretmem=64M\" a", NEW " a", "a" },
	{ "secretmem=\"64M\" a", NEW " a", "a" },
	{ "foo=\"x secretmem=64M y\" a", "foo=\"x secretmem=64M y\" a " NEW,
	  "foo=\"x secretmem=64M y\" a" },
	{ "secretmemory=1 xsecretmem=2 secretmem-x=3", "secretmemory=1 xsecretmem=2 secretmem-x=3 "
	  NEW, "secretmemory=1 xsecretmem=2 secretmem-x=3" },
	/* What follows is for init, and the kernel does not look at it. */
	{ "quiet -- secretmem=64M", "quiet " NEW " -- secretmem=64M", "quiet -- secretmem=64M" },
	{ "-- init", NEW " -- init", "-- init" },
	{ "a\nsecretmem=64M\nb\n", "a\n" NEW "\nb\n", "a\n\nb\n" },
	/* Behind a quote that is never closed it would be part of that. */
	{ "a foo=\"never closed\n", "a " NEW " foo=\"never closed\n", "a foo=\"never closed\n" },
	{ "\"never closed", NEW " \"never closed", "\"never closed" },
};

static void assert_edit(const char *before, const char *parameter, const char *wanted)
{
	char *text = cmdline_edit(before, "secretmem", parameter);

	if (strcmp(text, wanted))
		fail_msg("'%s' becomes '%s', not '%s'", before, text, wanted);
	free(text);
}

static void one_parameter_changes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(edits); i++) {
		assert_edit(edits[i].before, NEW, edits[i].set);
		assert_edit(edits[i].before, NULL, edits[i].removed);
	}
}

static void a_second_time_changes_nothing(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(edits); i++) {
		assert_edit(edits[i].set, NEW, edits[i].set);
		assert_edit(edits[i].removed, NULL, edits[i].removed);
	}
}

/* Set and removed again, a line that had none is what it was. */
static void removing_undoes_setting(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(edits); i++) {
		if (!strcmp(edits[i].before, edits[i].removed))
			assert_edit(edits[i].set, NULL, edits[i].before);
	}
}

static void keys_are_counted(void **state)
{
	(void)state;
	assert_int_equal(cmdline_count("secretmem=1 secretmem.enable=1 secretmem", "secretmem"), 2);
	assert_int_equal(cmdline_count("", "secretmem"), 0);
}

static void others_are_compared(void **state)
{
	(void)state;
	assert_true(cmdline_same_but("a secretmem=1 b", " a  b secretmem=2\n", "secretmem"));
	assert_true(cmdline_same_but("", "secretmem=1", "secretmem"));
	assert_false(cmdline_same_but("a b", "a", "secretmem"));
	assert_false(cmdline_same_but("a", "a b", "secretmem"));
	assert_false(cmdline_same_but("a b", "b a", "secretmem"));
	assert_false(cmdline_same_but("secretmem.enable=1", "", "secretmem"));
}

/* Random lines: nothing but blanks and the key ever goes, in no order. */
static void random_lines_keep_the_rest(void **state)
{
	static const char letters[] = "secretmem=.-\" \tab1M\n";
	char before[64], *set, *removed;
	unsigned int seed;
	size_t i, length;

	(void)state;
	for (seed = 0; seed < 20000; seed++) {
		srandom(seed);
		length = (size_t)random() % (sizeof(before) - 1);
		for (i = 0; i < length; i++)
			before[i] = letters[(size_t)random() % (sizeof(letters) - 1)];
		before[length] = '\0';
		if (seed % 3 == 0 && length > 14)
			memcpy(before + 3, " secretmem=", 11);
		set = cmdline_edit(before, "secretmem", NEW);
		removed = cmdline_edit(before, "secretmem", NULL);
		assert_int_equal(cmdline_count(set, "secretmem"), 1);
		assert_true(cmdline_same_but(before, set, "secretmem"));
		assert_int_equal(cmdline_count(removed, "secretmem"), 0);
		assert_true(cmdline_same_but(before, removed, "secretmem"));
		free(set);
		free(removed);
	}
}

static void assert_diff(const char *before, const char *after, const char *wanted)
{
	char *text = diff_text("etc/x", before, after);

	assert_string_equal(text, wanted);
	free(text);
}

static void differences_are_unified(void **state)
{
	(void)state;
	assert_diff("a\n", "a\n", "");
	assert_diff(NULL, NULL, "");
	assert_diff(NULL, "a\nb\n", "--- /dev/null\n+++ /etc/x\n@@ -0,0 +1,2 @@\n+a\n+b\n");
	assert_diff("a\n", NULL, "--- /etc/x\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a\n");
	assert_diff("a", "a b", "--- /etc/x\n+++ /etc/x\n@@ -1,1 +1,1 @@\n"
		    "-a\n\\ No newline at end of file\n+a b\n\\ No newline at end of file\n");
	assert_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
		    "--- /etc/x\n+++ /etc/x\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n");
	assert_diff("a\na\n", "a\na\na\n",
		    "--- /etc/x\n+++ /etc/x\n@@ -1,2 +1,3 @@\n a\n a\n+a\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_parameter_changes),
		cmocka_unit_test(a_second_time_changes_nothing),
		cmocka_unit_test(removing_undoes_setting),
		cmocka_unit_test(keys_are_counted),
		cmocka_unit_test(others_are_compared),
		cmocka_unit_test(random_lines_keep_the_rest),
		cmocka_unit_test(differences_are_unified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
