/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pool chunk by chunk, each cell telling whose it is. */
#ifndef SECRETTOP_MAP_H
#define SECRETTOP_MAP_H

#include "state.h"

/* How many chunks the pool has; 0: not known. */
size_t map_chunks(const struct snapshot *snapshot);

/* Draw it into @area, line after line; a cell may stand for several chunks. */
void map_draw(const struct state *state, struct canvas *canvas, const struct area *area);

#endif
