/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of secretmem-load share. */
#ifndef SECRETMEM_LOAD_H
#define SECRETMEM_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Exit codes, besides 0; --help says them too. */
enum load_exit {
	LOAD_FAILED = 1,
	LOAD_USAGE = 2,
	LOAD_SIGBUS = 3,	/* a touch was refused */
	LOAD_MMAP = 4,		/* an mmap was refused */
	LOAD_TRUNCATE = 5,	/* setting a file's size was refused */
	LOAD_UNSUPPORTED = 77,	/* what automake's tests call skipped */
};

struct load_options {
	uint64_t files;
	uint64_t size;
	uint64_t touch;
	bool touch_given;
	bool fd_only;
	bool map_only;
	bool noreserve;
	bool truncate_last;
	double hold;		/* seconds; negative: until a signal */
	double churn;		/* files per second; 0: none */
	const char *holder;	/* --as KIND, or NULL */
};

/* Leave with @code after one line on stderr. */
_Noreturn void give_up(int code, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A new secret file, or the end of the program. */
int create_secret(void);

/* Set the size of @fd, or end. */
void set_size(int fd, uint64_t size);

/* Map @size bytes of @fd, or end. */
char *map_secret(int fd, uint64_t size, bool noreserve);

/* Write the pattern to the first @bytes of @memory, or end. */
void touch(char *memory, uint64_t bytes, uint64_t file_index);

/* Say that all is in place. */
void say_ready(void);

/* Wait @seconds, or until SIGTERM or SIGINT; negative: for a signal only. */
void hold(double seconds);

/* True once SIGTERM or SIGINT came. */
bool told_to_stop(void);

/* Hold secret memory in the way that --as names, and return the exit code. */
int run_holder(const struct load_options *options);

/* The names of all ways, for --help. */
void print_holder_kinds(void);

#endif
