/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Write a file so that whoever reads it finds the old one or the new one, whole.
 */
#ifndef SECRETMEM_REPLACE_H
#define SECRETMEM_REPLACE_H

#include <stdio.h>
#include <sys/types.h>

#include "source.h"

/* Writes the file's text. */
typedef void replace_writer(FILE *stream, const void *data);

/*
 * Write to a new name in the same directory, with @mode whatever the umask is,
 * and rename it. What is there and no regular file, such as /dev/stdout, is left
 * alone: EXIT_FAILED.
 */
enum exit_code replace_file(const char *path, mode_t mode, replace_writer *writer,
			    const void *data, struct failure *failure);

#endif
