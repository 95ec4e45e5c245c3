#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: 100,000 reservations, made, released and refused, leave nothing behind
# limit: 5400
# needs: build kernel
# long: yes
#
# vm-leaks makes 5,000 of them, and so does vm-leaks-debug with kmemleak.
SECRETMEM_TEST_CYCLES=100000 exec tests/vm/test-leaks
