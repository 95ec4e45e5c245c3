# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Sourced by kernel/tree, kernel/vm and whoever needs the same few words.
# Sets: top (this repository), program (for messages).

program=${program:-${0##*/}}
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() {
	printf '%s: %s\n' "$program" "$*" >&2
}

die() {
	say "$*"
	exit 1
}

usage_error() {
	say "$* (try '$program --help')"
	exit 2
}

# The comment at the head of a script is its help: from its third line up to
# the first line that is no comment.
show_help() {
	sed -n '3,/^[^#]/ { /^#/!q; s/^# \{0,1\}//p }' "$1"
}

# Hold a lock until this process ends, so that two calls take turns.
take_lock() {
	local file=$1 fd
	mkdir -p "${file%/*}"
	exec {fd}>"$file"
	flock -n "$fd" && return
	say "waiting for another process to finish (${file##*/})"
	flock "$fd"
}

# One hash for the names, contents and executable bits of files and folders,
# named from the top; what does not exist counts as empty.
hash_of() {
	local path
	for path; do
		[[ ! -e $top/$path ]] || list_with_hashes "$path"
	done | LC_ALL=C sort | sha256sum | cut -d ' ' -f 1
}

list_with_hashes() {
	(
		cd "$top" || exit
		find "$1" -type f ! -name '*~' ! -name '.*.sw?' -exec sha256sum {} +
		find "$1" -type f -perm /100 -printf 'executable %p\n'
	)
}
