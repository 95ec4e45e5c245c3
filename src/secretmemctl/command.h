/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a subcommand is, and the options that all of them take.
 *
 * A command lives in a file of its own and describes itself by a struct
 * command; main.c lists it. Its options are rows of a table, from which
 * parsing, --help and the checks of the documentation come.
 */
#ifndef SECRETMEM_COMMAND_H
#define SECRETMEM_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "model.h"
#include "schema.h"
#include "size.h"
#include "source.h"

enum parameter_type {
	PARAMETER_FLAG,		/* bool */
	PARAMETER_TEXT,		/* const char * */
	PARAMETER_TEXTS,	/* struct list of const char *: may be repeated */
	PARAMETER_CHOICE,	/* int: the index in .words */
	PARAMETER_SIZE,		/* struct number, in bytes: 24M, 1GiB, 4096 */
	PARAMETER_COUNT,	/* struct number */
	PARAMETER_SECONDS,	/* struct number, in seconds: 90, 15m, 3h, 2d */
};

/* One option of a command. A table of them ends with a NULL name. */
struct parameter {
	const char *name;	/* the long option, without dashes */
	char letter;		/* the short one, or 0 */
	const char *argument;	/* what --help calls it; NULL: it takes none */
	const char *help;	/* half a line, no full stop */
	enum parameter_type type;
	size_t offset;		/* where in the command's options it goes */
	const char *const *words;	/* for PARAMETER_CHOICE, ends with NULL */
	int value;		/* for PARAMETER_CHOICE without argument */
};

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What every command takes, whether it has a use for it or not. */
struct common_options {
	int source;		/* enum source_kind */
	const char *root;
	const char *replay;
	const char *at;
	const char *from;
	bool debug;
	bool json;
	bool schema;
	int units;		/* enum units */
	int color;		/* enum color_when */
};

struct command {
	const char *name;	/* "": the program is no command of secretmemctl */
	const char *summary;	/* one line, no full stop */
	const char *operands;	/* what follows the options in its usage, or NULL */
	const struct parameter *parameters;	/* its own, or NULL */
	const char *epilogue;	/* the end of its --help, or NULL */
	const struct document *document;	/* what --json prints, or NULL */
	bool live;		/* about this machine now: it reads no recording */
	bool image;		/* a recording and --root go together: that is what is changed */
	int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command status_command;
extern const struct command pool_command;
extern const struct command reserve_command;
extern const struct command doctor_command;
extern const struct command metrics_command;
extern const struct command check_command;
extern const struct command monitor_command;

extern const struct parameter common_parameters[];

/*
 * Parse the options of a command into @common and its @own ones (both zeroed
 * here by their caller), up to optind. False: there is nothing more to do but
 * to return *@exit_code, for --help was shown or an error was told.
 */
bool parse_options(const struct command *command, int argc, char **argv,
		   struct common_options *common, void *own, int *exit_code);

/* What source_open() takes. */
struct source_options source_options(const struct common_options *common);

/* Say one line on stderr, after the program's name. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Say what was wrong with the usage, and return EXIT_USAGE. */
int usage_error(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Whether to use color on stdout, by --color, NO_COLOR, TERM and isatty(). */
bool want_color(const struct common_options *common);

#endif
