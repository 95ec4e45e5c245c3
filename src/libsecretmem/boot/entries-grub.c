// SPDX-License-Identifier: GPL-2.0-or-later
/* The command lines in a grub.cfg, as grub-mkconfig writes it. */
#include <ctype.h>

#include "boot/backend.h"
#include "xalloc.h"

#define ID_OPTION "$menuentry_id_option '"

/* Does the line begin with @word and a blank? Then *@rest is what follows. */
static bool begins_with(const char *line, const char *word, const char **rest)
{
	size_t length = strlen(word);

	line += strspn(line, " \t");
	if (strncmp(line, word, length) || !isblank((unsigned char)line[length]))
		return false;
	*rest = line + length + strspn(line + length, " \t");
	return true;
}

static char *quoted(const char *text)
{
	const char *end = strchr(text, '\'');

	return xstrndup(text, end ? (size_t)(end - text) : strlen(text));
}

/* The id, which no language changes, or else the title. */
static char *entry_name(const char *line)
{
	const char *id = strstr(line, ID_OPTION);
	const char *title = strchr(line, '\'');

	if (id)
		return quoted(id + strlen(ID_OPTION));
	return title ? quoted(title + 1) : xstrdup("(no title)");
}

/* "linux /vmlinuz-6.1 root=… quiet": without the kernel itself. */
static bool kernel_line(const char *line, const char **cmdline)
{
	static const char *const words[] = { "linux", "linux16", "linuxefi" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (begins_with(line, words[i], cmdline)) {
			*cmdline += strcspn(*cmdline, " \t");
			*cmdline += strspn(*cmdline, " \t");
			return true;
		}
	}
	return false;
}

static bool is_recovery(const char *name)
{
	return strstr(name, "-recovery-") || strstr(name, "(recovery mode)");
}

/* Those of other systems and of users are none of ours. */
static void keep_own(struct boot_state *state)
{
	struct boot_entry *kept = state->entries.items;
	size_t count = 0;

	list_for_each(entry, &state->entries, struct boot_entry) {
		if (strncmp(entry->name, "gnulinux", strlen("gnulinux"))) {
			free(entry->name);
			free(entry->cmdline);
		} else {
			kept[count++] = *entry;
		}
	}
	state->entries.count = count;
}

static bool has_own(const struct boot_state *state)
{
	list_for_each(entry, &state->entries, struct boot_entry) {
		if (!strncmp(entry->name, "gnulinux", strlen("gnulinux")))
			return true;
	}
	return false;
}

static void take_line(const char *line, char **name, struct boot_state *state)
{
	const char *rest;

	if (begins_with(line, "menuentry", &rest)) {
		free(*name);
		*name = entry_name(line);
	} else if (*name && kernel_line(line, &rest)) {
		add_entry(state, *name, rest)->recovery = is_recovery(*name);
	}
}

void entries_of_grub(const char *config, struct boot_state *state)
{
	char *copy = xstrdup(config), *rest = copy, *line, *name = NULL;

	state->entries.known = true;
	while ((line = strsep(&rest, "\n")))
		take_line(line, &name, state);
	free(name);
	free(copy);
	if (has_own(state))
		keep_own(state);
}
