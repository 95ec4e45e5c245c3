// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The setup, in $XDG_CONFIG_HOME/secretmem-tools/secrettop.conf: lines of
 * NAME=VALUE. It is replaced as a whole, so that a full disk leaves the old one.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state.h"
#include "xalloc.h"

#define DIRECTORY "secretmem-tools"
#define FILE_NAME "secrettop.conf"
#define DEFAULT_DELAY_MS 1000
#define LONGEST_DELAY_MS UINT64_C(3600000)

static const char *const units_words[] = { "iec", "si", "bytes", NULL };

void settings_init(struct settings *settings)
{
	*settings = (struct settings){ .delay_ms = DEFAULT_DELAY_MS };
	settings->tree[TAB_CGROUPS] = true;
}

void settings_free(struct settings *settings)
{
	enum tab tab;

	for (tab = 0; tab < TAB_COUNT; tab++) {
		free(settings->columns[tab]);
		free(settings->sort[tab]);
	}
}

static const char *home(void)
{
	const char *path = getenv("HOME");
	const struct passwd *user;

	if (path && *path == '/')
		return path;
	user = getpwuid(geteuid());
	return user ? user->pw_dir : NULL;
}

/* The directory that has ours, as the XDG base directory specification says. */
static char *config_home(void)
{
	const char *path = getenv("XDG_CONFIG_HOME");

	if (path && *path == '/')
		return xstrdup(path);
	return home() ? xasprintf("%s/.config", home()) : NULL;
}

/* ---- reading ---- */

static bool take_bool(const char *value, bool *setting)
{
	*setting = !strcmp(value, "yes");
	return *setting || !strcmp(value, "no");
}

static bool take_units(const char *value, int *units)
{
	int i;

	for (i = 0; units_words[i]; i++) {
		if (!strcmp(value, units_words[i])) {
			*units = i;
			return true;
		}
	}
	return false;
}

static bool take_delay(const char *value, uint64_t *delay_ms)
{
	struct number number;

	if (!parse_count(value, &number) || !number.value || number.value > LONGEST_DELAY_MS)
		return false;
	*delay_ms = number.value;
	return true;
}

/* The tables refuse what they do not have: see table_reopen(). */
static bool take_text(const char *value, char **setting)
{
	free(*setting);
	*setting = xstrdup(value);
	return *value;
}

/* "Files" is files in names. */
static bool is_of_tab(const char *name, enum tab tab)
{
	return !strcasecmp(name, tab_kinds[tab].name);
}

static bool take_of_tab(struct settings *settings, const char *kind, enum tab tab,
			const char *value)
{
	if (!strcmp(kind, "columns"))
		return take_text(value, &settings->columns[tab]);
	if (!strcmp(kind, "sort"))
		return take_text(value, &settings->sort[tab]);
	return !strcmp(kind, "tree") && take_bool(value, &settings->tree[tab]);
}

static bool take_setting(struct settings *settings, char *name, const char *value)
{
	char *dot = strchr(name, '.');
	enum tab tab;

	if (!strcmp(name, "delay_ms"))
		return take_delay(value, &settings->delay_ms);
	if (!strcmp(name, "units"))
		return take_units(value, &settings->units);
	if (!strcmp(name, "ascii"))
		return take_bool(value, &settings->ascii);
	if (!dot)
		return false;
	*dot = '\0';
	for (tab = 0; tab < TAB_COUNT; tab++) {
		if (is_of_tab(dot + 1, tab))
			return take_of_tab(settings, name, tab, value);
	}
	return false;
}

static bool take_line(struct settings *settings, char *line)
{
	char *equals;

	line[strcspn(line, "\n")] = '\0';
	if (!*line || *line == '#')
		return true;
	equals = strchr(line, '=');
	if (!equals)
		return false;
	*equals = '\0';
	return take_setting(settings, line, equals + 1);
}

static enum exit_code read_settings(struct settings *settings, const char *path, FILE *stream,
				    struct failure *failure)
{
	enum exit_code code = EXIT_FINE;
	unsigned int number = 0;
	size_t size = 0;
	char *line = NULL;

	while (getline(&line, &size, stream) > 0) {
		number++;
		if (!take_line(settings, line) && !code)
			code = fail(failure, EXIT_USAGE, "line %u is no setting: %s", number, path);
	}
	free(line);
	return code;
}

enum exit_code settings_load(struct settings *settings, struct failure *failure)
{
	char *directory = config_home(), *path;
	enum exit_code code = EXIT_FINE;
	FILE *stream;

	if (!directory)
		return EXIT_FINE;
	path = xasprintf("%s/" DIRECTORY "/" FILE_NAME, directory);
	stream = fopen(path, "re");
	if (stream) {
		code = read_settings(settings, path, stream, failure);
		fclose(stream);
	} else if (errno != ENOENT && errno != ENOTDIR) {
		code = fail(failure, EXIT_FAILED, "cannot read %s: %s", path, strerror(errno));
	}
	free(path);
	free(directory);
	return code;
}

/* ---- writing ---- */

static void put_of_tab(const struct settings *settings, enum tab tab, FILE *stream)
{
	char *name = xstrdup(tab_kinds[tab].name), *letter;

	for (letter = name; *letter; letter++)
		*letter = (char)tolower((unsigned char)*letter);
	if (settings->columns[tab])
		fprintf(stream, "columns.%s=%s\n", name, settings->columns[tab]);
	if (settings->sort[tab])
		fprintf(stream, "sort.%s=%s\n", name, settings->sort[tab]);
	if (tab_kinds[tab].tree)
		fprintf(stream, "tree.%s=%s\n", name, settings->tree[tab] ? "yes" : "no");
	free(name);
}

static void put_settings(const struct settings *settings, FILE *stream)
{
	enum tab tab;

	fputs("# Written by secrettop, key W.\n", stream);
	fprintf(stream, "delay_ms=%" PRIu64 "\n", settings->delay_ms);
	fprintf(stream, "units=%s\n", units_words[settings->units]);
	fprintf(stream, "ascii=%s\n", settings->ascii ? "yes" : "no");
	for (tab = 0; tab < TAB_COUNT; tab++)
		put_of_tab(settings, tab, stream);
}

/* Write to a new file; on any error there is none. */
static bool write_new(const struct settings *settings, int directory, const char *name)
{
	int fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "w");
	bool fine;

	if (!stream)
		return false;
	put_settings(settings, stream);
	fine = !fflush(stream) && !fsync(fd);
	if (fclose(stream) || !fine) {
		int reason = errno;

		unlinkat(directory, name, 0);
		errno = reason;
		return false;
	}
	return true;
}

static bool replace(const struct settings *settings, int directory)
{
	char *name = xasprintf("." FILE_NAME ".%d", getpid());
	bool fine;

	unlinkat(directory, name, 0);
	fine = write_new(settings, directory, name) &&
	       !renameat(directory, name, directory, FILE_NAME) && !fsync(directory);
	free(name);
	return fine;
}

static int open_directory(const char *path)
{
	mkdir(path, 0700);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

enum exit_code settings_save(const struct settings *settings, char **path,
			     struct failure *failure)
{
	char *directory = config_home(), *own;
	enum exit_code code = EXIT_FINE;
	int fd;

	*path = NULL;
	if (!directory)
		return fail(failure, EXIT_FAILED, "there is no home directory to save to");
	mkdir(directory, 0700);
	own = xasprintf("%s/" DIRECTORY, directory);
	*path = xasprintf("%s/" FILE_NAME, own);
	fd = open_directory(own);
	if (fd < 0 || !replace(settings, fd))
		code = fail(failure, EXIT_FAILED, "cannot save: %s (%s)", strerror(errno), *path);
	if (fd >= 0)
		close(fd);
	free(own);
	free(directory);
	return code;
}
