#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: the same facts of 1,000 files by netlink and from /proc
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

measure() {
	local found
	found=$(guest --icount --mem 2G --append secretmem=512M -- both_sources)
	compare 'status of 1,000 files by netlink' 'from /proc, where 1,000 processes hold them' \
		"$(value_of netlink "$found")" "$(value_of procfs "$found")" \
		instructions 'ratio <= 1/20'
}

both_sources() {
	local source
	start_background hold-many holders 1000
	for source in netlink procfs; do
		echo "$source $(instructions secretmemctl status --source="$source" --json)"
	done
	stop_background
}

bench "$@"
