# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# kernel/vm: the machine itself.

# /dev/kvm may be there and yet hang, so believe in it only when a guest has
# booted with it; asked once per boot of the host.
choose_accelerator() {
	local cache=$vm/accelerator boot known_boot='' known=''
	boot=$(cat /proc/sys/kernel/random/boot_id)
	accelerator=${SECRETMEM_VM_ACCELERATOR-}
	[[ ! $icount && $architecture == x86 ]] || accelerator=tcg
	[[ ! $accelerator ]] || return 0
	[[ ! -f $cache ]] || read -r known_boot known <"$cache"
	if [[ $known_boot != "$boot" ]]; then
		known=tcg
		! kvm_works || known=kvm
		printf '%s %s\n' "$boot" "$known" >"$run/accelerator"
		mv "$run/accelerator" "$cache"
	fi
	accelerator=$known
}

kvm_works() {
	[[ -w /dev/kvm ]] || return 1
	say 'trying KVM once (up to 10 s)'
	SECRETMEM_VM_ACCELERATOR=kvm "$top/kernel/vm" ${stock:+--stock} \
		${debug:+--debug} --timeout 10 -- true >/dev/null 2>&1
}

# A comma separates QEMU's suboptions; in a value it is written twice.
escaped() {
	printf '%s' "${1//,/,,}"
}

machine_options() {
	options=(
		-nodefaults -no-user-config -display none -monitor none
		-no-reboot -machine "$machine" -m "$memory" -smp "$processors"
		-kernel "$image" -initrd "$run/initramfs"
		-append "$(parameters)"
		-serial "file:$(escaped "$log")"
	)
	add_accelerator
	add_ports
	add_files root "$root" ,readonly=on
	add_shares
}

add_accelerator() {
	if [[ $icount ]]; then
		options+=(-accel "tcg,thread=single" -icount "shift=0,sleep=off"
			-cpu "$processor")
	elif [[ $accelerator == kvm ]]; then
		options+=(-accel kvm -cpu host)
	else
		options+=(-accel "tcg,thread=multi" -cpu "$processor")
	fi
}

# A panic ends the machine at once; so does an oops, which may have left locks
# held.  A warning does not: the command's own result is of interest, too.
# Where instructions are the clock, calibrating the local timer takes 400
# million of them (ten seconds) and fails.  And an emulator that has to wait for
# its turn does not prove a timer broken.
parameters() {
	printf '%s ' console="$console" loglevel=8 panic=-1 oops=panic \
		random.trust_cpu=on no_timer_check ${icount:+nolapic_timer} "${append[@]}"
}

add_files() {
	options+=(
		-fsdev "local,id=$1,path=$(escaped "$2"),security_model=none,multidevs=remap${3-}"
		-device "virtio-9p-pci,fsdev=$1,mount_tag=$1"
	)
}

add_shares() {
	local i
	for i in "${!places[@]}"; do
		add_files "share$i" "${places[i]}" ,readonly=on
	done
	for i in "${!shares[@]}"; do
		add_files "share$((${#places[@]} + i))" "${shares[i]}"
	done
}

# The first device, and in the order that kernel/guest/init.c expects: both
# numbers are in the names of the guest's ports.
add_ports() {
	options+=(-device virtio-serial-pci)
	add_port 1 output "file,path=$(escaped "$run/output")"
	add_port 2 errors "file,path=$(escaped "$run/errors")"
	add_port 3 control "file,path=$(escaped "$run/control")"
	[[ ! $terminal ]] || add_port 4 terminal stdio,signal=off
}

add_port() {
	options+=(-chardev "${3%%,*},id=$2${3#"${3%%,*}"}"
		-device "virtserialport,nr=$1,chardev=$2")
}

# Output goes through named pipes and a plain copy each, for QEMU would open
# (and truncate) a file behind our own standard output.
start_copies() {
	mkfifo "$run/output" "$run/errors"
	with_us cat "$run/output" &
	copies=($!)
	with_us cat "$run/errors" >&2 &
	copies+=($!)
}

# Release a copy that still waits for a writer (QEMU did not start).
finish_copies() {
	local pipe
	for pipe in output errors; do
		exec {pipe_fd}<>"$run/$pipe"
		exec {pipe_fd}>&-
	done
	wait "${copies[@]}" || true
}

# Runs a program that ends when we do, even if we are killed.
with_us() {
	exec setpriv --pdeathsig TERM "$@"
}

run_machine() {
	machine_options
	start_copies
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	machine_status=0
	with_us timeout --foreground --kill-after=5 "$limit" \
		"$emulator" "${options[@]}" <&0 \
		2>"$run/qemu-errors" &
	qemu_pid=$!
	wait_for_machine
	qemu_pid=''
	finish_copies
}

# Nobody reads our output any more (| head): then there is nothing left to do,
# as for any program that gets SIGPIPE.
wait_for_machine() {
	local first status=0
	wait -n -p first "$qemu_pid" "${copies[0]}" || status=$?
	if [[ $first == "$qemu_pid" ]]; then
		machine_status=$status
	elif [[ $status != 0 ]]; then
		exit 141
	else
		wait "$qemu_pid" || machine_status=$?
	fi
}

stop_machine() {
	[[ $qemu_pid ]] || return 0
	kill "$qemu_pid" 2>/dev/null || true
	wait "$qemu_pid" 2>/dev/null || true
	qemu_pid=''
	finish_copies
}
