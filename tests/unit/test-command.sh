#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# secretmemctl from outside: exit codes, what goes to stdout and to stderr.
ctl=${SECRETMEMCTL:-src/secretmemctl/secretmemctl}
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
number=0

# result STATUS NAME
result() {
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		sed 's/^/# out: /' "$dir/out"
		sed 's/^/# err: /' "$dir/err"
	fi
}

# run CODE ARGUMENT...: run it, and see that it exits with CODE
run() {
	wanted=$1
	shift
	"$ctl" "$@" >"$dir/out" 2>"$dir/err"
	code=$?
	[ "$code" -eq "$wanted" ] || { echo "# exit code $code, not $wanted: $*"; return 1; }
}

# One line of error that names the program, and nothing else.
one_line() {
	[ ! -s "$dir/out" ] && [ "$(wc -l <"$dir/err")" -eq 1 ] && grep -q '^secretmemctl' "$dir/err"
}

# refused ARGUMENT...: usage error
refused() {
	run 2 "$@" && one_line
	result $? "refused: $*"
}

run 0 --version && grep -q '^secretmemctl [0-9]' "$dir/out" && [ ! -s "$dir/err" ]
result $? '--version'
run 0 --help && grep -q '^  status ' "$dir/out" && [ ! -s "$dir/err" ]
result $? '--help'
run 2 && [ ! -s "$dir/out" ] && grep -q '^Usage: ' "$dir/err"
result $? 'no argument shows the usage'
run 0 monitor --events=help && grep -q '^  chunk-added ' "$dir/out" && [ ! -s "$dir/err" ]
result $? 'monitor --events=help lists types'
run 0 status --help && grep -q -- '--filter=FILTER' "$dir/out" && [ ! -s "$dir/err" ]
result $? 'status --help'
run 0 status -o help && grep -q 'CREATOR-PID.*process that created' "$dir/out"
result $? 'status -o help lists all columns'
run 0 status chunks -o help && grep -q 'USED.*(bytes)' "$dir/out" && ! grep -q HOLDERS "$dir/out"
result $? 'status chunks -o help lists its columns with units'

refused nonsense
refused --nonsense
refused status nonsense
refused status files chunks
refused status --nonsense
refused status -x
refused status --units
refused status --units=furlongs
refused status --color=sometimes
refused status --source=hearsay
refused status --json=1
refused status --so
refused status -o ID
refused status --sort ID
refused status --filter ID=1
refused status files -o NONSENSE
refused status files --sort NONSENSE
refused status files --filter NONSENSE
refused status files --json -o ID
refused status files --json --holders
refused status pool --sort USED
refused status chunks --holders
refused status --holders
refused status --source=netlink --root=/nonexistent
refused monitor nonsense
refused monitor --events=nonsense
refused monitor --events=
refused monitor --events=snapshot
refused monitor --filter NONSENSE=1
refused monitor --filter PID=x
refused monitor --count=0
refused monitor --interval=0
refused monitor --snapshots=0
refused monitor --timeout=soon
refused monitor --from=/nonexistent
refused monitor --replay=/nonexistent --timeout=1
refused status --replay
refused status --replay=/nonexistent --from=/nonexistent
refused status --replay=/nonexistent --source=procfs
refused status --from=/nonexistent --root=/
refused status --at=+1s
refused status --from=/nonexistent --at=+1s
refused pool --replay=/nonexistent
refused doctor --from=/nonexistent
refused pool --nonsense
refused pool 5M
refused pool --floor
refused pool --floor=much
refused pool --fits=-1
refused pool --floor=2M --fits=2M
refused pool --source=procfs
refused pool --root=/

# A usage error is told before anything is read; the document is whole or not there.
"$ctl" status --json >/dev/full 2>"$dir/err"
[ $? -eq 1 ] && [ "$(grep -c 'cannot write the output' "$dir/err")" -eq 1 ]
result $? 'a full disk is an error'
"$ctl" --version >&- 2>"$dir/err"
[ $? -eq 1 ] && [ "$(grep -c 'cannot write the output' "$dir/err")" -eq 1 ]
result $? 'a closed stdout is an error'
(trap '' PIPE; "$ctl" status --help; echo $? >"$dir/code") 2>"$dir/err" | :
sleep 1
[ "$(cat "$dir/code")" -eq 1 ] || [ "$(cat "$dir/code")" -eq 0 ]
result $? 'a closed pipe does no harm'

echo "1..$number"
