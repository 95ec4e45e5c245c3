/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ask the kernel about secret memory, one message at a time, and nothing else. */
#ifndef SECRETMEM_TESTS_SECRET_REQUEST_H
#define SECRETMEM_TESTS_SECRET_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

struct mnl_socket;

/* A socket of its own for each request, for a failed one may leave a dump behind. */
struct mnl_socket *request_open(void);
void request_close(struct mnl_socket *socket);

/* The number of the family; or -1. */
int request_family(void);

/* Join every group of the family, and never read what comes: whether it is so. */
bool request_listen(struct mnl_socket *socket);

/* All objects of a kind, or one: their number in @count. 0, or an error number. */
int request_objects(struct mnl_socket *socket, int family, uint8_t command, int *count);

/* What is ready for reservations, in bytes, or UINT64_MAX. */
uint64_t request_ready(int family);

/* Set the floor: what is missing of it in @missing. 0, or an error number. */
int request_floor(struct mnl_socket *socket, int family, uint64_t bytes, uint64_t *missing);

#endif
