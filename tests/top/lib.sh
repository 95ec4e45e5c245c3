# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# secrettop in a terminal of its own, by tmux: start it, press keys, look at the
# screen. Read after tests/host/tap.sh.

secrettop=$(realpath "${SECRETTOP:-./src/secrettop/secrettop}")
# shellcheck disable=SC2034 # for the tests
story=$(realpath "${SECRETMEM_STORY:-./tests/top/story}")
golden_dir=${SECRETMEM_TOP_GOLDEN_DIR:-$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/golden}
socket=secrettop-$$-0
sessions=0
# shellcheck disable=SC2154 # of tap.sh
TMUX_TMPDIR=$scratch
export TMUX_TMPDIR LC_ALL=C.UTF-8 XDG_CONFIG_HOME=$scratch/config
unset NO_COLOR TMUX COLUMNS LINES

tmux_() { tmux -L "$socket" -f /dev/null "$@"; }

# After the clean-up of tap.sh, which removes the socket.
trap 'tmux_ kill-server 2>/dev/null; clean_up' EXIT

# Each has a server of its own: one that is ending would take a new session along.
new_server() {
	tmux_ kill-server 2>/dev/null
	sessions=$((sessions + 1))
	socket=secrettop-$$-$sessions
}

need_tmux() {
	command -v tmux >/dev/null || skip_all "no tmux here"
}

# open_top WIDTHxHEIGHT [NAME=VALUE…] [ARG…]: a screen that says, when secrettop
# has ended, "exit: CODE", and whether the terminal is as it was.
open_top() {
	local size=$1
	shift
	local -a environment=()
	while [[ ${1-} == *=* && $1 != -* ]]; do
		environment+=("$1")
		shift
	done
	cat >"$scratch/session" <<-END
		trap : INT
		before=\$(stty -g)
		env $(printf '%q ' "TERM=screen-256color" "${environment[@]}" "$secrettop" "$@")
		echo "exit: \$?"
		[ "\$before" = "\$(stty -g)" ] && echo "terminal: sane" || echo "terminal: changed"
		exec sleep 600
	END
	new_server
	tmux_ new-session -d -x "${size%x*}" -y "${size#*x}" "bash $scratch/session"
	tmux_ set-option -g escape-time 0 >/dev/null
}

press() { tmux_ send-keys "$@"; }
screen() { tmux_ capture-pane -p "$@"; }
pid_of_top() { pgrep -x -P "$(tmux_ display-message -p '#{pane_pid}')" secrettop; }

# wait_until COMMAND…: until it succeeds, for up to 20 seconds.
wait_until() {
	local tries=200
	until "$@"; do
		sleep 0.1
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
	done
}

on_screen() { screen 2>/dev/null | grep -qE -- "$1"; }

# await PATTERN: wait until it is on the screen.
await() { wait_until on_screen "$1"; }

# shows NAME PATTERN: a test that it comes.
shows() {
	if await "$2"; then
		is "$1" "" ""
	else
		is "$1" "$2" "$(screen)"
	fi
}

# golden TEST FILE [CAPTURE-OPTION…]: the screen becomes that of the golden file.
# With SECRETMEM_GOLDEN=update it is written instead, once it stands still.
golden() {
	local test=$1 file=$golden_dir/$2 tries=200
	shift 2
	if [ "${SECRETMEM_GOLDEN-}" = update ]; then
		sleep 0.7
		screen "$@" >"$file"
	fi
	until screen "$@" >"$scratch/screen"; cmp -s "$scratch/screen" "$file"; do
		sleep 0.1
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || break
	done
	is "$test" "$(cat "$file")" "$(cat "$scratch/screen")"
}
