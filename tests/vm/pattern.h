/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pattern that is recognised wherever it lies in memory, although no copy of
 * it is ever made: each word of it is computed when it is written or compared,
 * so that a copy that is found is the kernel's doing.
 */
#ifndef SECRETMEM_TESTS_PATTERN_H
#define SECRETMEM_TESTS_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So many words in a row are not there by chance. */
#define PATTERN_RUN 8

static inline uint64_t pattern_word(uint64_t seed, size_t index)
{
	uint64_t word = seed + 0x9e3779b97f4a7c15 * (index % 512 + 1);

	word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
	return word ^ (word >> 27);
}

static inline void pattern_fill(volatile uint64_t *words, size_t bytes, uint64_t seed)
{
	for (size_t i = 0; i < bytes / sizeof(*words); i++)
		words[i] = pattern_word(seed, i);
}

/* Whether a page of @words begins with the pattern, as all that were filled do. */
static inline bool pattern_at(const uint64_t *words, uint64_t seed)
{
	for (size_t i = 0; i < PATTERN_RUN; i++) {
		if (words[i] != pattern_word(seed, i))
			return false;
	}
	return true;
}

#endif
