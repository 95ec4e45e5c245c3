#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# what: what counts these tests: passes, failures, deaths, broken plans, no end
# limit: 120
# needs: install
set -euo pipefail

number=0

main() {
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	mkdir -p "$work/scripts" "$work/tests/check.d"
	cp check "$work"
	cp scripts/common.sh "$work/scripts"
	cp -r tests/check.d/lib "$work/tests/check.d"
	cd "$work"

	step good 'echo "ok 1 - a"; echo "ok 2 - b # SKIP why"; echo 1..2'
	step none 'echo "1..0 # SKIP no kvm"'
	step silent 'true'
	step automake 'printf "# PASS:  7\n# SKIP:  2\n# FAIL:  0\n# ERROR: 0\n"'
	expect '9 passed, 0 failed, 4 skipped' 0

	step fails 'echo "not ok 1 - a"; echo "    ok 1 - one inside"'
	expect '0 passed, 1 failed' 1 fails
	step dies 'echo "ok 1 - a"; exit 3'
	expect '1 passed, 1 failed' 1 dies
	step stops 'echo 1..4; echo "ok 1 - a"; echo "ok 2 - b"'
	expect '2 passed, 2 failed' 1 stops
	step hangs 'sleep 99 & sleep 99' '' 2
	expect '0 passed, 1 failed' 1 hangs
	step needy 'echo "ok 1 - a"' dies
	expect '1 passed, 2 failed' 1 needy
	echo "1..$number"
}

# step NAME COMMANDS [NEEDS [LIMIT]]
step() {
	local file=tests/check.d/50-$1.sh
	printf '#!/bin/bash\n#\n# limit: %s\n# needs: %s\n%s\n' "${4-60}" "${3-}" "$2" >"$file"
	chmod +x "$file"
}

# expect LAST-LINE STATUS [STEP…]
expect() {
	local wanted=$1 status=$2 got_status=0 got
	shift 2
	got=$(./check "$@" | tail -n 1) || got_status=$?
	number=$((number + 1))
	if [[ $got == "$wanted" && $got_status == "$status" ]]; then
		echo "ok $number - ${*:-all}: $wanted"
	else
		echo "not ok $number - ${*:-all}: '$got', status $got_status, not '$wanted', status $status"
	fi
}

main
