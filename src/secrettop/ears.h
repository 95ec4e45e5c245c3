/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events: as the kernel tells them, or as two looks show them. */
#ifndef SECRETTOP_EARS_H
#define SECRETTOP_EARS_H

#include "history.h"
#include "source.h"

struct ears;

/* Where the kernel tells nothing, or not to us, events are derived. */
struct ears *ears_open(const struct source_options *options);
void ears_close(struct ears *ears);

/* Add to @history what happened before the look @after, but not before @before, or NULL. */
void ears_take(struct ears *ears, const struct snapshot *before, const struct snapshot *after,
	       struct history *history);

#endif
