// SPDX-License-Identifier: GPL-2.0-or-later
/* secretmemctl status: what there is now, in one screen, a table or JSON. */
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command.h"
#include "json.h"
#include "summary.h"
#include "table.h"

struct status_options {
	struct table_request request;
	bool holders;
};

#define OPTION(member) offsetof(struct status_options, member)

static const struct parameter parameters[] = {
	{ "output", 'o', "COLUMNS", "show these columns; +COLUMNS adds, help lists them",
	  PARAMETER_TEXT, OPTION(request.columns) },
	{ "sort", 's', "COLUMN", "sort by it; -COLUMN or COLUMN:desc descends",
	  PARAMETER_TEXT, OPTION(request.sort) },
	{ "filter", 'f', "FILTER", "show rows with COLUMN=VALUE, or !=, < or >; all must hold",
	  PARAMETER_TEXTS, OPTION(request.filters) },
	{ "holders", 'H', NULL, "with files: one row for each process that holds a file",
	  PARAMETER_FLAG, OPTION(holders) },
	{ "no-headings", 'n', NULL, "print no line of headings",
	  PARAMETER_FLAG, OPTION(request.no_headings) },
	{ NULL }
};

/* What one run of status is about. */
struct status {
	const struct command *command;
	struct common_options common;
	struct status_options own;
	const struct view *view;	/* NULL: the summary */
	struct table *table;
	struct snapshot snapshot;
	struct failure failure;
};

static int fail_view(const struct status *status, const char *name)
{
	return usage_error(status->command,
			   "unknown view '%s': there are files, chunks, pool, direct-map, regions, limits",
			   name);
}

static int choose_view(struct status *status, int argc, char **argv)
{
	if (argc - optind > 1)
		return usage_error(status->command, "one view at a time: '%s' is too many",
				   argv[optind + 1]);
	if (optind < argc) {
		status->view = view_find(argv[optind]);
		if (!status->view)
			return fail_view(status, argv[optind]);
	}
	if (!status->own.holders)
		return EXIT_FINE;
	if (!status->view || strcmp(status->view->name, "files"))
		return usage_error(status->command, "--holders goes with files only");
	status->view = &holders_view;
	return EXIT_FINE;
}

/* An option that would have no effect is a mistake. */
static int check_options(const struct status *status)
{
	const struct table_request *request = &status->own.request;

	if (!status->view && (request->columns || request->sort || request->filters.count ||
			      request->no_headings))
		return usage_error(status->command, "-o, -s, -f and -n need a view, as in "
				   "secretmemctl status files");
	if (!status->common.json)
		return EXIT_FINE;
	if (request->columns || request->no_headings || status->own.holders)
		return usage_error(status->command,
				   "--json always has everything: no -o, -n or --holders with it");
	return EXIT_FINE;
}

static int print_columns(const struct status *status)
{
	const struct view *view;

	if (status->view) {
		view_print_columns(status->view, stdout);
		return EXIT_FINE;
	}
	for (view = views; view->name; view++) {
		view_print_columns(view, stdout);
		fputc('\n', stdout);
	}
	view_print_columns(&holders_view, stdout);
	return EXIT_FINE;
}

/*
 * For the widths of characters only: numbers look the same everywhere, and so
 * does text, which is UTF-8 also where the locale has never heard of it.
 */
static void set_locale(void)
{
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		setlocale(LC_CTYPE, "C.UTF-8");
}

/* The terminal's width; 0: output goes elsewhere and is not cut. */
static size_t terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	struct number width;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (columns && parse_count(columns, &width))
		return width.value;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

/* What nobody could look into may hold some. */
static const char *empty_text(const struct status *status, enum exit_code code)
{
	if (status->own.request.filters.count)
		return "Nothing matches the filter.";
	if (code == EXIT_PARTIAL && status->view->parts & PART_FILES)
		return "No secret memory was seen.";
	return status->view->empty;
}

static int print_table(const struct status *status, const struct style *style,
		       enum exit_code code)
{
	if (!view_known(status->view, &status->snapshot)) {
		complain("%s", status->view->unknown);
		return code ? code : EXIT_UNSUPPORTED;
	}
	if (table_count(status->table))
		table_print(status->table, style, terminal_width(), stdout);
	else
		puts(empty_text(status, code));
	return code;
}

/* A view with --json orders and filters its list in the document. */
static void print_json(struct status *status)
{
	struct list *list = NULL;
	size_t count = 0;

	if (status->view && !status->view->single) {
		list = view_list(status->view, &status->snapshot);
		count = table_apply(status->table, &status->snapshot);
	}
	json_print_status(stdout, &status->snapshot);
	if (list)
		list->count = count;
}

static int print(struct status *status, enum exit_code code)
{
	const struct style style = {
		.units = status->common.units,
		.color = want_color(&status->common),
		.user_names = !status->common.root && !status->common.replay &&
			      !status->common.from,
	};

	if (status->table)
		table_fill(status->table, &status->snapshot);
	if (status->common.json) {
		print_json(status);
		return code;
	}
	set_locale();
	if (status->table)
		return print_table(status, &style, code);
	summary_print(&status->snapshot, &style, terminal_width(), stdout);
	return code;
}

static enum exit_code read_snapshot(struct status *status)
{
	const struct source_options options = source_options(&status->common);
	/* The summary has no use for the regions, and to walk the map takes time. */
	unsigned int parts = status->view ? status->view->parts : PART_ALL & ~PART_REGIONS;
	struct source *source;
	enum exit_code code;

	code = source_open(&options, &source, &status->failure);
	if (!code)
		code = source_read(source, status->common.json ? PART_ALL : parts,
				   &status->snapshot, &status->failure);
	source_close(source);
	return code;
}

/* What is missing is said after the rest, where it is not overlooked. */
static int show(struct status *status)
{
	enum exit_code code = read_snapshot(status);

	if (!code || code == EXIT_PARTIAL)
		code = print(status, code);
	fflush(stdout);
	if (*status->failure.text)
		complain("%s", status->failure.text);
	return code;
}

static int open_table(struct status *status)
{
	enum exit_code code;

	if (!status->view)
		return EXIT_FINE;
	code = table_open(status->view, &status->own.request, &status->table,
			  &status->failure);
	if (code)
		complain("status: %s", status->failure.text);
	return code;
}

static int run(struct status *status, int argc, char **argv)
{
	int code = choose_view(status, argc, argv);

	if (code)
		return code;
	if (status->own.request.columns && !strcmp(status->own.request.columns, "help"))
		return print_columns(status);
	code = check_options(status);
	if (!code)
		code = open_table(status);
	return code ? code : show(status);
}

static int cmd_status(const struct command *command, int argc, char **argv)
{
	struct status status = { .command = command };
	int code;

	if (parse_options(command, argc, argv, &status.common, &status.own, &code))
		code = run(&status, argc, argv);
	if (status.table)
		table_close(status.table);
	snapshot_clear(&status.snapshot);
	free(status.own.request.filters.items);
	return code;
}

const struct command status_command = {
	.name = "status",
	.summary = "show the secret memory of this machine",
	.operands = "[files|chunks|pool|direct-map|regions|limits]",
	.parameters = parameters,
	.document = &status_document,
	.run = cmd_status,
	.epilogue =
		"Without a view it shows a summary. Columns of which nothing is known are left\n"
		"out unless -o names them; what is unknown is '-'.\n\n"
		"Exit status: 0 fine, 1 failed, 2 usage, 3 not supported here, 4 permission,\n"
		"5 partial: something could not be read, and the rest is printed.\n",
};
