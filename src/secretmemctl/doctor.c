// SPDX-License-Identifier: GPL-2.0-or-later
/* secretmemctl doctor: why it does not work here, why no hibernation. */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "escape.h"
#include "json.h"
#include "xalloc.h"

static const char *const severity_words[] = {
	NULL, "ok", "note", "warn", "fail",
};

static const char *const severity_colors[] = {
	"", "\033[32m", "\033[36m", "\033[33m", "\033[31m",
};

/* The document, as the field table sees it. */
struct report {
	const char *source;
	uint64_t time_ns;
	bool partial;
	struct list findings;
};

#define FINDING(member) offsetof(struct finding, member)
#define REPORT(member) offsetof(struct report, member)

static const struct field finding_fields[] = {
	{ "id", "ID", FIELD_CONSTANT, FINDING(id), "what was examined" },
	{ "severity", "SEVERITY", FIELD_WORD, FINDING(severity), "how bad it is",
	  severity_words },
	{ "text", "TEXT", FIELD_TEXT, FINDING(text), "what was found" },
	{ "advice", "ADVICE", FIELD_TEXT, FINDING(advice), "what to do" },
};

static const struct field_table finding_table = {
	"finding", sizeof(struct finding), finding_fields,
	sizeof(finding_fields) / sizeof(finding_fields[0]),
};

static const struct field report_fields[] = {
	{ "source", "SOURCE", FIELD_CONSTANT, REPORT(source), "where it comes from" },
	{ "time", "TIME", FIELD_TIME, REPORT(time_ns), "when it was read" },
	{ "partial", "PARTIAL", FIELD_FLAG, REPORT(partial),
	  "whether something could not be read" },
	{ "findings", "FINDINGS", FIELD_LIST, REPORT(findings), "what was found", NULL,
	  &finding_table },
};

static const struct field_table report_table = {
	"report", sizeof(struct report), report_fields,
	sizeof(report_fields) / sizeof(report_fields[0]),
};

static const struct document document = {
	"secretmem/doctor", "What secretmemctl doctor --json prints.", &report_table
};

struct finding *find(struct doctor *doctor, const char *id, enum severity severity,
		     const char *advice, const char *format, ...)
{
	struct finding *finding = list_add(&doctor->findings, sizeof(*finding));
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&finding->text, format, arguments) < 0)
		errx(EXIT_FAILED, "out of memory");
	va_end(arguments);
	finding->id = id;
	finding->severity = severity;
	finding->advice = advice ? xstrdup(advice) : NULL;
	return finding;
}

static void print_json(const struct doctor *doctor)
{
	const struct report report = {
		.source = doctor->snapshot.source,
		.time_ns = doctor->snapshot.time_ns,
		.partial = doctor->snapshot.partial,
		.findings = doctor->findings,
	};

	json_print(stdout, document.schema, document.table, &report);
}

static void print_finding(const struct finding *finding, bool color)
{
	char *text = escape_text(finding->text);
	const char *word = severity_words[finding->severity];

	printf("%s[%s]%s%*s %s", color ? severity_colors[finding->severity] : "", word,
	       color ? "\033[0m" : "", (int)(4 - strlen(word)), "", text);
	if (finding->advice)
		printf(" \u2014 %s", finding->advice);
	putchar('\n');
	free(text);
}

static void print_text(const struct doctor *doctor)
{
	bool color = want_color(&doctor->common);

	list_for_each(finding, &doctor->findings, struct finding)
		print_finding(finding, color);
}

static enum severity worst(const struct doctor *doctor)
{
	enum severity severity = SEVERITY_OK;

	list_for_each(finding, &doctor->findings, struct finding) {
		if (finding->severity > severity)
			severity = finding->severity;
	}
	return severity;
}

/* The worst news first: not to be had, then not all seen, then not all well. */
static enum exit_code verdict(const struct doctor *doctor)
{
	enum severity severity = worst(doctor);

	if (severity == SEVERITY_FAIL)
		return EXIT_UNSUPPORTED;
	if (doctor->snapshot.partial)
		return EXIT_PARTIAL;
	return severity == SEVERITY_WARN ? EXIT_FAILED : EXIT_FINE;
}

static enum exit_code read_machine(struct doctor *doctor)
{
	const struct source_options options = source_options(&doctor->common);
	struct source *source;
	enum exit_code code;

	code = source_open(&options, &source, &doctor->failure);
	if (!code)
		code = source_read(source, PART_ALL, &doctor->snapshot, &doctor->failure);
	source_close(source);
	if (code && code != EXIT_PARTIAL)
		return code;
	code = procfs_open(doctor->common.root, &doctor->reader, &doctor->failure);
	if (code)
		return code;
	doctor->live = doctor->reader->live;
	procfs_read_text(doctor->reader, doctor->reader->proc, "cmdline", &doctor->cmdline);
	return EXIT_FINE;
}

static int examine(struct doctor *doctor)
{
	enum exit_code code = read_machine(doctor);

	if (code) {
		complain("%s", doctor->failure.text);
		return code;
	}
	examine_kernel(doctor);
	examine_privileges(doctor);
	examine_hibernation(doctor);
	if (doctor->common.json)
		print_json(doctor);
	else
		print_text(doctor);
	return verdict(doctor);
}

static void doctor_clear(struct doctor *doctor)
{
	list_for_each(finding, &doctor->findings, struct finding) {
		free(finding->text);
		free(finding->advice);
	}
	free(doctor->findings.items);
	snapshot_clear(&doctor->snapshot);
	procfs_close(doctor->reader);
	text_clear(&doctor->cmdline);
}

static int cmd_doctor(const struct command *command, int argc, char **argv)
{
	struct doctor doctor = { 0 };
	int code;

	if (parse_options(command, argc, argv, &doctor.common, NULL, &code)) {
		if (optind < argc)
			code = usage_error(command, "'%s' is not an option", argv[optind]);
		else
			code = examine(&doctor);
	}
	doctor_clear(&doctor);
	return code;
}

const struct command doctor_command = {
	.name = "doctor",
	.summary = "tell why secret memory or hibernation does not work here",
	.live = true,
	.document = &document,
	.run = cmd_doctor,
	.epilogue =
		"Each line is [ok], [note], [warn] or [fail], what was found and what to do.\n\n"
		"Exit status: 0 nothing is wrong (notes may be there), 1 there are warnings,\n"
		"2 usage, 3 secret memory is not supported here, 4 permission, 5 something could\n"
		"not be read and may be wrong.\n",
};
