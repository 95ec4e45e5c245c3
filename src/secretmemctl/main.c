// SPDX-License-Identifier: GPL-2.0-or-later
/* secretmemctl: find the command, run it, and see that its output got out. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"

static const struct command *const commands[] = {
	&status_command,
	&pool_command,
	&reserve_command,
	&monitor_command,
	&doctor_command,
	&metrics_command,
	&check_command,
	NULL
};

static const struct command *find_command(const char *name)
{
	const struct command *const *command;

	for (command = commands; *command; command++) {
		if (!strcmp((*command)->name, name))
			return *command;
	}
	return NULL;
}

static void print_usage(FILE *stream)
{
	const struct command *const *command;

	fputs("Usage: secretmemctl COMMAND [OPTION…]\n\n"
	      "See and manage the memory that memfd_secret(2) gives to programs.\n\n"
	      "Commands:\n", stream);
	for (command = commands; *command; command++)
		fprintf(stream, "  %-9s %s\n", (*command)->name, (*command)->summary);
	fputs("\nOptions:\n"
	      "  -h, --help     show this, or after a command what it takes\n"
	      "  -V, --version  show the version\n\n"
	      "See secretmemctl(8).\n", stream);
}

/* An option in place of a command: --help, --version, or a mistake. */
static int run_option(const char *option)
{
	if (!strcmp(option, "--help") || !strcmp(option, "-h")) {
		print_usage(stdout);
		return EXIT_FINE;
	}
	if (!strcmp(option, "--version") || !strcmp(option, "-V")) {
		printf("secretmemctl %s\n", PACKAGE_VERSION);
		return EXIT_FINE;
	}
	complain("unknown option %s: see secretmemctl --help", option);
	return EXIT_USAGE;
}

static int run(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	if (argv[1][0] == '-')
		return run_option(argv[1]);
	command = find_command(argv[1]);
	if (!command) {
		complain("unknown command %s: see secretmemctl --help", argv[1]);
		return EXIT_USAGE;
	}
	return command->run(command, argc - 1, argv + 1);
}

/* A full disk shows only when the last of the output is written. */
static int close_stdout(int exit_code)
{
	bool failed = ferror(stdout);

	errno = 0;
	if (!fclose(stdout) && !failed)
		return exit_code;
	complain("cannot write the output%s%s", errno ? ": " : "",
		 errno ? strerror(errno) : "");
	return EXIT_FAILED;
}

int main(int argc, char **argv)
{
	return close_stdout(run(argc, argv));
}
