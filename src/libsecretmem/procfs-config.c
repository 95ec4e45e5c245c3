// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's configuration: /proc/config.gz, or what distributions put
 * beside the kernel. zlib is loaded when it is needed, and that is seldom: a
 * machine without it has the other file.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "procfs.h"
#include "xalloc.h"

#define MAX_CONFIG ((size_t)16 << 20)

/* What we need of zlib. */
struct zlib {
	void *library;
	void *(*open)(int fd, const char *mode);
	int (*read)(void *file, void *buffer, unsigned int length);
	int (*close)(void *file);
};

static bool zlib_load(struct zlib *zlib)
{
	zlib->library = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!zlib->library)
		return false;
	*(void **)&zlib->open = dlsym(zlib->library, "gzdopen");
	*(void **)&zlib->read = dlsym(zlib->library, "gzread");
	*(void **)&zlib->close = dlsym(zlib->library, "gzclose");
	return zlib->open && zlib->read && zlib->close;
}

static bool inflate_all(const struct zlib *zlib, void *file, struct text *text)
{
	int got;

	do {
		text->capacity = text->length + 65536;
		text->bytes = xreallocarray(text->bytes, text->capacity, 1);
		got = zlib->read(file, text->bytes + text->length, 65535);
		if (got > 0)
			text->length += (size_t)got;
	} while (got > 0 && text->length < MAX_CONFIG);
	text->bytes[text->length] = '\0';
	return !got;
}

static bool inflate_file(const struct zlib *zlib, int fd, struct text *text)
{
	void *file = zlib->open(fd, "rb");
	bool fine;

	if (!file) {
		close(fd);
		return false;
	}
	fine = inflate_all(zlib, file, text);
	/* It says so if the stream broke off before its end. */
	return !zlib->close(file) && fine;
}

static bool read_config_gz(const struct procfs_reader *reader, struct text *text)
{
	int fd = procfs_openat(reader, reader->proc, "config.gz", O_RDONLY);
	struct zlib zlib = { 0 };
	bool fine = false;

	if (fd < 0)
		return false;
	if (zlib_load(&zlib))
		fine = inflate_file(&zlib, fd, text);
	else
		close(fd);
	if (zlib.library)
		dlclose(zlib.library);
	return fine;
}

/* Read the file "@before@release@after". */
static bool read_config_of(const struct procfs_reader *reader, const char *before,
			   const char *release, const char *after, struct text *text)
{
	bool fine;
	char *path;

	/* A release is a name; what has a slash is something else. */
	if (!release || strchr(release, '/'))
		return false;
	path = xasprintf("%s%s%s", before, release, after);
	fine = procfs_read_text(reader, reader->root, path, text) == READING_FINE;
	free(path);
	return fine;
}

static char option_value(const struct text *text, const char *option)
{
	char key[128];
	const char *value;

	if ((size_t)snprintf(key, sizeof(key), "%s=", option) >= sizeof(key))
		return 0;
	value = text_find(text, key);
	if (value)
		return *value == 'm' ? 'm' : 'y';
	/* Garbage is no configuration that lacks the option. */
	return text->length && strstr(text->bytes, "CONFIG_") ? 'n' : 0;
}

char procfs_config(const struct procfs_reader *reader, const char *release,
		   const char *option)
{
	struct text text = { 0 };
	char value = 0;

	/* What the kernel itself says goes before what lies beside it. */
	if (read_config_gz(reader, &text) ||
	    read_config_of(reader, "boot/config-", release, "", &text) ||
	    read_config_of(reader, "lib/modules/", release, "/config", &text))
		value = option_value(&text, option);
	text_clear(&text);
	return value;
}
