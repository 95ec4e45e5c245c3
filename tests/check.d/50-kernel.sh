#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: build the kernel with the series
# limit: 5400
# needs: install
exec kernel/tree build
