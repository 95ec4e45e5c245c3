// SPDX-License-Identifier: GPL-2.0-or-later
/* Putting states and plans together, and taking them apart. */
#include <stdarg.h>

#include "boot/boot.h"
#include "xalloc.h"

struct boot_entry *add_entry(struct boot_state *state, const char *name, const char *cmdline)
{
	struct boot_entry *entry = list_add(&state->entries, sizeof(*entry));

	entry->name = xstrdup(name);
	entry->cmdline = xstrdup(cmdline);
	return entry;
}

void boot_state_clear(struct boot_state *state)
{
	list_for_each(entry, &state->entries, struct boot_entry) {
		free(entry->name);
		free(entry->cmdline);
	}
	free(state->entries.items);
	free(state->configured);
	free(state->place);
	*state = (struct boot_state){ 0 };
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* What changes nothing is no edit. */
void add_edit(struct boot_plan *plan, const char *path, const char *before, const char *after)
{
	struct boot_edit *edit;

	if (same_text(before, after))
		return;
	edit = list_add(&plan->edits, sizeof(*edit));
	edit->path = xstrdup(path);
	edit->before = before ? xstrdup(before) : NULL;
	edit->after = after ? xstrdup(after) : NULL;
}

static void add_argument(struct list *arguments, const char *text)
{
	*(char **)list_add(arguments, sizeof(char *)) = text ? xstrdup(text) : NULL;
}

void add_command(struct list *commands, const char *first, ...)
{
	struct boot_command *command = list_add(commands, sizeof(*command));
	struct list arguments = { 0 };
	const char *text;
	va_list rest;

	va_start(rest, first);
	for (text = first; text; text = va_arg(rest, const char *))
		add_argument(&arguments, text);
	va_end(rest);
	add_argument(&arguments, NULL);
	command->argv = arguments.items;
}

void add_warning(struct boot_plan *plan, const char *format, ...)
{
	char **warning = list_add(&plan->warnings, sizeof(*warning));
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(warning, format, arguments) < 0)
		errx(EXIT_FAILED, "out of memory");
	va_end(arguments);
}

static void commands_clear(struct list *commands)
{
	char **argument;

	list_for_each(command, commands, struct boot_command) {
		for (argument = command->argv; *argument; argument++)
			free(*argument);
		free(command->argv);
	}
	free(commands->items);
}

void boot_plan_clear(struct boot_plan *plan)
{
	list_for_each(edit, &plan->edits, struct boot_edit) {
		free(edit->path);
		free(edit->before);
		free(edit->after);
	}
	free(plan->edits.items);
	commands_clear(&plan->commands);
	commands_clear(&plan->undo);
	names_clear(&plan->warnings);
	*plan = (struct boot_plan){ 0 };
}

/* A word that no shell would take apart. */
static bool is_plain(const char *word)
{
	return *word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789_@%+=:,./-")];
}

static void put_quoted(FILE *stream, const char *word)
{
	fputc('\'', stream);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", stream);
		else
			fputc(*word, stream);
	}
	fputc('\'', stream);
}

char *boot_command_text(const struct boot_command *command)
{
	char *text = NULL, **word;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		errx(EXIT_FAILED, "out of memory");
	for (word = command->argv; *word; word++) {
		if (word > command->argv)
			fputc(' ', stream);
		if (is_plain(*word))
			fputs(*word, stream);
		else
			put_quoted(stream, *word);
	}
	if (fclose(stream))
		errx(EXIT_FAILED, "out of memory");
	return text;
}
