// SPDX-License-Identifier: GPL-2.0-or-later
/* Opening the tree, and reading in it. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot/tree.h"
#include "xalloc.h"

enum exit_code boot_open(const char *root, bool run_helpers, struct boot *boot,
			 struct failure *failure)
{
	const char *path = root ? root : "/";

	*boot = (struct boot){
		.path = root,
		.run_helpers = run_helpers || !root,
		.tree.proc = -1,
		.lock = -1,
	};
	boot->tree.root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (boot->tree.root < 0)
		return fail(failure, EXIT_USAGE, "cannot open %s: %s", path, strerror(errno));
	return EXIT_FINE;
}

void boot_close(struct boot *boot)
{
	if (boot->tree.root > 0)
		close(boot->tree.root);
	if (boot->lock > 0)
		close(boot->lock);
	*boot = (struct boot){ .tree.root = -1, .lock = -1 };
}

enum exit_code boot_lock(struct boot *boot, struct failure *failure)
{
	boot->lock = procfs_openat(&boot->tree, boot->tree.root, "etc", O_RDONLY | O_DIRECTORY);
	if (boot->lock < 0)
		return fail(failure, errno == EACCES ? EXIT_PERMISSION : EXIT_FAILED,
			    "cannot open %s/etc: %s", boot->path ? boot->path : "",
			    strerror(errno));
	if (!flock(boot->lock, LOCK_EX | LOCK_NB))
		return EXIT_FINE;
	return fail(failure, EXIT_FAILED, "another secretmemctl reserve is changing it: wait "
		    "until it has finished");
}

enum exit_code boot_read_file(const struct boot *boot, const char *path, char **content,
			      struct failure *failure)
{
	struct text text = { 0 };

	*content = NULL;
	switch (procfs_read_text(&boot->tree, boot->tree.root, path, &text)) {
	case READING_FINE:
		/* What has a NUL inside is no text, and none of ours. */
		if (strlen(text.bytes) == text.length) {
			*content = text.bytes;
			return EXIT_FINE;
		}
		text_clear(&text);
		return fail(failure, EXIT_FAILED, "%s/%s is not a text file",
			    boot->path ? boot->path : "", path);
	case READING_ABSENT:
		text_clear(&text);
		return EXIT_FINE;
	default:
		text_clear(&text);
		return fail(failure, errno == EACCES || errno == EPERM ? EXIT_PERMISSION :
									  EXIT_FAILED,
			    "cannot read %s/%s%s%s", boot->path ? boot->path : "", path,
			    errno ? ": " : "", errno ? strerror(errno) : "");
	}
}

bool boot_exists(const struct boot *boot, const char *path)
{
	return procfs_exists(&boot->tree, path);
}

const char *boot_find(const struct boot *boot, const char *const *paths)
{
	for (; *paths; paths++) {
		if (boot_exists(boot, *paths))
			return *paths;
	}
	return NULL;
}

struct listing {
	const char *suffix;
	struct list *names;
};

static bool visit_name(void *context, int list, const char *name)
{
	const struct listing *listing = context;
	size_t length = strlen(name), suffix = strlen(listing->suffix);

	(void)list;
	/* As the shell's *.cfg, which passes over hidden ones. */
	if (*name != '.' && length > suffix && !strcmp(name + length - suffix, listing->suffix))
		*(char **)list_add(listing->names, sizeof(char *)) = xstrdup(name);
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void boot_list(const struct boot *boot, const char *path, const char *suffix,
	       struct list *names)
{
	struct listing listing = { suffix, names };

	procfs_list(&boot->tree, boot->tree.root, path, visit_name, &listing);
	if (names->count)
		qsort(names->items, names->count, sizeof(char *), compare_names);
}

void names_clear(struct list *names)
{
	list_for_each(name, names, char *)
		free(*name);
	free(names->items);
	*names = (struct list){ 0 };
}
