#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: build the kernel with the series for arm64, and what runs there
# limit: 7200
# needs: install
# long: yes
set -euo pipefail
kernel/tree build --arch arm64
scripts/build-arm64-root
