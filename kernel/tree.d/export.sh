# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# The series as mails for `git am` and `git send-email`.

tree_export() {
	local directory=${1-}
	[[ $# == 1 && $directory != -* ]] || usage_error 'export: one DIR, please'
	(tree_prepare)
	refuse_unimported 'export gives what kernel/ holds'
	[[ -n $(tree_git rev-list -n 1 base..series) ]] ||
		die 'kernel/series has no patches yet'
	mkdir -p "$directory"
	directory=$(cd "$directory" && pwd -P)
	[[ -z $(find "$directory" -name '*.patch' -print -quit) ]] ||
		die "$directory has patches already"
	write_mails "$directory"
	verify_mails "$directory"
	say "$directory: $(tree_git rev-list --count base..series) patches and" \
		'a cover letter'
}

# Dated as the last patch is, so that the same series gives the same bytes.
write_mails() {
	(
		identify "$(tree_git log -1 --format='%an <%ae>' series)" \
			"$(tree_git log -1 --date=raw --format=%ad series)"
		tree_git format-patch -q --cover-letter --zero-commit \
			--no-signature --encode-email-headers -M \
			-o "$1" base..series
	)
	fill_cover_letter "$1/0000-cover-letter.patch"
}

# kernel/cover-letter: the subject, an empty line, the text.
fill_cover_letter() {
	local text=$kernel/cover-letter
	[[ -f $text ]] || text=/dev/null
	awk -v text="$text" '
		/\*\*\* SUBJECT HERE \*\*\*/ && (getline subject < text) > 0 {
			sub(/\*\*\* SUBJECT HERE \*\*\*/, "")
			print $0 subject
			getline empty < text
			next
		}
		/^\*\*\* BLURB HERE \*\*\*$/ && subject {
			while ((getline line < text) > 0)
				print line
			next
		}
		{ print }' "$1" >"$1.new"
	mv "$1.new" "$1"
}

# Apply them as a maintainer would, and compare the trees.
verify_mails() {
	local tree=$build/export
	remove_worktree "$tree"
	tree_git worktree add -q --detach "$tree" base
	identify 'Nobody <nobody@localhost>' '@0 +0000'
	find "$1" -name '*.patch' ! -name '0000-*' -print0 | sort -z |
		xargs -0 git -C "$tree" am -q >&2 ||
		die "git am refuses what export wrote: see $tree"
	[[ $(git -C "$tree" rev-parse 'HEAD^{tree}') == \
		$(tree_git rev-parse 'series^{tree}') ]] ||
		die "git am makes another tree than build/linux: see $tree"
	remove_worktree "$tree"
}

remove_worktree() {
	rm -rf "$1"
	tree_git worktree prune
}
