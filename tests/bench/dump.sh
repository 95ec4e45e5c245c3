#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: a full dump as JSON of 10,000 files and 1,000 chunks, per entry
#
# The guest has no internet protocols and so no routes; local sockets are dumped
# by netlink as well. ss prints them as text, which is less work than JSON.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

files=10000 chunks=1000

measure() {
	local found
	found=$(guest --icount --mem 8G --append secretmem=2G -- dumps)
	compare 'full dump as JSON, per file or chunk' 'ss -xa, per socket' \
		"$(value_of ours "$found")" "$(value_of ss "$found")" instructions 'ratio <= 1/2'
	progress "of $(value_of total "$found") instructions, $(value_of entries "$found") entries"
}

dumps() {
	start_background secretmem-load --files "$chunks" --size 2M --touch 4K
	ulimit -n 20000
	start_background secretmem-load --files $((files - chunks)) --size 4K --fd-only
	start_background hold-many sockets "$files"
	dump_ours
	dump_sockets
	stop_background
}

dump_ours() {
	local entries total
	local -a dump=(secretmemctl status --source=netlink --json)
	entries=$("${dump[@]}" | jq '(.files | length) + (.chunks | length)')
	total=$(instructions "${dump[@]}")
	echo "entries $entries"
	echo "total $total"
	echo "ours $((total / entries))"
}

dump_sockets() {
	local entries
	entries=$(ss -xa | wc -l)
	echo "ss $(($(instructions ss -xa) / entries))"
}

bench "$@"
