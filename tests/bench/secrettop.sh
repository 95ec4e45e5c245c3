#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: what secrettop costs beside htop, with 5,000 sleeping processes
# limit: 600
#
# The whole process, user and system time, each over the same time on a screen
# of 120x40 that is drawn each second, one after the other, in the same run.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

processes=5000
seconds=30

measure() {
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
}

# In a subshell, with whose end it goes; a server that is ending would take a new
# session along, so that each has its own.
open_screen() {
	progress "$*"
	socket=bench-top-$BASHPID
	trap 'tmux -L "$socket" kill-server 2>/dev/null || true' EXIT
	tmux -L "$socket" -f /dev/null new-session -d -x 120 -y 40 "exec $*"
	sleep 5
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
}

bench "$@"
