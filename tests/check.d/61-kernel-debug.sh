#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: build the kernel with KASAN, lockdep, fault injection and KUnit
# limit: 7200
# needs: install
# long: yes
exec kernel/tree build --debug
