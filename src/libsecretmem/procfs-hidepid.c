// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A proc that is mounted with hidepid= shows a user only the processes of that
 * user. Those that are hidden cannot be counted, only suspected.
 */
#include <string.h>
#include <sys/stat.h>

#include "procfs.h"
#include "xalloc.h"

/* The options of a superblock behind " - proc NAME " in a line for /proc. */
static const char *proc_options(const char *line)
{
	const char *system = strstr(line, " - proc ");

	if (!system || !strstr(line, " /proc "))
		return NULL;
	system += strlen(" - proc ");
	return system + strcspn(system, " ");
}

static bool hides(const char *options)
{
	const char *hidepid = options ? strstr(options, "hidepid=") : NULL;

	if (!hidepid)
		return false;
	hidepid += strlen("hidepid=");
	return strncmp(hidepid, "0", 1) && strncmp(hidepid, "off", 3);
}

static bool is_mounted_hiding(const struct text *mountinfo)
{
	size_t position = 0, length;
	bool hiding = false;
	const char *line;
	char *copy;

	/* The last mount over the same place is the one that is seen. */
	while (text_next_line(mountinfo, &position, &line, &length)) {
		copy = xstrndup(line, length);
		if (strstr(copy, " /proc ") && proc_options(copy))
			hiding = hides(proc_options(copy));
		free(copy);
	}
	return hiding;
}

/* Init's directories are visible and open to none but those who may see all. */
static bool may_see_init(const struct procfs_reader *reader)
{
	struct stat status;

	return !fstatat(reader->proc, "1/ns", &status, 0);
}

bool procfs_hides_processes(const struct procfs_reader *reader)
{
	struct text mountinfo = { 0 };
	bool hiding;

	if (!reader->live)
		return false;
	hiding = procfs_read_text(reader, reader->proc, "self/mountinfo", &mountinfo) ==
		 READING_FINE && is_mounted_hiding(&mountinfo) && !may_see_init(reader);
	text_clear(&mountinfo);
	return hiding;
}
