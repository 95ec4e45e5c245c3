// SPDX-License-Identifier: GPL-2.0-or-later
/* Which readers fill a snapshot, and what is left unknown when one cannot. */
#include <inttypes.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cgroup.h"
#include "limit.h"
#include "moment.h"
#include "netlink.h"
#include "replay.h"
#include "source.h"
#include "totals.h"
#include "xalloc.h"

#define RETRY_NS UINT64_C(5000000000)

struct source {
	enum source_kind kind;
	bool live;			/* this machine, not files that look like one */
	struct replay *replay;		/* in place of all that follows; or NULL */
	struct netlink_reader *netlink;	/* NULL: not asked, or not there */
	struct procfs_reader *procfs;	/* NULL: not asked */
	enum exit_code netlink_code;	/* why it is not there, under auto */
	struct failure netlink_failure;
	struct source_options options;
	uint64_t retry_ns;		/* when to ask for netlink again */
	bool had_netlink;
};

/* Under auto, no netlink is no failure: /proc is there for that. */
static enum exit_code open_netlink(struct source *source, const struct source_options *options,
				   struct failure *failure)
{
	enum exit_code code;

	if (options->peer)
		code = netlink_open_peer(options->peer, &source->netlink, failure);
	else
		code = netlink_open(options->debug, &source->netlink, failure);
	if (!code || source->kind == SOURCE_NETLINK)
		return code;
	if (code != EXIT_UNSUPPORTED) {
		source->netlink_code = code;
		source->netlink_failure = *failure;
	}
	*failure = (struct failure){ 0 };
	return EXIT_FINE;
}

static enum exit_code open_readers(struct source *source, const struct source_options *options,
				   struct failure *failure)
{
	enum exit_code code = EXIT_FINE;

	if (options->kind == SOURCE_NETLINK && options->root)
		return fail(failure, EXIT_USAGE,
			    "--root names files to read, and --source=netlink reads none");
	if (options->kind != SOURCE_PROCFS && !options->root)
		code = open_netlink(source, options, failure);
	if (!code && options->kind != SOURCE_NETLINK)
		code = procfs_open(options->root, &source->procfs, failure);
	if (!code && source->procfs && options->watch_ns)
		procfs_watch(source->procfs, options->watch_ns);
	return code;
}

enum exit_code source_open(const struct source_options *options,
			   struct source **source, struct failure *failure)
{
	enum exit_code code;

	*source = xcalloc(1, sizeof(**source));
	(*source)->kind = options->kind;
	(*source)->options = *options;
	(*source)->live = !options->root;
	if (options->replay || options->from)
		code = replay_open(options, &(*source)->replay, failure);
	else
		code = open_readers(*source, options, failure);
	if (code) {
		source_close(*source);
		*source = NULL;
	}
	return code;
}

void source_close(struct source *source)
{
	if (!source)
		return;
	netlink_close(source->netlink);
	procfs_close(source->procfs);
	replay_close(source->replay);
	free(source);
}

/* One thing that is missing, after those that were. */
static void add_failure(struct failure *all, const struct failure *one)
{
	size_t length = strlen(all->text);

	snprintf(all->text + length, sizeof(all->text) - length, "%s%s",
		 length && *one->text ? "; " : "", one->text);
}

/*
 * Whoever reads again and again sees it when the family comes, or comes back.
 * What it cannot say now leaves nothing behind that would stand in the way.
 */
static void retry_netlink(struct source *source)
{
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
	struct failure failure;
	enum exit_code code;

	source->had_netlink |= source->netlink != NULL;
	if (source->netlink || !source->options.watch_ns || source->kind == SOURCE_PROCFS ||
	    source->options.root || now_ns < source->retry_ns)
		return;
	source->retry_ns = now_ns + (source->options.watch_ns < RETRY_NS ?
				     source->options.watch_ns : RETRY_NS);
	source->netlink_code = EXIT_FINE;
	source->netlink_failure = (struct failure){ 0 };
	code = open_netlink(source, &source->options, &failure);
	if (code || (!source->netlink && !source->netlink_code && source->had_netlink))
		source->netlink_code = fail(&source->netlink_failure, code ? code : EXIT_PARTIAL,
					    "the netlink family that was here is gone");
}

static void drop_netlink(struct source *source, enum exit_code code,
			 const struct failure *failure)
{
	if (!source->options.watch_ns || !code || code == EXIT_PARTIAL ||
	    code == EXIT_PERMISSION)
		return;
	netlink_close(source->netlink);
	source->netlink = NULL;
	source->netlink_code = code;
	source->netlink_failure = *failure;
}

/* What netlink told; @code and @missing: what it did not. */
static void read_netlink(struct source *source, unsigned int parts, struct snapshot *snapshot,
			 enum exit_code *code, struct failure *missing)
{
	retry_netlink(source);
	*code = source->netlink_code;
	*missing = source->netlink_failure;
	if (!source->netlink)
		return;
	*code = netlink_read(source->netlink, parts, snapshot, missing);
	drop_netlink(source, *code, missing);
	if (!*code || *code == EXIT_PARTIAL)
		snapshot->source = "netlink";
	cgroups_name(&snapshot->files);
}

/*
 * Who could not be looked into may hold what is not shown. The advice is given
 * once, and not to those who follow it.
 */
static void tell_unreadable(const struct snapshot *snapshot, bool advised,
			    struct failure *missing)
{
	uint64_t count = snapshot->unreadable_processes.value;
	bool advise = !advised && geteuid();

	if (*missing->text || !count)
		return;
	fail(missing, EXIT_PARTIAL, "%" PRIu64 " process%s could not be read%s", count,
	     count == 1 ? "" : "es", advise ? ": run as root" : "");
}

/* Fill from both; it is a failure only when neither can tell anything. */
static enum exit_code read_all(struct source *source, unsigned int parts,
			       struct snapshot *snapshot, struct failure *failure)
{
	struct failure missing = { 0 }, procfs_missing = { 0 };
	enum exit_code code, procfs_code;

	procfs_prepare(source->procfs, parts);
	read_netlink(source, parts, snapshot, &code, &missing);
	procfs_code = procfs_read(source->procfs, parts, snapshot, &procfs_missing);
	if (procfs_code && procfs_code != EXIT_PARTIAL && (!source->netlink || code)) {
		*failure = procfs_missing;
		return procfs_code;
	}
	if (procfs_code)
		tell_unreadable(snapshot, code == EXIT_PERMISSION, &procfs_missing);
	if (code)
		add_failure(failure, &missing);
	if (procfs_code)
		add_failure(failure, &procfs_missing);
	snapshot->partial |= code || procfs_code;
	return snapshot->partial ? EXIT_PARTIAL : EXIT_FINE;
}

/* What /proc tells otherwise. */
static void name_kernel(struct info *info)
{
	struct utsname name;

	if (uname(&name))
		return;
	info->kernel_release = xstrdup(name.release);
	info->machine = xstrdup(name.machine);
}

static enum exit_code read_netlink_alone(struct source *source, unsigned int parts,
					 struct snapshot *snapshot, struct failure *failure)
{
	enum exit_code code;

	read_netlink(source, parts, snapshot, &code, failure);
	if (parts & PART_INFO)
		name_kernel(&snapshot->info);
	return code;
}

/* Limits are those of the files' creators and holders. */
static unsigned int needed_parts(unsigned int parts)
{
	return parts & PART_LIMITS ? parts | PART_FILES : parts;
}

/* What tells this moment from the same time of another boot. */
static void add_moment(struct snapshot *snapshot)
{
	snapshot->monotonic_ns = number(clock_ns(CLOCK_MONOTONIC));
	snapshot->boot_id = boot_id();
}

enum exit_code source_read(struct source *source, unsigned int parts,
			   struct snapshot *snapshot, struct failure *failure)
{
	enum exit_code code;

	*failure = (struct failure){ 0 };
	if (source->replay)
		return replay_read(source->replay, snapshot, failure);
	parts = needed_parts(parts);
	snapshot->source = "procfs";
	snapshot->time_ns = clock_ns(CLOCK_REALTIME);
	if (source->live)
		add_moment(snapshot);
	if (source->kind == SOURCE_NETLINK)
		code = read_netlink_alone(source, parts, snapshot, failure);
	else
		code = read_all(source, parts, snapshot, failure);
	if (parts & PART_LIMITS)
		limits_add(source->procfs, snapshot);
	direct_map_share(&snapshot->direct_map);
	if (!(parts & PART_REGIONS))
		direct_map_clear_regions(&snapshot->direct_map);
	totals_fill(snapshot);
	return code;
}
