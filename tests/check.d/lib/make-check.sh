# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Sourced by the steps that run `make check`.

# make_check DIRECTORY [VARIABLE=VALUE…]
# What the failed tests said is shown set in, so that it is not counted again.
make_check() {
	local directory=$1
	shift
	make -C "$directory" -j "$(nproc)" check "$@" && return
	sed 's/^/| /' "$directory/test-suite.log"
	return 1
}
