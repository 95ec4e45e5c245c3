/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recordings: the lines of `secretmemctl monitor --json`, read again. One may
 * come from a newer version, have been cut off or damaged, or be no recording
 * at all: what is sound is read, and what was not is said.
 */
#ifndef SECRETMEM_RECORDING_H
#define SECRETMEM_RECORDING_H

#include "event.h"
#include "source.h"

struct recording;

/*
 * Open a recording and look through it. EXIT_FAILED where it cannot be read or
 * has not a single record.
 */
enum exit_code recording_open(const char *path, struct recording **recording,
			      struct failure *failure);
void recording_close(struct recording *recording);

/* In one line, what of it was not sound and is left out; NULL: all was. */
const char *recording_warning(const struct recording *recording);

/* How many snapshots it has, and when they were taken; @index is below that. */
size_t recording_snapshots(const struct recording *recording);
uint64_t recording_snapshot_time(const struct recording *recording, size_t index);

/*
 * Read the next record into @record, which must be zeroed or cleared. False at
 * the end. The snapshot's source is then "replay".
 */
bool recording_next(struct recording *recording, struct record *record);

/* Go to snapshot @index: recording_next() returns it, and what comes after it. */
void recording_seek(struct recording *recording, size_t index);

/* The last snapshot that is not later than that; false: there is none. */
bool recording_find_time(const struct recording *recording, uint64_t time_ns, size_t *index);

/* One document of secretmemctl status from a file, into a zeroed @snapshot. */
enum exit_code status_document_read(const char *path, struct snapshot *snapshot,
				    struct failure *failure);

#endif
