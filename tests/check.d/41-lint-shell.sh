#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: shellcheck on every shell script
# limit: 300
# needs: install
set -euo pipefail

# By their first line, as not all have a suffix; or, where they are sourced, by
# the line that tells the dialect.
shell_scripts() {
	git ls-files -z |
		xargs -0 awk 'FNR > 3 { nextfile }
			/^#!.*\/(ba|da|)sh/ || /^# shellcheck shell=/ { print FILENAME; nextfile }' |
		grep -v '\.patch$' | sort -u
}

mapfile -t scripts < <(shell_scripts)
echo "${#scripts[@]} scripts"
shellcheck --version | sed -n 2p
exec shellcheck --external-sources "${scripts[@]}"
