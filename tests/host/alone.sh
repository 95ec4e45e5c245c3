# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Start the test that reads this again, in a pid namespace of its own: there
# what it counts is what it started, whatever else runs on this machine.
if [ -z "${SECRETMEM_TEST_ALONE:-}" ]; then
	if ! unshare --pid --fork --mount --mount-proc true 2>/dev/null; then
		echo "1..0 # SKIP needs root, for a pid namespace of its own"
		exit 0
	fi
	SECRETMEM_TEST_ALONE=1 exec unshare --pid --fork --mount --mount-proc --kill-child \
		-- /bin/bash "$0" "$@"
fi
