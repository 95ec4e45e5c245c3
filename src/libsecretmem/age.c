// SPDX-License-Identifier: GPL-2.0-or-later
#include "age.h"
#include "moment.h"
#include "size.h"
#include "xalloc.h"

#define NS_PER_SECOND UINT64_C(1000000000)

/* A clock that was set back makes files from the future. */
static enum exit_code fail_age(const char *path, uint64_t age_ns, bool ahead,
			       struct failure *failure)
{
	char *age = age_text(age_ns / NS_PER_SECOND);

	fail(failure, EXIT_FAILED, "%.256s is %s %s: does anything still write it, such as "
	     "secretmem-metrics.timer?", path, age, ahead ? "ahead" : "old");
	free(age);
	return EXIT_FAILED;
}

enum exit_code check_age(const struct snapshot *snapshot, const char *path,
			 uint64_t default_seconds, struct failure *failure)
{
	uint64_t now = clock_ns(CLOCK_REALTIME), then = snapshot->time_ns;
	uint64_t interval = default_seconds * NS_PER_SECOND;
	bool ahead = then > now;
	uint64_t age = ahead ? then - now : now - then;

	if (snapshot->interval_ns.known)
		interval = snapshot->interval_ns.value;
	if (!interval || age / 2 <= interval)
		return EXIT_FINE;
	return fail_age(path, age, ahead, failure);
}
