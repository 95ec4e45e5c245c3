# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For tests in the guest: a load in the background, and what there is to see.

load=''

# start_load OPTION…: secretmem-load with these options, holding its memory.
start_load() {
	local ready
	ready=$(mktemp)
	secretmem-load "$@" --hold 600 >"$ready" 2>&1 &
	load=$!
	until grep -q ready "$ready"; do
		if ! kill -0 "$load" 2>/dev/null; then
			not_ok "secretmem-load $* becomes ready: $(cat "$ready")"
			break
		fi
		sleep 0.05
	done
	rm -f "$ready"
}

stop_load() {
	kill "$load" 2>/dev/null
	wait "$load" 2>/dev/null
}

# status FILTER: what jq makes of the status document, in one line.
status() {
	secretmemctl status --json | jq -c -r "$1"
}

vmstat_counter() {
	sed -n "s/^$1 //p" /proc/vmstat
}

meminfo_kib() {
	sed -n "s/^$1: *\([0-9]*\) kB/\1/p" /proc/meminfo
}

# Chunks of small files go back to the area about a second after them.
await_no_spare() {
	local attempt
	for ((attempt = 0; attempt < 100; attempt++)); do
		[[ $(status '.pool | .ready_bytes > ([.floor_bytes - .reserved_bytes, 0] | max)') == true ]] ||
			break
		sleep 0.1
	done
}

# Pages that are taken out of the area, by the area's own account.
cma_used() {
	await_no_spare
	cat /sys/kernel/debug/cma/secretmem/used
}

# start_background READY-FILE PROGRAM ARG…: a program of tests/vm that says
# "ready" and goes on; its process is $background.
start_background() {
	local ready=$1 programs
	shift
	programs=$(dirname "$(command -v secretmem-load)")/../vm
	# Not when the child comes to it: one before may have been ready, too.
	: >"$ready"
	"$programs/$1" "${@:2}" >"$ready" 2>&1 &
	background=$!
	# Its end is an answer too: the OOM killer may have chosen it.
	until grep -q ready "$ready" || ! kill -0 "$background" 2>/dev/null; do
		sleep 0.05
	done
}

stop_background() {
	kill "$background" 2>/dev/null
	wait "$background" 2>/dev/null
}

# keep_programs NAME…: keep these programs and their libraries in memory. Where
# it is short they would be read again and again, which is slow without an end.
keep_programs() {
	local program paths=()
	for program; do
		program=$(command -v "$program")
		paths+=("$program")
		mapfile -t -O ${#paths[@]} paths < <(ldd "$program" | grep -o '/[^ ]*')
	done
	start_background /tmp/kept keep-resident "${paths[@]}"
	grep -q ready /tmp/kept || not_ok "the programs stay in memory: $(cat /tmp/kept)"
}

# Whether all has gone back to the area.
pool_is_whole() {
	[[ $(status '[.pool.reserved_bytes, .pool.used_bytes, .pool.files]') == '[0,0,0]' ]]
}
