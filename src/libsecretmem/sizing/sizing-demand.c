// SPDX-License-Identifier: GPL-2.0-or-later
/* What is needed: as several looks tell it, each with its own certainty. */
#include <inttypes.h>

#include "room.h"
#include "sizing/sizing-internal.h"

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static struct number chunks_of_size(const struct secret_file *file, uint64_t chunk_bytes)
{
	struct number whole = { 0 };

	if (file->size_bytes.known)
		whole = whole_chunks(file->size_bytes.value, chunk_bytes);
	whole.value /= chunk_bytes;
	return whole;
}

/*
 * One that has chunks without a reservation may be as large as it likes and
 * never use it. One that has none yet takes them all when it is mapped.
 */
struct number sizing_file_chunks(const struct secret_file *file, uint64_t chunk_bytes)
{
	if (file->chunks.known && (file->chunks.value || file->reservation == TRUTH_YES))
		return file->chunks;
	return chunks_of_size(file, chunk_bytes);
}

/* All files of now in chunks, and how many of them have an unknown size. */
static uint64_t sum_files(const struct sizing_facts *facts, uint64_t *unknown)
{
	uint64_t sum = 0;

	*unknown = 0;
	list_for_each(file, &facts->snapshot->files, struct secret_file) {
		struct number chunks = sizing_file_chunks(file, facts->machine->chunk_bytes.value);

		/* Nothing is smaller than a chunk. */
		sum += chunks.known ? chunks.value : 1;
		*unknown += !chunks.known;
	}
	return sum;
}

static enum confidence files_confidence(const struct sizing_facts *facts, uint64_t unknown)
{
	if (unknown || facts->snapshot->partial)
		return CONFIDENCE_AT_LEAST;
	return facts->snapshot->info.mode == MODE_POOLED ? CONFIDENCE_EXACT :
							   CONFIDENCE_COMPUTED;
}

/* Files times chunks, not bytes: the smallest takes a whole chunk. */
static void add_now(const struct sizing_facts *facts, struct sizing *sizing)
{
	const struct list *files = &facts->snapshot->files;
	uint64_t unknown, chunks = sum_files(facts, &unknown);
	bool pooled = facts->snapshot->info.mode == MODE_POOLED;

	if (!files->known)
		return;
	sizing_add(sizing, &(struct sizing_item){
		ITEM_DEMAND, "now",
		.bytes = number(chunks * facts->machine->chunk_bytes.value),
		.count = number(chunks),
		.source = facts->snapshot->source,
		.confidence = files_confidence(facts, unknown),
	}, "%zu file%s %s %" PRIu64 " chunk%s", files->count, plural(files->count),
		   pooled ? "in" : "that would take", chunks, plural(chunks));
}

/* What was refused is not in it, so then it is the least that was wanted. */
static void add_peak(const struct sizing_facts *facts, struct sizing *sizing)
{
	const struct pool *pool = &facts->snapshot->pool;
	uint64_t refused = pool->failures.pool_exhausted.value;

	if (!pool->reserved_peak_bytes.known)
		return;
	sizing_add(sizing, &(struct sizing_item){
		ITEM_DEMAND, "peak", .bytes = pool->reserved_peak_bytes,
		.source = facts->snapshot->source,
		.confidence = refused ? CONFIDENCE_AT_LEAST : CONFIDENCE_EXACT,
	}, refused ? "the most that files held at one time since boot; more was refused" :
		     "the most that files held at one time since boot");
}

static void add_recording(const struct sizing_facts *facts, struct sizing *sizing)
{
	const struct what_if *recording = facts->recording;

	if (!recording || !recording->requests.value)
		return;
	sizing_add(sizing, &(struct sizing_item){
		ITEM_DEMAND, "recording", .bytes = recording->size_bytes,
		.count = recording->requests, .source = "recording",
		.confidence = CONFIDENCE_COMPUTED,
	}, "the smallest pool that refuses none of %" PRIu64 " request%s; %" PRIu64
		   " file%s at one time", recording->requests.value,
		   plural(recording->requests.value), recording->files_peak.value,
		   plural(recording->files_peak.value));
}

static void add_plan(const struct sizing_facts *facts, struct sizing *sizing)
{
	struct number chunks = workload_chunks(facts->plan, facts->machine->chunk_bytes.value);
	uint64_t files = workload_files(facts->plan);

	if (!facts->plan->parts.count)
		return;
	chunks.known &= !__builtin_mul_overflow(chunks.value, facts->machine->chunk_bytes.value,
						&chunks.value);
	sizing_add(sizing, &(struct sizing_item){
		ITEM_DEMAND, "plan", .bytes = chunks, .count = number(files),
		.source = "--plan", .confidence = CONFIDENCE_STATED,
	}, "%" PRIu64 " file%s in whole chunks%s", files, plural(files),
		   facts->plan->on_top ? ", on top of the rest" : ", and nothing else");
}

void add_demands(const struct sizing_facts *facts, struct sizing *sizing)
{
	add_now(facts, sizing);
	add_peak(facts, sizing);
	add_recording(facts, sizing);
	add_plan(facts, sizing);
}
