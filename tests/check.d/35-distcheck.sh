#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: make a release archive, and build, test and install from it
# limit: 1800
# needs: build
# long: yes
set -euo pipefail
make -s -C build/tools -j "$(nproc)" distcheck >build/check/distcheck-make.log 2>&1 || {
	tail -n 40 build/check/distcheck-make.log
	exit 1
}
