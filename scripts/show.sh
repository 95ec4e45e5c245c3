# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Sourced by the demo, here and in its guest: show a command and what it prints.

color=${DEMO_COLOR-}
[[ $color || ! -t 1 || ${NO_COLOR-} ]] || color=always
color=${color:-never}

bold() {
	[[ $color == never ]] && printf '%s\n' "$*" || printf '\033[1m%s\033[0m\n' "$*"
}

# Partial (5) is an answer as well: somebody else's process could not be read.
show() {
	local status=0
	bold "\$ $*"
	case $1 in
	secretmemctl) "$@" --color="$color" || status=$? ;;
	*) "$@" || status=$? ;;
	esac
	echo
	[[ $status == 0 || $status == 5 ]]
}
