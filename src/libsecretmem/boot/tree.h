/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files that say how a machine boots: this one's, or those of an image,
 * which may be hostile. Paths are below the root, without a slash in front, and
 * no link leads out of it. A file is written whole or not at all.
 */
#ifndef SECRETMEM_BOOT_TREE_H
#define SECRETMEM_BOOT_TREE_H

#include "procfs.h"

struct boot {
	struct procfs_reader tree;	/* its root; never live, so that links stay inside */
	const char *path;	/* of an image; NULL: this machine */
	bool run_helpers;	/* its programs may run: always so on this machine */
	int lock;		/* -1: not taken */
};

enum exit_code boot_open(const char *root, bool run_helpers, struct boot *boot,
			 struct failure *failure);
void boot_close(struct boot *boot);

/* Only one of us at a time changes it. */
enum exit_code boot_lock(struct boot *boot, struct failure *failure);

/* Read a file: EXIT_FINE with its text; NULL where there is none. */
enum exit_code boot_read_file(const struct boot *boot, const char *path, char **text,
			      struct failure *failure);

bool boot_exists(const struct boot *boot, const char *path);

/* The first of @paths (which ends with NULL) that exists, or NULL. */
const char *boot_find(const struct boot *boot, const char *const *paths);

/* The names in a directory that end with @suffix, sorted: a list of char *. */
void boot_list(const struct boot *boot, const char *path, const char *suffix,
	       struct list *names);
void names_clear(struct list *names);

/*
 * Put @text in the place of a file, or take the file away where it is NULL. Its
 * mode and owner stay. What was there is there still if this fails.
 */
enum exit_code boot_write_file(const struct boot *boot, const char *path, const char *text,
			       struct failure *failure);

/*
 * Run a program of the system, with its output on our standard error, or, where
 * @output is not NULL, in there.
 */
enum exit_code boot_run(const struct boot *boot, char *const *argv, char **output,
			struct failure *failure);

#endif
