// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "procfs.h"
#include "sizing/machine.h"

#define KIB ((uint64_t)1024)
#define GIB ((uint64_t)1 << 30)

/* Where ZONE_DMA32 ends, on the architectures that have it. */
#define ZONE_END (4 * GIB)

struct stretch {
	uint64_t start;
	uint64_t end;		/* the first byte behind it */
};

static void keep_longest(uint64_t start, uint64_t end, struct number *longest)
{
	if (end > start && (!longest->known || end - start > longest->value))
		*longest = number(end - start);
}

/* "100000000-27fffffff : System RAM": at the top level, so not indented. */
static bool parse_stretch(const char *line, struct stretch *stretch)
{
	uint64_t last;

	if (!take_number(&line, 16, '-', &stretch->start) || !take_number(&line, 16, ' ', &last) ||
	    strncmp(line, ": System RAM", 12))
		return false;
	stretch->end = last + 1;
	return last > stretch->start;
}

/* Nobody but root sees addresses there: all are 0. */
struct number longest_stretch(const char *iomem)
{
	const struct text text = { .bytes = (char *)iomem, .length = strlen(iomem) };
	struct number longest = { 0 };
	size_t position = 0, length;
	struct stretch stretch;
	const char *line;

	while (text_next_line(&text, &position, &line, &length)) {
		if (!parse_stretch(line, &stretch))
			continue;
		if (stretch.start < ZONE_END && stretch.end > ZONE_END) {
			keep_longest(stretch.start, ZONE_END, &longest);
			stretch.start = ZONE_END;
		}
		keep_longest(stretch.start, stretch.end, &longest);
	}
	return longest;
}

struct number present_pages(const char *zoneinfo)
{
	const struct text text = { .bytes = (char *)zoneinfo, .length = strlen(zoneinfo) };
	struct number sum = { 0 }, present;
	size_t position = 0, length;
	const char *line;

	while (text_next_line(&text, &position, &line, &length)) {
		line += strspn(line, " ");
		if (strncmp(line, "present ", 8))
			continue;
		present = word_number(line + 8 + strspn(line + 8, " "), 10);
		sum.known |= present.known;
		sum.value += present.value;
	}
	return sum;
}

static struct number times(struct number count, uint64_t unit)
{
	count.known &= !__builtin_mul_overflow(count.value, unit, &count.value);
	return count;
}

static void read_memory(const struct procfs_reader *reader, struct machine *machine)
{
	struct text text = { 0 };

	if (procfs_read_text(reader, reader->proc, "zoneinfo", &text) == READING_FINE)
		machine->memory_bytes = times(present_pages(text.bytes),
					      machine->page_bytes.value);
	if (procfs_read_text(reader, reader->proc, "iomem", &text) == READING_FINE)
		machine->zone_bytes = longest_stretch(text.bytes);
	text_clear(&text);
}

/* What page allocator's users other than programs and the page cache have. */
static void read_unmovable(const struct procfs_reader *reader, struct machine *machine)
{
	static const char *const keys[] = {
		"SUnreclaim:", "KernelStack:", "PageTables:", "Percpu:", "VmallocUsed:",
	};
	struct text text = { 0 };
	struct number sum = { 0 };
	size_t i;

	if (procfs_read_text(reader, reader->proc, "meminfo", &text) == READING_FINE) {
		for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
			struct number kib = word_number(text_find(&text, keys[i]), 10);

			sum.known |= kib.known;
			sum.value += kib.value;
		}
	}
	text_clear(&text);
	machine->unmovable_bytes = times(sum, KIB);
}

/* The area ends where blocks of pages of one kind do. */
static void read_granule(const struct procfs_reader *reader, struct machine *machine)
{
	struct text text = { 0 };
	struct number pages = { 0 };

	if (procfs_read_text(reader, reader->proc, "pagetypeinfo", &text) == READING_FINE)
		pages = word_number(text_find(&text, "Pages per block:"), 10);
	text_clear(&text);
	pages = times(pages, machine->page_bytes.value);
	if (pages.known && pages.value > machine->chunk_bytes.value)
		machine->granule_bytes = pages;
}

/* A chunk is what one entry of the second level of page tables maps. */
static void set_chunk(const struct pool *pool, struct machine *machine)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	machine->page_bytes = number(page);
	machine->chunk_assumed = !pool->chunk_bytes.known;
	machine->chunk_bytes = pool->chunk_bytes.value ? pool->chunk_bytes :
							 number(page * (page / 8));
	machine->granule_bytes = machine->chunk_bytes;
}

void machine_assume(const struct pool *pool, struct machine *machine)
{
	*machine = (struct machine){ 0 };
	set_chunk(pool, machine);
}

void machine_read(const struct procfs_reader *reader, const struct pool *pool,
		  struct machine *machine)
{
	struct rlimit memlock;

	machine_assume(pool, machine);
	read_granule(reader, machine);
	read_memory(reader, machine);
	read_unmovable(reader, machine);
	if (!getrlimit(RLIMIT_MEMLOCK, &memlock) && memlock.rlim_cur != RLIM_INFINITY)
		machine->memlock_bytes = number(memlock.rlim_cur);
}
