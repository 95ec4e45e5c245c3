// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Many of a thing, held until a signal comes: what a scan or a dump has to go
 * through.
 *
 * usage: hold-many processes COUNT DESCRIPTORS
 *        hold-many holders COUNT
 *        hold-many sockets COUNT
 *
 * Processes have that many descriptors of /dev/null each; a holder is a process
 * with a file of secret memory of its own, open and mapped but not touched;
 * sockets are local ones, all in one process, bound to names.
 */
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "bench.h"

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

enum { FILE_BYTES = 2 << 20 };

static void raise_descriptor_limit(uint64_t count)
{
	struct rlimit limit = { count + 64, count + 64 };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		err(1, "RLIMIT_NOFILE");
}

static void open_descriptors(uint64_t count)
{
	while (count--)
		if (open("/dev/null", O_RDONLY) < 0)
			err(1, "/dev/null");
}

/* Without a touch nothing is taken of a pool. */
static void hold_secret(uint64_t unused)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);

	(void)unused;
	if (fd < 0 || ftruncate(fd, FILE_BYTES))
		err(1, "secret memory");
	if (mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd,
		 0) == MAP_FAILED)
		err(1, "mmap");
}

static void be_child(pid_t parent, void (*set_up)(uint64_t), uint64_t argument, int ready)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	set_up(argument);
	if (write(ready, "", 1) != 1)
		_exit(1);
	close(ready);
	for (;;)
		pause();
}

/* Each tells by a byte that it is set up; one that ends tells nothing. */
static void hold_processes(uint64_t count, void (*set_up)(uint64_t), uint64_t argument)
{
	pid_t parent = getpid(), child;
	uint64_t i;
	char byte;
	int ready[2];

	if (pipe(ready))
		err(1, "pipe");
	for (i = 0; i < count; i++) {
		child = fork();
		if (child < 0)
			err(1, "fork");
		if (!child) {
			close(ready[0]);
			be_child(parent, set_up, argument, ready[1]);
		}
	}
	close(ready[1]);
	for (i = 0; i < count; i++)
		if (read(ready[0], &byte, 1) != 1)
			errx(1, "a child has ended");
	close(ready[0]);
}

/* An abstract name, as those of services have that length, too. */
static void bind_socket(uint64_t number)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int length = snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1,
			      "/run/bench/socket-%ju", (uintmax_t)number);

	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)))
		err(1, "socket");
}

static void hold_sockets(uint64_t count)
{
	raise_descriptor_limit(count);
	while (count--)
		bind_socket(count);
}

int main(int argc, char **argv)
{
	uint64_t count;

	if (argc < 3)
		errx(2, "usage: hold-many processes|holders|sockets COUNT [DESCRIPTORS]");
	count = parse_number("COUNT", argv[2]);
	if (!strcmp(argv[1], "processes") && argc == 4)
		hold_processes(count, open_descriptors, parse_number("DESCRIPTORS", argv[3]));
	else if (!strcmp(argv[1], "holders"))
		hold_processes(count, hold_secret, 0);
	else if (!strcmp(argv[1], "sockets"))
		hold_sockets(count);
	else
		errx(2, "unknown kind '%s'", argv[1]);
	say_ready_and_wait();
	return 0;
}
