// SPDX-License-Identifier: GPL-2.0-or-later
/* Whatever comes over netlink: parsed, decoded as --debug does, and shown. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "json.h"
#include "netlink.h"
#include "summary.h"

static FILE *nowhere(void)
{
	static FILE *stream;

	if (!stream)
		stream = fopen("/dev/null", "w");
	if (!stream)
		abort();
	return stream;
}

static void decode_all(const void *buffer, size_t size)
{
	const struct nlmsghdr *header = buffer;
	int left = (int)size;
	char text[64];

	while (netlink_message_ok(header, left)) {
		netlink_debug(nowhere(), header, false);
		netlink_extack_text(header, text, sizeof(text));
		header = mnl_nlmsg_next(header, &left);
	}
}

/* What the parser took must be fit for all that reads it. */
static void show(const struct snapshot *snapshot)
{
	const struct style style = { 0 };

	json_print_status(nowhere(), snapshot);
	summary_print(snapshot, &style, 80, nowhere());
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The size it has, so that reading one byte beyond it shows. */
	void *buffer = malloc(size ? size : 1);
	struct snapshot snapshot = { 0 };
	struct failure failure;

	if (!buffer)
		abort();
	memcpy(buffer, data, size);
	netlink_parse_buffer(buffer, size, &snapshot, &failure);
	decode_all(buffer, size);
	/* Showing is slow; a few of them tell as much. */
	if (size % 64 == 0)
		show(&snapshot);
	snapshot_clear(&snapshot);
	free(buffer);
	return 0;
}

/* ---- seeds: one good message of each kind ---- */

static struct nlmsghdr *begin(uint8_t *buffer, uint16_t type, uint8_t command)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *generic = mnl_nlmsg_put_extra_header(header, sizeof(*generic));

	header->nlmsg_type = type;
	generic->cmd = command;
	return header;
}

static size_t seed_info(uint8_t *buffer)
{
	struct nlmsghdr *header = begin(buffer, 0x20, SECRETMEM_CMD_INFO_GET);

	mnl_attr_put_u32(header, SECRETMEM_A_INFO_VERSION, 1);
	mnl_attr_put_u32(header, SECRETMEM_A_INFO_MODE, SECRETMEM_MODE_POOLED);
	mnl_attr_put_u64(header, SECRETMEM_A_INFO_CHUNK_SIZE, 2 << 20);
	mnl_attr_put_u32(header, SECRETMEM_A_INFO_POOL_CAPACITY, 128 << 20);
	mnl_attr_put_u32(header, SECRETMEM_A_INFO_DIRECT_MAP_PAGE_SIZE, 4096);
	mnl_attr_put_u64(header, SECRETMEM_A_INFO_DIRECT_MAP_PAGE_SIZE, 1 << 30);
	return header->nlmsg_len;
}

static size_t seed_pool(uint8_t *buffer)
{
	struct nlmsghdr *header = begin(buffer, 0x20, SECRETMEM_CMD_POOL_GET);
	struct nlattr *nest;
	uint16_t type;

	for (type = SECRETMEM_A_POOL_CAPACITY; type < SECRETMEM_A_POOL_FAILURES; type++)
		mnl_attr_put_u64(header, type, (uint64_t)type << 20);
	nest = mnl_attr_nest_start(header, SECRETMEM_A_POOL_FAILURES);
	for (type = SECRETMEM_A_FAILURES_POOL_EXHAUSTED; type <= SECRETMEM_A_FAILURES_MAX; type++)
		mnl_attr_put_u32(header, type, type);
	mnl_attr_nest_end(header, nest);
	return header->nlmsg_len;
}

static size_t seed_file(uint8_t *buffer)
{
	struct nlmsghdr *header = begin(buffer, 0x20, SECRETMEM_CMD_FILE_GET);
	uint16_t type;

	for (type = SECRETMEM_A_FILE_ID; type <= SECRETMEM_A_FILE_MAX; type++) {
		if (type == SECRETMEM_A_FILE_CREATOR_COMM)
			mnl_attr_put_strz(header, type, "vault\xc3\xa9\xff\x1b");
		else
			mnl_attr_put_u32(header, type, 1000u + type);
	}
	return header->nlmsg_len;
}

static size_t seed_chunk(uint8_t *buffer)
{
	struct nlmsghdr *header = begin(buffer, 0x20, SECRETMEM_CMD_CHUNK_GET);
	uint16_t type;

	for (type = SECRETMEM_A_CHUNK_ID; type <= SECRETMEM_A_CHUNK_MAX; type++)
		mnl_attr_put_u32(header, type, 1);
	return header->nlmsg_len;
}

static size_t seed_error(uint8_t *buffer)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct nlmsgerr *error = mnl_nlmsg_put_extra_header(header, sizeof(*error));

	header->nlmsg_type = NLMSG_ERROR;
	header->nlmsg_flags = NLM_F_ACK_TLVS;
	error->error = -1;
	error->msg.nlmsg_len = NLMSG_HDRLEN + 8;
	mnl_nlmsg_put_extra_header(header, 8);
	mnl_attr_put_strz(header, NLMSGERR_ATTR_MSG, "no");
	return header->nlmsg_len;
}

static size_t seed_done(uint8_t *buffer)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);

	mnl_nlmsg_put_extra_header(header, sizeof(int));
	header->nlmsg_type = NLMSG_DONE;
	header->nlmsg_flags = NLM_F_MULTI | NLM_F_ACK_TLVS;
	mnl_attr_put_strz(header, NLMSGERR_ATTR_MSG, "interrupted");
	return header->nlmsg_len;
}

static size_t seed_family(uint8_t *buffer)
{
	struct nlmsghdr *header = begin(buffer, GENL_ID_CTRL, CTRL_CMD_NEWFAMILY);

	mnl_attr_put_strz(header, CTRL_ATTR_FAMILY_NAME, SECRETMEM_FAMILY_NAME);
	mnl_attr_put_u16(header, CTRL_ATTR_FAMILY_ID, 0x20);
	return header->nlmsg_len;
}

/* Several messages in one buffer, as a dump has them. */
static size_t seed_dump(uint8_t *buffer)
{
	size_t size = seed_file(buffer);

	size += seed_file(buffer + size);
	size += seed_chunk(buffer + size);
	return size + seed_done(buffer + size);
}

size_t fuzz_seed(unsigned int index, uint8_t buffer[FUZZ_INPUT_SIZE])
{
	static size_t (*const seeds[])(uint8_t *buffer) = {
		seed_info, seed_pool, seed_file, seed_chunk, seed_error, seed_done, seed_family,
		seed_dump,
	};

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return 0;
	memset(buffer, 0, FUZZ_INPUT_SIZE);
	return seeds[index](buffer);
}
