// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the check before saw, in a file: counters, and what was made of them.
 *
 * An agent that asks twice while what it reads is the same gets the same answer.
 * After a reboot counters are lower than they were, or the time is: then nothing
 * is known yet, as at the first check.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "json-read.h"
#include "json.h"
#include "replace.h"
#include "xalloc.h"

#define SCHEMA "secretmem/check-state"
#define NS_PER_MS 1000000
#define MS_PER_SECOND 1000
#define ONLY_OURS 0600

/* What is kept of one metric; in thousandths. */
struct kept {
	char *name;
	struct number counter;
	struct number value;
};

struct state {
	struct number time_ms;
	struct list metrics;	/* of struct kept */
};

#define KEPT(member) offsetof(struct kept, member)
#define STATE(member) offsetof(struct state, member)
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct field kept_fields[] = {
	{ "name", NULL, FIELD_TEXT, KEPT(name), "the metric" },
	{ "counter", NULL, FIELD_NUMBER, KEPT(counter), "what it counted, times 1000" },
	{ "value", NULL, FIELD_NUMBER, KEPT(value), "what was made of it, times 1000" },
};

static const struct field_table kept_table = {
	"kept", sizeof(struct kept), kept_fields, COUNT(kept_fields)
};

static const struct field state_fields[] = {
	{ "time_ms", NULL, FIELD_NUMBER, STATE(time_ms), "when, since 1970" },
	{ "metrics", NULL, FIELD_LIST, STATE(metrics), "what was seen", NULL, &kept_table },
};

static const struct field_table state_table = {
	"state", sizeof(struct state), state_fields, COUNT(state_fields)
};

static void clear_state(struct state *state)
{
	list_for_each(kept, &state->metrics, struct kept)
		free(kept->name);
	free(state->metrics.items);
}

/* A file that is not ours is left alone. */
static enum exit_code take_state(const char *path, struct json_object *json,
				 struct state *state, struct failure *failure)
{
	struct json_faults faults = { 0 };
	const char *schema = NULL;

	if (json_object_is_type(json, json_type_object))
		schema = json_member_text(json, "schema");
	if (!schema || strcmp(schema, SCHEMA))
		return fail(failure, EXIT_FAILED, "%.256s is no state file of secretmemctl "
			    "check: remove it, or name another", path);
	json_read(&state_table, json, state, &faults);
	return EXIT_FINE;
}

/* Nothing there: the first check. */
static enum exit_code read_state(const char *path, struct state *state, struct failure *failure)
{
	int descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct json_object *json;
	enum exit_code code;

	if (descriptor < 0 && errno == ENOENT)
		return EXIT_FINE;
	if (descriptor < 0)
		return fail(failure, errno == EACCES ? EXIT_PERMISSION : EXIT_FAILED,
			    "cannot read %s: %s", path, strerror(errno));
	json = json_object_from_fd(descriptor);
	close(descriptor);
	code = take_state(path, json, state, failure);
	json_object_put(json);
	return code;
}

static const struct kept *find_kept(const struct state *state, const char *name)
{
	list_for_each(kept, &state->metrics, struct kept) {
		if (kept->name && !strcmp(kept->name, name))
			return kept;
	}
	return NULL;
}

/* The same reading as before: the same answer. */
static void repeat(struct check_item *item, const struct kept *before)
{
	item->value = before->value;
	item->first = !item->value.known;
}

/* Times a thousand, divided by milliseconds: per second. */
static void compare(struct check_item *item, const struct kept *before, uint64_t ms)
{
	item->first = !before->counter.known || before->counter.value > item->counter.value;
	if (item->first)
		return;
	item->value = number(item->counter.value - before->counter.value);
	if (item->metric->kind == CHECK_RATE)
		item->value.value = (uint64_t)((unsigned __int128)item->value.value *
					       MS_PER_SECOND / ms);
}

static void use_item(struct check_item *item, const struct state *state, uint64_t time_ms)
{
	const struct kept *before = find_kept(state, item->name);

	if (!item->counter.known)
		return;
	if (!before || !state->time_ms.known || state->time_ms.value > time_ms)
		item->first = true;
	else if (state->time_ms.value == time_ms)
		repeat(item, before);
	else
		compare(item, before, time_ms - state->time_ms.value);
}

static void write_state(FILE *stream, const void *state)
{
	json_print(stream, SCHEMA, &state_table, state);
}

static enum exit_code save(const char *path, uint64_t time_ms, const struct list *items,
			   struct failure *failure)
{
	struct state state = { .time_ms = number(time_ms), .metrics.known = true };
	enum exit_code code;

	list_for_each(item, items, struct check_item) {
		if (item->counter.known)
			*(struct kept *)list_add(&state.metrics, sizeof(struct kept)) =
				(struct kept){ xstrdup(item->name), item->counter, item->value };
	}
	code = replace_file(path, ONLY_OURS, write_state, &state, failure);
	clear_state(&state);
	return code;
}

enum exit_code check_state_use(const char *path, uint64_t time_ns, struct list *items,
			       struct failure *failure)
{
	const uint64_t time_ms = time_ns / NS_PER_MS;
	struct state state = { 0 };
	enum exit_code code;

	code = read_state(path, &state, failure);
	if (!code) {
		list_for_each(item, items, struct check_item)
			use_item(item, &state, time_ms);
		code = save(path, time_ms, items, failure);
	}
	clear_state(&state);
	return code;
}
