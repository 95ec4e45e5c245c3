#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: instructions to map, touch and release secret memory
#
# Zeroing a page is told apart, since no design can do without: it is measured
# by touching large pages, which is next to nothing else. Both kernels zero a
# page that is used twice, before and after.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

pages=$((64 << 20 >> 12)) small_files=10000

measure() {
	local stock pool
	progress '64 MiB'
	stock=$(guest --stock --icount --mem 1G -- large_file)
	pool=$(guest --icount --mem 1G --append secretmem=256M -- large_file)
	compare_pages 'to map, touch and release 64 MiB, per page, but zeroing' rest 'ratio <= 1/2' \
		"$pool" "$stock"
	compare_pages 'the same, zeroing included' all 'ratio <= 1/2' "$pool" "$stock"
	compare_pages 'of this: to map' map - "$pool" "$stock"
	compare_pages 'of this: to touch' touch - "$pool" "$stock"
	compare_pages 'of this: to release' release - "$pool" "$stock"
	compare_pages 'to zero a page twice' zero - "$pool" "$stock"
	measure_small_files
}

# compare_pages WHAT KEY TARGET POOL STOCK
compare_pages() {
	compare "$1" 'stock kernel' "$(value_of "$2" "$4")" "$(value_of "$2" "$5")" instructions "$3"
}

# With a floor a chunk that is released waits for the next file, zeroed.
measure_small_files() {
	local stock pool floor
	progress "$small_files files of 4 KiB in turn"
	stock=$(guest --stock --icount --mem 1G -- small_files)
	pool=$(guest --icount --mem 1G --append secretmem=256M -- small_files)
	floor=$(guest --icount --mem 1G --append secretmem=256M,floor=16M -- small_files)
	compare "to open, map, touch and close a file of 4 KiB, $small_files in turn" 'stock kernel' \
		"$(value_of all "$pool")" "$(value_of all "$stock")" instructions 'ratio <= 10'
	compare 'the same with a floor of 16 MiB' 'stock kernel' \
		"$(value_of all "$floor")" "$(value_of all "$stock")" instructions 'ratio <= 10'
}

large_file() {
	memory-phases thp $((64 << 20)) 3 | awk -v pages=$((3 * pages)) '
		$1 == "touch" { printf "zero %.0f\n", 2 * $2 / pages }' >/tmp/zero
	memory-phases secret $((64 << 20)) 3 | awk -v pages=$((3 * pages)) '
		NR == FNR { zero = $2; next }
		$1 != "faults" { sum += $2; printf "%s %.0f\n", $1, $2 / pages }
		END { printf "all %.0f\nrest %.0f\n", sum / pages, sum / pages - zero }' /tmp/zero -
	cat /tmp/zero
}

small_files() {
	memory-phases secret 4096 "$small_files" | awk -v files="$small_files" '
		$1 != "faults" { sum += $2; printf "%s %.0f\n", $1, $2 / files }
		END { printf "all %.0f\n", sum / files }'
}

bench "$@"
