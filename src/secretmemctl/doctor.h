/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of doctor share: what is examined, and what was found. */
#ifndef SECRETMEM_DOCTOR_H
#define SECRETMEM_DOCTOR_H

#include "command.h"
#include "procfs.h"

enum severity {
	SEVERITY_UNKNOWN,
	SEVERITY_OK,
	SEVERITY_NOTE,		/* worth to know; nothing is wrong */
	SEVERITY_WARN,		/* something does not work, or soon will not */
	SEVERITY_FAIL,		/* secret memory is not to be had */
};

struct finding {
	const char *id;		/* stable: scripts look for it */
	enum severity severity;
	char *text;		/* may hold names from outside: escape to show */
	char *advice;		/* what to do; NULL: nothing */
};

struct doctor {
	struct common_options common;
	struct snapshot snapshot;
	struct failure failure;
	struct procfs_reader *reader;
	struct text cmdline;	/* the kernel's; zeroed: not to be read */
	bool live;		/* this machine, and not files that look like one */
	struct list findings;	/* of struct finding */
};

/* Add a finding, with its text made by a format, and an advice or NULL. */
struct finding *find(struct doctor *doctor, const char *id, enum severity severity,
		     const char *advice, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* The examinations, in the order in which they are told. */
void examine_kernel(struct doctor *doctor);
void examine_privileges(struct doctor *doctor);
void examine_hibernation(struct doctor *doctor);

#endif
