#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: the search of /proc for holders, beside lsof and find, and as processes grow
# limit: 1800
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

# All of status would walk the kernel's page tables, too, where debugfs shows them.
scan=(secretmemctl status files --source=procfs)

measure() {
	local found
	progress '2,000 processes with 20 descriptors each, beside lsof and find'
	found=$(guest --stock --icount --mem 4G --timeout 1200 -- beside_others 2000 20)
	compare 'scan of 2,000 processes with 20 descriptors each, mappings included' 'lsof -n -P' \
		"$(value_of ours "$found")" "$(value_of lsof "$found")" instructions 'ratio <= 1/10'
	compare 'the same' "find -lname '*secretmem*', descriptors only" "$(value_of ours "$found")" \
		"$(value_of find "$found")" instructions 'ratio <= 1/2'
	progress '500, 2,000 and 8,000 processes'
	found=$(guest --stock --icount --mem 4G --timeout 1200 -- as_processes_grow 500 2000 8000)
	compare 'scan per process: 8,000 processes' 'the same with 500' "$(value_of 8000 "$found")" \
		"$(value_of 500 "$found")" instructions 'ratio <= 1.1'
	compare 'scan per process: 2,000 processes' 'the same with 500' "$(value_of 2000 "$found")" \
		"$(value_of 500 "$found")" instructions 'ratio <= 1.1'
}

beside_others() {
	start_background hold-many processes "$1" "$2"
	start_background secretmem-load --files 10
	echo "ours $(instructions "${scan[@]}")"
	echo "find $(instructions bash -c "exec find /proc/[0-9]*/fd -lname '*secretmem*'")"
	echo "lsof $(instructions lsof -n -P)"
	stop_background
}

# What lies between two sizes, so that what does not grow is left out of it.
as_processes_grow() {
	local count held=0 base cost
	base=$(instructions "${scan[@]}")
	for count; do
		start_background hold-many processes $((count - held)) 5
		held=$count
		cost=$(instructions "${scan[@]}")
		echo "$count $(((cost - base) / count))"
	done
	stop_background
}

bench "$@"
