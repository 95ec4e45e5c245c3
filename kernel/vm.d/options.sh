# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# kernel/vm: the command line.

parse_options() {
	local option
	while [[ $# -gt 0 && $1 != -- ]]; do
		option=$1
		shift
		case $option in
		--debug) debug=yes ;;
		--stock) stock=yes ;;
		--icount) icount=yes ;;
		--tty) terminal=yes ;;
		-h | --help) show_help "$top/kernel/vm" && exit ;;
		--arch | --kernel | --mem | --cpus | --append | --timeout | --share | --memlock)
			[[ $# -gt 0 ]] || usage_error "$option needs a value"
			take_value "$option" "$1"
			shift ;;
		--*=*) set -- "${option%%=*}" "${option#*=}" "$@" ;;
		*) usage_error "unknown argument '$option'; the command comes after --" ;;
		esac
	done
	[[ $# -gt 1 ]] || usage_error "a command is missing after --"
	shift
	command_line=("$@")
	check_options
}

take_value() {
	case $1 in
	--arch) architecture=$2 ;;
	--kernel) own_image=$2 ;;
	--mem) memory=$2 ;;
	--cpus) processors=$2 ;;
	--append) append+=("$2") ;;
	--timeout) limit=$2 ;;
	--memlock) memlock=$2 ;;
	--share) add_share "$2" ;;
	esac
}

add_share() {
	[[ -d $1 ]] || usage_error "--share: no directory '$1'"
	shares+=("$(cd "$1" && pwd -P)")
}

check_options() {
	[[ $architecture == @(x86|arm64) ]] ||
		usage_error "--arch: '$architecture' is neither x86 nor arm64"
	[[ $architecture == x86 || ! $stock$debug$icount ]] ||
		usage_error '--stock, --debug and --icount are for x86 alone'
	[[ $memory =~ ^[1-9][0-9]*[MG]$ ]] ||
		usage_error "--mem: '$memory' is not like 512M or 8G"
	[[ $processors =~ ^[1-8]$ ]] ||
		usage_error "--cpus: '$processors' is not 1 to 8"
	[[ $limit =~ ^[0-9]+$ ]] ||
		usage_error "--timeout: '$limit' is no number of seconds"
	[[ $memlock =~ ^([0-9]+|unlimited)$ ]] ||
		usage_error "--memlock: '$memlock' is no number of bytes"
	[[ ! $icount || $processors -le 2 ]] ||
		usage_error '--icount has one processor'
	[[ ! $icount ]] || processors=1
	[[ ! $terminal || -t 0 ]] || usage_error '--tty: standard input is no terminal'
}
