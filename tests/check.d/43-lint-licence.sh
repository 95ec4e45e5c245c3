#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: every file names its licence, whose text is here
# limit: 60
# needs: install
#
# In an SPDX line of its own. Not in the licences themselves, in other people's
# macros (which have their notice), in the patches (which are under the licence
# of the files they change) and the letter that goes with them, and in data that
# a comment would spoil. The text of each licence and exception that is named is
# in LICENSES.

set -euo pipefail

exempt=(
	':!COPYING' ':!LICENSES' ':!m4/ax_*' ':!kernel/patches' ':!kernel/cover-letter'
	':!tests/*/golden/*' ':!tests/check.d/lib/spelling-exceptions'
)

lines_missing() {
	local file
	while IFS= read -r -d '' file; do
		[[ ! -f $file || -L $file ]] || grep -q 'SPDX-License-Identifier: ' "$file" ||
			echo "no SPDX line: $file"
	done < <(git ls-files -z "${exempt[@]}")
}

# A line starts with the tag after the comment's mark; "or later" is no other text.
licences_named() {
	git grep -hE '^[^[:alnum:]]{1,5} ?SPDX-License-Identifier: ' -- "${exempt[@]}" |
		sed -E 's/.*Identifier: //; s/ (OR|AND|WITH) /\n/g' |
		sed -E 's/^[ (]*//; s/[ )].*//; s/(-or-later|-only|\+)$//' | sort -u
}

texts_missing() {
	local licence
	while IFS= read -r licence; do
		[[ -s LICENSES/$licence.txt ]] || echo "no text of $licence in LICENSES"
	done < <(licences_named)
}

main() {
	local missing
	missing=$(lines_missing && texts_missing)
	[[ $missing ]] || return 0
	printf '%s\n' "$missing"
	return 1
}

main
