// SPDX-License-Identifier: GPL-2.0-or-later
#include <wchar.h>

#include "canvas.h"
#include "escape.h"
#include "xalloc.h"

/* A cell tells by its character; color only tells it sooner. */
const struct ink_look inks[INK_COUNT] = {
	[INK_PLAIN] = { "plain", -1, -1, .mark = ' ' },
	[INK_DIM] = { "dim", -1, -1, .dim = true, .mark = '.' },
	[INK_LABEL] = { "label", 6, -1, .mark = 'l' },
	[INK_TITLE] = { "title", -1, -1, .bold = true, .mark = 't' },
	[INK_GOOD] = { "good", 2, -1, .mark = 'g' },
	[INK_WARNING] = { "warning", 3, -1, .bold = true, .mark = 'w' },
	[INK_BAD] = { "bad", 1, -1, .bold = true, .mark = 'b' },
	[INK_HEADING] = { "heading", 0, 2, .reverse = true, .mark = 'h' },
	[INK_SORT] = { "sort", 0, 6, .reverse = true, .bold = true, .mark = 's' },
	[INK_SELECTED] = { "selected", 0, 6, .reverse = true, .mark = 'S' },
	[INK_TAGGED] = { "tagged", 3, -1, .bold = true, .mark = '*' },
	[INK_FOUND] = { "found", 0, 3, .reverse = true, .mark = 'f' },
	[INK_TAB] = { "tab", -1, -1, .dim = true, .mark = '-' },
	[INK_TAB_CHOSEN] = { "tab chosen", 0, 2, .reverse = true, .bold = true, .mark = '+' },
	[INK_KEY] = { "key", -1, -1, .bold = true, .mark = 'k' },
	[INK_KEY_TEXT] = { "key text", 0, 6, .reverse = true, .mark = 'K' },
	[INK_USED] = { "used", 2, -1, .mark = 'u' },
	[INK_RESERVED] = { "reserved", 3, -1, .mark = 'r' },
	[INK_READY] = { "ready", 4, -1, .bold = true, .mark = 'y' },
	[INK_FREE] = { "free", -1, -1, .dim = true, .mark = '_' },
	[INK_LARGE] = { "large pages", 2, -1, .mark = 'L' },
	[INK_MIDDLE] = { "middle pages", 3, -1, .mark = 'M' },
	[INK_SMALL] = { "small pages", 1, -1, .mark = 'm' },
	[INK_SECRET] = { "secret", 5, -1, .bold = true, .mark = 'x' },
	[INK_GRAPH] = { "graph", 6, -1, .mark = '^' },
	[INK_OWNER] = { "owner 1", 2, -1, .bold = true, .mark = '1' },
	[INK_OWNER + 1] = { "owner 2", 3, -1, .bold = true, .mark = '2' },
	[INK_OWNER + 2] = { "owner 3", 6, -1, .bold = true, .mark = '3' },
	[INK_OWNER + 3] = { "owner 4", 5, -1, .bold = true, .mark = '4' },
	[INK_OWNER + 4] = { "owner 5", 4, -1, .bold = true, .mark = '5' },
	[INK_OWNER + 5] = { "owner 6", 1, -1, .bold = true, .mark = '6' },
};

void canvas_clear(struct canvas *canvas)
{
	size_t i, count = (size_t)canvas->width * (size_t)canvas->height;

	for (i = 0; i < count; i++)
		canvas->cells[i] = (struct cell){ .text = " " };
}

void canvas_resize(struct canvas *canvas, int width, int height)
{
	canvas->width = width > 0 ? width : 0;
	canvas->height = height > 0 ? height : 0;
	canvas->cells = xreallocarray(canvas->cells, (size_t)canvas->width *
				      (size_t)canvas->height + 1, sizeof(*canvas->cells));
	canvas_clear(canvas);
}

void canvas_free(struct canvas *canvas)
{
	free(canvas->cells);
	*canvas = (struct canvas){ 0 };
}

struct cell *canvas_cell(const struct canvas *canvas, int x, int y)
{
	if (x < 0 || y < 0 || x >= canvas->width || y >= canvas->height)
		return NULL;
	return &canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
}

/* A character of a text, or the escape that stands for it. */
struct character {
	char bytes[20];		/* \xNN for each of up to four */
	size_t length;
	int width;		/* 0: it combines with the one before */
};

static void escape_character(const char *text, size_t length, struct character *character)
{
	size_t i;

	character->length = 0;
	for (i = 0; i < length; i++)
		character->length += (size_t)sprintf(character->bytes + character->length,
						     "\\x%02x", (unsigned char)text[i]);
	character->width = (int)character->length;
}

/* Decode what utf8_length() found to be valid. */
static wchar_t decode(const char *text, size_t length)
{
	static const unsigned char masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	wchar_t code = (unsigned char)text[0] & masks[length];
	size_t i;

	for (i = 1; i < length; i++)
		code = code << 6 | ((unsigned char)text[i] & 0x3f);
	return code;
}

/* Marks that would turn the direction of what follows are no text either. */
static bool turns_direction(wchar_t code)
{
	return code == 0x061c || code == 0x200e || code == 0x200f ||
	       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/* Take the character that @text begins with; 0: there is none. */
static size_t take_character(const struct canvas *canvas, const char *text,
			     struct character *character)
{
	size_t length = utf8_length(text, strnlen(text, 4)), used = length ? length : 1;
	wchar_t code = length ? decode(text, length) : 0;

	if (!*text)
		return 0;
	character->width = length ? wcwidth(code) : -1;
	if (character->width < 0 || turns_direction(code) || (canvas->ascii && length > 1)) {
		escape_character(text, used, character);
		return used;
	}
	memcpy(character->bytes, text, used);
	character->bytes[used] = '\0';
	character->length = used;
	return used;
}

static void set_cell(struct canvas *canvas, int x, int y, enum ink ink, const char *bytes,
		     size_t length)
{
	struct cell *cell = canvas_cell(canvas, x, y);

	if (!cell)
		return;
	memcpy(cell->text, bytes, length);
	cell->text[length] = '\0';
	cell->ink = ink;
	cell->reverse = false;
}

/* As many as fit into a cell; more say nothing anyway. */
static void combine(struct canvas *canvas, int x, int y, const struct character *character)
{
	struct cell *cell = canvas_cell(canvas, x, y);

	if (cell && !*cell->text)
		cell = canvas_cell(canvas, x - 1, y);
	if (cell && strlen(cell->text) + character->length < CELL_BYTES)
		strcat(cell->text, character->bytes);
}

/* Half a wide character cannot be shown: what is left of one becomes blank. */
static void mend_wide(struct canvas *canvas, int x, int y)
{
	struct cell *cell = canvas_cell(canvas, x, y);

	if (!cell || *cell->text)
		return;
	set_cell(canvas, x, y, cell->ink, " ", 1);
	cell = canvas_cell(canvas, x - 1, y);
	if (cell)
		set_cell(canvas, x - 1, y, cell->ink, " ", 1);
}

/* The right half of a wide character whose left half was just overwritten. */
static void drop_right_half(struct canvas *canvas, int x, int y)
{
	struct cell *cell = canvas_cell(canvas, x, y);

	if (cell && !*cell->text)
		set_cell(canvas, x, y, cell->ink, " ", 1);
}

static void put_character(struct canvas *canvas, int x, int y, enum ink ink,
			  const struct character *character)
{
	size_t i;

	if (character->width == (int)character->length) {	/* ASCII, or an escape */
		for (i = 0; i < character->length; i++) {
			mend_wide(canvas, x + (int)i, y);
			set_cell(canvas, x + (int)i, y, ink, character->bytes + i, 1);
		}
	} else if (character->width == 2 && (x < 0 || x + 1 >= canvas->width)) {
		set_cell(canvas, x, y, ink, " ", 1);
		set_cell(canvas, x + 1, y, ink, " ", 1);
	} else {
		mend_wide(canvas, x, y);
		set_cell(canvas, x, y, ink, character->bytes, character->length);
		if (character->width == 2) {
			drop_right_half(canvas, x + 1, y);
			drop_right_half(canvas, x + 2, y);
			set_cell(canvas, x + 1, y, ink, "", 0);
			return;
		}
	}
	drop_right_half(canvas, x + character->width, y);
}

int put_text(struct canvas *canvas, int x, int y, int width, enum ink ink, const char *text)
{
	struct character character;
	int taken = 0;
	size_t used;

	for (; (used = take_character(canvas, text, &character)); text += used) {
		if (character.width > width - taken)
			break;
		if (character.width)
			put_character(canvas, x + taken, y, ink, &character);
		else if (taken)
			combine(canvas, x + taken - 1, y, &character);
		taken += character.width;
	}
	return taken;
}

int put_format(struct canvas *canvas, int x, int y, int width, enum ink ink,
	       const char *format, ...)
{
	va_list arguments;
	char *text;
	int taken;

	va_start(arguments, format);
	taken = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (taken < 0)
		errx(EXIT_FAILED, "out of memory");
	taken = put_text(canvas, x, y, width, ink, text);
	free(text);
	return taken;
}

int text_width(const struct canvas *canvas, const char *text)
{
	struct character character;
	int width = 0;
	size_t used;

	for (; (used = take_character(canvas, text, &character)); text += used)
		width += character.width;
	return width;
}

void put_right(struct canvas *canvas, int x, int y, int width, enum ink ink, const char *text)
{
	int wanted = text_width(canvas, text), before = width > wanted ? width - wanted : 0;

	put_text(canvas, x + before, y, width - before, ink, text);
}

void put_repeated(struct canvas *canvas, int x, int y, int count, enum ink ink,
		  const char *character)
{
	int i, end = x + count < canvas->width ? x + count : canvas->width;

	for (i = x; i < end; i++)
		put_text(canvas, i, y, 1, ink, character);
}

void ink_area(struct canvas *canvas, const struct area *area, enum ink ink)
{
	int x, y;

	for (y = area->y; y < area->y + area->height && y < canvas->height; y++) {
		for (x = area->x; x < area->x + area->width && x < canvas->width; x++) {
			struct cell *cell = canvas_cell(canvas, x, y);

			if (cell)
				cell->ink = ink;
		}
	}
}

/* How many of @width cells come before @amount of @whole ends. */
static int cells_before(uint64_t amount, uint64_t whole, int width)
{
	if (!whole)
		return 0;
	if (amount >= whole)
		return width;
	return (int)(((unsigned __int128)amount * (unsigned int)width + whole / 2) / whole);
}

/* How many shares from @first on are something, and want a cell. */
static int wanting(const struct share *shares, size_t first, size_t count)
{
	int some = 0;

	for (; first < count; first++)
		some += shares[first].amount > 0;
	return some;
}

void put_bar(struct canvas *canvas, int x, int y, int width, const struct share *shares,
	     size_t count, uint64_t whole, const struct share *rest)
{
	uint64_t sum = 0;
	int at = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		int end, last = width - wanting(shares, i + 1, count);

		sum = shares[i].amount > UINT64_MAX - sum ? UINT64_MAX : sum + shares[i].amount;
		end = cells_before(sum, whole, width);
		if (end > last)
			end = last;
		if (end <= at)
			end = at + (shares[i].amount > 0);
		if (end > width)
			end = width;
		put_repeated(canvas, x + at, y, end - at, shares[i].ink, shares[i].glyph);
		at = end;
	}
	put_repeated(canvas, x + at, y, width - at, rest->ink, rest->glyph);
}

static void print_look(const struct cell *cell, FILE *stream)
{
	const struct ink_look *look = &inks[cell->ink];

	fputs("\033[0", stream);
	if (look->bold)
		fputs(";1", stream);
	if (look->dim)
		fputs(";2", stream);
	if (cell->reverse)
		fputs(";7", stream);
	if (look->foreground >= 0)
		fprintf(stream, ";3%d", look->foreground);
	if (look->background >= 0)
		fprintf(stream, ";4%d", look->background);
	fputc('m', stream);
}

static bool is_blank(const struct cell *cell)
{
	return !strcmp(cell->text, " ") && !cell->reverse && inks[cell->ink].background < 0;
}

static const struct cell *line_cells(const struct canvas *canvas, int y)
{
	return canvas->cells + (size_t)y * (size_t)canvas->width;
}

/* The cells of a line that are to be printed. */
static int line_end(const struct canvas *canvas, int y)
{
	int end = canvas->width;

	while (end && is_blank(&line_cells(canvas, y)[end - 1]))
		end--;
	return end;
}

static bool same_look(const struct cell *one, const struct cell *other)
{
	return one->ink == other->ink && one->reverse == other->reverse;
}

static void print_line(const struct canvas *canvas, int y, bool color, FILE *stream)
{
	const struct cell plain = { .ink = INK_PLAIN }, *before = &plain, *cell;
	int x, end = line_end(canvas, y);

	for (x = 0; x < end; x++) {
		cell = &line_cells(canvas, y)[x];
		if (color && !same_look(cell, before))
			print_look(cell, stream);
		before = cell;
		fputs(cell->text, stream);
	}
	if (color && !same_look(before, &plain))
		fputs("\033[0m", stream);
	fputc('\n', stream);
}

void canvas_print(const struct canvas *canvas, bool color, FILE *stream)
{
	int y;

	for (y = 0; y < canvas->height; y++)
		print_line(canvas, y, color, stream);
}

void canvas_print_inks(const struct canvas *canvas, FILE *stream)
{
	int x, y;

	for (y = 0; y < canvas->height; y++) {
		for (x = 0; x < canvas->width; x++) {
			const struct cell *cell = &line_cells(canvas, y)[x];

			fputc(cell->reverse ? '@' : inks[cell->ink].mark, stream);
		}
		fputc('\n', stream);
	}
}
