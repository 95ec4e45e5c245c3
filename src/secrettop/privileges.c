// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CAP_SYS_ADMIN: the netlink family asks for it at every request.
 * CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH: descriptors and mappings of others.
 */
#include <cap-ng.h>
#include <sys/prctl.h>

#include "run.h"

static const unsigned int kept[] = { CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH };

/* Those of them that we have. */
static void choose_kept(void)
{
	bool have[sizeof(kept) / sizeof(kept[0])];
	size_t i;

	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		have[i] = capng_have_capability(CAPNG_PERMITTED, kept[i]);
	capng_clear(CAPNG_SELECT_CAPS);
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (have[i])
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, kept[i]);
	}
}

enum exit_code drop_privileges(struct failure *failure)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fail(failure, EXIT_FAILED, "cannot give up new privileges");
	if (capng_get_caps_process())
		return fail(failure, EXIT_FAILED, "cannot read our own capabilities");
	choose_kept();
	if (capng_apply(CAPNG_SELECT_CAPS) < 0)
		return fail(failure, EXIT_FAILED, "cannot drop capabilities");
	return EXIT_FINE;
}
