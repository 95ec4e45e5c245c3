# SPDX-License-Identifier: GPL-2.0-or-later
# One result: both figures, their ratio, the target, and whether it is met.

def number: if . == "-" then null else tonumber end;
def fraction: split("/") | map(tonumber) | if length == 2 then .[0] / .[1] else .[0] end;

($ARGS.named | .ours |= number | .theirs |= number)
| .ratio = (if .ours == null or (.theirs // 0) == 0 then null else .ours / .theirs end)
| (.target | capture("^(?<value>ours|theirs|ratio) (?<order><=|>=) (?<limit>[0-9./]+)$")) as $target
| .[$target.value] as $value
| ($target.limit | fraction) as $limit
| .met = (if $value == null then null
	elif $target.order == "<=" then $value <= $limit
	else $value >= $limit end)
| {benchmark, what, peer, unit, ours, theirs, ratio, target, met}
