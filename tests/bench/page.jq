# SPDX-License-Identifier: GPL-2.0-or-later
# The part of docs/benchmarks.md that was measured.
include "bench"; table, "", summary, "", machine
