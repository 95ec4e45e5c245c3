// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include <cap-ng.h>

#include "privileges.h"

static const unsigned int kept[] = { CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH };

#define KEPT (sizeof(kept) / sizeof(kept[0]))

/* Of these, those that it has now. */
static void choose(void)
{
	bool have[KEPT];
	size_t i;

	for (i = 0; i < KEPT; i++)
		have[i] = capng_have_capability(CAPNG_EFFECTIVE, kept[i]);
	capng_clear(CAPNG_SELECT_BOTH);
	for (i = 0; i < KEPT; i++) {
		if (have[i])
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, kept[i]);
	}
}

enum exit_code privileges_drop(struct failure *failure)
{
	capng_select_t what = CAPNG_SELECT_CAPS;

	if (capng_get_caps_process())
		return fail(failure, EXIT_FAILED, "cannot read the capabilities of this process");
	/* Without that one the bounding set cannot be changed. */
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		what = CAPNG_SELECT_BOTH;
	choose();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || capng_apply(what))
		return fail(failure, EXIT_FAILED, "cannot drop privileges: %s", strerror(errno));
	return EXIT_FINE;
}
