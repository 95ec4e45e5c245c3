# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Sourced after common.sh: list Debian packages, check for them, install those
# that are missing.

missing_packages() {
	local package
	for package; do
		dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null |
			grep -qx installed || echo "$package"
	done
}

as_root() {
	if [[ $(id -u) == 0 ]]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "not root and no sudo: as root, run: $*"
	fi
}

# apt-get waits for another one that is at work, but not for ever.
apt_get() {
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -o DPkg::Lock::Timeout=300 "$@"
}

# Servers that come with packages are not to be started: tests do that themselves,
# with configurations of their own. A policy that is there already stays.
without_servers() {
	local policy=/usr/sbin/policy-rc.d status=0
	if [[ -e $policy ]]; then
		"$@"
		return
	fi
	printf '#!/bin/sh\nexit 101\n' | as_root install -m 755 /dev/stdin "$policy"
	"$@" || status=$?
	as_root rm -f "$policy"
	return "$status"
}

# Where all is there already, this needs neither root nor a network.
install_packages() {
	local -a missing
	mapfile -t missing < <(missing_packages "$@")
	[[ ${#missing[@]} != 0 ]] || return 0
	say "installing ${#missing[@]} packages: ${missing[*]}"
	update_and_install "${missing[@]}" || {
		say 'apt-get failed; trying once more'
		sleep 10
		update_and_install "${missing[@]}"
	} || die "apt-get could not install: ${missing[*]}"
}

# Lists that are not to be had do not make update fail, but maybe install: a
# package has another version by now, or is not in the old lists.
update_and_install() {
	apt_get update >/dev/null || say 'apt-get update failed; trying with the lists at hand'
	without_servers apt_get install -y --no-install-recommends "$@" >&2
}

list_packages() {
	printf '%s\n' "$@" | sort -u
}

# Print what is missing; fail if anything is.
check_packages() {
	local missing
	missing=$(missing_packages "$@")
	[[ $missing ]] || return 0
	printf '%s\n' "$missing"
	return 1
}
