// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A workload of secret memory: files of a size, touched, held, and if asked
 * for released and created again all the time.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "load.h"

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

/* What a touched page begins with, so that a search can find what leaked. */
static const char pattern[] = "SECRETMEM-LOAD-PATTERN";

struct load_file {
	int fd;			/* -1: closed */
	char *memory;		/* NULL: not mapped */
};

static volatile sig_atomic_t stop;
static sigjmp_buf bus_return;
static volatile sig_atomic_t bus_code;

void give_up(int code, const char *format, ...)
{
	va_list arguments;

	fputs("secretmem-load: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(code);
}

int create_secret(void)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);

	if (fd < 0 && errno == ENOSYS)
		give_up(LOAD_UNSUPPORTED, "this kernel has no memfd_secret, or not enabled");
	if (fd < 0)
		give_up(LOAD_FAILED, "memfd_secret: %s", strerror(errno));
	return fd;
}

void set_size(int fd, uint64_t size)
{
	if (ftruncate(fd, (off_t)size))
		give_up(LOAD_TRUNCATE, "ftruncate to %" PRIu64 " bytes: %s", size,
			strerror(errno));
}

char *map_secret(int fd, uint64_t size, bool noreserve)
{
	int flags = MAP_SHARED | (noreserve ? MAP_NORESERVE : 0);
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (memory == MAP_FAILED)
		give_up(LOAD_MMAP, "mmap of %" PRIu64 " bytes: %s", size, strerror(errno));
	return memory;
}

static const char *bus_reason(int code)
{
	switch (code) {
	case BUS_ADRERR:
		return "no memory to be had for it";
	case BUS_MCEERR_AR:
	case BUS_MCEERR_AO:
		return "a memory error of the hardware";
	default:
		return "of unknown cause";
	}
}

static void on_sigbus(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	bus_code = info->si_code;
	siglongjmp(bus_return, 1);
}

static void write_page(char *page, size_t room, uint64_t file_index, uint64_t offset)
{
	char text[64];
	int length = snprintf(text, sizeof(text), "%s file %" PRIu64 " offset %" PRIu64 "\n",
			      pattern, file_index, offset);

	memcpy(page, text, (size_t)length < room ? (size_t)length : room);
}

void touch(char *memory, uint64_t bytes, uint64_t file_index)
{
	static volatile uint64_t offset;
	uint64_t step = (uint64_t)sysconf(_SC_PAGESIZE);
	struct rlimit limit;

	if (sigsetjmp(bus_return, 1)) {
		getrlimit(RLIMIT_MEMLOCK, &limit);
		give_up(LOAD_SIGBUS, "file %" PRIu64 " at byte %" PRIu64
			": SIGBUS, si_code %d, %s (RLIMIT_MEMLOCK is %jd)", file_index,
			offset, (int)bus_code, bus_reason(bus_code),
			limit.rlim_cur == RLIM_INFINITY ? (intmax_t)-1
							: (intmax_t)limit.rlim_cur);
	}
	for (offset = 0; offset < bytes; offset += step)
		write_page(memory + offset, bytes - offset, file_index, offset);
}

void say_ready(void)
{
	puts("ready");
	if (fflush(stdout))
		give_up(LOAD_FAILED, "cannot write: %s", strerror(errno));
}

static void on_stop(int signal)
{
	(void)signal;
	stop = 1;
}

bool told_to_stop(void)
{
	return stop;
}

/* The signals that end it are blocked but where it waits, so none is lost. */
static void set_up_signals(void)
{
	struct sigaction on_end = { .sa_handler = on_stop };
	struct sigaction on_bus = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };
	sigset_t blocked;

	sigaction(SIGTERM, &on_end, NULL);
	sigaction(SIGINT, &on_end, NULL);
	sigaction(SIGBUS, &on_bus, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void sleep_for(double seconds)
{
	struct timespec time = { .tv_sec = (time_t)seconds };
	sigset_t open;

	time.tv_nsec = (long)((seconds - floor(seconds)) * 1e9);
	sigprocmask(SIG_SETMASK, NULL, &open);
	sigdelset(&open, SIGTERM);
	sigdelset(&open, SIGINT);
	pselect(0, NULL, NULL, NULL, &time, &open);
}

void hold(double seconds)
{
	double end = now() + seconds, left = seconds;

	while (!stop && (seconds < 0 || left > 0)) {
		sleep_for(seconds < 0 ? 3600 : left);
		left = end - now();
	}
}

static void open_file(struct load_file *file, uint64_t index, const struct load_options *options)
{
	bool map = !options->fd_only || options->touch;

	file->fd = create_secret();
	file->memory = NULL;
	if (!options->truncate_last)
		set_size(file->fd, options->size);
	if (map)
		file->memory = map_secret(file->fd, options->size, options->noreserve);
	if (options->truncate_last)
		set_size(file->fd, options->size);
	if (map)
		touch(file->memory, options->touch, index);
	if (map && options->fd_only) {
		munmap(file->memory, options->size);
		file->memory = NULL;
	}
	if (options->map_only) {
		close(file->fd);
		file->fd = -1;
	}
}

static void close_file(struct load_file *file, const struct load_options *options)
{
	if (file->memory)
		munmap(file->memory, options->size);
	if (file->fd >= 0)
		close(file->fd);
}

/* Release the oldest file and create one in its place, @churn times a second. */
static void churn(struct load_file *files, const struct load_options *options)
{
	double start = now(), due;
	uint64_t done;

	for (done = 0; !stop; done++) {
		due = start + (double)(done + 1) / options->churn;
		if (options->hold >= 0 && due > start + options->hold)
			break;
		/* Signals come in here, also when we are late and need not wait. */
		sleep_for(0);
		if (due > now())
			hold(due - now());
		if (stop)
			break;
		close_file(&files[done % options->files], options);
		open_file(&files[done % options->files], done + options->files, options);
	}
}

static int run_load(const struct load_options *options)
{
	struct load_file *files = calloc(options->files, sizeof(*files));
	uint64_t i;

	if (!files)
		give_up(LOAD_FAILED, "no memory to note %" PRIu64 " files", options->files);
	for (i = 0; i < options->files; i++)
		open_file(&files[i], i, options);
	say_ready();
	if (options->churn > 0)
		churn(files, options);
	else
		hold(options->hold);
	free(files);
	return 0;
}

static void print_help(void)
{
	puts("Usage: secretmem-load [OPTION…]\n\n"
	     "Hold secret memory; print `ready' when all is touched, and hold it until SIGTERM.\n\n"
	     "  --files=N        that many files (1)\n"
	     "  --size=BYTES     of that size each (1M)\n"
	     "  --touch=BYTES    of which that much is written to (all; with --fd-only: nothing)\n"
	     "  --fd-only        hold descriptors, no mappings; what is touched is unmapped again\n"
	     "  --map-only       hold mappings, no descriptors\n"
	     "  --noreserve      map with MAP_NORESERVE\n"
	     "  --truncate-last  map first, then set the size\n"
	     "  --hold=SEC       for so long, in place of until SIGTERM\n"
	     "  --churn=RATE     release and create again RATE files a second\n"
	     "  --as=KIND        one file of --size, held in a way of its own: see below\n"
	     "  --help           show this\n\n"
	     "BYTES take K, M, G for powers of 1024. With --as, `holder PID INODE' is printed for\n"
	     "each process that holds the file, before `ready'. KIND is one of:\n");
	print_holder_kinds();
	puts("\nExit codes: 0 fine, 1 failed, 2 usage, 3 a touch got SIGBUS, 4 an mmap failed,\n"
	     "5 an ftruncate failed, 77 no memfd_secret(2) here.");
}

/* "4096", "64K", "2M", "1G" */
static uint64_t parse_bytes(const char *name, const char *text)
{
	static const char letters[] = "KMG";
	const char *letter;
	unsigned int shift = 0;
	uint64_t value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (*end && (letter = strchr(letters, *end)) && !end[1])
		shift = 10 * (unsigned int)(letter - letters + 1);
	if (errno || *text < '0' || *text > '9' || (*end && !shift) ||
	    value > UINT64_MAX >> shift || value << shift > INT64_MAX)
		give_up(LOAD_USAGE, "--%s: '%s' is not a size", name, text);
	return value << shift;
}

static double parse_seconds(const char *name, const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= 0 && value <= 1e9))
		give_up(LOAD_USAGE, "--%s: '%s' is not a number", name, text);
	return value;
}

enum load_letter {
	FILES = 256, SIZE, TOUCH, FD_ONLY, MAP_ONLY, NORESERVE, TRUNCATE_LAST, HOLD, CHURN, AS, HELP
};

static const struct option long_options[] = {
	{ "files", required_argument, NULL, FILES },
	{ "size", required_argument, NULL, SIZE },
	{ "touch", required_argument, NULL, TOUCH },
	{ "fd-only", no_argument, NULL, FD_ONLY },
	{ "map-only", no_argument, NULL, MAP_ONLY },
	{ "noreserve", no_argument, NULL, NORESERVE },
	{ "truncate-last", no_argument, NULL, TRUNCATE_LAST },
	{ "hold", required_argument, NULL, HOLD },
	{ "churn", required_argument, NULL, CHURN },
	{ "as", required_argument, NULL, AS },
	{ "help", no_argument, NULL, HELP },
	{ NULL }
};

static void take_option(int letter, struct load_options *options)
{
	switch (letter) {
	case FILES:
		options->files = parse_bytes("files", optarg);
		break;
	case SIZE:
		options->size = parse_bytes("size", optarg);
		break;
	case TOUCH:
		options->touch = parse_bytes("touch", optarg);
		options->touch_given = true;
		break;
	case FD_ONLY:
		options->fd_only = true;
		break;
	case MAP_ONLY:
		options->map_only = true;
		break;
	case NORESERVE:
		options->noreserve = true;
		break;
	case TRUNCATE_LAST:
		options->truncate_last = true;
		break;
	case HOLD:
		options->hold = parse_seconds("hold", optarg);
		break;
	case CHURN:
		options->churn = parse_seconds("churn", optarg);
		break;
	case AS:
		options->holder = optarg;
		break;
	case HELP:
		print_help();
		exit(0);
	default:
		exit(LOAD_USAGE);
	}
}

static void check_options(struct load_options *options)
{
	if (!options->files || !options->size)
		give_up(LOAD_USAGE, "--files and --size must be more than 0");
	if (options->fd_only && options->map_only)
		give_up(LOAD_USAGE, "--fd-only and --map-only together hold nothing");
	if (!options->touch_given)
		options->touch = options->fd_only ? 0 : options->size;
	if (options->touch > options->size)
		give_up(LOAD_USAGE, "--touch is more than --size");
}

int main(int argc, char **argv)
{
	struct load_options options = { .files = 1, .size = 1 << 20, .hold = -1 };
	int letter;

	while ((letter = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		take_option(letter, &options);
	if (optind < argc)
		give_up(LOAD_USAGE, "'%s' is not an option", argv[optind]);
	check_options(&options);
	set_up_signals();
	return options.holder ? run_holder(&options) : run_load(&options);
}
