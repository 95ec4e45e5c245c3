#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: every file names its licence
# limit: 60
# needs: install
#
# In an SPDX line of its own. Not in the licences themselves, in other people's
# macros (which have their notice), in the patches (which are under the licence
# of the files they change), and in data that a comment would spoil, such as
# images of /proc and golden outputs: their folder has a file LICENSE.

set -euo pipefail

main() {
	local file missing=0
	while IFS= read -r -d '' file; do
		names_licence "$file" || { echo "no SPDX line: $file" && missing=1; }
	done < <(git ls-files -z ':!LICENSES' ':!COPYING' ':!m4/ax_*' \
		':!kernel/patches' ':!tests/check.d/lib/spelling-exceptions')
	return "$missing"
}

names_licence() {
	[[ -f $1 && ! -L $1 ]] || return 0
	grep -q 'SPDX-License-Identifier: ' "$1" || covered_by_folder "${1%/*}"
}

covered_by_folder() {
	local folder=$1
	while [[ $folder == */* ]]; do
		[[ ! -f $folder/LICENSE ]] || return 0
		folder=${folder%/*}
	done
	return 1
}

main
