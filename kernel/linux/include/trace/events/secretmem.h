/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM secretmem

#if !defined(_TRACE_SECRETMEM_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_SECRETMEM_H

#include <linux/tracepoint.h>
#include <linux/types.h>

/* Named as in the netlink family; see mm/secretmem_file.h. */
TRACE_DEFINE_ENUM(SECRETMEM_FAILURE_MEMLOCK);
TRACE_DEFINE_ENUM(SECRETMEM_FAILURE_DIRECT_MAP);
TRACE_DEFINE_ENUM(SECRETMEM_FAILURE_MEMORY);
TRACE_DEFINE_ENUM(SECRETMEM_FAILURE_EXHAUSTED);
TRACE_DEFINE_ENUM(SECRETMEM_FAILURE_PINNED);
TRACE_DEFINE_ENUM(SECRETMEM_FAILURE_LOW_MEMORY);
TRACE_DEFINE_ENUM(SECRETMEM_FAILURE_CGROUP);

#define show_secretmem_failure(reason)					\
	__print_symbolic(reason,					\
			 { SECRETMEM_FAILURE_MEMLOCK, "memlock" },	\
			 { SECRETMEM_FAILURE_DIRECT_MAP, "direct-map" },\
			 { SECRETMEM_FAILURE_MEMORY, "memory" },	\
			 { SECRETMEM_FAILURE_EXHAUSTED, "pool-exhausted" },\
			 { SECRETMEM_FAILURE_PINNED, "pinned" },	\
			 { SECRETMEM_FAILURE_LOW_MEMORY, "low-memory" },\
			 { SECRETMEM_FAILURE_CGROUP, "cgroup" })

TRACE_EVENT(secretmem_file_create,
	    TP_PROTO(u64 file_id, u32 device, u64 inode),
	    TP_ARGS(file_id, device, inode),
	    TP_STRUCT__entry(__field(u64, file_id)
			     __field(u64, inode)
			     __field(u32, device)),
	    TP_fast_assign(__entry->file_id = file_id;
			   __entry->inode = inode;
			   __entry->device = device;),
	    TP_printk("file_id=%llu device=%u inode=%llu",
		      __entry->file_id, __entry->device, __entry->inode)
);

TRACE_EVENT(secretmem_file_release,
	    TP_PROTO(u64 file_id, u32 device, u64 inode, u64 size_bytes),
	    TP_ARGS(file_id, device, inode, size_bytes),
	    TP_STRUCT__entry(__field(u64, file_id)
			     __field(u64, inode)
			     __field(u64, size_bytes)
			     __field(u32, device)),
	    TP_fast_assign(__entry->file_id = file_id;
			   __entry->inode = inode;
			   __entry->size_bytes = size_bytes;
			   __entry->device = device;),
	    TP_printk("file_id=%llu device=%u inode=%llu size_bytes=%llu",
		      __entry->file_id, __entry->device, __entry->inode,
		      __entry->size_bytes)
);

/* A file has all the memory that it can ever need. */
TRACE_EVENT(secretmem_reserve,
	    TP_PROTO(u64 file_id, u64 reserved_bytes),
	    TP_ARGS(file_id, reserved_bytes),
	    TP_STRUCT__entry(__field(u64, file_id)
			     __field(u64, reserved_bytes)),
	    TP_fast_assign(__entry->file_id = file_id;
			   __entry->reserved_bytes = reserved_bytes;),
	    TP_printk("file_id=%llu reserved_bytes=%llu",
		      __entry->file_id, __entry->reserved_bytes)
);

/* A file got a page, because it was touched or is near one that was. */
TRACE_EVENT(secretmem_page,
	    TP_PROTO(u64 file_id, u64 offset_bytes),
	    TP_ARGS(file_id, offset_bytes),
	    TP_STRUCT__entry(__field(u64, file_id)
			     __field(u64, offset_bytes)),
	    TP_fast_assign(__entry->file_id = file_id;
			   __entry->offset_bytes = offset_bytes;),
	    TP_printk("file_id=%llu offset_bytes=%llu",
		      __entry->file_id, __entry->offset_bytes)
);

DECLARE_EVENT_CLASS(secretmem_chunk,
		    TP_PROTO(u64 file_id, u64 chunk_id, u32 position,
			     u64 chunk_bytes),
		    TP_ARGS(file_id, chunk_id, position, chunk_bytes),
		    TP_STRUCT__entry(__field(u64, file_id)
				     __field(u64, chunk_id)
				     __field(u64, chunk_bytes)
				     __field(u32, position)),
		    TP_fast_assign(__entry->file_id = file_id;
				   __entry->chunk_id = chunk_id;
				   __entry->chunk_bytes = chunk_bytes;
				   __entry->position = position;),
		    TP_printk("file_id=%llu chunk_id=%llu position=%u chunk_bytes=%llu",
			      __entry->file_id, __entry->chunk_id,
			      __entry->position, __entry->chunk_bytes)
);

DEFINE_EVENT(secretmem_chunk, secretmem_chunk_add,
	     TP_PROTO(u64 file_id, u64 chunk_id, u32 position, u64 chunk_bytes),
	     TP_ARGS(file_id, chunk_id, position, chunk_bytes)
);

DEFINE_EVENT(secretmem_chunk, secretmem_chunk_release,
	     TP_PROTO(u64 file_id, u64 chunk_id, u32 position, u64 chunk_bytes),
	     TP_ARGS(file_id, chunk_id, position, chunk_bytes)
);

/* The chunk is released, but nobody will have it again. */
DEFINE_EVENT(secretmem_chunk, secretmem_chunk_quarantine,
	     TP_PROTO(u64 file_id, u64 chunk_id, u32 position, u64 chunk_bytes),
	     TP_ARGS(file_id, chunk_id, position, chunk_bytes)
);

DECLARE_EVENT_CLASS(secretmem_refusal,
		    TP_PROTO(u64 file_id, u64 requested_bytes, u32 reason),
		    TP_ARGS(file_id, requested_bytes, reason),
		    TP_STRUCT__entry(__field(u64, file_id)
				     __field(u64, requested_bytes)
				     __field(u32, reason)),
		    TP_fast_assign(__entry->file_id = file_id;
				   __entry->requested_bytes = requested_bytes;
				   __entry->reason = reason;),
		    TP_printk("file_id=%llu requested_bytes=%llu reason=%s",
			      __entry->file_id, __entry->requested_bytes,
			      show_secretmem_failure(__entry->reason))
);

DEFINE_EVENT(secretmem_refusal, secretmem_reserve_failed,
	     TP_PROTO(u64 file_id, u64 requested_bytes, u32 reason),
	     TP_ARGS(file_id, requested_bytes, reason)
);

DEFINE_EVENT(secretmem_refusal, secretmem_fault_failed,
	     TP_PROTO(u64 file_id, u64 requested_bytes, u32 reason),
	     TP_ARGS(file_id, requested_bytes, reason)
);

/* A limit is the reason of the failure that is reported next. */
DEFINE_EVENT(secretmem_refusal, secretmem_limit,
	     TP_PROTO(u64 file_id, u64 requested_bytes, u32 reason),
	     TP_ARGS(file_id, requested_bytes, reason)
);

#endif /* _TRACE_SECRETMEM_H */

/* This part must be outside protection */
#include <trace/define_trace.h>
