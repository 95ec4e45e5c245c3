#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: yamllint on the netlink specification
# limit: 60
# needs: install
set -euo pipefail

rules='
extends: default
rules:
  line-length: {max: 80}
  indentation: {spaces: 2, indent-sequences: true}
'
exec yamllint --strict -d "$rules" kernel/linux/Documentation/netlink/specs/*.yaml
