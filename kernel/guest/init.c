// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The guest's first process: makes the host's files the root, runs one
 * command, carries its output to the host byte by byte, reports its exit
 * status and powers off.
 *
 * kernel/vm puts the job into the initramfs as /job: records ended by NUL
 * bytes, each "name=value".  The output leaves through virtio serial ports,
 * so that kernel messages on the console never mix with it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Ports, in the order in which kernel/vm plugs them. */
#define PORT_STDOUT	"/dev/vport0p1"
#define PORT_STDERR	"/dev/vport0p2"
#define PORT_CONTROL	"/dev/vport0p3"
#define PORT_TERMINAL	"/dev/vport0p4"

#define MAX_LIST	32
#define HOST_NAME	"secretmem-vm"

struct job {
	char *directory;
	char *memlock;
	char *window;			/* "rows columns": run on a terminal */
	char *shares[MAX_LIST];		/* writable host directories */
	int share_count;
	char *visible[MAX_LIST];	/* paths that our /tmp, /run would hide */
	int visible_fd[MAX_LIST];
	int visible_count;
	char **arguments;
	int argument_count;
};

static struct job job;
static int console = STDERR_FILENO;

static void power_off(void) __attribute__((noreturn));

static void power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

static void complain(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

static void complain(const char *format, ...)
{
	int error = errno;
	va_list list;

	va_start(list, format);
	dprintf(console, "guest init: ");
	vdprintf(console, format, list);
	dprintf(console, ": %s\n", strerror(error));
	va_end(list);
}

#define require(what, ...)				\
	do {						\
		if ((what) < 0) {			\
			complain(__VA_ARGS__);		\
			power_off();			\
		}					\
	} while (0)

/* The job */

static char *read_whole_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	char *text;

	require(fd, "%s", path);
	require(fstat(fd, &status), "%s", path);
	text = calloc(1, status.st_size + 1);
	require(text ? read(fd, text, status.st_size) : -1, "%s", path);
	close(fd);
	*size = status.st_size;
	return text;
}

static void add_to_list(char **list, int *count, char *value)
{
	if (*count < MAX_LIST)
		list[(*count)++] = value;
}

static void take_record(char *name, char *value)
{
	if (!strcmp(name, "argument"))
		job.arguments[job.argument_count++] = value;
	else if (!strcmp(name, "environment"))
		putenv(value);
	else if (!strcmp(name, "directory"))
		job.directory = value;
	else if (!strcmp(name, "memlock"))
		job.memlock = value;
	else if (!strcmp(name, "window"))
		job.window = value;
	else if (!strcmp(name, "share"))
		add_to_list(job.shares, &job.share_count, value);
	else if (!strcmp(name, "visible"))
		add_to_list(job.visible, &job.visible_count, value);
}

static void read_job(void)
{
	size_t size;
	char *text = read_whole_file("/job", &size), *record, *value;

	clearenv();
	job.arguments = calloc(size + 1, sizeof(*job.arguments));
	require(job.arguments ? 0 : -1, "the job");
	for (record = text; record < text + size; ) {
		char *next = record + strlen(record) + 1;

		value = strchr(record, '=');
		if (value) {
			*value++ = '\0';
			take_record(record, value);
		}
		record = next;
	}
}

/* The files */

static void mount_on(const char *type, const char *source, const char *target,
		     unsigned long flags, const char *options)
{
	if (mount(source, target, type, flags, options))
		complain("cannot mount %s on %s", type, target);
}

static void make_directories(const char *path)
{
	char part[PATH_MAX];
	char *slash;

	snprintf(part, sizeof(part), "%s", path);
	for (slash = part + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(part, 0755);
		*slash = '/';
	}
	mkdir(part, 0755);
}

static void enter_host_root(void)
{
	mkdir("/host", 0755);
	require(mount("root", "/host", "9p", MS_RDONLY,
		      "trans=virtio,version=9p2000.L,msize=1048576,cache=loose"),
		"cannot mount the host's files");
	require(chdir("/host"), "/host");
	require(mount(".", "/", NULL, MS_MOVE, NULL), "cannot move the root");
	require(chroot("."), "chroot");
	require(chdir("/"), "/");
}

/* Taken before /tmp and /run are covered, bound again after. */
static void hold_visible(void)
{
	for (int i = 0; i < job.visible_count; i++)
		job.visible_fd[i] = open(job.visible[i], O_PATH | O_CLOEXEC);
}

/* A directory to bind a directory on, a file for a file. */
static void make_target(const char *path, int like)
{
	char parent[PATH_MAX];
	struct stat status;

	if (!fstat(like, &status) && S_ISDIR(status.st_mode)) {
		make_directories(path);
		return;
	}
	snprintf(parent, sizeof(parent), "%s", path);
	*strrchr(parent, '/') = '\0';
	make_directories(parent);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

static void bind_visible(void)
{
	char source[64];

	for (int i = 0; i < job.visible_count; i++) {
		if (job.visible_fd[i] < 0)
			continue;
		snprintf(source, sizeof(source), "/proc/self/fd/%d",
			 job.visible_fd[i]);
		make_target(job.visible[i], job.visible_fd[i]);
		mount_on("bind", source, job.visible[i], MS_BIND, NULL);
		close(job.visible_fd[i]);
	}
}

/*
 * Without a cache, for 9p of 6.12 takes a file's size from the host whenever
 * somebody asks for it: then what another has written meanwhile, and still is in
 * the cache alone, lies behind the end and is lost. A file that was read while it
 * was written had zeros in it, in one case of ten.
 */
static void mount_shares(void)
{
	char tag[16];

	for (int i = 0; i < job.share_count; i++) {
		snprintf(tag, sizeof(tag), "share%d", i);
		make_directories(job.shares[i]);
		mount_on("9p", tag, job.shares[i], 0,
			 "trans=virtio,version=9p2000.L,msize=1048576,cache=none");
	}
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		complain("%s", path);
	if (fd >= 0)
		close(fd);
}

static void mount_kernel_files(void)
{
	mount_on("proc", "proc", "/proc", 0, NULL);
	mount_on("sysfs", "sysfs", "/sys", 0, NULL);
	mount_on("debugfs", "debugfs", "/sys/kernel/debug", 0, NULL);
	mount_on("tracefs", "tracefs", "/sys/kernel/tracing", 0, NULL);
	mount_on("securityfs", "securityfs", "/sys/kernel/security", 0, NULL);
	mount_on("cgroup2", "cgroup2", "/sys/fs/cgroup", 0, NULL);
	write_file("/sys/fs/cgroup/cgroup.subtree_control",
		   "+memory +misc +pids");
}

static void mount_scratch_files(void)
{
	mount_on("devtmpfs", "devtmpfs", "/dev", 0, NULL);
	mkdir("/dev/pts", 0755);
	mkdir("/dev/shm", 01777);
	mount_on("devpts", "devpts", "/dev/pts", 0, "ptmxmode=0666");
	mount_on("tmpfs", "tmpfs", "/dev/shm", 0, "mode=1777");
	mount_on("tmpfs", "tmpfs", "/tmp", 0, "mode=1777");
	mount_on("tmpfs", "tmpfs", "/run", 0, "mode=0755");
	symlink("/proc/self/fd", "/dev/fd");
	symlink("/proc/self/fd/0", "/dev/stdin");
	symlink("/proc/self/fd/1", "/dev/stdout");
	symlink("/proc/self/fd/2", "/dev/stderr");
}

static void mount_all(void)
{
	enter_host_root();
	hold_visible();
	mount_scratch_files();
	mount_kernel_files();
	bind_visible();
	mount_shares();
}

/* The ports to the host */

static int open_port(const char *path, int flags)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	int fd = -1;

	/* The driver finds its ports a moment after it finds its device. */
	for (int tries = 0; tries < 5000 && fd < 0; tries++) {
		fd = open(path, flags | O_CLOEXEC);
		if (fd < 0)
			nanosleep(&pause, NULL);
	}
	require(fd, "%s", path);
	return fd;
}

static bool write_all(int fd, const char *bytes, ssize_t size)
{
	while (size > 0) {
		ssize_t written = write(fd, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		bytes += written;
		size -= written;
	}
	return true;
}

/* One way from a descriptor of the command to a port, or back. */
struct relay {
	int from;
	int to;
};

static void relay_some(struct relay *relay)
{
	static char buffer[65536];
	ssize_t size = read(relay->from, buffer, sizeof(buffer));

	if (size < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (size <= 0 || !write_all(relay->to, buffer, size))
		relay->from = -1;
}

/* The command */

static void set_memlock(void)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	if (strcmp(job.memlock, "unlimited"))
		limit.rlim_cur = limit.rlim_max = strtoull(job.memlock, NULL, 10);
	require(setrlimit(RLIMIT_MEMLOCK, &limit), "RLIMIT_MEMLOCK");
}

static void run_command(void) __attribute__((noreturn));

static void run_command(void)
{
	int error;

	set_memlock();
	if (chdir(job.directory))
		dprintf(STDERR_FILENO, "kernel/vm: no %s in the guest: in / now\n",
			job.directory);
	execvp(job.arguments[0], job.arguments);
	error = errno;
	dprintf(STDERR_FILENO, "kernel/vm: %s: %s\n", job.arguments[0],
		strerror(error));
	_exit(error == ENOENT ? 127 : 126);
}

static pid_t start_on_pipes(struct relay *relays)
{
	int out[2], err[2];
	pid_t child;

	require(pipe2(out, O_CLOEXEC), "pipe");
	require(pipe2(err, O_CLOEXEC), "pipe");
	child = fork();
	require(child, "fork");
	if (!child) {
		setsid();
		dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(err[1], STDERR_FILENO);
		run_command();
	}
	close(out[1]);
	close(err[1]);
	relays[0] = (struct relay){ out[0], open_port(PORT_STDOUT, O_WRONLY) };
	relays[1] = (struct relay){ err[0], open_port(PORT_STDERR, O_WRONLY) };
	return child;
}

static pid_t start_on_terminal(struct relay *relays)
{
	int port = open_port(PORT_TERMINAL, O_RDWR), terminal;
	struct winsize window = { 0 };
	pid_t child;

	sscanf(job.window, "%hu %hu", &window.ws_row, &window.ws_col);
	child = forkpty(&terminal, NULL, NULL, &window);
	require(child, "forkpty");
	if (!child)
		run_command();
	fcntl(terminal, F_SETFD, FD_CLOEXEC);
	relays[0] = (struct relay){ terminal, port };
	relays[1] = (struct relay){ port, terminal };
	return child;
}

static void note_child(int number)
{
	(void)number;	/* it is enough that poll() returns */
}

/* Reap what has ended; true once the command itself has. */
static bool reap(pid_t command, int *status)
{
	bool ended = false;
	pid_t child;
	int one;

	while ((child = waitpid(-1, &one, WNOHANG)) > 0) {
		if (child == command) {
			*status = one;
			ended = true;
		}
	}
	return ended;
}

static void poll_relays(struct relay *relays, const sigset_t *mask,
			const struct timespec *limit)
{
	struct pollfd fds[2] = {
		{ .fd = relays[0].from, .events = POLLIN },
		{ .fd = relays[1].from, .events = POLLIN },
	};

	if (ppoll(fds, 2, limit, mask) <= 0)
		return;
	for (int i = 0; i < 2; i++)
		if (fds[i].fd >= 0 && fds[i].revents)
			relay_some(&relays[i]);
}

/*
 * When the command has ended, what it left behind is killed: that closes the
 * pipes, so all that was written is read before the machine goes.
 */
static int carry_until_end(pid_t command, struct relay *relays)
{
	const struct timespec moment = { .tv_sec = 5 };
	sigset_t blocked, open_mask;
	int status = 0;

	sigemptyset(&open_mask);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	signal(SIGCHLD, note_child);
	while (!reap(command, &status))
		poll_relays(relays, &open_mask, NULL);
	kill(-1, SIGKILL);
	if (job.window)
		relays[1].from = -1;
	while (relays[0].from >= 0 || relays[1].from >= 0) {
		poll_relays(relays, NULL, &moment);
		reap(command, &status);
	}
	return status;
}

int main(void)
{
	struct relay relays[2];
	int control, status;
	pid_t command;

	mkdir("/dev", 0755);
	mount_on("devtmpfs", "devtmpfs", "/dev", 0, NULL);
	console = open("/dev/console", O_WRONLY | O_CLOEXEC);
	umask(022);
	sethostname(HOST_NAME, strlen(HOST_NAME));
	read_job();
	mount_all();
	control = open_port(PORT_CONTROL, O_WRONLY);
	dprintf(control, "started\n");
	command = job.window ? start_on_terminal(relays) : start_on_pipes(relays);
	status = carry_until_end(command, relays);
	dprintf(control, "exit %d\n", WIFEXITED(status) ?
		WEXITSTATUS(status) : 128 + WTERMSIG(status));
	power_off();
}
