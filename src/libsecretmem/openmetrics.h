/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Metrics as text. Two emitters, for the formats are two: OpenMetrics 1.0, and
 * Prometheus' text format 0.0.4, which is all that the textfile collector of
 * node_exporter reads. In that one a counter's family has the name with _total,
 * nobody knows of units or the type info, and nothing marks the end.
 */
#ifndef SECRETMEM_OPENMETRICS_H
#define SECRETMEM_OPENMETRICS_H

#include <stdio.h>

#include "metrics.h"

enum metrics_format {
	METRICS_OPENMETRICS,
	METRICS_PROMETHEUS,
};

void metrics_print(const struct snapshot *snapshot, enum metrics_format format, FILE *stream);

#endif
