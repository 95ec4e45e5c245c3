// SPDX-License-Identifier: GPL-2.0-or-later
/* The pool in a few lines for people. */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>

#include "escape.h"
#include "pool.h"
#include "xalloc.h"

#define LABEL_WIDTH 13
#define SIZES 8			/* as many as one line has, and some */

/* A size's text, good until SIZES others were made; "-" where it is unknown. */
static const char *size(const struct page *page, struct number bytes)
{
	static char texts[SIZES][32];
	static unsigned int next;
	char *place = texts[next++ % SIZES], *text;

	text = bytes.known ? size_text(bytes.value, page->style.units) : xstrdup("-");
	snprintf(place, sizeof(texts[0]), "%s", text);
	free(text);
	return place;
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static void label(const struct page *page, const char *text)
{
	fprintf(page->stream, "%s%-*s%s", page->style.color ? "\033[1m" : "", LABEL_WIDTH, text,
		page->style.color ? "\033[0m" : "");
}

static void print_capacity(const struct pool *pool, const struct page *page)
{
	label(page, "Capacity");
	fprintf(page->stream, "%s in chunks of %s\n", size(page, pool->capacity_bytes),
		size(page, pool->chunk_bytes));
}

static void print_peak(const char *what, struct number now, struct number peak,
		       const struct page *page)
{
	label(page, what);
	fprintf(page->stream, "%s", size(page, now));
	if (peak.known)
		fprintf(page->stream, ", at most %s since boot", size(page, peak));
}

static void print_held(const struct pool *pool, const struct page *page)
{
	print_peak("Reserved", pool->reserved_bytes, pool->reserved_peak_bytes, page);
	if (pool->chunks.known && pool->files.known)
		fprintf(page->stream, "; %" PRIu64 " chunk%s, %" PRIu64 " file%s", pool->chunks.value,
			plural(pool->chunks.value), pool->files.value, plural(pool->files.value));
	fputc('\n', page->stream);
	print_peak("Used", pool->used_bytes, pool->used_peak_bytes, page);
	fputc('\n', page->stream);
	label(page, "Wasted");
	fprintf(page->stream, "%s: reserved, and not used\n", size(page, pool->wasted_bytes));
}

static void print_floor(const struct pool *pool, const struct page *page)
{
	label(page, "Floor");
	fprintf(page->stream, "%s kept for reservations: %s ready", size(page, pool->floor_bytes),
		size(page, pool->ready_bytes));
	if (pool->floor_missing_bytes.value)
		fprintf(page->stream, ", %s missing", size(page, pool->floor_missing_bytes));
	fputc('\n', page->stream);
}

static void print_available(const struct pool *pool, const struct page *page)
{
	label(page, "Available");
	fprintf(page->stream, "%s", size(page, pool->available_bytes));
	if (pool->free_chunks.known)
		fprintf(page->stream, " in %" PRIu64 " chunk%s", pool->free_chunks.value,
			plural(pool->free_chunks.value));
	if (pool->quarantined_chunks.value)
		fprintf(page->stream, "; %" PRIu64 " chunk%s in quarantine for good",
			pool->quarantined_chunks.value, plural(pool->quarantined_chunks.value));
	fputc('\n', page->stream);
}

/* Allocated. */
static char *user_name(uint64_t uid)
{
	const struct passwd *user = getpwuid((uid_t)uid);

	return user ? escape_text(user->pw_name) : xasprintf("%" PRIu64, uid);
}

/* What bounds, in words. Allocated. */
static char *room_name(const struct room *room)
{
	char *name = NULL, *text;

	switch (room->kind) {
	case ROOM_POOL:
		return xstrdup("the pool");
	case ROOM_MEMLOCK:
		name = user_name(room->uid.value);
		text = xasprintf("RLIMIT_MEMLOCK of user %s", name);
		break;
	case ROOM_CGROUP:
		name = escape_text(room->cgroup);
		text = xasprintf("misc.max of cgroup %s", name);
		break;
	case ROOM_MEMORY:
		return xstrdup("low memory: what lies in the pool must go elsewhere");
	default:
		return xstrdup("something unknown");
	}
	free(name);
	return text;
}

/* "the pool (74M of 128M taken)" */
static void put_room(const struct room *room, const struct page *page)
{
	char *name = room_name(room);

	fputs(name, page->stream);
	if (room->charged_bytes.known && room->limit_bytes.known)
		fprintf(page->stream, " (%s of %s taken)", size(page, room->charged_bytes),
			size(page, room->limit_bytes));
	free(name);
}

static void print_largest(const struct pool_report *report, const struct page *page)
{
	const struct room *least = room_least(&report->rooms);

	if (!least)
		return;
	label(page, "Fits now");
	fprintf(page->stream, "%s in one reservation, limited by ", size(page, least->free_bytes));
	put_room(least, page);
	fputc('\n', page->stream);
}

static void print_failures(const struct failures *failures, const struct page *page)
{
	const struct { struct number count; const char *meaning; } reasons[] = {
		{ failures->pool_exhausted, "the pool had too few chunks left" },
		{ failures->memlock, "RLIMIT_MEMLOCK was reached by what the creator of the file has" },
		{ failures->cgroup, "misc.max of a cgroup was reached" },
		{ failures->pinned, "what lies in the pool is pinned and could not be moved" },
		{ failures->low_memory,
		  "moving what lies in the pool would have left too little memory" },
		{ failures->memory, "other memory was short, or a memory cgroup at its limit" },
		{ failures->direct_map, "the direct map could not be changed" },
	};
	const char *title = "Failed";
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (!reasons[i].count.value)
			continue;
		label(page, title);
		fprintf(page->stream, "%" PRIu64 " time%s: %s\n", reasons[i].count.value,
			plural(reasons[i].count.value), reasons[i].meaning);
		title = "";
	}
}

void pool_print_thresholds(const struct pool *pool, const struct page *page)
{
	const char *title = "Event";

	if (pool->low_threshold_bytes.value) {
		label(page, title);
		fprintf(page->stream, "when less than %s is available, and when it is again\n",
			size(page, pool->low_threshold_bytes));
		title = "";
	}
	if (pool->failure_threshold.value) {
		label(page, title);
		fprintf(page->stream,
			"when the failures for one reason reach a multiple of %" PRIu64 "\n",
			pool->failure_threshold.value);
	}
}

void pool_print(const struct pool_report *report, const struct page *page)
{
	const struct pool *pool = &report->pool;

	print_capacity(pool, page);
	print_held(pool, page);
	print_floor(pool, page);
	print_available(pool, page);
	print_largest(report, page);
	print_failures(&pool->failures, page);
	pool_print_thresholds(pool, page);
}

/* Whoever asks for less than chunks gets more than asked for: say so. */
static void print_rounding(struct number asked, struct number whole, struct number chunk,
			   const struct page *page)
{
	if (whole.known && whole.value != asked.value)
		fprintf(page->stream, "%s is %s in whole chunks of %s.\n", size(page, asked),
			size(page, whole), size(page, chunk));
}

static void print_refusals(const struct pool_report *report, const struct page *page)
{
	const struct fits *fits = &report->fits;

	list_for_each(room, &report->rooms, struct room) {
		if (!room->free_bytes.known ||
		    (fits->bytes.known && room->free_bytes.value >= fits->bytes.value))
			continue;
		fprintf(page->stream, "no: at most %s, limited by ", size(page, room->free_bytes));
		put_room(room, page);
		fputc('\n', page->stream);
	}
}

void pool_print_fits(const struct pool_report *report, const struct page *page)
{
	const struct fits *fits = &report->fits;
	const struct room *least = room_least(&report->rooms);

	print_rounding(fits->asked_bytes, fits->bytes, report->pool.chunk_bytes, page);
	if (fits->fits == TRUTH_NO) {
		print_refusals(report, page);
		return;
	}
	fputs(fits->fits == TRUTH_YES ? "yes" : "not known", page->stream);
	if (least) {
		fprintf(page->stream, ": up to %s, limited by ", size(page, least->free_bytes));
		put_room(least, page);
	}
	fputc('\n', page->stream);
}

/* What is to be had outside of the pool. */
static struct number memory_room(const struct pool_report *report)
{
	list_for_each(room, &report->rooms, struct room) {
		if (room->kind == ROOM_MEMORY)
			return room->limit_bytes;
	}
	return (struct number){ 0 };
}

void pool_print_floor(const struct pool_report *report, const struct floor_change *change,
		      const struct page *page)
{
	const struct floor_report *floor = &report->floor;

	print_rounding(floor->asked_bytes, floor->bytes, report->pool.chunk_bytes, page);
	label(page, "Floor");
	fprintf(page->stream, "%s → %s\n", size(page, floor->before_bytes),
		size(page, floor->after_bytes));
	label(page, "Ready");
	fprintf(page->stream, "%s → %s\n", size(page, change->before.ready_bytes),
		size(page, change->after.ready_bytes));
	if (!floor->missing_bytes.value)
		return;
	label(page, "Missing");
	fprintf(page->stream, "%s could not be had: %s\n", size(page, floor->missing_bytes),
		floor_reason(change, memory_room(report)));
}
