// SPDX-License-Identifier: GPL-2.0-or-later
/* The setup screen: a line for each thing that can be set. */
#include "state.h"
#include "table-internal.h"
#include "xalloc.h"

/* What comes before the columns. */
enum { SETUP_TITLE, SETUP_UNITS, SETUP_ASCII, SETUP_GENERAL };

static const char *const units_names[] = { "iec (1024)", "si (1000)", "bytes" };

/* Which column of which view a line is about; the views' titles have none. */
struct setup_line {
	enum tab tab;
	const struct column *column;
};

static bool find_line(const struct state *state, size_t index, struct setup_line *line)
{
	if (index < SETUP_GENERAL)
		return false;
	index -= SETUP_GENERAL;
	for (line->tab = 0; line->tab < TAB_COUNT; line->tab++) {
		const struct list *columns = &state->tables[line->tab]->columns;

		if (index <= columns->count) {
			line->column = index ? list_at(columns, index - 1,
						       sizeof(struct column)) : NULL;
			return true;
		}
		index -= columns->count + 1;
	}
	return false;
}

size_t setup_count(const struct state *state)
{
	size_t count = SETUP_GENERAL;
	enum tab tab;

	for (tab = 0; tab < TAB_COUNT; tab++)
		count += state->tables[tab]->columns.count + 1;
	return count;
}

static bool is_shown(const struct state *state, const struct setup_line *line)
{
	list_for_each(column, &state->tables[line->tab]->shown, struct column) {
		if (!strcmp(column->path, line->column->path))
			return true;
	}
	return false;
}

bool setup_is_title(const struct state *state, size_t index)
{
	struct setup_line line;

	return index == SETUP_TITLE || (find_line(state, index, &line) && !line.column);
}

char *setup_text(const struct state *state, size_t index)
{
	struct setup_line line;

	switch (index) {
	case SETUP_TITLE:
		return xstrdup("Everywhere");
	case SETUP_UNITS:
		return xasprintf("      sizes in %s", units_names[state->settings.units]);
	case SETUP_ASCII:
		return xasprintf("  [%c] draw with ASCII only", state->settings.ascii ? 'x' : ' ');
	default:
		break;
	}
	if (!find_line(state, index, &line))
		return xstrdup("");
	if (!line.column)
		return xasprintf("Columns of %s", tab_kinds[line.tab].name);
	return xasprintf("  [%c] %-20s %s", is_shown(state, &line) ? 'x' : ' ', line.column->name,
			 line.column->field->help);
}

/* Those that are shown without this one, or with it at their end. */
static char *changed_columns(const struct state *state, const struct setup_line *line)
{
	bool shown = is_shown(state, line);
	char *names = NULL;
	size_t size;
	FILE *stream = open_memstream(&names, &size);
	const char *separator = "";

	if (!stream)
		errx(EXIT_FAILED, "out of memory");
	list_for_each(column, &state->tables[line->tab]->shown, struct column) {
		if (!strcmp(column->path, line->column->path))
			continue;
		fprintf(stream, "%s%s", separator, column->name);
		separator = ",";
	}
	if (!shown)
		fprintf(stream, "%s%s", separator, line->column->name);
	fclose(stream);
	return names;
}

static void change_column(struct state *state, const struct setup_line *line)
{
	char *names = changed_columns(state, line);

	if (!*names) {
		state_say(state, true, "one column must stay");
		free(names);
		return;
	}
	free(state->settings.columns[line->tab]);
	state->settings.columns[line->tab] = names;
	table_reopen(state, line->tab);
}

void setup_change(struct state *state, size_t index)
{
	struct setup_line line;

	if (index == SETUP_UNITS)
		state->settings.units = (state->settings.units + 1) % (UNITS_BYTES + 1);
	else if (index == SETUP_ASCII)
		state->settings.ascii = !state->settings.ascii;
	else if (find_line(state, index, &line) && line.column)
		change_column(state, &line);
}
