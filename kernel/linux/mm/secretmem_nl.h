/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/secretmem.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_SECRETMEM_GEN_H
#define _LINUX_SECRETMEM_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/secretmem_netlink.h>

/* Ops table for secretmem */
extern const struct genl_split_ops secretmem_nl_ops[7];

int secretmem_nl_dump_start(struct netlink_callback *cb);

int secretmem_nl_info_get_doit(struct sk_buff *skb, struct genl_info *info);
int secretmem_nl_pool_get_doit(struct sk_buff *skb, struct genl_info *info);
int secretmem_nl_file_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int secretmem_nl_chunk_get_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int secretmem_nl_pool_set_doit(struct sk_buff *skb, struct genl_info *info);
int secretmem_nl_direct_map_get_doit(struct sk_buff *skb,
				     struct genl_info *info);
int secretmem_nl_direct_map_get_dumpit(struct sk_buff *skb,
				       struct netlink_callback *cb);

enum {
	SECRETMEM_NLGRP_EVENTS,
	SECRETMEM_NLGRP_DIRECT_MAP,
};

#endif /* _LINUX_SECRETMEM_GEN_H */
