# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# kernel/vm: what differs from one architecture to the other.

choose_x86() {
	flavour=series
	[[ ! $debug ]] || flavour=debug
	[[ ! $stock ]] || flavour=stock${debug:+-debug}
	image=$top/build/kernel/$flavour/vmlinux
	emulator=qemu-system-x86_64 machine=q35 console=ttyS0
	compiler=gcc root=/
	build_options="${stock:+ --stock}${debug:+ --debug}"
	processor=max
	[[ ! $icount ]] || processor=max,-erms,-fsrm
}

# The architecture's own way to sign pointers costs an emulator half its time.
choose_arm64() {
	flavour=arm64
	image=$top/build/kernel/$flavour/arch/arm64/boot/Image
	emulator=qemu-system-aarch64 machine=virt console=ttyAMA0
	compiler=aarch64-linux-gnu-gcc root=$top/build/arm64/root
	build_options=' --arch arm64'
	processor=max,pauth-impdef=on
	[[ -e $root/usr/bin/bash ]] ||
		die 'no files for an arm64 guest yet: run scripts/build-arm64-root'
	places=("$top")
	mkdir -p "$root$top"
}
