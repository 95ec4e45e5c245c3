// SPDX-License-Identifier: GPL-2.0
/*
 * Events, by the multicast groups of generic netlink.
 *
 * To join takes CAP_SYS_ADMIN in the initial user namespace, in whatever network
 * namespace: the core's bitmap of listeners is shared by all of these, and
 * nobody else shall make us build messages.
 */

#include "secretmem_netlink.h"

const struct genl_multicast_group secretmem_nl_groups[SECRETMEM_NR_GROUPS] = {
	[SECRETMEM_GROUP_EVENTS] = {
		.name	= SECRETMEM_MCGRP_EVENTS,
		.flags	= GENL_MCAST_INIT_CAP_SYS_ADMIN,
	},
	[SECRETMEM_GROUP_DIRECT_MAP] = {
		.name	= SECRETMEM_MCGRP_DIRECT_MAP,
		.flags	= GENL_MCAST_INIT_CAP_SYS_ADMIN,
	},
};

static const u32 secretmem_event_types[] = {
	[SECRETMEM_EVENT_FILE_CREATED]	= SECRETMEM_EVENT_TYPE_FILE_CREATED,
	[SECRETMEM_EVENT_FILE_RELEASED]	= SECRETMEM_EVENT_TYPE_FILE_RELEASED,
	[SECRETMEM_EVENT_CHUNK_ADDED]	= SECRETMEM_EVENT_TYPE_CHUNK_ADDED,
	[SECRETMEM_EVENT_CHUNK_RELEASED] = SECRETMEM_EVENT_TYPE_CHUNK_RELEASED,
	[SECRETMEM_EVENT_RESERVE_FAILED] = SECRETMEM_EVENT_TYPE_RESERVE_FAILED,
	[SECRETMEM_EVENT_FAULT_FAILED]	= SECRETMEM_EVENT_TYPE_FAULT_FAILED,
	[SECRETMEM_EVENT_LIMIT]		= SECRETMEM_EVENT_TYPE_LIMIT,
	[SECRETMEM_EVENT_THRESHOLD]	= SECRETMEM_EVENT_TYPE_THRESHOLD,
	[SECRETMEM_EVENT_SPLIT]		= SECRETMEM_EVENT_TYPE_SPLIT,
};

static const u32 secretmem_reasons[SECRETMEM_NR_FAILURES] = {
	[SECRETMEM_FAILURE_MEMLOCK]	= SECRETMEM_FAILURE_REASON_MEMLOCK,
	[SECRETMEM_FAILURE_DIRECT_MAP]	= SECRETMEM_FAILURE_REASON_DIRECT_MAP,
	[SECRETMEM_FAILURE_MEMORY]	= SECRETMEM_FAILURE_REASON_MEMORY,
	[SECRETMEM_FAILURE_EXHAUSTED]	= SECRETMEM_FAILURE_REASON_POOL_EXHAUSTED,
	[SECRETMEM_FAILURE_PINNED]	= SECRETMEM_FAILURE_REASON_PINNED,
	[SECRETMEM_FAILURE_LOW_MEMORY]	= SECRETMEM_FAILURE_REASON_LOW_MEMORY,
	[SECRETMEM_FAILURE_CGROUP]	= SECRETMEM_FAILURE_REASON_CGROUP,
};

static const u32 secretmem_owners[DIRECT_MAP_NR_OWNERS] = {
	[DIRECT_MAP_OWNER_OTHER]	= SECRETMEM_OWNER_OTHER,
	[DIRECT_MAP_OWNER_SECRETMEM]	= SECRETMEM_OWNER_SECRETMEM,
};

static bool secretmem_nl_heard(enum secretmem_event_group group)
{
	return genl_has_listeners(&secretmem_nl_family, &init_net, group);
}

static int secretmem_fill_process(struct sk_buff *skb,
				  const struct secretmem_event *event)
{
	if (!(event->has & SECRETMEM_EVENT_HAS_PROCESS))
		return 0;

	if (nla_put_u32(skb, SECRETMEM_A_EVENT_PID, event->pid) ||
	    nla_put_u32(skb, SECRETMEM_A_EVENT_UID, event->uid) ||
	    nla_put_string(skb, SECRETMEM_A_EVENT_COMM, event->comm))
		return -EMSGSIZE;

	if (event->cgroup_id &&
	    nla_put_uint(skb, SECRETMEM_A_EVENT_CGROUP_ID, event->cgroup_id))
		return -EMSGSIZE;

	return 0;
}

static int secretmem_fill_event_file(struct sk_buff *skb,
				     const struct secretmem_event *event)
{
	if (event->file_id &&
	    nla_put_uint(skb, SECRETMEM_A_EVENT_FILE_ID, event->file_id))
		return -EMSGSIZE;

	if ((event->has & SECRETMEM_EVENT_HAS_INODE) &&
	    (nla_put_uint(skb, SECRETMEM_A_EVENT_DEVICE, event->device) ||
	     nla_put_uint(skb, SECRETMEM_A_EVENT_INODE, event->inode)))
		return -EMSGSIZE;

	return 0;
}

static int secretmem_fill_fate(struct sk_buff *skb,
			       enum secretmem_chunk_fate fate)
{
	switch (fate) {
	case SECRETMEM_CHUNK_IS_READY:
		return nla_put_u32(skb, SECRETMEM_A_EVENT_STATE,
				   SECRETMEM_CHUNK_STATE_READY);
	case SECRETMEM_CHUNK_IS_QUARANTINED:
		return nla_put_u32(skb, SECRETMEM_A_EVENT_STATE,
				   SECRETMEM_CHUNK_STATE_QUARANTINED);
	default:
		return 0;
	}
}

static int secretmem_fill_event_chunk(struct sk_buff *skb,
				      const struct secretmem_event *event)
{
	if (!(event->has & SECRETMEM_EVENT_HAS_CHUNK))
		return 0;

	if (nla_put_uint(skb, SECRETMEM_A_EVENT_CHUNK_ID, event->chunk_id) ||
	    nla_put_u32(skb, SECRETMEM_A_EVENT_POSITION, event->position))
		return -EMSGSIZE;

	return secretmem_fill_fate(skb, event->fate);
}

static int secretmem_fill_split(struct sk_buff *skb,
				const struct secretmem_event *event)
{
	if (!(event->has & SECRETMEM_EVENT_HAS_SPLIT))
		return 0;

	if (nla_put_uint(skb, SECRETMEM_A_EVENT_PAGE_SIZE, event->page_bytes) ||
	    nla_put_u32(skb, SECRETMEM_A_EVENT_OWNER,
			secretmem_owners[event->owner]))
		return -EMSGSIZE;

	return 0;
}

static int secretmem_fill_amounts(struct sk_buff *skb,
				  const struct secretmem_event *event)
{
	if ((event->has & SECRETMEM_EVENT_HAS_BYTES) &&
	    nla_put_uint(skb, SECRETMEM_A_EVENT_BYTES, event->bytes))
		return -EMSGSIZE;

	if ((event->has & SECRETMEM_EVENT_HAS_REASON) &&
	    nla_put_u32(skb, SECRETMEM_A_EVENT_REASON,
			secretmem_reasons[event->reason]))
		return -EMSGSIZE;

	if ((event->has & SECRETMEM_EVENT_HAS_COUNT) &&
	    nla_put_uint(skb, SECRETMEM_A_EVENT_COUNT, event->count))
		return -EMSGSIZE;

	if (event->nr_dropped &&
	    nla_put_uint(skb, SECRETMEM_A_EVENT_DROPPED, event->nr_dropped))
		return -EMSGSIZE;

	return 0;
}

static int secretmem_fill_event(struct sk_buff *skb,
				const struct secretmem_event *event)
{
	if (nla_put_uint(skb, SECRETMEM_A_EVENT_SEQUENCE, event->sequence) ||
	    nla_put_uint(skb, SECRETMEM_A_EVENT_TIME, event->time_ns) ||
	    nla_put_u32(skb, SECRETMEM_A_EVENT_TYPE,
			secretmem_event_types[event->kind]) ||
	    secretmem_fill_event_file(skb, event) ||
	    secretmem_fill_process(skb, event) ||
	    secretmem_fill_event_chunk(skb, event) ||
	    secretmem_fill_split(skb, event))
		return -EMSGSIZE;

	return secretmem_fill_amounts(skb, event);
}

/* Not more than is needed: a receiver's buffer is charged for all of it. */
static size_t secretmem_event_size(void)
{
	return SECRETMEM_A_EVENT_MAX * nla_total_size(sizeof(u64)) +
	       nla_total_size(TASK_COMM_LEN);
}

static struct sk_buff *secretmem_event_message(const struct secretmem_event *event)
{
	struct sk_buff *skb = genlmsg_new(secretmem_event_size(), GFP_KERNEL);
	void *hdr;

	if (!skb)
		return NULL;

	hdr = genlmsg_put(skb, 0, 0, &secretmem_nl_family, 0,
			  SECRETMEM_CMD_EVENT);
	if (!hdr || secretmem_fill_event(skb, event)) {
		nlmsg_free(skb);
		return NULL;
	}

	genlmsg_end(skb, hdr);
	return skb;
}

static int secretmem_nl_deliver(enum secretmem_event_group group,
				const struct secretmem_event *event)
{
	struct sk_buff *skb = secretmem_event_message(event);

	if (!skb)
		return -ENOMEM;

	/* Whoever cannot take it is told by ENOBUFS, and by the next number. */
	genlmsg_multicast(&secretmem_nl_family, skb, 0, group, GFP_KERNEL);
	return 0;
}

const struct secretmem_listener secretmem_nl_listener = {
	.heard		= secretmem_nl_heard,
	.deliver	= secretmem_nl_deliver,
};
