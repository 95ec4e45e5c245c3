#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: build the tools, every warning an error
# limit: 1200
# needs: install
exec scripts/build-tools build/tools --enable-werror
