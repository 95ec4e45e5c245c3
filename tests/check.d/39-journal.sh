#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: events in the journal, by systemd's journald
# limit: 120
# needs: build
exec tests/monitoring/test-journal
