/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a history comes from: this machine, or a recording played. */
#ifndef SECRETTOP_FEED_H
#define SECRETTOP_FEED_H

#include "history.h"
#include "source.h"
#include "state.h"

struct feed;

/* Open what the options ask for. */
enum exit_code feed_open(const struct source_options *options, struct feed **feed,
			 struct failure *failure);
void feed_close(struct feed *feed);

/*
 * Look once more at the @parts (enum snapshot_part), and add what is seen to
 * @history. A look that failed is added as such. @failure says what is wrong,
 * with EXIT_FINE as well. Of a recording it is the next snapshot, whole, with
 * the events before it.
 */
enum exit_code feed_look(struct feed *feed, unsigned int parts, struct history *history,
			 struct failure *failure);

/* Of a recording: how it is being played. */
void feed_tell(const struct feed *feed, struct playing *playing);

/* How long until the next look, as it was recorded; 0 at the end. */
uint64_t feed_gap_ns(const struct feed *feed);

/* Go to one snapshot before or after what was shown last, or to a time. */
enum exit_code feed_step(struct feed *feed, int by, struct history *history,
			 struct failure *failure);
enum exit_code feed_jump(struct feed *feed, const char *time, struct history *history,
			 struct failure *failure);

#endif
