// SPDX-License-Identifier: GPL-2.0-or-later
/* A cgroup's number is the file handle of its directory in cgroup2. */
#include <fcntl.h>
#include <limits.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "cgroup.h"
#include "xalloc.h"

#define FILEID_KERNFS 0xfe

/* Where cgroup2 is mounted, with and without version 1 beside it. */
static const char *const mounts[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

/* Open cgroup2's mount point and tell which it is; -1: there is none. */
static int open_mount(const char **mount)
{
	struct statfs stats;
	size_t i;

	for (i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		*mount = mounts[i];
		if (!statfs(mounts[i], &stats) && stats.f_type == CGROUP2_SUPER_MAGIC)
			return open(mounts[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	return -1;
}

static int open_cgroup(int mount_fd, uint64_t id)
{
	_Alignas(struct file_handle) char buffer[sizeof(struct file_handle) + sizeof(id)];
	struct file_handle *handle = (void *)buffer;

	handle->handle_bytes = sizeof(id);
	handle->handle_type = FILEID_KERNFS;
	memcpy(handle->f_handle, &id, sizeof(id));
	return open_by_handle_at(mount_fd, handle, O_PATH | O_CLOEXEC);
}

/* The path below the mount of what @fd is. */
static char *path_below(int fd, const char *mount)
{
	char link[64], path[PATH_MAX];
	size_t prefix = strlen(mount);
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof(path) - 1);
	if (length < (ssize_t)prefix || strncmp(path, mount, prefix))
		return NULL;
	path[length] = '\0';
	return xstrdup(path[prefix] ? path + prefix : "/");
}

static char *cgroup_path(int mount_fd, const char *mount, uint64_t id)
{
	int fd = open_cgroup(mount_fd, id);
	char *path;

	if (fd < 0)
		return NULL;
	path = path_below(fd, mount);
	close(fd);
	return path;
}

/* Files of one service mostly stand together: ask once for all of them. */
static char *path_again(int mount_fd, const char *mount, const struct creator *creator,
			const struct creator *last)
{
	if (last && last->cgroup_id.value == creator->cgroup_id.value)
		return last->cgroup ? xstrdup(last->cgroup) : NULL;
	return cgroup_path(mount_fd, mount, creator->cgroup_id.value);
}

void cgroups_name(struct list *files)
{
	const struct creator *last = NULL;
	const char *mount;
	int mount_fd = files->count ? open_mount(&mount) : -1;

	if (mount_fd < 0)
		return;
	list_for_each(file, files, struct secret_file) {
		struct creator *creator = &file->creator;

		if (!creator->cgroup_id.known || creator->cgroup)
			continue;
		creator->cgroup = path_again(mount_fd, mount, creator, last);
		last = creator;
	}
	close(mount_fd);
}
