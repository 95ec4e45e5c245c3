#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: interrupts that another processor gets when secret memory is touched
# quick: yes
#
# A page that leaves the direct map has to be flushed from the TLB of all
# processors. For the kernel's own mappings that is a function call to each of
# them (CAL in /proc/interrupts), for a process's it is counted as TLB. The calls
# to flush are counted on one processor, for they do not depend on their number.
# On an emulated machine an interrupt takes a processor long to notice, so not
# more memory is touched than what it takes to tell.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

mib=128

measure() {
	local stock pool
	stock=$(guest --stock --cpus 1 -- flushes "$mib")
	pool=$(guest --cpus 1 --append "secretmem=${mib}M" -- flushes "$mib")
	compare "flushes of the kernel's mappings when $mib MiB are held and touched" \
		'stock kernel' "$(value_of flushes "$pool")" "$(value_of flushes "$stock")" \
		flushes 'ratio <= 1/400'
	compare 'the same, release included' \
		'stock kernel' "$(value_of all "$pool")" "$(value_of all "$stock")" \
		flushes 'ratio <= 1/400'
	[[ $quick ]] || measure_interrupts
}

measure_interrupts() {
	local stock pool
	stock=$(guest --stock --cpus 2 -- interrupts "$mib")
	pool=$(guest --cpus 2 --append "secretmem=${mib}M" -- interrupts "$mib")
	compare "interrupts on another processor (CAL, TLB) when $mib MiB are held and touched" \
		'stock kernel' "$(value_of touched "$pool")" "$(value_of touched "$stock")" \
		interrupts 'ratio <= 1/400'
	compare 'the same, release included' 'stock kernel' "$(value_of released "$pool")" \
		"$(value_of released "$stock")" interrupts 'ratio <= 1/400'
}

flushes() {
	count_flushes
	start_background secretmem-load --files 1 --size "$1M"
	echo "flushes $(flushes_of_kernel)"
	stop_background
	echo "all $(flushes_of_kernel)"
}

interrupts() {
	local before
	before=$(interrupts_of_other)
	start_background taskset -c 0 secretmem-load --files 1 --size "$1M"
	echo "touched $(($(interrupts_of_other) - before))"
	stop_background
	echo "released $(($(interrupts_of_other) - before))"
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
