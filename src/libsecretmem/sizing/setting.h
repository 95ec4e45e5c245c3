/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands after secretmem= on the kernel's command line: a size, and how
 * much of it is the floor.
 */
#ifndef SECRETMEM_SETTING_H
#define SECRETMEM_SETTING_H

#include "model.h"

#define SETTING_KEY "secretmem"

struct setting {
	struct number size_bytes;	/* 0: no pool */
	struct number floor_bytes;	/* 0: no floor */
};

/*
 * Read what an administrator writes: "512M", "512M,floor=64MiB". False: it is
 * neither.
 */
bool setting_parse(const char *text, struct setting *setting);

/*
 * Read it as the kernel does, which is stricter: digits and K, M, G or T. What
 * it does not take makes no pool.
 */
bool setting_parse_kernel(const char *text, size_t length, struct setting *setting);

/* In whole granules, as the kernel makes it. False: no number is that large. */
bool setting_round(struct setting *setting, uint64_t granule_bytes);

/* "512M,floor=64M": what the kernel takes. Allocated. */
char *setting_text(const struct setting *setting);

/* The same behind "secretmem=". Allocated. */
char *setting_parameter(const struct setting *setting);

/* What counts of a whole command line; unknown members: secretmem= is not there. */
struct setting setting_of_cmdline(const char *cmdline);

#endif
