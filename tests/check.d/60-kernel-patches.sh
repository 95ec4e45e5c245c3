#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: every patch builds, also without the options it can do without
# limit: 14400
# needs: kernel
# long: yes
exec kernel/tree check
