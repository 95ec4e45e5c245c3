#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: checkpatch, sparse and warnings on the series
# limit: 1200
# needs: kernel
exec kernel/tree check --quick
