#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: the unit tests again, with the address and undefined behaviour sanitizers
# limit: 1800
# needs: install
set -euo pipefail
# shellcheck source=tests/check.d/lib/make-check.sh
. tests/check.d/lib/make-check.sh

scripts/build-tools build/tools-sanitized --enable-werror --enable-sanitizers
# The variable is make's: tests/unit/Makemodule.am lists the tests there.
# shellcheck disable=SC2016
make_check build/tools-sanitized TESTS='$(unit_tests)'
