# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
#
# For tests with real monitoring systems: Debian's programs, started by hand on
# loopback with configurations of their own, and ended by their process numbers.
#
# Like the tests of this machine's kernel they run in a pid namespace of their own,
# so that what is counted is what they started, and print TAP. Sets: top, build
# (of the tools), contrib, scratch.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
build=${SECRETMEM_BUILD:-$top/build/tools}
contrib=$top/contrib
export SECRETMEMCTL=$build/src/secretmemctl/secretmemctl
export SECRETMEM_LOAD=$build/tests/load/secretmem-load
# shellcheck source=tests/host/tap.sh
. "$top/tests/host/tap.sh"

# has NAME TEXT PART: the part is somewhere in the text
has() {
	if [[ $2 == *"$3"* ]]; then
		is "$1" "$3" "$3"
	else
		is "$1" "... $3 ..." "$2"
	fi
}

# try NAME COMMAND…: it succeeds; what it said is shown if not.
try() {
	local name=$1 output
	shift
	if output=$("$@" 2>&1); then
		is "$name" 0 0
	else
		is "$name" 'exit status 0' "$? ${output: -2000}"
	fi
}

need_programs() {
	local program
	for program; do
		command -v "$program" >/dev/null || skip_all "$program is not installed"
	done
}

# A port of loopback that nobody listens on.
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# serve NAME COMMAND…: run it until the test ends; its output is in $scratch/NAME.log
# and its process number in $child.
serve() {
	local name=$1
	shift
	"$@" >"$scratch/$name.log" 2>&1 </dev/null &
	child=$!
	children+=("$child")
}

# Stop one of them, and wait until it is gone.
stop() {
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
}

# wait_for SECONDS COMMAND…: until it succeeds; fails when the time is over.
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || return 1
		sleep 0.2
	done
}

# up NAME COMMAND…: the server answers in time, or nothing else makes sense.
up() {
	local name=$1
	shift
	wait_for 30 "$@" && return
	echo "Bail out! $name did not start: $(tail -n 5 "$scratch/$name.log")"
	exit 99
}

# get URL: what is there, by HTTP
get() {
	python3 -c 'import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=60).read().decode(), end="")' "$1"
}
