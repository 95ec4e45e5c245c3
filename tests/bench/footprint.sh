#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: size of the program, shared libraries that it loads, resident memory of status
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

peers=(ip ethtool lsof)

measure() {
	local found
	found=$(guest --append secretmem=64M -- sizes)
	compare_largest 'size of the program, stripped' file "$found" KiB
	compare_largest 'shared libraries that it loads' libraries "$found" libraries
	compare_largest 'resident memory of status, of the others as they list all' resident \
		"$found" KiB
}

# compare_largest WHAT KEY FOUND UNIT: with the peer that has most of it.
compare_largest() {
	local peer largest=0 name value
	for peer in "${peers[@]}"; do
		value=$(value_of "$peer-$2" "$3")
		((value <= largest)) || { largest=$value && name=$peer; }
	done
	compare "$1" "$name, the largest of ${peers[*]}" "$(value_of "secretmemctl-$2" "$3")" \
		"$largest" "$4" 'ratio <= 1'
}

sizes() {
	size_of secretmemctl status
	size_of ip addr
	size_of ethtool lo
	size_of lsof -n -P
}

size_of() {
	local program=$1 path
	path=$(command -v "$program")
	strip -o /tmp/stripped "$path"
	echo "$program-file $(($(stat -c %s /tmp/stripped) / 1024))"
	echo "$program-libraries $(ldd "$path" | grep -c '=>')"
	echo "$program-resident $(cost --runs 1 -- "$@" | awk '$1 == "resident_kib" { print $2 }')"
}

bench "$@"
