# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# check: run the steps one after the other, count what they tell, sum up.

logs=build/check
passed=0 failed=0 skipped=0
declare -A broken=()
step_pid=''

run_steps() {
	local name number=0
	mkdir -p "$logs"
	take_lock "$logs/.lock"
	trap 'stop_step; exit 130' INT
	trap 'stop_step; exit 143' TERM HUP
	for name in "${steps[@]}"; do
		number=$((number + 1))
		printf '[%2d/%d] %-14s %.90s\n' "$number" "${#steps[@]}" "$name" \
			"$(step_what "$name")"
		run_step "$name"
	done
}

run_step() {
	local name=$1 log=$logs/$1.log status=0 began=$SECONDS missing
	missing=$(broken_need "$name")
	if [[ $missing ]]; then
		printf 'needs step %s, which failed\n' "$missing" >"$log"
		status=1
	else
		start_step "$name" "$log"
		watch_step "$log"
		wait "$step_pid" || status=$?
		step_pid=''
	fi
	judge_step "$name" "$status" $((SECONDS - began))
}

broken_need() {
	local need
	for need in $(step_needs "$1"); do
		[[ ! ${broken[$need]-} ]] || echo "$need"
	done | head -n 1
}

# In a process group of its own (timeout sees to that), so that nothing that a
# step has started outlives its time. A guest has all the time of its step.
start_step() {
	local options='--timeout 0'
	[[ ! ${debug_of[$1]-} ]] || options+=' --debug'
	env CHECK=1 SECRETMEM_VM_OPTIONS="$options" \
		timeout --kill-after=20 "$(step_limit "$1")" "./${file_of[$1]}" \
		</dev/null >"$2" 2>&1 &
	step_pid=$!
}

stop_step() {
	[[ ! $step_pid ]] || kill "$step_pid" 2>/dev/null || true
}

# Say now and then how far a long step is: by its last line.
watch_step() {
	local log=$1 waited=0
	while kill -0 "$step_pid" 2>/dev/null; do
		sleep 1
		waited=$((waited + 1))
		[[ $((waited % 30)) != 0 ]] || printf '        %4d s: %.100s\n' \
			"$waited" "$(tail -n 1 "$log" | tr -cd '[:print:]')"
	done
}

judge_step() {
	local name=$1 status=$2 seconds=$3 log=$logs/$1.log ok not_ok skip
	read -r ok not_ok skip < <(count_tests "$log")
	if [[ $status != 0 && $not_ok == 0 ]]; then
		not_ok=1
	elif [[ $status == 0 && $((ok + not_ok + skip)) == 0 ]]; then
		ok=1
	fi
	passed=$((passed + ok)) failed=$((failed + not_ok)) skipped=$((skipped + skip))
	if [[ $not_ok == 0 ]]; then
		tell_success "$ok" "$skip" "$seconds"
		show_skips "$log"
	else
		broken[$name]=yes
		tell_failure "$name" "$status" "$not_ok" "$seconds"
	fi
}

count_tests() {
	awk -f tests/check.d/lib/count.awk "$1"
}

tell_success() {
	printf '        ok: %d passed' "$1"
	[[ $2 == 0 ]] || printf ', %d skipped' "$2"
	printf ' (%d s)\n' "$3"
}

# What was not tested, and why, must not hide in a log.
show_skips() {
	grep -E '^(ok |1\.\.0).*# *[Ss][Kk][Ii][Pp]|^SKIP: .* ' "$1" |
		sed 's/^/        /' | head -n 10 || true
}

tell_failure() {
	local name=$1 status=$2 seconds=$4 log=$logs/$1.log
	printf '        FAILED: %d (%d s%s); the end of %s:\n' "$3" "$seconds" \
		"$(say_status "$status")" "$log"
	{
		grep -E '^(not ok|FAIL:|ERROR:)' "$log" | head -n 20 || true
		tail -n 25 "$log"
	} | sed 's/^/        | /'
}

say_status() {
	case $1 in
	0 | 1) ;;
	124 | 137) printf ', its time was over' ;;
	*) printf ', exit status %d' "$1" ;;
	esac
}

sum_up() {
	local skips=''
	[[ $skipped == 0 ]] || skips=", $skipped skipped"
	printf '\n%d min %d s\n' $((SECONDS / 60)) $((SECONDS % 60))
	printf '%d passed, %d failed%s\n' "$passed" "$failed" "$skips"
	[[ $failed == 0 && $passed != 0 ]]
}
