// SPDX-License-Identifier: GPL-2.0-or-later
#include <json-c/json.h>

#include "discovery.h"
#include "escape.h"
#include "xalloc.h"

/* As in the summary, where the items that are made by it look for the name. */
static struct json_object *item(const struct cgroup_total *cgroup)
{
	char *name = escape_text(cgroup->cgroup ? cgroup->cgroup : "");
	struct json_object *json = json_object_new_object();

	if (!json || json_object_object_add(json, "{#CGROUP}", json_object_new_string(name)))
		errx(EXIT_FAILED, "out of memory");
	free(name);
	return json;
}

void discovery_print(const struct snapshot *snapshot, FILE *stream)
{
	struct json_object *list = json_object_new_array();

	if (!list)
		errx(EXIT_FAILED, "out of memory");
	list_for_each(cgroup, &snapshot->totals.cgroups, struct cgroup_total)
		json_object_array_add(list, item(cgroup));
	fputs(json_object_to_json_string_ext(list, JSON_C_TO_STRING_PLAIN |
					     JSON_C_TO_STRING_NOSLASHESCAPE), stream);
	fputc('\n', stream);
	json_object_put(list);
}
