# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# kernel/series and its files -> the commits of branch series.

series_inputs_hash() {
	hash_of kernel/series kernel/patches kernel/linux
}

# The entries of kernel/series, without comments and empty lines.
series_entries() {
	[[ -f $series_file ]] || return 0
	sed 's/#.*//; s/[[:space:]]\+/ /g; s/^ //; s/ $//; /^$/d' "$series_file"
}

# parse_discard COMMAND [ARG]: "yes" if the only argument is --discard.
parse_discard() {
	case ${2-} in
	'') ;;
	--discard) echo yes ;;
	*) usage_error "$1: unknown argument '$2'" ;;
	esac
}

tree_prepare() {
	local discard
	discard=$(parse_discard prepare "$@")
	take_lock "$build/.tree.lock"
	ensure_source
	local inputs
	inputs=$(series_inputs_hash)
	if [[ $discard ]]; then
		discard_tree_work
	elif [[ $inputs == "$(read_note inputs)" ]]; then
		return
	else
		refuse_unimported 'kernel/ has changed'
	fi
	apply_series
	write_note inputs "$inputs"
}

# Work that exists in build/linux alone: commits since we last wrote the
# branch, or files not committed.
unimported_work() {
	local branch
	branch=$(tree_git symbolic-ref -q --short HEAD || echo none)
	if [[ $branch != series ]]; then
		echo 'a rebase under way, or another branch checked out'
	elif [[ $(tree_git rev-parse HEAD) != "$(last_tip)" ]]; then
		echo 'commits not imported'
	elif [[ -n $(tree_git status --porcelain | head -n 1) ]]; then
		echo 'files not committed'
	fi
}

last_tip() {
	local tip
	tip=$(read_note tip)
	printf '%s\n' "${tip:-$(tree_git rev-parse base)}"
}

refuse_unimported() {
	local work
	work=$(unimported_work)
	[[ -z $work ]] ||
		die "$1, but build/linux has $work: commit and run" \
			"'kernel/tree import' first (or prepare --discard)"
}

discard_tree_work() {
	tree_git rebase --quit 2>/dev/null || true
	tree_git am --quit 2>/dev/null || true
	tree_git checkout -q -f -B series "$(last_tip)"
	tree_git clean -q -f -d
}

# The commits are made in an index of their own.  The checkout at the end then
# rewrites the files that differ and no others, so make builds only those.
apply_series() {
	local tip count
	tip=$(make_series_commits)
	tree_git checkout -q -B series "$tip"
	write_note tip "$tip"
	count=$(tree_git rev-list --count base..series)
	say "build/linux: base and $count patches"
	tell_unlisted
}

make_series_commits() {
	local patch files index tip
	index=$(mktemp "$build/.index.XXXXXX")
	# shellcheck disable=SC2064 # the name as it is now
	trap "rm -f '$index' '$index.lock' '$index'.*" EXIT
	export GIT_INDEX_FILE=$index
	tip=$(tree_git rev-parse base)
	tree_git read-tree "$tip"
	while read -r patch files; do
		# shellcheck disable=SC2086 # a list of paths without blanks
		tip=$(make_commit "$tip" "$patch" $files)
	done < <(series_entries)
	printf '%s\n' "$tip"
}

# One commit: the patch, and the new files that kernel/series names with it.
make_commit() {
	local parent=$1 patch=$2 file
	local path=$kernel/patches/$patch
	shift 2
	[[ -f $path ]] || die "kernel/series names $patch, which is not in kernel/patches"
	tree_git apply --cached --allow-empty --whitespace=nowarn "$path" ||
		die "$patch does not apply"
	for file; do
		stage_new_file "$patch" "$file"
	done
	commit_index "$parent" "$path"
}

stage_new_file() {
	local source=$kernel/linux/$2 mode=100644 blob
	[[ -f $source ]] ||
		die "kernel/series: $1 names $2, which is not in kernel/linux"
	[[ -z $(tree_git ls-files -- "$2") ]] ||
		die "kernel/series: $1 adds $2, which exists already"
	[[ ! -x $source ]] || mode=100755
	blob=$(tree_git hash-object -w --no-filters -- "$source")
	tree_git update-index --add --cacheinfo "$mode,$blob,$2"
}

commit_index() {
	local parent=$1 patch=$2 mail tree
	mail=$(mktemp -d "$build/.mail.XXXXXX")
	tree_git mailinfo -b --encoding=UTF-8 "$mail/body" "$mail/diff" \
		<"$patch" >"$mail/info"
	identify_from_mail "$mail/info" "$patch"
	{
		sed -n 's/^Subject: //p' "$mail/info"
		[[ ! -s $mail/body ]] || { echo && cat "$mail/body"; }
	} >"$mail/message"
	rm -rf "$mail/diff"
	tree=$(tree_git write-tree)
	tree_git commit-tree -p "$parent" -F "$mail/message" "$tree"
	rm -rf "$mail"
}

identify_from_mail() {
	local name email date
	name=$(sed -n 's/^Author: //p' "$1")
	email=$(sed -n 's/^Email: //p' "$1")
	date=$(sed -n 's/^Date: //p' "$1")
	[[ -n $name && -n $email && -n $date ]] ||
		die "${2##*/} lacks a From: or a Date: line"
	identify "$name <$email>" "$date"
}

# Files that no patch brings in: forgotten in kernel/series, most likely.
unlisted_files() {
	[[ -d $kernel/linux ]] || return 0
	comm -23 <(cd "$kernel/linux" && find . -type f ! -name '*~' \
		! -name '.*.sw?' -printf '%P\n' | sort) \
		<(series_entries | tr ' ' '\n' | sort)
	[[ -d $kernel/patches ]] || return 0
	comm -23 <(cd "$kernel/patches" && find . -name '*.patch' \
		-printf '%P\n' | sort) \
		<(series_entries | cut -d ' ' -f 1 | sort)
}

tell_unlisted() {
	local file
	while read -r file; do
		say "note: kernel/series does not list $file"
	done < <(unlisted_files)
}

tree_status() {
	[[ -n $(read_note base-version) ]] || die 'no build/linux yet: run kernel/tree prepare'
	local work=
	work=$(unimported_work)
	echo "base:         $package $(read_note base-version)"
	echo "patches:      $(tree_git rev-list --count base..series)"
	echo "kernel/:      $([[ $(series_inputs_hash) == "$(read_note inputs)" ]] &&
		echo in step || echo 'changed since prepare')"
	echo "build/linux:  ${work:-in step}"
}
