// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/secretmem.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "secretmem_nl.h"

#include <uapi/linux/secretmem_netlink.h>

/* SECRETMEM_CMD_POOL_SET - do */
static const struct nla_policy secretmem_pool_set_nl_policy[SECRETMEM_A_POOL_FLOOR + 1] = {
	[SECRETMEM_A_POOL_FLOOR] = { .type = NLA_UINT, },
};

/* Ops table for secretmem */
const struct genl_split_ops secretmem_nl_ops[5] = {
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
		.maxattr	= SECRETMEM_A_POOL_FLOOR,
		.flags		= GENL_CMD_CAP_DO,
	},
};
