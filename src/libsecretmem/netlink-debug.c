// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages as a reader of the spec would write them, for --debug. */
#include <inttypes.h>
#include <limits.h>

#include <linux/netlink.h>

#include "escape.h"
#include "netlink.h"
#include "xalloc.h"

#define LONGEST_HEX 32	/* bytes shown of an attribute that nobody knows */

static const struct {
	uint16_t flag;
	const char *name;
} flag_names[] = {
	{ NLM_F_MULTI, "multi" },
	{ NLM_F_ACK, "ack" },
	{ NLM_F_DUMP_INTR, "dump-interrupted" },
};

static void print_indent(FILE *stream, unsigned int depth)
{
	fprintf(stream, "%*s", 4 * (int)depth, "");
}

static void print_text(FILE *stream, const struct nlattr *attr)
{
	const char *text = mnl_attr_get_payload(attr);
	char *escaped = escape(text, strnlen(text, mnl_attr_get_payload_len(attr)));

	fprintf(stream, " \"%s\"\n", escaped);
	free(escaped);
}

static void print_hex(FILE *stream, const struct nlattr *attr)
{
	const uint8_t *byte = mnl_attr_get_payload(attr);
	uint16_t i, length = mnl_attr_get_payload_len(attr);

	fprintf(stream, " (%u bytes)", length);
	for (i = 0; i < length && i < LONGEST_HEX; i++)
		fprintf(stream, " %02x", byte[i]);
	fputs(i < length ? " ...\n" : "\n", stream);
}

static void print_number(FILE *stream, const struct nlattr *attr)
{
	switch (mnl_attr_get_payload_len(attr)) {
	case sizeof(uint8_t):
		fprintf(stream, " %u\n", mnl_attr_get_u8(attr));
		break;
	case sizeof(uint16_t):
		fprintf(stream, " %u\n", mnl_attr_get_u16(attr));
		break;
	case sizeof(uint32_t):
		fprintf(stream, " %" PRIu32 "\n", mnl_attr_get_u32(attr));
		break;
	case sizeof(uint64_t):
		fprintf(stream, " %" PRIu64 "\n", mnl_attr_get_u64(attr));
		break;
	default:
		print_hex(stream, attr);
	}
}

static void print_attributes(FILE *stream, const struct attribute_set *set,
			     const void *start, size_t length, unsigned int depth);

static void print_value(FILE *stream, const struct attribute *row, const struct nlattr *attr,
			unsigned int depth)
{
	switch (row->type) {
	case ATTRIBUTE_TEXT:
		print_text(stream, attr);
		break;
	case ATTRIBUTE_NEST:
	case ATTRIBUTE_OLD_NEST:
		fputc('\n', stream);
		print_attributes(stream, row->nested, mnl_attr_get_payload(attr),
				 mnl_attr_get_payload_len(attr), depth + 1);
		break;
	default:
		print_number(stream, attr);
	}
}

static void print_attribute(FILE *stream, const struct attribute_set *set,
			    const struct nlattr *attr, unsigned int depth)
{
	const struct attribute *row;

	row = set ? attribute_find(set, mnl_attr_get_type(attr)) : NULL;
	print_indent(stream, depth);
	if (row) {
		fputs(row->name, stream);
		print_value(stream, row, attr, depth);
	} else {
		fprintf(stream, "attribute %u", mnl_attr_get_type(attr));
		print_hex(stream, attr);
	}
}

static void print_attributes(FILE *stream, const struct attribute_set *set,
			     const void *start, size_t length, unsigned int depth)
{
	const struct nlattr *attr = start;
	int left = (int)length;

	while (mnl_attr_ok(attr, left)) {
		print_attribute(stream, set, attr, depth);
		left -= MNL_ALIGN(attr->nla_len);
		attr = mnl_attr_next(attr);
	}
	if (left > 0) {
		print_indent(stream, depth);
		fprintf(stream, "(%d bytes left over)\n", left);
	}
}

/* The flags of a request have the numbers of others in a reply. */
static void print_flags(FILE *stream, const struct nlmsghdr *header)
{
	bool request = header->nlmsg_flags & NLM_F_REQUEST;
	size_t i;

	if (request && (header->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP)
		fputs(" dump", stream);
	for (i = 0; i < sizeof(flag_names) / sizeof(flag_names[0]); i++) {
		if (header->nlmsg_flags & flag_names[i].flag)
			fprintf(stream, " %s", flag_names[i].name);
	}
	fprintf(stream, ", sequence %" PRIu32 ", %" PRIu32 " bytes\n",
		header->nlmsg_seq, header->nlmsg_len);
}

/* A reply is told apart from its request by who sent it, not by its command. */
static const struct attribute_set *print_operation(FILE *stream, const struct nlmsghdr *header,
						   const struct genlmsghdr *generic)
{
	const struct netlink_object *object = netlink_object(generic->cmd);

	if (header->nlmsg_type == GENL_ID_CTRL) {
		fprintf(stream, "control family, command %u", generic->cmd);
		return &family_attributes;
	}
	if (!object) {
		fprintf(stream, "command %u", generic->cmd);
		return NULL;
	}
	fputs(object->name, stream);
	return object->set;
}

static void print_generic(FILE *stream, const struct nlmsghdr *header)
{
	const struct genlmsghdr *generic = mnl_nlmsg_get_payload(header);
	size_t length = mnl_nlmsg_get_payload_len(header);
	const struct attribute_set *set;

	if (length < GENL_HDRLEN) {
		fprintf(stream, "truncated message of %zu bytes\n", length);
		return;
	}
	set = print_operation(stream, header, generic);
	print_flags(stream, header);
	print_attributes(stream, set, (const char *)generic + GENL_HDRLEN,
			 length - GENL_HDRLEN, 1);
}

static void print_end(FILE *stream, const struct nlmsghdr *header)
{
	char text[256];
	int error = netlink_errno(header);

	if (header->nlmsg_type == NLMSG_DONE)
		fputs("end of dump", stream);
	else
		fputs(error ? "error" : "acknowledged", stream);
	if (error)
		fprintf(stream, " %d (%s)", error, strerror(error));
	if (netlink_extack_text(header, text, sizeof(text)))
		fprintf(stream, " \"%s\"", text);
	print_flags(stream, header);
}

void netlink_debug(FILE *stream, const struct nlmsghdr *header, bool sent)
{
	fputs(sent ? "> " : "< ", stream);
	if (header->nlmsg_type == NLMSG_ERROR || header->nlmsg_type == NLMSG_DONE)
		print_end(stream, header);
	else if (header->nlmsg_type < NLMSG_MIN_TYPE)
		fprintf(stream, "control message %u\n", header->nlmsg_type);
	else
		print_generic(stream, header);
}

int netlink_errno(const struct nlmsghdr *header)
{
	int error = 0;

	if (mnl_nlmsg_get_payload_len(header) >= sizeof(error))
		memcpy(&error, mnl_nlmsg_get_payload(header), sizeof(error));
	if (error == INT_MIN)
		return INT_MAX;
	return error < 0 ? -error : error;
}

/* Where the extended acknowledgement begins; 0: there is none. */
static size_t extack_offset(const struct nlmsghdr *header)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(header);
	size_t length = mnl_nlmsg_get_payload_len(header);

	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
		return 0;
	if (header->nlmsg_type == NLMSG_DONE)
		return MNL_ALIGN(sizeof(int));
	if (length < sizeof(*error))
		return 0;
	if (header->nlmsg_flags & NLM_F_CAPPED)
		return sizeof(*error);
	if (error->msg.nlmsg_len < sizeof(error->msg) || error->msg.nlmsg_len > length)
		return 0;
	return sizeof(*error) + MNL_ALIGN(error->msg.nlmsg_len - sizeof(error->msg));
}

bool netlink_extack_text(const struct nlmsghdr *header, char *text, size_t size)
{
	size_t offset = extack_offset(header), length = mnl_nlmsg_get_payload_len(header);
	const struct nlattr *attr;
	int left;

	if (!offset || offset >= length)
		return false;
	attr = mnl_nlmsg_get_payload_offset(header, offset);
	for (left = (int)(length - offset); mnl_attr_ok(attr, left);
	     left -= MNL_ALIGN(attr->nla_len), attr = mnl_attr_next(attr)) {
		const char *words = mnl_attr_get_payload(attr);
		char *escaped;

		if (mnl_attr_get_type(attr) != NLMSGERR_ATTR_MSG)
			continue;
		escaped = escape(words, strnlen(words, mnl_attr_get_payload_len(attr)));
		snprintf(text, size, "%s", escaped);
		free(escaped);
		return true;
	}
	return false;
}
