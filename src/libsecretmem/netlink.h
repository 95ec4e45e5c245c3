/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inside the netlink reader: the attributes of each object, the socket, and
 * the decoding of messages for --debug. Everybody else uses source.h.
 */
#ifndef SECRETMEM_NETLINK_H
#define SECRETMEM_NETLINK_H

#include <stdio.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/secretmem_netlink.h>

#include "model.h"
#include "source.h"

/* How an attribute looks on the wire. */
enum attribute_type {
	ATTRIBUTE_UNKNOWN,
	ATTRIBUTE_U8,
	ATTRIBUTE_U16,
	ATTRIBUTE_U32,
	ATTRIBUTE_UINT,		/* 4 or 8 bytes */
	ATTRIBUTE_TEXT,		/* a NUL at its end is not needed */
	ATTRIBUTE_NEST,
	ATTRIBUTE_OLD_NEST,	/* without the flag, as the control family has them */
};

/* What becomes of it. */
enum attribute_keep {
	KEEP_NOTHING,
	KEEP_NUMBER,		/* in a struct number */
	KEEP_ENUM,		/* plus 1, in an enum whose 0 means unknown; a truth is one */
	KEEP_TEXT,		/* in a char *, allocated */
	KEEP_GROUP,		/* a nest, in the number of its enum event_group */
	KEEP_LEVEL,		/* in a list of direct map levels: a nest, or its page size */
};

struct attribute_set;

/* One row drives validation, storing and decoding. */
struct attribute {
	const char *name;	/* as in the spec */
	enum attribute_type type;
	enum attribute_keep keep;
	size_t offset;		/* in the object of the model */
	unsigned int limit;	/* of KEEP_ENUM: its values; of a text: its bytes, 0: any */
	const struct attribute_set *nested;	/* for ATTRIBUTE_NEST */
};

struct attribute_set {
	const char *name;
	const struct attribute *attributes;
	size_t count;		/* of rows; a number beyond is unknown */
};

/* What CTRL_CMD_GETFAMILY tells. */
struct netlink_family {
	struct number id;
	struct number version;
	struct number groups[GROUP_DIRECT_MAP + 1];	/* by enum event_group */
};

/* One message that the family knows, by its command. */
struct netlink_object {
	const char *name;	/* of the operation, as in the spec */
	const struct attribute_set *set;
};

/* What one message about the direct map tells; without region about all of it. */
struct direct_map_reply {
	struct number region;
	struct direct_map map;
};

extern const struct attribute_set family_attributes;
extern const struct attribute_set *const secretmem_attribute_sets[];

/* The row for an attribute's number, or NULL. */
const struct attribute *attribute_find(const struct attribute_set *set, unsigned int type);

/* The object of a command, or NULL. */
const struct netlink_object *netlink_object(unsigned int command);

/*
 * Check the attributes in @length bytes at @start and keep what @set says in
 * @object. Unknown attributes are passed over, a wrong length is an error.
 */
enum exit_code attributes_parse(const struct attribute_set *set, const void *start,
				size_t length, void *object, struct failure *failure);

/* mnl_nlmsg_ok() takes a length above INT_MAX for a negative one, which fits. */
static inline bool netlink_message_ok(const struct nlmsghdr *header, int left)
{
	return mnl_nlmsg_ok(header, left) && header->nlmsg_len <= (unsigned int)left;
}

/* Parse one message of the family, and add what it tells to @snapshot. */
enum exit_code netlink_parse_message(const struct nlmsghdr *header,
				     struct snapshot *snapshot, struct failure *failure);

/* Parse an event; other messages leave it as it was. @event owns what it is given. */
enum exit_code netlink_parse_event(const struct nlmsghdr *header, struct event *event,
				   struct failure *failure);

/* Parse all messages in a buffer aligned like them: what the fuzzer calls. */
enum exit_code netlink_parse_buffer(const void *buffer, size_t length,
				    struct snapshot *snapshot, struct failure *failure);

/* Whom to talk to: the kernel, or in tests somebody who acts as it. */
struct netlink_peer {
	int protocol;		/* NETLINK_GENERIC */
	uint32_t portid;	/* 0: the kernel */
	int timeout_ms;		/* how long to wait for each message */
	FILE *debug;		/* where to decode messages to, or NULL */
};

/* Like netlink_open(), but with any peer. */
enum exit_code netlink_open_peer(const struct netlink_peer *peer,
				 struct netlink_reader **reader, struct failure *failure);

/* Whom a reader talks to, and what it learned of the family. */
const struct netlink_peer *netlink_reader_peer(const struct netlink_reader *reader);
const struct netlink_family *netlink_reader_family(const struct netlink_reader *reader);

struct netlink_socket;

/* Handles one reply; anything but EXIT_FINE is kept and returned at the end. */
typedef enum exit_code netlink_handler(const struct nlmsghdr *header, void *context,
				       struct failure *failure);

enum exit_code netlink_socket_open(const struct netlink_peer *peer,
				   struct netlink_socket **socket, struct failure *failure);
void netlink_socket_close(struct netlink_socket *socket);

/* One request and what is to be done with its replies. */
struct netlink_request {
	struct nlmsghdr *header;	/* with its type, flags and payload */
	const char *name;		/* of the operation, for error texts */
	netlink_handler *handler;
	void *context;
	bool interrupted;	/* out: the dump was not consistent */
	int error;		/* out: the errno that the peer sent */
};

/* Send a request and handle all its replies until its end. */
enum exit_code netlink_exchange(struct netlink_socket *socket,
				struct netlink_request *request, struct failure *failure);

/* Decode a message to @stream; @sent: by us. */
void netlink_debug(FILE *stream, const struct nlmsghdr *header, bool sent);

/* The errno in an error or end of a dump, 0 for none; both begin with one. */
int netlink_errno(const struct nlmsghdr *header);

/* The kernel's words in an error or end of a dump, escaped; false: none. */
bool netlink_extack_text(const struct nlmsghdr *header, char *text, size_t size);

#endif
