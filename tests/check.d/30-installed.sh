#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: install into an empty directory, and run what is there
# limit: 120
# needs: build
#
# A program or a page that is forgotten in the rules of installation works in
# the tree and is missed by users alone.

set -euo pipefail

destination=$PWD/build/check/installed
number=0

main() {
	rm -rf "$destination"
	make -s -C build/tools install DESTDIR="$destination" >/dev/null
	try 'secretmemctl is installed and tells its version' version_works
	try 'every man page of the sources is installed' pages_are_there
	try 'nothing else is installed' only_expected_files
	try 'make uninstall leaves nothing' uninstall_works
	echo "1..$number"
}

try() {
	number=$((number + 1))
	if "$2"; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
	fi
}

installed_files() {
	(cd "$destination/usr/local" && find . -type f -printf '%P\n' | LC_ALL=C sort)
}

version_works() {
	"$destination/usr/local/bin/secretmemctl" --version | grep -q '^secretmemctl [0-9]'
}

pages_are_there() {
	local page
	for page in man/*.[1-9]; do
		[[ -f $destination/usr/local/share/man/man${page##*.}/${page##*/} ]] ||
			{ echo "not installed: $page" && return 1; }
	done
}

only_expected_files() {
	! installed_files | grep -vE '^(bin/|share/(man|doc|bash-completion|secretmem-tools)/)'
}

uninstall_works() {
	make -s -C build/tools uninstall DESTDIR="$destination" >/dev/null
	[[ -z $(find "$destination" -type f) ]]
}

main
