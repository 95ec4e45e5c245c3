// SPDX-License-Identifier: GPL-2.0
/*
 * What happens to secret memory, for tracepoints and for those who listen.
 *
 * Events happen under locks of the pool and at faults, so they are only noted
 * there: they get a number, the time and who did it, and are put into a queue.
 * They are delivered later by a work item, in the order of their numbers.
 * Nothing of this is done unless somebody listens.
 */

#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/secretmem.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

#include "secretmem_area.h"
#include "secretmem_event.h"

#define CREATE_TRACE_POINTS
#include <trace/events/secretmem.h>

/* So many events wait for delivery at most; others are dropped. */
#define SECRETMEM_QUEUE_MAX	8192

/* Splits are reported not more often than this. */
#define SECRETMEM_SPLIT_INTERVAL	(HZ / 10)

static void secretmem_queue_work(struct work_struct *work);

/**
 * struct secretmem_queue - the events of a group
 * @lock:	protects the members but the last two; any context
 * @events:	those that wait for delivery
 * @nr_events:	how many these are
 * @sequence:	number of the last event
 * @nr_dropped:	events that were numbered, but got lost
 * @work:	delivers
 * @delivered:	number of the last event that was; for the work only
 */
struct secretmem_queue {
	spinlock_t		lock;	/* see above */
	struct list_head	events;
	unsigned int		nr_events;
	u64			sequence;
	u64			nr_dropped;
	struct work_struct	work;
	u64			delivered;
};

static struct secretmem_queue secretmem_queues[SECRETMEM_NR_GROUPS] = {
	[SECRETMEM_GROUP_EVENTS] = {
		.lock	= __SPIN_LOCK_UNLOCKED(secretmem_queues[0].lock),
		.events	= LIST_HEAD_INIT(secretmem_queues[0].events),
		.work	= __WORK_INITIALIZER(secretmem_queues[0].work,
					     secretmem_queue_work),
	},
	[SECRETMEM_GROUP_DIRECT_MAP] = {
		.lock	= __SPIN_LOCK_UNLOCKED(secretmem_queues[1].lock),
		.events	= LIST_HEAD_INIT(secretmem_queues[1].events),
		.work	= __WORK_INITIALIZER(secretmem_queues[1].work,
					     secretmem_queue_work),
	},
};

static const struct secretmem_listener *secretmem_listener __ro_after_init;

/* What is available and whether that is low; the threshold is 0 when off. */
static DEFINE_SPINLOCK(secretmem_low_lock);
static u64 secretmem_low_bytes;
static bool secretmem_is_low;

static unsigned long secretmem_failure_step;

/**
 * secretmem_set_listener - say where events are to go
 * @listener: who takes them from now on
 */
void __init secretmem_set_listener(const struct secretmem_listener *listener)
{
	/* Pairs with the load in secretmem_heard(): its family is registered. */
	smp_store_release(&secretmem_listener, listener);
}

static bool secretmem_heard(enum secretmem_event_group group)
{
	const struct secretmem_listener *listener;

	/* Pairs with the store in secretmem_set_listener(). */
	listener = smp_load_acquire(&secretmem_listener);

	return listener && listener->heard(group);
}

static void secretmem_queue_count_dropped(struct secretmem_queue *queue)
{
	spin_lock(&queue->lock);
	queue->nr_dropped++;
	spin_unlock(&queue->lock);
}

static void secretmem_queue_deliver(struct secretmem_queue *queue,
				    struct secretmem_event *event)
{
	event->nr_dropped = event->sequence - queue->delivered - 1;
	if (secretmem_listener->deliver(queue - secretmem_queues, event)) {
		secretmem_queue_count_dropped(queue);
		return;
	}
	queue->delivered = event->sequence;
}

static void secretmem_queue_work(struct work_struct *work)
{
	struct secretmem_queue *queue =
		container_of(work, struct secretmem_queue, work);
	struct secretmem_event *event, *next;
	LIST_HEAD(events);

	spin_lock(&queue->lock);
	list_splice_init(&queue->events, &events);
	queue->nr_events = 0;
	spin_unlock(&queue->lock);

	list_for_each_entry_safe(event, next, &events, node) {
		secretmem_queue_deliver(queue, event);
		kfree(event);
		cond_resched();
	}
}

/*
 * Number the event and queue it. Where memory is short it is dropped: to wait
 * for memory under the locks of the pool would be worse.
 */
static void secretmem_queue_add(enum secretmem_event_group group,
				const struct secretmem_event *template)
{
	struct secretmem_queue *queue = &secretmem_queues[group];
	struct secretmem_event *event;

	event = kmemdup(template, sizeof(*event), GFP_NOWAIT | __GFP_NOWARN);

	spin_lock(&queue->lock);
	queue->sequence++;
	if (event && queue->nr_events < SECRETMEM_QUEUE_MAX) {
		event->sequence = queue->sequence;
		event->time_ns = ktime_get_ns();
		list_add_tail(&event->node, &queue->events);
		queue->nr_events++;
		event = NULL;
	} else {
		queue->nr_dropped++;
	}
	spin_unlock(&queue->lock);

	kfree(event);
	queue_work(system_unbound_wq, &queue->work);
}

/* Number of the last event of a group. */
u64 secretmem_event_sequence(enum secretmem_event_group group)
{
	struct secretmem_queue *queue = &secretmem_queues[group];
	u64 sequence;

	spin_lock(&queue->lock);
	sequence = queue->sequence;
	spin_unlock(&queue->lock);

	return sequence;
}

/* Number of the events of all groups that nobody got. */
u64 secretmem_events_dropped(void)
{
	u64 nr_dropped = 0;
	unsigned int i;

	for (i = 0; i < SECRETMEM_NR_GROUPS; i++) {
		struct secretmem_queue *queue = &secretmem_queues[i];

		spin_lock(&queue->lock);
		nr_dropped += queue->nr_dropped;
		spin_unlock(&queue->lock);
	}
	return nr_dropped;
}

/* A thread of the kernel does it for somebody else, and is not told of. */
static void secretmem_event_set_process(struct secretmem_event *event)
{
	if (current->flags & PF_KTHREAD)
		return;

	event->pid = task_tgid_nr(current);
	event->uid = from_kuid_munged(&init_user_ns, current_uid());
	event->cgroup_id = secretmem_current_cgroup_id();
	get_task_comm(event->comm, current->group_leader);
	event->has |= SECRETMEM_EVENT_HAS_PROCESS;
}

static u32 secretmem_file_device(const struct secretmem_file *file)
{
	return new_encode_dev(file->inode->i_sb->s_dev);
}

static void secretmem_event_set_file(struct secretmem_event *event,
				     const struct secretmem_file *file)
{
	event->file_id = file->id;
	/* Those of the tests have none. */
	if (!file->inode)
		return;

	event->device = secretmem_file_device(file);
	event->inode = file->inode->i_ino;
	event->has |= SECRETMEM_EVENT_HAS_INODE;
}

/* Somebody listens: complete the event, and queue it. */
static void secretmem_event_add(struct secretmem_event *event)
{
	secretmem_event_set_process(event);
	secretmem_queue_add(SECRETMEM_GROUP_EVENTS, event);
}

/**
 * secretmem_note_file_created - note that there is a new file
 * @file: the file
 */
void secretmem_note_file_created(const struct secretmem_file *file)
{
	struct secretmem_event event = { .kind = SECRETMEM_EVENT_FILE_CREATED };

	trace_secretmem_file_create(file->id, secretmem_file_device(file),
				    file->inode->i_ino);
	if (!secretmem_heard(SECRETMEM_GROUP_EVENTS))
		return;

	secretmem_event_set_file(&event, file);
	secretmem_event_add(&event);
}

/**
 * secretmem_note_file_released - note that a file has gone, with its memory
 * @file: the file
 */
void secretmem_note_file_released(const struct secretmem_file *file)
{
	struct secretmem_event event = {
		.kind = SECRETMEM_EVENT_FILE_RELEASED,
		.has = SECRETMEM_EVENT_HAS_BYTES,
		.bytes = i_size_read(file->inode),
	};

	trace_secretmem_file_release(file->id, secretmem_file_device(file),
				     file->inode->i_ino, event.bytes);
	if (!secretmem_heard(SECRETMEM_GROUP_EVENTS))
		return;

	secretmem_event_set_file(&event, file);
	secretmem_event_add(&event);
}

static void secretmem_chunk_event(enum secretmem_event_kind kind, u64 file_id,
				  u64 chunk_id, u32 position,
				  enum secretmem_chunk_fate fate)
{
	struct secretmem_event event = {
		.kind = kind,
		.has = SECRETMEM_EVENT_HAS_CHUNK | SECRETMEM_EVENT_HAS_BYTES,
		.file_id = file_id,
		.chunk_id = chunk_id,
		.position = position,
		.fate = fate,
		.bytes = SECRETMEM_CHUNK_SIZE,
	};

	if (secretmem_heard(SECRETMEM_GROUP_EVENTS))
		secretmem_event_add(&event);
}

/**
 * secretmem_note_chunk_added - note that a file has got a chunk
 * @file_id: the file
 * @chunk_id: the chunk
 * @position: where it is in the area
 *
 * The caller sees to it that the chunk is not released meanwhile.
 */
void secretmem_note_chunk_added(u64 file_id, u64 chunk_id, u32 position)
{
	trace_secretmem_chunk_add(file_id, chunk_id, position, SECRETMEM_CHUNK_SIZE);
	secretmem_chunk_event(SECRETMEM_EVENT_CHUNK_ADDED, file_id, chunk_id,
			      position, SECRETMEM_CHUNK_IS_FREE);
}

/**
 * secretmem_note_chunk_released - note that a file has a chunk no more
 * @file_id: the file
 * @chunk_id: the chunk
 * @position: where it is in the area
 * @fate: what becomes of it
 *
 * The caller sees to it that nobody gets the chunk before this returns.
 */
void secretmem_note_chunk_released(u64 file_id, u64 chunk_id, u32 position,
				   enum secretmem_chunk_fate fate)
{
	trace_secretmem_chunk_release(file_id, chunk_id, position, SECRETMEM_CHUNK_SIZE);
	if (fate == SECRETMEM_CHUNK_IS_QUARANTINED)
		trace_secretmem_chunk_quarantine(file_id, chunk_id, position,
						 SECRETMEM_CHUNK_SIZE);
	secretmem_chunk_event(SECRETMEM_EVENT_CHUNK_RELEASED, file_id,
			      chunk_id, position, fate);
}

static void secretmem_failure_event(enum secretmem_event_kind kind,
				    const struct secretmem_file *file,
				    enum secretmem_failure reason, u64 bytes)
{
	struct secretmem_event event = {
		.kind = kind,
		.has = SECRETMEM_EVENT_HAS_BYTES | SECRETMEM_EVENT_HAS_REASON,
		.bytes = bytes,
		.reason = reason,
	};

	if (!secretmem_heard(SECRETMEM_GROUP_EVENTS))
		return;

	secretmem_event_set_file(&event, file);
	secretmem_event_add(&event);
}

static void secretmem_note_limit(const struct secretmem_file *file,
				 enum secretmem_failure reason, u64 bytes)
{
	trace_secretmem_limit(file->id, bytes, reason);
	secretmem_failure_event(SECRETMEM_EVENT_LIMIT, file, reason, bytes);
}

static void secretmem_note_failure_count(enum secretmem_failure reason,
					 unsigned long nr_failures)
{
	unsigned long step = READ_ONCE(secretmem_failure_step);
	struct secretmem_event event = {
		.kind = SECRETMEM_EVENT_THRESHOLD,
		.has = SECRETMEM_EVENT_HAS_REASON | SECRETMEM_EVENT_HAS_COUNT,
		.reason = reason,
		.count = nr_failures,
	};

	if (step && nr_failures % step == 0 &&
	    secretmem_heard(SECRETMEM_GROUP_EVENTS))
		secretmem_event_add(&event);
}

/**
 * secretmem_note_failure - count and note that a request was refused
 * @file: the file that wanted memory
 * @request: what for
 * @reason: why it did not get it
 * @bytes: how much it wanted
 */
void secretmem_note_failure(const struct secretmem_file *file,
			    enum secretmem_request request,
			    enum secretmem_failure reason, u64 bytes)
{
	unsigned long nr_failures = secretmem_count_failure(reason);

	if (reason == SECRETMEM_FAILURE_MEMLOCK ||
	    reason == SECRETMEM_FAILURE_CGROUP)
		secretmem_note_limit(file, reason, bytes);

	if (request == SECRETMEM_REQUEST_RESERVE) {
		trace_secretmem_reserve_failed(file->id, bytes, reason);
		secretmem_failure_event(SECRETMEM_EVENT_RESERVE_FAILED, file,
					reason, bytes);
	} else {
		trace_secretmem_fault_failed(file->id, bytes, reason);
		secretmem_failure_event(SECRETMEM_EVENT_FAULT_FAILED, file,
					reason, bytes);
	}

	secretmem_note_failure_count(reason, nr_failures);
}

/* Return whether the threshold was crossed, in either direction. */
static bool secretmem_low_update(u64 available)
{
	bool is_low, crossed;

	spin_lock(&secretmem_low_lock);
	is_low = available < secretmem_low_bytes;
	crossed = is_low != secretmem_is_low && secretmem_low_bytes;
	secretmem_is_low = is_low;
	spin_unlock(&secretmem_low_lock);

	return crossed;
}

/**
 * secretmem_note_available - note how much of the pool is left
 * @bytes: that much
 *
 * The caller sees to it that it is true until this returns.
 */
void secretmem_note_available(u64 bytes)
{
	struct secretmem_event event = {
		.kind = SECRETMEM_EVENT_THRESHOLD,
		.has = SECRETMEM_EVENT_HAS_BYTES,
		.bytes = bytes,
	};

	if (!READ_ONCE(secretmem_low_bytes) || !secretmem_low_update(bytes))
		return;

	if (secretmem_heard(SECRETMEM_GROUP_EVENTS))
		secretmem_event_add(&event);
}

u64 secretmem_low_threshold(void)
{
	return READ_ONCE(secretmem_low_bytes);
}

/**
 * secretmem_low_threshold_set - say what shall count as low
 * @bytes: less than this; 0 for never
 *
 * The caller notes next what is available.
 */
void secretmem_low_threshold_set(u64 bytes)
{
	spin_lock(&secretmem_low_lock);
	WRITE_ONCE(secretmem_low_bytes, bytes);
	if (!bytes)
		secretmem_is_low = false;
	spin_unlock(&secretmem_low_lock);
}

u64 secretmem_failure_threshold(void)
{
	return READ_ONCE(secretmem_failure_step);
}

/**
 * secretmem_failure_threshold_set - say how many failures shall be an event
 * @nr: that many of one reason; 0 for none
 */
void secretmem_failure_threshold_set(unsigned long nr)
{
	WRITE_ONCE(secretmem_failure_step, nr);
}

/* Splits that were not reported yet, because that is done now and then only. */
static atomic_long_t
secretmem_splits[DIRECT_MAP_NR_LEVELS][DIRECT_MAP_NR_OWNERS];

static void secretmem_report_splits(enum direct_map_level level,
				    enum direct_map_owner owner)
{
	struct secretmem_event event = {
		.kind = SECRETMEM_EVENT_SPLIT,
		.has = SECRETMEM_EVENT_HAS_SPLIT | SECRETMEM_EVENT_HAS_COUNT,
		.page_bytes = direct_map_page_size(level),
		.owner = owner,
		.count = atomic_long_xchg(&secretmem_splits[level][owner], 0),
	};

	if (event.count && secretmem_heard(SECRETMEM_GROUP_DIRECT_MAP))
		secretmem_queue_add(SECRETMEM_GROUP_DIRECT_MAP, &event);
}

static void secretmem_splits_work(struct work_struct *work)
{
	unsigned int level, owner;

	for (level = DIRECT_MAP_NR_LEVELS; level--;) {
		for (owner = 0; owner < DIRECT_MAP_NR_OWNERS; owner++)
			secretmem_report_splits(level, owner);
	}
}

static DECLARE_DELAYED_WORK(secretmem_splits_dwork, secretmem_splits_work);

/**
 * secretmem_note_split - note that a page of the direct map was split
 * @level: its size, an enum direct_map_level
 * @owner: on whose behalf, an enum direct_map_owner
 *
 * Context: Any in which the direct map may be changed.
 */
void secretmem_note_split(unsigned int level, unsigned int owner)
{
	if (!secretmem_heard(SECRETMEM_GROUP_DIRECT_MAP))
		return;

	atomic_long_inc(&secretmem_splits[level][owner]);
	queue_delayed_work(system_unbound_wq, &secretmem_splits_dwork,
			   SECRETMEM_SPLIT_INTERVAL);
}
