// SPDX-License-Identifier: GPL-2.0-or-later
#include "journal.h"

#if HAVE_LIBSYSTEMD

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>

#include <systemd/sd-journal.h>

#include "xalloc.h"

#define PREFIX "SECRETMEM_"

/* @text is allocated, and belongs to @entry from then on. */
static void add(struct list *entry, char *text)
{
	struct iovec *part = list_add(entry, sizeof(*part));

	part->iov_base = text;
	part->iov_len = strlen(text);
}

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
static char *message(const struct event *event)
{
	static const struct style plain = { 0 };
	const char *type = event_type_name(event->type);
	bool about = false;
	size_t size;
	char *text;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		errx(EXIT_FAILED, "out of memory");
	fprintf(stream, "MESSAGE=%s", type ? type : "unknown");
	table_for_each(field, &event_table) {
		char *value = field_text(field, event, &plain);

		about |= !strcmp(field->name, "file_id");
		if (about && event_has(event->type, field) && field_known(field, event))
			fprintf(stream, " %s=%s", field->name, value);
		free(value);
	}
	if (fclose(stream))
		errx(EXIT_FAILED, "out of memory");
	return text;
}

static char *field_name(const struct field *field)
{
	char *name = xasprintf(PREFIX "%s", field->name), *letter;

	for (letter = name; *letter; letter++)
		*letter = (char)toupper((unsigned char)*letter);
	return name;
}

/* Sizes in bytes, as in JSON; what is not known has no field. */
static void add_field(struct list *entry, const struct field *field, const struct event *event)
{
	static const struct style exact = { .units = UNITS_BYTES };
	char *name, *value;

	if (!event_has(event->type, field) || !field_known(field, event))
		return;
	name = field_name(field);
	value = field_text(field, event, &exact);
	add(entry, xasprintf("%s=%s", name, value));
	free(name);
	free(value);
}

static void fill(struct list *entry, const struct event *event)
{
	add(entry, message(event));
	add(entry, xasprintf("PRIORITY=%d", priority(event->type)));
	add(entry, xstrdup("SYSLOG_IDENTIFIER=secretmemctl"));
	if (is_failure(event->type))
		add(entry, xstrdup("MESSAGE_ID=" JOURNAL_FAILURE_ID));
	table_for_each(field, &event_table)
		add_field(entry, field, event);
}

bool journal_is_supported(void)
{
	return true;
}

enum exit_code journal_send(const struct event *event, struct failure *failure)
{
	struct list entry = { 0 };
	int error;

	fill(&entry, event);
	error = -sd_journal_sendv(entry.items, (int)entry.count);
	list_for_each(part, &entry, struct iovec)
		free(part->iov_base);
	free(entry.items);
	if (error > 0)
		return fail(failure, EXIT_FAILED, "cannot write to the journal: %s",
			    strerror(error));
	return EXIT_FINE;
}

#else

bool journal_is_supported(void)
{
	return false;
}

enum exit_code journal_send(const struct event *event, struct failure *failure)
{
	(void)event;
	return fail(failure, EXIT_UNSUPPORTED, "built without libsystemd: no --journal");
}

#endif
