/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmocka with what it needs, without its macro fail(), a name of ours. */
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
#undef fail_msg
#define fail_msg(...) do {		\
	print_error(__VA_ARGS__);	\
	print_error("\n");		\
	_fail(__FILE__, __LINE__);	\
} while (0)

#endif
