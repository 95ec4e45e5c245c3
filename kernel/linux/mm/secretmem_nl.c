// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/secretmem.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "secretmem_nl.h"

#include <uapi/linux/secretmem_netlink.h>

/* SECRETMEM_CMD_POOL_SET - do */
static const struct nla_policy secretmem_pool_set_nl_policy[SECRETMEM_A_POOL_LOW_THRESHOLD + 1] = {
	[SECRETMEM_A_POOL_FLOOR] = { .type = NLA_UINT, },
	[SECRETMEM_A_POOL_LOW_THRESHOLD] = { .type = NLA_UINT, },
	[SECRETMEM_A_POOL_FAILURE_THRESHOLD] = { .type = NLA_UINT, },
};

/* Ops table for secretmem */
const struct genl_split_ops secretmem_nl_ops[7] = {
	{
		.cmd	= SECRETMEM_CMD_INFO_GET,
		.doit	= secretmem_nl_info_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SECRETMEM_CMD_POOL_GET,
		.doit	= secretmem_nl_pool_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SECRETMEM_CMD_FILE_GET,
		.start	= secretmem_nl_dump_start,
		.dumpit	= secretmem_nl_file_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= SECRETMEM_CMD_CHUNK_GET,
		.start	= secretmem_nl_dump_start,
		.dumpit	= secretmem_nl_chunk_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= SECRETMEM_CMD_POOL_SET,
		.doit		= secretmem_nl_pool_set_doit,
		.policy		= secretmem_pool_set_nl_policy,
		.maxattr	= SECRETMEM_A_POOL_LOW_THRESHOLD,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SECRETMEM_CMD_DIRECT_MAP_GET,
		.doit	= secretmem_nl_direct_map_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= SECRETMEM_CMD_DIRECT_MAP_GET,
		.start	= secretmem_nl_dump_start,
		.dumpit	= secretmem_nl_direct_map_get_dumpit,
		.flags	= GENL_CMD_CAP_DUMP,
	},
};

static const struct genl_multicast_group secretmem_nl_mcgrps[] = {
	[SECRETMEM_NLGRP_EVENTS] = { "events", },
	[SECRETMEM_NLGRP_DIRECT_MAP] = { "direct-map", },
};
