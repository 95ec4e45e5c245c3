// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * GRUB, whose configuration grub-mkconfig makes of /etc/default/grub. Debian's
 * also reads /etc/default/grub.d/, where we have a file of our own; elsewhere it
 * is a line of our own at the end. Both are shell scripts, which we do not run.
 *
 * It goes into GRUB_CMDLINE_LINUX_DEFAULT, which the recovery entries do not
 * have: they boot also where the pool is too large for something.
 */
#include "boot/backend.h"
#include "boot/cmdline-edit.h"
#include "sizing/setting.h"
#include "xalloc.h"

#define DEFAULTS "etc/default/grub"
#define DIRECTORY DEFAULTS ".d"
/* Late among its neighbours, since the last one counts. */
#define OWN_NAME "zz-secretmem.cfg"
#define OWN_FILE DIRECTORY "/" OWN_NAME
#define VARIABLE "GRUB_CMDLINE_LINUX_DEFAULT"
#define OWN_MARK " # by secretmemctl reserve"

/* What makes the configuration, and where it puts it. */
static const struct maker {
	const char *program;
	const char *config;	/* NULL: it knows */
	const char *read;
} makers[] = {
	{ "usr/sbin/update-grub", NULL, "boot/grub/grub.cfg" },
	{ "usr/sbin/grub-mkconfig", "/boot/grub/grub.cfg", "boot/grub/grub.cfg" },
	{ "usr/bin/grub-mkconfig", "/boot/grub/grub.cfg", "boot/grub/grub.cfg" },
	{ "usr/sbin/grub2-mkconfig", "/boot/grub2/grub.cfg", "boot/grub2/grub.cfg" },
	{ NULL }
};

static const struct maker *find_maker(const struct boot *boot)
{
	const struct maker *maker;

	for (maker = makers; maker->program; maker++) {
		if (boot_exists(boot, maker->program))
			return maker;
	}
	return NULL;
}

static bool detect(const struct boot *boot)
{
	return find_maker(boot) && (boot_exists(boot, DEFAULTS) || boot_exists(boot, DIRECTORY));
}

/* Debian's patch, looked for in the script that has it. */
static bool reads_directory(const struct boot *boot)
{
	static const char *const scripts[] = {
		"usr/sbin/grub-mkconfig", "usr/bin/grub-mkconfig", "usr/sbin/grub2-mkconfig", NULL
	};
	const char *script = boot_find(boot, scripts);
	struct failure failure;
	bool reads = false;
	char *text;

	if (script && !boot_read_file(boot, script, &text, &failure) && text) {
		reads = strstr(text, "/default/grub.d/");
		free(text);
	}
	return reads;
}

/* The two variables of a normal entry, as far as they are plain. */
struct variables {
	char *all;		/* GRUB_CMDLINE_LINUX */
	char *normal;		/* GRUB_CMDLINE_LINUX_DEFAULT */
	bool known;
};

static void take_script(const char *script, struct variables *variables)
{
	variables->known &= shell_value(script, "GRUB_CMDLINE_LINUX", &variables->all);
	variables->known &= shell_value(script, VARIABLE, &variables->normal);
}

static enum exit_code take_file(const struct boot *boot, const char *path,
				struct variables *variables, struct failure *failure)
{
	enum exit_code code;
	char *text;

	code = boot_read_file(boot, path, &text, failure);
	if (text)
		take_script(text, variables);
	free(text);
	return code;
}

static enum exit_code take_directory(const struct boot *boot, struct variables *variables,
				     struct failure *failure)
{
	enum exit_code code = EXIT_FINE;
	struct list names = { 0 };

	boot_list(boot, DIRECTORY, ".cfg", &names);
	list_for_each(name, &names, char *) {
		char *path = xasprintf(DIRECTORY "/%s", *name);

		if (!code)
			code = take_file(boot, path, variables, failure);
		free(path);
	}
	names_clear(&names);
	return code;
}

static enum exit_code read_configured(const struct boot *boot, struct boot_state *state,
				      struct failure *failure)
{
	struct variables variables = { xstrdup(""), xstrdup(""), true };
	enum exit_code code = take_file(boot, DEFAULTS, &variables, failure);

	if (!code && reads_directory(boot))
		code = take_directory(boot, &variables, failure);
	if (!code && variables.known)
		state->configured = xasprintf("%s %s", variables.all, variables.normal);
	free(variables.all);
	free(variables.normal);
	return code;
}

static enum exit_code read_state(const struct boot *boot, struct boot_state *state,
				 struct failure *failure)
{
	const struct maker *maker = find_maker(boot);
	const char *config = maker ? maker->read : "boot/grub/grub.cfg";
	enum exit_code code = read_configured(boot, state, failure);
	char *text;

	if (code)
		return code;
	code = boot_read_file(boot, config, &text, failure);
	if (text) {
		entries_of_grub(text, state);
		state->place = xasprintf("/%s", config);
	} else if (!code) {
		state->place = xstrdup("/" DEFAULTS);
	}
	free(text);
	return code;
}

static char *own_file(const char *parameter)
{
	return xasprintf("# Written by secretmemctl reserve --persist, deleted by --remove: see\n"
			 "# secretmemctl-reserve(8).\n"
			 VARIABLE "=\"$" VARIABLE " %s\"\n", parameter);
}

static enum exit_code plan_own_file(const struct boot *boot, const char *parameter,
				    struct boot_plan *plan, struct failure *failure)
{
	char *before, *after = parameter ? own_file(parameter) : NULL;
	enum exit_code code = boot_read_file(boot, OWN_FILE, &before, failure);

	if (!code)
		add_edit(plan, OWN_FILE, before, after);
	free(before);
	free(after);
	return code;
}

/* Our line and the newline that came with it, which may be the one before it. */
static char *without_own_line(const char *text)
{
	const char *mark = strstr(text, OWN_MARK), *start = mark, *end;

	if (!mark)
		return xstrdup(text);
	while (start > text && start[-1] != '\n')
		start--;
	end = mark + strlen(OWN_MARK);
	if (*end == '\n')
		end++;
	else if (start > text)
		start--;
	return xasprintf("%.*s%s", (int)(start - text), text, end);
}

/* A file without a newline at its end gets one, and ours is then without. */
static char *with_own_line(const char *text, const char *parameter)
{
	bool ends = !*text || text[strlen(text) - 1] == '\n';

	return xasprintf("%s%s" VARIABLE "=\"$" VARIABLE " %s\"" OWN_MARK "%s", text,
			 ends ? "" : "\n", parameter, ends ? "\n" : "");
}

static enum exit_code plan_own_line(const struct boot *boot, const char *parameter,
				    struct boot_plan *plan, struct failure *failure)
{
	char *before, *without, *after;
	enum exit_code code = boot_read_file(boot, DEFAULTS, &before, failure);

	if (code)
		return code;
	without = without_own_line(before ? before : "");
	after = parameter ? with_own_line(without, parameter) : xstrdup(without);
	add_edit(plan, DEFAULTS, before, before || parameter ? after : NULL);
	free(before);
	free(without);
	free(after);
	return EXIT_FINE;
}

/* Somebody else's stay where they are: ours comes last, and the last one counts. */
static void warn_of_others(const struct boot_state *state, const char *parameter,
			   struct boot_plan *plan)
{
	size_t count = state->configured ? cmdline_count(state->configured, SETTING_KEY) : 0;
	bool ours = plan->edits.count && ((struct boot_edit *)plan->edits.items)->before;

	if (count <= ours)
		return;
	if (parameter)
		add_warning(plan, "secretmem= is given elsewhere in the configuration of GRUB as "
			    "well: the last one counts");
	else
		add_warning(plan, "secretmem= is given elsewhere in the configuration of GRUB as "
			    "well, and stays there");
}

static void add_maker(const struct boot *boot, struct list *commands)
{
	const struct maker *maker = find_maker(boot);
	char *program;

	if (!maker)
		return;
	program = xasprintf("/%s", maker->program);
	if (maker->config)
		add_command(commands, program, "-o", maker->config, NULL);
	else
		add_command(commands, program, NULL);
	free(program);
}

static enum exit_code plan(const struct boot *boot, const struct boot_state *state,
			   const char *parameter, struct boot_plan *plan,
			   struct failure *failure)
{
	enum exit_code code = reads_directory(boot) ?
			      plan_own_file(boot, parameter, plan, failure) :
			      plan_own_line(boot, parameter, plan, failure);

	if (code)
		return code;
	warn_of_others(state, parameter, plan);
	add_maker(boot, &plan->commands);
	add_maker(boot, &plan->undo);
	return EXIT_FINE;
}

const struct boot_backend grub_backend = {
	.name = "grub",
	.help = "a file in /etc/default/grub.d, and update-grub",
	.detect = detect,
	.read = read_state,
	.plan = plan,
};
