/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Setting secretmem= for the next boot, by whatever this system boots with. */
#ifndef SECRETMEM_BOOT_H
#define SECRETMEM_BOOT_H

#include "boot/backend.h"
#include "sizing/setting.h"

extern const struct boot_backend *const boot_backends[];	/* ends with NULL */

/*
 * The backend by its name, or where that is NULL the one that is in use here:
 * EXIT_UNSUPPORTED where there is none, EXIT_USAGE where there are several.
 */
enum exit_code boot_choose(const struct boot *boot, const char *name,
			   const struct boot_backend **backend, struct failure *failure);

void boot_state_clear(struct boot_state *state);

/* What secretmem= comes to at the next boot. */
struct boot_next {
	enum truth present;	/* unknown: entries differ, or nobody knows */
	bool mixed;		/* entries differ */
	bool stale;		/* entries are not what the configuration makes of them */
	char *text;		/* "secretmem=512M"; NULL: it is not there */
	struct setting setting;	/* size 0: not there, or nothing that the kernel takes */
};

void boot_next_fill(const struct boot_state *state, struct boot_next *next);
void boot_next_clear(struct boot_next *next);

/* How something is set, for reports and messages. */
enum outcome {
	OUTCOME_UNKNOWN,
	OUTCOME_UNCHANGED,	/* all was as wanted already */
	OUTCOME_PLANNED,	/* it would be done */
	OUTCOME_DONE,		/* and read back */
	OUTCOME_WRITTEN,	/* of an image: the commands are still to be run in it */
};

/*
 * Carry out a plan for @parameter, and read it back. Where anything fails, the
 * files are as they were, and the failure says so.
 */
enum exit_code boot_apply(struct boot *boot, const struct boot_backend *backend,
			  const struct boot_state *before, const struct boot_plan *plan,
			  const char *parameter, enum outcome *outcome,
			  struct failure *failure);

/* Nothing is to be done for it: files and entries have it. */
bool boot_is_set(const struct boot_backend *backend, const struct boot_state *state,
		 const struct boot_plan *plan, const char *parameter);

void boot_plan_clear(struct boot_plan *plan);

/* As one would type it. Allocated. */
char *boot_command_text(const struct boot_command *command);

#endif
