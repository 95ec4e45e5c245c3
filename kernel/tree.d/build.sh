# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# Configure and build, in object trees out of the source tree:
# build/kernel/{series,stock,debug,stock-debug,arm64}.

tree_build() {
	local stock='' debug='' architecture=x86
	parse_build "$@"
	if [[ $stock ]]; then
		(
			take_lock "$build/.tree.lock"
			ensure_source
			ensure_stock_tree
		)
	else
		(tree_prepare)
	fi
	set_flavour "$stock" "$debug" "$architecture"
	take_lock "$build/kernel/.$flavour.lock"
	build_flavour
}

parse_build() {
	while [[ $# -gt 0 ]]; do
		case $1 in
		--stock) stock=yes ;;
		--debug) debug=yes ;;
		--arch=*) architecture=${1#*=} ;;
		--arch)
			architecture=${2-}
			[[ $# == 1 ]] || shift ;;
		*) usage_error "build: unknown argument '$1'" ;;
		esac
		shift
	done
	[[ $architecture == @(x86|arm64) ]] ||
		usage_error "build: --arch is x86 or arm64, not '$architecture'"
	[[ $architecture == x86 || ! $stock$debug ]] ||
		usage_error 'build: --stock and --debug are for x86 alone'
}

# Which tree, which object tree, which configuration.
set_flavour() {
	local stock=$1 debug=$2 architecture=$3
	flavour=series source=$linux
	[[ ! $debug ]] || flavour=debug
	[[ $architecture == x86 ]] || flavour=$architecture
	if [[ $stock ]]; then
		flavour=stock${debug:+-debug} source=$build/stock/linux
	fi
	objects=$build/kernel/$flavour
	[[ $flavour != stock* ]] || objects=$build/stock/kernel/$flavour
	set_architecture "$architecture"
	fragments=("$kernel/config/base.config")
	[[ $architecture == x86 ]] ||
		fragments=("$kernel/config/"{cross,"$architecture"}.config)
	[[ ! $debug ]] || fragments+=("$kernel/config/debug.config")
	[[ $stock ]] || add_series_fragments "$debug"
	mkdir -p "$objects" "$build/kernel"
	[[ -e $build/kernel/$flavour ]] ||
		ln -s "../stock/kernel/$flavour" "$build/kernel/$flavour"
}

# What the kernel's own makefiles want to know of an architecture, with the
# image to build. The compilers for others than ours are Debian's.
set_architecture() {
	arch=$1 image=vmlinux cross=
	case $arch in
	arm64) cross=aarch64-linux-gnu- image=Image ;;
	riscv) cross=riscv64-linux-gnu- ;;
	s390) cross=s390x-linux-gnu- ;;
	esac
	[[ ! $cross ]] || "$top/scripts/install-kernel-deps" --cross
}

# Options that the series itself brings in.
add_series_fragments() {
	local debug=$1 name
	for name in series "series-$arch" ${debug:+series-debug}; do
		[[ ! -f $kernel/config/$name.config ]] ||
			fragments+=("$kernel/config/$name.config")
	done
}

build_flavour() {
	local stamp
	stamp=$(flavour_stamp)
	if [[ -f $objects/vmlinux && $stamp == "$(cat "$objects/.stamp" 2>/dev/null)" ]]; then
		return
	fi
	rm -f "$objects/.stamp"
	configure
	compile "$image"
	printf '%s\n' "$stamp" >"$objects/.stamp"
}

# Commit, uncommitted changes, configuration and compiler: all that the image
# depends on.
flavour_stamp() {
	{
		git -C "$source" rev-parse HEAD
		git -C "$source" diff HEAD
		git -C "$source" ls-files -o --exclude-standard -z |
			(cd "$source" && xargs -0r sha256sum)
		cat "${fragments[@]}"
		"${cross}gcc" --version
	} | sha256sum
}

# The dates, names and paths that would make two equal builds differ are fixed,
# so that the compiler cache serves any clone at any path.
kernel_make() {
	env CCACHE_BASEDIR="$build" CCACHE_NOHASHDIR=1 \
		CCACHE_MAXSIZE="${CCACHE_MAXSIZE:-10G}" \
		make -C "$source" O="$objects" ARCH="$arch" CROSS_COMPILE="$cross" \
		CC="ccache ${cross}gcc" HOSTCC='ccache gcc' LOCALVERSION="-$flavour" \
		KBUILD_BUILD_TIMESTAMP='Thu Jan  1 00:00:00 UTC 1970' \
		KBUILD_BUILD_USER=secretmem KBUILD_BUILD_HOST=tools \
		KBUILD_BUILD_VERSION=1 "$@"
}

# Everything that a fragment does not name is off, as in tinyconfig.  The file
# is replaced only when it differs, for make looks at its date.
configure() {
	local all=$objects/.config.all new=$objects/.config.new
	{
		cat "$source"/kernel/configs/tiny{-base,}.config
		tiny_config
		cat "${fragments[@]}"
	} >"$all"
	kernel_make -s KCONFIG_ALLCONFIG="$all" KCONFIG_CONFIG="$new" \
		allnoconfig >"$objects/config.log" 2>&1 ||
		fail_with_log "$objects/config.log" 'configuring'
	require_options "$new"
	cmp -s "$new" "$objects/.config" || cp "$new" "$objects/.config"
}

# Not every architecture adds something to tinyconfig.
tiny_config() {
	local file=$source/arch/$arch/configs/tiny.config
	[[ ! -f $file ]] || cat "$file"
}

# An option whose dependency has gone is dropped without a word by kconfig.
require_options() {
	local lost
	lost=$(comm -23 <(wanted_options "$1" | sort) <(options_of "$1" | sort) |
		paste -s -d ' ')
	[[ -z $lost ]] ||
		die "$flavour: the configuration does not take: $lost"
}

# The last word of the fragments on each option.  "Is not set" and absence are
# the same, so such lines count only where the new configuration says y.
wanted_options() {
	options_of "${fragments[@]}" | tac | awk -F = '!seen[$1]++' |
		awk -F = 'NR == FNR { set[$1]; next }
			$2 != "n" || $1 in set' <(options_of "$1") -
}

options_of() {
	sed -n -e 's/^# \(CONFIG_[A-Za-z0-9_]*\) is not set$/\1=n/p' \
		-e '/^CONFIG_/p' "$@"
}

# Build with a line now and then; the whole output goes to the log.
compile() {
	local log=$objects/build.log status=0 progress began=$SECONDS
	kernel_make -j "$(nproc)" "$@" >"$log" 2>&1 &
	local maker=$!
	show_progress "$maker" "$log" &
	progress=$!
	# shellcheck disable=SC2064 # the numbers as they are now
	trap "kill $maker $progress 2>/dev/null || true" EXIT
	wait "$maker" || status=$?
	kill "$progress" 2>/dev/null || true
	wait "$progress" 2>/dev/null || true
	trap - EXIT
	[[ $status == 0 ]] || fail_with_log "$log" "building $flavour"
	say "$flavour: built $(count_objects "$log") objects in $((SECONDS - began)) s"
	remember_total "$log"
}

count_objects() {
	grep -cE '^  (CC|AS|HOSTCC) ' "$1" || true
}

# What a build from nothing compiles; a smaller count is an incremental build.
remember_total() {
	local count total
	count=$(count_objects "$1")
	total=$(estimated_total)
	[[ $count -lt $total && -f $objects/.total ]] ||
		printf '%s\n' "$count" >"$objects/.total"
}

estimated_total() {
	cat "$objects/.total" 2>/dev/null || echo 1320
}

show_progress() {
	local maker=$1 log=$2 began=$SECONDS total count what
	total=$(estimated_total)
	while sleep 15 && kill -0 "$maker" 2>/dev/null; do
		count=$(count_objects "$log")
		what="$count objects"
		[[ -f $objects/vmlinux ]] ||
			what="$((count < total ? count * 100 / total : 99)) % ($count of about $total objects)"
		say "$flavour: $what, $((SECONDS - began)) s"
	done
}

# With several jobs at a time the errors are not the last lines.
fail_with_log() {
	tail -n 15 "$1" >&2
	grep -E '(error|undefined reference|multiple definition)[ :]' "$1" |
		head -n 20 >&2 || true
	die "$2 failed: see $1"
}
