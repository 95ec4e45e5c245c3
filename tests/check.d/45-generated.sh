#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: generated files are in step with what they are made of
# limit: 900
# needs: build
#
# The uapi header, policy and operations of the netlink family with its
# specification; the lists in the man pages and the JSON schemas with it and with the
# field table; the screens in the README with what secrettop draws.
set -euo pipefail

number=0

try() {
	local name=$1
	shift
	number=$((number + 1))
	if "$@"; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
	fi
}

try 'netlink code' kernel/netlink-gen --check
try 'lists in the man pages' man/update --check
try 'screens in the README' scripts/screenshots --check
try 'JSON schemas' schema/update --check
echo "1..$number"
