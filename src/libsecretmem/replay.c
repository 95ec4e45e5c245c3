// SPDX-License-Identifier: GPL-2.0-or-later
#include "recording.h"
#include "replay.h"
#include "size.h"
#include "xalloc.h"

#define NS_PER_SECOND UINT64_C(1000000000)

struct replay {
	const char *path;
	struct recording *recording;	/* NULL: the file is one document */
	bool chosen;			/* a moment was asked for */
	size_t index;			/* of the snapshot chosen */
};

/* "+90s" counts from the first snapshot; everything else is a time. */
static bool parse_moment(const struct recording *recording, const char *text, uint64_t *time_ns)
{
	struct number seconds;

	if (*text != '+')
		return parse_time(text, time_ns);
	return parse_seconds(text + 1, &seconds) &&
	       !__builtin_mul_overflow(seconds.value, NS_PER_SECOND, time_ns) &&
	       !__builtin_add_overflow(*time_ns, recording_snapshot_time(recording, 0), time_ns);
}

static enum exit_code fail_early(const struct replay *replay, const char *at,
				 struct failure *failure)
{
	char *first = exact_time_text(recording_snapshot_time(replay->recording, 0));

	fail(failure, EXIT_USAGE, "--at=%.64s is before the first snapshot of %.256s, at %s", at,
	     replay->path, first);
	free(first);
	return EXIT_USAGE;
}

static enum exit_code choose(struct replay *replay, const char *at, struct failure *failure)
{
	size_t count = recording_snapshots(replay->recording);
	uint64_t time_ns;

	if (!count)
		return fail(failure, EXIT_FAILED, "%.256s has no snapshot", replay->path);
	replay->index = count - 1;
	replay->chosen = at;
	if (!at)
		return EXIT_FINE;
	if (!parse_moment(replay->recording, at, &time_ns))
		return fail(failure, EXIT_USAGE, "--at: '%.64s' is no time such as "
			    "2026-11-22T10:36:00Z, nor one from the start such as +90s", at);
	if (!recording_find_time(replay->recording, time_ns, &replay->index))
		return fail_early(replay, at, failure);
	return EXIT_FINE;
}

enum exit_code replay_open(const struct source_options *options, struct replay **replay,
			   struct failure *failure)
{
	enum exit_code code = EXIT_FINE;

	*replay = xcalloc(1, sizeof(**replay));
	(*replay)->path = options->replay ? options->replay : options->from;
	if (options->replay)
		code = recording_open(options->replay, &(*replay)->recording, failure);
	if (!code && options->replay)
		code = choose(*replay, options->at, failure);
	if (code) {
		replay_close(*replay);
		*replay = NULL;
	}
	return code;
}

static enum exit_code tell_partial(const struct snapshot *snapshot, struct failure *failure)
{
	if (!snapshot->partial)
		return EXIT_FINE;
	if (!*failure->text)
		fail(failure, EXIT_PARTIAL, "something could not be read when this was recorded");
	return EXIT_PARTIAL;
}

static enum exit_code read_recording(struct replay *replay, struct snapshot *snapshot,
				     struct failure *failure)
{
	const char *warning = recording_warning(replay->recording);
	struct record record = { 0 };

	recording_seek(replay->recording, replay->index);
	if (!recording_next(replay->recording, &record))
		return fail(failure, EXIT_FAILED, "%.256s has changed meanwhile", replay->path);
	*snapshot = record.snapshot;
	event_clear(&record.event);
	if (warning)
		fail(failure, EXIT_FINE, "%.100s: %s", replay->path, warning);
	return tell_partial(snapshot, failure);
}

enum exit_code replay_read(struct replay *replay, struct snapshot *snapshot,
			   struct failure *failure)
{
	enum exit_code code;

	if (replay->recording)
		return read_recording(replay, snapshot, failure);
	code = status_document_read(replay->path, snapshot, failure);
	return code ? code : tell_partial(snapshot, failure);
}

struct recording *replay_recording(struct replay *replay)
{
	if (replay->recording && replay->chosen)
		recording_seek(replay->recording, replay->index);
	return replay->recording;
}

void replay_close(struct replay *replay)
{
	if (!replay)
		return;
	recording_close(replay->recording);
	free(replay);
}
