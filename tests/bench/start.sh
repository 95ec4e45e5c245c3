#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: instructions of the smallest query, from its start to its end
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

measure() {
	local found peer
	found=$(guest --icount --append secretmem=64M -- queries)
	for peer in ip ethtool; do
		compare 'secretmemctl pool, the kernel included' "$(name_of "$peer")" \
			"$(value_of pool "$found")" "$(value_of "$peer" "$found")" \
			instructions 'ratio <= 1'
		compare 'the same in user space alone (callgrind)' "$(name_of "$peer")" \
			"$(value_of pool-user "$found")" "$(value_of "$peer-user" "$found")" \
			instructions 'ratio <= 1'
	done
}

name_of() {
	case $1 in
	ip) echo 'ip link' ;;
	ethtool) echo 'ethtool --version' ;;
	esac
}

queries() {
	query pool secretmemctl pool
	query ip ip link
	query ethtool ethtool --version
}

query() {
	echo "$1 $(instructions "${@:2}")"
	echo "$1-user $(user_instructions "${@:2}")"
}

user_instructions() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
		awk '/Collected :/ { print $NF }'
}

bench "$@"
