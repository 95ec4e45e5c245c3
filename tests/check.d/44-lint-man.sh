#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: the man pages, by man and mandoc
# limit: 120
# needs: install
set -euo pipefail
status=0
for page in man/*.[1-9]; do
	complaints=$(
		MANROFFSEQ='' MANWIDTH=80 LC_ALL=C.UTF-8 \
			man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null
		# Our own pages are not installed where mandoc looks for them.
		mandoc -T lint -W warning "$page" | grep -v 'referenced manual not found' || true
	)
	[[ ! $complaints ]] || status=1
	printf '%s%s\n' "$page" "${complaints:+:
$complaints}"
done
exit "$status"
