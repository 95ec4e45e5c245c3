/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree of files that looks like a machine's /proc and /sys, made as a test
 * runs: names, bytes and links there are ones that no archive would keep.
 */
#ifndef SECRETMEM_SYSROOT_H
#define SECRETMEM_SYSROOT_H

#include <stdbool.h>
#include <stddef.h>

struct sysroot {
	char path[64];
};

/* Make an empty one below $TMPDIR, or remove it. */
void sysroot_make(struct sysroot *root);
void sysroot_remove(struct sysroot *root);

/* Write a file, link or directory; the directories above it are made. */
void sysroot_bytes(const struct sysroot *root, const char *path, const void *bytes,
		   size_t length);
void sysroot_text(const struct sysroot *root, const char *path, const char *text);
void sysroot_link(const struct sysroot *root, const char *path, const char *target);
void sysroot_directory(const struct sysroot *root, const char *path);
void sysroot_mode(const struct sysroot *root, const char *path, unsigned int mode);

/* A process that holds nothing; comm ends with its newline here. */
void sysroot_process(const struct sysroot *root, int pid, const char *comm);

/* A descriptor below @directory ("proc/12", "proc/12/task/13"). */
void sysroot_descriptor(const struct sysroot *root, const char *directory, int number,
			const char *link, const char *flags, unsigned int mount,
			unsigned long inode);

/* One as the kernel shows those of secret files. */
void sysroot_secret(const struct sysroot *root, const char *directory, int number,
		    unsigned long inode);

#endif
