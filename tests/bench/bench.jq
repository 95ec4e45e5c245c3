# SPDX-License-Identifier: GPL-2.0-or-later
# What the forms of the report share.

# Three digits are enough of what is no whole number.
def digits: . as $n
	| if . == 0 then 0 else (log10 | floor | 2 - . | if . < 0 then 0 else . end) as $places
	| (pow(10; $places)) as $scale | ($n * $scale | round) / $scale end;
def figure: if . == null then "-" elif . == floor then tostring else digits | tostring end;
def verdict: if .met == null then "" elif .met then "met" else "MISSED" end;

def row: "| \(.benchmark) | \(.what) (\(.unit)) | \(.ours | figure) | \(.peer) | "
	+ "\(.theirs | figure) | \(.ratio | figure) | \(.target) | \(verdict) |";
def table: "| benchmark | what | ours | peer | theirs | ratio | target | |",
	"|---|---|---:|---|---:|---:|---|---|", (.results[] | row);

def count(f): map(select(f)) | length;
def summary: "\(.results | count(.met)) of \(.results | count(.met != null)) targets met"
	+ (if .failed == [] then "." else "; without a result: \(.failed | join(", "))." end);

def machine: .machine
	| "Measured \(if .since == .time then "" else "\(.since) to " end)\(.time), the last at \(.tools), on \(.processors) processors (\(.processor)), Linux \(.host_kernel).",
	"Guests: Linux \(.guest_kernel) with and without the series, QEMU \(.qemu) by \(.accelerator),",
	"built by \(.compiler). Peers: iproute2 \(.iproute2), lsof \(.lsof).";
