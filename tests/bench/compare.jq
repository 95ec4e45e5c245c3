# SPDX-License-Identifier: GPL-2.0-or-later
# One result: both figures, their ratio, the target, and whether it is met: null
# where there is no target, false where it is not known.

def number: if . == "-" then null else tonumber end;
def fraction: split("/") | map(tonumber) | if length == 2 then .[0] / .[1] else .[0] end;

def judge: if .target == "-" then null else
	(.target | capture("^(?<value>ours|theirs|ratio) (?<order><=|>=) (?<limit>[0-9./]+)$")) as $target
	| .[$target.value] as $value
	| ($target.limit | fraction) as $limit
	| if $value == null then false
	elif $target.order == "<=" then $value <= $limit
	else $value >= $limit end end;

($ARGS.named | .ours |= number | .theirs |= number)
| .ratio = (if .ours == null or (.theirs // 0) == 0 then null else .ours / .theirs end)
| .met = judge
| {benchmark, what, peer, unit, ours, theirs, ratio, target, met}
