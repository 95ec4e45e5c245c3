#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: codespell on everything
# limit: 120
# needs: install
#
# The patches are not looked at: half of what they say is other people's. Nor are
# screens, at whose edge words end early.
set -euo pipefail
git ls-files -z ':!LICENSES' ':!COPYING' ':!m4/ax_*' ':!kernel/patches' \
	':!tests/unit/golden/top' ':!tests/top/golden' |
	xargs -0 codespell --ignore-words tests/check.d/lib/spelling-exceptions --
