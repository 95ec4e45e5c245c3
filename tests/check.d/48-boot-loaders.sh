#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: reserve with Debian's own update-grub and kernel-install
# limit: 900
# needs: build
#
# The first time it makes a small Debian, which takes a minute or two.

set -euo pipefail

root=$(scripts/debian-root)
cd build/tools
exec ../../tests/host/test-reserve-boot "$root"
