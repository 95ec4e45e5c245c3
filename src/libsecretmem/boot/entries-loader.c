// SPDX-License-Identifier: GPL-2.0-or-later
/* Entries of the boot loader specification: text files, and kernel images. */
#include <ctype.h>
#include <errno.h>

#include "boot/backend.h"
#include "xalloc.h"

/* Where the partition with them may be mounted. */
static const char *const places[] = { "boot", "efi", "boot/efi" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* "options root=… quiet": *@value is what follows the key. */
static bool has_key(const char *line, const char *key, const char **value)
{
	size_t length = strlen(key);

	line += strspn(line, " \t");
	if (strncmp(line, key, length) || !isblank((unsigned char)line[length]))
		return false;
	*value = line + length + strspn(line + length, " \t");
	return true;
}

static void append_options(char **cmdline, const char *more)
{
	char *joined = **cmdline ? xasprintf("%s %s", *cmdline, more) : xstrdup(more);

	free(*cmdline);
	*cmdline = joined;
}

/* Options may be in several lines. What boots no kernel has none. */
static bool parse_entry(const char *text, char **cmdline)
{
	char *copy = xstrdup(text), *rest = copy, *line;
	bool linux_entry = false;
	const char *value;

	*cmdline = xstrdup("");
	while ((line = strsep(&rest, "\n"))) {
		if (has_key(line, "options", &value))
			append_options(cmdline, value);
		linux_entry |= has_key(line, "linux", &value);
	}
	free(copy);
	return linux_entry;
}

static void take_entry(const char *name, const char *text, struct boot_state *state)
{
	char *cmdline;

	if (parse_entry(text, &cmdline))
		add_entry(state, name, cmdline)->recovery = strstr(name, "rescue");
	free(cmdline);
}

static enum exit_code read_entry(const struct boot *boot, const char *path, const char *name,
				 struct boot_state *state, struct failure *failure)
{
	enum exit_code code;
	char *text;

	code = boot_read_file(boot, path, &text, failure);
	if (text)
		take_entry(name, text, state);
	free(text);
	return code;
}

static void set_place(struct boot_state *state, const char *directory)
{
	if (!state->place)
		state->place = xasprintf("/%s", directory);
}

static enum exit_code read_directory(const struct boot *boot, const char *directory,
				     const char *prefix, struct boot_state *state,
				     struct failure *failure)
{
	enum exit_code code = EXIT_FINE;
	struct list names = { 0 };

	boot_list(boot, directory, ".conf", &names);
	list_for_each(name, &names, char *) {
		char *path = xasprintf("%s/%s", directory, *name);

		if (!code && !strncmp(*name, prefix, strlen(prefix)))
			code = read_entry(boot, path, *name, state, failure);
		free(path);
	}
	if (names.count)
		set_place(state, directory);
	names_clear(&names);
	return code;
}

enum exit_code entries_of_loader(const struct boot *boot, const char *prefix,
				 struct boot_state *state, struct failure *failure)
{
	enum exit_code code = EXIT_FINE;
	size_t i;

	state->entries.known = true;
	for (i = 0; !code && i < COUNT(places); i++) {
		char *directory = xasprintf("%s/loader/entries", places[i]);

		code = read_directory(boot, directory, prefix, state, failure);
		free(directory);
	}
	return code;
}

static enum exit_code read_image(const struct boot *boot, const char *path, const char *name,
				 struct boot_state *state, struct failure *failure)
{
	struct text image = { 0 };
	char *cmdline;

	if (procfs_read_text(&boot->tree, boot->tree.root, path, &image) != READING_FINE) {
		text_clear(&image);
		return fail(failure, errno == EACCES ? EXIT_PERMISSION : EXIT_FAILED,
			    "cannot read %s/%s: %s", boot->path ? boot->path : "", path,
			    strerror(errno));
	}
	cmdline = cmdline_of_image((const unsigned char *)image.bytes, image.length);
	if (cmdline)
		add_entry(state, name, cmdline);
	free(cmdline);
	text_clear(&image);
	return EXIT_FINE;
}

static enum exit_code read_images(const struct boot *boot, const char *directory,
				  struct boot_state *state, struct failure *failure)
{
	enum exit_code code = EXIT_FINE;
	struct list names = { 0 };

	boot_list(boot, directory, ".efi", &names);
	list_for_each(name, &names, char *) {
		char *path = xasprintf("%s/%s", directory, *name);

		if (!code)
			code = read_image(boot, path, *name, state, failure);
		free(path);
	}
	if (names.count)
		set_place(state, directory);
	names_clear(&names);
	return code;
}

enum exit_code entries_of_images(const struct boot *boot, struct boot_state *state,
				 struct failure *failure)
{
	enum exit_code code = EXIT_FINE;
	size_t i;

	state->entries.known = true;
	for (i = 0; !code && i < COUNT(places); i++) {
		char *directory = xasprintf("%s/EFI/Linux", places[i]);

		code = read_images(boot, directory, state, failure);
		free(directory);
	}
	return code;
}
