#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: build the same kernel without the series
# limit: 5400
# needs: install
exec kernel/tree build --stock
