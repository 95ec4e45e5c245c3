// SPDX-License-Identifier: GPL-2.0
/*
 * The direct map, by generic netlink: what it is made of, and what secret
 * memory did to it.
 *
 * What an architecture does not count is left out.
 */

#include "secretmem_direct_map.h"
#include "secretmem_netlink.h"

static int secretmem_fill_direct_map_stats(struct sk_buff *skb)
{
	struct secretmem_direct_map_stats stats;

	secretmem_direct_map_read_stats(&stats);

	if (secretmem_put_pages(skb, SECRETMEM_A_DIRECT_MAP_UNMAPPED,
				stats.nr_unmapped) ||
	    nla_put_uint(skb, SECRETMEM_A_DIRECT_MAP_REMOVALS,
			 stats.removals) ||
	    nla_put_uint(skb, SECRETMEM_A_DIRECT_MAP_RESTORES,
			 stats.restores) ||
	    nla_put_uint(skb, SECRETMEM_A_DIRECT_MAP_RESTORE_FAILURES,
			 stats.restore_failures))
		return -EMSGSIZE;

	return 0;
}

#ifdef CONFIG_ARCH_HAS_DIRECT_MAP_ACCOUNTING

static int secretmem_put_level(struct sk_buff *skb, enum direct_map_level level,
			       u64 mapped)
{
	if (nla_put_uint(skb, SECRETMEM_A_DIRECT_MAP_LEVEL_PAGE_SIZE,
			 direct_map_page_size(level)) ||
	    nla_put_uint(skb, SECRETMEM_A_DIRECT_MAP_LEVEL_MAPPED, mapped))
		return -EMSGSIZE;

	return 0;
}

static int secretmem_put_splits(struct sk_buff *skb,
				enum direct_map_level level)
{
	u64 secretmem = direct_map_splits(level, DIRECT_MAP_OWNER_SECRETMEM);
	u64 all = 0;
	unsigned int owner;

	for (owner = 0; owner < DIRECT_MAP_NR_OWNERS; owner++)
		all += direct_map_splits(level, owner);

	/* Another may have been counted between the two readings. */
	if (nla_put_uint(skb, SECRETMEM_A_DIRECT_MAP_LEVEL_SPLITS,
			 max(all, secretmem)) ||
	    nla_put_uint(skb, SECRETMEM_A_DIRECT_MAP_LEVEL_SECRETMEM_SPLITS,
			 secretmem))
		return -EMSGSIZE;

	return 0;
}

static int secretmem_fill_level(struct sk_buff *skb,
				enum direct_map_level level)
{
	struct nlattr *nest = nla_nest_start(skb, SECRETMEM_A_DIRECT_MAP_LEVEL);

	if (!nest || secretmem_put_level(skb, level, direct_map_mapped(level)))
		return -EMSGSIZE;

	if (level > DIRECT_MAP_LEVEL_PTE && secretmem_put_splits(skb, level))
		return -EMSGSIZE;

	nla_nest_end(skb, nest);
	return 0;
}

static int secretmem_fill_levels(struct sk_buff *skb)
{
	unsigned int level;

	for (level = 0; level < secretmem_nr_levels(); level++) {
		if (secretmem_fill_level(skb, level))
			return -EMSGSIZE;
	}
	return 0;
}

static int secretmem_fill_region_level(struct sk_buff *skb,
				       enum direct_map_level level, u64 mapped)
{
	struct nlattr *nest = nla_nest_start(skb, SECRETMEM_A_DIRECT_MAP_LEVEL);

	if (!nest || secretmem_put_level(skb, level, mapped))
		return -EMSGSIZE;

	nla_nest_end(skb, nest);
	return 0;
}

static int secretmem_fill_region(struct sk_buff *skb, u32 index,
				 const struct direct_map_region *region)
{
	unsigned int level;

	if (nla_put_u32(skb, SECRETMEM_A_DIRECT_MAP_REGION, index))
		return -EMSGSIZE;

	for (level = 0; level < secretmem_nr_levels(); level++) {
		if (secretmem_fill_region_level(skb, level,
						region->mapped[level]))
			return -EMSGSIZE;
	}

	return nla_put_uint(skb, SECRETMEM_A_DIRECT_MAP_UNMAPPED,
			    region->unmapped);
}

static int secretmem_dump_region(struct sk_buff *skb,
				 struct netlink_callback *cb, u32 index,
				 const struct direct_map_region *region)
{
	void *hdr = secretmem_dump_put(skb, cb, SECRETMEM_CMD_DIRECT_MAP_GET);

	if (!hdr)
		return -EMSGSIZE;

	if (secretmem_fill_region(skb, index, region)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}

	genlmsg_end(skb, hdr);
	return 0;
}

/* Changes whenever the mix of levels does, other than by memory hotplug. */
static u32 secretmem_direct_map_generation(void)
{
	unsigned int level, owner;
	u32 generation = 1;

	for (level = 0; level < DIRECT_MAP_NR_LEVELS; level++) {
		for (owner = 0; owner < DIRECT_MAP_NR_OWNERS; owner++)
			generation += direct_map_splits(level, owner);
	}
	return generation ?: 1;
}

int secretmem_nl_direct_map_get_dumpit(struct sk_buff *skb,
				       struct netlink_callback *cb)
{
	struct secretmem_dump *dump = secretmem_dump_state(cb);
	struct direct_map_region region;
	int err = 0;

	cb->seq = secretmem_direct_map_generation();
	for (; dump->next < direct_map_nr_regions(); dump->next++) {
		if (!direct_map_read_region(dump->next, &region))
			continue;
		err = secretmem_dump_region(skb, cb, dump->next, &region);
		if (err)
			break;
	}
	return err;
}

#else

static int secretmem_fill_levels(struct sk_buff *skb)
{
	return 0;
}

int secretmem_nl_direct_map_get_dumpit(struct sk_buff *skb,
				       struct netlink_callback *cb)
{
	return 0;
}

#endif /* CONFIG_ARCH_HAS_DIRECT_MAP_ACCOUNTING */

static int secretmem_fill_direct_map(struct sk_buff *skb)
{
	if (secretmem_fill_levels(skb))
		return -EMSGSIZE;

	return secretmem_fill_direct_map_stats(skb);
}

int secretmem_nl_direct_map_get_doit(struct sk_buff *skb,
				     struct genl_info *info)
{
	int err = secretmem_nl_permit(skb, info->extack);

	if (err)
		return err;

	return secretmem_nl_reply(info, secretmem_fill_direct_map);
}
