# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # of tap.sh, lib.sh and the test
#
# A walk through secrettop on a living kernel: what is on the screen is what
# status --json tells at that moment, whatever keys lead there. Read after
# tests/top/lib.sh, by a test that says what its kernel knows of a file:
#
#   status_options  of secretmemctl status, an array
#   figures         what a row of a file begins with, a filter of jq
#   figure_columns  how many columns that is
#
# Nothing waits for a time that should be enough: each step waits for its screen.

patience=60	# seconds, for a machine that has much else to do

# ---- what is on the screen, and what it shall be ----

press() {
	printf '%s\n' "$@" >>"$scratch/pressed"
	tmux_ send-keys "$@"
}

# goes_to NAME KEY PATTERN
goes_to() {
	press "$2"
	shows "$1" "$3"
}

# rows: of the table, without what stands before the first figure.
rows() {
	screen | sed -n '/\[\(Files\|Chunks\|DirectMap\|Owners\|Cgroups\|Events\)\] /,$ p' | sed '1,2d' |
		sed -n 's/^[* ][A-Za-z*]*[^0-9A-Za-z]* *\([0-9].*\)/\1/p'
}

# columns N…: these of each row.
columns() {
	rows | awk -v columns="$*" '{
		count = split(columns, wanted, " ")
		for (i = 1; i <= count; i++)
			printf "%s%s", $wanted[i], i < count ? " " : "\n"
	}'
}

# first_columns N: of the first row.
first_columns() { rows | awk -v n="$1" 'NR == 1 { NF = n; print }'; }

status() { "$secretmemctl" status --json "${status_options[@]}" | jq -r "$1"; }

# agrees NAME FILTER COMMAND…: the command prints, soon, what the filter makes of
# status --json at that moment.
agrees() {
	local name=$1 filter=$2 deadline=$((SECONDS + patience)) wanted got
	shift 2
	until
		wanted=$(status "$filter")
		got=$("$@")
		[ "$got" ] && [ "$wanted" = "$got" ]
	do
		[ "$SECONDS" -lt "$deadline" ] || break
	done
	is "$name" "$wanted" "${got:-nothing}"
}

# files_agree NAME [FILTER]: the table has the files that the filter leaves.
files_agree() {
	# shellcheck disable=SC2046 # a number of words
	agrees "$1" "[.files[]${2:+ | $2}] | sort_by(-.size_bytes)[] | $figures" \
		columns $(seq "$figure_columns")
}

head_line() { screen | sed -n "s/^$1 *//p" | grep -oE -- "$2"; }

# tagged: the file whose row is tagged.
tagged() { screen | sed -n 's/^\*[^0-9]*\([0-9]*\) .*/\1/p'; }

lines() { screen | sed -n 's/^\[.* \([0-9]*\) lines\{0,1\}$/\1/p'; }
count() { screen | grep -c -- "$1"; }
row_of() { rows | grep -- "$1" | awk '{ print $1, $2, $3, $4, $5 }'; }

# known FIELD…: what is on the screen of each, where all of one file is.
known() {
	local field
	for field; do
		screen | awk -v field="$field" '$1 == field { print $1, $2 }'
	done
}

# leads_to NAME INODE [KEY…]: after the keys the row of this file is selected.
leads_to() {
	local name=$1 wanted=$2
	shift 2
	[ $# = 0 ] || press "$@"
	press y
	shows "$name" "copied: .*INODE=$wanted *$"
}

# ---- who holds what: six files ----

# big: three of 8 MiB, bare: two of 1 MiB that nobody maps, vault: one of 4 MiB.
# WRAPPER… starts the last one.
start_holders() {
	start big "$load" --files 3 --size 8M --touch 6M
	big=$child
	start bare "$load" --files 2 --size 1M --fd-only
	start vault "$@" "$load" --files 1 --size 4M
	inode=$(status '.files[] | select(.size_bytes == 4194304).inode')
	mapfile -t order < <(status '.files | sort_by(-.size_bytes)[].inode')
}

# ---- the walk, from the view of files to that of files ----

# The rows by their keys, from the first row on, of six that fit the screen.
walk_rows() {
	local key wanted
	while read -r key wanted; do
		leads_to "$key" "${order[$wanted]}" "$key"
	done <<-END
		Down 1
		j 2
		Up 1
		k 0
		End 5
		Home 0
		G 5
		g 0
		NPage 5
		PPage 0
		C-f 5
		C-b 0
	END
	goes_to "Right: columns further right" Right '^ +SIZE▼'
	goes_to "Left: and back" Left 'INODE +SIZE▼'
}

walk_views() {
	local key name=
	while read -r key name; do
		goes_to "$key: $name" "$key" "\\[$name\\]"
	done <<-END
		2 Chunks
		3 DirectMap
		4 Owners
		5 Cgroups
		6 Events
		Tab Files
		BTab Events
		1 Files
	END
}

# Search, follow and tag the file of 4 MiB; the order is by inode before and by
# size after. By its size, as its inode can be a short number, which other rows
# have in theirs.
walk_search() {
	press /
	await '^Search:'
	press -l 4194304
	press Enter
	leads_to "search finds the row" "$inode"
	press F
	press I
	await 'INODE▼'
	leads_to "F: follow stays with the row when the order changes" "$inode"
	press F
	goes_to "Space tags it" Space "tagged 1 of 4194304"
	is "it is the one" "$inode" "$(tagged)"
	press U
	await 'together, held by [0-9]* processes(, others|$)'
	is "U: none is" "" "$(tagged)"
	press '>'
	await 'SIZE[▲▼]'
	[[ $(screen) == *'SIZE▼'* ]] || press I
	await 'SIZE▼'
}

# walk_sort_menu COLUMN KEY…: from this column, by which it is sorted, to INODE.
walk_sort_menu() {
	goes_to "F6: the menu" F6 "^> $1"
	shift
	press "$@" Enter
	shows "a column of the menu" 'INODE[▲▼]'
	[[ $(screen) == *'INODE▲'* ]] || press I
	await 'INODE▲'
	agrees "sorted by it" '.files | map(.inode) | sort[]' columns 1
}

# walk_filter FIELDS FILTER: of the file of 4 MiB alone; these fields of it are what
# the filter of jq says.
walk_filter() {
	press F4
	await '^Filter'
	press -l 'SIZE=4M'
	press Enter
	shows "a filter leaves what it says" '^\[Files\].*1 line$'
	files_agree "which is" 'select(.size_bytes == 4194304)'
	press Home y
	shows "y: the command" "copied: secretmemctl status files --filter INODE=$inode *$"
	is "the command shows the same" "$inode" \
		"$("$secretmemctl" status files --filter "INODE=$inode" --json 2>/dev/null |
			jq -r '.files[].inode' || true)"
	press Enter
	await 'what is known of it'
	# shellcheck disable=SC2086 # words
	agrees "Enter: what is known of it" ".files[] | select(.inode == $inode) | \"$2\"" known $1
	press Escape
	await '1 line$'
	press Escape
	shows "Esc: all again" '^\[Files\].*6 lines'
}

walk_pause() {
	local before
	goes_to "Z: pause" Z 'PAUSED'
	before=$(rows)
	start later "$load" --files 1 --size 16M --touch 4K
	sleep 2.5	# some looks
	is "nothing moves meanwhile" "$before" "$(rows)"
	goes_to ",: a look back" , 'BACK -[0-9]'
	press .
	press Z
	shows "on again, it has what came" '^\[Files\].*7 lines'
	files_agree "files, after the pause"
	press ,
	shows "a look back from there" 'BACK -[0-9]'
	press Z
	await 'LIVE'
	kill "$child" && wait "$child" 2>/dev/null
	shows "one that goes is gone" '^\[Files\].*6 lines'
}

walk_menus() {
	goes_to "F1: help" F1 'What the lines mean'
	press Escape
	await '^\[Files\]'
	press F2
	await 'Everywhere'
	press Down Space
	shows "F2: another unit" 'sizes in iec'
	press Escape
	shows "which the table takes" ' 8M '
	press F2 Down Space Space Escape
	await 8388608
	files_agree "bytes again"
	press d
	await '^Seconds'
	press C-u
	press -l 0.5
	press Enter
	shows "d: another delay" 'LIVE 0\.5s'
}

# Each shows how its name begins, but one cell: of that the others show that it
# was survived.
walk_sizes() {
	local size
	for size in 80x24 40x12 1x1 200x60 120x40; do
		tmux_ resize-window -x "${size%x*}" -y "${size#*x}"
		[ "$size" = 1x1 ] || await '^secrettop'
	done
	press C-l
	shows "whole again after a resize" 'F10Quit'
	files_agree "files, after a resize"
}

walk_to_the_end() {
	press q
	shows "q ends it" 'exit: 0'
	shows "the terminal is as it was" 'terminal: sane'
	is "main screen, cursor, no mouse" "0 1 0" \
		"$(tmux_ display-message -p '#{alternate_on} #{cursor_flag} #{mouse_standard_flag}')"
}

# ---- every key of the table ----

# tmux_name KEY: as tmux has it.
tmux_name() {
	local key
	case $1 in
	PgUp) echo PPage ;;
	PgDn) echo NPage ;;
	Esc) echo Escape ;;
	Shift-Tab) echo BTab ;;
	Ctrl-?) key=${1#Ctrl-} && echo "C-${key,}" ;;
	*) echo "$1" ;;
	esac
}

# untried: the keys that the table has and that were not pressed.
untried() {
	local keys key
	"$secrettop" --keys | awk -F'\t' 'NF == 2 { print $1 }' | while read -r keys; do
		for key in $keys; do
			[ "$key" = to ] || grep -qxF -- "$(tmux_name "$key")" "$scratch/pressed" ||
				echo "$key"
		done
	done
}
