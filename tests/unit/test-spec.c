// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The attributes that the client knows are those of the netlink spec: the same
 * sets, names, order and types. The spec is read by the columns its YAML style
 * puts things in, which yamllint keeps.
 */
#include <stdlib.h>
#include <string.h>

#include "netlink.h"
#include "test.h"

static const char *value_of(const char *line, const char *key)
{
	size_t length = strlen(key);

	return strncmp(line, key, length) ? NULL : line + length;
}

static const struct attribute_set *set_named(const char *name)
{
	const struct attribute_set *const *set;

	for (set = secretmem_attribute_sets; *set; set++) {
		if (!strcmp((*set)->name, name))
			return *set;
	}
	fail_msg("the client has no set %s", name);
	return NULL;
}

static const char *type_name(enum attribute_type type)
{
	switch (type) {
	case ATTRIBUTE_U8:
		return "u8";
	case ATTRIBUTE_U32:
		return "u32";
	case ATTRIBUTE_UINT:
		return "uint";
	case ATTRIBUTE_TEXT:
		return "string";
	case ATTRIBUTE_NEST:
		return "nest";
	default:
		return "?";
	}
}

struct position {
	const struct attribute_set *set;
	unsigned int number;		/* of the last attribute */
	unsigned int attributes;	/* seen in all */
};

static void check_line(struct position *at, const char *line)
{
	const struct attribute *row;
	const char *value;

	value = value_of(line, "    name: ");
	if (value) {
		at->set = set_named(value);
		at->number = 0;
	}
	value = value_of(line, "        name: ");
	if (value) {
		row = attribute_find(at->set, ++at->number);
		at->attributes++;
		if (!row || strcmp(row->name, value))
			fail_msg("attribute %u of %s is %s", at->number, at->set->name, value);
	}
	value = value_of(line, "        type: ");
	if (value) {
		row = attribute_find(at->set, at->number);
		if (strcmp(type_name(row->type), value))
			fail_msg("%s of %s is of type %s", row->name, at->set->name, value);
	}
}

static void attributes_are_those_of_the_spec(void **state)
{
	const char *path = getenv("SECRETMEM_SPEC");
	struct position at = { 0 };
	bool inside = false;
	char line[256];
	FILE *stream;

	(void)state;
	stream = fopen(path ? path : "kernel/linux/Documentation/netlink/specs/secretmem.yaml",
		       "r");
	assert_non_null(stream);
	while (fgets(line, sizeof(line), stream)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line >= 'a' && *line <= 'z')
			inside = !strcmp(line, "attribute-sets:");
		else if (inside)
			check_line(&at, line);
	}
	fclose(stream);
	assert_true(at.attributes > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_are_those_of_the_spec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
