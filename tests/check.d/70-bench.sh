#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: splits, flushes and faults by exact counts, beside a stock kernel
# limit: 1800
# needs: build kernel kernel-stock
exec tests/bench/run --quick --tap
