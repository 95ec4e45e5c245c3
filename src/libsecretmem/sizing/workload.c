// SPDX-License-Identifier: GPL-2.0-or-later
#include "sizing/workload.h"
#include "room.h"
#include "size.h"
#include "xalloc.h"

/* "20x64M", or "64M" for one. */
static bool parse_part(char *text, struct workload_part *part)
{
	char *times = strchr(text, 'x');
	struct number files = number(1), bytes;

	if (times)
		*times = '\0';
	if ((times && !parse_count(text, &files)) || !parse_size(times ? times + 1 : text, &bytes))
		return false;
	part->files = files.value;
	part->bytes = bytes.value;
	return files.value && bytes.value;
}

enum exit_code workload_parse(const char *text, struct workload *workload,
			      struct failure *failure)
{
	char *copy, *rest, *word;
	struct workload_part part;
	bool fine = true;

	workload->on_top = *text == '+';
	copy = rest = xstrdup(text + workload->on_top);
	while (fine && (word = strsep(&rest, ","))) {
		fine = parse_part(word, &part);
		if (fine)
			*(struct workload_part *)list_add(&workload->parts, sizeof(part)) = part;
	}
	free(copy);
	if (fine)
		return EXIT_FINE;
	return fail(failure, EXIT_USAGE, "--plan: '%s' is not a workload like 20x64M,500x4K: "
		    "so many files of that size each", text);
}

void workload_clear(struct workload *workload)
{
	free(workload->parts.items);
	*workload = (struct workload){ 0 };
}

static bool add_part(const struct workload_part *part, uint64_t chunk_bytes, uint64_t *sum)
{
	struct number whole = whole_chunks(part->bytes, chunk_bytes);
	uint64_t chunks;

	return whole.known &&
	       !__builtin_mul_overflow(whole.value / chunk_bytes, part->files, &chunks) &&
	       !__builtin_add_overflow(*sum, chunks, sum);
}

struct number workload_chunks(const struct workload *workload, uint64_t chunk_bytes)
{
	struct number sum = number(0);

	list_for_each(part, &workload->parts, struct workload_part) {
		if (!add_part(part, chunk_bytes, &sum.value))
			return (struct number){ 0 };
	}
	return sum;
}

uint64_t workload_largest(const struct workload *workload, uint64_t chunk_bytes)
{
	uint64_t largest = 0;

	list_for_each(part, &workload->parts, struct workload_part) {
		if (part->bytes > largest)
			largest = part->bytes;
	}
	return largest / chunk_bytes + (largest % chunk_bytes != 0);
}

uint64_t workload_files(const struct workload *workload)
{
	uint64_t files = 0;

	list_for_each(part, &workload->parts, struct workload_part)
		files += part->files;
	return files;
}
