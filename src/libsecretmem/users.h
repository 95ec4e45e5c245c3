/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SECRETMEM_USERS_H
#define SECRETMEM_USERS_H

#include <sys/types.h>

/* The name of a user, or NULL. It is remembered for a while, and lost at the next call. */
const char *user_name(uid_t uid);

#endif
