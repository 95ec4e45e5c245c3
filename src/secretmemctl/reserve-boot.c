// SPDX-License-Identifier: GPL-2.0-or-later
/* The next boot, as secretmemctl reserve sees it and changes it. */
#include "boot/diff.h"
#include "reserve-run.h"
#include "xalloc.h"

static void fill_next_boot(struct run *run)
{
	struct reserve_value *value = &run->report.next_boot;
	struct boot_next next;

	boot_next_fill(&run->state, &next);
	free(value->text);
	free(value->place);
	*value = (struct reserve_value){ 0 };
	if (next.present)
		value_fill(value, &next.setting, run->machine.granule_bytes.value);
	value->present = next.present;
	value->text = next.text ? xstrdup(next.text) : NULL;
	value->place = xasprintf("%s: %s%s%s", run->backend->name, run->state.place,
				 next.mixed ? ", whose entries differ" : "",
				 next.stale ? ", which is not yet what is configured" : "");
	run->report.stale = next.stale ? TRUTH_YES : TRUTH_NO;
	boot_next_clear(&next);
}

/* That the next boot is not known is no reason to tell nothing at all. */
static void tell_unknown(struct run *run, enum exit_code code)
{
	run->backend_code = code;
	run->report.next_boot.place = xstrdup(run->no_backend.text);
	boot_state_clear(&run->state);
}

enum exit_code run_read_boot(struct run *run)
{
	enum exit_code code = boot_open(run->common.root, run->own.run_helpers, &run->boot,
					&run->failure);

	if (code)
		return code;
	code = boot_choose(&run->boot, run->own.backend, &run->backend, &run->no_backend);
	if (!code)
		code = run->backend->read(&run->boot, &run->state, &run->no_backend);
	if (code)
		tell_unknown(run, code);
	else
		fill_next_boot(run);
	return EXIT_FINE;
}

static void add_line(struct list *lines, char *text)
{
	((struct reserve_line *)list_add(lines, sizeof(struct reserve_line)))->text = text;
}

static void add_lines(struct list *lines, char *text)
{
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")) && rest)
		add_line(lines, xstrdup(line));
	free(text);
}

static void fill_edits(struct run *run)
{
	list_for_each(edit, &run->boot_plan.edits, struct boot_edit) {
		struct reserve_edit *shown = list_add(&run->report.plan.edits, sizeof(*shown));

		shown->path = xasprintf("/%s", edit->path);
		add_lines(&shown->diff, diff_text(edit->path, edit->before, edit->after));
	}
}

static void fill_plan(struct run *run)
{
	struct reserve_plan *plan = &run->report.plan;

	plan->backend = run->backend->name;
	plan->edits.known = plan->commands.known = plan->warnings.known = true;
	fill_edits(run);
	list_for_each(command, &run->boot_plan.commands, struct boot_command)
		add_line(&plan->commands, boot_command_text(command));
	list_for_each(warning, &run->boot_plan.warnings, char *)
		add_line(&plan->warnings, xstrdup(*warning));
}

/* Some kernel of the system has a pool, by its configuration. */
static enum truth has_pool_kernel(const struct run *run)
{
	enum truth found = TRUTH_UNKNOWN;
	struct list names = { 0 };

	boot_list(&run->boot, "boot", "", &names);
	list_for_each(name, &names, char *) {
		char option;

		if (strncmp(*name, "config-", strlen("config-")))
			continue;
		option = procfs_config(&run->boot.tree, *name + strlen("config-"),
					  "CONFIG_SECRETMEM_POOL");
		if (option == 'y')
			found = TRUTH_YES;
		else if (option == 'n' && !found)
			found = TRUTH_NO;
	}
	names_clear(&names);
	return found;
}

/* The next boot may be another kernel's, but then somebody has to say so. */
static enum exit_code check_supported(struct run *run)
{
	enum truth installed;

	if (run->own.force || run->report.supported == TRUTH_YES)
		return EXIT_FINE;
	installed = has_pool_kernel(run);
	if (installed == TRUTH_YES || (!installed && !run->report.supported))
		return EXIT_FINE;
	return fail(&run->failure, EXIT_UNSUPPORTED, "%s ignores secretmem=: use --force if "
		    "another one will be booted", run->report.supported == TRUTH_NO ?
		    "this kernel" : "every kernel of this image");
}

static enum exit_code make_plan(struct run *run)
{
	struct reserve_plan *plan = &run->report.plan;
	enum exit_code code;

	if (run->backend_code)
		return fail(&run->failure, run->backend_code, "%s", run->no_backend.text);
	plan->action = run->own.remove ? ACTION_REMOVE : ACTION_SET;
	if (!run->own.remove)
		plan->parameter = xstrdup(run->report.wanted.text);
	code = run->backend->plan(&run->boot, &run->state, plan->parameter, &run->boot_plan,
				  &run->failure);
	if (code)
		return code;
	fill_plan(run);
	plan->outcome = boot_is_set(run->backend, &run->state, &run->boot_plan,
				    plan->parameter) ? OUTCOME_UNCHANGED : OUTCOME_PLANNED;
	return EXIT_FINE;
}

static enum exit_code carry_out(struct run *run)
{
	struct reserve_plan *plan = &run->report.plan;
	enum exit_code code;

	code = boot_apply(&run->boot, run->backend, &run->state, &run->boot_plan,
			  plan->parameter, &plan->outcome, &run->failure);
	if (code)
		return code;
	boot_state_clear(&run->state);
	code = run->backend->read(&run->boot, &run->state, &run->failure);
	if (!code)
		fill_next_boot(run);
	return code;
}

enum exit_code run_change_boot(struct run *run)
{
	bool change = run->own.persist || run->own.remove;
	enum exit_code code = EXIT_FINE;

	if (run->own.check || (!run->operand && !run->own.remove))
		return EXIT_FINE;
	if (run->own.persist)
		code = check_supported(run);
	if (!code)
		code = make_plan(run);
	if (!code && change && run->report.plan.outcome == OUTCOME_PLANNED)
		code = carry_out(run);
	return code;
}
