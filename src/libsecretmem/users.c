// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Names of users. To ask for one reads a file, or asks a directory service; and a
 * screen shows the same few users in each of its rows, every second.
 */
#include <pwd.h>

#include "key-index.h"
#include "model.h"
#include "moment.h"
#include "users.h"
#include "xalloc.h"

#define REMEMBERED_NS UINT64_C(10000000000)	/* then one may have another name */

static struct list names;	/* of char *; NULL: the user has none */
static struct key_index by_uid;	/* places in it */
static uint64_t since_ns;	/* when the first of them was asked for */

static void forget(void)
{
	list_for_each(name, &names, char *)
		free(*name);
	names.count = 0;
	key_index_clear(&by_uid);
}

static const char *ask(uid_t uid)
{
	const struct passwd *user = getpwuid(uid);
	char *name = user ? xstrdup(user->pw_name) : NULL;

	key_index_add(&by_uid, uid, names.count);
	*(char **)list_add(&names, sizeof(name)) = name;
	return name;
}

const char *user_name(uid_t uid)
{
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
	size_t cursor = 0, place;

	if (now_ns - since_ns > REMEMBERED_NS) {
		forget();
		since_ns = now_ns;
	}
	if (key_index_next(&by_uid, uid, &cursor, &place))
		return *(char **)list_at(&names, place, sizeof(char *));
	return ask(uid);
}
