#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: interrupts that another processor gets when secret memory is touched
# quick: yes
#
# What a page has to be flushed from is the TLB of all processors. For the
# kernel's own mappings that is a function call (CAL in /proc/interrupts), for a
# process's it is counted as TLB. The other processor is busy, as one that
# sleeps in a process's memory is spared the latter.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

measure() {
	local mib=1024 stock pool
	[[ ! $quick ]] || mib=256
	stock=$(guest --stock --mem 4G --cpus 2 -- interrupts "$mib")
	pool=$(guest --mem 4G --cpus 2 --append "secretmem=${mib}M" -- interrupts "$mib")
	compare "TLB flushes of the kernel's mappings when $mib MiB are held and touched" \
		'stock kernel' "$(value_of flushes "$pool")" "$(value_of flushes "$stock")" \
		flushes 'ratio <= 1/400'
	compare "the same: interrupts on another processor (CAL, TLB)" \
		'stock kernel' "$(value_of touched "$pool")" "$(value_of touched "$stock")" \
		interrupts 'ratio <= 1/400'
	compare "interrupts on another processor, release included" \
		'stock kernel' "$(value_of released "$pool")" "$(value_of released "$stock")" \
		interrupts 'ratio <= 1/400'
}

interrupts() {
	local mib=$1 before
	taskset -c 1 bash -c 'while :; do :; done' &
	background+=($!)
	count_flushes
	before=$(interrupts_of_other)
	start_background taskset -c 0 secretmem-load --files 1 --size "${mib}M"
	echo "touched $(($(interrupts_of_other) - before))"
	echo "flushes $(flushes_of_kernel)"
	kill "${background[1]}"
	wait "${background[1]}" 2>/dev/null || true
	echo "released $(($(interrupts_of_other) - before))"
	stop_background
}

# The function that a flush of the kernel's mappings begins with.
count_flushes() {
	cd /sys/kernel/tracing
	echo 'p:bench/flush flush_tlb_kernel_range' >kprobe_events
	echo 1 >events/bench/flush/enable
}

flushes_of_kernel() {
	awk '$1 == "flush" { print $2 }' /sys/kernel/tracing/kprobe_profile
}

# Of the second processor: the third column.
interrupts_of_other() {
	awk '$1 == "TLB:" || $1 == "CAL:" { sum += $3 } END { print sum }' /proc/interrupts
}

bench "$@"
