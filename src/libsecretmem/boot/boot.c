// SPDX-License-Identifier: GPL-2.0-or-later
/* Which backend, what it says of the next boot, and whether that is enough. */
#include "boot/boot.h"
#include "boot/cmdline-edit.h"
#include "xalloc.h"

/* Those that take care of others come first. */
const struct boot_backend *const boot_backends[] = {
	&rpm_ostree_backend,
	&grubby_backend,
	&kernel_install_backend,
	&uki_backend,
	&grub_backend,
	NULL
};

/* "grub, grubby, …". Allocated. */
static char *backend_names(const struct boot *boot)
{
	const struct boot_backend *const *backend;
	char *names = xstrdup(""), *longer;

	for (backend = boot_backends; *backend; backend++) {
		if (boot && !(*backend)->detect(boot))
			continue;
		longer = xasprintf("%s%s%s", names, *names ? ", " : "", (*backend)->name);
		free(names);
		names = longer;
	}
	return names;
}

static enum exit_code find_by_name(const char *name, const struct boot_backend **backend,
				   struct failure *failure)
{
	const struct boot_backend *const *candidate;
	char *names;

	for (candidate = boot_backends; *candidate; candidate++) {
		if (!strcmp((*candidate)->name, name)) {
			*backend = *candidate;
			return EXIT_FINE;
		}
	}
	names = backend_names(NULL);
	fail(failure, EXIT_USAGE, "--backend: '%s' is none of %s", name, names);
	free(names);
	return EXIT_USAGE;
}

static enum exit_code fail_several(const struct boot *boot, struct failure *failure)
{
	char *names = backend_names(boot);

	fail(failure, EXIT_USAGE, "there is more than one that may set it for the next boot (%s): "
	     "choose by --backend", names);
	free(names);
	return EXIT_USAGE;
}

enum exit_code boot_choose(const struct boot *boot, const char *name,
			   const struct boot_backend **backend, struct failure *failure)
{
	const struct boot_backend *const *candidate;

	*backend = NULL;
	if (name)
		return find_by_name(name, backend, failure);
	for (candidate = boot_backends; *candidate; candidate++) {
		if (!(*candidate)->detect(boot))
			continue;
		if (*backend)
			return fail_several(boot, failure);
		*backend = *candidate;
		if ((*backend)->layered)
			return EXIT_FINE;
	}
	if (*backend)
		return EXIT_FINE;
	return fail(failure, EXIT_UNSUPPORTED, "no boot loader that is known was found%s%s: put "
		    "secretmem= on the kernel's command line by hand, or see --backend",
		    boot->path ? " in " : "", boot->path ? boot->path : "");
}

/* "secretmem=512M", as it stands last in a command line; NULL: it does not. */
static char *parameter_of(const char *cmdline)
{
	struct cmdline_word word;

	if (!cmdline || !cmdline_find(cmdline, SETTING_KEY, &word))
		return NULL;
	return xasprintf(SETTING_KEY "=%.*s", (int)word.value_length,
			 word.value ? word.value : "");
}

static bool same_parameter(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : !a && !b;
}

/* Do all entries but those for recovery say the same? Then *@text is it. */
static bool common_parameter(const struct list *entries, char **text, bool *mixed)
{
	bool any = false;

	list_for_each(entry, entries, struct boot_entry) {
		char *one;

		if (entry->recovery)
			continue;
		one = parameter_of(entry->cmdline);
		if (any && !same_parameter(*text, one))
			*mixed = true;
		if (any) {
			free(one);
		} else {
			*text = one;
			any = true;
		}
	}
	return any;
}

void boot_next_fill(const struct boot_state *state, struct boot_next *next)
{
	char *configured = parameter_of(state->configured);
	struct setting nothing = { .size_bytes = number(0), .floor_bytes = number(0) };
	bool any;

	*next = (struct boot_next){ 0 };
	any = common_parameter(&state->entries, &next->text, &next->mixed);
	if (!any && state->configured) {
		next->text = configured;
		configured = NULL;
		any = true;
	} else if (state->configured) {
		next->stale = next->mixed || !same_parameter(next->text, configured);
	}
	free(configured);
	if (!any || next->mixed)
		return;
	next->present = next->text ? TRUTH_YES : TRUTH_NO;
	next->setting = next->text ? setting_of_cmdline(next->text) : nothing;
}

void boot_next_clear(struct boot_next *next)
{
	free(next->text);
	*next = (struct boot_next){ 0 };
}

/* What is taken off may be given elsewhere as well, and then that counts. */
static char *expected_parameter(const struct boot_state *state, const char *parameter)
{
	return parameter ? xstrdup(parameter) : parameter_of(state->configured);
}

static bool entry_is_set(const struct boot_entry *entry, const char *expected)
{
	char *text = parameter_of(entry->cmdline);
	bool set = same_parameter(text, expected);

	free(text);
	return set;
}

/* Those for recovery do without. */
static bool entries_are_set(const struct boot_state *state, const char *parameter)
{
	char *expected = expected_parameter(state, parameter);
	bool set = true;

	list_for_each(entry, &state->entries, struct boot_entry)
		set &= entry->recovery || entry_is_set(entry, expected);
	free(expected);
	return set;
}

/* Where there are files they tell it, also while there is no entry yet. */
bool boot_is_set(const struct boot_backend *backend, const struct boot_state *state,
		 const struct boot_plan *plan, const char *parameter)
{
	if (backend->edits_entries && !state->entries.count)
		return false;
	return !plan->edits.count && entries_are_set(state, parameter);
}

static const struct boot_entry *find_entry(const struct boot_state *state, const char *name)
{
	list_for_each(entry, &state->entries, struct boot_entry) {
		if (!strcmp(entry->name, name))
			return entry;
	}
	return NULL;
}

/* An entry for recovery may keep what it had; none gets it. */
static bool recovery_is_fine(const struct boot_entry *old, const struct boot_entry *entry)
{
	char *before = old ? parameter_of(old->cmdline) : NULL;
	char *now = parameter_of(entry->cmdline);
	bool fine = !now || same_parameter(before, now);

	free(before);
	free(now);
	return fine;
}

/* Nobody asked for anything else to change, unless others' changes wait, too. */
static enum exit_code check_entry(const struct boot_backend *backend,
				  const struct boot_state *before,
				  const struct boot_entry *entry, const char *expected,
				  struct failure *failure)
{
	const struct boot_entry *old = find_entry(before, entry->name);

	if (entry->recovery ? !recovery_is_fine(old, entry) : !entry_is_set(entry, expected))
		return fail(failure, EXIT_FAILED, "the entry %s has '%s' and not %s",
			    entry->name, entry->cmdline,
			    expected && !entry->recovery ? expected : "no secretmem=");
	if (backend->edits_entries && old &&
	    !cmdline_same_but(old->cmdline, entry->cmdline, SETTING_KEY))
		return fail(failure, EXIT_FAILED, "the entry %s would lose or get other "
			    "parameters: it had '%s' and has '%s'", entry->name, old->cmdline,
			    entry->cmdline);
	return EXIT_FINE;
}

static enum exit_code check_entries(const struct boot_backend *backend,
				    const struct boot_state *before,
				    const struct boot_state *after, const char *parameter,
				    struct failure *failure)
{
	char *expected = expected_parameter(after, parameter);
	enum exit_code code = EXIT_FINE;

	list_for_each(entry, &after->entries, struct boot_entry) {
		code = check_entry(backend, before, entry, expected, failure);
		if (code)
			break;
	}
	free(expected);
	return code;
}

static enum exit_code read_back_files(const struct boot *boot, const struct boot_plan *plan,
				      struct failure *failure)
{
	enum exit_code code = EXIT_FINE;
	char *text;

	list_for_each(edit, &plan->edits, struct boot_edit) {
		code = boot_read_file(boot, edit->path, &text, failure);
		if (!code && !same_parameter(text, edit->after))
			code = fail(failure, EXIT_FAILED, "/%s is not what was written",
				    edit->path);
		free(text);
		if (code)
			break;
	}
	return code;
}

/* What has not been run cannot be seen in the entries yet. */
static enum exit_code read_back(const struct boot *boot, const struct boot_backend *backend,
				const struct boot_state *before, const struct boot_plan *plan,
				const char *parameter, struct failure *failure)
{
	struct boot_state after = { 0 };
	enum exit_code code = read_back_files(boot, plan, failure);

	if (!code && boot->run_helpers) {
		code = backend->read(boot, &after, failure);
		if (!code)
			code = check_entries(backend, before, &after, parameter, failure);
	}
	boot_state_clear(&after);
	return code;
}

static enum exit_code run_commands(const struct boot *boot, const struct list *commands,
				   struct failure *failure)
{
	enum exit_code code = EXIT_FINE;

	list_for_each(command, commands, struct boot_command) {
		code = boot_run(boot, command->argv, NULL, failure);
		if (code)
			break;
	}
	return code;
}

/* The first @count files, as they were. */
static enum exit_code restore_files(const struct boot *boot, const struct boot_plan *plan,
				    size_t count, struct failure *failure)
{
	enum exit_code code = EXIT_FINE;

	list_for_each(edit, &plan->edits, struct boot_edit) {
		if (!count--)
			break;
		code = boot_write_file(boot, edit->path, edit->before, failure);
		if (code)
			break;
	}
	return code;
}

/* What went wrong, and then what became of the old state. */
static void tell_undone(enum exit_code code, const struct failure *undo,
			struct failure *failure)
{
	char *first = xstrdup(failure->text);

	if (code)
		fail(failure, code, "%.300s; and the old state could not be restored: %.150s",
		     first, undo->text);
	else
		fail(failure, code, "%.400s; the old state is restored", first);
	free(first);
}

static void undo(const struct boot *boot, const struct boot_plan *plan, size_t written,
		 bool commands_ran, struct failure *failure)
{
	struct failure undo_failure = { 0 };
	enum exit_code code = restore_files(boot, plan, written, &undo_failure);

	if (!code && commands_ran)
		code = run_commands(boot, &plan->undo, &undo_failure);
	tell_undone(code, &undo_failure, failure);
}

static enum exit_code write_files(const struct boot *boot, const struct boot_plan *plan,
				  struct failure *failure)
{
	enum exit_code code = EXIT_FINE;
	size_t written = 0;

	list_for_each(edit, &plan->edits, struct boot_edit) {
		code = boot_write_file(boot, edit->path, edit->after, failure);
		if (code)
			break;
		written++;
	}
	if (code && written)
		undo(boot, plan, written, false, failure);
	return code;
}

static enum exit_code check_possible(const struct boot *boot, const struct boot_backend *backend,
				     const struct boot_plan *plan, struct failure *failure)
{
	if (boot->run_helpers || plan->edits.count)
		return EXIT_FINE;
	return fail(failure, EXIT_UNSUPPORTED, "%s sets it by running the image's own program: "
		    "allow that by --run-helpers", backend->name);
}

enum exit_code boot_apply(struct boot *boot, const struct boot_backend *backend,
			  const struct boot_state *before, const struct boot_plan *plan,
			  const char *parameter, enum outcome *outcome,
			  struct failure *failure)
{
	enum exit_code code = check_possible(boot, backend, plan, failure);

	if (!code)
		code = boot_lock(boot, failure);
	if (!code)
		code = write_files(boot, plan, failure);
	if (code)
		return code;
	if (boot->run_helpers)
		code = run_commands(boot, &plan->commands, failure);
	if (!code)
		code = read_back(boot, backend, before, plan, parameter, failure);
	if (code)
		undo(boot, plan, plan->edits.count, boot->run_helpers, failure);
	else
		*outcome = boot->run_helpers || !plan->commands.count ? OUTCOME_DONE :
									OUTCOME_WRITTEN;
	return code;
}
