/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Let one of the kernel's attempts to get something fail, and tell whether it
 * came to that. Needs CONFIG_FAULT_INJECTION and debugfs.
 */
#ifndef SECRETMEM_TESTS_INJECT_H
#define SECRETMEM_TESTS_INJECT_H

#include <stdbool.h>

enum inject_kind {
	INJECT_SLAB,		/* an object of a slab cache */
	INJECT_PAGES,		/* pages of the page allocator */
	INJECT_FUNCTION,	/* a call of one of the kernel's functions */
	INJECT_KINDS,
};

struct injection {
	enum inject_kind kind;
	const char *function;	/* the name of the kernel's function, */
	int error;		/* and the error number it returns, */
	bool lasting;		/* at the call in question and at all later ones */
	int fd;
};

/* Whether failures of this kind can be had; if not, errno says why. */
bool injection_open(struct injection *injection);

/* Let the @nth attempt from now on fail, counted from 1. */
void injection_arm(struct injection *injection, unsigned int nth);

/* Let all attempts be again: true if one has failed. */
bool injection_disarm(struct injection *injection);

void injection_close(struct injection *injection);

#endif
