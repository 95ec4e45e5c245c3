// SPDX-License-Identifier: GPL-2.0-or-later
#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sysroot.h"
#include "xalloc.h"

void sysroot_make(struct sysroot *root)
{
	snprintf(root->path, sizeof(root->path), "%s/secretmem-XXXXXX",
		 getenv("TMPDIR") && strlen(getenv("TMPDIR")) < 32 ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(root->path) || chmod(root->path, 0755))
		err(99, "%s", root->path);
}

static int remove_entry(const char *path, const struct stat *status, int type,
			struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

static int open_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)where;
	return type == FTW_SL || S_ISLNK(status->st_mode) ? 0 : chmod(path, 0700);
}

void sysroot_remove(struct sysroot *root)
{
	/* What a test took the rights from gets them back first. */
	nftw(root->path, open_entry, 16, FTW_PHYS);
	nftw(root->path, open_entry, 16, FTW_PHYS);
	if (nftw(root->path, remove_entry, 16, FTW_PHYS | FTW_DEPTH))
		warn("%s stays", root->path);
}

static char *make_path(const struct sysroot *root, const char *path)
{
	char *full = xasprintf("%s/%s", root->path, path), *slash = full;

	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
	return full;
}

void sysroot_bytes(const struct sysroot *root, const char *path, const void *bytes,
		   size_t length)
{
	char *full = make_path(root, path);
	FILE *file = fopen(full, "w");

	if (!file || fwrite(bytes, 1, length, file) != length || fclose(file))
		err(99, "%s", full);
	free(full);
}

void sysroot_text(const struct sysroot *root, const char *path, const char *text)
{
	sysroot_bytes(root, path, text, strlen(text));
}

void sysroot_link(const struct sysroot *root, const char *path, const char *target)
{
	char *full = make_path(root, path);

	if (symlink(target, full))
		err(99, "%s", full);
	free(full);
}

void sysroot_directory(const struct sysroot *root, const char *path)
{
	char *full = make_path(root, path);

	mkdir(full, 0755);
	free(full);
}

void sysroot_mode(const struct sysroot *root, const char *path, unsigned int mode)
{
	char *full = make_path(root, path);

	if (chmod(full, mode))
		err(99, "%s", full);
	free(full);
}

static void process_text(const struct sysroot *root, int pid, const char *name,
			 const char *text)
{
	char *path = xasprintf("proc/%d/%s", pid, name);

	sysroot_text(root, path, text);
	free(path);
}

void sysroot_process(const struct sysroot *root, int pid, const char *comm)
{
	char *directory = xasprintf("proc/%d/fd", pid);
	char *task = xasprintf("proc/%d/task/%d", pid, pid);
	char *stat = xasprintf("%d (x) y) S 1 1 1 0 -1 4194560 0 0\n", pid);

	sysroot_directory(root, directory);
	sysroot_directory(root, task);
	process_text(root, pid, "stat", stat);
	process_text(root, pid, "comm", comm);
	process_text(root, pid, "maps",
		     "00400000-00401000 r-xp 00000000 fe:00 1234      /usr/bin/true\n");
	process_text(root, pid, "status", "Name:\tx\nUmask:\t0022\nUid:\t1000\t0\t0\t0\n");
	process_text(root, pid, "cgroup", "1:name=systemd:/old\n0::/user.slice/a b\n");
	process_text(root, pid, "limits",
		     "Limit                     Soft Limit           Hard Limit           Units\n"
		     "Max locked memory         65536                8388608              bytes\n");
	process_text(root, pid, "mountinfo",
		     "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
		     "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
		     "30 27 0:40 / /tmp rw,relatime - tmpfs tmpfs rw\n");
	free(directory);
	free(task);
	free(stat);
}

void sysroot_descriptor(const struct sysroot *root, const char *directory, int number,
			const char *link, const char *flags, unsigned int mount,
			unsigned long inode)
{
	char *path = xasprintf("%s/fd/%d", directory, number);
	char *info = xasprintf("%s/fdinfo/%d", directory, number);
	char *text = xasprintf("pos:\t0\nflags:\t%s\nmnt_id:\t%u\nino:\t%lu\n", flags, mount,
			       inode);

	sysroot_link(root, path, link);
	sysroot_text(root, info, text);
	free(path);
	free(info);
	free(text);
}

void sysroot_secret(const struct sysroot *root, const char *directory, int number,
		    unsigned long inode)
{
	sysroot_descriptor(root, directory, number, "/secretmem (deleted)", "0100002", 15, inode);
}
