#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: instructions of a monitor for each event, none of which is lost
#
# What a monitor takes for an event says how many it can take in a second. The
# peer's events are changes to a link, for the guest has no routes; ip tells
# them as text. Both write each event to a file as it comes.
set -euo pipefail
# shellcheck source=tests/bench/lib.sh
. "$(dirname "$0")/lib.sh"

rate=2000

measure() {
	local found
	found=$(guest --icount --mem 1G --append secretmem=64M -- both)
	compare "of $(value_of events "$found") events, those that are lost" - "$(value_of lost "$found")" - \
		events 'ours <= 0'
	compare 'monitor --json, per event' 'ip -o monitor link' "$(value_of ours "$found")" \
		"$(value_of ip "$found")" instructions 'ratio <= 1'
}

both() {
	export OUTPUT=/tmp/events
	ours
	theirs
}

# For a second files come and go, with two events each.
ours() {
	local cost events
	cost=$(cost --beside "secretmem-load --files 1 --size 4K --fd-only --churn $rate --hold 1" \
		-- secretmemctl monitor --json --events=file-created,file-released)
	events=$(jq -s 'map(select(.type | startswith("file-"))) | length' "$OUTPUT")
	echo "lost $(jq -s 'map(.sequence) | map(select(.)) | if length == 0 then 1
		else max - min + 1 - length end' "$OUTPUT")"
	echo "events $events"
	echo "ours $(($(value_of cpu_ns "$cost") / events))"
}

theirs() {
	local cost i
	for ((i = 0; i < 2 * rate; i++)); do
		echo "link set dev lo mtu $((1000 + i % 2))"
	done >/tmp/batch
	cost=$(cost --beside 'ip -batch /tmp/batch' -- ip -o monitor link)
	echo "ip $(($(value_of cpu_ns "$cost") / $(wc -l <"$OUTPUT")))"
}

bench "$@"
