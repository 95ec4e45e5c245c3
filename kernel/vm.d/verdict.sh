# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# kernel/vm: how it ended.

# What the kernel prints when it is not well, at the beginning of a message.
splat='^\[ *[0-9.]+\] (BUG: |WARNING: |KASAN: |Oops: |UBSAN: |Kernel panic'
splat+='|kernel BUG at|general protection fault|INFO: possible|INFO: trying'
splat+='|INFO: task .* blocked|kmemleak: [1-9][0-9]* new|DEBUG_LOCKS_WARN_ON)'

give_verdict() {
	local first status
	first=$(grep -aEm1 "$splat" "$log" | tr -d '\r' || true)
	status=$(sed -n 's/^exit //p' "$run/control" 2>/dev/null || true)
	if [[ $first ]]; then
		say "the kernel printed '$first': see $log"
		exit 125
	elif [[ $machine_status == 124 || $machine_status == 137 ]]; then
		say "the guest did not end in $limit s: see $log"
		exit 124
	elif [[ ! $status ]]; then
		ended_early
	fi
	exit "$status"
}

ended_early() {
	if [[ -s $run/qemu-errors ]]; then
		die "QEMU: $(head -n 1 "$run/qemu-errors")"
	fi
	die "the guest ended before the command did: see $log"
}
