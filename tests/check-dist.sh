#!/bin/sh
# Fails if the tarball given lacks a tracked file.
set -eu
tarball=$(realpath "$1")
cd "$(dirname "$0")/.."
command -v git >/dev/null || {
	echo "no git to ask what is tracked"
	exit 0
}
tracked=$(git ls-files)
lacking=$({
	tar -tf "$tarball" | sed 's|^[^/]*/||'
	echo "--"
	echo "$tracked"
} | awk '$0 == "--" { tracked = 1; next }
	!tracked { carried[$0] = 1; next }
	!($0 in carried)')
[ -z "$lacking" ] || {
	echo "not in the tarball:"
	echo "$lacking"
	exit 1
}
