/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MM_SECRETMEM_NETLINK_H
#define __MM_SECRETMEM_NETLINK_H

#include <linux/direct_map.h>
#include <linux/mm.h>
#include <net/genetlink.h>

#include "secretmem_event.h"
#include "secretmem_nl.h"

/* Where a dump goes on: the first id, position or region not sent yet. */
struct secretmem_dump {
	unsigned long next;
};

static inline struct secretmem_dump *
secretmem_dump_state(struct netlink_callback *cb)
{
	NL_ASSERT_DUMP_CTX_FITS(struct secretmem_dump);

	return (struct secretmem_dump *)cb->ctx;
}

static inline int secretmem_put_pages(struct sk_buff *skb, int attrtype,
				      unsigned long nr_pages)
{
	return nla_put_uint(skb, attrtype, (u64)nr_pages << PAGE_SHIFT);
}

/* The sizes of pages that the architecture's page tables know. */
static inline unsigned int secretmem_nr_levels(void)
{
#ifdef __PAGETABLE_PUD_FOLDED
	return DIRECT_MAP_LEVEL_PUD;
#else
	return DIRECT_MAP_NR_LEVELS;
#endif
}

extern struct genl_family secretmem_nl_family;
extern const struct genl_multicast_group
secretmem_nl_groups[SECRETMEM_NR_GROUPS];
extern const struct secretmem_listener secretmem_nl_listener;

int secretmem_nl_permit(const struct sk_buff *skb,
			struct netlink_ext_ack *extack);
int secretmem_nl_reply(struct genl_info *info,
		       int (*fill)(struct sk_buff *skb));
void *secretmem_dump_put(struct sk_buff *skb, struct netlink_callback *cb,
			 u8 command);

#endif /* __MM_SECRETMEM_NETLINK_H */
