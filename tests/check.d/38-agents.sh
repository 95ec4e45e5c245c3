#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: Zabbix, Icinga, collectd and Telegraf, as users without privileges
# limit: 240
# needs: build
exec tests/monitoring/test-agents
