# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# For tests that run in a guest: one boot for each test file, one TAP line for
# each check.  A test file looks like
#
#     #!/bin/bash
#     set -u
#     . "$(dirname "$0")/lib.sh"
#     in_guest --append secretmem=512M
#     is "$(getconf PAGESIZE)" 4096 'pages are small'
#     try 'the pool answers' secretmemctl pool
#     finish
#
# What stands before in_guest runs twice, what follows in the guest alone.

tests_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
tap_count=0 tap_failures=0

# Start this file again in a guest, with these options of kernel/vm; the caller's
# own come last and count.
in_guest() {
	[[ -z ${SECRETMEM_TEST_GUEST-} ]] || return 0
	# shellcheck disable=SC2086 # options, such as --debug
	SECRETMEM_TEST_GUEST=yes exec "$tests_top/kernel/vm" "$@" ${SECRETMEM_VM_OPTIONS-} -- \
		"$BASH" "$(realpath "$0")"
}

# guest_job JOB OPTION…: for a file that does some of its work here: its JOB in a
# guest, which finds it in $SECRETMEM_TEST_GUEST.
guest_job() {
	local job=$1
	shift
	# shellcheck disable=SC2086 # options, such as --debug
	SECRETMEM_TEST_GUEST=$job "$tests_top/kernel/vm" "$@" ${SECRETMEM_VM_OPTIONS-} -- \
		"$BASH" "$(realpath "$0")"
}

ok() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $*"
}

not_ok() {
	tap_count=$((tap_count + 1))
	tap_failures=$((tap_failures + 1))
	echo "not ok $tap_count - $*"
}

skip() {
	ok "$1 # SKIP $2"
}

# try DESCRIPTION COMMAND…: the command succeeds; what it said is shown if not.
try() {
	local description=$1 output
	shift
	if output=$("$@" 2>&1); then
		ok "$description"
	else
		not_ok "$description (status $?)"
		echo "# ${output//$'\n'/$'\n# '}"
	fi
}

# is GOT WANTED DESCRIPTION
is() {
	if [[ $1 == "$2" ]]; then
		ok "$3"
	else
		not_ok "$3: got '$1', not '$2'"
	fi
}

finish() {
	echo "1..$tap_count"
	exit $((tap_failures > 0))
}
