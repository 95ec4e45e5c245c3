// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A listener of the netlink family that knows nothing but the uapi header, one
 * line for each event: its attributes as key=value in the order of their
 * numbers. What is lost is a line too.
 *
 * usage: secret-events [--id] [--number N] [--stall FILE] [--until FILE] GROUP
 *
 *   --id             only say which number the group has
 *   --number N       join that one, without asking for the group
 *   --stall FILE     read nothing before FILE is there
 *   --until FILE     end when FILE is there and nothing comes any more
 *
 * Exits with 1 when the group cannot be joined, and says why.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/secretmem_netlink.h>

static const char *const names[SECRETMEM_A_EVENT_MAX + 1] = {
	[SECRETMEM_A_EVENT_SEQUENCE] = "sequence",
	[SECRETMEM_A_EVENT_TIME] = "time",
	[SECRETMEM_A_EVENT_TYPE] = "type",
	[SECRETMEM_A_EVENT_FILE_ID] = "file-id",
	[SECRETMEM_A_EVENT_DEVICE] = "device",
	[SECRETMEM_A_EVENT_INODE] = "inode",
	[SECRETMEM_A_EVENT_PID] = "pid",
	[SECRETMEM_A_EVENT_UID] = "uid",
	[SECRETMEM_A_EVENT_COMM] = "comm",
	[SECRETMEM_A_EVENT_CGROUP_ID] = "cgroup-id",
	[SECRETMEM_A_EVENT_CHUNK_ID] = "chunk-id",
	[SECRETMEM_A_EVENT_POSITION] = "position",
	[SECRETMEM_A_EVENT_BYTES] = "bytes",
	[SECRETMEM_A_EVENT_REASON] = "reason",
	[SECRETMEM_A_EVENT_PAGE_SIZE] = "page-size",
	[SECRETMEM_A_EVENT_COUNT] = "count",
	[SECRETMEM_A_EVENT_OWNER] = "owner",
	[SECRETMEM_A_EVENT_DROPPED] = "dropped",
	[SECRETMEM_A_EVENT_STATE] = "state",
};

static const char *const types[] = {
	[SECRETMEM_EVENT_TYPE_FILE_CREATED] = "file-created",
	[SECRETMEM_EVENT_TYPE_FILE_RELEASED] = "file-released",
	[SECRETMEM_EVENT_TYPE_CHUNK_ADDED] = "chunk-added",
	[SECRETMEM_EVENT_TYPE_CHUNK_RELEASED] = "chunk-released",
	[SECRETMEM_EVENT_TYPE_RESERVE_FAILED] = "reserve-failed",
	[SECRETMEM_EVENT_TYPE_FAULT_FAILED] = "fault-failed",
	[SECRETMEM_EVENT_TYPE_LIMIT] = "limit",
	[SECRETMEM_EVENT_TYPE_THRESHOLD] = "threshold",
	[SECRETMEM_EVENT_TYPE_SPLIT] = "split",
};

static uint64_t value_of(const struct nlattr *attribute)
{
	if (mnl_attr_get_payload_len(attribute) == sizeof(uint64_t))
		return mnl_attr_get_u64(attribute);
	return mnl_attr_get_u32(attribute);
}

static void print_attribute(const struct nlattr *attribute)
{
	unsigned int number = mnl_attr_get_type(attribute);
	const char *name = number <= SECRETMEM_A_EVENT_MAX ? names[number] : NULL;

	if (!name)
		printf(" unknown-%u=?", number);
	else if (number == SECRETMEM_A_EVENT_COMM)
		printf(" %s=%s", name, mnl_attr_get_str(attribute));
	else if (number == SECRETMEM_A_EVENT_TYPE &&
		 value_of(attribute) < sizeof(types) / sizeof(types[0]))
		printf(" %s=%s", name, types[value_of(attribute)]);
	else
		printf(" %s=%llu", name, (unsigned long long)value_of(attribute));
}

static int print_event(const struct nlmsghdr *header, void *data)
{
	const struct genlmsghdr *generic = mnl_nlmsg_get_payload(header);
	const struct nlattr *attribute;

	(void)data;
	if (generic->cmd != SECRETMEM_CMD_EVENT)
		return MNL_CB_OK;
	fputs("event", stdout);
	mnl_attr_for_each(attribute, header, sizeof(*generic))
		print_attribute(attribute);
	putchar('\n');
	fflush(stdout);
	return MNL_CB_OK;
}

static int fail(const char *what)
{
	fprintf(stderr, "secret-events: %s: %s\n", what, strerror(errno));
	return 1;
}

static int find_in_group(const struct nlattr *group, const char *name)
{
	const struct nlattr *attribute;
	const char *found = "";
	int number = -1;

	mnl_attr_for_each_nested(attribute, group) {
		if (mnl_attr_get_type(attribute) == CTRL_ATTR_MCAST_GRP_ID)
			number = (int)mnl_attr_get_u32(attribute);
		if (mnl_attr_get_type(attribute) == CTRL_ATTR_MCAST_GRP_NAME)
			found = mnl_attr_get_str(attribute);
	}
	return strcmp(found, name) ? -1 : number;
}

struct search {
	const char *name;
	int number;
};

static int find_group(const struct nlmsghdr *header, void *data)
{
	const struct nlattr *attribute, *group;
	struct search *search = data;
	int number;

	mnl_attr_for_each(attribute, header, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attribute) != CTRL_ATTR_MCAST_GROUPS)
			continue;
		mnl_attr_for_each_nested(group, attribute) {
			number = find_in_group(group, search->name);
			if (number >= 0)
				search->number = number;
		}
	}
	return MNL_CB_OK;
}

/* Ask the kernel for the number of a group: negative if there is none. */
static int group_number(struct mnl_socket *socket, const char *name)
{
	_Alignas(struct nlmsghdr) char buffer[8192];
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct search search = { name, -1 };
	struct genlmsghdr *generic;
	ssize_t length;

	header->nlmsg_type = GENL_ID_CTRL;
	header->nlmsg_flags = NLM_F_REQUEST;
	generic = mnl_nlmsg_put_extra_header(header, sizeof(*generic));
	generic->cmd = CTRL_CMD_GETFAMILY;
	generic->version = 1;
	mnl_attr_put_strz(header, CTRL_ATTR_FAMILY_NAME, SECRETMEM_FAMILY_NAME);
	if (mnl_socket_sendto(socket, header, header->nlmsg_len) < 0)
		return -1;
	length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
	if (length < 0 || mnl_cb_run(buffer, (size_t)length, 0, 0, find_group, &search) < 0)
		return -1;
	return search.number;
}

/* Whether nothing comes any more: not for a while, since FILE is there. */
static bool is_over(struct pollfd *poller, const char *until)
{
	bool asked;

	do {
		asked = !until || !access(until, F_OK);
		if (poll(poller, 1, 2000) > 0)
			return false;
	} while (!asked);
	return true;
}

/* All that there is: what was lost is said where it is missing. */
static int receive_all(struct mnl_socket *socket, const char *until)
{
	struct pollfd poller = { .fd = mnl_socket_get_fd(socket), .events = POLLIN };
	_Alignas(struct nlmsghdr) char buffer[65536];
	ssize_t length;

	while (!is_over(&poller, until)) {
		length = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		if (length < 0 && errno == ENOBUFS)
			puts("overrun");
		else if (length < 0)
			return fail("cannot receive");
		else if (mnl_cb_run(buffer, (size_t)length, 0, 0, print_event, NULL) < 0)
			return fail("cannot understand a message");
	}
	return 0;
}

struct options {
	const char *group;
	const char *stall;
	bool id;
	int number;
	const char *until;
};

static bool parse_options(int argc, char **argv, struct options *options)
{
	static const struct option long_options[] = {
		{ "id", no_argument, NULL, 'i' },
		{ "number", required_argument, NULL, 'n' },
		{ "stall", required_argument, NULL, 's' },
		{ "until", required_argument, NULL, 'u' },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (option) {
		case 'i':
			options->id = true;
			break;
		case 'n':
			options->number = atoi(optarg);
			break;
		case 's':
			options->stall = optarg;
			break;
		case 'u':
			options->until = optarg;
			break;
		default:
			return false;
		}
	}
	options->group = argv[optind];
	return options->group && !argv[optind + 1];
}

int main(int argc, char **argv)
{
	struct options options = { .number = -1 };
	struct mnl_socket *socket;

	if (!parse_options(argc, argv, &options)) {
		fputs("usage: secret-events [--id] [--number N] [--stall FILE] [--until FILE] GROUP\n",
		      stderr);
		return 2;
	}
	socket = mnl_socket_open(NETLINK_GENERIC);
	if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID))
		return fail("cannot open a socket");
	if (options.number < 0)
		options.number = group_number(socket, options.group);
	if (options.number < 0)
		return fail("there is no such group");
	if (options.id) {
		printf("%d\n", options.number);
		return 0;
	}
	if (mnl_socket_setsockopt(socket, NETLINK_ADD_MEMBERSHIP, &options.number,
				  sizeof(options.number)))
		return fail("cannot join");
	puts("ready");
	fflush(stdout);
	while (options.stall && access(options.stall, F_OK))
		usleep(50 * 1000);
	return receive_all(socket, options.until);
}
