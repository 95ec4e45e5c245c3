// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>

#include "moment.h"
#include "xalloc.h"

#define NS_PER_SECOND UINT64_C(1000000000)
#define BOOT_ID_LENGTH 36

uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

char *boot_id(void)
{
	FILE *stream = fopen("/proc/sys/kernel/random/boot_id", "re");
	char text[BOOT_ID_LENGTH + 1] = "";
	size_t length;

	if (!stream)
		return NULL;
	length = fread(text, 1, BOOT_ID_LENGTH, stream);
	fclose(stream);
	return length == BOOT_ID_LENGTH ? xstrdup(text) : NULL;
}
