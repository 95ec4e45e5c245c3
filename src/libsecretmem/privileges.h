/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a program that runs for long keeps of root's power, once all is open:
 * CAP_SYS_ADMIN, as netlink checks it at every request, CAP_SYS_PTRACE and
 * CAP_DAC_READ_SEARCH, which the holders' files in /proc need.
 */
#ifndef SECRETMEM_PRIVILEGES_H
#define SECRETMEM_PRIVILEGES_H

#include "source.h"

/* Drop the rest for good, and what programs that are executed could gain. */
enum exit_code privileges_drop(struct failure *failure);

#endif
