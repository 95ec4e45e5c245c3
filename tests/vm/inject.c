// SPDX-License-Identifier: GPL-2.0-or-later
#include "inject.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "secretfile.h"

#define DEBUGFS	"/sys/kernel/debug/"

/* How often a function may fail. */
#define ONCE	"1"
#define LASTING	"1000000"

/* A failure of the test's own means: no result is of any worth after it. */
static void require(bool good, const char *what)
{
	if (good)
		return;
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static bool set(const char *value, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool set(const char *value, const char *format, ...)
{
	char path[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(path, sizeof(path), format, arguments);
	va_end(arguments);
	errno = write_line(path, value);
	return !errno;
}

static void write_number(int fd, unsigned int number)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", number);

	require(pwrite(fd, text, (size_t)length, 0) == length, "arming");
}

static long number_in(char *text, ssize_t length)
{
	require(length > 0, "disarming");
	text[length] = '\0';
	return strtol(text, NULL, 10);
}

/* Nothing is opened for it: that would count as an attempt. */
static long read_number(int fd)
{
	char text[32];

	return number_in(text, pread(fd, text, sizeof(text) - 1, 0));
}

/* A file of debugfs gives its number once for each time that it is opened. */
static long read_number_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32];
	long number;

	require(fd >= 0, path);
	number = number_in(text, read(fd, text, sizeof(text) - 1));
	close(fd);
	return number;
}

/*
 * fail-nth counts the attempts of all kinds together, so the other kind is
 * confined to what there is none of: caches that are marked, or pages of an
 * order as high as that.
 */
static bool choose_allocator(enum inject_kind kind)
{
	bool slab = kind == INJECT_SLAB;

	return set("N", DEBUGFS "failslab/ignore-gfp-wait") &&
	       set(slab ? "N" : "Y", DEBUGFS "failslab/cache-filter") &&
	       set("N", DEBUGFS "fail_page_alloc/ignore-gfp-wait") &&
	       set("N", DEBUGFS "fail_page_alloc/ignore-gfp-highmem") &&
	       set(slab ? "31" : "0", DEBUGFS "fail_page_alloc/min-order") &&
	       set("0", DEBUGFS "failslab/verbose") &&
	       set("0", DEBUGFS "fail_page_alloc/verbose");
}

/*
 * For all tasks, as the trap that the function is caught by does not count as
 * running in one. So it has to be a function that nobody else calls meanwhile.
 */
static bool choose_function(const struct injection *injection)
{
	char value[24];

	snprintf(value, sizeof(value), "%#llx", (unsigned long long)-(long long)injection->error);
	return set(injection->function, DEBUGFS "fail_function/inject") &&
	       set(value, DEBUGFS "fail_function/%s/retval", injection->function) &&
	       set("0", DEBUGFS "fail_function/times") &&
	       set("N", DEBUGFS "fail_function/task-filter") &&
	       set("100", DEBUGFS "fail_function/probability") &&
	       set("1", DEBUGFS "fail_function/interval") &&
	       set("0", DEBUGFS "fail_function/verbose");
}

bool injection_open(struct injection *injection)
{
	if (injection->kind == INJECT_FUNCTION)
		return choose_function(injection);

	if (!choose_allocator(injection->kind))
		return false;
	injection->fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	return injection->fd >= 0;
}

/* "space" is the budget of calls that pass, but it has to be more than 1 for that. */
static void arm_function(const struct injection *injection, unsigned int nth)
{
	char space[16];

	snprintf(space, sizeof(space), "%u", nth);
	require(set(space, DEBUGFS "fail_function/space"), "fail_function/space");
	require(set(injection->lasting ? LASTING : ONCE, DEBUGFS "fail_function/times"),
		"fail_function/times");
}

void injection_arm(struct injection *injection, unsigned int nth)
{
	if (injection->kind == INJECT_FUNCTION)
		arm_function(injection, nth);
	else
		write_number(injection->fd, nth);
}

static bool disarm_function(const struct injection *injection)
{
	long left = read_number_of(DEBUGFS "fail_function/times");

	require(set("0", DEBUGFS "fail_function/times"), "fail_function/times");
	return left < strtol(injection->lasting ? LASTING : ONCE, NULL, 10);
}

bool injection_disarm(struct injection *injection)
{
	long left;

	if (injection->kind == INJECT_FUNCTION)
		return disarm_function(injection);

	left = read_number(injection->fd);
	write_number(injection->fd, 0);
	return !left;
}

void injection_close(struct injection *injection)
{
	if (injection->kind == INJECT_FUNCTION)
		set("", DEBUGFS "fail_function/inject");
	else
		close(injection->fd);
}
