# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# kernel/vm: what the guest starts with: kernel, initramfs, the job.

find_kernel() {
	image=${own_image:-$image}
	[[ -f $image ]] ||
		die "no kernel yet: run kernel/tree build$build_options"
	command -v "$emulator" >/dev/null || die "no $emulator:" \
		"run scripts/install-kernel-deps --cross"
}

# One static program and a console node to complain on.  Other calls may boot
# the old one at this moment, so it is replaced whole.
make_initramfs() {
	local source=$top/kernel/guest/init.c work
	initramfs=$vm/initramfs-$architecture.cpio
	[[ $initramfs -ot $source ]] || return 0
	mkdir -p "$vm"
	work=$(mktemp -d "$vm/initramfs.XXXXXX")
	mkdir "$work/root"
	"$compiler" -static -O2 -Wall -o "$work/root/init" "$source" ||
		die 'cannot compile kernel/guest/init.c'
	pack_files "$work/root" init >"$work/new"
	mv "$work/new" "$initramfs"
	rm -rf "$work"
}

pack_files() {
	local directory=$1
	shift
	(cd "$directory" && printf '%s\n' "$@" |
		cpio --quiet -o -H newc -R 0:0)
}

# A place for this run alone, gone when we go.  What a killed call has left
# is removed by the next.
make_run_directory() {
	local old
	mkdir -p "$vm/run" "$vm/log"
	for old in "$vm/run"/*; do
		[[ ! -d $old ]] || kill -0 "$(pid_of_run "$old")" 2>/dev/null ||
			rm -rf "$old"
	done
	run=$(mktemp -d "$vm/run/$$.XXXXXX")
	log=$vm/log/$(date +%Y%m%d-%H%M%S)-$$.log
	trap clean_up EXIT
}

pid_of_run() {
	local name=${1##*/}
	printf '%s\n' "${name%%.*}"
}

clean_up() {
	stop_machine
	rm -rf "$run"
}

# Appended to the initramfs as a second archive: the kernel unpacks both.
write_job() {
	{
		printf 'directory=%s\0memlock=%s\0' "$PWD" "$memlock"
		write_places
		write_environment
		printf 'argument=%s\0' "${command_line[@]}"
	} >"$run/job"
	pack_files "$run" job >"$run/job.cpio"
	cat "$initramfs" "$run/job.cpio" >"$run/initramfs"
}

# The guest's /tmp and /run hide the host's.  What this call needs from there
# stays visible: the repository, the build, where we are, and the program.
write_places() {
	local place
	for place in "$top" "$(programs_directory)" "$PWD" "${command_line[0]}"; do
		case $place in
		/tmp/* | /run/*) printf 'visible=%s\0' "$place" ;;
		esac
	done
	for place in "${places[@]}" "${shares[@]}"; do
		printf 'share=%s\0' "$place"
	done
	[[ ! $terminal ]] || printf 'window=%s\0' "$(stty size)"
}

programs_directory() {
	if [[ $architecture != x86 ]]; then
		printf '%s\n' "$top/build/$architecture/tools"
	elif [[ ${SECRETMEM_BUILD_DIR-} ]]; then
		printf '%s\n' "$SECRETMEM_BUILD_DIR"
	elif [[ -e $top/config.status ]]; then
		printf '%s\n' "$top"
	else
		printf '%s\n' "$top/build/tools"
	fi
}

# The caller's environment, without what names places that only the host has.
write_environment() {
	env -0 -u TMPDIR -u XDG_RUNTIME_DIR -u DBUS_SESSION_BUS_ADDRESS \
		PATH="$(guest_path)" | sed -z 's/^/environment=/'
}

guest_path() {
	local programs path='' directory
	programs=$(programs_directory)
	for directory in src/secretmemctl src/secrettop tests/load; do
		[[ ! -d $programs/$directory ]] || path+=$programs/$directory:
	done
	printf '%s\n' "$path$PATH:/usr/sbin:/sbin"
}
