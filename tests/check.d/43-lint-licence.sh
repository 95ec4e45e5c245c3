#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: every file names its licence
# limit: 60
# needs: install
#
# In an SPDX line of its own. Not in the licences themselves, in other people's
# macros (which have their notice), in the patches (which are under the licence
# of the files they change), and in data that a comment would spoil.

set -euo pipefail

exempt=(
	':!COPYING' ':!LICENSES' ':!m4/ax_*' ':!kernel/patches'
	':!tests/*/golden/*' ':!tests/check.d/lib/spelling-exceptions'
)

main() {
	local file missing=0
	while IFS= read -r -d '' file; do
		[[ ! -f $file || -L $file ]] || grep -q 'SPDX-License-Identifier: ' "$file" ||
			{ echo "no SPDX line: $file" && missing=1; }
	done < <(git ls-files -z "${exempt[@]}")
	return "$missing"
}

main
