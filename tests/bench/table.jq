# SPDX-License-Identifier: GPL-2.0-or-later
# The results as a table, and how many targets were met.
include "bench"; table, "", summary
