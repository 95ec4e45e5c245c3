/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MM_SECRETMEM_EVENT_H
#define __MM_SECRETMEM_EVENT_H

#include <linux/bits.h>
#include <linux/direct_map.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "secretmem_file.h"

/* What somebody may listen to, each with numbers of its own. */
enum secretmem_event_group {
	SECRETMEM_GROUP_EVENTS,
	SECRETMEM_GROUP_DIRECT_MAP,
	SECRETMEM_NR_GROUPS,
};

enum secretmem_event_kind {
	SECRETMEM_EVENT_FILE_CREATED,
	SECRETMEM_EVENT_FILE_RELEASED,
	SECRETMEM_EVENT_CHUNK_ADDED,
	SECRETMEM_EVENT_CHUNK_RELEASED,
	SECRETMEM_EVENT_RESERVE_FAILED,
	SECRETMEM_EVENT_FAULT_FAILED,
	SECRETMEM_EVENT_LIMIT,
	SECRETMEM_EVENT_THRESHOLD,
	SECRETMEM_EVENT_SPLIT,
};

/* Which members of an event are set, besides those that always are. */
#define SECRETMEM_EVENT_HAS_PROCESS	BIT(0)
#define SECRETMEM_EVENT_HAS_INODE	BIT(1)
#define SECRETMEM_EVENT_HAS_CHUNK	BIT(2)
#define SECRETMEM_EVENT_HAS_BYTES	BIT(3)
#define SECRETMEM_EVENT_HAS_REASON	BIT(4)
#define SECRETMEM_EVENT_HAS_COUNT	BIT(5)
#define SECRETMEM_EVENT_HAS_SPLIT	BIT(6)

/* What became of a chunk that was released. */
enum secretmem_chunk_fate {
	SECRETMEM_CHUNK_IS_FREE,
	SECRETMEM_CHUNK_IS_READY,
	SECRETMEM_CHUNK_IS_QUARANTINED,
};

/**
 * struct secretmem_event - what happened
 * @node:	in the queue of its group
 * @kind:	what it was
 * @has:	SECRETMEM_EVENT_HAS_*
 * @sequence:	number in its group
 * @nr_dropped:	events right before this one that nobody got
 * @time_ns:	CLOCK_MONOTONIC
 * @pid:	process that did it, in the initial PID namespace
 * @uid:	its real user, in the initial user namespace
 * @cgroup_id:	its cgroup in the default hierarchy, 0 if there is none
 * @comm:	its name
 * @file_id:	the file, 0 if it is about none
 * @device:	the file's device number as user space has it
 * @inode:	its inode number
 * @chunk_id:	the chunk
 * @position:	its position
 * @fate:	what became of it
 * @bytes:	how much memory it is about
 * @reason:	why it failed
 * @count:	how often
 * @page_bytes:	size of the pages that were split
 * @owner:	on whose behalf
 */
struct secretmem_event {
	struct list_head		node;
	enum secretmem_event_kind	kind;
	unsigned int			has;
	u64				sequence;
	u64				nr_dropped;
	u64				time_ns;
	pid_t				pid;
	uid_t				uid;
	u64				cgroup_id;
	char				comm[TASK_COMM_LEN];
	u64				file_id;
	u32				device;
	u64				inode;
	u64				chunk_id;
	u32				position;
	enum secretmem_chunk_fate	fate;
	u64				bytes;
	enum secretmem_failure		reason;
	u64				count;
	u64				page_bytes;
	enum direct_map_owner		owner;
};

/**
 * struct secretmem_listener - where events go
 * @heard: whether anybody listens to a group; in any context
 * @deliver: bring an event to all who listen to the group; 0 also if there is
 *	     nobody any more, or a negative error if nobody could get it
 */
struct secretmem_listener {
	bool (*heard)(enum secretmem_event_group group);
	int (*deliver)(enum secretmem_event_group group,
		       const struct secretmem_event *event);
};

void __init secretmem_set_listener(const struct secretmem_listener *listener);

u64 secretmem_event_sequence(enum secretmem_event_group group);
u64 secretmem_events_dropped(void);

void secretmem_note_file_created(const struct secretmem_file *file);
void secretmem_note_file_released(const struct secretmem_file *file);
void secretmem_note_chunk_added(u64 file_id, u64 chunk_id, u32 position);
void secretmem_note_chunk_released(u64 file_id, u64 chunk_id, u32 position,
				   enum secretmem_chunk_fate fate);

/* What wanted memory. */
enum secretmem_request {
	SECRETMEM_REQUEST_RESERVE,
	SECRETMEM_REQUEST_FAULT,
};

void secretmem_note_failure(const struct secretmem_file *file,
			    enum secretmem_request request,
			    enum secretmem_failure reason, u64 bytes);

void secretmem_note_available(u64 bytes);

u64 secretmem_low_threshold(void);
void secretmem_low_threshold_set(u64 bytes);
u64 secretmem_failure_threshold(void);
void secretmem_failure_threshold_set(unsigned long nr);

#endif /* __MM_SECRETMEM_EVENT_H */
