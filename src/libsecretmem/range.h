/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thresholds as monitoring plugins take them: [@]START:END.
 *
 * A value outside START to END, both included, is an alert; with @, one inside.
 * START is 0 if it is not there, ~ is no lower end, and nothing after the colon no
 * upper one: "10" is 0 to 10.
 */
#ifndef SECRETMEM_RANGE_H
#define SECRETMEM_RANGE_H

#include "model.h"
#include "source.h"

struct range {
	bool known;
	bool inside;	/* alert inside of it */
	double start;	/* -INFINITY: no lower end */
	double end;	/* INFINITY: no upper end */
};

/*
 * Numbers may have a point and decimals, and if they are sizes, a suffix as in
 * 64M. EXIT_USAGE with what is wrong.
 */
enum exit_code range_parse(const char *text, bool sizes, struct range *range,
			   struct failure *failure);

bool range_alerts(const struct range *range, double value);

/* As perfdata has it: without suffixes, empty where it is not known. Allocated. */
char *range_text(const struct range *range);

/* Up to three decimals, as few as it takes. Allocated. */
char *double_text(double value);

#endif
