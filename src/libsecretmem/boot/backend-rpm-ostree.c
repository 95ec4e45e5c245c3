// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rpm-ostree, which keeps the kernel's arguments with each deployment. A change
 * makes a new one, so all of it is one command; the old deployment stays in the
 * boot menu without it.
 */
#include "boot/backend.h"
#include "sizing/setting.h"
#include "xalloc.h"

#define PROGRAM "usr/bin/rpm-ostree"

static const char *const signs[] = { "run/ostree-booted", "ostree/repo", "sysroot/ostree", NULL };

static bool detect(const struct boot *boot)
{
	return boot_exists(boot, PROGRAM) && boot_find(boot, signs);
}

static enum exit_code ask(const struct boot *boot, struct boot_state *state,
			  struct failure *failure)
{
	char *argv[] = { (char *)"/" PROGRAM, (char *)"kargs", NULL }, *output = NULL;
	enum exit_code code = boot_run(boot, argv, &output, failure);

	state->entries.known = true;
	if (!code) {
		output[strcspn(output, "\n")] = '\0';
		add_entry(state, "the next deployment", output);
	}
	state->place = xstrdup("rpm-ostree kargs");
	free(output);
	return code;
}

/* The default deployment has the highest number, and is the last by name. */
static void keep_last(struct boot_state *state)
{
	struct boot_entry *entries = state->entries.items;
	size_t i, last = state->entries.count - 1;

	for (i = 0; i < last; i++) {
		free(entries[i].name);
		free(entries[i].cmdline);
	}
	entries[0] = entries[last];
	state->entries.count = 1;
}

static enum exit_code read_state(const struct boot *boot, struct boot_state *state,
				 struct failure *failure)
{
	enum exit_code code;

	if (boot->run_helpers)
		return ask(boot, state, failure);
	code = entries_of_loader(boot, "ostree-", state, failure);
	if (!code && state->entries.count > 1)
		keep_last(state);
	return code;
}

static void add_option(struct list *arguments, const char *option, const char *value)
{
	*(char **)list_add(arguments, sizeof(char *)) = xasprintf("%s%s", option, value);
}

/* All that are there now go, and the new one comes. */
static void add_kargs(struct list *commands, const struct boot_state *state,
		      const char *parameter)
{
	struct boot_command *command = list_add(commands, sizeof(*command));
	struct list arguments = { 0 };
	struct cmdline_word word;
	const char *cursor;

	add_option(&arguments, "/" PROGRAM, "");
	add_option(&arguments, "kargs", "");
	list_for_each(entry, &state->entries, struct boot_entry) {
		cursor = entry->cmdline;
		while (cmdline_next(&cursor, &word)) {
			char *old;

			if (!cmdline_key_is(&word, SETTING_KEY))
				continue;
			old = xasprintf(SETTING_KEY "=%.*s", (int)word.value_length,
					word.value ? word.value : "");
			add_option(&arguments, "--delete-if-present=", old);
			free(old);
		}
	}
	if (parameter)
		add_option(&arguments, "--append=", parameter);
	*(char **)list_add(&arguments, sizeof(char *)) = NULL;
	command->argv = arguments.items;
}

/* The new one goes, and the one that counted comes back. */
static void add_undo(struct list *commands, const struct boot_state *state,
		     const char *parameter)
{
	struct cmdline_word word;

	if (parameter) {
		char *option = xasprintf("--delete-if-present=%s", parameter);

		add_command(commands, "/" PROGRAM, "kargs", option, NULL);
		free(option);
	}
	list_for_each(entry, &state->entries, struct boot_entry) {
		char *option;

		if (!cmdline_find(entry->cmdline, SETTING_KEY, &word) || !word.value)
			continue;
		option = xasprintf("--append-if-missing=" SETTING_KEY "=%.*s",
				   (int)word.value_length, word.value);
		add_command(commands, "/" PROGRAM, "kargs", option, NULL);
		free(option);
	}
}

static enum exit_code plan(const struct boot *boot, const struct boot_state *state,
			   const char *parameter, struct boot_plan *plan,
			   struct failure *failure)
{
	(void)boot;
	(void)failure;
	add_kargs(&plan->commands, state, parameter);
	add_undo(&plan->undo, state, parameter);
	return EXIT_FINE;
}

const struct boot_backend rpm_ostree_backend = {
	.name = "rpm-ostree",
	.help = "the arguments of the next deployment",
	.layered = true,
	.edits_entries = true,
	.detect = detect,
	.read = read_state,
	.plan = plan,
};
