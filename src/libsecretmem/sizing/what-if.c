// SPDX-License-Identifier: GPL-2.0-or-later
#include <search.h>

#include "sizing/what-if.h"
#include "xalloc.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define REFUSAL(member) offsetof(struct refusal, member)
#define RESULT(member) offsetof(struct what_if, member)

static const struct field refusal_fields[] = {
	{ "monotonic_ns", "TIME", FIELD_NUMBER, REFUSAL(time_ns),
	  "when it was asked for, in nanoseconds of CLOCK_MONOTONIC" },
	{ "file_id", "FILE", FIELD_NUMBER, REFUSAL(file), "the file, as the recording has it" },
	{ "bytes", "SIZE", FIELD_BYTES, REFUSAL(bytes), "what it asked for" },
	{ "chunks", "CHUNKS", FIELD_NUMBER, REFUSAL(chunks), "that in chunks it did not have yet" },
	{ "free_chunks", "FREE", FIELD_NUMBER, REFUSAL(free_chunks),
	  "chunks that were left for it" },
	{ "recorded", "RECORDED", FIELD_TRUTH, REFUSAL(recorded),
	  "whether it was refused when it was recorded, too" },
};

const struct field_table refusal_table = {
	"refusal", sizeof(struct refusal), refusal_fields, COUNT(refusal_fields)
};

static const struct field what_if_fields[] = {
	{ "size_bytes", "SIZE", FIELD_BYTES, RESULT(size_bytes), "the size of the pool" },
	{ "floor_bytes", "FLOOR", FIELD_BYTES, RESULT(floor_bytes), "how much of it is the floor" },
	{ "requests", "REQUESTS", FIELD_NUMBER, RESULT(requests), "requests for chunks" },
	{ "refused", "REFUSED", FIELD_NUMBER, RESULT(refused), "those that the pool refuses" },
	{ "limited", "LIMITED", FIELD_NUMBER, RESULT(limited),
	  "those that other limits refuse, whatever its size" },
	{ "files_peak", "FILES-PEAK", FIELD_NUMBER, RESULT(files_peak),
	  "files with chunks at one time, at most" },
	{ "peak_bytes", "PEAK", FIELD_BYTES, RESULT(peak_bytes),
	  "what files hold at one time, at most" },
	{ "peak_monotonic_ns", "PEAK-TIME", FIELD_NUMBER, RESULT(peak_time_ns),
	  "when that is, in nanoseconds of CLOCK_MONOTONIC" },
	{ "rounding_bytes", "ROUNDING", FIELD_BYTES, RESULT(rounding_bytes),
	  "of that, what nobody asked for, since chunks are whole" },
	{ "unused_bytes", "UNUSED", FIELD_BYTES, RESULT(unused_bytes),
	  "of the pool, what no file ever needs" },
	{ "largest_bytes", "LARGEST", FIELD_BYTES, RESULT(largest_bytes),
	  "the most that a single file holds" },
	{ "refusals", "REFUSALS", FIELD_LIST, RESULT(refusals), "what is refused", NULL,
	  &refusal_table },
};

const struct field_table what_if_table = {
	"what-if", sizeof(struct what_if), what_if_fields, COUNT(what_if_fields)
};

/* A file in the pool. */
struct member {
	uint64_t file;
	uint64_t held;
	uint64_t reserved;	/* of those held */
	uint64_t bytes;
	bool gave_up;		/* refused: what it did later, it would not do */
};

/* The pool as it changes, and what is noted of it. */
struct simulation {
	const struct what_if_pool *pool;
	struct what_if *result;
	void *members;		/* tsearch()'s tree of struct member */
	uint64_t held;
	uint64_t reserved;
	uint64_t ready;
	uint64_t bytes;		/* that were asked for */
	uint64_t files;
};

static int compare_members(const void *a, const void *b)
{
	const struct member *first = a, *second = b;

	return first->file < second->file ? -1 : first->file > second->file;
}

static struct member *find_member(struct simulation *simulation, uint64_t file)
{
	const struct member key = { .file = file };
	struct member *new, **found = tfind(&key, &simulation->members, compare_members);

	if (found)
		return *found;
	new = xcalloc(1, sizeof(*new));
	new->file = file;
	if (!tsearch(new, &simulation->members, compare_members))
		errx(EXIT_FAILED, "out of memory");
	return new;
}

static uint64_t left(const struct simulation *simulation, bool reserve)
{
	uint64_t taken = simulation->held + (reserve ? 0 : simulation->ready);

	return taken < simulation->pool->chunks ? simulation->pool->chunks - taken : 0;
}

static void note_peak(struct simulation *simulation, const struct member *member,
		      const struct request *request)
{
	struct what_if *result = simulation->result;
	uint64_t chunk = simulation->pool->chunk_bytes, held = simulation->held * chunk;

	if (simulation->files > result->files_peak.value)
		result->files_peak.value = simulation->files;
	if (member->held * chunk > result->largest_bytes.value)
		result->largest_bytes.value = member->held * chunk;
	if (held <= result->peak_bytes.value)
		return;
	result->peak_bytes.value = held;
	result->peak_time_ns = request->time_ns;
	result->rounding_bytes.value = held > simulation->bytes ? held - simulation->bytes : 0;
}

static void hold(struct simulation *simulation, struct member *member, uint64_t chunks,
		 const struct request *request)
{
	simulation->files += chunks && !member->held;
	member->held += chunks;
	simulation->held += chunks;
	simulation->bytes += request->bytes;
	member->bytes += request->bytes;
	note_peak(simulation, member, request);
}

static void refuse(struct simulation *simulation, struct member *member, uint64_t chunks,
		   uint64_t free_chunks, const struct request *request)
{
	struct refusal *refusal = list_add(&simulation->result->refusals, sizeof(*refusal));

	*refusal = (struct refusal){
		.time_ns = request->time_ns,
		.file = number(request->file),
		.bytes = number(request->bytes),
		.chunks = number(chunks),
		.free_chunks = number(free_chunks),
		.recorded = request->refused ? TRUTH_YES : TRUTH_NO,
	};
	simulation->result->refused.value++;
	member->gave_up = true;
}

/* What the file has already without a reservation counts as reserved from now on. */
static void reserve(struct simulation *simulation, struct member *member,
		    const struct request *request)
{
	uint64_t lacks = request->chunks > member->held ? request->chunks - member->held : 0;
	uint64_t free_chunks = left(simulation, true);
	uint64_t ready = lacks < simulation->ready ? lacks : simulation->ready;

	if (lacks > free_chunks) {
		refuse(simulation, member, lacks, free_chunks, request);
		return;
	}
	simulation->ready -= ready;
	hold(simulation, member, lacks, request);
	simulation->reserved += member->held - member->reserved;
	member->reserved = member->held;
}

static void grow(struct simulation *simulation, struct member *member,
		 const struct request *request)
{
	uint64_t free_chunks = left(simulation, false);
	struct request granted = *request;

	if (request->chunks > free_chunks) {
		granted.bytes = free_chunks * simulation->pool->chunk_bytes;
		hold(simulation, member, free_chunks, &granted);
		refuse(simulation, member, request->chunks - free_chunks, 0, request);
		return;
	}
	hold(simulation, member, request->chunks, request);
}

/* Each chunk that comes back is made ready if the floor lacks it. */
static void fill_floor(struct simulation *simulation, uint64_t chunks)
{
	uint64_t have = simulation->reserved + simulation->ready;
	uint64_t lacks = simulation->pool->floor > have ? simulation->pool->floor - have : 0;

	simulation->ready += lacks < chunks ? lacks : chunks;
}

static void release(struct simulation *simulation, struct member *member)
{
	simulation->files -= member->held > 0;
	simulation->held -= member->held;
	simulation->reserved -= member->reserved;
	simulation->bytes -= member->bytes;
	fill_floor(simulation, member->held);
	tdelete(member, &simulation->members, compare_members);
	free(member);
}

static void step(struct simulation *simulation, const struct request *request)
{
	struct member *member = find_member(simulation, request->file);

	if (request->kind == REQUEST_RELEASE) {
		release(simulation, member);
		return;
	}
	if (member->gave_up)
		return;
	simulation->result->requests.value++;
	if (request->limited)
		simulation->result->limited.value++;
	else if (request->kind == REQUEST_RESERVE)
		reserve(simulation, member, request);
	else
		grow(simulation, member, request);
}

static void set_up(struct simulation *simulation, const struct what_if_pool *pool,
		   struct what_if *result)
{
	*simulation = (struct simulation){ .pool = pool, .result = result };
	simulation->ready = pool->floor < pool->chunks ? pool->floor : pool->chunks;
	*result = (struct what_if){
		.size_bytes = number(pool->chunks * pool->chunk_bytes),
		.floor_bytes = number(simulation->ready * pool->chunk_bytes),
		.requests = number(0),
		.refused = number(0),
		.limited = number(0),
		.files_peak = number(0),
		.peak_bytes = number(0),
		.rounding_bytes = number(0),
		.largest_bytes = number(0),
		.refusals.known = true,
	};
}

void what_if_run(const struct list *requests, const struct what_if_pool *pool,
		 struct what_if *result)
{
	struct simulation simulation;

	set_up(&simulation, pool, result);
	list_for_each(request, requests, struct request)
		step(&simulation, request);
	result->unused_bytes = number(result->size_bytes.value - result->peak_bytes.value);
	tdestroy(simulation.members, free);
}

void what_if_clear(struct what_if *result)
{
	free(result->refusals.items);
	*result = (struct what_if){ 0 };
}

static bool refuses(const struct list *requests, const struct what_if_pool *pool)
{
	struct what_if result;
	bool any;

	what_if_run(requests, pool, &result);
	any = result.refused.value;
	what_if_clear(&result);
	return any;
}

/* What was ever held at once, if nothing had been refused. */
static uint64_t peak_chunks(const struct list *requests, uint64_t chunk_bytes)
{
	const struct what_if_pool endless = {
		.chunk_bytes = chunk_bytes,
		.chunks = UINT64_MAX / chunk_bytes,
	};
	struct what_if result;
	uint64_t chunks;

	what_if_run(requests, &endless, &result);
	chunks = result.peak_bytes.value / chunk_bytes;
	what_if_clear(&result);
	return chunks;
}

/*
 * At least the peak, and no more than that and the floor together. What refuses
 * nothing does so with a chunk more, too, so that halving finds it.
 */
uint64_t what_if_smallest(const struct list *requests, uint64_t chunk_bytes, uint64_t floor)
{
	uint64_t low = peak_chunks(requests, chunk_bytes), high = low + floor, middle;

	if (low < floor)
		low = floor;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (refuses(requests, &(struct what_if_pool){ chunk_bytes, middle, floor }))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
