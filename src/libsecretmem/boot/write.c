// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writing a file whole or not at all: another name in the same directory,
 * everything on the disk, then the name. Whoever dies in between leaves the old
 * file, and a hidden one that the next run takes away.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot/tree.h"
#include "xalloc.h"

#define NEW_SUFFIX ".secretmemctl-new"

/* A file to be replaced, seen from its directory. */
struct target {
	const struct boot *boot;
	const char *path;
	const char *name;	/* the last part of it */
	char *new_name;
	int directory;
	struct stat status;
	bool there;
};

static enum exit_code fail_at(const struct target *target, const char *what,
			      struct failure *failure)
{
	bool denied = errno == EACCES || errno == EPERM;

	return fail(failure, denied ? EXIT_PERMISSION : EXIT_FAILED, "cannot %s %s/%s: %s%s",
		    what, target->boot->path ? target->boot->path : "", target->path,
		    strerror(errno), denied && geteuid() ? ": run as root" : "");
}

/* The directory may have to be made, but not those above it. */
static int open_directory(const struct boot *boot, const char *path, bool make)
{
	int parent, directory = procfs_openat(&boot->tree, boot->tree.root, path,
					      O_RDONLY | O_DIRECTORY);
	const char *slash = strrchr(path, '/');
	char *above;

	if (directory >= 0 || errno != ENOENT || !make || !slash)
		return directory;
	above = xstrndup(path, (size_t)(slash - path));
	parent = open_directory(boot, above, false);
	free(above);
	if (parent < 0)
		return -1;
	if (!mkdirat(parent, slash + 1, 0755))
		directory = openat(parent, slash + 1,
				   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	close(parent);
	return directory;
}

static bool find_target(struct target *target, bool make)
{
	const char *slash = strrchr(target->path, '/');
	char *directory = xstrndup(target->path, (size_t)(slash - target->path));

	target->name = slash + 1;
	target->new_name = xasprintf(".%s" NEW_SUFFIX, target->name);
	target->directory = open_directory(target->boot, directory, make);
	free(directory);
	if (target->directory < 0)
		return false;
	target->there = !fstatat(target->directory, target->name, &target->status,
				 AT_SYMLINK_NOFOLLOW);
	return target->there || errno == ENOENT;
}

static void forget_target(struct target *target)
{
	free(target->new_name);
	if (target->directory >= 0)
		close(target->directory);
}

/* To replace a link would not change what it points to, and nobody would see why. */
static enum exit_code check_target(const struct target *target, struct failure *failure)
{
	if (!target->there || S_ISREG(target->status.st_mode))
		return EXIT_FINE;
	return fail(failure, EXIT_FAILED, "%s/%s is %s: it is not written to",
		    target->boot->path ? target->boot->path : "", target->path,
		    S_ISLNK(target->status.st_mode) ? "a link" : "not a file");
}

static bool write_all(int fd, const char *text)
{
	size_t left = strlen(text);
	ssize_t written;

	while (left) {
		written = write(fd, text, left);
		if (written < 0 && errno != EINTR)
			return false;
		if (written > 0) {
			text += written;
			left -= (size_t)written;
		}
	}
	return true;
}

static bool keep_owner(const struct target *target, int fd)
{
	mode_t mode = target->there ? target->status.st_mode & 07777 : 0644;

	if (target->there && fchown(fd, target->status.st_uid, target->status.st_gid))
		return false;
	return !fchmod(fd, mode);
}

static int create_new(const struct target *target)
{
	if (unlinkat(target->directory, target->new_name, 0) && errno != ENOENT)
		return -1;
	return openat(target->directory, target->new_name,
		      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static bool write_new(const struct target *target, const char *text)
{
	int fd = create_new(target), error;
	bool fine;

	if (fd < 0)
		return false;
	fine = write_all(fd, text) && keep_owner(target, fd) && !fsync(fd);
	error = errno;
	fine &= !close(fd);
	if (!fine) {
		unlinkat(target->directory, target->new_name, 0);
		errno = error;
	}
	return fine;
}

static enum exit_code replace(const struct target *target, const char *text,
			      struct failure *failure)
{
	enum exit_code code;

	if (!write_new(target, text))
		return fail_at(target, "write", failure);
	if (renameat(target->directory, target->new_name, target->directory, target->name)) {
		code = fail_at(target, "replace", failure);
		unlinkat(target->directory, target->new_name, 0);
		return code;
	}
	fsync(target->directory);
	return EXIT_FINE;
}

static enum exit_code take_away(const struct target *target, struct failure *failure)
{
	if (!target->there)
		return EXIT_FINE;
	if (unlinkat(target->directory, target->name, 0))
		return fail_at(target, "remove", failure);
	fsync(target->directory);
	return EXIT_FINE;
}

enum exit_code boot_write_file(const struct boot *boot, const char *path, const char *text,
			       struct failure *failure)
{
	struct target target = { .boot = boot, .path = path };
	enum exit_code code;

	if (find_target(&target, text))
		code = check_target(&target, failure);
	else
		code = fail_at(&target, "reach", failure);
	if (!code)
		code = text ? replace(&target, text, failure) : take_away(&target, failure);
	forget_target(&target);
	return code;
}
