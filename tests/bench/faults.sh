#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: page faults for each MiB that is touched in order
# quick: yes
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

measure() {
	local mib=64 stock pool
	stock=$(guest --stock -- memory-phases secret $((mib << 20)) 1)
	pool=$(guest --append "secretmem=${mib}M" -- memory-phases secret $((mib << 20)) 1)
	compare 'page faults per MiB touched in order' 'stock kernel' \
		"$(per "$(value_of faults "$pool")" "$mib")" \
		"$(per "$(value_of faults "$stock")" "$mib")" faults 'ours <= 16'
}

bench "$@"
