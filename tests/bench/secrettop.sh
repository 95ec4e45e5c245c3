#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: what secrettop costs beside slabtop with 10 files, beside htop with 5,000 processes and 10,000 files
# limit: 1200
#
# The whole process, user and system time, each over the same time on a screen
# of 120x40 that is drawn each second, one after the other, in the same run; in
# the guest each with what it is there to show, files or processes.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

processes=5000
guest_processes=10000 files=10000 mapped=1000
seconds=30

measure() {
	with_few_files
	with_processes
	with_files
}

# Each asks its kernel once a second and draws a screen of what that says.
with_few_files() {
	trap stop_background EXIT
	progress '10 files'
	start_background secretmem-load --files 10 --size 4K
	local ours theirs
	theirs=$(cost_on_screen slabtop -d 1)
	ours=$(cost_on_screen secrettop -d 1)
	compare 'processor time with 10 files, per tick' 'slabtop' \
		"$(per "$(value_of cpu_ns "$ours")" $((1000 * seconds)))" \
		"$(per "$(value_of cpu_ns "$theirs")" $((1000 * seconds)))" us 'ratio <= 1'
	stop_background
}

with_processes() {
	trap stop_background EXIT
	progress "$processes sleeping processes"
	start_background hold-many processes "$processes" 3
	local ours theirs
	theirs=$(on_screen htop -d 10)
	ours=$(on_screen secrettop -d 1)
	compare "processor time with $processes sleeping processes" 'htop' \
		"$(value_of cpu "$ours")" "$(value_of cpu "$theirs")" '% of a core' 'ours <= 2'
	compare "the same beside htop" 'htop' \
		"$(value_of cpu "$ours")" "$(value_of cpu "$theirs")" '% of a core' 'ratio <= 1/8'
	compare 'resident memory' 'htop' "$(value_of resident "$ours")" \
		"$(value_of resident "$theirs")" KiB 'ours <= 8192'
	compare 'until a process that slept, and now holds a file, is shown' 'its promise' \
		"$(time_to_show)" - s 'ours <= 10'
	stop_background
}

# Of the files most are descriptors only.
with_files() {
	local found
	found=$(guest --mem 8G --append secretmem=2G --timeout 900 -- files_and_processes)
	progress "resident: $(value_of secrettop_resident "$found") KiB," \
		"htop $(value_of htop_resident "$found") KiB"
	compare "processor time with $files files, in a guest" "htop with $guest_processes processes" \
		"$(value_of secrettop_cpu "$found")" "$(value_of htop_cpu "$found")" \
		'% of a core' 'ratio <= 1/2'
}

files_and_processes() {
	start_background secretmem-load --files "$mapped" --size 2M --touch 4K
	ulimit -n 20000
	start_background secretmem-load --files $((files - mapped)) --size 4K --fd-only
	progress "$(secretmemctl status --json | jq '.files | length') files"
	on_screen secrettop -d 1 | sed 's/^/secrettop_/'
	stop_background
	start_background hold-many processes "$guest_processes" 3
	progress "$(find /proc -maxdepth 1 -name '[0-9]*' | wc -l) processes"
	on_screen htop -d 10 | sed 's/^/htop_/'
	stop_background
}

# on_screen COMMAND…: what it costs, once it has settled.
on_screen() {
	local pid before after
	open_screen "$@"
	pid=$(tmux -L "$socket" display-message -p "#{pane_pid}")
	before=$(ticks "$pid")
	sleep "$seconds"
	after=$(ticks "$pid")
	echo "cpu $(per $((100 * (after - before))) $((seconds * $(getconf CLK_TCK))))"
	echo "resident $(awk '$1 == "VmRSS:" { print $2 }' "/proc/$pid/status")"
	close_screen
}

# cost_on_screen COMMAND…: for one that takes little, the start included.
cost_on_screen() {
	local found
	found=$(mktemp)
	open_screen env OUTPUT=/dev/tty cost --beside "'sleep $seconds'" -- "$@" ">$found"
	until [[ -s $found ]]; do
		sleep 1
	done
	cat "$found"
	rm -f "$found"
	close_screen
}

# In a subshell, with whose end it goes; a server that is ending would take a new
# session along, so that each has its own.
open_screen() {
	progress "$*"
	socket=bench-top-$BASHPID
	trap close_screen EXIT
	tmux -L "$socket" -f /dev/null new-session -d -x 120 -y 40 "exec $*"
	sleep 5
}

# To be called at the end as well: bash forgets the trap where that is a program.
close_screen() {
	tmux -L "$socket" kill-server 2>/dev/null || true
}

# User and system time of a process.
ticks() {
	sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}

# A shell that sleeps, and then becomes a holder: it is none of the new ones.
time_to_show() {
	local holder start tries=300
	rm -f "${fifo:=$(mktemp -u)}"
	mkfifo "$fifo"
	(read -r _ <"$fifo" && exec secretmem-load --files 1 --size 4K --hold 60 >/dev/null) &
	holder=$!
	background+=("$holder")
	open_screen secrettop -d 1
	sleep 10
	start=$(date +%s.%N)
	echo go >"$fifo"
	until tmux -L "$socket" capture-pane -p | grep -q "secretmem-load($holder)"; do
		sleep 0.1
		tries=$((tries - 1))
		((tries > 0)) || { progress 'it was never shown' && exit 1; }
	done
	awk -v start="$start" -v now="$(date +%s.%N)" 'BEGIN { printf "%.1f\n", now - start }'
	rm -f "$fifo"
	close_screen
}

bench "$@"
