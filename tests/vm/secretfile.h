/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of secret memory, and where the kernel tells what they cost. */
#ifndef SECRETMEM_TESTS_SECRETFILE_H
#define SECRETMEM_TESTS_SECRETFILE_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_PAGE	((size_t)4096)
#define SECRET_CHUNK	((size_t)2 << 20)

/* A new file without a size; or -1. */
int secret_create(void);

/* A new file of a size; or -1. */
int secret_open(size_t bytes);

/* All of it mapped, with MAP_SHARED and @flags; or NULL. */
volatile char *secret_map(int fd, size_t bytes, int flags);

/* Write to each page. */
void secret_touch(volatile char *memory, size_t bytes);

void secret_unmap(volatile char *memory, size_t bytes);

/* Another descriptor of the same file, which cannot do anything; or -1. */
int secret_reopen_path(int fd);

/* Pass descriptors, at most two, over a socket. */
bool send_descriptors(int socket, const int *fds, size_t count);

/* One that was sent, waiting for it; or -1. */
int receive_descriptor(int socket);

/* Bytes of secret memory charged to a cgroup, given by its directory; or -1. */
long long misc_current(const char *cgroup);

/* Pages that are taken out of the pool's area; or -1. */
long long area_used(void);

/* Whether it is so within ten seconds. */
bool comes_true(bool (*condition)(void));

/* Whether the area is whole, or is so soon: chunks of small files take a second. */
bool area_comes_back(void);

/* Not while there is a file of secret memory. */
bool hibernation_available(void);

/* Write a line to a file of the kernel's: 0 or an error number. */
int write_line(const char *path, const char *line);

/* The next TAP line; tap_finish() gives the exit status. */
void tap(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));
int tap_finish(void);

#endif
