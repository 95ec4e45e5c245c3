#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: Prometheus rules, their tests, and metrics, by promtool
# limit: 120
# needs: build
exec tests/monitoring/test-rules
