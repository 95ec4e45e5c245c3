// SPDX-License-Identifier: GPL-2.0-or-later
/* Running the system's own programs: in an image, below its root. */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot/tree.h"
#include "xalloc.h"

#define MAX_OUTPUT ((size_t)1 << 24)

/* The language is the caller's: grub-mkconfig writes it into the menu. */
static const char *const kept[] = { "LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What a shell says of a program that it cannot start. */
#define CANNOT_RUN 127

/* Nothing else of ours matters to them. */
static void make_environment(char **environment)
{
	const char *value;
	size_t i;

	*environment++ = (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	*environment++ = (char *)"HOME=/root";
	for (i = 0; i < COUNT(kept); i++) {
		value = getenv(kept[i]);
		if (value)
			*environment++ = xasprintf("%s=%s", kept[i], value);
	}
	*environment = NULL;
}

static void run_child(const struct boot *boot, char *const *argv, int output)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char *environment[COUNT(kept) + 3];

	make_environment(environment);

	if (null >= 0)
		dup2(null, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	if (boot->path && (fchdir(boot->tree.root) || chroot(".")))
		_exit(CANNOT_RUN);
	if (chdir("/"))
		_exit(CANNOT_RUN);
	execve(argv[0], argv, environment);
	_exit(CANNOT_RUN);
}

/* An image's program may say more than anybody wants to hear. */
static char *read_output(int fd)
{
	struct text text = { .bytes = xcalloc(4096, 1), .capacity = 4096 };
	ssize_t got;

	do {
		if (text.capacity - text.length < 2) {
			text.capacity *= 2;
			text.bytes = xreallocarray(text.bytes, text.capacity, 1);
		}
		got = read(fd, text.bytes + text.length, text.capacity - text.length - 1);
		if (got > 0)
			text.length += (size_t)got;
	} while ((got > 0 || (got < 0 && errno == EINTR)) && text.length < MAX_OUTPUT);
	text.bytes[text.length] = '\0';
	return text.bytes;
}

static enum exit_code tell_end(const char *program, int status, struct failure *failure)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return EXIT_FINE;
	if (WIFSIGNALED(status))
		return fail(failure, EXIT_FAILED, "%s was ended by signal %d", program,
			    WTERMSIG(status));
	if (WEXITSTATUS(status) == CANNOT_RUN)
		return fail(failure, EXIT_FAILED, "%s could not be run", program);
	return fail(failure, EXIT_FAILED, "%s failed with status %d", program,
		    WEXITSTATUS(status));
}

static enum exit_code wait_for(pid_t child, const char *program, struct failure *failure)
{
	int status;

	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return fail(failure, EXIT_FAILED, "cannot wait for %s: %s", program,
				    strerror(errno));
	}
	return tell_end(program, status, failure);
}

enum exit_code boot_run(const struct boot *boot, char *const *argv, char **output,
			struct failure *failure)
{
	int ends[2] = { -1, STDERR_FILENO };
	pid_t child;

	fflush(NULL);
	if (output && pipe2(ends, O_CLOEXEC))
		return fail(failure, EXIT_FAILED, "cannot run %s: %s", argv[0], strerror(errno));
	child = fork();
	if (!child)
		run_child(boot, argv, ends[1]);
	if (output) {
		close(ends[1]);
		*output = child > 0 ? read_output(ends[0]) : NULL;
		close(ends[0]);
	}
	if (child < 0)
		return fail(failure, EXIT_FAILED, "cannot run %s: %s", argv[0], strerror(errno));
	return wait_for(child, argv[0], failure);
}
