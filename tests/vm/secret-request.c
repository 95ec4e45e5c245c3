// SPDX-License-Identifier: GPL-2.0-or-later
#include "secret-request.h"

#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/secretmem_netlink.h>

enum { SEQUENCE = 1 };

/* Who is never answered has been forgotten, which is no clean error. */
static const struct timeval patience = { .tv_sec = 20 };

struct mnl_socket *request_open(void)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);

	if (!socket)
		return NULL;
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) ||
	    setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience))) {
		mnl_socket_close(socket);
		return NULL;
	}
	return socket;
}

void request_close(struct mnl_socket *socket)
{
	mnl_socket_close(socket);
}

static struct nlmsghdr *start_message(char *buffer, int family, uint8_t command, uint8_t version,
				      uint16_t flags)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *generic;

	header->nlmsg_type = (uint16_t)family;
	header->nlmsg_flags = NLM_F_REQUEST | flags;
	header->nlmsg_seq = SEQUENCE;
	generic = mnl_nlmsg_put_extra_header(header, sizeof(*generic));
	generic->cmd = command;
	generic->version = version;
	return header;
}

/* Send it and hand each answer to @handle, up to the end of them. */
static int ask(struct mnl_socket *socket, const struct nlmsghdr *request, mnl_cb_t handle,
	       void *data)
{
	unsigned int port = mnl_socket_get_portid(socket);
	char buffer[32768];
	int more = MNL_CB_OK;

	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return errno;
	while (more > MNL_CB_STOP) {
		ssize_t length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));

		if (length < 0)
			return errno;
		more = mnl_cb_run(buffer, (size_t)length, SEQUENCE, port, handle, data);
	}
	return more < 0 ? errno : 0;
}

/* What is known of the family by its name. */
static int ask_family(struct mnl_socket *socket, mnl_cb_t handle, void *data)
{
	struct nlmsghdr *header;
	char buffer[256];

	header = start_message(buffer, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, NLM_F_ACK);
	mnl_attr_put_strz(header, CTRL_ATTR_FAMILY_NAME, SECRETMEM_FAMILY_NAME);
	return ask(socket, header, handle, data);
}

static int take_family(const struct nlmsghdr *header, void *data)
{
	struct nlattr *attribute;
	int *family = data;

	mnl_attr_for_each(attribute, header, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attribute) == CTRL_ATTR_FAMILY_ID)
			*family = mnl_attr_get_u16(attribute);
	return MNL_CB_OK;
}

int request_family(void)
{
	struct mnl_socket *socket = request_open();
	int family = -1;

	if (!socket)
		return -1;
	if (ask_family(socket, take_family, &family))
		family = -1;
	request_close(socket);
	return family;
}

enum { MAX_GROUPS = 8 };

struct groups {
	uint32_t ids[MAX_GROUPS];
	int count;
};

static int take_groups(const struct nlmsghdr *header, void *data)
{
	struct nlattr *attribute, *group, *part;
	struct groups *groups = data;

	mnl_attr_for_each(attribute, header, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attribute) != CTRL_ATTR_MCAST_GROUPS)
			continue;
		mnl_attr_for_each_nested(group, attribute)
			mnl_attr_for_each_nested(part, group)
				if (mnl_attr_get_type(part) == CTRL_ATTR_MCAST_GRP_ID &&
				    groups->count < MAX_GROUPS)
					groups->ids[groups->count++] = mnl_attr_get_u32(part);
	}
	return MNL_CB_OK;
}

bool request_listen(struct mnl_socket *socket)
{
	struct groups groups = { .count = 0 };

	if (ask_family(socket, take_groups, &groups) || !groups.count)
		return false;
	for (int i = 0; i < groups.count; i++)
		if (mnl_socket_setsockopt(socket, NETLINK_ADD_MEMBERSHIP, &groups.ids[i],
					  sizeof(groups.ids[i])))
			return false;
	return true;
}

static int count_object(const struct nlmsghdr *header, void *data)
{
	int *count = data;

	(void)header;
	(*count)++;
	return MNL_CB_OK;
}

int request_objects(struct mnl_socket *socket, int family, uint8_t command, int *count)
{
	uint16_t flags = command == SECRETMEM_CMD_POOL_GET ? NLM_F_ACK : NLM_F_DUMP;
	char buffer[256];

	*count = 0;
	return ask(socket,
		   start_message(buffer, family, command, SECRETMEM_FAMILY_VERSION, flags),
		   count_object, count);
}

/* An integer of the size that it needs. */
static uint64_t integer_of(const struct nlattr *attribute)
{
	if (mnl_attr_get_payload_len(attribute) == sizeof(uint32_t))
		return mnl_attr_get_u32(attribute);
	return mnl_attr_get_u64(attribute);
}

/* One number of the pool. */
struct wanted {
	uint16_t type;
	uint64_t value;
};

static int take_wanted(const struct nlmsghdr *header, void *data)
{
	struct nlattr *attribute;
	struct wanted *wanted = data;

	mnl_attr_for_each(attribute, header, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attribute) == wanted->type)
			wanted->value = integer_of(attribute);
	return MNL_CB_OK;
}

uint64_t request_ready(int family)
{
	struct wanted ready = { SECRETMEM_A_POOL_READY, UINT64_MAX };
	struct mnl_socket *socket = request_open();
	char buffer[256];

	if (!socket)
		return UINT64_MAX;
	ask(socket,
	    start_message(buffer, family, SECRETMEM_CMD_POOL_GET, SECRETMEM_FAMILY_VERSION,
			  NLM_F_ACK),
	    take_wanted, &ready);
	request_close(socket);
	return ready.value;
}

int request_floor(struct mnl_socket *socket, int family, uint64_t bytes, uint64_t *missing)
{
	struct wanted floor_missing = { SECRETMEM_A_POOL_FLOOR_MISSING, UINT64_MAX };
	struct nlmsghdr *header;
	char buffer[256];
	int error;

	header = start_message(buffer, family, SECRETMEM_CMD_POOL_SET, SECRETMEM_FAMILY_VERSION,
			       NLM_F_ACK);
	mnl_attr_put_u64(header, SECRETMEM_A_POOL_FLOOR, bytes);
	error = ask(socket, header, take_wanted, &floor_missing);
	*missing = floor_missing.value;
	return error;
}
