#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: 1 GiB reserved, touched and released, beside surplus pages of hugetlb
# limit: 1800
#
# Surplus pages are taken when they are asked for and go back when they are
# released, as chunks do. Twice: with memory free, and with all of it full of
# files that were read.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

mib=1024

measure() {
	local found state
	make_large_file
	for state in free full; do
		progress "memory $state"
		found=$(guest --icount --mem 4G --append "secretmem=${mib}M" --timeout 800 -- \
			beside_hugetlb "$state")
		compare "$mib MiB reserved, touched and released, memory $state" \
			'hugetlb surplus pages' "$(value_of secret "$found")" \
			"$(value_of hugetlb "$found")" instructions 'ratio <= 1'
		compare "of this, memory $state: to reserve" 'hugetlb surplus pages' \
			"$(value_of secret-map "$found")" "$(value_of hugetlb-map "$found")" \
			instructions -
		compare "of this, memory $state: to touch" 'hugetlb surplus pages' \
			"$(value_of secret-touch "$found")" "$(value_of hugetlb-touch "$found")" \
			instructions -
		compare "of this, memory $state: to release" 'hugetlb surplus pages' \
			"$(value_of secret-release "$found")" \
			"$(value_of hugetlb-release "$found")" instructions -
	done
}

# As large as the guest's memory, and without a block of its own here.
make_large_file() {
	mkdir -p "$bench_top/build/bench"
	truncate -s 4G "$bench_top/build/bench/large-file"
}

beside_hugetlb() {
	echo $((mib / 2)) >/proc/sys/vm/nr_overcommit_hugepages
	phases_of hugetlb "$1"
	phases_of secret "$1"
}

phases_of() {
	local kind=$1
	[[ $2 == free ]] || cat "$bench_top/build/bench/large-file" >/dev/null
	memory-phases "$kind" $((mib << 20)) 0 | awk -v kind="$kind" '
		$1 != "faults" { sum += $2; print kind "-" $1, $2 }
		END { printf "%s %.0f\n", kind, sum }'
}

bench "$@"
