/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snapshots made by hand, for the tests of what reads them. */
#ifndef SECRETMEM_SAMPLES_H
#define SECRETMEM_SAMPLES_H

#include "model.h"

struct sample {
	const char *name;
	void (*fill)(struct snapshot *snapshot);
};

extern const struct sample samples[];	/* ends with a NULL name */

const struct sample *sample_find(const char *name);

#endif
