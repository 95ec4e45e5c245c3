/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fake kernel: a thread with a netlink port of its own that answers as the
 * family would, or as no kernel ever should. The client under test is the one
 * that talks to the real kernel; only the peer's port is another.
 */
#ifndef SECRETMEM_FAKE_KERNEL_H
#define SECRETMEM_FAKE_KERNEL_H

#include <pthread.h>

#include "netlink.h"

#define FAKE_FAMILY_ID 0x123

struct fake_kernel;

/* Answer a request for one of the family's objects, in the fake's thread. */
typedef void fake_answer(struct fake_kernel *fake, const struct nlmsghdr *request);

struct fake_kernel {
	fake_answer *answer;
	bool no_family;
	bool no_events;			/* as the first version of the family */
	unsigned int asked[SECRETMEM_CMD_MAX + 1];	/* how often, by command */

	struct mnl_socket *mnl;
	struct netlink_peer peer;	/* for the client */
	pthread_t thread;
	int stop[2];
	_Alignas(struct nlmsghdr) char buffer[64 * 1024];	/* the message being made */
	size_t length;			/* of the messages before it */
};

void fake_start(struct fake_kernel *fake, fake_answer *answer);
void fake_stop(struct fake_kernel *fake);

/* Begin a reply to @request; several may be made before they are sent. */
struct nlmsghdr *fake_begin(struct fake_kernel *fake, const struct nlmsghdr *request,
			    uint16_t flags);
/* That message is whole. */
void fake_end(struct fake_kernel *fake, struct nlmsghdr *header);
/* Send all that is whole, in one go. */
void fake_flush(struct fake_kernel *fake, const struct nlmsghdr *request);

/* Acknowledge, or refuse with an errno and perhaps a text. */
void fake_error(struct fake_kernel *fake, const struct nlmsghdr *request, int error,
		const char *text);
/* End a dump, with an errno and flags. */
void fake_done(struct fake_kernel *fake, const struct nlmsghdr *request, int error,
	       uint16_t flags);

/*
 * Tell all who joined the group of an event, from any thread. Like the kernel it
 * does not wait for those who do not listen: they lose it, and get ENOBUFS.
 */
struct nlmsghdr *fake_event_begin(void *buffer);
void fake_event_send(struct fake_kernel *fake, enum event_group group,
		     const struct nlmsghdr *header);

/* The command of a request. */
uint8_t fake_command(const struct nlmsghdr *request);

#endif
