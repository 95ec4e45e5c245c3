/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside secretmemctl reserve: one run of it. */
#ifndef SECRETMEM_RESERVE_RUN_H
#define SECRETMEM_RESERVE_RUN_H

#include "command.h"
#include "procfs.h"
#include "reserve.h"
#include "sizing/requests.h"

struct reserve_options {
	bool check;
	bool persist;
	bool remove;
	bool force;
	bool run_helpers;
	const char *backend;
	const char *plan;
	const char *plan_size;
	struct number headroom;
};

struct run {
	const struct command *command;
	struct common_options common;
	struct reserve_options own;
	const char *operand;	/* SIZE or "auto"; NULL: none */
	bool automatic;
	struct setting asked;
	struct setting tried;	/* --plan-size */
	struct workload plan;
	struct procfs_reader *procfs;	/* NULL: an image, in which nothing runs */
	struct snapshot here;	/* what kernel and pool there are */
	struct snapshot load;	/* of now, or of a recording */
	struct recorded recorded;
	struct what_if smallest;	/* that refuses nothing of what was recorded */
	struct machine machine;
	struct boot boot;
	const struct boot_backend *backend;	/* NULL: none, as ->no_backend tells */
	struct failure no_backend;
	enum exit_code backend_code;
	struct boot_state state;
	struct boot_plan boot_plan;
	struct reserve_report report;
	struct failure failure;
};

/* reserve-read.c: what is known; EXIT_PARTIAL is a success */
enum exit_code run_read(struct run *run);

/* The values of the running kernel, the advice, and what was asked for. */
void run_fill_running(struct run *run);
void run_fill_advice(struct run *run);
void run_fill_wanted(struct run *run);
enum exit_code run_fill_what_if(struct run *run);

void value_fill(struct reserve_value *value, const struct setting *setting,
		uint64_t granule_bytes);

/* reserve-boot.c: the next boot */
enum exit_code run_read_boot(struct run *run);
enum exit_code run_change_boot(struct run *run);

#endif
