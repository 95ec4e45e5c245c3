/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source that is a file: a moment of a recording, or one document. */
#ifndef SECRETMEM_REPLAY_H
#define SECRETMEM_REPLAY_H

#include "source.h"

struct replay;

/* For options that have .replay or .from. */
enum exit_code replay_open(const struct source_options *options, struct replay **replay,
			   struct failure *failure);
enum exit_code replay_read(struct replay *replay, struct snapshot *snapshot,
			   struct failure *failure);

/* The recording at its start, or at the snapshot that was asked for; NULL: a document. */
struct recording *replay_recording(struct replay *replay);
void replay_close(struct replay *replay);

#endif
