# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Sourced by the demo, here and in its guest: hold secret memory for a while.

# start_load OPTION… returns when all is touched, or fails.
start_load() {
	local line=''
	coproc load { exec secretmem-load "$@" 2>&1; }
	# shellcheck disable=SC2154 # coproc sets it
	read -r line <&"${load[0]}" || true
	[[ $line != ready ]] || return 0
	echo "$line"
	return 1
}

stop_load() {
	# shellcheck disable=SC2154 # coproc sets it
	[[ ! ${load_PID-} ]] || { kill "$load_PID" && wait "$load_PID"; } 2>/dev/null || true
}
