// SPDX-License-Identifier: GPL-2.0-or-later
/* The loop: one thread that waits for a key, a signal, or the next look. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "draw.h"
#include "moment.h"
#include "run.h"
#include "terminal.h"
#include "xalloc.h"

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_SECOND UINT64_C(1000000000)
#define SPEED_AS_IT_WAS 16
#define WHEEL_LINES 3
#define LONGEST_WAIT_NS (10 * NS_PER_SECOND)

struct live {
	struct run *run;
	struct canvas canvas;
	struct list hits;	/* of struct hit */
	int signals;		/* a signalfd */
	sigset_t handled;
	uint64_t due_ns;	/* when to look again */
	int ended_by;		/* a signal; 0: none */
	bool redraw;
};

/* ---- signals ---- */

static const int handled_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH };

static bool open_signals(struct live *live)
{
	size_t i;

	sigemptyset(&live->handled);
	for (i = 0; i < sizeof(handled_signals) / sizeof(handled_signals[0]); i++)
		sigaddset(&live->handled, handled_signals[i]);
	sigprocmask(SIG_BLOCK, &live->handled, NULL);
	live->signals = signalfd(-1, &live->handled, SFD_NONBLOCK | SFD_CLOEXEC);
	return live->signals >= 0;
}

/* Let the signal do what it does to any other program. */
static void let_through(const struct live *live, int number)
{
	sigset_t one;

	signal(number, SIG_DFL);
	sigemptyset(&one);
	sigaddset(&one, number);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	sigprocmask(SIG_BLOCK, &live->handled, NULL);
}

/* Stopped by job control: the shell gets its terminal as it was. */
static void stop(struct live *live)
{
	terminal_leave();
	let_through(live, SIGTSTP);
	terminal_return();
	live->redraw = true;
}

static void take_signals(struct live *live)
{
	struct signalfd_siginfo info;

	while (read(live->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGTSTP)
			stop(live);
		else if (info.ssi_signo == SIGWINCH)
			live->redraw = true;
		else
			live->ended_by = (int)info.ssi_signo;
	}
}

/* ---- drawing ---- */

static void show(struct live *live)
{
	struct state *state = &live->run->state;
	int width, height;

	terminal_size(&width, &height);
	state_settle(state, live->run->history, width, height);
	live->canvas.ascii = state->ascii || state->settings.ascii || terminal_is_ascii();
	if (width != live->canvas.width || height != live->canvas.height)
		canvas_resize(&live->canvas, width, height);
	draw(live->run->history, state, &live->canvas, &live->hits);
	terminal_show(&live->canvas, live->redraw);
	live->redraw = false;
}

/* ---- looking ---- */

/* When the next look is due: at the recording's own pace, or after the delay. */
static uint64_t gap_ns(const struct live *live)
{
	const struct state *state = &live->run->state;
	uint64_t gap = feed_gap_ns(live->run->feed);
	unsigned int speed = state->playing.speed_log2;

	if (!state->playing.replay)
		return state->settings.delay_ms * NS_PER_MS;
	if (speed >= SPEED_AS_IT_WAS)
		gap >>= speed - SPEED_AS_IT_WAS;
	else
		gap <<= SPEED_AS_IT_WAS - speed;
	return gap < LONGEST_WAIT_NS ? gap : LONGEST_WAIT_NS;
}

static void look(struct live *live)
{
	run_look(live->run);
	live->due_ns = clock_ns(CLOCK_MONOTONIC) + gap_ns(live);
}

/* Nothing is due while it is paused, or a recording is at its end. */
static bool is_waiting(const struct live *live)
{
	const struct state *state = &live->run->state;

	return state->paused || state->playing.at_end;
}

static void look_if_due(struct live *live)
{
	if (!is_waiting(live) && clock_ns(CLOCK_MONOTONIC) >= live->due_ns)
		look(live);
}

/* ---- what the keys asked for ---- */

static void save(struct state *state)
{
	struct failure failure;
	char *path;

	if (settings_save(&state->settings, &path, &failure))
		state_say(state, true, "%s", failure.text);
	else
		state_say(state, false, "saved to %s", path);
	free(path);
}

static void move_in_recording(struct live *live)
{
	struct state *state = &live->run->state;
	struct failure failure = { 0 };
	enum exit_code code;

	if (state->wants_jump)
		code = feed_jump(live->run->feed, state->wants_jump, live->run->history, &failure);
	else
		code = feed_step(live->run->feed, state->wants_step, live->run->history,
				 &failure);
	if (code)
		state_say(state, true, "%s", failure.text);
	free(state->wants_jump);
	state->wants_jump = NULL;
	state->wants_step = 0;
	state->back = 0;
	feed_tell(live->run->feed, &state->playing);
	live->due_ns = clock_ns(CLOCK_MONOTONIC) + gap_ns(live);
}

static void serve(struct live *live)
{
	struct state *state = &live->run->state;

	if (state->wants_save)
		save(state);
	if (state->wants_copy)
		terminal_copy(state->wants_copy);
	if (state->wants_step || state->wants_jump)
		move_in_recording(live);
	live->redraw |= state->wants_redraw;
	free(state->wants_copy);
	state->wants_copy = NULL;
	state->wants_save = state->wants_redraw = false;
}

/* ---- keys ---- */

static bool is_inside(const struct area *area, int x, int y)
{
	return x >= area->x && x < area->x + area->width && y >= area->y &&
	       y < area->y + area->height;
}

/* A second click on what is selected looks into it. */
static void click_line(struct state *state, size_t line)
{
	if (state_scroll(state)->cursor == line)
		state_key(state, KEY_RETURN);
	else
		state_select(state, line);
}

static void click(struct live *live, int x, int y)
{
	struct state *state = &live->run->state;

	list_for_each(hit, &live->hits, struct hit) {
		if (!is_inside(&hit->area, x, y))
			continue;
		if (hit->kind == HIT_KEY)
			state_key(state, (int)hit->value);
		else if (hit->kind == HIT_COLUMN)
			state_choose_sort(state, hit->value, true);
		else if (hit->kind == HIT_LINE)
			click_line(state, hit->value);
		else {
			state->menu_scroll.cursor = hit->value;
			state_key(state, KEY_RETURN);
		}
		return;
	}
}

static void press(struct live *live, const struct pressed *pressed)
{
	struct state *state = &live->run->state;
	int i;

	switch (pressed->key) {
	case KEY_RESIZED:
		break;
	case KEY_CLICK:
		click(live, pressed->x, pressed->y);
		break;
	case KEY_WHEEL_UP:
	case KEY_WHEEL_DOWN:
		for (i = 0; i < WHEEL_LINES; i++)
			state_key(state, pressed->key == KEY_WHEEL_UP ? KEY_ARROW_UP :
									KEY_ARROW_DOWN);
		break;
	default:
		state_key(state, pressed->key);
		break;
	}
}

static void take_keys(struct live *live)
{
	struct pressed pressed;

	for (pressed = terminal_key(); pressed.key; pressed = terminal_key()) {
		press(live, &pressed);
		serve(live);
		/* What a key does next depends on the lines that it made. */
		state_settle(&live->run->state, live->run->history, live->canvas.width,
			     live->canvas.height);
	}
}

/* ---- the loop ---- */

static struct timespec time_left(const struct live *live)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	uint64_t left = live->due_ns > now ? live->due_ns - now : 0;

	if (left > LONGEST_WAIT_NS || is_waiting(live))
		left = LONGEST_WAIT_NS;
	return (struct timespec){
		.tv_sec = (time_t)(left / NS_PER_SECOND), .tv_nsec = (long)(left % NS_PER_SECOND),
	};
}

static void wait_and_act(struct live *live)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = live->signals, .events = POLLIN },
	};
	const struct timespec left = time_left(live);

	if (ppoll(fds, 2, &left, NULL) < 0 && errno != EINTR)
		live->ended_by = SIGTERM;
	if (fds[1].revents)
		take_signals(live);
	if (fds[0].revents & POLLIN)
		take_keys(live);
	/* The terminal is gone, and nobody told us by a signal. */
	if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		live->ended_by = SIGHUP;
	look_if_due(live);
}

static void loop(struct live *live)
{
	look(live);
	show(live);
	while (!live->ended_by && !live->run->state.wants_quit) {
		wait_and_act(live);
		if (!live->ended_by)
			show(live);
	}
}

int run_screen(struct run *run)
{
	struct live live = { .run = run, .redraw = true };
	enum exit_code code = terminal_open(run->color, &run->failure);

	if (code) {
		complain("%s", run->failure.text);
		return code;
	}
	if (!open_signals(&live))
		return EXIT_FAILED;
	loop(&live);
	terminal_close();
	close(live.signals);
	canvas_free(&live.canvas);
	free(live.hits.items);
	/* Who sent it sees that it worked. */
	if (live.ended_by)
		let_through(&live, live.ended_by);
	return EXIT_FINE;
}
