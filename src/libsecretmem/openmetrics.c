// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "openmetrics.h"

struct emitter {
	enum metrics_format format;
	FILE *stream;
};

/* In quotes, and in OpenMetrics' HELP; escape.h has left no control but perhaps these. */
static void put_escaped(const char *text, FILE *stream)
{
	for (; *text; text++) {
		if (*text == '\n')
			fputs("\\n", stream);
		else if (*text == '\\' || *text == '"')
			fprintf(stream, "\\%c", *text);
		else
			fputc(*text, stream);
	}
}

static const char *sample_suffix(const struct metric_family *family)
{
	switch (family->type) {
	case METRIC_TYPE_COUNTER:
		return "_total";
	case METRIC_TYPE_INFO:
		return "_info";
	case METRIC_TYPE_GAUGE:
		break;
	}
	return "";
}

static const char *type_word(const struct emitter *emitter, const struct metric_family *family)
{
	switch (family->type) {
	case METRIC_TYPE_COUNTER:
		return "counter";
	case METRIC_TYPE_INFO:
		return emitter->format == METRICS_OPENMETRICS ? "info" : "gauge";
	case METRIC_TYPE_GAUGE:
		break;
	}
	return "gauge";
}

/* By what name the lines of comment call the family. */
static void put_name(const struct emitter *emitter, const char *line,
		     const struct metric_family *family)
{
	fprintf(emitter->stream, "# %s %s%s ", line, family->name,
		emitter->format == METRICS_OPENMETRICS ? "" : sample_suffix(family));
}

static void put_head(const struct emitter *emitter, const struct metric_family *family)
{
	put_name(emitter, "TYPE", family);
	fprintf(emitter->stream, "%s\n", type_word(emitter, family));
	if (family->unit && emitter->format == METRICS_OPENMETRICS) {
		put_name(emitter, "UNIT", family);
		fprintf(emitter->stream, "%s\n", family->unit);
	}
	put_name(emitter, "HELP", family);
	put_escaped(family->help, emitter->stream);
	fputc('\n', emitter->stream);
}

static void put_labels(const struct list *labels, FILE *stream)
{
	const char *before = "{";

	list_for_each(label, labels, struct metric_label) {
		fprintf(stream, "%s%s=\"", before, label->name);
		put_escaped(label->value, stream);
		fputc('"', stream);
		before = ",";
	}
	if (labels->count)
		fputc('}', stream);
}

static void put_family(const struct emitter *emitter, const struct metric_family *family)
{
	if (!family->samples.count)
		return;
	put_head(emitter, family);
	list_for_each(sample, &family->samples, struct metric_sample) {
		fprintf(emitter->stream, "%s%s", family->name, sample_suffix(family));
		put_labels(&sample->labels, emitter->stream);
		fprintf(emitter->stream, " %s\n", sample->value);
	}
}

void metrics_print(const struct snapshot *snapshot, enum metrics_format format, FILE *stream)
{
	const struct emitter emitter = { .format = format, .stream = stream };
	struct list families = { 0 };

	metrics_collect(snapshot, &families);
	list_for_each(family, &families, struct metric_family)
		put_family(&emitter, family);
	metrics_clear(&families);
	if (format == METRICS_OPENMETRICS)
		fputs("# EOF\n", stream);
}
