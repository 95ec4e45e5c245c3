# SPDX-License-Identifier: GPL-2.0-or-later
#
# Count the tests in what a step printed: "PASSED FAILED SKIPPED".
#
# Two forms count: TAP, whose lines begin with "ok" or "not ok" (indented ones
# belong to a test around them), and automake's sums ("# PASS:  12"). A test
# that TAP's plan ("1..N") promised and that never came has failed; a plan of none
# ("1..0 # SKIP reason") is one that was skipped.

BEGIN { passed = failed = skipped = seen = planned = 0 }

{ sub(/\r$/, "") }

/^ok / && /# *[Ss][Kk][Ii][Pp]/	{ skipped++; seen++; next }
/^ok /				{ passed++; seen++; next }
/^not ok /			{ failed++; seen++; next }
/^1\.\.0 *# *[Ss][Kk][Ii][Pp]/	{ skipped++; next }
/^1\.\.[0-9]+/			{ split($1, plan, /\.\./); planned += plan[2]; next }
/^Bail out!/			{ failed++; next }
/^# (PASS|XFAIL): +[0-9]+$/	{ passed += $3; next }
/^# (FAIL|XPASS|ERROR): +[0-9]+$/ { failed += $3; next }
/^# SKIP: +[0-9]+$/		{ skipped += $3; next }

END {
	if (planned > seen)
		failed += planned - seen
	print passed, failed, skipped
}
