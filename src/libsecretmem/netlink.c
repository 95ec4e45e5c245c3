// SPDX-License-Identifier: GPL-2.0-or-later
/* The netlink reader: asks the family for each object and fills the model. */
#include <errno.h>
#include <stdio.h>

#include "netlink.h"
#include "xalloc.h"

#define TIMEOUT_MS 10000
#define DUMP_TRIES 8		/* then what changes that fast is shown as it came */

struct netlink_reader {
	struct netlink_peer peer;
	struct netlink_socket *socket;
	struct netlink_family family;
};

static struct nlmsghdr *put_request(char *buffer, uint16_t type, uint16_t flags,
				    uint8_t command, uint8_t version)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *generic;

	header->nlmsg_type = type;
	header->nlmsg_flags = NLM_F_REQUEST | flags;
	generic = mnl_nlmsg_put_extra_header(header, sizeof(*generic));
	generic->cmd = command;
	generic->version = version;
	return header;
}

static enum exit_code take_family(const struct nlmsghdr *header, void *context,
				  struct failure *failure)
{
	size_t length = mnl_nlmsg_get_payload_len(header);

	if (length < GENL_HDRLEN)
		return fail(failure, EXIT_FAILED,
			    "the kernel sent a truncated message of %zu bytes", length);
	return attributes_parse(&family_attributes,
				mnl_nlmsg_get_payload_offset(header, GENL_HDRLEN),
				length - GENL_HDRLEN, context, failure);
}

static enum exit_code resolve_family(struct netlink_reader *reader, struct failure *failure)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct netlink_request request = {
		.header = put_request(buffer, GENL_ID_CTRL, NLM_F_ACK, CTRL_CMD_GETFAMILY, 1),
		.name = "getfamily",
		.handler = take_family,
		.context = &reader->family,
	};
	enum exit_code code;

	mnl_attr_put_strz(request.header, CTRL_ATTR_FAMILY_NAME, SECRETMEM_FAMILY_NAME);
	code = netlink_exchange(reader->socket, &request, failure);
	if (request.error == ENOENT)
		return fail(failure, EXIT_UNSUPPORTED,
			    "this kernel has no netlink family %s", SECRETMEM_FAMILY_NAME);
	if (!code && !reader->family.id.known)
		return fail(failure, EXIT_FAILED,
			    "the kernel did not tell the number of family %s",
			    SECRETMEM_FAMILY_NAME);
	return code;
}

enum exit_code netlink_open_peer(const struct netlink_peer *peer,
				 struct netlink_reader **reader, struct failure *failure)
{
	enum exit_code code;

	*reader = xcalloc(1, sizeof(**reader));
	(*reader)->peer = *peer;
	code = netlink_socket_open(peer, &(*reader)->socket, failure);
	if (!code)
		code = resolve_family(*reader, failure);
	if (code) {
		netlink_close(*reader);
		*reader = NULL;
	}
	return code;
}

enum exit_code netlink_open(bool debug, struct netlink_reader **reader,
			    struct failure *failure)
{
	const struct netlink_peer kernel = {
		.protocol = NETLINK_GENERIC,
		.timeout_ms = TIMEOUT_MS,
		.debug = debug ? stderr : NULL,
	};

	return netlink_open_peer(&kernel, reader, failure);
}

const struct netlink_peer *netlink_reader_peer(const struct netlink_reader *reader)
{
	return &reader->peer;
}

const struct netlink_family *netlink_reader_family(const struct netlink_reader *reader)
{
	return &reader->family;
}

void netlink_close(struct netlink_reader *reader)
{
	if (!reader)
		return;
	netlink_socket_close(reader->socket);
	free(reader);
}

static enum exit_code take_object(const struct nlmsghdr *header, void *context,
				  struct failure *failure)
{
	return netlink_parse_message(header, context, failure);
}

/* Ask once for all that @command tells. */
static enum exit_code ask(struct netlink_reader *reader, uint8_t command, uint16_t flags,
			  struct snapshot *snapshot, bool *interrupted,
			  struct failure *failure)
{
	_Alignas(struct nlmsghdr) char buffer[64];
	struct netlink_request request = {
		.header = put_request(buffer, (uint16_t)reader->family.id.value, flags,
				      command, SECRETMEM_FAMILY_VERSION),
		.name = netlink_object(command)->name,
		.handler = take_object,
		.context = snapshot,
	};
	enum exit_code code = netlink_exchange(reader->socket, &request, failure);

	*interrupted = request.interrupted;
	return code;
}

static void put_setting(struct nlmsghdr *header, uint16_t type, struct number value)
{
	if (value.known)
		mnl_attr_put_u64(header, type, value.value);
}

enum exit_code netlink_set_pool(struct netlink_reader *reader,
				const struct pool_settings *settings,
				struct failure *failure)
{
	_Alignas(struct nlmsghdr) char buffer[64];
	struct snapshot reply = { 0 };
	struct netlink_request request = {
		.header = put_request(buffer, (uint16_t)reader->family.id.value, NLM_F_ACK,
				      SECRETMEM_CMD_POOL_SET, SECRETMEM_FAMILY_VERSION),
		.name = netlink_object(SECRETMEM_CMD_POOL_SET)->name,
		.handler = take_object,
		.context = &reply,
	};
	enum exit_code code;

	put_setting(request.header, SECRETMEM_A_POOL_FLOOR, settings->floor_bytes);
	put_setting(request.header, SECRETMEM_A_POOL_LOW_THRESHOLD,
		    settings->low_threshold_bytes);
	put_setting(request.header, SECRETMEM_A_POOL_FAILURE_THRESHOLD,
		    settings->failure_threshold);
	code = netlink_exchange(reader->socket, &request, failure);
	snapshot_clear(&reply);
	return code;
}

static enum exit_code get(struct netlink_reader *reader, uint8_t command,
			  struct snapshot *snapshot, struct failure *failure)
{
	bool interrupted;

	return ask(reader, command, NLM_F_ACK, snapshot, &interrupted, failure);
}

/*
 * A dump that was interrupted misses or repeats objects, so it is asked for
 * again. On a machine where that never ends the last one is kept, and called
 * partial.
 */
static enum exit_code dump(struct netlink_reader *reader, uint8_t command,
			   struct snapshot *result, struct failure *failure)
{
	bool interrupted = true;
	enum exit_code code = EXIT_FINE;
	int tries;

	for (tries = 0; !code && interrupted && tries < DUMP_TRIES; tries++) {
		snapshot_clear(result);
		code = ask(reader, command, NLM_F_DUMP, result, &interrupted, failure);
	}
	if (!code && interrupted)
		return fail(failure, EXIT_PARTIAL,
			    "%s: changed while it was read, %d times: some may be missing",
			    netlink_object(command)->name, tries);
	return code;
}

/* Take over a list that was dumped; an empty dump is a known, empty list. */
static void move_list(struct list *from, struct list *to)
{
	*to = *from;
	to->known = true;
	*from = (struct list){ 0 };
}

/* Every file that the kernel still has keeps the machine from hibernating. */
static void mark_blocking(struct list *files)
{
	list_for_each(file, files, struct secret_file)
		file->blocks_hibernation = TRUTH_YES;
}

static enum exit_code read_files(struct netlink_reader *reader, struct snapshot *snapshot,
				 struct failure *failure)
{
	struct snapshot dumped = { 0 };
	enum exit_code code = dump(reader, SECRETMEM_CMD_FILE_GET, &dumped, failure);

	if (!code || code == EXIT_PARTIAL) {
		mark_blocking(&dumped.files);
		move_list(&dumped.files, &snapshot->files);
	}
	snapshot_clear(&dumped);
	return code;
}

static enum exit_code read_chunks(struct netlink_reader *reader, struct snapshot *snapshot,
				  struct failure *failure)
{
	struct snapshot dumped = { 0 };
	enum exit_code code = dump(reader, SECRETMEM_CMD_CHUNK_GET, &dumped, failure);

	if (!code || code == EXIT_PARTIAL)
		move_list(&dumped.chunks, &snapshot->chunks);
	snapshot_clear(&dumped);
	return code;
}

/*
 * The totals count what secret memory has unmapped as mapped, and the regions do
 * not; so the regions are read for the levels' sake as well.
 */
static enum exit_code read_direct_map(struct netlink_reader *reader, struct snapshot *snapshot,
				      struct failure *failure)
{
	enum exit_code code = get(reader, SECRETMEM_CMD_DIRECT_MAP_GET, snapshot, failure);
	struct snapshot dumped = { 0 };

	if (!code)
		code = dump(reader, SECRETMEM_CMD_DIRECT_MAP_GET, &dumped, failure);
	if ((!code || code == EXIT_PARTIAL) && dumped.direct_map.regions.count) {
		move_list(&dumped.direct_map.regions, &snapshot->direct_map.regions);
		direct_map_sum(&snapshot->direct_map);
	}
	snapshot_clear(&dumped);
	return code;
}

/* It never changes, so once is enough for a snapshot that is filled in steps. */
static enum exit_code read_info(struct netlink_reader *reader, struct snapshot *snapshot,
				struct failure *failure)
{
	if (snapshot->info.family_version.known)
		return EXIT_FINE;
	snapshot->info.available = TRUTH_YES;
	return get(reader, SECRETMEM_CMD_INFO_GET, snapshot, failure);
}

/* What a user wants to know of the pool that follows from what the kernel says. */
static void derive_pool(struct pool *pool)
{
	if (pool->reserved_bytes.known && pool->used_bytes.known &&
	    pool->reserved_bytes.value >= pool->used_bytes.value)
		pool->wasted_bytes = number(pool->reserved_bytes.value -
					    pool->used_bytes.value);
}

static enum exit_code read_pool(struct netlink_reader *reader, struct snapshot *snapshot,
				struct failure *failure)
{
	enum exit_code code = get(reader, SECRETMEM_CMD_POOL_GET, snapshot, failure);

	derive_pool(&snapshot->pool);
	return code;
}

/* The pool is a limit to all secret memory together. */
static enum exit_code add_pool_limit(struct netlink_reader *reader, struct snapshot *snapshot,
				     struct failure *failure)
{
	const struct pool *pool = &snapshot->pool;
	struct limit *limit;

	(void)reader;
	(void)failure;
	if (!pool->capacity_bytes.known)
		return EXIT_FINE;
	limit = list_add(&snapshot->limits, sizeof(*limit));
	limit->kind = LIMIT_POOL;
	limit->limit_bytes = pool->capacity_bytes;
	limit->charged_bytes = pool->reserved_bytes;
	if (pool->reserved_bytes.known && pool->capacity_bytes.value)
		limit->used_percent = number(100 * pool->reserved_bytes.value /
					     pool->capacity_bytes.value);
	return EXIT_FINE;
}

static const struct {
	unsigned int parts;
	enum exit_code (*read)(struct netlink_reader *reader, struct snapshot *snapshot,
			       struct failure *failure);
} readers[] = {
	{ PART_INFO | PART_POOL | PART_DIRECT_MAP, read_info },
	{ PART_POOL | PART_LIMITS, read_pool },
	{ PART_FILES | PART_HOLDERS | PART_HIBERNATION, read_files },
	{ PART_CHUNKS, read_chunks },
	{ PART_LIMITS, add_pool_limit },
	{ PART_DIRECT_MAP | PART_REGIONS, read_direct_map },
};

/* An operation that this kernel's family does not have yet leaves its part unknown. */
enum exit_code netlink_read(struct netlink_reader *reader, unsigned int parts,
			    struct snapshot *snapshot, struct failure *failure)
{
	enum exit_code code, worst = EXIT_FINE;
	size_t i;

	for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (!(readers[i].parts & parts))
			continue;
		code = readers[i].read(reader, snapshot, failure);
		if (code == EXIT_PARTIAL)
			worst = code;
		else if (code && code != EXIT_UNSUPPORTED)
			return code;
	}
	snapshot->partial |= worst == EXIT_PARTIAL;
	return worst;
}
