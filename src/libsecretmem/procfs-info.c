// SPDX-License-Identifier: GPL-2.0-or-later
/* What kernel this is, and whether it has secret memory. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "procfs.h"
#include "xalloc.h"

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

/*
 * ENOSYS is the kernel's no. EPERM comes from a seccomp
 * filter, which says nothing of the kernel. All else comes from the kernel
 * after it had said yes.
 */
static enum truth available_by_errno(void)
{
	switch (errno) {
	case ENOSYS:
		return TRUTH_NO;
	case EPERM:
	case EACCES:
		return TRUTH_UNKNOWN;
	default:
		return TRUTH_YES;
	}
}

/*
 * The file lives for a moment, once per reader: all secret files are on one
 * file system, whose st_dev says later which mappings are of secret files.
 */
void procfs_probe(struct procfs_reader *reader)
{
	struct stat status;
	int fd;

	if (!reader->live || reader->probed)
		return;
	reader->probed = true;
	fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);
	if (fd < 0) {
		reader->available = available_by_errno();
		return;
	}
	reader->available = TRUTH_YES;
	if (!fstat(fd, &status))
		reader->device = number(status.st_dev);
	close(fd);
}

/* The first line of a file that has only one. */
static char *read_line(const struct procfs_reader *reader, const char *path)
{
	struct text text = { 0 };
	char *line = NULL;

	if (procfs_read_text(reader, reader->root, path, &text) == READING_FINE && text.length) {
		text.bytes[strcspn(text.bytes, "\n")] = '\0';
		if (*text.bytes)
			line = xstrdup(text.bytes);
	}
	text_clear(&text);
	return line;
}

char *procfs_release(const struct procfs_reader *reader)
{
	struct utsname name;

	if (reader->live && !uname(&name))
		return xstrdup(name.release);
	return read_line(reader, "proc/sys/kernel/osrelease");
}

/* A kernel that cannot be asked: its parameter, then how it was built. */
static enum truth available_by_files(const struct procfs_reader *reader, const char *release)
{
	char *enabled = read_line(reader, "sys/module/secretmem/parameters/enable");
	enum truth truth = TRUTH_UNKNOWN;

	if (enabled && (*enabled == 'Y' || *enabled == '1'))
		truth = TRUTH_YES;
	else if (enabled && (*enabled == 'N' || *enabled == '0'))
		truth = TRUTH_NO;
	else if (procfs_config(reader, release, "CONFIG_SECRETMEM") == 'n')
		truth = TRUTH_NO;
	free(enabled);
	return truth;
}

static enum truth available_by_cmdline(const struct procfs_reader *reader)
{
	char *cmdline = read_line(reader, "proc/cmdline");
	enum truth truth = TRUTH_UNKNOWN;
	struct cmdline_word word;

	if (cmdline && cmdline_find(cmdline, "secretmem.enable", &word))
		truth = cmdline_bool(&word);
	free(cmdline);
	return truth;
}

static enum truth available(const struct procfs_reader *reader, const char *release)
{
	enum truth truth;

	if (reader->live)
		return reader->available;
	truth = available_by_files(reader, release);
	return truth ? truth : available_by_cmdline(reader);
}

static char *machine(const struct procfs_reader *reader)
{
	struct utsname name;

	return reader->live && !uname(&name) ? xstrdup(name.machine) : NULL;
}

void procfs_info(struct procfs_reader *reader, struct info *info)
{
	if (!info->kernel_release)
		info->kernel_release = procfs_release(reader);
	if (!info->machine)
		info->machine = machine(reader);
	if (!info->available)
		info->available = available(reader, info->kernel_release);
	if (!info->mode && info->available == TRUTH_YES)
		info->mode = MODE_STOCK;
}
