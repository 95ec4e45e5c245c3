# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154
#
# build/linux: a git repository of Debian's kernel source, and worktrees of it.

package="linux-source-6.12"

# The person's own git configuration must not change what we generate: no
# signing, no renamed prefixes, no hooks.
tree_git() {
	env GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null \
		git -c core.hooksPath=/dev/null -C "$linux" "$@"
}

# What only this project notes lives beside git's own files, where neither
# `git clean` nor a commit finds it.
note_path() {
	printf '%s/.git/secretmem-%s\n' "$linux" "$1"
}

read_note() {
	cat "$(note_path "$1")" 2>/dev/null || true
}

write_note() {
	printf '%s\n' "$2" >"$(note_path "$1")"
}

installed_version() {
	dpkg-query -W -f '${Version}' "$package" 2>/dev/null || true
}

ensure_source() {
	"$top/scripts/install-kernel-deps"
	local version
	version=$(installed_version)
	[[ -n $version ]] || die "$package is not installed"
	if [[ $(read_note base-version) != "$version" ]]; then
		[[ ! -d $linux ]] || retire_source "$version"
		make_base "$version"
		tell_if_untried "$version"
	fi
	show_new_files
}

# Debian's .gitignore ends by ignoring everything that is not packaging: git
# would pass over a developer's new files without a word.  The commit stays
# pristine; the file in the work tree loses that end.
show_new_files() {
	grep -qx '/\*' "$linux/.gitignore" || return 0
	sed -i '/^\/\*$/,$d' "$linux/.gitignore"
	tree_git update-index --skip-worktree .gitignore
}

# Another source package: start afresh, but never drop somebody's commits.
retire_source() {
	if [[ -n $(read_note base-version) ]]; then
		refuse_unimported "$package is now $1"
		say "$package is now $1: making build/linux anew"
	fi
	rm -rf "$linux" "$build/stock" "$build/linux-stock"
}

tell_if_untried() {
	local tried
	tried=$(grep -v '^#' "$kernel/config/tried-version")
	[[ $1 == "$tried" ]] ||
		say "note: the series was tried on $tried, this is $1"
}

make_base() {
	local temporary=$build/linux.new
	say "unpacking $package $1"
	rm -rf "$temporary"
	mkdir -p "$temporary"
	tar -xJf "/usr/src/$package.tar.xz" -C "$temporary" --strip-components=1
	commit_base "$temporary" "$1"
	mv "$temporary" "$linux"
	write_note base-version "$1"
}

# Nobody's name, and the package's own date: the same source gives the same
# commit everywhere.  A low bigFileThreshold makes `git add` write one pack
# instead of 86,000 files, ten times as fast.
commit_base() {
	local linux=$1 date
	date="@$(stat -c %Y "$linux/Makefile") +0000"
	tree_git init -q -b series
	configure_repository
	tree_git -c core.bigFileThreshold=1 -c core.compression=1 \
		add --all --force
	identify 'Debian Kernel Team <debian-kernel@lists.debian.org>' "$date"
	tree_git commit -q --no-verify -m "$package $2"
	tree_git tag base
}

configure_repository() {
	local setting
	for setting in core.autocrlf=false core.fileMode=true gc.auto=0 \
		core.untrackedCache=true core.fsync=none diff.renames=false \
		maintenance.auto=false commit.gpgSign=false \
		user.useConfigOnly=false; do
		tree_git config "${setting%%=*}" "${setting#*=}"
	done
}

# Author and committer for the commits that we make.
identify() {
	export GIT_AUTHOR_NAME=${1%% <*} GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE=$2
	GIT_AUTHOR_EMAIL=${1#*<}
	GIT_AUTHOR_EMAIL=${GIT_AUTHOR_EMAIL%>}
	export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME
	export GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL GIT_COMMITTER_DATE=$2
}

# The unpatched tree.  It lies so that the way from its object tree to its
# sources reads as the series' does (../../linux): the compiler cache then
# knows the files that both have in common.
ensure_stock_tree() {
	local tree=$build/stock/linux
	if [[ $(git -C "$tree" rev-parse HEAD 2>/dev/null) != \
		$(tree_git rev-parse base) ]]; then
		rm -rf "$tree"
		tree_git worktree prune
		tree_git worktree add -q --detach "$tree" base
	fi
	mkdir -p "$build/stock/kernel/stock" "$build/kernel"
	ln -sfn stock/linux "$build/linux-stock"
	[[ -e $build/kernel/stock ]] ||
		ln -s ../stock/kernel/stock "$build/kernel/stock"
}
