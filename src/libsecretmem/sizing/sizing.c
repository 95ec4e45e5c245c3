// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>

#include "room.h"
#include "size.h"
#include "sizing/sizing-internal.h"
#include "xalloc.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define ITEM(member) offsetof(struct sizing_item, member)
#define SIZING(member) offsetof(struct sizing, member)

static const char *const kind_words[] = {
	NULL, "demand", "advice", "bound", "cost", "note", NULL
};
static const char *const confidence_words[] = {
	NULL, "exact", "computed", "stated", "at-least", "estimate", NULL
};

static const struct field item_fields[] = {
	{ "item", "ITEM", FIELD_CONSTANT, ITEM(name), "what it is" },
	{ "kind", NULL, FIELD_WORD, ITEM(kind), "what it is for", kind_words },
	{ "bytes", "SIZE", FIELD_BYTES, ITEM(bytes), "how much" },
	{ "count", NULL, FIELD_NUMBER, ITEM(count), "how many of what the text tells" },
	{ "confidence", "CONFIDENCE", FIELD_WORD, ITEM(confidence), "how sure it is",
	  confidence_words },
	{ "source", "SOURCE", FIELD_CONSTANT, ITEM(source), "where it is known from" },
	{ "text", "WHY", FIELD_TEXT, ITEM(text), "why it counts" },
};

const struct field_table sizing_item_table = {
	"sizing item", sizeof(struct sizing_item), item_fields, COUNT(item_fields)
};

static const struct field sizing_fields[] = {
	{ "minimum_bytes", NULL, FIELD_BYTES, SIZING(minimum_bytes),
	  "what the load needs, without headroom" },
	{ "size_bytes", NULL, FIELD_BYTES, SIZING(size_bytes), "what secretmem= should be" },
	{ "floor_bytes", NULL, FIELD_BYTES, SIZING(floor_bytes), "what its floor should be" },
	{ "most_bytes", NULL, FIELD_BYTES, SIZING(most_bytes),
	  "the largest pool that this machine can have" },
	{ "items", NULL, FIELD_LIST, SIZING(items), "the figures behind it", NULL,
	  &sizing_item_table },
};

const struct field_table sizing_table = {
	"sizing", sizeof(struct sizing), sizing_fields, COUNT(sizing_fields)
};

struct sizing_item *sizing_add(struct sizing *sizing, const struct sizing_item *like,
			       const char *format, ...)
{
	struct sizing_item *item = list_add(&sizing->items, sizeof(*item));
	va_list arguments;

	*item = *like;
	va_start(arguments, format);
	if (vasprintf(&item->text, format, arguments) < 0)
		errx(EXIT_FAILED, "out of memory");
	va_end(arguments);
	return item;
}

const struct sizing_item *sizing_find(const struct sizing *sizing, const char *name)
{
	list_for_each(item, &sizing->items, struct sizing_item) {
		if (!strcmp(item->name, name))
			return item;
	}
	return NULL;
}

void sizing_clear(struct sizing *sizing)
{
	list_for_each(item, &sizing->items, struct sizing_item)
		free(item->text);
	free(sizing->items.items);
	*sizing = (struct sizing){ 0 };
}

/* The most of what several looks found; what is stated takes their place, or adds. */
static void set_minimum(const struct sizing_facts *facts, struct sizing *sizing)
{
	const struct sizing_item *plan = sizing_find(sizing, "plan");
	struct number most = { 0 };

	list_for_each(item, &sizing->items, struct sizing_item) {
		if (item->kind == ITEM_DEMAND && item != plan && item->bytes.known &&
		    (!most.known || item->bytes.value > most.value))
			most = item->bytes;
	}
	if (plan && facts->plan->on_top && plan->bytes.known)
		most.known = !__builtin_add_overflow(most.value, plan->bytes.value, &most.value);
	else if (plan)
		most = plan->bytes;
	if (most.value)
		sizing->minimum_bytes = most;
}

static uint64_t largest_file(const struct sizing_facts *facts)
{
	uint64_t chunk = facts->machine->chunk_bytes.value, largest;

	largest = workload_largest(facts->plan, chunk) * chunk;
	if (facts->recording && facts->recording->largest_bytes.value > largest)
		largest = facts->recording->largest_bytes.value;
	list_for_each(file, &facts->snapshot->files, struct secret_file) {
		struct number chunks = sizing_file_chunks(file, chunk);

		if (chunks.known && chunks.value * chunk > largest)
			largest = chunks.value * chunk;
	}
	return largest;
}

static uint64_t percent_of(const struct sizing_facts *facts, uint64_t bytes, uint64_t percent)
{
	uint64_t chunk = facts->machine->chunk_bytes.value;
	unsigned __int128 chunks = (unsigned __int128)(bytes / chunk) * percent;

	chunks = (chunks + 99) / 100;
	return chunks > UINT64_MAX / chunk ? UINT64_MAX : (uint64_t)chunks * chunk;
}

/* A program that is replaced has its memory twice for a while. */
static uint64_t add_headroom(const struct sizing_facts *facts, struct sizing *sizing)
{
	uint64_t need = sizing->minimum_bytes.value, largest = largest_file(facts), part;

	if (facts->headroom_percent.known) {
		part = percent_of(facts, need, facts->headroom_percent.value);
		sizing_add(sizing, &(struct sizing_item){
			ITEM_ADVICE, "headroom", .bytes = number(part), .source = "--headroom",
			.confidence = CONFIDENCE_STATED,
		}, "%" PRIu64 "%% of what is needed", facts->headroom_percent.value);
		return part;
	}
	part = percent_of(facts, need, DEFAULT_HEADROOM);
	if (part < largest)
		part = largest;
	sizing_add(sizing, &(struct sizing_item){
		ITEM_ADVICE, "headroom", .bytes = number(part), .source = "rule",
		.confidence = CONFIDENCE_ESTIMATE,
	}, "%d%%, and at least the largest file once more, for when it is replaced",
		   DEFAULT_HEADROOM);
	return part;
}

static void add_rounding(const struct sizing_facts *facts, struct sizing *sizing,
			 uint64_t before)
{
	char *granule = size_text(facts->machine->granule_bytes.value, UNITS_IEC);

	if (sizing->size_bytes.value != before)
		sizing_add(sizing, &(struct sizing_item){
			ITEM_ADVICE, "rounding",
			.bytes = number(sizing->size_bytes.value - before),
			.source = "kernel", .confidence = CONFIDENCE_COMPUTED,
		}, "the pool is a multiple of %s", granule);
	free(granule);
}

static void add_size(const struct sizing_facts *facts, struct sizing *sizing,
		     uint64_t headroom)
{
	struct setting setting = { .floor_bytes = sizing->floor_bytes };
	uint64_t sum;
	char *parameter;

	if (__builtin_add_overflow(sizing->minimum_bytes.value, headroom, &sum))
		return;
	if (sum < setting.floor_bytes.value)
		sum = setting.floor_bytes.value;
	setting.size_bytes = number(sum);
	if (!setting_round(&setting, facts->machine->granule_bytes.value))
		return;
	sizing->size_bytes = setting.size_bytes;
	sizing->floor_bytes = setting.floor_bytes;
	add_rounding(facts, sizing, sum);
	parameter = setting_parameter(&setting);
	sizing_add(sizing, &(struct sizing_item){
		ITEM_ADVICE, "size", .bytes = setting.size_bytes, .source = "sum",
		.confidence = CONFIDENCE_ESTIMATE,
		.count = number(setting.size_bytes.value / facts->machine->chunk_bytes.value),
	}, "%s on the kernel's command line", parameter);
	free(parameter);
}

void sizing_fill(const struct sizing_facts *facts, struct sizing *sizing)
{
	sizing->items.known = true;
	add_demands(facts, sizing);
	set_minimum(facts, sizing);
	if (sizing->minimum_bytes.known) {
		add_floor(facts, sizing);
		add_size(facts, sizing, add_headroom(facts, sizing));
	}
	add_bounds(facts, sizing);
	if (sizing->size_bytes.known)
		add_costs(facts, sizing);
	add_notes(facts, sizing);
}
