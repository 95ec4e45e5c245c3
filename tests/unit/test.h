/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka with what it needs, and without its macro fail(), which is ours. */
#ifndef SECRETMEM_TEST_H
#define SECRETMEM_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#undef fail

#endif
