#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: metrics to node_exporter, Prometheus, an alert at the Alertmanager, and back
# limit: 600
# needs: build
exec tests/monitoring/test-prometheus
