/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM direct_map

#if !defined(_TRACE_DIRECT_MAP_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_DIRECT_MAP_H

#include <linux/direct_map.h>
#include <linux/tracepoint.h>

TRACE_DEFINE_ENUM(DIRECT_MAP_OWNER_OTHER);
TRACE_DEFINE_ENUM(DIRECT_MAP_OWNER_SECRETMEM);

#define show_direct_map_owner(owner)					\
	__print_symbolic(owner,						\
			 { DIRECT_MAP_OWNER_OTHER,	"other" },	\
			 { DIRECT_MAP_OWNER_SECRETMEM,	"secretmem" })

TRACE_EVENT(direct_map_split,
	    TP_PROTO(enum direct_map_owner owner, unsigned long page_bytes,
		     unsigned int region),
	    TP_ARGS(owner, page_bytes, region),
	    TP_STRUCT__entry(__field(u64, page_bytes)
			     __field(u32, owner)
			     __field(u32, region)),
	    TP_fast_assign(__entry->page_bytes = page_bytes;
			   __entry->owner = owner;
			   __entry->region = region;),
	    TP_printk("owner=%s page_bytes=%llu region=%u",
		      show_direct_map_owner(__entry->owner),
		      __entry->page_bytes, __entry->region)
);

#endif /* _TRACE_DIRECT_MAP_H */

/* This part must be outside protection */
#include <trace/define_trace.h>
