#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: kill reserve --persist before every system call that it makes
# limit: 600
# needs: build
set -euo pipefail

cd build/tools
exec ../../tests/host/test-reserve-kill
