// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unified kernel images made by mkinitcpio, of /etc/kernel/cmdline and the
 * files in /etc/cmdline.d/, where we have one of our own. It must not be the
 * only one: then the images would have no root file system.
 */
#include "boot/backend.h"
#include "sizing/setting.h"
#include "xalloc.h"

#define DIRECTORY "etc/cmdline.d"
#define OWN_NAME "zz-secretmem.conf"
#define OWN_FILE DIRECTORY "/" OWN_NAME

static const char *const programs[] = { "usr/bin/mkinitcpio", "usr/sbin/mkinitcpio", NULL };
static const char *const whole_files[] = { "etc/kernel/cmdline", "usr/lib/kernel/cmdline", NULL };

static bool detect(const struct boot *boot)
{
	return boot_find(boot, programs) && boot_exists(boot, DIRECTORY);
}

/* Lines that begin with # are comments. */
static void append_lines(const char *text, char **cmdline)
{
	char *copy = xstrdup(text), *rest = copy, *line, *longer;

	while ((line = strsep(&rest, "\n"))) {
		if (!*line || *line == '#')
			continue;
		longer = xasprintf("%s%s%s", *cmdline, **cmdline ? " " : "", line);
		free(*cmdline);
		*cmdline = longer;
	}
	free(copy);
}

static enum exit_code append_file(const struct boot *boot, const char *path, char **cmdline,
				  struct failure *failure)
{
	enum exit_code code;
	char *text;

	code = boot_read_file(boot, path, &text, failure);
	if (text)
		append_lines(text, cmdline);
	free(text);
	return code;
}

/* All but our own file, as one command line. */
static enum exit_code read_others(const struct boot *boot, char **cmdline,
				  struct failure *failure)
{
	const char *whole = boot_find(boot, whole_files);
	enum exit_code code = whole ? append_file(boot, whole, cmdline, failure) : EXIT_FINE;
	struct list names = { 0 };

	boot_list(boot, DIRECTORY, ".conf", &names);
	list_for_each(name, &names, char *) {
		char *path = xasprintf(DIRECTORY "/%s", *name);

		if (!code && strcmp(*name, OWN_NAME))
			code = append_file(boot, path, cmdline, failure);
		free(path);
	}
	names_clear(&names);
	return code;
}

static enum exit_code read_state(const struct boot *boot, struct boot_state *state,
				 struct failure *failure)
{
	char *cmdline = xstrdup("");
	enum exit_code code = read_others(boot, &cmdline, failure);

	if (!code)
		code = append_file(boot, OWN_FILE, &cmdline, failure);
	if (!code)
		code = entries_of_images(boot, state, failure);
	if (!code && !state->place)
		state->place = xstrdup("/" DIRECTORY);
	state->configured = cmdline;
	return code;
}

static enum exit_code need_others(const struct boot *boot, struct failure *failure)
{
	char *others = xstrdup("");
	enum exit_code code = read_others(boot, &others, failure);

	if (!code && !*others)
		code = fail(failure, EXIT_FAILED, "/" DIRECTORY " and /etc/kernel/cmdline say "
			    "nothing: put there first what the kernel needs, such as root=");
	free(others);
	return code;
}

static void add_maker(const struct boot *boot, struct list *commands)
{
	const char *found = boot_find(boot, programs);
	char *program;

	if (!found)
		return;
	program = xasprintf("/%s", found);
	add_command(commands, program, "-P", NULL);
	free(program);
}

static enum exit_code plan(const struct boot *boot, const struct boot_state *state,
			   const char *parameter, struct boot_plan *plan,
			   struct failure *failure)
{
	enum exit_code code = parameter ? need_others(boot, failure) : EXIT_FINE;
	char *before = NULL, *after = parameter ? xasprintf("%s\n", parameter) : NULL;

	(void)state;
	if (!code)
		code = boot_read_file(boot, OWN_FILE, &before, failure);
	if (!code) {
		add_edit(plan, OWN_FILE, before, after);
		add_maker(boot, &plan->commands);
		add_maker(boot, &plan->undo);
	}
	free(before);
	free(after);
	return code;
}

const struct boot_backend uki_backend = {
	.name = "uki",
	.help = "a file in /etc/cmdline.d, and mkinitcpio",
	.detect = detect,
	.read = read_state,
	.plan = plan,
};
