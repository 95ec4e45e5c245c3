// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <sys/socket.h>

#include "netlink-event.h"
#include "xalloc.h"

#define DATAGRAM_SIZE (32 * 1024)

struct netlink_listener {
	struct mnl_socket *mnl;
	struct netlink_peer peer;
	uint16_t family_id;
	const struct nlmsghdr *next;	/* what is left of the last datagram */
	int left;
	_Alignas(struct nlmsghdr) char buffer[DATAGRAM_SIZE];
};

bool netlink_has_events(const struct netlink_reader *reader)
{
	return netlink_reader_family(reader)->groups[GROUP_EVENTS].known;
}

/* The forced one may be more than the system's limit, for those who may. */
static void set_buffer(int fd, uint64_t bytes)
{
	int size = bytes > INT32_MAX ? INT32_MAX : (int)bytes;

	if (!size)
		return;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static enum exit_code fail_join(struct failure *failure)
{
	if (errno == EPERM || errno == EACCES)
		return fail(failure, EXIT_PERMISSION, "cannot hear events: %s: run as root",
			    strerror(errno));
	return fail(failure, EXIT_FAILED, "cannot hear events: %s", strerror(errno));
}

static enum exit_code join(struct netlink_listener *listener,
			   const struct netlink_family *family, struct failure *failure)
{
	enum event_group group;
	int number;

	for (group = GROUP_EVENTS; group <= GROUP_DIRECT_MAP; group++) {
		number = (int)family->groups[group].value;
		if (family->groups[group].known &&
		    mnl_socket_setsockopt(listener->mnl, NETLINK_ADD_MEMBERSHIP, &number,
					  sizeof(number)) < 0)
			return fail_join(failure);
	}
	return EXIT_FINE;
}

enum exit_code netlink_listen(const struct netlink_reader *reader, uint64_t buffer_bytes,
			      struct netlink_listener **listener, struct failure *failure)
{
	const struct netlink_family *family = netlink_reader_family(reader);
	struct netlink_listener *new = xcalloc(1, sizeof(*new));
	enum exit_code code;

	*listener = NULL;
	new->peer = *netlink_reader_peer(reader);
	new->family_id = (uint16_t)family->id.value;
	new->mnl = mnl_socket_open2(new->peer.protocol, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!new->mnl || mnl_socket_bind(new->mnl, 0, MNL_SOCKET_AUTOPID) < 0) {
		code = fail(failure, EXIT_FAILED, "cannot open a netlink socket: %s",
			    strerror(errno));
	} else {
		set_buffer(mnl_socket_get_fd(new->mnl), buffer_bytes);
		code = join(new, family, failure);
	}
	if (code)
		netlink_listener_close(new);
	else
		*listener = new;
	return code;
}

void netlink_listener_close(struct netlink_listener *listener)
{
	if (!listener)
		return;
	if (listener->mnl)
		mnl_socket_close(listener->mnl);
	free(listener);
}

int netlink_listener_fd(const struct netlink_listener *listener)
{
	return mnl_socket_get_fd(listener->mnl);
}

/* One datagram, if it is the peer's: anybody privileged may send to a port. */
static enum heard receive(struct netlink_listener *listener, struct failure *failure)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { listener->buffer, sizeof(listener->buffer) };
	struct msghdr message = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &iov, .msg_iovlen = 1,
	};
	ssize_t length = recvmsg(mnl_socket_get_fd(listener->mnl), &message, 0);

	if (length < 0 && errno == ENOBUFS)
		return HEARD_OVERRUN;
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return HEARD_NOTHING;
	if (length < 0 || message.msg_flags & MSG_TRUNC) {
		fail(failure, EXIT_FAILED, "cannot hear events: %s",
		     length < 0 ? strerror(errno) : "a message is too long");
		return HEARD_FAILED;
	}
	listener->next = (const void *)listener->buffer;
	listener->left = from.nl_pid == listener->peer.portid ? (int)length : 0;
	return HEARD_EVENT;
}

/* False: this message is none of the family's events. */
static bool take_message(struct netlink_listener *listener, struct event *event,
			 enum heard *heard, struct failure *failure)
{
	const struct nlmsghdr *header = listener->next;

	listener->next = mnl_nlmsg_next(header, &listener->left);
	if (listener->peer.debug)
		netlink_debug(listener->peer.debug, header, false);
	if (header->nlmsg_type != listener->family_id)
		return false;
	*heard = netlink_parse_event(header, event, failure) ? HEARD_FAILED : HEARD_EVENT;
	if (*heard == HEARD_FAILED || event->sequence.known)
		return true;
	event_clear(event);
	return false;
}

enum heard netlink_hear(struct netlink_listener *listener, struct event *event,
			struct failure *failure)
{
	enum heard heard;

	for (;;) {
		while (netlink_message_ok(listener->next, listener->left)) {
			if (take_message(listener, event, &heard, failure))
				return heard;
		}
		listener->left = 0;
		heard = receive(listener, failure);
		if (heard != HEARD_EVENT)
			return heard;
	}
}

enum event_group event_group(const struct event *event)
{
	return event->type == EVENT_SPLIT ? GROUP_DIRECT_MAP : GROUP_EVENTS;
}

bool event_number_take(struct event_numbers *numbers, const struct event *event,
		       uint64_t *lost)
{
	struct number *last = &numbers->last[event_group(event)];
	struct number now = event->sequence;

	*lost = 0;
	if (last->known && now.value <= last->value)
		return false;
	if (last->known)
		*lost = now.value - last->value - 1;
	*last = now;
	return true;
}

struct number pool_event_number(const struct pool *pool, enum event_group group)
{
	return group == GROUP_EVENTS ? pool->event_sequence : pool->direct_map_sequence;
}

uint64_t event_number_sync(struct event_numbers *numbers, enum event_group group,
			   struct number now)
{
	struct number *last = &numbers->last[group];
	uint64_t lost = 0;

	if (!now.known || (last->known && now.value <= last->value))
		return 0;
	if (last->known)
		lost = now.value - last->value;
	*last = now;
	return lost;
}
