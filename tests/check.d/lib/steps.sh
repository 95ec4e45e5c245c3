# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# check: which steps there are, what they say of themselves, which to run.
#
# The head of a step has lines like these:
#	# what: compile everything, every warning an error
#	# limit: 600		in seconds
#	# needs: install
#	# long: yes
#	# kernel: debug		of a test in a guest: not on another one

declare -A file_of=() debug_of=()
names=() steps=()

find_steps() {
	local file name
	for file in tests/check.d/[0-9]*.sh; do
		name=${file##*/[0-9][0-9]-}
		add_step "${name%.sh}" "$file"
	done
	find_vm_steps
}

# The guests' tests run once more on the kernel that looks for its own errors,
# if their library passes on to kernel/vm what we would tell it, and unless their
# head says "kernel:" for which one alone they are.
find_vm_steps() {
	local file name debug=''
	! grep -qs SECRETMEM_VM_OPTIONS tests/vm/lib.sh || debug=yes
	for file in tests/vm/test-*; do
		[[ -f $file && -x $file ]] || continue
		name=vm-${file#tests/vm/test-}
		add_step "$name" "$file"
		[[ $debug && ! $(step_says "$name" kernel '') ]] || continue
		add_step "$name-debug" "$file"
		debug_of[$name-debug]=yes
	done
}

add_step() {
	names+=("$1")
	file_of[$1]=$2
}

# step_says STEP KEY DEFAULT
step_says() {
	local value
	value=$(sed -n "1,/^[^#]/ s/^# $2: *//p" "${file_of[$1]}" | head -n 1)
	printf '%s\n' "${value:-$3}"
}

# A test without such a line is described by its head's first sentence.
step_what() {
	local what
	what=$(step_says "$1" what "$(first_sentence "${file_of[$1]}")")
	printf '%s\n' "$what${debug_of[$1]:+, on the kernel that looks for its own errors}"
}

first_sentence() {
	sed -n '3,/^[^#]/ s/^# //p' "$1" | tr '\n' ' ' | sed 's/\. .*//'
}

step_limit() {
	local limit factor=1
	limit=$(step_says "$1" limit 900)
	# KASAN and lockdep cost a factor of three or more.
	[[ ! ${debug_of[$1]-} ]] || factor=4
	echo $((limit * factor))
}

step_needs() {
	case ${debug_of[$1]-}$1 in
	yes*) echo 'build kernel-debug' ;;
	vm-*) step_says "$1" needs 'build kernel kernel-stock' ;;
	*) step_says "$1" needs '' ;;
	esac
}

step_is_long() {
	[[ ${debug_of[$1]-} || $(step_says "$1" long no) == yes ]]
}

# All of them, or those asked for and, before each, what it needs.
choose_steps() {
	local name
	for name in "${asked[@]}"; do
		[[ ${file_of[$name]-} ]] ||
			usage_error "there is no step '$name': see ./check --list"
		choose_with_needs "$name"
	done
	[[ ${#asked[@]} == 0 ]] || return 0
	for name in "${names[@]}"; do
		[[ ! $long ]] && step_is_long "$name" || steps+=("$name")
	done
}

choose_with_needs() {
	local need
	for need in $(step_needs "$1"); do
		choose_with_needs "$need"
	done
	[[ " ${steps[*]} " == *" $1 "* ]] || steps+=("$1")
}

list_steps() {
	local name mark
	for name in "${names[@]}"; do
		mark=''
		! step_is_long "$name" || mark=' (--long)'
		printf '%-24s %.90s%s\n' "$name" "$(step_what "$name")" "$mark"
	done
}
