// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Write one event of a failure with hostile names to the journal: run by
 * tests/monitoring/test-journal, which has a journal of its own to look into.
 */
#include <stdio.h>
#include <string.h>

#include "journal.h"
#include "xalloc.h"

int main(int argc, char **argv)
{
	const struct event event = {
		.type = EVENT_RESERVE_FAILED,
		.time_ns = UINT64_C(1795334468123456789),
		.file_id = number(7),
		.pid = number(4121),
		.uid = number(1000),
		.comm = argc > 1 ? argv[1] : NULL,
		.bytes = number(2 << 20),
		.reason = REASON_POOL_EXHAUSTED,
	};
	struct failure failure = { 0 };

	if (journal_send(&event, &failure)) {
		fprintf(stderr, "%s\n", failure.text);
		return 1;
	}
	return 0;
}
