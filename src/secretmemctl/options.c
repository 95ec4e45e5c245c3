// SPDX-License-Identifier: GPL-2.0-or-later
/* The options of all commands: one table drives getopt_long() and --help. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "xalloc.h"

#define COMMON(member) offsetof(struct common_options, member)

static const char *const source_words[] = { "auto", "netlink", "procfs", NULL };
static const char *const units_words[] = { "iec", "si", "bytes", NULL };
static const char *const color_words[] = { "auto", "always", "never", NULL };

const struct parameter common_parameters[] = {
	{ "json", 'J', NULL, "print one JSON document instead",
	  PARAMETER_FLAG, COMMON(json) },
	{ "schema", 0, NULL, "print the JSON Schema of what --json prints, and no more",
	  PARAMETER_FLAG, COMMON(schema) },
	{ "bytes", 'b', NULL, "print sizes in bytes, the same as --units=bytes",
	  PARAMETER_CHOICE, COMMON(units), units_words, UNITS_BYTES },
	{ "units", 0, "UNITS", "print sizes in iec (1024), si (1000) or bytes",
	  PARAMETER_CHOICE, COMMON(units), units_words },
	{ "color", 0, "WHEN", "use color auto, always or never",
	  PARAMETER_CHOICE, COMMON(color), color_words },
	{ "source", 0, "SOURCE", "ask auto, netlink or procfs",
	  PARAMETER_CHOICE, COMMON(source), source_words },
	{ "root", 0, "DIR", "read DIR/proc and DIR/sys instead of this machine's",
	  PARAMETER_TEXT, COMMON(root) },
	{ "replay", 0, "FILE", "read a recording of secretmemctl monitor instead",
	  PARAMETER_TEXT, COMMON(replay) },
	{ "at", 0, "TIME", "with --replay: at that time, or +90s from its start; else its end",
	  PARAMETER_TEXT, COMMON(at) },
	{ "from", 0, "FILE", "read a document of secretmemctl status --json instead",
	  PARAMETER_TEXT, COMMON(from) },
	{ "debug", 0, NULL, "show every netlink message on stderr",
	  PARAMETER_FLAG, COMMON(debug) },
	{ NULL }
};

void complain(const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

int usage_error(const struct command *command, const char *format, ...)
{
	va_list arguments;

	fprintf(stderr, "%s%s%s: ", program_invocation_short_name, *command->name ? " " : "",
		command->name);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

struct source_options source_options(const struct common_options *common)
{
	return (struct source_options){
		.kind = common->source,
		.root = common->root,
		.replay = common->replay,
		.at = common->at,
		.from = common->from,
		.debug = common->debug,
	};
}

bool want_color(const struct common_options *common)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (common->color != COLOR_AUTO)
		return common->color == COLOR_ALWAYS;
	if (no_color && *no_color)
		return false;
	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb");
}

static size_t parameter_count(const struct parameter *parameters)
{
	size_t count = 0;

	while (parameters && parameters[count].name)
		count++;
	return count;
}

static bool is_own(const struct command *command, const struct parameter *parameter)
{
	return parameter >= command->parameters &&
	       parameter < command->parameters + parameter_count(command->parameters);
}

/* A command's own letter comes before the same one of all commands. */
static char letter_of(const struct command *command, const struct parameter *parameter)
{
	const struct parameter *own;

	for (own = command->parameters; own && own->name; own++) {
		if (own != parameter && own->letter == parameter->letter &&
		    !is_own(command, parameter))
			return 0;
	}
	return parameter->letter;
}

static void print_parameter(const struct command *command, const struct parameter *parameter)
{
	char left[64], letter = letter_of(command, parameter);

	snprintf(left, sizeof(left), "%c%c%c --%s%s%s",
		 letter ? '-' : ' ', letter ? letter : ' ', letter ? ',' : ' ', parameter->name,
		 parameter->argument ? "=" : "", parameter->argument ? parameter->argument : "");
	printf("  %-25s %s\n", left, parameter->help);
}

static void print_parameters(const struct command *command,
			     const struct parameter *parameters)
{
	for (; parameters && parameters->name; parameters++)
		print_parameter(command, parameters);
}

static void print_help(const struct command *command)
{
	printf("Usage: %s%s%s [OPTION…]%s%s\n\n", program_invocation_short_name,
	       *command->name ? " " : "", command->name,
	       command->operands ? " " : "", command->operands ? command->operands : "");
	printf("%c%s.\n\nOptions:\n", toupper((unsigned char)command->summary[0]),
	       command->summary + 1);
	print_parameters(command, command->parameters);
	print_parameters(command, common_parameters);
	puts("  -h, --help                show this");
	if (command->epilogue)
		printf("\n%s", command->epilogue);
}

static bool parse_choice(const struct parameter *parameter, const char *text, int *choice)
{
	int i;

	*choice = parameter->value;
	if (!text)
		return true;
	for (i = 0; parameter->words[i]; i++) {
		if (!strcmp(parameter->words[i], text)) {
			*choice = i;
			return true;
		}
	}
	return false;
}

static bool store(const struct parameter *parameter, const char *text, void *options)
{
	void *place = (char *)options + parameter->offset;

	switch (parameter->type) {
	case PARAMETER_FLAG:
		*(bool *)place = true;
		return true;
	case PARAMETER_TEXT:
		*(const char **)place = text;
		return true;
	case PARAMETER_TEXTS:
		*(const char **)list_add(place, sizeof(text)) = text;
		return true;
	case PARAMETER_CHOICE:
		return parse_choice(parameter, text, place);
	case PARAMETER_SIZE:
		return parse_size(text, place);
	case PARAMETER_COUNT:
		return parse_count(text, place);
	case PARAMETER_SECONDS:
		return parse_seconds(text, place);
	}
	return false;
}

/* getopt_long()'s two tables, made from ours. */
struct getopt_tables {
	struct option *options;
	char *letters;
};

static void add_parameter(const struct command *command, struct getopt_tables *tables,
			  size_t index, const struct parameter *parameter)
{
	size_t length = strlen(tables->letters);

	tables->options[index] = (struct option){
		.name = parameter->name,
		.has_arg = parameter->argument ? required_argument : no_argument,
	};
	if (letter_of(command, parameter))
		sprintf(tables->letters + length, "%c%s", parameter->letter,
			parameter->argument ? ":" : "");
}

static const struct parameter help_parameter = {
	"help", 'h', NULL, "show this", PARAMETER_FLAG
};

/* Parameter @index: the common ones, then the command's own, then --help. */
static const struct parameter *parameter_at(const struct command *command, size_t index)
{
	size_t common = parameter_count(common_parameters);

	if (index < common)
		return &common_parameters[index];
	if (index < common + parameter_count(command->parameters))
		return &command->parameters[index - common];
	return &help_parameter;
}

static size_t all_parameters(const struct command *command)
{
	return parameter_count(common_parameters) + parameter_count(command->parameters) + 1;
}

static void make_tables(const struct command *command, struct getopt_tables *tables)
{
	size_t i, count = all_parameters(command);

	tables->options = xcalloc(count + 1, sizeof(*tables->options));
	tables->letters = xcalloc(2 * count + 2, 1);
	strcpy(tables->letters, ":");
	for (i = 0; i < count; i++)
		add_parameter(command, tables, i, parameter_at(command, i));
}

/* Which parameter did getopt_long() find? NULL: none, or one without its argument. */
static const struct parameter *found_parameter(const struct command *command,
					       int letter, int index)
{
	size_t i;

	if (!letter)
		return parameter_at(command, index);
	for (i = 0; i < all_parameters(command); i++) {
		if (letter_of(command, parameter_at(command, i)) == letter)
			return parameter_at(command, i);
	}
	return NULL;
}

static int complain_option(const struct command *command, int letter, const char *argument)
{
	if (letter == ':')
		return usage_error(command, "%s needs an argument", argument);
	if (optopt && argument[1] != '-')
		return usage_error(command, "unknown option -%c", optopt);
	return usage_error(command, "unknown option %s", argument);
}

static int complain_value(const struct command *command, const struct parameter *parameter,
			  const char *text)
{
	if (parameter->type == PARAMETER_CHOICE)
		return usage_error(command, "--%s: unknown value '%s': %s",
				   parameter->name, text, parameter->help);
	return usage_error(command, "--%s: '%s' is not a %s", parameter->name, text,
			   parameter->type == PARAMETER_SIZE ? "size" :
			   parameter->type == PARAMETER_SECONDS ? "time" : "number");
}

/* Handle what getopt_long() found; false: that was all. */
static bool take_option(const struct command *command, const struct parameter *parameter,
			struct common_options *common, void *own, int *exit_code)
{
	size_t count = parameter_count(common_parameters);
	bool is_common = parameter >= common_parameters &&
			 parameter < common_parameters + count;

	if (parameter == &help_parameter) {
		print_help(command);
		*exit_code = EXIT_FINE;
		return false;
	}
	if (store(parameter, optarg, is_common ? (void *)common : own))
		return true;
	*exit_code = complain_value(command, parameter, optarg);
	return false;
}

/* A file says all that there is to know, and its own time. */
static int check_files(const struct command *command, const struct common_options *common)
{
	const char *name = common->replay ? "--replay" : "--from";

	if (common->at && !common->replay)
		return usage_error(command, "--at chooses a moment of a recording: it needs "
				   "--replay=FILE");
	if (!common->replay && !common->from)
		return EXIT_FINE;
	if (command->live)
		return usage_error(command, "it is about this machine now: no %s", name);
	if (common->replay && common->from)
		return usage_error(command, "--replay or --from, one at a time");
	if (common->source != SOURCE_AUTO || (common->root && !command->image))
		return usage_error(command, "%s is the source: no --source or --root with it",
				   name);
	return EXIT_FINE;
}

static bool scan_options(const struct command *command, int argc, char **argv,
			 struct common_options *common, void *own, int *exit_code)
{
	struct getopt_tables tables;
	int letter, index = 0, before;
	bool go_on = true;

	make_tables(command, &tables);
	opterr = 0;
	optind = 0;
	while (go_on) {
		before = optind ? optind : 1;
		letter = getopt_long(argc, argv, tables.letters, tables.options, &index);
		if (letter == -1)
			break;
		if (letter == '?' || letter == ':') {
			*exit_code = complain_option(command, letter, argv[before]);
			go_on = false;
		} else {
			go_on = take_option(command, found_parameter(command, letter, index),
					    common, own, exit_code);
		}
	}
	free(tables.options);
	free(tables.letters);
	return go_on;
}

static int print_schema(const struct command *command)
{
	if (!command->document)
		return usage_error(command, "it prints no JSON, so there is no --schema");
	schema_print(command->document, stdout);
	return EXIT_FINE;
}

bool parse_options(const struct command *command, int argc, char **argv,
		   struct common_options *common, void *own, int *exit_code)
{
	if (!scan_options(command, argc, argv, common, own, exit_code))
		return false;
	if (common->schema) {
		*exit_code = print_schema(command);
		return false;
	}
	*exit_code = check_files(command, common);
	return !*exit_code;
}
