# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The kernel tree's own selftests of memory management: built on the host, run
# in the guest.

selftests_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
selftests_source=$selftests_top/build/linux/tools/testing/selftests/mm
selftests_programs=$selftests_top/build/selftests

# On the host only: the guest sees the host's files, but writes none of them.
build_selftest() {
	[[ -z ${SECRETMEM_TEST_GUEST-} ]] || return 0
	mkdir -p "$selftests_programs"
	gcc -O2 -o "$selftests_programs/$1" \
		-I "$selftests_source/.." \
		-I "$selftests_top/kernel/linux/include/uapi" \
		"$selftests_source/$1.c" -lcap -lpthread
}

# The selftest's own lines, and a verdict on its status; 4 means skipped.
run_selftest() {
	local output status
	output=$(cd /tmp && "$selftests_programs/$1" 2>&1)
	status=$?
	echo "# ${output//$'\n'/$'\n# '}"
	is "$status" 0 "selftest $1 passes"
	is "$(grep -c '^ok .*# SKIP' <<<"$output")" 0 "selftest $1 skips nothing"
}

# run_tap PROGRAM ARG…: take over the lines of a program of tests/vm, which is
# built beside the load.
run_tap() {
	local line status=0 programs
	programs=$(dirname "$(command -v secretmem-load)")/../vm
	while read -r line; do
		case $line in
		'ok '*) ok "${line#*- }" ;;
		'not ok '*) not_ok "${line#*- }" ;;
		1..*) status=1 ;;
		*) echo "# $line" ;;
		esac
	done < <("$programs/$1" "${@:2}" 2>&1)
	is "$status" 1 "$1 comes to its end"
}
