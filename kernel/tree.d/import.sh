# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# The commits base..series of build/linux -> kernel/series, kernel/patches and
# kernel/linux.

tree_import() {
	local discard
	discard=$(parse_discard import "$@")
	take_lock "$build/.tree.lock"
	require_importable "$discard"
	stage=$(mktemp -d "$build/.import.XXXXXX")
	trap 'rm -rf "$stage"' EXIT
	stage_series
	install_series
	write_note inputs "$(series_inputs_hash)"
	write_note tip "$(tree_git rev-parse series)"
	say "imported $(tree_git rev-list --count base..series) patches"
}

require_importable() {
	[[ -n $(read_note base-version) ]] ||
		die 'no build/linux yet: run kernel/tree prepare'
	[[ $(tree_git symbolic-ref -q --short HEAD) == series ]] ||
		die 'build/linux has a rebase under way, or another branch' \
			'checked out: finish that first'
	[[ -z $(tree_git status --porcelain | head -n 1) ]] ||
		die 'build/linux has files not committed: commit or remove them'
	[[ $1 || $(series_inputs_hash) == "$(read_note inputs)" ]] ||
		die 'kernel/ has changed since prepare, and import would' \
			'overwrite it (import --discard does)'
}

# All is written aside first, so that a refusal leaves kernel/ untouched.
stage_series() {
	local commit number=0
	mkdir -p "$stage/patches" "$stage/linux"
	learn_names
	while read -r commit; do
		number=$((number + 1))
		stage_commit "$commit" "$number"
	done < <(tree_git rev-list --reverse base..series)
}

# A patch keeps the name it has while its subject stays the same; only the
# number follows its position.
learn_names() {
	local subject entry
	declare -gA name_of_subject=()
	while IFS= read -r subject && IFS= read -r -u 3 entry; do
		entry=${entry%% *}
		name_of_subject[$subject]=${entry#[0-9][0-9][0-9][0-9]-}
	done < <(tree_git log --reverse --format=%s "base..$(last_tip)") \
		3< <(series_entries)
}

stage_commit() {
	local commit=$1 name files
	[[ $(tree_git rev-list --parents -n 1 "$commit" | wc -w) == 2 ]] ||
		die "$(describe "$commit") is a merge: rebase the series"
	refuse_later_changes "$commit"
	name=$(patch_name "$commit" "$2")
	mapfile -t files < <(changed_paths A "$commit")
	stage_new_files "$commit" "${files[@]}"
	write_patch "$commit" "${files[@]}" >"$stage/patches/$name"
	printf '%s\n' "$name${files[*]:+ ${files[*]}}" >>"$stage/entries"
}

describe() {
	tree_git log -1 --format='commit %h ("%s")' "$1"
}

changed_paths() {
	tree_git diff-tree -r --no-commit-id --no-renames --name-only \
		--diff-filter="$1" "$2"
}

# kernel/linux holds a file once, as the commit that adds it has it.
refuse_later_changes() {
	local path
	while IFS= read -r path; do
		tree_git cat-file -e "base:$path" 2>/dev/null ||
			die "$(describe "$1") changes $path, which the series" \
				"adds: that belongs in the commit that adds it" \
				"(git commit --fixup, git rebase -i --autosquash base)"
	done < <(changed_paths a "$1")
}

patch_name() {
	local subject slug
	subject=$(tree_git log -1 --format=%s "$1")
	slug=${name_of_subject[$subject]-}
	if [[ ! $slug ]]; then
		slug=$(tree_git log -1 --format=%f "$1")
		slug=${slug:0:52}
		slug=${slug%[-.]}.patch
	fi
	printf '%04d-%s\n' "$2" "$slug"
}

stage_new_files() {
	local commit=$1 path
	shift
	for path; do
		[[ $path != *[[:space:]]* ]] ||
			die "$(describe "$commit") adds '$path': no blanks, please"
		mkdir -p "$stage/linux/$(dirname "$path")"
		tree_git cat-file blob "$commit:$path" >"$stage/linux/$path"
		[[ $(tree_git ls-tree "$commit" "$path") != 100755* ]] ||
			chmod +x "$stage/linux/$path"
	done
}

# The patch of a commit that is as this one but does not add the new files.
write_patch() {
	local commit=$1 index tree parent=$1^ twin
	shift
	index=$stage/index
	rm -f "$index"
	GIT_INDEX_FILE=$index tree_git read-tree "$commit"
	[[ $# == 0 ]] || GIT_INDEX_FILE=$index \
		tree_git update-index --force-remove -- "$@"
	tree=$(GIT_INDEX_FILE=$index tree_git write-tree)
	twin=$(tree_git log -1 --format=%B "$commit" |
		as_author_of "$commit" commit-tree -p "$parent" "$tree")
	tree_git format-patch -1 --stdout --always --zero-commit \
		--no-signature --no-numbered --full-index --no-renames \
		--stat=72 --encode-email-headers "$twin"
}

as_author_of() {
	local commit=$1
	shift
	(
		identify "$(tree_git log -1 --format='%an <%ae>' "$commit")" \
			"$(tree_git log -1 --date=raw --format=%ad "$commit")"
		tree_git "$@"
	)
}

install_series() {
	local old=$stage/old-files path
	series_entries | cut -s -d ' ' -f 2- | tr ' ' '\n' | sed '/^$/d' >"$old"
	touch "$stage/entries"
	remove_stale "$old"
	copy_changed "$stage/patches" "$kernel/patches"
	copy_changed "$stage/linux" "$kernel/linux"
	install_series_file
}

# Only what the series itself had listed: other files there are somebody's.
remove_stale() {
	local path name
	while IFS= read -r path; do
		[[ -e $stage/linux/$path ]] || rm -f "$kernel/linux/$path"
	done <"$1"
	while read -r name _; do
		[[ -e $stage/patches/$name ]] || rm -f "$kernel/patches/$name"
	done < <(series_entries)
	[[ ! -d $kernel/linux ]] ||
		find "$kernel/linux" -mindepth 1 -type d -empty -delete
}

# Equal files keep their dates.
copy_changed() {
	[[ -n $(find "$1" -type f -print -quit) ]] || return 0
	mkdir -p "$2"
	rsync --recursive --checksum --executability "$1/" "$2/"
}

# Comments stay with the entry they stand above; those above the first entry
# are the head of the file.
install_series_file() {
	local line new=$stage/series name
	cmp -s <(series_entries) "$stage/entries" && return
	learn_comments
	{
		printf '%s' "$series_head"
		while IFS= read -r line; do
			name=${line%% *}
			printf '%s%s\n' "${comments[${name#*-}]-}" "$line"
		done <"$stage/entries"
		printf '%s' "$series_tail"
	} >"$new"
	cp "$new" "$series_file"
}

learn_comments() {
	local line name pending=''
	declare -gA comments=()
	series_head='' series_tail=''
	[[ -f $series_file ]] || return 0
	while IFS= read -r line; do
		if [[ $line =~ ^[[:space:]]*(#|$) ]]; then
			pending+=$line$'\n'
			continue
		fi
		name=${line%% *}
		if [[ ! $series_head && ${#comments[@]} == 0 ]]; then
			series_head=$pending pending=''
		fi
		comments[${name#*-}]=$pending
		pending=''
	done <"$series_file"
	series_tail=$pending
}
