// SPDX-License-Identifier: GPL-2.0-or-later
#include "secretfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

int secret_create(void)
{
	return (int)syscall(SYS_memfd_secret, 0);
}

int secret_open(size_t bytes)
{
	int fd = secret_create();

	if (fd >= 0 && ftruncate(fd, (off_t)bytes)) {
		close(fd);
		return -1;
	}
	return fd;
}

volatile char *secret_map(int fd, size_t bytes, int flags)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | flags, fd, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void secret_touch(volatile char *memory, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += SECRET_PAGE)
		memory[i] = 1;
}

void secret_unmap(volatile char *memory, size_t bytes)
{
	munmap((void *)memory, bytes);
}

int secret_reopen_path(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_PATH | O_CLOEXEC);
}

#define MAX_SENT 2

union descriptors {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(MAX_SENT * sizeof(int))];
};

bool send_descriptors(int socket, const int *fds, size_t count)
{
	union descriptors control = { 0 };
	char byte = 0;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(count * sizeof(int)),
	};

	if (count > MAX_SENT)
		return false;
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
	return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
}

int receive_descriptor(int socket)
{
	union descriptors control = { 0 };
	char byte;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int fd = -1;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

static bool read_text(const char *path, char *text, size_t bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, bytes - 1);

	if (fd >= 0)
		close(fd);
	text[got < 0 ? 0 : got] = '\0';
	return got >= 0;
}

long long misc_current(const char *cgroup)
{
	static const char name[] = "secretmem ";
	char path[4096], text[256];
	const char *found;

	snprintf(path, sizeof(path), "%s/misc.current", cgroup);
	if (!read_text(path, text, sizeof(text)))
		return -1;
	found = strstr(text, name);
	return found ? strtoll(found + strlen(name), NULL, 10) : -1;
}

long long area_used(void)
{
	char text[32];

	if (!read_text("/sys/kernel/debug/cma/secretmem/used", text, sizeof(text)))
		return -1;
	return strtoll(text, NULL, 10);
}

bool comes_true(bool (*condition)(void))
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	for (int i = 0; !condition(); i++) {
		if (i == 10000)
			return false;
		nanosleep(&moment, NULL);
	}
	return true;
}

static bool area_is_whole(void)
{
	return !area_used();
}

bool area_comes_back(void)
{
	return comes_true(area_is_whole);
}

bool hibernation_available(void)
{
	char text[128];

	return read_text("/sys/power/disk", text, sizeof(text)) && !strstr(text, "[disabled]");
}

int write_line(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		return errno;
	if (write(fd, line, strlen(line)) < 0)
		error = errno;
	close(fd);
	return error;
}

static int tap_count, tap_failed;

void tap(bool good, const char *format, ...)
{
	va_list arguments;

	tap_failed += !good;
	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
}

int tap_finish(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed > 0;
}
