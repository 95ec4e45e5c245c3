// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * grubby, which changes the entries of whatever loader there is, and what later
 * kernels' entries are made of, when it is told to change all. The rescue entry
 * is one of them, so ours is taken off that again.
 */
#include "boot/backend.h"
#include "sizing/setting.h"
#include "xalloc.h"

static const char *const programs[] = { "usr/sbin/grubby", "usr/bin/grubby", "sbin/grubby", NULL };

static bool detect(const struct boot *boot)
{
	return boot_find(boot, programs);
}

/* kernel="/boot/vmlinuz-6.1": *@value is what stands in the quotes. */
static bool has_value(const char *line, const char *key, char **value)
{
	size_t length = strlen(key);
	const char *end;

	if (strncmp(line, key, length) || line[length] != '=')
		return false;
	line += length + 1;
	line += *line == '"';
	end = line + strlen(line);
	end -= end > line && end[-1] == '"';
	free(*value);
	*value = xstrndup(line, (size_t)(end - line));
	return true;
}

static void take_info(const char *output, struct boot_state *state)
{
	char *copy = xstrdup(output), *rest = copy, *line, *kernel = NULL, *arguments = NULL;

	state->entries.known = true;
	while ((line = strsep(&rest, "\n"))) {
		if (has_value(line, "kernel", &kernel))
			continue;
		if (kernel && has_value(line, "args", &arguments))
			add_entry(state, kernel, arguments)->recovery = strstr(kernel, "-rescue");
	}
	free(kernel);
	free(arguments);
	free(copy);
}

static enum exit_code ask(const struct boot *boot, struct boot_state *state,
			  struct failure *failure)
{
	const char *found = boot_find(boot, programs);
	char *output = NULL, *program = xasprintf("/%s", found ? found : programs[0]);
	char *argv[] = { program, (char *)"--info=ALL", NULL };
	enum exit_code code = boot_run(boot, argv, &output, failure);

	if (!code)
		take_info(output, state);
	state->place = xstrdup("grubby --info=ALL");
	free(output);
	free(program);
	return code;
}

static enum exit_code read_state(const struct boot *boot, struct boot_state *state,
				 struct failure *failure)
{
	if (boot->run_helpers)
		return ask(boot, state, failure);
	return entries_of_loader(boot, "", state, failure);
}

static void add_all(struct list *commands, const char *program, const char *parameter)
{
	char *option = parameter ? xasprintf("--args=%s", parameter) :
				   xstrdup("--remove-args=" SETTING_KEY);

	add_command(commands, program, "--update-kernel=ALL", option, NULL);
	free(option);
}

static void add_rescue(struct list *commands, const char *program,
		       const struct boot_state *state)
{
	list_for_each(entry, &state->entries, struct boot_entry) {
		char *option;

		if (!entry->recovery)
			continue;
		option = xasprintf("--update-kernel=%s", entry->name);
		add_command(commands, program, option, "--remove-args=" SETTING_KEY, NULL);
		free(option);
	}
}

/* What the entries have now, to go back to it. */
static char *old_parameter(const struct boot_state *state)
{
	struct cmdline_word word;

	list_for_each(entry, &state->entries, struct boot_entry) {
		if (!entry->recovery && cmdline_find(entry->cmdline, SETTING_KEY, &word) &&
		    word.value)
			return xasprintf(SETTING_KEY "=%.*s", (int)word.value_length, word.value);
	}
	return NULL;
}

static void add_commands(struct list *commands, const char *program, const char *parameter,
			 const struct boot_state *state)
{
	add_all(commands, program, parameter);
	if (parameter)
		add_rescue(commands, program, state);
}

static enum exit_code plan(const struct boot *boot, const struct boot_state *state,
			   const char *parameter, struct boot_plan *plan,
			   struct failure *failure)
{
	const char *found = boot_find(boot, programs);
	char *program = xasprintf("/%s", found ? found : programs[0]);
	char *old = old_parameter(state);

	(void)failure;
	add_commands(&plan->commands, program, parameter, state);
	add_commands(&plan->undo, program, old, state);
	free(old);
	free(program);
	return EXIT_FINE;
}

const struct boot_backend grubby_backend = {
	.name = "grubby",
	.help = "grubby, for all kernels but the rescue one",
	.layered = true,
	.edits_entries = true,
	.detect = detect,
	.read = read_state,
	.plan = plan,
};
