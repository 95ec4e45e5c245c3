#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: memory that the kernel takes to know of files and chunks
#
# By the trace of the slab allocator: what a process has allocated and not freed
# when its files are there, rounding to the caches' sizes included. What the
# first one takes alone is left out.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

count=400

# One processor, as in tests/vm/test-tracepoints: tracing patches the kernel's code.
measure() {
	local stock pool chunks
	stock=$(guest --stock --cpus 1 -- bytes_per_file)
	pool=$(guest --cpus 1 --append secretmem=64M -- bytes_per_file)
	compare 'kernel memory per file beyond what it has on a stock kernel' - \
		"$((${pool#bytes } - ${stock#bytes }))" - bytes 'ours <= 512'
	chunks=$(guest --cpus 1 --mem 4G --append secretmem=1G -- bytes_per_chunk)
	compare 'kernel memory per chunk that is held' - "${chunks#bytes }" - bytes 'ours <= 256'
}

bytes_per_file() {
	local one many
	ulimit -n 4096
	one=$(live_bytes --files 1 --size 4K --fd-only)
	many=$(live_bytes --files $((count + 1)) --size 4K --fd-only)
	echo "bytes $(((many - one) / count))"
}

bytes_per_chunk() {
	local one many
	one=$(live_bytes --files 1 --size 2M --touch 0)
	many=$(live_bytes --files 1 --size $((2 * (count + 1)))M --touch 0)
	echo "bytes $(((many - one) / count))"
}

# live_bytes LOAD-OPTION…: after once in vain, which makes what is made once.
live_bytes() {
	cd /sys/kernel/tracing
	secretmem-load "$@" --hold 0 >/dev/null
	echo 65536 >buffer_size_kb
	echo >trace
	start_background "$BASH" "$(realpath "$0")" --call be_traced secretmem-load "$@"
	switch_events 0
	stop_background
	sum_live trace
}

# From here on, this process alone.
be_traced() {
	echo $$ >/sys/kernel/tracing/set_event_pid
	switch_events 1
	exec "$@"
}

switch_events() {
	local event
	for event in kmalloc kmem_cache_alloc kfree kmem_cache_free; do
		echo "$1" >"/sys/kernel/tracing/events/kmem/$event/enable"
	done
}

sum_live() {
	awk '
		function value(key) {
			if (!match($0, " " key "=[^ ]*"))
				return ""
			return substr($0, RSTART + length(key) + 2, RLENGTH - length(key) - 2)
		}
		$5 == "kmalloc:" || $5 == "kmem_cache_alloc:" { live[value("ptr")] = value("bytes_alloc") }
		$5 == "kfree:" || $5 == "kmem_cache_free:" { delete live[value("ptr")] }
		END { for (pointer in live) sum += live[pointer]; printf "%.0f\n", sum }' "$1"
}

bench "$@"
