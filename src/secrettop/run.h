/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of the program, on a screen or in batch mode. */
#ifndef SECRETTOP_RUN_H
#define SECRETTOP_RUN_H

#include "command.h"
#include "feed.h"
#include "history.h"
#include "state.h"

struct run {
	struct common_options common;
	struct number count;	/* looks; unknown: without end */
	bool color;
	struct feed *feed;
	struct history *history;
	struct state state;
	struct failure failure;
	uint64_t cpu_ns;	/* that we had used at the look before */
	uint64_t looked_ns;	/* when that was */
};

/* One look, and what it cost, into the history and the state. */
enum exit_code run_look(struct run *run);

/* Each returns an exit code. */
int run_screen(struct run *run);
int run_batch(struct run *run);

#endif
