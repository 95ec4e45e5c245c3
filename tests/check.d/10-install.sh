#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: install the Debian packages that are missing
# limit: 1200
exec scripts/install-deps
