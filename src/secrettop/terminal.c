// SPDX-License-Identifier: GPL-2.0-or-later
#include <curses.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

/* terminfo's short names are macros, and ours. */
#undef lines
#undef columns
#undef tab
#undef key_exit

#include "keys.h"
#include "terminal.h"
#include "xalloc.h"

#define ESCAPE_DELAY_MS 25
#define MANY_COLORS 256

static SCREEN *screen;
static bool colored;
static struct canvas shown;	/* what is on the screen */
static struct termios before;	/* how the terminal was */
static char restore[256];	/* what gives it back, for when nothing else works */

/* ---- crashes ---- */

/* Only calls that a signal handler may make. */
static void crash(int number)
{
	ssize_t ignored = write(STDOUT_FILENO, restore, strlen(restore));

	(void)ignored;
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	raise(number);
}

static void append_sequence(const char *sequence)
{
	if (sequence && sequence != (char *)-1 &&
	    strlen(restore) + strlen(sequence) + 1 < sizeof(restore))
		strcat(restore, sequence);
}

static void prepare_crash(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
	struct sigaction action = { .sa_handler = crash, .sa_flags = (int)SA_RESETHAND };
	size_t i;

	append_sequence("\033[?1000l");
	append_sequence(keypad_local);
	append_sequence(exit_attribute_mode);
	append_sequence(cursor_normal);
	append_sequence(exit_ca_mode);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
}

/* ---- colors ---- */

/* With 256 colors owners differ more, and dim is gray. */
static short rich_color(enum ink ink, short color)
{
	static const short owners[OWNER_INKS] = { 77, 215, 80, 176, 69, 203 };

	if (ink >= INK_OWNER)
		return owners[ink - INK_OWNER];
	return inks[ink].dim ? 244 : color;
}

static void make_colors(void)
{
	enum ink ink;

	start_color();
	use_default_colors();
	for (ink = 0; ink < INK_COUNT; ink++) {
		short foreground = inks[ink].foreground;

		if (COLORS >= MANY_COLORS)
			foreground = rich_color(ink, foreground);
		init_pair((short)(ink + 1), foreground, inks[ink].background);
	}
}

static attr_t attributes_of(const struct cell *cell)
{
	const struct ink_look *look = &inks[cell->ink];
	attr_t attributes = A_NORMAL;

	if (look->bold)
		attributes |= A_BOLD;
	if (look->dim && !(colored && COLORS >= MANY_COLORS))
		attributes |= A_DIM;
	/* What a background tells in color, reverse tells without. */
	if (cell->reverse != (!colored && look->reverse))
		attributes |= A_REVERSE;
	return attributes;
}

/* ---- taking over ---- */

static void set_modes(void)
{
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_DELAY_MS);
	curs_set(0);
	mouseinterval(0);
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
}

enum exit_code terminal_open(bool color, struct failure *failure)
{
	const char *type = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return fail(failure, EXIT_USAGE,
			    "this is no terminal: secrettop -b prints without one");
	tcgetattr(STDIN_FILENO, &before);
	screen = type && strcmp(type, "dumb") ? newterm(NULL, stdout, stdin) : NULL;
	if (screen && !cursor_address) {
		terminal_close();
		screen = NULL;
	}
	if (!screen)
		return fail(failure, EXIT_USAGE, "a terminal of type '%.40s' has no screen: "
			    "secrettop -b prints without one", type ? type : "");
	prepare_crash();
	colored = color && has_colors();
	if (colored)
		make_colors();
	set_modes();
	atexit(terminal_close);
	return EXIT_FINE;
}

void terminal_leave(void)
{
	if (screen && !isendwin())
		endwin();
}

void terminal_return(void)
{
	tcgetattr(STDIN_FILENO, &before);
	refresh();
	clearok(curscr, TRUE);
}

void terminal_close(void)
{
	if (!screen)
		return;
	terminal_leave();
	delscreen(screen);
	screen = NULL;
	canvas_free(&shown);
}

bool terminal_is_ascii(void)
{
	const char *type = getenv("TERM");

	return type && (!strncmp(type, "vt1", 3) || !strncmp(type, "vt2", 3) ||
			!strcmp(type, "linux") || !strcmp(type, "ansi"));
}

void terminal_size(int *width, int *height)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col || !size.ws_row)
		getmaxyx(stdscr, *height, *width);
	else
		*width = size.ws_col, *height = size.ws_row;
	if (is_term_resized(*height, *width))
		resizeterm(*height, *width);
}

/* ---- putting ---- */

static bool same_line(const struct canvas *canvas, int y)
{
	return shown.width == canvas->width && shown.height == canvas->height &&
	       !memcmp(canvas_cell(canvas, 0, y), canvas_cell(&shown, 0, y),
		       (size_t)canvas->width * sizeof(struct cell));
}

static bool same_look(const struct cell *one, const struct cell *other)
{
	return one->ink == other->ink && one->reverse == other->reverse;
}

/* Cells of one look go out together. Returns where the next ones begin. */
static int put_run(const struct canvas *canvas, int x, int y)
{
	const struct cell *first = canvas_cell(canvas, x, y), *cell = first;
	char text[512];
	size_t length = 0;

	do {
		size_t more = strlen(cell->text);

		if (length + more >= sizeof(text))
			break;
		memcpy(text + length, cell->text, more);
		length += more;
		x++;
		cell = canvas_cell(canvas, x, y);
	} while (cell && same_look(cell, first));
	attr_set(attributes_of(first), colored ? (short)(first->ink + 1) : 0, NULL);
	addnstr(text, (int)length);
	return x;
}

static void put_line(const struct canvas *canvas, int y)
{
	int x = 0;

	move(y, 0);
	while (x < canvas->width)
		x = put_run(canvas, x, y);
}

static void remember(const struct canvas *canvas)
{
	if (shown.width != canvas->width || shown.height != canvas->height)
		canvas_resize(&shown, canvas->width, canvas->height);
	memcpy(shown.cells, canvas->cells,
	       (size_t)canvas->width * (size_t)canvas->height * sizeof(struct cell));
}

void terminal_show(const struct canvas *canvas, bool all)
{
	int y;

	if (all)
		clear();
	for (y = 0; y < canvas->height; y++) {
		if (all || (canvas->width && !same_line(canvas, y)))
			put_line(canvas, y);
	}
	remember(canvas);
	refresh();
}

/* ---- keys ---- */

static const struct {
	wint_t curses;
	int key;
} special[] = {
	{ KEY_UP, KEY_ARROW_UP },
	{ KEY_DOWN, KEY_ARROW_DOWN },
	{ KEY_LEFT, KEY_ARROW_LEFT },
	{ KEY_RIGHT, KEY_ARROW_RIGHT },
	{ KEY_PPAGE, KEY_PAGE_UP },
	{ KEY_NPAGE, KEY_PAGE_DOWN },
	{ KEY_HOME, KEY_FIRST },
	{ KEY_END, KEY_LAST },
	{ KEY_BTAB, KEY_BACK_TAB },
	{ KEY_BACKSPACE, KEY_ERASE },
	{ KEY_DC, KEY_REMOVE },
	{ KEY_ENTER, KEY_RETURN },
	{ KEY_RESIZE, KEY_RESIZED },
};

static int special_key(wint_t code)
{
	size_t i;

	for (i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		if (special[i].curses == code)
			return special[i].key;
	}
	if (code > KEY_F0 && code <= KEY_F(12))
		return KEY_FUNCTION + (int)(code - KEY_F0);
	return KEY_RESIZED;
}

static int plain_key(wint_t code)
{
	if (code == '\r')
		return KEY_RETURN;
	return code == 0x7f || code == CONTROL('H') ? KEY_ERASE : (int)code;
}

static struct pressed mouse_key(void)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return (struct pressed){ .key = KEY_RESIZED };
	return (struct pressed){
		.key = event.bstate & BUTTON4_PRESSED ? KEY_WHEEL_UP :
		       event.bstate & BUTTON5_PRESSED ? KEY_WHEEL_DOWN : KEY_CLICK,
		.x = event.x, .y = event.y,
	};
}

struct pressed terminal_key(void)
{
	wint_t code;
	int kind = get_wch(&code);

	if (kind == ERR)
		return (struct pressed){ 0 };
	if (kind == KEY_CODE_YES && code == KEY_MOUSE)
		return mouse_key();
	return (struct pressed){
		.key = kind == KEY_CODE_YES ? special_key(code) : plain_key(code),
	};
}

/* ---- clipboard ---- */

static void put_base64(const unsigned char *bytes, size_t length, FILE *stream)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i;

	for (i = 0; i < length; i += 3) {
		unsigned int left = (unsigned int)(length - i);
		unsigned int group = bytes[i] << 16 | (left > 1 ? bytes[i + 1] << 8 : 0) |
				     (left > 2 ? bytes[i + 2] : 0);

		fputc(digits[group >> 18], stream);
		fputc(digits[group >> 12 & 63], stream);
		fputc(left > 1 ? digits[group >> 6 & 63] : '=', stream);
		fputc(left > 2 ? digits[group & 63] : '=', stream);
	}
}

/* OSC 52; terminals that do not know it ignore it. */
void terminal_copy(const char *text)
{
	fputs("\033]52;c;", stdout);
	put_base64((const unsigned char *)text, strlen(text), stdout);
	fputs("\a", stdout);
	fflush(stdout);
}
