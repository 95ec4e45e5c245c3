// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake-kernel.h"
#include "test.h"

#define REQUEST_SIZE 4096

uint8_t fake_command(const struct nlmsghdr *request)
{
	const struct genlmsghdr *generic = mnl_nlmsg_get_payload(request);

	return generic->cmd;
}

struct nlmsghdr *fake_begin(struct fake_kernel *fake, const struct nlmsghdr *request,
			    uint16_t flags)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(fake->buffer + fake->length);
	struct genlmsghdr *generic = mnl_nlmsg_put_extra_header(header, sizeof(*generic));

	header->nlmsg_type = request->nlmsg_type;
	header->nlmsg_flags = flags;
	header->nlmsg_seq = request->nlmsg_seq;
	header->nlmsg_pid = request->nlmsg_pid;
	generic->cmd = fake_command(request);
	generic->version = 1;
	return header;
}

void fake_end(struct fake_kernel *fake, struct nlmsghdr *header)
{
	fake->length += MNL_ALIGN(header->nlmsg_len);
}

void fake_flush(struct fake_kernel *fake, const struct nlmsghdr *request)
{
	struct sockaddr_nl client = {
		.nl_family = AF_NETLINK,
		.nl_pid = request->nlmsg_pid,
	};

	/* The client may have given up and be gone: that is its good right. */
	if (sendto(mnl_socket_get_fd(fake->mnl), fake->buffer, fake->length, 0,
		   (struct sockaddr *)&client, sizeof(client)) < 0 && errno != ECONNREFUSED)
		perror("fake kernel: sendto");
	fake->length = 0;
}

void fake_error(struct fake_kernel *fake, const struct nlmsghdr *request, int error,
		const char *text)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(fake->buffer + fake->length);
	struct nlmsgerr *body = mnl_nlmsg_put_extra_header(header, sizeof(*body));

	header->nlmsg_type = NLMSG_ERROR;
	header->nlmsg_flags = NLM_F_CAPPED;
	header->nlmsg_seq = request->nlmsg_seq;
	header->nlmsg_pid = request->nlmsg_pid;
	body->error = -error;
	body->msg = *request;
	if (text) {
		header->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_strz(header, NLMSGERR_ATTR_MSG, text);
	}
	fake_end(fake, header);
	fake_flush(fake, request);
}

void fake_done(struct fake_kernel *fake, const struct nlmsghdr *request, int error,
	       uint16_t flags)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(fake->buffer + fake->length);
	int *body = mnl_nlmsg_put_extra_header(header, sizeof(*body));

	header->nlmsg_type = NLMSG_DONE;
	header->nlmsg_flags = NLM_F_MULTI | flags;
	header->nlmsg_seq = request->nlmsg_seq;
	header->nlmsg_pid = request->nlmsg_pid;
	*body = -error;
	fake_end(fake, header);
	fake_flush(fake, request);
}

/*
 * NETLINK_USERSOCK has 32 groups for all processes of a machine. Those who share
 * one hear each other's noise, and know it by the sender.
 */
static uint32_t fake_group(enum event_group group)
{
	return 2 * ((uint32_t)getpid() % 15) + group;
}

/* As the control family has them: nests without the flag. */
static struct nlattr *old_nest_start(struct nlmsghdr *header, uint16_t type)
{
	struct nlattr *nest = mnl_attr_nest_start(header, type);

	nest->nla_type = type;
	return nest;
}

static void put_group(struct nlmsghdr *header, enum event_group group, const char *name)
{
	struct nlattr *nest = old_nest_start(header, (uint16_t)group);

	mnl_attr_put_strz(header, CTRL_ATTR_MCAST_GRP_NAME, name);
	mnl_attr_put_u32(header, CTRL_ATTR_MCAST_GRP_ID, fake_group(group));
	mnl_attr_nest_end(header, nest);
}

static void put_groups(struct nlmsghdr *header)
{
	struct nlattr *nest = old_nest_start(header, CTRL_ATTR_MCAST_GROUPS);

	put_group(header, GROUP_EVENTS, SECRETMEM_MCGRP_EVENTS);
	put_group(header, GROUP_DIRECT_MAP, SECRETMEM_MCGRP_DIRECT_MAP);
	mnl_attr_nest_end(header, nest);
}

struct nlmsghdr *fake_event_begin(void *buffer)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *generic = mnl_nlmsg_put_extra_header(header, sizeof(*generic));

	header->nlmsg_type = FAKE_FAMILY_ID;
	generic->cmd = SECRETMEM_CMD_EVENT;
	generic->version = 1;
	return header;
}

void fake_event_send(struct fake_kernel *fake, enum event_group group,
		     const struct nlmsghdr *header)
{
	struct sockaddr_nl listeners = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1U << (fake_group(group) - 1),
	};

	/* Nobody, or nobody with room, is told as an error to the sender here. */
	if (sendto(mnl_socket_get_fd(fake->mnl), header, header->nlmsg_len, 0,
		   (struct sockaddr *)&listeners, sizeof(listeners)) < 0 &&
	    errno != ECONNREFUSED && errno != ESRCH && errno != ENOBUFS)
		perror("fake kernel: sendto");
}

static void answer_family(struct fake_kernel *fake, const struct nlmsghdr *request)
{
	struct nlmsghdr *header;

	if (fake->no_family) {
		fake_error(fake, request, ENOENT, NULL);
		return;
	}
	header = fake_begin(fake, request, 0);
	mnl_attr_put_strz(header, CTRL_ATTR_FAMILY_NAME, SECRETMEM_FAMILY_NAME);
	mnl_attr_put_u16(header, CTRL_ATTR_FAMILY_ID, FAKE_FAMILY_ID);
	mnl_attr_put_u32(header, CTRL_ATTR_VERSION, 1);
	if (!fake->no_events)
		put_groups(header);
	fake_end(fake, header);
	fake_flush(fake, request);
	fake_error(fake, request, 0, NULL);
}

static void answer(struct fake_kernel *fake, const struct nlmsghdr *request)
{
	if (request->nlmsg_type == GENL_ID_CTRL) {
		answer_family(fake, request);
		return;
	}
	if (request->nlmsg_type != FAKE_FAMILY_ID || fake_command(request) > SECRETMEM_CMD_MAX)
		return;
	fake->asked[fake_command(request)]++;
	fake->answer(fake, request);
}

static void *run(void *context)
{
	_Alignas(struct nlmsghdr) char request[REQUEST_SIZE];
	struct fake_kernel *fake = context;
	struct pollfd fds[] = {
		{ .fd = mnl_socket_get_fd(fake->mnl), .events = POLLIN },
		{ .fd = fake->stop[0], .events = POLLIN },
	};

	while (poll(fds, 2, -1) > 0 && !fds[1].revents) {
		if (mnl_socket_recvfrom(fake->mnl, request, sizeof(request)) > 0)
			answer(fake, (const void *)request);
	}
	return NULL;
}

void fake_start(struct fake_kernel *fake, fake_answer *answer_request)
{
	memset(fake, 0, sizeof(*fake));
	fake->answer = answer_request;
	fake->mnl = mnl_socket_open2(NETLINK_USERSOCK, SOCK_CLOEXEC);
	assert_non_null(fake->mnl);
	assert_int_equal(mnl_socket_bind(fake->mnl, 0, MNL_SOCKET_AUTOPID), 0);
	fake->peer = (struct netlink_peer){
		.protocol = NETLINK_USERSOCK,
		.portid = mnl_socket_get_portid(fake->mnl),
		.timeout_ms = 5000,
	};
	assert_int_equal(pipe(fake->stop), 0);
	assert_int_equal(pthread_create(&fake->thread, NULL, run, fake), 0);
}

void fake_stop(struct fake_kernel *fake)
{
	assert_int_equal(write(fake->stop[1], "", 1), 1);
	pthread_join(fake->thread, NULL);
	close(fake->stop[0]);
	close(fake->stop[1]);
	mnl_socket_close(fake->mnl);
}
