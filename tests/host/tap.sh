# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of this machine's kernel share. Each prints TAP, runs in the
# build directory, and removes what it made and started, however it ends.
set -u

# shellcheck disable=SC2034
secretmemctl=${SECRETMEMCTL:-./src/secretmemctl/secretmemctl}
load=${SECRETMEM_LOAD:-./tests/load/secretmem-load}
scratch=$(mktemp -d) || exit 99
chmod 755 "$scratch"
number=0
failed=0
children=()

clean_up() {
	if [ "${#children[@]}" -gt 0 ]; then
		kill "${children[@]}" 2>/dev/null
		wait "${children[@]}" 2>/dev/null
	fi
	rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 99' INT TERM

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

# is NAME WANTED GOT
is() {
	number=$((number + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $number - $1"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $number - $1"
	echo "# wanted: ${2//$'\n'/ | }"
	echo "#    got: ${3//$'\n'/ | }"
}

skip() {
	number=$((number + 1))
	echo "ok $number - $1 # SKIP $2"
}

finish() {
	echo "1..$number"
	[ "$failed" = 0 ]
	exit
}

# start NAME COMMAND…: run it until the test ends, and wait for its "ready".
# What it prints is in $scratch/NAME, its process number in $child.
start() {
	local name=$1 tries=600
	shift
	: >"$scratch/$name"
	"$@" >"$scratch/$name" 2>"$scratch/$name.errors" &
	child=$!
	children+=("$child")
	until grep -qx ready "$scratch/$name"; do
		sleep 0.1
		tries=$((tries - 1))
		if [ "$tries" = 0 ] || ! kill -0 "$child" 2>/dev/null; then
			echo "Bail out! $name did not get ready: $(cat "$scratch/$name.errors")"
			exit 99
		fi
	done
}

# Whatever the mode of folders above is, others can run $secretmemctl from here on.
public_program() {
	install -m 755 "$secretmemctl" "$scratch/secretmemctl"
	secretmemctl=$scratch/secretmemctl
}

need_secret_memory() {
	local code
	"$load" --size 4K --hold 0 >"$scratch/probe" 2>&1
	code=$?
	[ "$code" = 77 ] && skip_all "no memfd_secret(2) here"
	[ "$code" = 0 ] || skip_all "secret memory cannot be had here: $(cat "$scratch/probe")"
}
