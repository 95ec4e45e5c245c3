/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in a list the items are that have a certain number, such as an inode.
 * Several may have the same one.
 */
#ifndef SECRETMEM_KEY_INDEX_H
#define SECRETMEM_KEY_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct key_slot {
	uint64_t key;
	size_t place;		/* and 1; 0: the slot is empty */
};

/* Zeroed memory is an index with nothing in it. */
struct key_index {
	struct key_slot *slots;
	size_t size;		/* of .slots, 0 or a power of 2 */
	size_t count;
};

void key_index_add(struct key_index *index, uint64_t key, size_t place);

/*
 * The next @place that was added with @key. *@cursor is 0 before the first; the
 * order is any. False: there are no more.
 */
bool key_index_next(const struct key_index *index, uint64_t key, size_t *cursor,
		    size_t *place);

/* Forget all; the memory stays for what comes, unless it is much. */
void key_index_clear(struct key_index *index);
void key_index_free(struct key_index *index);

#endif
