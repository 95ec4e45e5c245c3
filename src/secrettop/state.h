/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the user chose to look at, and how. Keys change it; state_settle() makes
 * the lines of the table from it and a history; drawing only reads it.
 */
#ifndef SECRETTOP_STATE_H
#define SECRETTOP_STATE_H

#include "format.h"
#include "groups.h"
#include "history.h"
#include "keys.h"
#include "layout.h"
#include "table.h"

enum tab {
	TAB_FILES,
	TAB_CHUNKS,
	TAB_DIRECT_MAP,
	TAB_OWNERS,
	TAB_CGROUPS,
	TAB_EVENTS,

	TAB_COUNT,
};

/* What the kinds of view have in common. */
struct tab_kind {
	const char *name;
	const struct view *view;
	const char *columns;	/* instead of the view's */
	const char *sort;
	bool tree;		/* there is something inside its rows */
	const char *command;	/* that shows the same */
};

extern const struct tab_kind tab_kinds[TAB_COUNT];

/* What the setup screen changes and W saves. */
struct settings {
	uint64_t delay_ms;
	int units;		/* enum units */
	bool ascii;
	bool tree[TAB_COUNT];
	char *columns[TAB_COUNT];	/* NULL: those of the kind */
	char *sort[TAB_COUNT];
};

/* One line of a table. */
enum line_kind {
	LINE_ITEM,		/* a row of the view's table */
	LINE_HOLDER,		/* inside a file */
	LINE_CHUNK,		/* inside a file */
	LINE_PROCESS,		/* inside a user */
	LINE_REGION,		/* below the levels of the direct map */
	LINE_FIELD,		/* of the item that is looked into */
};

struct line {
	enum line_kind kind;
	const void *item;
	const void *outer;
	const struct column *column;	/* of LINE_FIELD */
	uint64_t id;		/* the same at every moment */
	size_t depth;
	bool inside;		/* there is something inside */
	bool open;		/* and it is shown */
	bool last;		/* of those inside one */
};

/* Which line is selected, and which is the first to be seen. */
struct scroll {
	uint64_t selected;	/* 0: none yet */
	size_t cursor;
	size_t top;
};

/* Where the user went, by Enter; Esc goes back. */
struct place {
	enum tab tab;
	uint64_t item;		/* looked into; 0: a table */
	struct group *scope;	/* only its files; NULL: all */
	enum group_kind scope_kind;
};

#define MOST_PLACES 8

/* What the keys go to. */
enum mode_of_keys {
	KEYS_VIEW,
	KEYS_SEARCH,
	KEYS_FILTER,
	KEYS_DELAY,
	KEYS_JUMP,
	KEYS_SORT,
	KEYS_HELP,
	KEYS_SETUP,
};

#define PROMPT_BYTES 128
#define OWNER_LETTERS 26

/* What cannot be known from a history: it changes all the time. */
struct self_cost {
	bool known;
	uint64_t cpu_permille;	/* of one processor, since the look before */
	uint64_t memory_bytes;	/* resident */
};

/* How a recording is being played. */
struct playing {
	bool replay;
	unsigned int speed_log2;	/* 3 is eight times; 16 is as fast as it was */
	size_t position;
	size_t count;
	bool at_end;
};

struct state {
	struct settings settings;
	struct style style;
	struct place places[MOST_PLACES];
	size_t place_count;	/* at least 1 */
	struct scroll scrolls[TAB_COUNT];
	struct scroll inner_scroll;	/* of the item looked into */
	struct scroll menu_scroll;	/* of the sort menu, help and setup */
	int shift;		/* columns hidden on the left */
	char *filter[TAB_COUNT];	/* NULL: none */
	char *search;
	bool follow;
	bool paused;
	size_t back;		/* how many snapshots before the latest are shown */
	struct list toggled;	/* of uint64_t: rows that differ from the tree's setting */
	struct list tagged;	/* of uint64_t */
	enum mode_of_keys keys;
	char prompt[PROMPT_BYTES];
	char message[256];	/* said once, until the next key */
	bool message_is_bad;

	/* What is told from outside. */
	char notice[512];	/* what the source could not tell */
	const char *host;
	bool ascii;		/* there is nothing else to draw with */
	bool batch;		/* pictures only: there are no keys */
	struct self_cost self;
	struct playing playing;

	/* Asked of whoever runs this, who zeroes it. */
	bool wants_quit;
	bool wants_redraw;
	bool wants_save;
	char *wants_copy;	/* text for the clipboard */
	int wants_step;		/* of a replay: -1, 1 */
	char *wants_jump;

	/* Made by state_settle(). */
	size_t snapshots;	/* how many can be stepped through */
	const struct snapshot *snapshot;	/* NULL: there is none yet */
	const struct list *events;
	struct layout layout;
	struct table *tables[TAB_COUNT];
	struct list columns;	/* of struct column: those to be shown */
	struct list lines;	/* of struct line */
	struct list groups;	/* of struct group */
	struct list users;	/* of struct group */
	struct list chunks;	/* of const struct chunk *, by file */
	uint64_t letters[OWNER_LETTERS];	/* the owner that has it; 0: none */
};

void state_init(struct state *state);
void state_free(struct state *state);

/* Make the lines for what is known now, on a screen of this size. */
void state_settle(struct state *state, const struct history *history, int width, int height);

/* How many lines would show everything. */
int state_natural_height(const struct state *state, int width);

/* Obey a key. */
void state_key(struct state *state, int key);

/* The place where the user is. */
static inline struct place *state_place(const struct state *state)
{
	return (struct place *)&state->places[state->place_count - 1];
}

/* The scroll that goes with it. */
struct scroll *state_scroll(const struct state *state);

/* The selected line, or NULL. */
const struct line *state_selected(const struct state *state);

/* Select the line at @index, or the last one. */
void state_select(struct state *state, size_t index);

bool state_is_tagged(const struct state *state, uint64_t id);

/* Go to a tab, as its key does; take the column at @index to sort by. */
void state_choose_tab(struct state *state, enum tab tab);
void state_choose_sort(struct state *state, size_t index, bool invert);

/* Say something in the last line. */
void state_say(struct state *state, bool bad, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void scope_free(struct group *scope);

/* Is the filter COLUMN=VALUE, and not just a text to look for? */
bool state_filter_is_strict(const char *filter);

/* ---- actions.c ---- */

void action_run(struct state *state, enum action action, int key);

/* Select the first line with the text searched for, from @from on. */
void state_find(struct state *state, int step, size_t from);

/* ---- lines.c ---- */

/* Make the lines of the place where the user is. */
void lines_fill(struct state *state);

/* What a search looks at. Allocated. */
char *line_text(const struct state *state, const struct line *line);
bool line_has(const struct state *state, const struct line *line, const char *text);

/* What owns a file or chunk: the same number at every moment; 0: not known. */
uint64_t file_owner(const struct secret_file *file);
uint64_t file_id(const struct secret_file *file);

/* Which letter the owner has, or 0. */
char owner_letter(const struct state *state, uint64_t owner);

/* The file with this number of netlink's, or NULL. */
const struct secret_file *find_file(const struct snapshot *snapshot, struct number id);

/* Open the table of a tab anew, with its columns, order and filter. */
void table_reopen(struct state *state, enum tab tab);

/* ---- setup.c ---- */

/* The lines of the setup screen, and what Enter does with one. */
size_t setup_count(const struct state *state);
char *setup_text(const struct state *state, size_t index);
bool setup_is_title(const struct state *state, size_t index);
void setup_change(struct state *state, size_t index);

/* ---- config.c ---- */

void settings_init(struct settings *settings);
void settings_free(struct settings *settings);

/* Read what was saved, if anything was. */
enum exit_code settings_load(struct settings *settings, struct failure *failure);

/* Write it, whole or not at all. *@path is where. */
enum exit_code settings_save(const struct settings *settings, char **path,
			     struct failure *failure);

#endif
