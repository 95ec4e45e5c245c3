#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: build the kernel with KASAN, lockdep, fault injection and KUnit
# limit: 3600
# needs: install
# long: yes
exec kernel/tree build --debug
