// SPDX-License-Identifier: GPL-2.0-or-later
/* Us: what may we see, and how much secret memory may we have? */
#include <inttypes.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "doctor.h"
#include "size.h"
#include "xalloc.h"

/* PROC_PID_INIT_INO: the first pid namespace of every Linux machine. */
#define FIRST_PID_NAMESPACE "pid:[4026531836]"

#define DEFAULT_CHUNK_BYTES (UINT64_C(2) << 20)

static const struct needed_capability {
	unsigned int bit;
	const char *name;
	const char *use;
} needed_capabilities[] = {
	{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN",
	  "ask the kernel for pool and files, size what is mapped" },
	{ CAP_SYS_PTRACE, "CAP_SYS_PTRACE", "see what other users' processes hold" },
	{ CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", "open their directories in /proc" },
};

static struct number effective_capabilities(struct doctor *doctor)
{
	struct text text = { 0 };
	struct number set = { 0 };

	if (procfs_read_text(doctor->reader, doctor->reader->proc, "self/status", &text) ==
	    READING_FINE)
		set = word_number(text_find(&text, "CapEff:"), 16);
	text_clear(&text);
	return set;
}

static void examine_capabilities(struct doctor *doctor)
{
	struct number set = effective_capabilities(doctor);
	size_t i, missing = 0;

	if (!set.known)
		return;
	for (i = 0; i < sizeof(needed_capabilities) / sizeof(needed_capabilities[0]); i++) {
		const struct needed_capability *needed = &needed_capabilities[i];

		if (set.value >> needed->bit & 1)
			continue;
		missing++;
		find(doctor, "capability", SEVERITY_NOTE, "run as root", "%s is missing, to %s",
		     needed->name, needed->use);
	}
	if (!missing)
		find(doctor, "capability", SEVERITY_OK, NULL,
		     "CAP_SYS_ADMIN, CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH are there");
}

/* Whole chunks are charged there, so a limit is a number of files. */
static void find_pooled_limit(struct doctor *doctor, uint64_t bytes, const char *size)
{
	struct number chunk = doctor->snapshot.pool.chunk_bytes;
	uint64_t chunk_bytes = chunk.known && chunk.value ? chunk.value : DEFAULT_CHUNK_BYTES;
	uint64_t files = bytes / chunk_bytes;

	find(doctor, "memlock", files ? SEVERITY_NOTE : SEVERITY_WARN,
	     "raise LimitMEMLOCK= of the service, or memlock in limits.conf(5), if it needs more",
	     "RLIMIT_MEMLOCK is %s here: the pool charges whole chunks, so that is %" PRIu64
	     " file%s", size, files, files == 1 ? "" : "s");
}

static void examine_memlock(struct doctor *doctor)
{
	struct rlimit limit;
	char *size;

	if (getrlimit(RLIMIT_MEMLOCK, &limit))
		return;
	if (limit.rlim_cur == RLIM_INFINITY) {
		find(doctor, "memlock", SEVERITY_OK, NULL, "RLIMIT_MEMLOCK is unlimited here");
		return;
	}
	size = size_text(limit.rlim_cur, doctor->common.units);
	if (doctor->snapshot.info.mode == MODE_POOLED)
		find_pooled_limit(doctor, limit.rlim_cur, size);
	else
		find(doctor, "memlock", SEVERITY_NOTE,
		     limit.rlim_cur < DEFAULT_CHUNK_BYTES ?
		     "raise LimitMEMLOCK= of the service, or memlock in limits.conf(5), if it "
		     "needs more" : NULL,
		     "RLIMIT_MEMLOCK is %s here: so much secret memory may programs have", size);
	free(size);
}

static void examine_namespace(struct doctor *doctor)
{
	char text[64];
	ssize_t length = readlinkat(doctor->reader->proc, "self/ns/pid", text, sizeof(text) - 1);

	if (length < 0)
		return;
	text[length] = '\0';
	if (strcmp(text, FIRST_PID_NAMESPACE))
		find(doctor, "pid-namespace", SEVERITY_NOTE, "run doctor outside of the container",
		     "this is a pid namespace: who holds secret memory outside of it is not seen");
}

static void examine_processes(struct doctor *doctor)
{
	const struct snapshot *snapshot = &doctor->snapshot;
	const char *advice = geteuid() ? "run as root" : NULL;

	if (procfs_hides_processes(doctor->reader))
		find(doctor, "hidepid", SEVERITY_WARN, advice,
		     "/proc is mounted with hidepid=: processes of others are not seen");
	if (!snapshot->unreadable_processes.known || !snapshot->unreadable_processes.value)
		return;
	find(doctor, "processes", SEVERITY_WARN, advice,
	     "%" PRIu64 " of %" PRIu64 " processes could not be read, and may hold secret memory",
	     snapshot->unreadable_processes.value, snapshot->processes.value);
}

void examine_privileges(struct doctor *doctor)
{
	if (doctor->live) {
		examine_capabilities(doctor);
		examine_memlock(doctor);
		examine_namespace(doctor);
	}
	examine_processes(doctor);
}
