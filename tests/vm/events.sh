# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2154
#
# For tests in the guest: listeners of the netlink family, and what the kernel
# tree's own netlink command says.

programs=$(dirname "$(command -v secretmem-load)")/../vm

secret_events() {
	"$programs/secret-events" "$@"
}

ynl() {
	(cd "$tests_top/build/linux" && /usr/bin/python3 tools/net/ynl/cli.py \
		--spec Documentation/netlink/specs/secretmem.yaml --output-json "$@" 2>&1)
}

pool_get() {
	ynl --do pool-get | jq -r "$1"
}

pool_set() {
	ynl --do pool-set --json "$1"
}

# start_listener GROUP [OPTION…]: what it hears goes to /tmp/events.
start_listener() {
	as=()
	start_listener_as "${@:2}" "$1"
}

# The same by the command ${as[@]}.
start_listener_as() {
	rm -f /tmp/events /tmp/over
	"${as[@]}" "$programs/secret-events" --until /tmp/over "$@" >/tmp/events 2>&1 &
	listener=$!
	until grep -q . /tmp/events 2>/dev/null; do sleep 0.05; done
}

# The listener ends when nothing comes any more.
end_listener() {
	touch /tmp/over
	wait "$listener"
}

# event_field NAME [AWK-CONDITION]: this attribute of the events heard.
event_field() {
	awk -v name="$1" '/^event/ && ('"${2:-1}"') {
		for (i = 2; i <= NF; i++)
			if (index($i, name "=") == 1)
				print substr($i, length(name) + 2)
	}' /tmp/events
}

# gaps FIRST LAST: how many numbers from FIRST to LAST were not heard.
gaps() {
	event_field sequence | awk -v next_one="$1" -v last="$2" '
		{ missing += $1 - next_one; next_one = $1 + 1 }
		END { print missing + last - next_one + 1 }'
}
