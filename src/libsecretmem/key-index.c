// SPDX-License-Identifier: GPL-2.0-or-later
/* Open addressing; at most half of the slots are taken. */
#include <stdlib.h>
#include <string.h>

#include "key-index.h"
#include "xalloc.h"

#define SMALLEST_SIZE 64

/* The slot @step after the first that @key may be in. */
static size_t slot_of(const struct key_index *index, uint64_t key, size_t step)
{
	return ((size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 20) + step) & (index->size - 1);
}

static void insert(struct key_index *index, const struct key_slot *new)
{
	size_t step = 0;

	while (index->slots[slot_of(index, new->key, step)].place)
		step++;
	index->slots[slot_of(index, new->key, step)] = *new;
	index->count++;
}

static void grow(struct key_index *index)
{
	struct key_index old = *index;
	size_t i;

	*index = (struct key_index){ .size = old.size ? 2 * old.size : SMALLEST_SIZE };
	index->slots = xcalloc(index->size, sizeof(*index->slots));
	for (i = 0; i < old.size; i++) {
		if (old.slots[i].place)
			insert(index, &old.slots[i]);
	}
	free(old.slots);
}

void key_index_add(struct key_index *index, uint64_t key, size_t place)
{
	const struct key_slot slot = { key, place + 1 };

	if (2 * (index->count + 1) > index->size)
		grow(index);
	insert(index, &slot);
}

bool key_index_next(const struct key_index *index, uint64_t key, size_t *cursor, size_t *place)
{
	const struct key_slot *slot;

	if (!index->count)
		return false;
	while ((slot = &index->slots[slot_of(index, key, (*cursor)++)])->place) {
		if (slot->key == key) {
			*place = slot->place - 1;
			return true;
		}
	}
	return false;
}

void key_index_clear(struct key_index *index)
{
	if (index->size > SMALLEST_SIZE)
		key_index_free(index);
	else if (index->count)
		memset(index->slots, 0, index->size * sizeof(*index->slots));
	index->count = 0;
}

void key_index_free(struct key_index *index)
{
	free(index->slots);
	*index = (struct key_index){ 0 };
}
