// SPDX-License-Identifier: GPL-2.0
/*
 * What there is of secret memory, by generic netlink. The family is specified
 * in Documentation/netlink/specs/secretmem.yaml.
 *
 * Files, processes and sizes are nobody's business but the administrator's, so
 * all but the constants needs CAP_SYS_ADMIN in the initial user namespace. Of
 * a chunk only the position in the area is told, never where in memory it is.
 */

#include <linux/init.h>
#include <linux/kdev_t.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>
#include <linux/secretmem.h>
#include <linux/timekeeping.h>
#include <linux/uidgid.h>
#include <net/genetlink.h>

#include "secretmem_file.h"
#include "secretmem_netlink.h"
#include "secretmem_pool.h"

/* How long a request may wait, as no family can be registered meanwhile. */
#define SECRETMEM_NL_PATIENCE	(HZ / 5)

/* Whether the sender may know or change what there is. */
int secretmem_nl_permit(const struct sk_buff *skb,
			struct netlink_ext_ack *extack)
{
	if (netlink_capable(skb, CAP_SYS_ADMIN))
		return 0;

	NL_SET_ERR_MSG(extack,
		       "CAP_SYS_ADMIN in the initial user namespace is needed");
	return -EPERM;
}

static int secretmem_put_chunk_bytes(struct sk_buff *skb, int attrtype,
				     unsigned long nr_chunks)
{
	return nla_put_uint(skb, attrtype,
			    (u64)nr_chunks * SECRETMEM_CHUNK_SIZE);
}

/* Reply to a request with what @fill puts into the message. */
int secretmem_nl_reply(struct genl_info *info,
		       int (*fill)(struct sk_buff *skb))
{
	struct sk_buff *skb;
	void *hdr;

	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;

	hdr = genlmsg_iput(skb, info);
	if (!hdr || fill(skb)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}

	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

static int secretmem_fill_direct_map_page_sizes(struct sk_buff *skb)
{
	unsigned int level;

	for (level = 0; level < secretmem_nr_levels(); level++) {
		if (nla_put_uint(skb, SECRETMEM_A_INFO_DIRECT_MAP_PAGE_SIZE,
				 direct_map_page_size(level)))
			return -EMSGSIZE;
	}
	return 0;
}

static int secretmem_fill_info(struct sk_buff *skb)
{
	u32 mode = secretmem_pooled() ? SECRETMEM_MODE_POOLED :
					SECRETMEM_MODE_STOCK;

	if (nla_put_u32(skb, SECRETMEM_A_INFO_VERSION,
			SECRETMEM_INTERFACE_VERSION) ||
	    nla_put_u32(skb, SECRETMEM_A_INFO_MODE, mode))
		return -EMSGSIZE;

	if (secretmem_pooled() &&
	    (secretmem_put_chunk_bytes(skb, SECRETMEM_A_INFO_CHUNK_SIZE, 1) ||
	     secretmem_put_chunk_bytes(skb, SECRETMEM_A_INFO_POOL_CAPACITY,
				       secretmem_area_chunks())))
		return -EMSGSIZE;

	return secretmem_fill_direct_map_page_sizes(skb);
}

int secretmem_nl_info_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return secretmem_nl_reply(info, secretmem_fill_info);
}

/* The counters of failures; those of the pool are absent without one. */
struct secretmem_failure_attr {
	int type;
	enum secretmem_failure reason;
	bool of_pool;
};

static const struct secretmem_failure_attr secretmem_failure_attrs[] = {
	{ SECRETMEM_A_FAILURES_POOL_EXHAUSTED, SECRETMEM_FAILURE_EXHAUSTED, true },
	{ SECRETMEM_A_FAILURES_MEMLOCK, SECRETMEM_FAILURE_MEMLOCK, false },
	{ SECRETMEM_A_FAILURES_DIRECT_MAP, SECRETMEM_FAILURE_DIRECT_MAP, false },
	{ SECRETMEM_A_FAILURES_MEMORY, SECRETMEM_FAILURE_MEMORY, false },
	{ SECRETMEM_A_FAILURES_PINNED, SECRETMEM_FAILURE_PINNED, true },
	{ SECRETMEM_A_FAILURES_LOW_MEMORY, SECRETMEM_FAILURE_LOW_MEMORY, true },
	{ SECRETMEM_A_FAILURES_CGROUP, SECRETMEM_FAILURE_CGROUP, true },
};

static int secretmem_fill_failures(struct sk_buff *skb)
{
	struct nlattr *nest = nla_nest_start(skb, SECRETMEM_A_POOL_FAILURES);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;

	for (i = 0; i < ARRAY_SIZE(secretmem_failure_attrs); i++) {
		const struct secretmem_failure_attr *attr =
			&secretmem_failure_attrs[i];

		if (attr->of_pool && !secretmem_pooled())
			continue;
		if (nla_put_uint(skb, attr->type,
				 secretmem_failures(attr->reason)))
			return -EMSGSIZE;
	}

	nla_nest_end(skb, nest);
	return 0;
}

static int secretmem_fill_floor(struct sk_buff *skb,
				const struct secretmem_chunk_stats *stats)
{
	unsigned long kept = stats->reserved + stats->ready;
	unsigned long missing = stats->floor - min(stats->floor, kept);

	if (secretmem_put_chunk_bytes(skb, SECRETMEM_A_POOL_FLOOR,
				      stats->floor) ||
	    secretmem_put_chunk_bytes(skb, SECRETMEM_A_POOL_READY,
				      stats->ready) ||
	    secretmem_put_chunk_bytes(skb, SECRETMEM_A_POOL_FLOOR_MISSING,
				      missing) ||
	    nla_put_u8(skb, SECRETMEM_A_POOL_FLOOR_PENDING,
		       stats->floor_pending) ||
	    nla_put_uint(skb, SECRETMEM_A_POOL_LOW_THRESHOLD,
			 secretmem_low_threshold()))
		return -EMSGSIZE;

	return 0;
}

static int secretmem_fill_chunk_counts(struct sk_buff *skb,
				       const struct secretmem_chunk_stats *stats)
{
	unsigned long free = stats->capacity - stats->held - stats->quarantined;

	if (secretmem_put_chunk_bytes(skb, SECRETMEM_A_POOL_CAPACITY,
				      stats->capacity) ||
	    secretmem_put_chunk_bytes(skb, SECRETMEM_A_POOL_RESERVED,
				      stats->held) ||
	    secretmem_put_chunk_bytes(skb, SECRETMEM_A_POOL_AVAILABLE, free) ||
	    nla_put_uint(skb, SECRETMEM_A_POOL_CHUNKS, stats->held) ||
	    nla_put_uint(skb, SECRETMEM_A_POOL_FREE_CHUNKS, free) ||
	    nla_put_uint(skb, SECRETMEM_A_POOL_QUARANTINED_CHUNKS,
			 stats->quarantined) ||
	    secretmem_put_chunk_bytes(skb, SECRETMEM_A_POOL_RESERVED_PEAK,
				      stats->held_peak))
		return -EMSGSIZE;

	return secretmem_fill_floor(skb, stats);
}

static int secretmem_fill_events(struct sk_buff *skb)
{
	if (nla_put_uint(skb, SECRETMEM_A_POOL_FAILURE_THRESHOLD,
			 secretmem_failure_threshold()) ||
	    nla_put_uint(skb, SECRETMEM_A_POOL_EVENT_SEQUENCE,
			 secretmem_event_sequence(SECRETMEM_GROUP_EVENTS)) ||
	    nla_put_uint(skb, SECRETMEM_A_POOL_EVENTS_DROPPED,
			 secretmem_events_dropped()) ||
	    nla_put_uint(skb, SECRETMEM_A_POOL_DIRECT_MAP_SEQUENCE,
			 secretmem_event_sequence(SECRETMEM_GROUP_DIRECT_MAP)))
		return -EMSGSIZE;

	return 0;
}

static int secretmem_fill_pool(struct sk_buff *skb)
{
	struct secretmem_chunk_stats stats;

	secretmem_chunks_read_stats(&stats);

	if (secretmem_pooled() && secretmem_fill_chunk_counts(skb, &stats))
		return -EMSGSIZE;

	if (secretmem_put_pages(skb, SECRETMEM_A_POOL_USED,
				secretmem_pages()) ||
	    secretmem_put_pages(skb, SECRETMEM_A_POOL_USED_PEAK,
				secretmem_pages_peak()) ||
	    nla_put_uint(skb, SECRETMEM_A_POOL_FILES, secretmem_files_count()) ||
	    secretmem_fill_events(skb))
		return -EMSGSIZE;

	return secretmem_fill_failures(skb);
}

int secretmem_nl_pool_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	int err = secretmem_nl_permit(skb, info->extack);

	if (err)
		return err;

	return secretmem_nl_reply(info, secretmem_fill_pool);
}

/* What can be set. */
static int secretmem_fill_settings(struct sk_buff *skb)
{
	struct secretmem_chunk_stats stats;

	secretmem_chunks_read_stats(&stats);
	if (secretmem_pooled() && secretmem_fill_floor(skb, &stats))
		return -EMSGSIZE;

	return nla_put_uint(skb, SECRETMEM_A_POOL_FAILURE_THRESHOLD,
			    secretmem_failure_threshold());
}

/* Whether a setting can be one of this pool, if it is there. */
static int secretmem_check_setting(struct genl_info *info, int attrtype,
				   const char *too_large)
{
	u64 capacity = (u64)secretmem_area_chunks() * SECRETMEM_CHUNK_SIZE;
	struct nlattr *attr = info->attrs[attrtype];

	if (!attr)
		return 0;

	if (!secretmem_pooled()) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "There is no pool: secretmem= was not given, or could not be had");
		return -EOPNOTSUPP;
	}

	if (nla_get_uint(attr) > capacity) {
		NL_SET_BAD_ATTR(info->extack, attr);
		NL_SET_ERR_MSG_FMT(info->extack, "%s", too_large);
		return -ERANGE;
	}
	return 0;
}

static int secretmem_check_settings(struct genl_info *info)
{
	int err;

	err = secretmem_check_setting(info, SECRETMEM_A_POOL_FLOOR,
				      "The floor is larger than the pool");
	if (err)
		return err;

	return secretmem_check_setting(info, SECRETMEM_A_POOL_LOW_THRESHOLD,
				       "The threshold is larger than the pool");
}

static void secretmem_set_thresholds(struct genl_info *info)
{
	const struct nlattr *low = info->attrs[SECRETMEM_A_POOL_LOW_THRESHOLD];
	const struct nlattr *failures =
		info->attrs[SECRETMEM_A_POOL_FAILURE_THRESHOLD];

	if (failures)
		secretmem_failure_threshold_set(min(nla_get_uint(failures),
						    (u64)ULONG_MAX));
	if (low) {
		secretmem_low_threshold_set(nla_get_uint(low));
		secretmem_chunks_note_available();
	}
}

/* What could not be had for the floor, or not yet, is told by the reply. */
static int secretmem_set_floor(const struct nlattr *floor)
{
	unsigned long nr;

	if (!floor)
		return 0;

	nr = DIV_ROUND_UP_ULL(nla_get_uint(floor), SECRETMEM_CHUNK_SIZE);
	return secretmem_floor_request(nr, SECRETMEM_NL_PATIENCE);
}

int secretmem_nl_pool_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	int err = secretmem_nl_permit(skb, info->extack);

	if (err)
		return err;

	if (!info->attrs[SECRETMEM_A_POOL_LOW_THRESHOLD] &&
	    !info->attrs[SECRETMEM_A_POOL_FAILURE_THRESHOLD] &&
	    GENL_REQ_ATTR_CHECK(info, SECRETMEM_A_POOL_FLOOR)) {
		NL_SET_ERR_MSG(info->extack,
			       "There is nothing to set: give the floor or a threshold");
		return -EINVAL;
	}

	err = secretmem_check_settings(info);
	if (err)
		return err;

	secretmem_set_thresholds(info);
	err = secretmem_set_floor(info->attrs[SECRETMEM_A_POOL_FLOOR]);
	if (err)
		return err;

	return secretmem_nl_reply(info, secretmem_fill_settings);
}

int secretmem_nl_dump_start(struct netlink_callback *cb)
{
	secretmem_dump_state(cb)->next = 0;

	return secretmem_nl_permit(cb->skb, cb->extack);
}

static int secretmem_fill_creator(struct sk_buff *skb,
				  const struct secretmem_file *file)
{
	uid_t uid = from_kuid_munged(&init_user_ns, file->user->uid);

	if (nla_put_u32(skb, SECRETMEM_A_FILE_CREATOR_PID, file->creator_pid) ||
	    nla_put_u32(skb, SECRETMEM_A_FILE_CREATOR_UID, uid) ||
	    nla_put_string(skb, SECRETMEM_A_FILE_CREATOR_COMM,
			   file->creator_comm))
		return -EMSGSIZE;

	if (file->creator_cgroup_id &&
	    nla_put_uint(skb, SECRETMEM_A_FILE_CREATOR_CGROUP_ID,
			 file->creator_cgroup_id))
		return -EMSGSIZE;

	return 0;
}

static int secretmem_fill_file_chunks(struct sk_buff *skb,
				      struct secretmem_file *file,
				      unsigned long nr_pages)
{
	unsigned long nr_chunks = secretmem_file_chunks(file);
	unsigned long held = nr_chunks * SECRETMEM_CHUNK_PAGES;

	/* The two are read one after the other while the file may grow. */
	unsigned long wasted = held - min(held, nr_pages);

	if (secretmem_put_pages(skb, SECRETMEM_A_FILE_RESERVED, held) ||
	    secretmem_put_pages(skb, SECRETMEM_A_FILE_WASTED, wasted) ||
	    nla_put_uint(skb, SECRETMEM_A_FILE_CHUNKS, nr_chunks) ||
	    nla_put_u8(skb, SECRETMEM_A_FILE_RESERVATION,
		       secretmem_file_reserves(file)))
		return -EMSGSIZE;

	return 0;
}

static int secretmem_fill_file(struct sk_buff *skb, struct secretmem_file *file)
{
	struct inode *inode = file->inode;
	unsigned long nr_pages = READ_ONCE(inode->i_mapping->nrpages);
	u64 age = ktime_get_boottime_ns() - file->created_ns;

	if (nla_put_uint(skb, SECRETMEM_A_FILE_ID, file->id) ||
	    nla_put_uint(skb, SECRETMEM_A_FILE_DEVICE,
			 new_encode_dev(inode->i_sb->s_dev)) ||
	    nla_put_uint(skb, SECRETMEM_A_FILE_INODE, inode->i_ino) ||
	    nla_put_uint(skb, SECRETMEM_A_FILE_SIZE, i_size_read(inode)) ||
	    secretmem_put_pages(skb, SECRETMEM_A_FILE_USED, nr_pages) ||
	    nla_put_uint(skb, SECRETMEM_A_FILE_AGE, age))
		return -EMSGSIZE;

	if (secretmem_pooled() &&
	    secretmem_fill_file_chunks(skb, file, nr_pages))
		return -EMSGSIZE;

	return secretmem_fill_creator(skb, file);
}

/* Begin an object of a dump. */
void *secretmem_dump_put(struct sk_buff *skb, struct netlink_callback *cb,
			 u8 command)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &secretmem_nl_family,
				NLM_F_MULTI, command);

	if (hdr)
		genl_dump_check_consistent(cb, hdr);

	return hdr;
}

static int secretmem_dump_file(struct sk_buff *skb, struct netlink_callback *cb,
			       struct secretmem_file *file)
{
	void *hdr = secretmem_dump_put(skb, cb, SECRETMEM_CMD_FILE_GET);

	if (!hdr)
		return -EMSGSIZE;

	if (secretmem_fill_file(skb, file)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}

	genlmsg_end(skb, hdr);
	return 0;
}

int secretmem_nl_file_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct secretmem_dump *dump = secretmem_dump_state(cb);
	struct secretmem_file *file;
	int err = 0;

	secretmem_files_lock();
	cb->seq = secretmem_files_generation();
	while ((file = secretmem_file_next(&dump->next))) {
		err = secretmem_dump_file(skb, cb, file);
		if (err)
			break;
		dump->next++;
	}
	secretmem_files_unlock();

	return err;
}

static u32 secretmem_chunk_state(const struct secretmem_chunk *chunk)
{
	switch (chunk->use) {
	case SECRETMEM_CHUNK_HELD:
		return SECRETMEM_CHUNK_STATE_HELD;
	case SECRETMEM_CHUNK_READY:
		return SECRETMEM_CHUNK_STATE_READY;
	default:
		return SECRETMEM_CHUNK_STATE_QUARANTINED;
	}
}

static int secretmem_fill_chunk(struct sk_buff *skb,
				const struct secretmem_chunk *chunk,
				unsigned long position)
{
	bool held = chunk->use == SECRETMEM_CHUNK_HELD;

	if (nla_put_u32(skb, SECRETMEM_A_CHUNK_POSITION, position) ||
	    secretmem_put_pages(skb, SECRETMEM_A_CHUNK_USED,
				READ_ONCE(chunk->nr_used)) ||
	    nla_put_u32(skb, SECRETMEM_A_CHUNK_STATE,
			secretmem_chunk_state(chunk)))
		return -EMSGSIZE;

	if (chunk->id && nla_put_uint(skb, SECRETMEM_A_CHUNK_ID, chunk->id))
		return -EMSGSIZE;

	if (held && nla_put_uint(skb, SECRETMEM_A_CHUNK_FILE_ID,
				 chunk->file_id))
		return -EMSGSIZE;

	return 0;
}

static int secretmem_dump_chunk(struct sk_buff *skb,
				struct netlink_callback *cb,
				struct secretmem_chunk *chunk,
				unsigned long position)
{
	void *hdr = secretmem_dump_put(skb, cb, SECRETMEM_CMD_CHUNK_GET);

	if (!hdr)
		return -EMSGSIZE;

	if (secretmem_fill_chunk(skb, chunk, position)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}

	genlmsg_end(skb, hdr);
	return 0;
}

int secretmem_nl_chunk_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	struct secretmem_dump *dump = secretmem_dump_state(cb);
	struct secretmem_chunk *chunk;
	int err = 0;

	secretmem_chunks_lock();
	cb->seq = secretmem_chunks_generation();
	while ((chunk = secretmem_chunk_next(&dump->next))) {
		err = secretmem_dump_chunk(skb, cb, chunk, dump->next);
		if (err)
			break;
		dump->next++;
	}
	secretmem_chunks_unlock();

	return err;
}

/*
 * Written by hand, as the generator would make it available in all network
 * namespaces, and its groups to everybody.
 */
struct genl_family secretmem_nl_family __ro_after_init = {
	.name		= SECRETMEM_FAMILY_NAME,
	.version	= SECRETMEM_FAMILY_VERSION,
	.parallel_ops	= true,
	.split_ops	= secretmem_nl_ops,
	.n_split_ops	= ARRAY_SIZE(secretmem_nl_ops),
	.mcgrps		= secretmem_nl_groups,
	.n_mcgrps	= ARRAY_SIZE(secretmem_nl_groups),
};

static int __init secretmem_nl_init(void)
{
	int err;

	if (!secretmem_supported())
		return 0;

	err = genl_register_family(&secretmem_nl_family);
	if (!err)
		secretmem_set_listener(&secretmem_nl_listener);

	return err;
}
subsys_initcall(secretmem_nl_init);
