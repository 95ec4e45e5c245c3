#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: every JSON document, by its schema and a validator that is not ours
# limit: 600
# needs: build
tests/monitoring/test-json
exec tests/monitoring/test-names
