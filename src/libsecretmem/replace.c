// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "replace.h"
#include "xalloc.h"

static enum exit_code fail_write(const char *path, struct failure *failure)
{
	return fail(failure, errno == EACCES || errno == EPERM ? EXIT_PERMISSION : EXIT_FAILED,
		    "cannot write %s: %s", path, strerror(errno));
}

/* errno tells what was wrong; a full disk may show at any of these. */
static bool fill(int descriptor, mode_t mode, replace_writer *writer, const void *data)
{
	FILE *stream = fdopen(descriptor, "w");
	bool good;

	if (!stream) {
		close(descriptor);
		return false;
	}
	writer(stream, data);
	good = !fflush(stream) && !ferror(stream) && !fchmod(descriptor, mode) &&
	       !fsync(descriptor);
	return !fclose(stream) && good;
}

/* A rename would take the place of a device or a link. */
static bool is_other_kind(const char *path)
{
	struct stat status;

	return !lstat(path, &status) && !S_ISREG(status.st_mode);
}

static enum exit_code write_new(const char *path, mode_t mode, replace_writer *writer,
				const void *data, struct failure *failure)
{
	char *temporary = xasprintf("%s.XXXXXX", path);
	int descriptor = mkstemp(temporary);
	enum exit_code code = EXIT_FINE;

	if (descriptor < 0) {
		code = fail_write(path, failure);
	} else if (!fill(descriptor, mode, writer, data) || rename(temporary, path)) {
		code = fail_write(path, failure);
		unlink(temporary);
	}
	free(temporary);
	return code;
}

enum exit_code replace_file(const char *path, mode_t mode, replace_writer *writer,
			    const void *data, struct failure *failure)
{
	if (is_other_kind(path))
		return fail(failure, EXIT_FAILED, "cannot write %s: it is no regular file", path);
	return write_new(path, mode, writer, data, failure);
}
