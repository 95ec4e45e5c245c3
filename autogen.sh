#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Make configure and what it needs, in a tree fresh from git.
set -e
cd "$(dirname "$0")"
exec autoreconf --install --force "$@"
