// SPDX-License-Identifier: GPL-2.0-or-later
/* The attributes of every object: what is accepted, and where it is kept. */
#include "netlink.h"
#include "xalloc.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define MOST_GROUPS 8
#define SET(label, rows) { .name = label, .attributes = rows, .count = COUNT(rows) }

#define NUMBER(label, wire, object, member)				\
	{ .name = label, .type = wire, .keep = KEEP_NUMBER,		\
	  .offset = offsetof(object, member) }
#define ENUM(label, values, object, member)				\
	{ .name = label, .type = ATTRIBUTE_U32, .keep = KEEP_ENUM,	\
	  .offset = offsetof(object, member), .limit = values }
#define TRUTH(label, object, member)					\
	{ .name = label, .type = ATTRIBUTE_U8, .keep = KEEP_ENUM,	\
	  .offset = offsetof(object, member), .limit = 2 }
#define TEXT(label, max, object, member)				\
	{ .name = label, .type = ATTRIBUTE_TEXT, .keep = KEEP_TEXT,	\
	  .offset = offsetof(object, member), .limit = max }
#define UINT(label, object, member) NUMBER(label, ATTRIBUTE_UINT, object, member)
#define U32(label, object, member) NUMBER(label, ATTRIBUTE_U32, object, member)

/* One multicast group, as the control family tells of it. */
struct netlink_group {
	char *name;
	struct number id;
};

static const struct attribute group_rows[] = {
	[CTRL_ATTR_MCAST_GRP_NAME] = TEXT("name", GENL_NAMSIZ - 1, struct netlink_group, name),
	[CTRL_ATTR_MCAST_GRP_ID] = U32("id", struct netlink_group, id),
};

static const struct attribute_set group_set = SET("multicast-group", group_rows);

/* An array: the number of each attribute is its index. */
static const struct attribute groups_rows[] = {
	[1 ... MOST_GROUPS] = {
		"multicast-group", ATTRIBUTE_OLD_NEST, KEEP_GROUP,
		offsetof(struct netlink_family, groups), .nested = &group_set
	},
};

static const struct attribute_set groups_set = SET("multicast-groups", groups_rows);

static const struct attribute family_rows[] = {
	[CTRL_ATTR_FAMILY_ID] = NUMBER("family-id", ATTRIBUTE_U16, struct netlink_family, id),
	[CTRL_ATTR_FAMILY_NAME] = { "family-name", ATTRIBUTE_TEXT },
	[CTRL_ATTR_VERSION] = U32("version", struct netlink_family, version),
	[CTRL_ATTR_HDRSIZE] = { "header-size", ATTRIBUTE_U32 },
	[CTRL_ATTR_MAXATTR] = { "max-attribute", ATTRIBUTE_U32 },
	[CTRL_ATTR_MCAST_GROUPS] = {
		.name = "multicast-groups", .type = ATTRIBUTE_OLD_NEST, .nested = &groups_set
	},
};

const struct attribute_set family_attributes = SET("family", family_rows);

/* The pool and the info are told once, so they go to the snapshot itself. */
static const struct attribute info_rows[] = {
	[SECRETMEM_A_INFO_VERSION] = U32("version", struct snapshot, info.family_version),
	[SECRETMEM_A_INFO_MODE] = ENUM("mode", 2, struct snapshot, info.mode),
	[SECRETMEM_A_INFO_CHUNK_SIZE] = UINT("chunk-size", struct snapshot, pool.chunk_bytes),
	[SECRETMEM_A_INFO_POOL_CAPACITY] =
		UINT("pool-capacity", struct snapshot, pool.capacity_bytes),
	[SECRETMEM_A_INFO_DIRECT_MAP_PAGE_SIZE] = {
		"direct-map-page-size", ATTRIBUTE_UINT, KEEP_LEVEL,
		offsetof(struct snapshot, direct_map.levels)
	},
};
_Static_assert(COUNT(info_rows) == SECRETMEM_A_INFO_MAX + 1, "info is complete");

static const struct attribute failures_rows[] = {
	[SECRETMEM_A_FAILURES_POOL_EXHAUSTED] =
		UINT("pool-exhausted", struct snapshot, pool.failures.pool_exhausted),
	[SECRETMEM_A_FAILURES_MEMLOCK] =
		UINT("memlock", struct snapshot, pool.failures.memlock),
	[SECRETMEM_A_FAILURES_DIRECT_MAP] =
		UINT("direct-map", struct snapshot, pool.failures.direct_map),
	[SECRETMEM_A_FAILURES_MEMORY] =
		UINT("memory", struct snapshot, pool.failures.memory),
	[SECRETMEM_A_FAILURES_PINNED] =
		UINT("pinned", struct snapshot, pool.failures.pinned),
	[SECRETMEM_A_FAILURES_LOW_MEMORY] =
		UINT("low-memory", struct snapshot, pool.failures.low_memory),
	[SECRETMEM_A_FAILURES_CGROUP] =
		UINT("cgroup", struct snapshot, pool.failures.cgroup),
};
_Static_assert(COUNT(failures_rows) == SECRETMEM_A_FAILURES_MAX + 1, "failures is complete");

static const struct attribute_set failures_set = SET("failures", failures_rows);

static const struct attribute pool_rows[] = {
	[SECRETMEM_A_POOL_CAPACITY] = UINT("capacity", struct snapshot, pool.capacity_bytes),
	[SECRETMEM_A_POOL_RESERVED] = UINT("reserved", struct snapshot, pool.reserved_bytes),
	[SECRETMEM_A_POOL_USED] = UINT("used", struct snapshot, pool.used_bytes),
	[SECRETMEM_A_POOL_FLOOR] = UINT("floor", struct snapshot, pool.floor_bytes),
	[SECRETMEM_A_POOL_READY] = UINT("ready", struct snapshot, pool.ready_bytes),
	[SECRETMEM_A_POOL_FLOOR_MISSING] =
		UINT("floor-missing", struct snapshot, pool.floor_missing_bytes),
	[SECRETMEM_A_POOL_AVAILABLE] =
		UINT("available", struct snapshot, pool.available_bytes),
	[SECRETMEM_A_POOL_CHUNKS] = UINT("chunks", struct snapshot, pool.chunks),
	[SECRETMEM_A_POOL_FREE_CHUNKS] =
		UINT("free-chunks", struct snapshot, pool.free_chunks),
	[SECRETMEM_A_POOL_QUARANTINED_CHUNKS] =
		UINT("quarantined-chunks", struct snapshot, pool.quarantined_chunks),
	[SECRETMEM_A_POOL_RESERVED_PEAK] =
		UINT("reserved-peak", struct snapshot, pool.reserved_peak_bytes),
	[SECRETMEM_A_POOL_USED_PEAK] =
		UINT("used-peak", struct snapshot, pool.used_peak_bytes),
	[SECRETMEM_A_POOL_FILES] = UINT("files", struct snapshot, pool.files),
	[SECRETMEM_A_POOL_FAILURES] = {
		.name = "failures", .type = ATTRIBUTE_NEST, .nested = &failures_set
	},
	[SECRETMEM_A_POOL_LOW_THRESHOLD] =
		UINT("low-threshold", struct snapshot, pool.low_threshold_bytes),
	[SECRETMEM_A_POOL_FAILURE_THRESHOLD] =
		UINT("failure-threshold", struct snapshot, pool.failure_threshold),
	[SECRETMEM_A_POOL_EVENT_SEQUENCE] =
		UINT("event-sequence", struct snapshot, pool.event_sequence),
	[SECRETMEM_A_POOL_EVENTS_DROPPED] =
		UINT("events-dropped", struct snapshot, pool.events_dropped),
	[SECRETMEM_A_POOL_DIRECT_MAP_SEQUENCE] =
		UINT("direct-map-sequence", struct snapshot, pool.direct_map_sequence),
	[SECRETMEM_A_POOL_FLOOR_PENDING] =
		TRUTH("floor-pending", struct snapshot, pool.floor_pending),
};
_Static_assert(COUNT(pool_rows) == SECRETMEM_A_POOL_MAX + 1, "pool is complete");

static const struct attribute file_rows[] = {
	[SECRETMEM_A_FILE_ID] = UINT("id", struct secret_file, id),
	[SECRETMEM_A_FILE_DEVICE] = UINT("device", struct secret_file, device),
	[SECRETMEM_A_FILE_INODE] = UINT("inode", struct secret_file, inode),
	[SECRETMEM_A_FILE_CREATOR_PID] = U32("creator-pid", struct secret_file, creator.pid),
	[SECRETMEM_A_FILE_CREATOR_UID] = U32("creator-uid", struct secret_file, creator.uid),
	[SECRETMEM_A_FILE_CREATOR_COMM] =
		TEXT("creator-comm", 15, struct secret_file, creator.comm),
	[SECRETMEM_A_FILE_CREATOR_CGROUP_ID] =
		UINT("creator-cgroup-id", struct secret_file, creator.cgroup_id),
	[SECRETMEM_A_FILE_SIZE] = UINT("size", struct secret_file, size_bytes),
	[SECRETMEM_A_FILE_USED] = UINT("used", struct secret_file, used_bytes),
	[SECRETMEM_A_FILE_RESERVED] = UINT("reserved", struct secret_file, reserved_bytes),
	[SECRETMEM_A_FILE_WASTED] = UINT("wasted", struct secret_file, wasted_bytes),
	[SECRETMEM_A_FILE_CHUNKS] = UINT("chunks", struct secret_file, chunks),
	[SECRETMEM_A_FILE_RESERVATION] =
		TRUTH("reservation", struct secret_file, reservation),
	[SECRETMEM_A_FILE_AGE] = UINT("age", struct secret_file, age_ns),
};
_Static_assert(COUNT(file_rows) == SECRETMEM_A_FILE_MAX + 1, "file is complete");

static const struct attribute chunk_rows[] = {
	[SECRETMEM_A_CHUNK_ID] = UINT("id", struct chunk, id),
	[SECRETMEM_A_CHUNK_FILE_ID] = UINT("file-id", struct chunk, file_id),
	[SECRETMEM_A_CHUNK_POSITION] = U32("position", struct chunk, position),
	[SECRETMEM_A_CHUNK_USED] = UINT("used", struct chunk, used_bytes),
	[SECRETMEM_A_CHUNK_STATE] = ENUM("state", 3, struct chunk, state),
};
_Static_assert(COUNT(chunk_rows) == SECRETMEM_A_CHUNK_MAX + 1, "chunk is complete");

static const struct attribute level_rows[] = {
	[SECRETMEM_A_DIRECT_MAP_LEVEL_PAGE_SIZE] =
		UINT("page-size", struct direct_map_level, page_bytes),
	[SECRETMEM_A_DIRECT_MAP_LEVEL_MAPPED] = UINT("mapped", struct direct_map_level, bytes),
	[SECRETMEM_A_DIRECT_MAP_LEVEL_SPLITS] = UINT("splits", struct direct_map_level, splits),
	[SECRETMEM_A_DIRECT_MAP_LEVEL_SECRETMEM_SPLITS] =
		UINT("secretmem-splits", struct direct_map_level, secretmem_splits),
};
_Static_assert(COUNT(level_rows) == SECRETMEM_A_DIRECT_MAP_LEVEL_MAX + 1, "level is complete");

static const struct attribute_set level_set = SET("direct-map-level", level_rows);

static const struct attribute direct_map_rows[] = {
	[SECRETMEM_A_DIRECT_MAP_REGION] = U32("region", struct direct_map_reply, region),
	[SECRETMEM_A_DIRECT_MAP_LEVEL] = {
		"level", ATTRIBUTE_NEST, KEEP_LEVEL, offsetof(struct direct_map_reply, map.levels),
		.nested = &level_set
	},
	[SECRETMEM_A_DIRECT_MAP_UNMAPPED] =
		UINT("unmapped", struct direct_map_reply, map.unmapped_bytes),
	[SECRETMEM_A_DIRECT_MAP_REMOVALS] =
		UINT("removals", struct direct_map_reply, map.removals),
	[SECRETMEM_A_DIRECT_MAP_RESTORES] =
		UINT("restores", struct direct_map_reply, map.restores),
	[SECRETMEM_A_DIRECT_MAP_RESTORE_FAILURES] =
		UINT("restore-failures", struct direct_map_reply, map.restore_failures),
};
_Static_assert(COUNT(direct_map_rows) == SECRETMEM_A_DIRECT_MAP_MAX + 1,
	       "direct-map is complete");

static const struct attribute event_rows[] = {
	[SECRETMEM_A_EVENT_SEQUENCE] = UINT("sequence", struct event, sequence),
	[SECRETMEM_A_EVENT_TIME] = UINT("time", struct event, monotonic_ns),
	[SECRETMEM_A_EVENT_TYPE] = ENUM("type", EVENT_SPLIT, struct event, type),
	[SECRETMEM_A_EVENT_FILE_ID] = UINT("file-id", struct event, file_id),
	[SECRETMEM_A_EVENT_DEVICE] = UINT("device", struct event, device),
	[SECRETMEM_A_EVENT_INODE] = UINT("inode", struct event, inode),
	[SECRETMEM_A_EVENT_PID] = U32("pid", struct event, pid),
	[SECRETMEM_A_EVENT_UID] = U32("uid", struct event, uid),
	[SECRETMEM_A_EVENT_COMM] = TEXT("comm", 15, struct event, comm),
	[SECRETMEM_A_EVENT_CGROUP_ID] = UINT("cgroup-id", struct event, cgroup_id),
	[SECRETMEM_A_EVENT_CHUNK_ID] = UINT("chunk-id", struct event, chunk_id),
	[SECRETMEM_A_EVENT_POSITION] = U32("position", struct event, position),
	[SECRETMEM_A_EVENT_BYTES] = UINT("bytes", struct event, bytes),
	[SECRETMEM_A_EVENT_REASON] = ENUM("reason", REASON_CGROUP, struct event, reason),
	[SECRETMEM_A_EVENT_PAGE_SIZE] = UINT("page-size", struct event, page_bytes),
	[SECRETMEM_A_EVENT_COUNT] = UINT("count", struct event, count),
	[SECRETMEM_A_EVENT_OWNER] = ENUM("owner", OWNER_SECRETMEM, struct event, owner),
	[SECRETMEM_A_EVENT_DROPPED] = UINT("dropped", struct event, dropped),
	[SECRETMEM_A_EVENT_STATE] = ENUM("state", 3, struct event, state),
};
_Static_assert(COUNT(event_rows) == SECRETMEM_A_EVENT_MAX + 1, "event is complete");

static const struct attribute_set info_set = SET("info", info_rows);
static const struct attribute_set pool_set = SET("pool", pool_rows);
static const struct attribute_set file_set = SET("file", file_rows);
static const struct attribute_set chunk_set = SET("chunk", chunk_rows);
static const struct attribute_set direct_map_set = SET("direct-map", direct_map_rows);
static const struct attribute_set event_set = SET("event", event_rows);

/* In the spec's order, for the test that compares them. */
const struct attribute_set *const secretmem_attribute_sets[] = {
	&info_set, &pool_set, &failures_set, &file_set, &chunk_set, &direct_map_set, &level_set,
	&event_set, NULL
};

static const struct netlink_object objects[] = {
	[SECRETMEM_CMD_INFO_GET] = { "info-get", &info_set },
	[SECRETMEM_CMD_POOL_GET] = { "pool-get", &pool_set },
	[SECRETMEM_CMD_FILE_GET] = { "file-get", &file_set },
	[SECRETMEM_CMD_CHUNK_GET] = { "chunk-get", &chunk_set },
	[SECRETMEM_CMD_POOL_SET] = { "pool-set", &pool_set },
	[SECRETMEM_CMD_DIRECT_MAP_GET] = { "direct-map-get", &direct_map_set },
	[SECRETMEM_CMD_EVENT] = { "event", &event_set },
};
_Static_assert(COUNT(objects) == SECRETMEM_CMD_MAX + 1, "every command is there");

const struct netlink_object *netlink_object(unsigned int command)
{
	if (command >= COUNT(objects) || !objects[command].set)
		return NULL;
	return &objects[command];
}

const struct attribute *attribute_find(const struct attribute_set *set, unsigned int type)
{
	if (type >= set->count || !set->attributes[type].name)
		return NULL;
	return &set->attributes[type];
}

/* Is the value of the type and length that the row says? */
static bool is_valid(const struct attribute *row, const struct nlattr *attr, size_t length)
{
	if (!!(attr->nla_type & NLA_F_NESTED) != (row->type == ATTRIBUTE_NEST))
		return false;
	switch (row->type) {
	case ATTRIBUTE_U8:
		return length == sizeof(uint8_t);
	case ATTRIBUTE_U16:
		return length == sizeof(uint16_t);
	case ATTRIBUTE_U32:
		return length == sizeof(uint32_t);
	case ATTRIBUTE_UINT:	/* the sender chooses its width */
		return length == sizeof(uint32_t) || length == sizeof(uint64_t);
	case ATTRIBUTE_TEXT:
		return length && (!row->limit ||
				  strnlen(mnl_attr_get_payload(attr), length) <= row->limit);
	case ATTRIBUTE_NEST:
	case ATTRIBUTE_OLD_NEST:
		return !length || length >= MNL_ATTR_HDRLEN;
	case ATTRIBUTE_UNKNOWN:
		break;
	}
	return true;
}

static uint64_t attribute_value(const struct nlattr *attr, size_t length)
{
	switch (length) {
	case sizeof(uint8_t):
		return mnl_attr_get_u8(attr);
	case sizeof(uint16_t):
		return mnl_attr_get_u16(attr);
	case sizeof(uint32_t):
		return mnl_attr_get_u32(attr);
	default:
		return mnl_attr_get_u64(attr);
	}
}

static void keep_enum(const struct attribute *row, uint64_t value, void *place)
{
	/* What a newer kernel may mean by it is unknown. */
	*(unsigned int *)place = value < row->limit ? (unsigned int)value + 1 : 0;
}

static void keep_text(const struct nlattr *attr, size_t length, char **place)
{
	free(*place);
	*place = xstrndup(mnl_attr_get_payload(attr), length);
}

static void keep(const struct attribute *row, const struct nlattr *attr, size_t length,
		 void *object)
{
	void *place = (char *)object + row->offset;

	switch (row->keep) {
	case KEEP_NUMBER:
		*(struct number *)place = number(attribute_value(attr, length));
		break;
	case KEEP_ENUM:
		keep_enum(row, attribute_value(attr, length), place);
		break;
	case KEEP_TEXT:
		keep_text(attr, length, place);
		break;
	case KEEP_LEVEL:
		direct_map_level(place, attribute_value(attr, length));
		break;
	case KEEP_GROUP:
	case KEEP_NOTHING:
		break;
	}
}

/* Each nest is a level; a list has one for each page size. */
static enum exit_code parse_level(const struct attribute *row, const struct nlattr *attr,
				  struct list *levels, struct failure *failure)
{
	struct direct_map_level level = { 0 };
	enum exit_code code;

	code = attributes_parse(row->nested, mnl_attr_get_payload(attr),
				mnl_attr_get_payload_len(attr), &level, failure);
	if (!code && level.page_bytes.known)
		*direct_map_level(levels, level.page_bytes.value) = level;
	return code;
}

static void keep_group(const struct netlink_group *group, struct number *groups)
{
	static const char *const names[] = {
		[GROUP_EVENTS] = SECRETMEM_MCGRP_EVENTS,
		[GROUP_DIRECT_MAP] = SECRETMEM_MCGRP_DIRECT_MAP,
	};
	size_t i;

	for (i = GROUP_EVENTS; i < COUNT(names); i++) {
		if (group->name && !strcmp(group->name, names[i]))
			groups[i] = group->id;
	}
}

static enum exit_code parse_group(const struct attribute *row, const struct nlattr *attr,
				  struct number *groups, struct failure *failure)
{
	struct netlink_group group = { 0 };
	enum exit_code code;

	code = attributes_parse(row->nested, mnl_attr_get_payload(attr),
				mnl_attr_get_payload_len(attr), &group, failure);
	if (!code)
		keep_group(&group, groups);
	free(group.name);
	return code;
}

static enum exit_code parse_nest(const struct attribute *row, const struct nlattr *attr,
				 void *object, struct failure *failure)
{
	void *place = (char *)object + row->offset;

	if (row->keep == KEEP_LEVEL)
		return parse_level(row, attr, place, failure);
	if (row->keep == KEEP_GROUP)
		return parse_group(row, attr, place, failure);
	return attributes_parse(row->nested, mnl_attr_get_payload(attr),
				mnl_attr_get_payload_len(attr), object, failure);
}

static enum exit_code parse_one(const struct attribute_set *set, const struct nlattr *attr,
				void *object, struct failure *failure)
{
	const struct attribute *row = attribute_find(set, mnl_attr_get_type(attr));
	size_t length = mnl_attr_get_payload_len(attr);

	if (!row)
		return EXIT_FINE;
	if (!is_valid(row, attr, length))
		return fail(failure, EXIT_FAILED,
			    "the kernel sent attribute %s of %s with a wrong type or length (%zu bytes)",
			    row->name, set->name, length);
	if (row->nested)
		return parse_nest(row, attr, object, failure);
	keep(row, attr, length, object);
	return EXIT_FINE;
}

enum exit_code attributes_parse(const struct attribute_set *set, const void *start,
				size_t length, void *object, struct failure *failure)
{
	const struct nlattr *attr = start;
	int left = (int)length;
	enum exit_code code;

	while (mnl_attr_ok(attr, left)) {
		code = parse_one(set, attr, object, failure);
		if (code)
			return code;
		left -= MNL_ALIGN(attr->nla_len);
		attr = mnl_attr_next(attr);
	}
	if (left > 0)
		return fail(failure, EXIT_FAILED,
			    "the kernel sent a truncated message: %d bytes of %s left over",
			    left, set->name);
	return EXIT_FINE;
}

/* A region tells of all sizes; those that it has none of are left out. */
static void drop_empty(struct list *levels)
{
	struct direct_map_level *kept = levels->items;

	list_for_each(level, levels, struct direct_map_level) {
		if (level->bytes.value)
			*kept++ = *level;
	}
	levels->count = levels->count ? (size_t)(kept - (struct direct_map_level *)levels->items) : 0;
}

/* A region, or all of the direct map, the levels of which info may have told before. */
static void keep_direct_map(struct snapshot *snapshot, struct direct_map_reply *reply)
{
	struct direct_map *map = &snapshot->direct_map;
	struct direct_map_region *region;

	if (reply->region.known) {
		region = list_add(&map->regions, sizeof(*region));
		region->index = reply->region;
		drop_empty(&reply->map.levels);
		region->levels = reply->map.levels;
		region->unmapped_bytes = reply->map.unmapped_bytes;
		return;
	}
	reply->map.regions = map->regions;
	if (reply->map.levels.count) {
		free(map->levels.items);
		reply->map.origin = ORIGIN_MEMINFO;
	} else {
		reply->map.levels = map->levels;
	}
	*map = reply->map;
}

static enum exit_code parse_direct_map(const void *start, size_t length,
				       struct snapshot *snapshot, struct failure *failure)
{
	struct direct_map_reply reply = { 0 };
	enum exit_code code = attributes_parse(&direct_map_set, start, length, &reply, failure);

	if (code)
		free(reply.map.levels.items);
	else
		keep_direct_map(snapshot, &reply);
	return code;
}

/* Where the attributes of a command's reply go. */
static void *object_place(struct snapshot *snapshot, unsigned int command)
{
	switch (command) {
	case SECRETMEM_CMD_FILE_GET:
		return list_add(&snapshot->files, sizeof(struct secret_file));
	case SECRETMEM_CMD_CHUNK_GET:
		return list_add(&snapshot->chunks, sizeof(struct chunk));
	default:
		return snapshot;
	}
}

static enum exit_code fail_truncated(size_t length, struct failure *failure)
{
	return fail(failure, EXIT_FAILED, "the kernel sent a truncated message of %zu bytes",
		    length);
}

enum exit_code netlink_parse_message(const struct nlmsghdr *header,
				     struct snapshot *snapshot, struct failure *failure)
{
	const struct genlmsghdr *generic = mnl_nlmsg_get_payload(header);
	const struct netlink_object *object;
	size_t length = mnl_nlmsg_get_payload_len(header);
	const void *start = (const char *)generic + GENL_HDRLEN;

	if (length < GENL_HDRLEN)
		return fail_truncated(length, failure);
	length -= GENL_HDRLEN;
	object = netlink_object(generic->cmd);
	if (!object || object->set == &event_set)
		return EXIT_FINE;
	if (object->set == &direct_map_set)
		return parse_direct_map(start, length, snapshot, failure);
	return attributes_parse(object->set, start, length,
				object_place(snapshot, generic->cmd), failure);
}

enum exit_code netlink_parse_event(const struct nlmsghdr *header, struct event *event,
				   struct failure *failure)
{
	const struct genlmsghdr *generic = mnl_nlmsg_get_payload(header);
	size_t length = mnl_nlmsg_get_payload_len(header);

	if (length < GENL_HDRLEN)
		return fail_truncated(length, failure);
	if (generic->cmd != SECRETMEM_CMD_EVENT)
		return EXIT_FINE;
	return attributes_parse(&event_set, (const char *)generic + GENL_HDRLEN,
				length - GENL_HDRLEN, event, failure);
}

enum exit_code netlink_parse_buffer(const void *buffer, size_t length,
				    struct snapshot *snapshot, struct failure *failure)
{
	const struct nlmsghdr *header = buffer;
	enum exit_code code = EXIT_FINE;
	int left = (int)length;

	while (code == EXIT_FINE && netlink_message_ok(header, left)) {
		code = netlink_parse_message(header, snapshot, failure);
		header = mnl_nlmsg_next(header, &left);
	}
	if (code == EXIT_FINE && left > 0)
		return fail(failure, EXIT_FAILED,
			    "the kernel sent a truncated message of %d bytes", left);
	return code;
}
