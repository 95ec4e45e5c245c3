#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: what tracepoints cost a page fault that nobody traces
# limit: 1800
#
# Both kernels are built here, with tests/bench/tracepoints.config; the peer is
# the same, but for the series' files being compiled without tracepoints.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

measure() {
	local traced untraced phase
	local -a flags
	mapfile -t flags < <(without_tracepoints)
	build_kernel traced >&2
	build_kernel untraced "${flags[@]}" >&2
	traced=$(phases_on traced)
	untraced=$(phases_on untraced)
	for phase in touch release; do
		compare "tracepoints compiled in, not used: to $phase a page" 'the same series without' \
			"$(value_of "$phase" "$traced")" "$(value_of "$phase" "$untraced")" \
			instructions 'ratio <= 1.01'
	done
}

# build_kernel NAME [FLAG-OF-MAKE…], as kernel/tree does it: the cache of the
# compiler knows most files.
build_kernel() (
	# shellcheck disable=SC2034 # for what is called
	build=$bench_top/build kernel=$bench_top/kernel source=$(realpath "$bench_top/build/linux")
	# shellcheck disable=SC2034
	objects=$bench_top/build/bench/$1 flavour=series program=tracepoints
	shift
	# shellcheck source=scripts/common.sh
	. "$bench_top/scripts/common.sh"
	# shellcheck source=kernel/tree.d/build.sh
	. "$bench_top/kernel/tree.d/build.sh"
	set_architecture x86
	fragments=("$kernel/config/base.config" "$bench_directory/tracepoints.config")
	add_series_fragments ''
	mkdir -p "$objects"
	configure
	compile "$@" vmlinux
)

# The flag is for each file of ours but the one that defines the tracepoints.
without_tracepoints() {
	local file
	for file in "$bench_top"/build/linux/mm/secretmem*.c; do
		grep -q CREATE_TRACE_POINTS "$file" ||
			printf 'CFLAGS_%s.o=-DNOTRACE\n' "$(basename "$file" .c)"
	done
}

phases_on() {
	guest --icount --append secretmem=128M --kernel "$bench_top/build/bench/$1/vmlinux" -- phases
}

# As many times as it takes for the timer's interrupts to even out.
phases() {
	local times=20 mib=64
	memory-phases secret $((mib << 20)) "$times" |
		awk -v pages=$((times * mib << 8)) '{ printf "%s %.1f\n", $1, $2 / pages }'
}

bench "$@"
