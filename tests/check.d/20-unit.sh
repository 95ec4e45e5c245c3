#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: the unit tests, and the tests on this machine's own kernel
# limit: 1800
# needs: build
set -euo pipefail
# shellcheck source=tests/check.d/lib/make-check.sh
. tests/check.d/lib/make-check.sh

make_check build/tools
