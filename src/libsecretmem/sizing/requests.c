// SPDX-License-Identifier: GPL-2.0-or-later
#include <search.h>

#include "recording.h"
#include "sizing/requests.h"
#include "xalloc.h"

/* A file without an id has an inode, and no id is that large. */
#define INODE_KEY ((uint64_t)1 << 63)

/* What is known of a file, from the whole recording and up to a moment of it. */
struct known_file {
	uint64_t key;
	struct number bytes;	/* its size, as snapshots have it */
	bool grows;		/* it has chunks without a reservation */
	bool present;
	uint64_t held;
	uint64_t seen;		/* number of the snapshot that had it last */
};

struct replay {
	struct recorded *recorded;
	uint64_t chunk_bytes;
	void *files;		/* tsearch()'s tree of struct known_file */
	uint64_t snapshots;
	uint64_t last_chunk_id;	/* that a snapshot had: events of earlier ones are old news */
	bool events;		/* there were some since the last snapshot that counted */
	struct number time_ns;	/* of the record */
	struct known_file *growing;	/* got the chunk before this one */
};

static int compare_files(const void *a, const void *b)
{
	const struct known_file *first = a, *second = b;

	return first->key < second->key ? -1 : first->key > second->key;
}

static struct known_file *find_file(struct replay *replay, uint64_t key)
{
	const struct known_file wanted = { .key = key };
	struct known_file *new, **found = tfind(&wanted, &replay->files, compare_files);

	if (found)
		return *found;
	new = xcalloc(1, sizeof(*new));
	new->key = key;
	if (!tsearch(new, &replay->files, compare_files))
		errx(EXIT_FAILED, "out of memory");
	return new;
}

static bool event_key(const struct event *event, uint64_t *key)
{
	*key = event->file_id.known ? event->file_id.value : event->inode.value | INODE_KEY;
	return event->file_id.known || event->inode.known;
}

static uint64_t file_key(const struct secret_file *file)
{
	return file->id.known ? file->id.value : file->inode.value | INODE_KEY;
}

static uint64_t chunks_of(const struct replay *replay, uint64_t bytes)
{
	return bytes / replay->chunk_bytes + (bytes % replay->chunk_bytes != 0);
}

static struct request *add_request(struct replay *replay, enum request_kind kind,
				   const struct known_file *file, uint64_t chunks)
{
	struct request *request = list_add(&replay->recorded->requests, sizeof(*request));

	*request = (struct request){
		.kind = kind,
		.file = file->key,
		.chunks = chunks,
		.bytes = chunks * replay->chunk_bytes,
		.time_ns = replay->time_ns,
	};
	return request;
}

/* A reservation is for all that the file shall have, so part of it may be there. */
static void add_chunks(struct replay *replay, struct known_file *file, uint64_t chunks)
{
	struct request *request;

	file->present = true;
	file->held += chunks;
	if (file->grows) {
		add_request(replay, REQUEST_GROW, file, chunks);
		return;
	}
	request = add_request(replay, REQUEST_RESERVE, file, file->held);
	request->bytes = chunks * replay->chunk_bytes;
	if (chunks == file->held && file->bytes.known &&
	    chunks_of(replay, file->bytes.value) == chunks)
		request->bytes = file->bytes.value;
}

/* What came right after it for the same file was one request. */
static void extend_request(struct replay *replay, struct known_file *file)
{
	struct list *requests = &replay->recorded->requests;
	struct request *last = list_at(requests, requests->count - 1, sizeof(*last));

	file->held++;
	last->chunks++;
	if (file->bytes.known && chunks_of(replay, file->bytes.value) == last->chunks)
		last->bytes = file->bytes.value;
	else
		last->bytes = last->chunks * replay->chunk_bytes;
}

static void release(struct replay *replay, struct known_file *file)
{
	if (file->present)
		add_request(replay, REQUEST_RELEASE, file, 0);
	file->present = false;
	file->held = 0;
}

/*
 * The chunks that it has, or would have in a pool. Where the kernel tells of its
 * files, one that only /proc has came in between: its events are still to come.
 */
static uint64_t chunks_in_snapshot(const struct replay *replay, const struct secret_file *file)
{
	if (file->chunks.known)
		return file->chunks.value;
	if (replay->recorded->pooled && !file->id.known)
		return 0;
	return file->size_bytes.value ? chunks_of(replay, file->size_bytes.value) : 1;
}

/* Files that come and go between two snapshots show only by events. */
static void release_missing(struct replay *replay, const struct snapshot *snapshot);

static void take_files(struct replay *replay, const struct snapshot *snapshot)
{
	replay->snapshots++;
	list_for_each(file, &snapshot->files, struct secret_file) {
		struct known_file *known = find_file(replay, file_key(file));
		uint64_t chunks = chunks_in_snapshot(replay, file);

		known->seen = replay->snapshots;
		known->bytes = file->size_bytes;
		if (chunks > known->held)
			add_chunks(replay, known, chunks - known->held);
	}
	release_missing(replay, snapshot);
}

/* twalk_r() hands over each file once, as a leaf or in the middle of its visits. */
static void visit_file(const void *node, VISIT visit, void *closure)
{
	struct known_file *file = *(struct known_file *const *)node;
	struct replay *replay = closure;

	if ((visit == leaf || visit == postorder) && file->present &&
	    file->seen != replay->snapshots)
		release(replay, file);
}

static void release_missing(struct replay *replay, const struct snapshot *snapshot)
{
	if (snapshot->files.known && !snapshot->partial)
		twalk_r(replay->files, visit_file, replay);
}

static void note_chunk_ids(struct replay *replay, const struct snapshot *snapshot)
{
	list_for_each(chunk, &snapshot->chunks, struct chunk) {
		if (chunk->id.known && chunk->id.value > replay->last_chunk_id)
			replay->last_chunk_id = chunk->id.value;
	}
}

/* Between snapshots events tell what happens, if there are any and none is lost. */
static void take_snapshot(struct replay *replay, const struct snapshot *snapshot)
{
	if (replay->recorded->pooled && replay->events)
		return;
	note_chunk_ids(replay, snapshot);
	take_files(replay, snapshot);
	replay->growing = NULL;
}

static void take_chunk(struct replay *replay, const struct event *event,
		       struct known_file *file)
{
	if (event->chunk_id.known && event->chunk_id.value <= replay->last_chunk_id)
		return;
	if (replay->growing == file && !file->grows)
		extend_request(replay, file);
	else
		add_chunks(replay, file, 1);
	replay->growing = file;
}

/* Other limits than the pool's do not depend on its size. */
static void take_failure(struct replay *replay, const struct event *event,
			 const struct known_file *file)
{
	bool fault = event->type == EVENT_FAULT_FAILED;
	struct request *request;

	request = add_request(replay, fault ? REQUEST_GROW : REQUEST_RESERVE, file,
			      fault ? 1 : chunks_of(replay, event->bytes.value));
	request->refused = true;
	request->limited = event->reason != REASON_POOL_EXHAUSTED;
	if (!fault)
		request->bytes = event->bytes.value;
}

/* Without a pool: where the event does not tell its size, the next snapshot does. */
static void take_creation(struct replay *replay, const struct event *event,
			  struct known_file *file)
{
	uint64_t chunks = event->bytes.value ? chunks_of(replay, event->bytes.value) : 1;

	if (!replay->recorded->pooled && chunks > file->held)
		add_chunks(replay, file, chunks - file->held);
}

static void take_file_event(struct replay *replay, const struct event *event,
			    struct known_file *file)
{
	switch (event->type) {
	case EVENT_CHUNK_ADDED:
		take_chunk(replay, event, file);
		return;
	case EVENT_FILE_CREATED:
		take_creation(replay, event, file);
		break;
	case EVENT_FILE_RELEASED:
		release(replay, file);
		break;
	case EVENT_RESERVE_FAILED:
	case EVENT_FAULT_FAILED:
		take_failure(replay, event, file);
		break;
	default:
		return;
	}
	replay->growing = NULL;
}

static void take_event(struct replay *replay, const struct event *event)
{
	uint64_t key;

	if (event->type == EVENT_OVERRUN) {
		replay->recorded->lost = true;
		replay->events = false;
	} else if (event->type == EVENT_RESYNC) {
		replay->growing = NULL;
	} else if (event_key(event, &key)) {
		replay->events = true;
		take_file_event(replay, event, find_file(replay, key));
	}
}

static void take_record(struct replay *replay, const struct record *record)
{
	replay->time_ns = record->event.monotonic_ns;
	if (record->event.type == EVENT_SNAPSHOT)
		take_snapshot(replay, &record->snapshot);
	else
		take_event(replay, &record->event);
}

/* What snapshots know of files helps to understand the events before them. */
static void learn(struct replay *replay, const struct snapshot *snapshot)
{
	replay->recorded->pooled |= snapshot->info.mode == MODE_POOLED;
	if (snapshot->pool.chunk_bytes.value)
		replay->chunk_bytes = snapshot->pool.chunk_bytes.value;
	list_for_each(file, &snapshot->files, struct secret_file) {
		struct known_file *known = find_file(replay, file_key(file));

		known->bytes = file->size_bytes;
		known->grows = file->reservation == TRUTH_NO && file->chunks.value;
	}
}

static void for_each_record(struct recording *recording, struct replay *replay, bool only_learn)
{
	struct record record = { 0 };

	while (recording_next(recording, &record)) {
		if (!only_learn)
			take_record(replay, &record);
		else if (record.event.type == EVENT_SNAPSHOT)
			learn(replay, &record.snapshot);
		record_clear(&record);
	}
	record_clear(&record);
}

static enum exit_code pass(const char *path, struct replay *replay, bool only_learn,
			   struct failure *failure)
{
	struct recording *recording;
	enum exit_code code = recording_open(path, &recording, failure);
	const char *warning;

	if (code)
		return code;
	for_each_record(recording, replay, only_learn);
	warning = recording_warning(recording);
	if (only_learn && warning)
		replay->recorded->warning = xstrdup(warning);
	recording_close(recording);
	return EXIT_FINE;
}

enum exit_code recorded_read(const char *path, uint64_t chunk_bytes,
			     struct recorded *recorded, struct failure *failure)
{
	struct replay replay = { .recorded = recorded, .chunk_bytes = chunk_bytes };
	enum exit_code code;

	*recorded = (struct recorded){ .requests.known = true };
	code = pass(path, &replay, true, failure);
	if (!code)
		code = pass(path, &replay, false, failure);
	recorded->chunk_bytes = number(replay.chunk_bytes);
	tdestroy(replay.files, free);
	return code;
}

void recorded_clear(struct recorded *recorded)
{
	free(recorded->requests.items);
	free(recorded->warning);
	*recorded = (struct recorded){ 0 };
}
