// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel: has it secret memory, is it on, does it know pool and netlink? */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "size.h"
#include "xalloc.h"

static enum truth enabled_by_cmdline(const struct doctor *doctor)
{
	struct cmdline_word word;

	if (!doctor->cmdline.length ||
	    !cmdline_find(doctor->cmdline.bytes, "secretmem.enable", &word))
		return TRUTH_UNKNOWN;
	return cmdline_bool(&word);
}

/* As the kernel has it now; for root only. */
static enum truth enabled_by_parameter(const struct doctor *doctor)
{
	struct text text = { 0 };
	enum truth truth = TRUTH_UNKNOWN;

	if (procfs_read_text(doctor->reader, doctor->reader->root,
			     "sys/module/secretmem/parameters/enable", &text) == READING_FINE &&
	    text.length)
		truth = *text.bytes == 'Y' ? TRUTH_YES : TRUTH_NO;
	text_clear(&text);
	return truth;
}

/* Why the kernel says that there is no such system call. */
static const char *why_unavailable(const struct doctor *doctor, char config)
{
	enum truth parameter = enabled_by_parameter(doctor);

	if (config == 'n')
		return "run a kernel built with CONFIG_SECRETMEM=y";
	if (enabled_by_cmdline(doctor) == TRUTH_NO)
		return "take secretmem.enable=0 off the kernel's command line and reboot";
	if (parameter == TRUTH_NO)
		return "boot with secretmem.enable=1 on the kernel's command line: before Linux "
		       "6.5 it is off by default";
	if (parameter == TRUTH_YES)
		return "it is on, so either a seccomp filter refuses it to this program, or the "
		       "architecture needs rodata=full for it";
	return "it needs Linux 5.14 with CONFIG_SECRETMEM=y, and before 6.5 secretmem.enable=1 on "
	       "the kernel's command line";
}

static void examine_availability(struct doctor *doctor, char config)
{
	const struct info *info = &doctor->snapshot.info;
	const char *release = info->kernel_release ? info->kernel_release : "of unknown release";

	switch (info->available) {
	case TRUTH_YES:
		find(doctor, "memfd-secret", SEVERITY_OK, NULL,
		     "memfd_secret(2) is there (kernel %s)", release);
		break;
	case TRUTH_NO:
		find(doctor, "memfd-secret", SEVERITY_FAIL, why_unavailable(doctor, config),
		     "memfd_secret(2) is not there (kernel %s)", release);
		break;
	default:
		find(doctor, "memfd-secret", doctor->live ? SEVERITY_WARN : SEVERITY_NOTE,
		     doctor->live ? "a seccomp filter may refuse it: try outside of the container" :
				    "run doctor on the machine itself",
		     "whether memfd_secret(2) is there could not be found out");
	}
}

static void examine_config(struct doctor *doctor, char config)
{
	if (config == 'y')
		find(doctor, "config", SEVERITY_OK, NULL, "CONFIG_SECRETMEM=y");
	else if (config == 'n')
		find(doctor, "config", SEVERITY_NOTE, NULL, "CONFIG_SECRETMEM is not set");
	else
		find(doctor, "config", SEVERITY_NOTE, NULL,
		     "the kernel's configuration cannot be read (/proc/config.gz, /boot/config-*)");
}

static void examine_enable(struct doctor *doctor)
{
	struct cmdline_word word;

	if (!doctor->cmdline.length ||
	    !cmdline_find(doctor->cmdline.bytes, "secretmem.enable", &word))
		return;
	if (cmdline_bool(&word) == TRUTH_UNKNOWN)
		find(doctor, "enable", SEVERITY_WARN, "the kernel takes 0 or 1 there",
		     "secretmem.enable=%.*s on the kernel's command line is neither yes nor no",
		     (int)word.value_length, word.value);
	else
		find(doctor, "enable", SEVERITY_NOTE, NULL,
		     "secretmem.enable is given on the kernel's command line: %s",
		     cmdline_bool(&word) == TRUTH_YES ? "on" : "off");
}

static void examine_netlink(struct doctor *doctor)
{
	const struct number *version = &doctor->snapshot.info.family_version;

	if (!doctor->live || doctor->common.source == SOURCE_PROCFS)
		return;
	if (version->known)
		find(doctor, "netlink", SEVERITY_OK, NULL,
		     "the kernel's netlink family secretmem is there (version %" PRIu64 ")",
		     version->value);
	else
		find(doctor, "netlink", SEVERITY_NOTE, NULL,
		     "this kernel has no netlink family secretmem: pool, chunks, creators and "
		     "memory used stay unknown");
}

static void find_pool(struct doctor *doctor, const struct cmdline_word *word)
{
	struct number capacity = doctor->snapshot.pool.capacity_bytes;
	char *size;

	if (!capacity.known) {
		find(doctor, "parameter", SEVERITY_OK, NULL,
		     "secretmem=%.*s is given, and the kernel has a pool",
		     (int)word->value_length, word->value);
		return;
	}
	size = size_text(capacity.value, doctor->common.units);
	find(doctor, "parameter", SEVERITY_OK, NULL,
	     "secretmem=%.*s is given, and the kernel has a pool of %s",
	     (int)word->value_length, word->value, size);
	free(size);
}

/* secretmem= sizes the pool; secretmem.enable= is another key. The last one counts. */
static void examine_parameter(struct doctor *doctor)
{
	const struct info *info = &doctor->snapshot.info;
	struct cmdline_word word;

	if (!doctor->cmdline.length || !cmdline_find(doctor->cmdline.bytes, "secretmem", &word) ||
	    !word.value)
		return;
	if (info->mode == MODE_POOLED)
		find_pool(doctor, &word);
	else if (info->family_version.known)
		find(doctor, "parameter", SEVERITY_WARN,
		     "its reason is in the kernel's log: dmesg | grep secretmem",
		     "secretmem=%.*s is given, and the kernel made no pool",
		     (int)word.value_length, word.value);
	else if (doctor->live && doctor->common.source != SOURCE_PROCFS)
		find(doctor, "parameter", SEVERITY_WARN,
		     "boot a kernel that has the pool, or take it off the command line",
		     "secretmem=%.*s is given, and this kernel ignores it",
		     (int)word.value_length, word.value);
	else
		find(doctor, "parameter", SEVERITY_NOTE, NULL,
		     "secretmem=%.*s is given; whether the kernel has a pool is not known",
		     (int)word.value_length, word.value);
}

void examine_kernel(struct doctor *doctor)
{
	char config = procfs_config(doctor->reader, doctor->snapshot.info.kernel_release,
				    "CONFIG_SECRETMEM");

	examine_availability(doctor, config);
	examine_config(doctor, config);
	examine_enable(doctor);
	examine_netlink(doctor);
	examine_parameter(doctor);
}
