// SPDX-License-Identifier: GPL-2.0-or-later
/* Files read whole, lines and words found in them. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "procfs.h"
#include "xalloc.h"

#define FIRST_CAPACITY 16384

/* No file of proc is near it; one in a sysroot may be anything. */
#define MAX_TEXT ((size_t)1 << 28)

enum reading reading_of_errno(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
	case ESRCH:
		return READING_ABSENT;
	default:
		return READING_DENIED;
	}
}

static int open_in_sysroot(int directory, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	/* A pipe in an image must not make us wait. */
	if (!(flags & O_PATH))
		how.flags |= O_NONBLOCK | O_NOCTTY;
	return (int)syscall(SYS_openat2, directory, path, &how, sizeof(how));
}

int procfs_openat(const struct procfs_reader *reader, int directory, const char *path,
		  int flags)
{
	if (reader->live)
		return openat(directory, path, flags | O_CLOEXEC);
	return open_in_sysroot(directory, path, flags);
}

static void text_grow(struct text *text)
{
	text->capacity = text->capacity ? 2 * text->capacity : FIRST_CAPACITY;
	text->bytes = xreallocarray(text->bytes, text->capacity, 1);
}

static enum reading read_all(int fd, struct text *text)
{
	ssize_t got;

	text->length = 0;
	do {
		if (text->capacity < text->length + 2)
			text_grow(text);
		got = read(fd, text->bytes + text->length, text->capacity - text->length - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got > 0)
			text->length += (size_t)got;
	} while (got && (got > 0 || errno == EINTR) && text->length < MAX_TEXT);
	text->bytes[text->length] = '\0';
	if (got < 0)
		return reading_of_errno();
	return got ? READING_DENIED : READING_FINE;
}

/* Nothing in an image is read that only looks like a file. */
static bool may_read(const struct procfs_reader *reader, int fd)
{
	struct stat status;

	return reader->live || (!fstat(fd, &status) && S_ISREG(status.st_mode));
}

enum reading procfs_read_text(const struct procfs_reader *reader, int directory,
			      const char *path, struct text *text)
{
	int fd = procfs_openat(reader, directory, path, O_RDONLY);
	enum reading reading;

	text->length = 0;
	if (fd < 0)
		return reading_of_errno();
	reading = may_read(reader, fd) ? read_all(fd, text) : READING_DENIED;
	close(fd);
	return reading;
}

bool procfs_exists(const struct procfs_reader *reader, const char *path)
{
	int fd = procfs_openat(reader, reader->root, path, O_PATH);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

void text_clear(struct text *text)
{
	free(text->bytes);
	memset(text, 0, sizeof(*text));
}

static bool is_dot(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* Visit the entries of one buffer full; false: the visitor has enough. */
static bool visit_entries(int list, char *buffer, size_t length,
			  bool (*visit)(void *context, int list, const char *name),
			  void *context)
{
	struct dirent64 *entry;
	size_t at;

	for (at = 0; at < length; at += entry->d_reclen) {
		entry = (struct dirent64 *)(void *)(buffer + at);
		if (!is_dot(entry->d_name) && !visit(context, list, entry->d_name))
			return false;
	}
	return true;
}

/* getdents() rather than readdir(): three system calls fewer per process. */
enum reading procfs_list_open(int list,
			      bool (*visit)(void *context, int list, const char *name),
			      void *context)
{
	_Alignas(struct dirent64) char buffer[8192];
	ssize_t got;

	do {
		got = getdents64(list, buffer, sizeof(buffer));
		if (got < 0)
			return reading_of_errno();
	} while (got && visit_entries(list, buffer, (size_t)got, visit, context));
	return READING_FINE;
}

enum reading procfs_list(const struct procfs_reader *reader, int directory, const char *path,
			 bool (*visit)(void *context, int list, const char *name),
			 void *context)
{
	int list = procfs_openat(reader, directory, path, O_RDONLY | O_DIRECTORY);
	enum reading reading;

	if (list < 0)
		return reading_of_errno();
	reading = procfs_list_open(list, visit, context);
	close(list);
	return reading;
}

bool text_next_line(const struct text *text, size_t *position, const char **line,
		    size_t *length)
{
	const char *start, *end;

	if (*position >= text->length)
		return false;
	start = text->bytes + *position;
	end = memchr(start, '\n', text->length - *position);
	*length = end ? (size_t)(end - start) : text->length - *position;
	*position += *length + 1;
	*line = start;
	return true;
}

const char *text_find(const struct text *text, const char *key)
{
	size_t position = 0, length, key_length = strlen(key);
	const char *line;

	while (text_next_line(text, &position, &line, &length)) {
		if (length >= key_length && !memcmp(line, key, key_length)) {
			line += key_length;
			return line + strspn(line, " \t");
		}
	}
	return NULL;
}

bool take_number(const char **cursor, int base, char after, uint64_t *value)
{
	char *end;

	/* strtoull() would take blanks and signs. */
	if (!isxdigit((unsigned char)**cursor))
		return false;
	errno = 0;
	*value = strtoull(*cursor, &end, base);
	if (end == *cursor || errno || (after && *end != after))
		return false;
	*cursor = after ? end + 1 : end;
	return true;
}

struct number word_number(const char *word, int base)
{
	uint64_t value;

	if (!word || !take_number(&word, base, 0, &value))
		return (struct number){ 0 };
	return number(value);
}

struct number name_number(const char *name)
{
	if (name[strspn(name, "0123456789")])
		return (struct number){ 0 };
	return word_number(name, 10);
}
