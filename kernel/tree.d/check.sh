# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# What a reviewer would run.  All checks are made; the failures are listed at
# the end.

tree_check() {
	local quick=
	case ${1-} in
	'') ;;
	--quick) quick=yes ;;
	*) usage_error "check: unknown argument '$1'" ;;
	esac
	(tree_prepare)
	refuse_unimported 'check looks at what kernel/ holds'
	failures=() checks=0
	check_listing
	check_generated
	check_style
	check_warnings
	[[ $quick ]] || {
		check_builds
		check_other_architectures
	}
	report_checks
}

# One line of TAP for each check, as soon as it is known.
passed() {
	checks=$((checks + 1))
	echo "ok $checks - $*"
}

failed() {
	checks=$((checks + 1))
	failures+=("$*")
	echo "not ok $checks - $*"
}

report_checks() {
	echo "1..$checks"
	[[ ${#failures[@]} == 0 ]] && return
	printf '  %s\n' "${failures[@]}" >&2
	die "${#failures[@]} of $checks checks failed"
}

# kernel/series names every file and patch there is, and numbers in order.
check_listing() {
	local unlisted wrong
	unlisted=$(unlisted_files | paste -s -d ' ')
	wrong=$(series_entries | cut -c 1-4 |
		awk '$0 != sprintf("%04d", NR)' | paste -s -d ' ')
	if [[ $unlisted || $wrong ]]; then
		failed "kernel/series${unlisted:+ does not list $unlisted}${wrong:+, out of order: $wrong}"
	else
		passed 'kernel/series lists every file'
	fi
}

check_generated() {
	local generator=$kernel/netlink-gen
	[[ -x $generator ]] || return 0
	if "$generator" --check >&2; then
		passed 'generated netlink code is in step with its specification'
	else
		failed 'generated netlink code differs: run kernel/netlink-gen'
	fi
}

# MAINTAINERS gets its entry once, so checkpatch need not ask at each new file.
check_style() {
	local commit output
	local -a options=(--strict --no-summary --show-types)
	[[ -z $(tree_git diff --name-only base series -- MAINTAINERS) ]] ||
		options+=(--ignore FILE_PATH_CHANGES)
	while read -r commit; do
		output=$(checkpatch "${options[@]}" --git "$commit")
		if grep -qE '^(ERROR|WARNING|CHECK):' <<<"$output"; then
			printf '%s\n' "$output" >&2
			failed "checkpatch: $(describe "$commit")"
		else
			passed "checkpatch: $(describe "$commit")"
		fi
	done < <(tree_git rev-list --reverse base..series)
}

# Its helper for licences wants Debian's python, whatever comes first on PATH.
checkpatch() {
	cd "$linux" || exit
	PATH=/usr/bin:$PATH scripts/checkpatch.pl "$@" 2>&1 || true
}

# Sparse and the compiler's extra warnings, in the debug configuration for it
# builds the most.
check_warnings() {
	local -a files
	mapfile -t files < <(common_files)
	set_architecture x86
	configuration=("$kernel/config/"{base,debug}.config)
	compare_warnings "${files[@]}"
}

# What is compiled for the tests' own architecture.
common_files() {
	changed_sources | grep -E '^(arch/x86|mm|kernel|net|lib|fs|drivers)/' || true
}

changed_sources() {
	tree_git diff --name-only --diff-filter=d base series -- '*.c'
}

# A warning counts when the unpatched file does not give it.
compare_warnings() {
	local new what="sparse and W=1 on $# files of $arch"
	[[ $# != 0 ]] || return 0
	(
		take_lock "$build/.tree.lock"
		ensure_stock_tree
	)
	say "check: $what, and the same unpatched"
	compile_for_warnings "$linux" "$build/kernel/check-$arch" yes "$@"
	compile_for_warnings "$build/stock/linux" "$build/stock/kernel/check-$arch" '' "$@"
	new=$(comm -23 <(warnings_in "$build/kernel/check-$arch/build.log") \
		<(warnings_in "$build/stock/kernel/check-$arch/build.log"))
	if [[ $new ]]; then
		printf '%s\n' "$new" >&2
		failed "$what"
	else
		passed "$what"
	fi
}

# -k: what one configuration does not build is no failure.
compile_for_warnings() {
	local source=$1 objects=$2 series=$3 file flavour=check
	local -a fragments=("${configuration[@]}") targets=()
	[[ ! $series ]] || add_series_fragments yes
	shift 3
	mkdir -p "$objects"
	configure
	for file; do
		[[ -f $source/$file ]] || continue
		targets+=("${file%.c}.o")
		rm -f "$objects/${file%.c}.o"
	done
	kernel_make -k -j "$(nproc)" W=1 C=1 "${targets[@]}" \
		>"$objects/build.log" 2>&1 || true
}

# Line numbers are left out: a change moves the lines of others.
warnings_in() {
	sed -nE '/(warning|error):/ {
		s/:[0-9]+:[0-9]+:/:/
		s|^.*/linux/||
		p
	}' "$1" | sort -u
}

# Every patch in turn, in a tree of its own.  A whole kernel is linked in the
# default configuration at every patch, in the others at the last; before that
# they build the folders that the options concern.
check_builds() {
	local commit last
	set_architecture x86
	check_tree=$build/each-patch/linux
	remove_worktree "$check_tree"
	tree_git worktree add -q --detach "$check_tree" base
	last=$(tree_git rev-parse series)
	while read -r commit; do
		git -C "$check_tree" checkout -q --detach "$commit"
		build_variants "$commit" "$last"
	done < <(tree_git rev-list --reverse base..series)
	remove_worktree "$check_tree"
}

build_variants() {
	local commit=$1 last=$2 off began
	for off in '' NET CMA CGROUP_MISC; do
		local -a targets=(vmlinux)
		[[ ! $off || $commit == "$last" ]] ||
			targets=(arch/x86/mm/ kernel/ mm/ net/)
		began=$SECONDS
		if build_variant "$off" "${targets[@]}"; then
			passed "builds${off:+ with $off=n}: $(describe "$commit"), $((SECONDS - began)) s"
		else
			failed "does not build${off:+ with $off=n}: $(describe "$commit")"
		fi
	done
}

# No option is required here: those of the series come with its patches, and
# one that is taken away takes others with it.
build_variant() {
	local off=$1 flavour=check${1:+-no-$1}
	local source=$check_tree objects=$build/each-patch/kernel/${1:-default}
	local log=$objects/build.log all
	shift
	mkdir -p "$objects"
	all=$objects/.config.all
	variant_config "$off" >"$all"
	kernel_make -s KCONFIG_ALLCONFIG="$all" allnoconfig \
		>"$objects/config.log" 2>&1 || return 1
	if [[ $off ]] && grep -q "^CONFIG_$off=y" "$objects/.config"; then
		say "check: $off cannot be turned off"
		return 1
	fi
	kernel_make -j "$(nproc)" "$@" >"$log" 2>&1 && return
	grep -E '(error|undefined reference)[ :]' "$log" | head -n 10 >&2
	return 1
}

variant_config() {
	local name
	cat "$check_tree"/kernel/configs/tiny{-base,}.config \
		"$check_tree/arch/x86/configs/tiny.config"
	for name in base series series-x86; do
		[[ ! -f $kernel/config/$name.config ]] ||
			sed "/^CONFIG_${1:-no such option}[= ]/d" \
				"$kernel/config/$name.config"
	done
	[[ ! $1 ]] || printf '# CONFIG_%s is not set\n' "$1"
}

# The end of the series for each other architecture that it changes and that
# Debian has a compiler for; and what only that one compiles, for warnings.
check_other_architectures() {
	local name
	local -a files
	for name in $(changed_sources | sed -n 's|^arch/\([^/]*\)/.*|\1|p' | sort -u); do
		case $name in
		x86) ;;
		arm64 | riscv | s390)
			mapfile -t files < <(changed_sources | grep "^arch/$name/")
			set_architecture "$name"
			check_architecture "${files[@]}" ;;
		*) say "check: not compiled, for want of a compiler: arch/$name" ;;
		esac
	done
}

check_architecture() {
	local began=$SECONDS
	say "check: building for $arch"
	configuration=("$kernel/config/cross.config")
	[[ ! -f $kernel/config/$arch.config ]] ||
		configuration+=("$kernel/config/$arch.config")
	if (build_architecture); then
		passed "builds for $arch, $((SECONDS - began)) s"
	else
		failed "does not build for $arch"
	fi
	compare_warnings "$@"
}

build_architecture() {
	local flavour=$arch source=$linux objects=$build/kernel/$arch
	local -a fragments=("${configuration[@]}")
	add_series_fragments ''
	mkdir -p "$objects"
	configure
	compile "$image"
}
