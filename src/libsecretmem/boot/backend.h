/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ways to set a kernel parameter for the next boot. A backend knows where the
 * boot loader's command lines come from: it finds out whether it is in use,
 * reads what the next boot will have, and plans what to change. A plan is files
 * to write and commands to run; who carries it out is boot.h.
 */
#ifndef SECRETMEM_BOOT_BACKEND_H
#define SECRETMEM_BOOT_BACKEND_H

#include "boot/tree.h"

/* One thing that the boot loader can boot. */
struct boot_entry {
	char *name;
	char *cmdline;
	bool recovery;		/* for when nothing else boots: it stays without */
};

/* What the next boot will have. */
struct boot_state {
	struct list entries;	/* of struct boot_entry: what the loader has now */
	char *configured;	/* what they are made of, as far as it is known; or NULL */
	char *place;		/* the file or program that the entries come from */
};

/* A file to be written; the texts are NULL where it is not there. */
struct boot_edit {
	char *path;
	char *before;
	char *after;
};

struct boot_command {
	char **argv;		/* ends with NULL; the program by its absolute path */
};

struct boot_plan {
	struct list edits;	/* of struct boot_edit */
	struct list commands;	/* of struct boot_command: to run after them */
	struct list undo;	/* of struct boot_command: to run after the old files are back */
	struct list warnings;	/* of char * */
};

struct boot_backend {
	const char *name;
	const char *help;	/* half a line */
	bool layered;		/* it takes care of the others that are found as well */
	bool edits_entries;	/* it does not make them anew, so all else in them stays */
	bool (*detect)(const struct boot *boot);
	enum exit_code (*read)(const struct boot *boot, struct boot_state *state,
			       struct failure *failure);
	/* @parameter: "secretmem=512M", or NULL to have none. */
	enum exit_code (*plan)(const struct boot *boot, const struct boot_state *state,
			       const char *parameter, struct boot_plan *plan,
			       struct failure *failure);
};

extern const struct boot_backend grub_backend;
extern const struct boot_backend grubby_backend;
extern const struct boot_backend kernel_install_backend;
extern const struct boot_backend rpm_ostree_backend;
extern const struct boot_backend uki_backend;

/* What backends build with; all of it is copied. */
struct boot_entry *add_entry(struct boot_state *state, const char *name, const char *cmdline);
void add_edit(struct boot_plan *plan, const char *path, const char *before, const char *after);
void add_command(struct list *commands, const char *first, ...)
	__attribute__((sentinel));
void add_warning(struct boot_plan *plan, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* entries-*.c: the command lines that loaders have */

/* The `linux` lines of a grub.cfg that it made for kernels of this system. */
void entries_of_grub(const char *config, struct boot_state *state);

/*
 * Boot loader specification, type 1: the .conf files in loader/entries of the
 * directories that it may be in. @prefix: of the files' names.
 */
enum exit_code entries_of_loader(const struct boot *boot, const char *prefix,
				 struct boot_state *state, struct failure *failure);

/* Type 2: the command lines inside unified kernel images. */
enum exit_code entries_of_images(const struct boot *boot, struct boot_state *state,
				 struct failure *failure);

/* The .cmdline section of a PE file of @length bytes; NULL: it has none. Allocated. */
char *cmdline_of_image(const unsigned char *image, size_t length);

/*
 * The value that a shell would give to a variable by the assignments in @script,
 * which is not run: *@value, which holds what earlier files gave, is replaced.
 * False: it takes a shell to know.
 */
bool shell_value(const char *script, const char *name, char **value);

#endif
