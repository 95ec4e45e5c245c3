// SPDX-License-Identifier: GPL-2.0-or-later
/* One request, its replies and their end: what is true of every object. */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/netlink.h>

#include "escape.h"
#include "netlink.h"
#include "xalloc.h"

#define RECEIVE_SIZE (128 * 1024)	/* the kernel sends 32 KiB at a time */

struct netlink_socket {
	struct mnl_socket *mnl;
	struct netlink_peer peer;
	uint32_t sequence;
	char *buffer;		/* of RECEIVE_SIZE, most of which is never touched */
};

/* Old kernels lack some; they answer with less, not wrongly. */
static void set_options(struct mnl_socket *mnl)
{
	int on = 1;

	mnl_socket_setsockopt(mnl, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(mnl, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(mnl, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
}

static enum exit_code fail_open(struct failure *failure)
{
	if (errno == EPROTONOSUPPORT || errno == EAFNOSUPPORT)
		return fail(failure, EXIT_UNSUPPORTED, "this kernel has no generic netlink");
	return fail(failure, EXIT_FAILED, "cannot open a netlink socket: %s", strerror(errno));
}

enum exit_code netlink_socket_open(const struct netlink_peer *peer,
				   struct netlink_socket **socket, struct failure *failure)
{
	struct mnl_socket *mnl = mnl_socket_open2(peer->protocol, SOCK_CLOEXEC);

	*socket = NULL;
	if (!mnl)
		return fail_open(failure);
	if (mnl_socket_bind(mnl, 0, MNL_SOCKET_AUTOPID) < 0) {
		enum exit_code code = fail_open(failure);

		mnl_socket_close(mnl);
		return code;
	}
	set_options(mnl);
	*socket = xcalloc(1, sizeof(**socket));
	(*socket)->mnl = mnl;
	(*socket)->peer = *peer;
	(*socket)->sequence = (uint32_t)time(NULL);
	(*socket)->buffer = xreallocarray(NULL, RECEIVE_SIZE, 1);
	return EXIT_FINE;
}

void netlink_socket_close(struct netlink_socket *socket)
{
	if (!socket)
		return;
	mnl_socket_close(socket->mnl);
	free(socket->buffer);
	free(socket);
}

/* mnl_socket_sendto() knows only the kernel as its peer. */
static enum exit_code send_request(struct netlink_socket *socket,
				   struct netlink_request *request, struct failure *failure)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_pid = socket->peer.portid,
	};
	struct nlmsghdr *header = request->header;

	header->nlmsg_seq = ++socket->sequence;
	header->nlmsg_pid = mnl_socket_get_portid(socket->mnl);
	if (socket->peer.debug)
		netlink_debug(socket->peer.debug, header, true);
	if (sendto(mnl_socket_get_fd(socket->mnl), header, header->nlmsg_len, 0,
		   (struct sockaddr *)&address, sizeof(address)) < 0)
		return fail(failure, EXIT_FAILED, "%s: cannot ask the kernel: %s",
			    request->name, strerror(errno));
	return EXIT_FINE;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum exit_code wait_until(struct netlink_socket *socket, int64_t deadline,
				 const char *name, struct failure *failure)
{
	struct pollfd pollfd = {
		.fd = mnl_socket_get_fd(socket->mnl),
		.events = POLLIN,
	};
	int64_t left;
	int ready;

	do {
		left = deadline - now_ms();
		ready = left > 0 ? poll(&pollfd, 1, (int)left) : 0;
	} while (ready < 0 && errno == EINTR);
	if (ready < 0)
		return fail(failure, EXIT_FAILED, "%s: cannot wait for the kernel: %s",
			    name, strerror(errno));
	if (!ready)
		return fail(failure, EXIT_FAILED, "%s: the kernel did not answer within %d ms",
			    name, socket->peer.timeout_ms);
	return EXIT_FINE;
}

/*
 * Receive once. mnl_socket_recvfrom() does not tell the sender, and anybody
 * privileged may send to a port: @length is 0 for what is not the peer's.
 */
static enum exit_code receive(struct netlink_socket *socket, size_t *length,
			      const char *name, struct failure *failure)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { socket->buffer, RECEIVE_SIZE };
	struct msghdr message = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &iov, .msg_iovlen = 1,
	};
	ssize_t received = recvmsg(mnl_socket_get_fd(socket->mnl), &message, MSG_DONTWAIT);

	*length = 0;
	if (received < 0 && (errno == EINTR || errno == EAGAIN))
		return EXIT_FINE;
	if (received < 0)
		return fail(failure, EXIT_FAILED, "%s: cannot receive from the kernel: %s",
			    name, strerror(errno));
	if (from.nl_pid != socket->peer.portid)
		return EXIT_FINE;
	if (message.msg_flags & MSG_TRUNC)
		return fail(failure, EXIT_FAILED,
			    "%s: the kernel sent more than %d bytes at once", name, RECEIVE_SIZE);
	*length = (size_t)received;
	return EXIT_FINE;
}

static enum exit_code exit_code_of(int error)
{
	switch (error) {
	case EPERM:
	case EACCES:
		return EXIT_PERMISSION;
	case ERANGE:
		return EXIT_USAGE;
	case EOPNOTSUPP:
		return EXIT_UNSUPPORTED;
	default:
		return EXIT_FAILED;
	}
}

/* What the peer refused, in its own words if it gave any. */
static enum exit_code fail_refused(struct netlink_request *request,
				   const struct nlmsghdr *header, int error,
				   struct failure *failure)
{
	enum exit_code code = exit_code_of(error);
	const char *advice = code == EXIT_PERMISSION ? ": run as root" : "";
	char text[256];

	request->error = error;
	if (netlink_extack_text(header, text, sizeof(text)))
		return fail(failure, code, "%s: %s (%s)%s", request->name, text,
			    strerror(error), advice);
	return fail(failure, code, "%s: %s%s", request->name, strerror(error), advice);
}

/* An error that is 0 acknowledges; the end of a dump may carry one, too. */
static enum exit_code take_end(struct netlink_request *request,
			       const struct nlmsghdr *header, struct failure *failure)
{
	size_t needed = header->nlmsg_type == NLMSG_ERROR ? sizeof(struct nlmsgerr) : 0;
	size_t length = mnl_nlmsg_get_payload_len(header);
	int error = netlink_errno(header);

	if (length < needed)
		return fail(failure, EXIT_FAILED, "%s: the kernel sent a truncated message",
			    request->name);
	return error ? fail_refused(request, header, error, failure) : EXIT_FINE;
}

static enum exit_code take_message(struct netlink_request *request,
				   const struct nlmsghdr *header, bool *ended,
				   struct failure *failure)
{
	if (header->nlmsg_flags & NLM_F_DUMP_INTR)
		request->interrupted = true;
	switch (header->nlmsg_type) {
	case NLMSG_NOOP:
		return EXIT_FINE;
	case NLMSG_OVERRUN:
		return fail(failure, EXIT_FAILED, "%s: the kernel lost data", request->name);
	case NLMSG_ERROR:
	case NLMSG_DONE:
		*ended = true;
		return take_end(request, header, failure);
	default:
		return request->handler(header, request->context, failure);
	}
}

/* Take what was received; messages that answer something else are passed over. */
static enum exit_code take_buffer(struct netlink_socket *socket,
				  struct netlink_request *request, size_t length,
				  bool *ended, struct failure *failure)
{
	const struct nlmsghdr *header = (const void *)socket->buffer;
	uint32_t portid = mnl_socket_get_portid(socket->mnl);
	enum exit_code code = EXIT_FINE;
	int left = (int)length;

	for (; !code && !*ended && netlink_message_ok(header, left);
	     header = mnl_nlmsg_next(header, &left)) {
		if (socket->peer.debug)
			netlink_debug(socket->peer.debug, header, false);
		if (header->nlmsg_seq == socket->sequence && header->nlmsg_pid == portid)
			code = take_message(request, header, ended, failure);
	}
	if (!code && !*ended && left > 0)
		return fail(failure, EXIT_FAILED, "%s: the kernel sent a truncated message",
			    request->name);
	return code;
}

enum exit_code netlink_exchange(struct netlink_socket *socket,
				struct netlink_request *request, struct failure *failure)
{
	int64_t deadline = now_ms() + socket->peer.timeout_ms;
	enum exit_code code = send_request(socket, request, failure);
	bool ended = false;
	size_t length;

	while (!code && !ended) {
		code = wait_until(socket, deadline, request->name, failure);
		if (!code)
			code = receive(socket, &length, request->name, failure);
		if (code || !length)
			continue;
		code = take_buffer(socket, request, length, &ended, failure);
		deadline = now_ms() + socket->peer.timeout_ms;
	}
	return code;
}
