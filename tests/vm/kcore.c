// SPDX-License-Identifier: GPL-2.0-or-later
#include "kcore.h"

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include "pattern.h"

enum {
	PAGE = 4096,
	BLOCK = 256 * PAGE,
};

static _Alignas(PAGE) char block[BLOCK];

/* The segments without a physical address are vmalloc() space and modules. */
static bool is_direct_map(const Elf64_Phdr *segment)
{
	return segment->p_type == PT_LOAD && segment->p_paddr != (Elf64_Addr)-1 &&
	       segment->p_paddr != 0;
}

static long count_in_block(size_t bytes, uint64_t seed)
{
	long count = 0;

	for (size_t offset = 0; offset + PAGE <= bytes; offset += PAGE)
		count += pattern_at((const uint64_t *)(const void *)(block + offset), seed);
	return count;
}

/* What cannot be read at all is passed over by the block. */
static long count_in_segment(int fd, const Elf64_Phdr *segment, uint64_t seed)
{
	long count = 0;

	for (uint64_t done = 0; done < segment->p_memsz; done += BLOCK) {
		uint64_t left = segment->p_memsz - done;
		ssize_t got = pread(fd, block, left < BLOCK ? left : BLOCK,
				    (off_t)(segment->p_offset + done));

		if (got > 0)
			count += count_in_block((size_t)got, seed);
	}
	return count;
}

long kcore_count_pattern(uint64_t seed)
{
	int fd = open("/proc/kcore", O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr header;
	long count = 0;

	if (fd < 0 || pread(fd, &header, sizeof(header), 0) != sizeof(header))
		return -1;

	for (unsigned int i = 0; i < header.e_phnum; i++) {
		Elf64_Phdr segment;
		off_t at = (off_t)(header.e_phoff + i * sizeof(segment));

		if (pread(fd, &segment, sizeof(segment), at) != sizeof(segment))
			return -1;
		if (is_direct_map(&segment))
			count += count_in_segment(fd, &segment, seed);
	}
	close(fd);
	return count;
}
