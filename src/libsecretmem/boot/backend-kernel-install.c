// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel-install of systemd, which makes an entry for each kernel with what
 * /etc/kernel/cmdline says. That file holds the whole command line, so it is
 * edited in place, and never made with our parameter alone: such an entry would
 * have no root file system.
 */
#include <sys/utsname.h>

#include "boot/backend.h"
#include "boot/cmdline-edit.h"
#include "sizing/setting.h"
#include "xalloc.h"

#define CMDLINE "etc/kernel/cmdline"
#define VENDOR_CMDLINE "usr/lib/kernel/cmdline"

static const char *const programs[] = { "usr/bin/kernel-install", "bin/kernel-install", NULL };
static const char *const signs[] = {
	"boot/loader/entries", "efi/loader/entries", "boot/efi/loader/entries", CMDLINE, NULL
};

static bool detect(const struct boot *boot)
{
	return boot_find(boot, programs) && boot_find(boot, signs);
}

/* Entries whose kernel is gone are not made again, so they do not count. */
static char *kernel_of_entry(const struct boot *boot, const char *version)
{
	static const char *const patterns[] = {
		"boot/vmlinuz-%s", "usr/lib/modules/%s/vmlinuz", "lib/modules/%s/vmlinuz",
	};
	size_t i;

	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		char *before = xstrndup(patterns[i], strcspn(patterns[i], "%"));
		char *path = xasprintf("%s%s%s", before, version, strchr(patterns[i], '%') + 2);

		free(before);
		if (boot_exists(boot, path))
			return path;
		free(path);
	}
	return NULL;
}

/* Versions of kernels that have modules, and an image to install. */
static void list_kernels(const struct boot *boot, struct list *versions)
{
	struct list all = { 0 };

	boot_list(boot, "usr/lib/modules", "", &all);
	list_for_each(version, &all, char *) {
		char *image = kernel_of_entry(boot, *version);

		if (image)
			*(char **)list_add(versions, sizeof(char *)) = xstrdup(*version);
		free(image);
	}
	names_clear(&all);
}

/* TOKEN-VERSION.conf or TOKEN-VERSION+3.conf, or the same with .efi */
static bool is_entry_of(const char *name, const char *version)
{
	const char *found = strstr(name, version);

	return found && found > name && found[-1] == '-' &&
	       strchr("+.", found[strlen(version)]);
}

static const char *version_of(const struct list *versions, const char *name)
{
	list_for_each(version, versions, char *) {
		if (is_entry_of(name, *version))
			return *version;
	}
	return NULL;
}

static void keep_installed(const struct list *versions, struct boot_state *state)
{
	struct boot_entry *kept = state->entries.items;
	size_t count = 0;

	list_for_each(entry, &state->entries, struct boot_entry) {
		if (version_of(versions, entry->name)) {
			kept[count++] = *entry;
		} else {
			free(entry->name);
			free(entry->cmdline);
		}
	}
	state->entries.count = count;
}

static enum exit_code read_entries(const struct boot *boot, struct boot_state *state,
				   struct failure *failure)
{
	enum exit_code code = entries_of_loader(boot, "", state, failure);
	struct list versions = { 0 };

	if (!code)
		code = entries_of_images(boot, state, failure);
	list_kernels(boot, &versions);
	keep_installed(&versions, state);
	names_clear(&versions);
	return code;
}

static enum exit_code read_state(const struct boot *boot, struct boot_state *state,
				 struct failure *failure)
{
	enum exit_code code = boot_read_file(boot, CMDLINE, &state->configured, failure);

	if (!code && !state->configured)
		code = boot_read_file(boot, VENDOR_CMDLINE, &state->configured, failure);
	if (!code)
		code = read_entries(boot, state, failure);
	if (!code && !state->place)
		state->place = xstrdup("/" CMDLINE);
	return code;
}

/* As kernel-install itself takes it from the running kernel. */
static char *running_cmdline(const struct boot *boot)
{
	static const char *const dropped[] = { "BOOT_IMAGE", "initrd" };
	struct failure failure;
	char *text = NULL, *edited;
	size_t i;

	if (boot->path || boot_read_file(boot, "proc/cmdline", &text, &failure) || !text)
		return NULL;
	for (i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++) {
		edited = cmdline_edit(text, dropped[i], NULL);
		free(text);
		text = edited;
	}
	return text;
}

/* What the file is, or would have to be made of. */
static enum exit_code read_base(const struct boot *boot, char **before, char **base,
				struct failure *failure)
{
	enum exit_code code = boot_read_file(boot, CMDLINE, before, failure);

	*base = NULL;
	if (code)
		return code;
	if (*before) {
		*base = xstrdup(*before);
		return EXIT_FINE;
	}
	code = boot_read_file(boot, VENDOR_CMDLINE, base, failure);
	if (!code && !*base)
		*base = running_cmdline(boot);
	if (code || *base)
		return code;
	return fail(failure, EXIT_FAILED, "there is no /" CMDLINE " in %s: make it with all that "
		    "the kernel needs, such as root=", boot->path ? boot->path : "/");
}

static void add_kernel(const struct boot *boot, const char *version, struct boot_plan *plan)
{
	const char *found = boot_find(boot, programs);
	char *image = kernel_of_entry(boot, version);
	char *program, *path;

	if (found && image) {
		program = xasprintf("/%s", found);
		path = xasprintf("/%s", image);
		add_command(&plan->commands, program, "add", version, path, NULL);
		add_command(&plan->undo, program, "add", version, path, NULL);
		free(program);
		free(path);
	}
	free(image);
}

static bool has_entry(const struct boot_state *state, const char *version)
{
	list_for_each(entry, &state->entries, struct boot_entry) {
		if (is_entry_of(entry->name, version))
			return true;
	}
	return false;
}

static void add_kernels(const struct boot *boot, const struct boot_state *state,
			struct boot_plan *plan)
{
	struct list versions = { 0 };

	list_kernels(boot, &versions);
	list_for_each(version, &versions, char *) {
		if (has_entry(state, *version))
			add_kernel(boot, *version, plan);
	}
	names_clear(&versions);
}

static enum exit_code plan(const struct boot *boot, const struct boot_state *state,
			   const char *parameter, struct boot_plan *plan,
			   struct failure *failure)
{
	char *before, *base, *after;
	enum exit_code code = read_base(boot, &before, &base, failure);

	if (!code) {
		after = cmdline_edit(base, SETTING_KEY, parameter);
		/* Where there is neither file nor parameter, none is needed. */
		if (before || strcmp(base, after))
			add_edit(plan, CMDLINE, before, after);
		if (!before && plan->edits.count)
			add_warning(plan, "/" CMDLINE " is made of what %s has now, and will be "
				    "what counts for later kernels", boot->path ? "the image" :
				    "the running kernel");
		add_kernels(boot, state, plan);
		free(after);
	}
	free(before);
	free(base);
	return code;
}

const struct boot_backend kernel_install_backend = {
	.name = "kernel-install",
	.help = "/etc/kernel/cmdline, and kernel-install for each kernel",
	.detect = detect,
	.read = read_state,
	.plan = plan,
};
