# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For benchmarks. A benchmark is an executable file tests/bench/NAME.sh like
#
#     #!/bin/bash
#     # SPDX-License-Identifier: GPL-2.0-or-later
#     # what: faults for each MiB that is touched in order
#     # quick: yes               counts exactly: ./check asserts its targets
#     # limit: 600               in seconds
#     set -euo pipefail
#     . "$(dirname "$0")/lib.sh"
#
#     measure() {
#         local stock pool
#         stock=$(guest --stock -- faults)
#         pool=$(guest --append secretmem=128M -- faults)
#         compare 'faults per MiB touched in order' 'stock kernel' \
#             "$(value_of faults "$pool")" "$(value_of faults "$stock")" \
#             faults 'ours <= 16'
#     }
#
#     faults() {                  # this runs in the guest
#         echo "faults 256"
#     }
#
#     bench "$@"
#
# What is said of a result, such as why a target was missed and what a profile
# showed, is written in tests/bench/NAME.md, which docs/benchmarks.md takes in.
#
# Counts are exact; so are instructions, which `cost` counts in a guest with
# --icount, those of the kernel included. Times mean little on a machine that is
# shared: compare them only within one run, each taken in turn with its peer.

bench_directory=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
bench_top=$(cd "$bench_directory/../.." && pwd -P)
bench_programs=${SECRETMEM_BUILD_DIR:-$bench_top/build/tools}
PATH=$bench_programs/tests/bench:$bench_programs/src/secretmemctl:$bench_programs/src/secrettop:$bench_programs/tests/load:$PATH:/usr/sbin:/sbin
export PATH LC_ALL=C.UTF-8

# Set where results shall be small and soon.
# shellcheck disable=SC2034 # for benchmarks
quick=${BENCH_QUICK-}

# The end of each benchmark: measure, or be the part that runs in the guest.
bench() {
	if [[ ${1-} == --call ]]; then
		shift
		"$@"
	else
		measure
	fi
}

# guest [OPTION-OF-KERNEL/VM…] -- FUNCTION [ARG…]: run a function of this file
# in a guest; it prints what it found as lines of "KEY VALUE".
guest() {
	local -a options=()
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift
	"$bench_top/kernel/vm" "${options[@]}" -- "$BASH" "$(realpath "$0")" --call "$@"
}

# value_of KEY TEXT: the value of a line "KEY VALUE" of the text.
value_of() {
	awk -v key="$1" '$1 == key { print $2; found = 1 } END { exit !found }' <<<"$2"
}

# compare WHAT PEER OURS THEIRS UNIT TARGET
#
# Tell one result. TARGET says what OURS, THEIRS or the RATIO of both shall be:
# 'ours <= 16', 'ratio <= 1/400', 'theirs >= 100' (for a peer has to be worth
# it); - where none is set. THEIRS is - where there is only a limit, and OURS
# where it could not be had.
compare() {
	jq -n -c -f "$bench_directory/compare.jq" --arg benchmark "${BENCH_NAME:-$(basename "$0" .sh)}" \
		--arg what "$1" --arg peer "$2" --arg ours "$3" --arg theirs "$4" \
		--arg unit "$5" --arg target "$6"
}

# per NUMBER COUNT: with two decimals.
per() {
	awk -v number="$1" -v count="$2" 'BEGIN { printf "%.2f\n", number / count }'
}

progress() {
	printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2
}

# In the guest

vmstat_counter() {
	awk -v name="$1" '$1 == name { print $2 }' /proc/vmstat
}

meminfo_kib() {
	awk -v name="$1:" '$1 == name { print $2 }' /proc/meminfo
}

# start_background PROGRAM [ARG…]: start one that says "ready" and goes on.
# What it prints before that is in $ready_output.
background=()
start_background() {
	local output
	output=$(mktemp)
	"$@" >"$output" &
	background+=($!)
	until grep -q '^ready' "$output"; do
		kill -0 "$!" 2>/dev/null || { progress "$* has ended: $(cat "$output")" && exit 1; }
		sleep 0.05
	done
	# shellcheck disable=SC2034 # for whoever wants to know
	ready_output=$(cat "$output")
	rm -f "$output"
}

stop_background() {
	kill "${background[@]}" 2>/dev/null || true
	wait "${background[@]}" 2>/dev/null || true
	background=()
}

# instructions COMMAND…: of the command and its children, the kernel's share
# included; the least of three runs after one that fills the caches. Only where
# instructions are the clock: guest --icount.
instructions() {
	cost --runs 3 -- "$@" | awk '$1 == "cpu_ns" { print $2 }'
}
