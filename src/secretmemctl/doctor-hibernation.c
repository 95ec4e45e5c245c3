// SPDX-License-Identifier: GPL-2.0-or-later
/* Hibernation: what keeps this machine from it, or may, and how to find out. */
#include <inttypes.h>

#include "doctor.h"

static const struct cause {
	const char *text;
	const char *advice;
	const char *possible_advice;	/* how to find out whether it is that */
} causes[] = {
	[BLOCKER_HIDDEN_FILE] = {
		"a secretmem file whose holder cannot be seen",
		NULL,
		"run doctor as root in the first pid namespace; a descriptor that waits in a "
		"socket is seen by no scan: end the services that pass descriptors, and look "
		"again",
	},
	[BLOCKER_LOCKDOWN] = {
		"kernel lockdown",
		"it comes with Secure Boot, or lockdown= on the kernel's command line",
		"mount securityfs and read /sys/kernel/security/lockdown",
	},
	[BLOCKER_NOHIBERNATE] = {
		"nohibernate or hibernate=no on the kernel's command line",
		"take it off and reboot",
		"read /proc/cmdline",
	},
	[BLOCKER_CXL] = {
		"CXL memory that is in use",
		"its contents would be lost: there is no way around but to remove it",
		"look below /sys/bus/cxl/devices for mem* with a driver",
	},
	[BLOCKER_QUARANTINE] = {
		"chunks of the pool in quarantine, which are not zeroed",
		"reboot; if it happens again, look for memory errors in dmesg",
		"secretmemctl status chunks --filter 'STATE=quarantined'",
	},
};

static bool is_supported(const struct hibernation *hibernation)
{
	list_for_each(blocker, &hibernation->blockers, struct blocker) {
		if (blocker->kind == BLOCKER_NO_SUPPORT)
			return false;
	}
	return true;
}

/* Where the kernel cannot hibernate anyway, who holds a file does no harm. */
static void find_file(struct doctor *doctor, const struct blocker *blocker, bool supported)
{
	enum severity severity = supported ? SEVERITY_WARN : SEVERITY_NOTE;
	const char *verb = supported ? "keeps" : "would keep";

	if (blocker->pid.known)
		find(doctor, "hibernation", severity, supported ? "end that process" : NULL,
		     "%s (pid %" PRIu64 ") %s this machine from hibernating: it holds the "
		     "secretmem file %" PRIu64, blocker->comm ? blocker->comm : "a process",
		     blocker->pid.value, verb, blocker->inode.value);
	else
		find(doctor, "hibernation", severity,
		     supported ? "see secretmemctl status files for its creator" : NULL,
		     "the secretmem file %" PRIu64 ", of which no holder is seen, %s this machine "
		     "from hibernating", blocker->inode.value, verb);
}

static void find_cause(struct doctor *doctor, const struct blocker *blocker)
{
	const struct cause *cause = &causes[blocker->kind];

	if (!cause->text)
		return;
	if (blocker->certain == TRUTH_NO)
		find(doctor, "hibernation", SEVERITY_WARN, cause->possible_advice,
		     "hibernation is disabled and no reason is seen: perhaps it is %s",
		     cause->text);
	else
		find(doctor, "hibernation", SEVERITY_WARN, cause->advice,
		     "this machine does not hibernate because of %s", cause->text);
}

static void find_blockers(struct doctor *doctor)
{
	const struct hibernation *hibernation = &doctor->snapshot.hibernation;
	bool supported = is_supported(hibernation);

	list_for_each(blocker, &hibernation->blockers, struct blocker) {
		if (blocker->kind == BLOCKER_NO_SUPPORT)
			find(doctor, "hibernation", SEVERITY_NOTE, NULL,
			     "this kernel was built without hibernation");
		else if (blocker->kind == BLOCKER_FILE)
			find_file(doctor, blocker, supported);
		else
			find_cause(doctor, blocker);
	}
}

void examine_hibernation(struct doctor *doctor)
{
	switch (doctor->snapshot.hibernation.available) {
	case TRUTH_YES:
		find(doctor, "hibernation", SEVERITY_OK, NULL, "this machine can hibernate");
		break;
	case TRUTH_NO:
		find_blockers(doctor);
		break;
	default:
		find(doctor, "hibernation", SEVERITY_NOTE, NULL,
		     "whether this machine can hibernate is not known: /sys/power/disk cannot be "
		     "read");
	}
}
