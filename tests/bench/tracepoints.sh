#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: what tracepoints cost a page fault that nobody traces
# limit: 1800
#
# The peer is the same kernel whose files of the series were compiled without
# them, in a copy of the objects: what is built anew are those files alone.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

objects=$bench_top/build/bench/untraced

measure() {
	local traced untraced phase
	build_untraced >&2
	traced=$(guest --icount --append secretmem=128M -- phases)
	untraced=$(guest --icount --append secretmem=128M --kernel "$objects/vmlinux" -- phases)
	for phase in touch release; do
		compare "tracepoints compiled in, not used: to $phase a page" 'the same series without' \
			"$(value_of "$phase" "$traced")" "$(value_of "$phase" "$untraced")" \
			instructions 'ratio <= 1.01'
	done
}

build_untraced() {
	rm -rf "$objects"
	mkdir -p "${objects%/*}"
	cp -a "$(realpath "$bench_top/build/kernel/series")" "$objects"
	make_kernel -j "$(nproc)" vmlinux
}

# As kernel/tree does it, or everything would be built anew.
make_kernel() (
	# shellcheck disable=SC2034 # for kernel_make
	build=$bench_top/build source=$(realpath "$bench_top/build/linux") flavour=series
	# shellcheck source=kernel/tree.d/build.sh
	. "$bench_top/kernel/tree.d/build.sh"
	set_architecture x86
	mapfile -t flags < <(without_tracepoints "$source")
	kernel_make "${flags[@]}" "$@"
)

# The flag is for each file of ours but the one that defines the tracepoints.
without_tracepoints() {
	local file
	for file in "$1"/mm/secretmem*.c; do
		grep -q CREATE_TRACE_POINTS "$file" ||
			printf 'CFLAGS_%s.o=-DNOTRACE\n' "$(basename "$file" .c)"
	done
}

# As many times as it takes for the timer's interrupts to even out.
phases() {
	local times=20 mib=64
	memory-phases secret $((mib << 20)) "$times" |
		awk -v pages=$((times * mib << 8)) '{ printf "%s %.1f\n", $1, $2 / pages }'
}

bench "$@"
