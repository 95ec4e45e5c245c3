// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * secretmemctl monitor: what it prints of what a fake kernel tells. The kernel's
 * multicast is real, and so is its loss of what does not fit.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../../src/secretmemctl/monitor.h"
#include "fake-kernel.h"
#include "recording.h"
#include "test.h"
#include "xalloc.h"

#define SECOND UINT64_C(1000000000)

static struct fake_kernel fake;
static struct monitor monitor;
static char path[] = "/tmp/secretmem-monitor-XXXXXX";

/* What the fake kernel's pool tells; the answering thread only reads them. */
static uint64_t event_sequence, direct_map_sequence;

/* Sent just before the pool answers, and just after: while a snapshot is read. */
static void (*before_pool)(void), (*after_pool)(void);

/* ---- the kernel ---- */

static void put_pool(struct nlmsghdr *header)
{
	mnl_attr_put_u64(header, SECRETMEM_A_POOL_RESERVED, 2 << 20);
	mnl_attr_put_u64(header, SECRETMEM_A_POOL_EVENT_SEQUENCE, event_sequence);
	mnl_attr_put_u64(header, SECRETMEM_A_POOL_DIRECT_MAP_SEQUENCE, direct_map_sequence);
}

static void answer_do(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	bool pool = fake_command(request) == SECRETMEM_CMD_POOL_GET;
	struct nlmsghdr *header;

	if (pool && before_pool)
		before_pool();
	header = fake_begin(kernel, request, 0);
	if (pool)
		put_pool(header);
	fake_end(kernel, header);
	fake_flush(kernel, request);
	if (pool && after_pool)
		after_pool();
	fake_error(kernel, request, 0, NULL);
}

static void answer(struct fake_kernel *kernel, const struct nlmsghdr *request)
{
	if (request->nlmsg_flags & NLM_F_DUMP)
		fake_done(kernel, request, 0, 0);
	else
		answer_do(kernel, request);
}

static void tell_numbered(uint64_t sequence, enum event_group group, uint32_t type, uint32_t pid)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct nlmsghdr *header = fake_event_begin(buffer);

	mnl_attr_put_u64(header, SECRETMEM_A_EVENT_SEQUENCE, sequence);
	mnl_attr_put_u64(header, SECRETMEM_A_EVENT_TIME, sequence * SECOND);
	mnl_attr_put_u32(header, SECRETMEM_A_EVENT_TYPE, type);
	mnl_attr_put_u32(header, SECRETMEM_A_EVENT_PID, pid);
	mnl_attr_put_strz(header, SECRETMEM_A_EVENT_COMM, "a b");
	mnl_attr_put_u64(header, SECRETMEM_A_EVENT_BYTES, 2 << 20);
	mnl_attr_put_u64(header, SECRETMEM_A_EVENT_COUNT, 3);
	fake_event_send(&fake, group, header);
}

static void tell(uint32_t type, uint32_t pid)
{
	tell_numbered(++event_sequence, GROUP_EVENTS, type, pid);
}

static void tell_split(void)
{
	tell_numbered(++direct_map_sequence, GROUP_DIRECT_MAP, SECRETMEM_EVENT_TYPE_SPLIT, 1);
}

static void tell_many(unsigned int count)
{
	while (count--)
		tell(SECRETMEM_EVENT_TYPE_CHUNK_ADDED, 7);
}

/* ---- the monitor, and what it printed ---- */

static int start(void **state)
{
	int fd;

	(void)state;
	strcpy(path + strlen(path) - 6, "XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	event_sequence = direct_map_sequence = 0;
	before_pool = after_pool = NULL;
	fake_start(&fake, answer);
	monitor = (struct monitor){
		.peer = &fake.peer,
		.common = { .json = true, .source = SOURCE_NETLINK },
		.own.buffer = number(1 << 20),
		.signals = -1,
		.resync_ns = NEVER,
	};
	output_open(&monitor.output, fd, -1);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	close(monitor.output.fd);
	monitor_close(&monitor);
	fake_stop(&fake);
	return unlink(path);
}

static void open_monitor(void)
{
	if (monitor_open(&monitor))
		fail_msg("%s", monitor.failure.text);
}

/* Open, and print the first snapshot. */
static void begin(void)
{
	open_monitor();
	assert_non_null(monitor.listener);
	assert_int_equal(monitor_listen_snapshot(&monitor), EXIT_FINE);
}

/* Hear all that there is, and resynchronise if that is due. */
static void hear(void)
{
	assert_int_equal(monitor_listen(&monitor), EXIT_FINE);
	if (monitor.resync_ns != NEVER)
		assert_int_equal(monitor_listen_snapshot(&monitor), EXIT_FINE);
}

/* What was printed, type by type: letters of a word, and the sum of what was lost. */
struct printed {
	char types[8192];
	uint64_t events;
	uint64_t lost[GROUP_DIRECT_MAP + 1];
};

static char letter_of(enum event_type type)
{
	static const char letters[EVENT_TYPES] = {
		[EVENT_FILE_CREATED] = 'f', [EVENT_CHUNK_ADDED] = 'c', [EVENT_SPLIT] = 's',
		[EVENT_SNAPSHOT] = 'S', [EVENT_OVERRUN] = 'O', [EVENT_RESYNC] = 'R',
	};

	return letters[type] ? letters[type] : '?';
}

static struct printed read_printed(void)
{
	struct printed printed = { 0 };
	struct record record = { 0 };
	struct recording *recording;
	size_t i = 0;

	if (recording_open(path, &recording, &monitor.failure))
		fail_msg("%s", monitor.failure.text);
	assert_null(recording_warning(recording));
	while (recording_next(recording, &record)) {
		const struct event *event = &record.event;

		if (i < sizeof(printed.types) - 1)
			printed.types[i++] = letter_of(event->type);
		if (event->type == EVENT_OVERRUN)
			printed.lost[event->group] += event->dropped.value;
		printed.events += event->type < EVENT_SNAPSHOT;
		record_clear(&record);
	}
	recording_close(recording);
	return printed;
}

static void assert_printed(const char *types)
{
	const struct printed printed = read_printed();

	assert_string_equal(printed.types, types);
}

/* ---- tests ---- */

static void events_are_printed_in_order(void **state)
{
	struct recording *recording;
	struct record record = { 0 };

	(void)state;
	begin();
	tell(SECRETMEM_EVENT_TYPE_FILE_CREATED, 41);
	tell(SECRETMEM_EVENT_TYPE_CHUNK_ADDED, 42);
	tell_split();
	hear();
	assert_printed("Sfcs");
	assert_int_equal(recording_open(path, &recording, &monitor.failure), EXIT_FINE);
	assert_true(recording_next(recording, &record));
	record_clear(&record);
	assert_true(recording_next(recording, &record));
	assert_int_equal(record.event.pid.value, 41);
	assert_int_equal(record.event.sequence.value, 1);
	assert_int_equal(record.event.monotonic_ns.value, SECOND);
	assert_string_equal(record.event.comm, "a b");
	assert_non_null(record.event.boot_id);
	assert_false(record.event.derived);
	record_clear(&record);
	recording_close(recording);
}

/* What the first snapshot has was told before it; it is not told again. */
static void events_before_the_first_snapshot_are_not_printed(void **state)
{
	(void)state;
	event_sequence = 100;
	open_monitor();
	tell(SECRETMEM_EVENT_TYPE_CHUNK_ADDED, 1);
	assert_int_equal(monitor_listen_snapshot(&monitor), EXIT_FINE);
	tell(SECRETMEM_EVENT_TYPE_FILE_CREATED, 1);
	hear();
	assert_printed("Sf");
}

static void tell_chunk(void)
{
	tell(SECRETMEM_EVENT_TYPE_CHUNK_ADDED, 1);
}

static void *tell_later(void *context)
{
	uint64_t sequence = event_sequence;

	(void)context;
	poll(NULL, 0, 20);
	tell_numbered(sequence - 1, GROUP_EVENTS, SECRETMEM_EVENT_TYPE_CHUNK_ADDED, 1);
	tell_numbered(sequence, GROUP_EVENTS, SECRETMEM_EVENT_TYPE_FILE_CREATED, 1);
	return NULL;
}

/* The kernel counts at once and tells a little later: that is no loss. */
static void late_events_are_waited_for(void **state)
{
	pthread_t thread;

	(void)state;
	begin();
	event_sequence += 2;
	assert_int_equal(pthread_create(&thread, NULL, tell_later, NULL), 0);
	assert_int_equal(monitor_listen_snapshot(&monitor), EXIT_FINE);
	pthread_join(thread, NULL);
	assert_printed("ScfS");
}

/* An event that happens while a snapshot is read comes after it, one before it before. */
static void snapshot_has_its_place(void **state)
{
	(void)state;
	begin();
	tell(SECRETMEM_EVENT_TYPE_FILE_CREATED, 1);
	before_pool = tell_chunk;
	after_pool = tell_split;
	assert_int_equal(monitor_listen_snapshot(&monitor), EXIT_FINE);
	assert_printed("SfcSs");
}

static void gap_is_told_to_the_number(void **state)
{
	struct printed printed;

	(void)state;
	begin();
	tell(SECRETMEM_EVENT_TYPE_FILE_CREATED, 1);
	event_sequence += 7;
	direct_map_sequence += 2;
	tell(SECRETMEM_EVENT_TYPE_CHUNK_ADDED, 1);
	tell_split();
	hear();
	printed = read_printed();
	assert_string_equal(printed.types, "SfOcOsSR");
	assert_int_equal(printed.lost[GROUP_EVENTS], 7);
	assert_int_equal(printed.lost[GROUP_DIRECT_MAP], 2);
}

/* The last events were lost, and no later one tells: the pool does. */
static void loss_at_the_end_is_told(void **state)
{
	struct printed printed;

	(void)state;
	begin();
	tell(SECRETMEM_EVENT_TYPE_FILE_CREATED, 1);
	event_sequence += 5;
	assert_int_equal(monitor_listen_snapshot(&monitor), EXIT_FINE);
	printed = read_printed();
	assert_string_equal(printed.types, "SfOSR");
	assert_int_equal(printed.lost[GROUP_EVENTS], 5);
}

/* Were it printed, it would be both printed and counted as lost. */
static void what_was_called_lost_is_not_printed(void **state)
{
	(void)state;
	begin();
	event_sequence = 3;
	assert_int_equal(monitor_listen_snapshot(&monitor), EXIT_FINE);
	tell_numbered(2, GROUP_EVENTS, SECRETMEM_EVENT_TYPE_CHUNK_ADDED, 1);
	tell(SECRETMEM_EVENT_TYPE_FILE_CREATED, 1);
	hear();
	assert_printed("SOSRf");
}

/* A reader that does not read: the socket overflows for real. */
static void overflow_is_told_to_the_number(void **state)
{
	struct printed printed;

	(void)state;
	monitor.own.buffer = number(16 << 10);
	begin();
	tell_many(2000);
	tell_split();
	hear();
	printed = read_printed();
	assert_true(printed.lost[GROUP_EVENTS] > 0);
	assert_true(printed.events > 0);
	assert_int_equal(printed.events + printed.lost[GROUP_EVENTS] +
			 printed.lost[GROUP_DIRECT_MAP], 2001);
	assert_string_equal(printed.types + strlen(printed.types) - 2, "SR");
	tell(SECRETMEM_EVENT_TYPE_FILE_CREATED, 1);
	hear();
	printed = read_printed();
	assert_string_equal(printed.types + strlen(printed.types) - 3, "SRf");
}

/* Again and again, with what is lost while it resynchronises. */
static void sum_is_exact_under_a_flood(void **state)
{
	struct printed printed;
	unsigned int i;

	(void)state;
	monitor.own.buffer = number(8 << 10);
	begin();
	for (i = 0; i < 50; i++) {
		tell_many(10 + i * 7);
		tell_split();
		hear();
	}
	assert_int_equal(monitor_listen_snapshot(&monitor), EXIT_FINE);
	printed = read_printed();
	assert_true(printed.lost[GROUP_EVENTS] > 0);
	assert_int_equal(printed.events + printed.lost[GROUP_EVENTS] +
			 printed.lost[GROUP_DIRECT_MAP], event_sequence + direct_map_sequence);
}

/* What a newer kernel tells is counted, though nobody knows what it is. */
static void unknown_type_is_no_loss(void **state)
{
	(void)state;
	begin();
	tell(99, 1);
	tell(SECRETMEM_EVENT_TYPE_FILE_CREATED, 1);
	hear();
	assert_printed("Sf");
}

/* Others may send to a group or a port; only the kernel is heard. */
static void strangers_are_not_heard(void **state)
{
	struct fake_kernel stranger;
	_Alignas(struct nlmsghdr) char buffer[256];
	struct nlmsghdr *header = fake_event_begin(buffer);

	(void)state;
	begin();
	fake_start(&stranger, answer);
	mnl_attr_put_u64(header, SECRETMEM_A_EVENT_SEQUENCE, 1);
	mnl_attr_put_u32(header, SECRETMEM_A_EVENT_TYPE, SECRETMEM_EVENT_TYPE_FILE_CREATED);
	fake_event_send(&stranger, GROUP_EVENTS, header);
	fake_stop(&stranger);
	tell(SECRETMEM_EVENT_TYPE_CHUNK_ADDED, 1);
	hear();
	assert_printed("Sc");
}

static void broken_event_fails(void **state)
{
	_Alignas(struct nlmsghdr) char buffer[256];
	struct nlmsghdr *header = fake_event_begin(buffer);

	(void)state;
	begin();
	mnl_attr_put_u16(header, SECRETMEM_A_EVENT_SEQUENCE, 1);
	fake_event_send(&fake, GROUP_EVENTS, header);
	assert_int_equal(monitor_listen(&monitor), EXIT_FAILED);
	assert_non_null(strstr(monitor.failure.text, "sequence of event"));
}

static void first_version_has_no_events(void **state)
{
	(void)state;
	fake.no_events = true;
	open_monitor();
	assert_null(monitor.listener);
}

static void only_wanted_events_are_printed(void **state)
{
	(void)state;
	monitor.unwanted[EVENT_CHUNK_ADDED] = true;
	begin();
	tell(SECRETMEM_EVENT_TYPE_CHUNK_ADDED, 1);
	tell(SECRETMEM_EVENT_TYPE_FILE_CREATED, 1);
	event_sequence++;
	tell(SECRETMEM_EVENT_TYPE_CHUNK_ADDED, 1);
	hear();
	assert_printed("SfOSR");
}

static void count_ends_it(void **state)
{
	(void)state;
	monitor.own.count = number(2);
	begin();
	tell_many(5);
	hear();
	assert_true(monitor.done);
	assert_printed("Scc");
}

/* ---- the loop: it is told to end by a signal, a moment, a reader that is gone ---- */

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	monitor.signals = signalfd(-1, &set, SFD_CLOEXEC);
	assert_true(monitor.signals >= 0);
	monitor.output.signals = monitor.signals;
	return monitor.signals;
}

static void take_signal(int fd)
{
	struct signalfd_siginfo info;

	assert_int_equal(read(fd, &info, sizeof(info)), sizeof(info));
	close(fd);
}

static void signal_ends_it(void **state)
{
	int signals = open_signals();

	(void)state;
	open_monitor();
	raise(SIGTERM);
	assert_int_equal(monitor_loop(&monitor), EXIT_FINE);
	take_signal(signals);
}

static void timeout_ends_it(void **state)
{
	int signals = open_signals();

	(void)state;
	monitor.own.timeout = number(1);
	monitor.own.snapshots = number(1);
	tell_split();
	open_monitor();
	assert_int_equal(monitor_loop(&monitor), EXIT_FINE);
	assert_printed("S");
	close(signals);
}

/* Put a pipe in the place of the file. */
static void make_pipe(int ends[2])
{
	assert_int_equal(pipe(ends), 0);
	close(monitor.output.fd);
	monitor.output.fd = ends[1];
}

static void reader_that_is_gone_ends_it(void **state)
{
	int signals = open_signals(), ends[2];

	(void)state;
	make_pipe(ends);
	close(ends[0]);
	open_monitor();
	assert_int_equal(monitor_loop(&monitor), EXIT_FINE);
	close(signals);
}

static void *raise_later(void *context)
{
	poll(NULL, 0, 200);
	pthread_kill(*(pthread_t *)context, SIGTERM);
	return NULL;
}

/* The pipe is full and nobody reads it: a signal must not wait for that. */
static void signal_ends_it_while_the_reader_is_stuck(void **state)
{
	int signals = open_signals(), ends[2], i;
	pthread_t self = pthread_self(), thread;

	(void)state;
	make_pipe(ends);
	begin();
	for (i = 0; i < 10; i++)
		tell_many(100);
	assert_int_equal(pthread_create(&thread, NULL, raise_later, &self), 0);
	while (!monitor.done) {
		assert_int_equal(monitor_listen(&monitor), EXIT_FINE);
		tell_many(100);
	}
	pthread_join(thread, NULL);
	take_signal(signals);
	close(ends[0]);
}

static void full_disk_fails(void **state)
{
	(void)state;
	close(monitor.output.fd);
	monitor.output.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	open_monitor();
	assert_int_equal(monitor_listen_snapshot(&monitor), EXIT_FAILED);
	assert_non_null(strstr(monitor.failure.text, "cannot write the output"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(events_are_printed_in_order),
		TEST(events_before_the_first_snapshot_are_not_printed),
		TEST(late_events_are_waited_for),
		TEST(snapshot_has_its_place),
		TEST(gap_is_told_to_the_number),
		TEST(loss_at_the_end_is_told),
		TEST(what_was_called_lost_is_not_printed),
		TEST(overflow_is_told_to_the_number),
		TEST(sum_is_exact_under_a_flood),
		TEST(unknown_type_is_no_loss),
		TEST(strangers_are_not_heard),
		TEST(broken_event_fails),
		TEST(first_version_has_no_events),
		TEST(only_wanted_events_are_printed),
		TEST(count_ends_it),
		TEST(signal_ends_it),
		TEST(timeout_ends_it),
		TEST(reader_that_is_gone_ends_it),
		TEST(signal_ends_it_while_the_reader_is_stuck),
		TEST(full_disk_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
