/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the model is filled from: the kernel's netlink family, /proc, both
 * (the default), or a recording. A source prints nothing: it returns an
 * exit code and, where that is not EXIT_FINE, one line that says what was
 * wrong and what would be right.
 */
#ifndef SECRETMEM_SOURCE_H
#define SECRETMEM_SOURCE_H

#include "model.h"

/* Exit codes of all commands but check (secretmemctl(8), EXIT STATUS). */
enum exit_code {
	EXIT_FINE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_UNSUPPORTED = 3,
	EXIT_PERMISSION = 4,
	EXIT_PARTIAL = 5,
	EXIT_DIFFERS = 6,
	EXIT_REBOOT_PENDING = 7,
};

/* What went wrong, in one line without a newline at its end. */
struct failure {
	char text[512];
};

/* Fill @failure by a format and return @code: `return fail(...)`. */
enum exit_code fail(struct failure *failure, enum exit_code code,
		    const char *format, ...)
	__attribute__((format(printf, 3, 4)));

enum source_kind {
	SOURCE_AUTO,		/* netlink joined with /proc, or /proc alone */
	SOURCE_NETLINK,
	SOURCE_PROCFS,
};

struct netlink_peer;

struct source_options {
	enum source_kind kind;
	const char *root;	/* sysroot that holds proc/ and sys/; NULL for "/" */
	bool debug;		/* decode netlink messages on stderr */
	const char *replay;	/* a recording to read in place of this machine; or NULL */
	const char *at;		/* which moment of it; NULL: the last */
	const char *from;	/* a document of status to read in place; or NULL */
	const struct netlink_peer *peer;	/* instead of the kernel, in tests; or NULL */
	uint64_t watch_ns;	/* read again and again: spread the scan of processes, so
				   that each is looked at within so long; 0: at each read */
};

struct source;

/* Open a source. On failure *@source is NULL. */
enum exit_code source_open(const struct source_options *options,
			   struct source **source, struct failure *failure);

/*
 * Fill @snapshot, which must be zeroed or cleared, with the @parts asked for
 * (enum snapshot_part); a file gives all that it has. EXIT_PARTIAL is a success
 * in which snapshot->partial is set. @failure may have a text even with
 * EXIT_FINE: what is wrong with a recording elsewhere.
 */
enum exit_code source_read(struct source *source, unsigned int parts,
			   struct snapshot *snapshot, struct failure *failure);

void source_close(struct source *source);

/*
 * The two readers behind it. Each fills only what it can know, and adds to
 * what the other one put there: procfs_read() joins its holders to the files
 * that netlink_read() found, by (device, inode), and appends the files that
 * are not there yet.
 */
struct netlink_reader;

/* EXIT_UNSUPPORTED where this kernel has no such family. */
enum exit_code netlink_open(bool debug, struct netlink_reader **reader,
			    struct failure *failure);
enum exit_code netlink_read(struct netlink_reader *reader, unsigned int parts,
			    struct snapshot *snapshot, struct failure *failure);

/* What can be set of the pool; what is unknown here is left as it is. */
struct pool_settings {
	struct number floor_bytes;
	struct number low_threshold_bytes;	/* 0: no event */
	struct number failure_threshold;	/* 0: no event */
};

/* Set it. What came of the floor, netlink_read() tells: see floor.h. */
enum exit_code netlink_set_pool(struct netlink_reader *reader,
				const struct pool_settings *settings,
				struct failure *failure);
void netlink_close(struct netlink_reader *reader);

struct procfs_reader;

enum exit_code procfs_open(const char *root, struct procfs_reader **reader,
			   struct failure *failure);

/*
 * Do at the first time what reading @parts needs and the kernel counts as an event:
 * to be called before netlink_read(), so that who listens does not hear of it.
 */
void procfs_prepare(struct procfs_reader *reader, unsigned int parts);
enum exit_code procfs_read(struct procfs_reader *reader, unsigned int parts,
			   struct snapshot *snapshot, struct failure *failure);

/* Spread the scan over the reads to come: see source_options.watch_ns. */
void procfs_watch(struct procfs_reader *reader, uint64_t cycle_ns);
void procfs_close(struct procfs_reader *reader);

#endif
