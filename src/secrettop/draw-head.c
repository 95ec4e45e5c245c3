// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines above the table: what matters at a glance. */
#include <inttypes.h>

#include "draw.h"
#include "escape.h"
#include "levels.h"
#include "map.h"
#include "summary.h"
#include "xalloc.h"

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_SECOND UINT64_C(1000000000)
#define SPEED_AS_IT_WAS 16
#define WARNING_PERCENT 75
#define CRITICAL_PERCENT 90

static int put_label(struct canvas *canvas, const struct area *area, const char *label)
{
	put_text(canvas, area->x, area->y, area->width, INK_LABEL, label);
	return area->x + LABEL_COLUMNS;
}

/* Words behind a label, where there are any. Frees them. */
static void put_words(struct canvas *canvas, const struct area *area, const char *label,
		      enum ink ink, char *words)
{
	int x;

	if (area->height && words) {
		x = put_label(canvas, area, label);
		put_text(canvas, x, area->y, area->width - LABEL_COLUMNS, ink, words);
	}
	free(words);
}

static char *words_of(const struct state *state, enum summary_line line)
{
	return summary_text(state->snapshot, line, &state->style);
}

/* ---- title ---- */

static char *playing_text(const struct state *state)
{
	const struct playing *playing = &state->playing;
	char *speed, *text;

	if (state->back)
		return xasprintf("%s -%zu", "BACK", state->back);
	if (!playing->replay)
		return xasprintf("%s %gs", state->paused ? "PAUSED" : "LIVE",
				 (double)state->settings.delay_ms / 1000);
	speed = playing->speed_log2 >= SPEED_AS_IT_WAS ?
		xasprintf("x%u", 1u << (playing->speed_log2 - SPEED_AS_IT_WAS)) :
		xasprintf("x1/%u", 1u << (SPEED_AS_IT_WAS - playing->speed_log2));
	text = xasprintf("%s %zu/%zu %s", state->paused ? "PAUSED" :
			 playing->at_end ? "END" : "REPLAY", playing->position,
			 playing->count, speed);
	free(speed);
	return text;
}

static char *self_text(const struct state *state)
{
	char *memory, *text;

	if (!state->self.known)
		return xstrdup("");
	memory = size_text(state->self.memory_bytes, state->style.units);
	text = xasprintf("  self %" PRIu64 ".%" PRIu64 "%% %s", state->self.cpu_permille / 10,
			 state->self.cpu_permille % 10, memory);
	free(memory);
	return text;
}

static char *time_of(const struct snapshot *snapshot)
{
	char *whole = snapshot ? time_text(snapshot->time_ns) : NULL;
	char *text = whole ? xasprintf("%.8sZ  ", whole + strlen("2026-01-01T")) : xstrdup("");

	free(whole);
	return text;
}

/* "stock 6.12.117 procfs": what the first line of a summary says, in short. */
static char *machine_text(const struct state *state)
{
	const struct snapshot *snapshot = state->snapshot;
	char *release, *text;
	const char *mode;

	if (!snapshot)
		return xstrdup("");
	mode = snapshot->info.available == TRUTH_NO ? "not available here" :
	       snapshot->info.mode == MODE_POOLED ? "pooled" :
	       snapshot->info.mode == MODE_STOCK ? "stock" : "-";
	release = snapshot->info.kernel_release ? escape_text(snapshot->info.kernel_release) :
						  xstrdup("-");
	text = xasprintf("%s  kernel %s  %s", mode, release,
			 snapshot->source ? snapshot->source : "-");
	free(release);
	return text;
}

static void draw_title(const struct state *state, struct canvas *canvas)
{
	const struct area *area = &state->layout.parts[SHOW_TITLE];
	char *playing = playing_text(state), *self = self_text(state);
	char *time = time_of(state->snapshot), *machine = machine_text(state), *right;
	int x, left;

	right = xasprintf("%s%s%s", time, playing, self);
	x = put_text(canvas, 0, area->y, area->width, INK_TITLE, "secrettop");
	left = area->width - text_width(canvas, right) - x - 2;
	if (left < 0)
		left = 0;
	put_format(canvas, x, area->y, left, INK_PLAIN, "%s%s  %s", *state->host ? " " : "",
		   state->host, machine);
	put_right(canvas, x + left + 1, area->y, area->width - x - left - 1,
		  state->paused || state->back ? INK_WARNING : INK_PLAIN, right);
	free(right);
	free(machine);
	free(time);
	free(self);
	free(playing);
}

static void draw_notice(const struct state *state, struct canvas *canvas)
{
	const struct area *area = &state->layout.parts[SHOW_NOTICE];

	if (area->height)
		put_format(canvas, area->x, area->y, area->width, INK_WARNING, "%s %s",
			   glyph(canvas, "▲", "!"), state->notice);
}

/* ---- secret memory ---- */

static uint64_t tagged_bytes(const struct state *state, size_t *count)
{
	uint64_t sum = 0;

	*count = 0;
	list_for_each(file, &state->snapshot->files, struct secret_file) {
		if (!state_is_tagged(state, file_id(file)))
			continue;
		sum += file->size_bytes.value;
		++*count;
	}
	return sum;
}

static int draw_tagged(const struct state *state, struct canvas *canvas, int x)
{
	const struct area *area = &state->layout.parts[SHOW_FILES];
	size_t count;
	uint64_t bytes = tagged_bytes(state, &count);
	char *size;
	int taken;

	if (!count)
		return 0;
	size = size_text(bytes, state->style.units);
	taken = put_format(canvas, x, area->y, area->width - x, INK_TAGGED, ", tagged %zu of %s",
			   count, size);
	free(size);
	return taken;
}

/* What is older than the time between looks shows its age. */
static void draw_age(const struct state *state, struct canvas *canvas, int x)
{
	const struct area *area = &state->layout.parts[SHOW_FILES];
	const struct number age = state->snapshot->scan_age_ns;
	char *text;

	if (!age.known || age.value <= state->settings.delay_ms * NS_PER_MS * 3 / 2)
		return;
	text = age_text((age.value + NS_PER_SECOND - 1) / NS_PER_SECOND);
	put_format(canvas, x, area->y, area->width - x, INK_DIM,
		   ", others looked at within %s", text);
	free(text);
}

static void draw_files(const struct state *state, struct canvas *canvas)
{
	const struct area *area = &state->layout.parts[SHOW_FILES];
	char *words;
	int x;

	if (!area->height)
		return;
	words = words_of(state, SUMMARY_FILES);
	x = put_label(canvas, area, "Files");
	x += put_text(canvas, x, area->y, area->width - x, INK_PLAIN, words ? words : "-");
	x += draw_tagged(state, canvas, x);
	draw_age(state, canvas, x);
	free(words);
}

/* ---- bars ---- */

/* How wide a bar can be beside @words; these are cut rather than the bar. */
static int bar_width(const struct canvas *canvas, const struct area *area, const char *words)
{
	int whole = layout_map_width(area->width);
	int beside = whole - text_width(canvas, words) - 1;

	return beside > whole / 3 ? beside : whole / 3;
}

static void put_framed_bar(struct canvas *canvas, const struct area *area, const char *words,
			   const struct share *shares, size_t count, uint64_t whole,
			   const struct share *rest)
{
	int x = area->x + LABEL_COLUMNS, width = bar_width(canvas, area, words);

	put_text(canvas, x, area->y, 1, INK_PLAIN, "[");
	put_bar(canvas, x + 1, area->y, width, shares, count, whole, rest);
	put_text(canvas, x + 1 + width, area->y, 1, INK_PLAIN, "]");
	x += width + 3;
	put_text(canvas, x, area->y, area->width - x, INK_PLAIN, words);
}

static void draw_pool(const struct state *state, struct canvas *canvas)
{
	const struct area *area = &state->layout.parts[SHOW_POOL];
	const struct pool *pool = &state->snapshot->pool;
	uint64_t used = pool->used_bytes.value, reserved = pool->reserved_bytes.value;
	const struct share rest = { 0, glyph(canvas, "·", "."), INK_FREE };
	const struct share shares[] = {
		{ used, glyph(canvas, "█", "#"), INK_USED },
		{ reserved > used ? reserved - used : 0, glyph(canvas, "▒", ":"), INK_RESERVED },
		{ pool->ready_bytes.value, "_", INK_READY },
	};
	char *words;

	if (!area->height)
		return;
	words = words_of(state, SUMMARY_POOL);
	put_label(canvas, area, "Pool");
	if (pool->used_bytes.known && pool->reserved_bytes.known)
		put_framed_bar(canvas, area, words ? words : "", shares, 3,
			       pool->capacity_bytes.value, &rest);
	else
		put_text(canvas, area->x + LABEL_COLUMNS, area->y, area->width - LABEL_COLUMNS,
			 INK_PLAIN, words ? words : "-");
	free(words);
}

static void draw_chunks(const struct state *state, struct canvas *canvas)
{
	struct area area = state->layout.parts[SHOW_CHUNKS];

	if (!area.height)
		return;
	area.x = put_label(canvas, &area, "Chunks") + 1;
	area.width = layout_map_width(area.width);
	map_draw(state, canvas, &area);
}

static void draw_direct_map(const struct state *state, struct canvas *canvas)
{
	const struct area *area = &state->layout.parts[SHOW_DIRECT_MAP];
	const struct list *levels = &state->snapshot->direct_map.levels;
	const struct share rest = { 0, " ", INK_FREE };
	struct share shares[MOST_LEVELS];
	size_t count;
	char *words;

	if (!area->height)
		return;
	count = level_shares(canvas, levels, shares);
	words = levels_text(canvas, levels, &state->style);
	put_label(canvas, area, "Direct");
	put_framed_bar(canvas, area, words, shares, count, levels_bytes(levels), &rest);
	free(words);
}

/* ---- splits ---- */

#define RATE_UNIT 1000		/* history_rate() tells thousandths */

static struct number rate(const struct history *history, const struct state *state, int back)
{
	return history_rate(history, state->back + (size_t)back, offsetof(struct moment, splits));
}

static struct number highest_rate(const struct history *history, const struct state *state,
				  int count)
{
	struct number highest = { 0 };
	int i;

	for (i = 0; i < count; i++) {
		struct number value = rate(history, state, i);

		if (value.known && value.value >= highest.value)
			highest = value;
	}
	return highest;
}

/* One column: how far it is filled, in eighths of a cell; something is at least one. */
static void draw_graph_column(struct canvas *canvas, int x, const struct area *area,
			      struct number value, uint64_t highest)
{
	static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const marks[] = { " ", ".", ".", ":", ":", "|", "|", "#", "#" };
	int eighths, i;

	if (!value.known)
		return;
	eighths = highest ? (int)((unsigned __int128)value.value * 8 *
				  (unsigned int)area->height / highest) : 0;
	if (value.value && !eighths)
		eighths = 1;
	for (i = 0; i < area->height; i++) {
		int here = eighths - 8 * i;

		here = here < 0 ? 0 : here > 8 ? 8 : here;
		put_text(canvas, x, area->y + area->height - 1 - i, 1, INK_GRAPH,
			 !here && !i ? glyph(canvas, "_", "_") :
			 glyph(canvas, blocks[here], marks[here]));
	}
}

static char *rate_text(struct number value)
{
	if (!value.known)
		return xstrdup("-");
	if (value.value < 10 * RATE_UNIT && value.value % RATE_UNIT)
		return xasprintf("%" PRIu64 ".%" PRIu64, value.value / RATE_UNIT,
				 value.value % RATE_UNIT / 100);
	return xasprintf("%" PRIu64, value.value / RATE_UNIT);
}

/* How much of the direct map is in the smallest pages, beside the secret memory. */
static char *amplification_text(const struct state *state)
{
	const struct direct_map_level *smallest = state->snapshot->direct_map.levels.items;
	const struct number ratio = state->snapshot->totals.amplification_ratio;
	char *text, *bytes, *page;

	if (!smallest || !smallest->bytes.known || !ratio.known)
		return xstrdup("");
	bytes = size_text(smallest->bytes.value, state->style.units);
	page = size_text(smallest->page_bytes.value, state->style.units);
	text = xasprintf("  %s in %s: x%" PRIu64 ".%" PRIu64, bytes, page, ratio.value / 1000,
			 ratio.value % 1000 / 100);
	free(page);
	free(bytes);
	return text;
}

static void draw_splits(const struct history *history, const struct state *state,
			struct canvas *canvas)
{
	struct area area = state->layout.parts[SHOW_SPLITS];
	char *now, *peak, *amplification, *words;
	struct number highest;
	int width, i;

	if (!area.height)
		return;
	put_label(canvas, &area, "Split/s");
	width = layout_map_width(area.width);
	width = width > 40 ? width - 38 : width;
	now = rate_text(rate(history, state, 0));
	highest = highest_rate(history, state, width);
	peak = rate_text(highest);
	amplification = amplification_text(state);
	words = xasprintf("%s now, %s peak%s", now, peak, amplification);
	for (i = 0; i < width; i++)
		draw_graph_column(canvas, area.x + LABEL_COLUMNS + 1 + width - 1 - i, &area,
				  rate(history, state, i), highest.value);
	i = LABEL_COLUMNS + 1 + width + 2;
	put_text(canvas, i, area.y, area.width - i, INK_PLAIN, words);
	free(words);
	free(amplification);
	free(peak);
	free(now);
}

/* ---- what is wrong ---- */

static void draw_hibernation(const struct state *state, struct canvas *canvas)
{
	enum ink ink = state->snapshot->hibernation.blockers.count ? INK_WARNING : INK_PLAIN;
	char *words = words_of(state, SUMMARY_HIBERNATION);

	put_words(canvas, &state->layout.parts[SHOW_HIBERNATION], "Hibern.", ink,
		  words ? words : xstrdup("-"));
}

static enum ink limit_ink(const struct snapshot *snapshot)
{
	uint64_t highest = 0;

	list_for_each(limit, &snapshot->limits, struct limit) {
		if (limit->used_percent.value > highest)
			highest = limit->used_percent.value;
	}
	if (highest >= CRITICAL_PERCENT)
		return INK_BAD;
	return highest >= WARNING_PERCENT ? INK_WARNING : INK_PLAIN;
}

static void draw_limits(const struct state *state, struct canvas *canvas)
{
	const struct area *area = &state->layout.parts[SHOW_LIMITS];
	char *limit = words_of(state, SUMMARY_LIMIT), *failed = words_of(state, SUMMARY_FAILURES);
	int x;

	if (area->height && (limit || failed)) {
		x = put_label(canvas, area, limit ? "Limit" : "Failed");
		if (limit)
			x += put_text(canvas, x, area->y, area->width - x,
				      limit_ink(state->snapshot), limit);
		if (limit && failed)
			x += put_text(canvas, x, area->y, area->width - x, INK_LABEL,
				      "  Failed ");
		if (failed)
			put_text(canvas, x, area->y, area->width - x, INK_BAD, failed);
	} else if (area->height) {
		put_label(canvas, area, "Limit");
		put_text(canvas, area->x + LABEL_COLUMNS, area->y, area->width, INK_PLAIN,
			 state->snapshot->limits.known ? "none reached, nothing failed" : "-");
	}
	free(limit);
	free(failed);
}

void draw_head(const struct history *history, const struct state *state,
	       struct canvas *canvas)
{
	draw_title(state, canvas);
	draw_notice(state, canvas);
	if (!state->snapshot)
		return;
	draw_files(state, canvas);
	draw_pool(state, canvas);
	draw_chunks(state, canvas);
	draw_direct_map(state, canvas);
	draw_splits(history, state, canvas);
	draw_hibernation(state, canvas);
	draw_limits(state, canvas);
}
