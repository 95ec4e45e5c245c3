#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: --help, man pages and exit codes say the same
# limit: 120
# needs: build
set -euo pipefail

program=build/tools/src/secretmemctl/secretmemctl
number=0

main() {
	local command
	compare 'the program: options' \
		<(help_options) <(man_options secretmemctl | sort -u) subset
	compare 'the program: exit codes' <(source_codes) <(listed_codes)
	for command in $(commands); do
		check_command "$command"
	done
	compare 'every page of a command is of one that there is' \
		<(commands | sort) <(command_pages)
	check_secrettop
	echo "1..$number"
}

check_secrettop() {
	local program=${program%/*/*}/secrettop/secrettop
	compare 'secrettop: options' <(help_options) <(man_options secrettop 1)
	compare 'secrettop: exit codes' <(help_codes) <(man_codes secrettop 1)
}

check_command() {
	local page=secretmemctl-$1
	compare "$1: the program's page lists it" <(echo "$1") \
		<(sed -n 's/^\.It Cm \([a-z]*\)$/\1/p' man/secretmemctl.8 | sort -u) subset
	compare "$1: options" <(help_options "$1") \
		<({ man_options secretmemctl | grep -v -- --version && man_options "$page"; } |
			sort -u)
	compare "$1: operands" <(help_operands "$1") <(man_operands "$page")
	compare "$1: exit codes" <(help_codes "$1") <(man_codes "$page")
}

# compare NAME FILE FILE [subset]: the lines of both are the same, or those of
# the first are among those of the second.
compare() {
	local difference
	number=$((number + 1))
	# Leave out what both have, and with subset what only the second has.
	difference=$(comm "-3${4:+2}" "$2" "$3" 2>&1 || true)
	if [[ ${difference//[[:space:]]/} ]]; then
		echo "not ok $number - $1"
		echo "# only in the first, and, indented, only in the second:"
		awk '{ print "# " $0 }' <<<"$difference"
	else
		echo "ok $number - $1"
	fi
}

commands() {
	"$program" --help | sed -n '/^Commands:/,/^$/ s/^  \([a-z]\+\) .*/\1/p'
}

command_pages() {
	find man -name 'secretmemctl-*.8' -printf '%f\n' |
		sed 's/^secretmemctl-\(.*\)\.8$/\1/' | sort
}

# "-o, --output=COLUMNS", one a line
help_options() {
	"$program" "$@" --help | options_in
}

man_options() {
	mandoc -T ascii "man/$1.${2:-8}" | sed 's/.\x08//g' | options_in
}

options_in() {
	grep -oE '^ +(-[A-Za-z], )? *--[a-z-]+(=[A-Z]+)?' | sed 's/^ *//' | sort -u
}

help_operands() {
	"$program" "$1" --help | sed -n '1s/.*\[OPTION…\] *//p' | tr -d '[] '
}

man_operands() {
	sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/ s/^\.Op Cm //p' "man/$1.8" | tr -d ' '
}

source_codes() {
	sed -n '/^enum exit_code {/,/^}/ s/.* = \([0-9]\).*/\1/p' src/libsecretmem/source.h
}

listed_codes() {
	sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/ s/^\.It \([0-9]\)$/\1/p' man/secretmemctl.8
}

help_codes() {
	"$program" "$@" --help | sed -n '/^Exit status:/,/^$/p' |
		grep -oE '(^| )[0-9] ' | tr -d ' ' | sort -u
}

# The first line of the section: "0, 1, 2 or 3: see"
man_codes() {
	sed -n '/^\.Sh EXIT STATUS/ { n; p; }' "man/$1.${2:-8}" | grep -o '[0-9]' | sort -u
}

main
