# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# For tests in the guest: the direct map by three accounts, in bytes: the page
# tables as debugfs shows them, the dump of the netlink family, and its totals.

# page_tables LEVEL: what entries of this level (pte, pmd, pud) map, and are
# present. Such a line has RW or ro behind the size.
page_tables() {
	awk -v level="$1" '
		BEGIN { unit["K"] = 2 ^ 10; unit["M"] = 2 ^ 20; unit["G"] = 2 ^ 30; unit["T"] = 2 ^ 40 }
		/^---\[/ { inside = /Low Kernel Mapping/; next }
		inside && $NF == level && ($3 == "RW" || $3 == "ro") {
			size = $2
			sum += substr(size, 1, length(size) - 1) * unit[substr(size, length(size))]
		}
		END { printf "%.0f\n", sum }' /sys/kernel/debug/page_tables/kernel
}

page_tables_all() {
	echo "$(page_tables pte) $(page_tables pmd) $(page_tables pud)"
}

# The sum of what the regions say, in the same order, and what is unmapped.
read_regions() {
	regions=$(ynl --dump direct-map-get)
}

regions_all() {
	jq -r '[[.[].level[]] | group_by(."page-size")[] | map(.mapped) | add] | join(" ")' \
		<<<"$regions"
}

regions_unmapped() {
	jq '[.[].unmapped] | add' <<<"$regions"
}

# totals FILTER: of the answer that is about all of the direct map.
totals() {
	ynl --do direct-map-get | jq -r "$1"
}

# Splits of 2 MiB pages: all, and those of secret memory.
level2_splits() {
	totals '.level[1] | "\(.splits) \(."secretmem-splits")"'
}

# Run a KUnit suite again, now that the system runs: whether it passed.
run_kunit() {
	local suite=/sys/kernel/debug/kunit/$1
	echo 1 >"$suite/run"
	[[ -f $suite/results ]] && tail -n 1 "$suite/results" | grep -q '^ok '
}
