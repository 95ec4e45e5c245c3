/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events in the journal of systemd, with fields of their own: those of the event
 * table in upper case behind SECRETMEM_, such as SECRETMEM_REASON, and a MESSAGE_ID
 * for those that tell of a failure.
 */
#ifndef SECRETMEM_JOURNAL_H
#define SECRETMEM_JOURNAL_H

#include "event.h"
#include "source.h"

/* Of reserve-failed, fault-failed and limit: journalctl MESSAGE_ID=... finds them. */
#define JOURNAL_FAILURE_ID "9da02fe837224e199b289c32716f91ba"

/* One entry. */
enum exit_code journal_send(const struct event *event, struct failure *failure);

#endif
