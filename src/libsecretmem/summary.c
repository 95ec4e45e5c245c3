// SPDX-License-Identifier: GPL-2.0-or-later
/* One screen for the question "what about secret memory here?" */
#include <inttypes.h>

#include "escape.h"
#include "summary.h"
#include "table.h"
#include "totals.h"
#include "xalloc.h"

#define BAR_WIDTH 40
#define LABEL_WIDTH 13
#define MOST_FILES 10		/* the largest; the rest is counted */
#define MOST_BLOCKERS 3
#define WARNING_PERCENT 75
#define CRITICAL_PERCENT 90

#define RED "\033[31m"
#define YELLOW "\033[33m"
#define GREEN "\033[32m"
#define BOLD "\033[1m"
#define NORMAL "\033[0m"

struct screen {
	const struct snapshot *snapshot;
	const struct style *style;
	size_t width;
	FILE *stream;
};

static void color(const struct screen *screen, const char *sequence)
{
	if (screen->style->color)
		fputs(sequence, screen->stream);
}

static void label(const struct screen *screen, const char *text)
{
	color(screen, BOLD);
	fprintf(screen->stream, "%-*s", LABEL_WIDTH, text);
	color(screen, NORMAL);
}

/* A size, "-" where it is unknown. */
static void put_size(const struct screen *screen, struct number bytes)
{
	char *text = bytes.known ? size_text(bytes.value, screen->style->units) : xstrdup("-");

	fputs(text, screen->stream);
	free(text);
}

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static const char *load_color(uint64_t percent)
{
	if (percent >= CRITICAL_PERCENT)
		return RED;
	return percent >= WARNING_PERCENT ? YELLOW : GREEN;
}

static void put_mode(const struct screen *screen)
{
	const struct info *info = &screen->snapshot->info;
	const struct number chunk = screen->snapshot->pool.chunk_bytes;

	if (info->available == TRUTH_NO) {
		fputs("not available here: see secretmemctl doctor", screen->stream);
	} else if (info->mode == MODE_POOLED) {
		fputs("pooled, in chunks of ", screen->stream);
		put_size(screen, chunk);
	} else if (info->mode == MODE_STOCK) {
		fputs("stock, page by page", screen->stream);
	} else {
		fputs(info->available == TRUTH_YES ? "available" : "not known", screen->stream);
	}
}

static void put_kernel(const struct screen *screen)
{
	const struct info *info = &screen->snapshot->info;

	put_mode(screen);
	if (info->kernel_release) {
		char *release = escape_text(info->kernel_release);

		fprintf(screen->stream, " (kernel %s)", release);
		free(release);
	}
}

/* How many of BAR_WIDTH cells @part of @whole is; some is at least one. */
static uint64_t cells(uint64_t part, uint64_t whole)
{
	uint64_t count;

	if (!part || !whole)
		return 0;
	if (part >= whole)
		return BAR_WIDTH;
	count = (uint64_t)((unsigned __int128)part * BAR_WIDTH / whole);
	return count ? count : 1;
}

static void put_repeated(const struct screen *screen, char cell, uint64_t count)
{
	while (count--)
		fputc(cell, screen->stream);
}

/* #### used, :::: reserved beyond that, .... free */
static void put_bar(const struct screen *screen, const struct pool *pool)
{
	uint64_t used = cells(pool->used_bytes.value, pool->capacity_bytes.value);
	uint64_t reserved = cells(pool->reserved_bytes.value, pool->capacity_bytes.value);

	if (reserved < used)
		reserved = used;
	fputc('[', screen->stream);
	color(screen, load_color(100 * reserved / BAR_WIDTH));
	put_repeated(screen, '#', used);
	put_repeated(screen, ':', reserved - used);
	color(screen, NORMAL);
	put_repeated(screen, '.', BAR_WIDTH - reserved);
	fputs("]\n", screen->stream);
}

/* Silent where nobody asked for a floor. */
static void put_floor(const struct screen *screen, const struct pool *pool)
{
	if (!pool->floor_bytes.value)
		return;
	fputs(", floor ", screen->stream);
	put_size(screen, pool->floor_bytes);
	if (!pool->floor_missing_bytes.value)
		return;
	fputs(" (", screen->stream);
	put_size(screen, pool->floor_missing_bytes);
	fputs(" missing)", screen->stream);
}

static void put_pool_sizes(const struct screen *screen, const struct pool *pool)
{
	if (!pool->used_bytes.known) {
		put_size(screen, pool->capacity_bytes);
		fputs(", its use is not known", screen->stream);
		return;
	}
	put_size(screen, pool->used_bytes);
	fputs(" used, ", screen->stream);
	put_size(screen, pool->reserved_bytes);
	fputs(" reserved, ", screen->stream);
	put_size(screen, pool->available_bytes);
	fputs(" available of ", screen->stream);
	put_size(screen, pool->capacity_bytes);
	put_floor(screen, pool);
	if (pool->quarantined_chunks.known && pool->quarantined_chunks.value)
		fprintf(screen->stream, ", %" PRIu64 " chunk%s in quarantine",
			pool->quarantined_chunks.value, plural(pool->quarantined_chunks.value));
}

static void put_pool(const struct screen *screen)
{
	if (screen->snapshot->pool.capacity_bytes.known)
		put_pool_sizes(screen, &screen->snapshot->pool);
}

/* A line of its own, before that of the sizes. */
static bool print_pool_bar(const struct screen *screen)
{
	const struct pool *pool = &screen->snapshot->pool;

	if (!pool->capacity_bytes.known || !pool->used_bytes.known ||
	    !pool->reserved_bytes.known)
		return false;
	label(screen, "Pool");
	put_bar(screen, pool);
	return true;
}

static void put_holders(const struct screen *screen, const struct list *files)
{
	const struct secret_file *first = files->items;
	uint64_t count;

	if (!first->holders.known)
		return;
	count = count_holders(files);
	fprintf(screen->stream, ", held by %" PRIu64 " process%s", count, count == 1 ? "" : "es");
}

static struct number total_size(const struct list *files)
{
	struct number total = number(0);

	list_for_each(file, files, struct secret_file)
		total.value += file->size_bytes.value;
	return total;
}

static void put_files(const struct screen *screen)
{
	const struct list *files = &screen->snapshot->files;

	if (!files->known) {
		fputs("not known", screen->stream);
	} else if (!files->count) {
		fprintf(screen->stream, "none: %s", screen->snapshot->partial ?
			"no secret memory was seen" : "no program holds secret memory");
	} else {
		fprintf(screen->stream, "%zu of ", files->count);
		put_size(screen, total_size(files));
		fputs(files->count == 1 ? "" : " together", screen->stream);
		put_holders(screen, files);
	}
}

static uint64_t direct_map_total(const struct list *levels)
{
	uint64_t total = 0;

	list_for_each(level, levels, struct direct_map_level)
		total += level->bytes.value;
	return total;
}

static void put_direct_map(const struct screen *screen)
{
	const struct list *levels = &screen->snapshot->direct_map.levels;
	uint64_t permille, total = direct_map_total(levels);
	const char *separator = "";

	if (!total)
		return;
	list_for_each(level, levels, struct direct_map_level) {
		if (!level->bytes.value)
			continue;
		permille = (uint64_t)(((unsigned __int128)level->bytes.value * 1000 +
				       total / 2) / total);
		fputs(separator, screen->stream);
		put_size(screen, level->bytes);
		fputs(" by ", screen->stream);
		put_size(screen, level->page_bytes);
		fprintf(screen->stream, " (%" PRIu64 ".%" PRIu64 "%%)", permille / 10,
			permille % 10);
		separator = ", ";
	}
	if (screen->snapshot->direct_map.origin == ORIGIN_MEMINFO)
		fputs("; says meminfo", screen->stream);
}

static const char *const blocker_words[] = {
	[BLOCKER_UNKNOWN] = "a reason that is not known",
	[BLOCKER_FILE] = "a secretmem file",
	[BLOCKER_HIDDEN_FILE] = "a secretmem file whose holder cannot be seen",
	[BLOCKER_LOCKDOWN] = "kernel lockdown",
	[BLOCKER_NOHIBERNATE] = "nohibernate on the kernel's command line",
	[BLOCKER_CXL] = "active CXL memory",
	[BLOCKER_QUARANTINE] = "chunks in quarantine",
	[BLOCKER_NO_SUPPORT] = "a kernel built without it",
};

char *blocker_text(const struct blocker *blocker)
{
	const char *maybe = blocker->certain == TRUTH_NO ? "perhaps " : "";
	char *holder, *text;

	if (!blocker->comm)
		return xasprintf("%s%s", maybe, blocker_words[blocker->kind]);
	holder = item_text(&blocker_table, blocker);
	text = xasprintf("%s%s", maybe, holder);
	free(holder);
	return text;
}

/* Blockers that are told by the same words are equal, whatever else they have. */
static int compare_words(const struct blocker *a, const struct blocker *b)
{
	int order = (a->certain == TRUTH_NO) - (b->certain == TRUTH_NO);

	if (!order)
		order = !a->comm - !b->comm;
	if (order)
		return order;
	if (!a->comm)
		return compare_integers(a->kind, b->kind);
	order = compare_integers(a->pid.value, b->pid.value);
	return order ? order : strcmp(a->comm, b->comm);
}

static int compare_places(const void *first, const void *second)
{
	const struct blocker *const *a = first, *const *b = second;

	return compare_integers((uintptr_t)*a, (uintptr_t)*b);
}

static int compare_blockers(const void *first, const void *second)
{
	const struct blocker *const *a = first, *const *b = second;
	int order = compare_words(*a, *b);

	return order ? order : compare_places(first, second);
}

/* Of sorted ones keep the first of each. */
static void drop_repeated(struct list *told)
{
	const struct blocker **kept = told->items;
	size_t count = 0;

	list_for_each(blocker, told, const struct blocker *) {
		if (!count || compare_words(kept[count - 1], *blocker))
			kept[count++] = *blocker;
	}
	told->count = count;
}

/*
 * One process may hold thousands of files: it is named once, where it came first.
 * Its files mostly stand together, so that few are left to be sorted.
 */
static void collect_told(const struct list *blockers, struct list *told)
{
	const struct blocker *last = NULL;

	list_for_each(blocker, blockers, struct blocker) {
		if (!last || compare_words(last, blocker))
			*(const struct blocker **)list_add(told, sizeof(blocker)) = blocker;
		last = blocker;
	}
	if (!told->count)
		return;
	qsort(told->items, told->count, sizeof(last), compare_blockers);
	drop_repeated(told);
	qsort(told->items, told->count, sizeof(last), compare_places);
}

static void put_blocker(const struct screen *screen, const struct blocker *blocker)
{
	char *text = blocker_text(blocker);

	fputs(text, screen->stream);
	free(text);
}

static void put_blockers(const struct screen *screen, const struct list *blockers)
{
	struct list told = { 0 };
	size_t i = 0;

	collect_told(blockers, &told);
	list_for_each(blocker, &told, const struct blocker *) {
		if (i == MOST_BLOCKERS)
			break;
		fputs(i++ ? ", " : "", screen->stream);
		put_blocker(screen, *blocker);
	}
	if (told.count > i)
		fprintf(screen->stream, " and %zu more", told.count - i);
	free(told.items);
}

/* Then nothing else matters. */
static bool no_support(const struct list *blockers)
{
	list_for_each(blocker, blockers, struct blocker) {
		if (blocker->kind == BLOCKER_NO_SUPPORT && blocker->certain != TRUTH_NO)
			return true;
	}
	return false;
}

static void put_hibernation(const struct screen *screen)
{
	const struct hibernation *hibernation = &screen->snapshot->hibernation;

	if (hibernation->available == TRUTH_UNKNOWN && !hibernation->blockers.count)
		return;
	if (no_support(&hibernation->blockers)) {
		fputs("not supported by this kernel", screen->stream);
	} else if (hibernation->blockers.count) {
		color(screen, YELLOW);
		fputs("blocked", screen->stream);
		color(screen, NORMAL);
		fputs(" by ", screen->stream);
		put_blockers(screen, &hibernation->blockers);
	} else {
		fputs(hibernation->available == TRUTH_YES ? "available" : "not available",
		      screen->stream);
	}
}

/* The limit that is reached first. */
static const struct limit *nearest_limit(const struct list *limits)
{
	const struct limit *nearest = NULL;

	list_for_each(limit, limits, struct limit) {
		if (limit->kind != LIMIT_POOL && limit->used_percent.known &&
		    (!nearest || limit->used_percent.value > nearest->used_percent.value))
			nearest = limit;
	}
	return nearest;
}

static void put_limit_owner(const struct screen *screen, const struct limit *limit)
{
	char *cgroup;

	if (limit->uid.known)
		fprintf(screen->stream, "RLIMIT_MEMLOCK of user %" PRIu64, limit->uid.value);
	else
		fputs(limit->kind == LIMIT_CGROUP ? "cgroup" : "RLIMIT_MEMLOCK", screen->stream);
	if (limit->cgroup) {
		cgroup = escape_text(limit->cgroup);
		fprintf(screen->stream, " %s", cgroup);
		free(cgroup);
	}
}

static void put_limit(const struct screen *screen)
{
	const struct limit *limit = nearest_limit(&screen->snapshot->limits);

	if (!limit)
		return;
	put_limit_owner(screen, limit);
	fputs(": ", screen->stream);
	put_size(screen, limit->charged_bytes);
	fputs(" of ", screen->stream);
	put_size(screen, limit->limit_bytes);
	color(screen, load_color(limit->used_percent.value));
	fprintf(screen->stream, " (%" PRIu64 "%%)", limit->used_percent.value);
	color(screen, NORMAL);
}

static void put_failures(const struct screen *screen)
{
	const struct failures *failures = &screen->snapshot->pool.failures;
	const struct { struct number count; const char *reason; } reasons[] = {
		{ failures->pool_exhausted, "pool exhausted" },
		{ failures->memlock, "RLIMIT_MEMLOCK" },
		{ failures->direct_map, "direct map" },
		{ failures->memory, "memory" },
		{ failures->pinned, "pinned pages" },
		{ failures->low_memory, "low memory" },
		{ failures->cgroup, "a cgroup's limit" },
	};
	const char *separator = "";
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (!reasons[i].count.value)
			continue;
		fprintf(screen->stream, "%s%" PRIu64 " for %s", separator,
			reasons[i].count.value, reasons[i].reason);
		separator = ", ";
	}
	if (*separator)
		fputs(" since boot", screen->stream);
}

/* The largest files, as status files shows them. */
static void print_largest(const struct screen *screen)
{
	const struct table_request request = { .sort = "-SIZE" };
	size_t count = screen->snapshot->files.count;
	struct failure failure;
	struct table *table;

	if (!count || table_open(view_find("files"), &request, &table, &failure))
		return;
	table_fill(table, screen->snapshot);
	table_keep(table, MOST_FILES);
	fputc('\n', screen->stream);
	table_print(table, screen->style, screen->width, screen->stream);
	if (count > MOST_FILES)
		fprintf(screen->stream, "and %zu more: see secretmemctl status files\n",
			count - MOST_FILES);
	table_close(table);
}

static const struct {
	const char *label;
	void (*put)(const struct screen *screen);
} lines[] = {
	[SUMMARY_MODE] = { "Mode", put_kernel },
	[SUMMARY_POOL] = { "Pool", put_pool },
	[SUMMARY_FILES] = { "Files", put_files },
	[SUMMARY_DIRECT_MAP] = { "Direct map", put_direct_map },
	[SUMMARY_HIBERNATION] = { "Hibernation", put_hibernation },
	[SUMMARY_LIMIT] = { "Limit", put_limit },
	[SUMMARY_FAILURES] = { "Failed", put_failures },
};

char *summary_text(const struct snapshot *snapshot, enum summary_line line,
		   const struct style *style)
{
	struct screen screen = { .snapshot = snapshot, .style = style };
	size_t size;
	char *text;

	screen.stream = open_memstream(&text, &size);
	if (screen.stream)
		lines[line].put(&screen);
	if (!screen.stream || fclose(screen.stream))
		errx(EXIT_FAILED, "out of memory");
	if (size)
		return text;
	free(text);
	return NULL;
}

static void print_line(const struct screen *screen, enum summary_line line)
{
	char *text = summary_text(screen->snapshot, line, screen->style);
	bool below = line == SUMMARY_POOL && print_pool_bar(screen);

	if (!text)
		return;
	label(screen, below ? "" : lines[line].label);
	fprintf(screen->stream, "%s\n", text);
	free(text);
}

void summary_print(const struct snapshot *snapshot, const struct style *style, size_t width,
		   FILE *stream)
{
	const struct screen screen = { snapshot, style, width, stream };
	enum summary_line line;

	for (line = 0; line < SUMMARY_LINES; line++)
		print_line(&screen, line);
	print_largest(&screen);
}
