#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: large mappings of the direct map that secret memory splits, and whether they come back
# quick: yes
# limit: 1200
#
# Memory is fragmented first, as it is on a machine that has run for a while:
# all is taken in small pages but what is needed to go on, and every 32nd page
# given back. Every other page would not do: then the pages that the allocator
# has last got back, and gives out first, lie in a few large ones. What was left
# free is in one piece: the first 14 MiB that are touched split next to nothing.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

measure() {
	if [[ $quick ]]; then
		measure_fragmented 2G 32
	else
		measure_fragmented 4G 64
		measure_processes
	fi
	measure_whole_again
}

# measure_fragmented MEMORY MIB: one process touches so much.
measure_fragmented() {
	local memory=$1 mib=$2 stock pool what
	progress "$mib MiB in fragmented memory of $memory"
	stock=$(guest --stock --mem "$memory" -- in_fragmented_memory 32 1 "$mib")
	pool=$(guest --mem "$memory" --append "secretmem=$((2 * mib))M" -- \
		in_fragmented_memory 32 1 "$mib")
	what="2 MiB mappings split by $mib MiB in fragmented memory"
	compare "$what" 'stock kernel' "$(value_of level2 "$pool")" \
		"$(value_of level2 "$stock")" splits 'ours <= 0'
	compare "the same: the recipe is worth it" 'stock kernel' "$(value_of level2 "$pool")" \
		"$(value_of level2 "$stock")" splits "theirs >= $((mib * 100 / 64))"
}

# 1 GiB has to be free for it, which leaves more free pages in each large one.
measure_processes() {
	local stock pool
	progress '64 processes with 1 GiB together in fragmented memory of 4G'
	stock=$(guest --stock --mem 4G -- in_fragmented_memory 3 64 16)
	pool=$(guest --mem 4G --append secretmem=1G -- in_fragmented_memory 3 64 16)
	compare '2 MiB mappings split by 1 GiB of 64 processes in fragmented memory' \
		'stock kernel' "$(value_of level2 "$pool")" "$(value_of level2 "$stock")" \
		splits 'ours <= 0'
}

# Large enough for mappings of 1 GiB, of which the pool takes up two.
measure_whole_again() {
	local mib=2048 stock pool
	[[ ! $quick ]] || mib=256
	progress "1 GiB mappings, and the direct map after $mib MiB are released"
	stock=$(guest --stock --mem 8G -- released "$mib")
	pool=$(guest --mem 8G --append "secretmem=${mib}M" -- released "$mib")
	compare "1 GiB mappings split by all of a pool of $mib MiB" 'stock kernel' \
		"$(value_of level3 "$pool")" "$(value_of level3 "$stock")" \
		splits "ours <= $(((mib + 1023) / 1024 + 1))"
	compare "direct map in 4 KiB pages, more than before $mib MiB were held and released" \
		'stock kernel' "$(value_of small "$pool")" "$(value_of small "$stock")" KiB 'ours <= 0'
}

# In the guest: every EVERYth page is free, and COUNT processes touch MIB each.
in_fragmented_memory() {
	local every=$1 count=$2 mib=$3 level2
	set_sysctls
	start_background fragment-memory 14336 "$every"
	level2=$(vmstat_counter direct_map_level2_splits)
	start_loads "$count" "$mib"
	echo "level2 $(($(vmstat_counter direct_map_level2_splits) - level2))"
	stop_background
}

# Nothing shall put free pages together again, or keep them aside.
set_sysctls() {
	echo 2048 >/proc/sys/vm/min_free_kbytes
	echo 0 >/proc/sys/vm/compaction_proactiveness
	echo 0 >/proc/sys/vm/compact_unevictable_allowed
	echo 100000 >/proc/sys/vm/percpu_pagelist_high_fraction
	echo -1000 >/proc/self/oom_score_adj
}

start_loads() {
	local count=$1 mib=$2
	while ((count-- > 0)); do
		start_background secretmem-load --files 1 --size "${mib}M" --touch "${mib}M"
	done
}

released() {
	local mib=$1 level3 small
	level3=$(vmstat_counter direct_map_level3_splits)
	small=$(meminfo_kib DirectMap4k)
	secretmem-load --files 1 --size "${mib}M" --hold 0 >/dev/null
	echo "level3 $(($(vmstat_counter direct_map_level3_splits) - level3))"
	echo "small $(($(meminfo_kib DirectMap4k) - small))"
}

bench "$@"
