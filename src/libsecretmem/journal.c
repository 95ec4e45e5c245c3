// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Entries are written by the journal's own protocol, which systemd promises to keep
 * (https://systemd.io/JOURNAL_NATIVE_PROTOCOL): a datagram with a line for each field.
 * libsystemd would do it, but brings six more libraries, and with them 2 million
 * instructions to the start of every command.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "journal.h"
#include "xalloc.h"

#define SOCKET "/run/systemd/journal/socket"

static bool is_failure(enum event_type type)
{
	return type == EVENT_RESERVE_FAILED || type == EVENT_FAULT_FAILED ||
	       type == EVENT_LIMIT;
}

static int priority(enum event_type type)
{
	return is_failure(type) || type == EVENT_THRESHOLD || type == EVENT_OVERRUN ?
	       LOG_WARNING : LOG_INFO;
}

/* Its type, and what it is about; the time is the journal's. */
static void put_message(FILE *entry, const struct event *event)
{
	static const struct style plain = { 0 };
	const char *type = event_type_name(event->type);
	bool about = false;

	fprintf(entry, "MESSAGE=%s", type ? type : "unknown");
	table_for_each(field, &event_table) {
		char *value = field_text(field, event, &plain);

		about |= !strcmp(field->name, "file_id");
		if (about && event_has(event->type, field) && field_known(field, event))
			fprintf(entry, " %s=%s", field->name, value);
		free(value);
	}
	fputc('\n', entry);
}

static void put_name(FILE *entry, const struct field *field)
{
	const char *letter;

	fputs("SECRETMEM_", entry);
	for (letter = field->name; *letter; letter++)
		fputc(toupper((unsigned char)*letter), entry);
}

/*
 * Sizes in bytes, as in JSON; what is not known has no field. No value has a line
 * break, which the protocol writes otherwise: they are escaped.
 */
static void put_field(FILE *entry, const struct field *field, const struct event *event)
{
	static const struct style exact = { .units = UNITS_BYTES };
	char *value;

	if (!event_has(event->type, field) || !field_known(field, event))
		return;
	value = field_text(field, event, &exact);
	put_name(entry, field);
	fprintf(entry, "=%s\n", value);
	free(value);
}

static void put_event(FILE *entry, const struct event *event)
{
	put_message(entry, event);
	fprintf(entry, "PRIORITY=%d\nSYSLOG_IDENTIFIER=secretmemctl\n", priority(event->type));
	if (is_failure(event->type))
		fputs("MESSAGE_ID=" JOURNAL_FAILURE_ID "\n", entry);
	table_for_each(field, &event_table)
		put_field(entry, field, event);
}

/* 0 or an errno. */
static int send_entry(const char *entry, size_t length)
{
	static const struct sockaddr_un journal = { .sun_family = AF_UNIX, .sun_path = SOCKET };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), error = 0;

	if (fd < 0)
		return errno;
	if (sendto(fd, entry, length, MSG_NOSIGNAL, (const struct sockaddr *)&journal,
		   sizeof(journal)) < 0)
		error = errno;
	close(fd);
	return error;
}

enum exit_code journal_send(const struct event *event, struct failure *failure)
{
	char *text = NULL;
	size_t length;
	FILE *entry = open_memstream(&text, &length);
	int error;

	if (!entry)
		errx(EXIT_FAILED, "out of memory");
	put_event(entry, event);
	if (fclose(entry))
		errx(EXIT_FAILED, "out of memory");
	error = send_entry(text, length);
	free(text);
	if (error)
		return fail(failure, EXIT_FAILED, "cannot write to the journal: %s",
			    strerror(error));
	return EXIT_FINE;
}
