#!/bin/bash
# Ten million ranges in one flush, in bounded memory: edits of one command are
# one record of the journal after the other, and the flush reads and writes them
# record by record.
set -u
here=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-flush-XXXXXX") || exit 99
trap 'rm -rf "$here"' EXIT
[ -x hexspan ] || {
	echo "no hexspan in $PWD"
	exit 77
}
hexspan=$PWD/hexspan
export LC_ALL=C HOME=/nonexistent XDG_STATE_HOME=$here/state
unset XDG_CONFIG_HOME HEXSPAN_TEST
cd "$here" || exit 99
mkdir -m 700 state
size=160000000
yes aaaaaaaaaaaaaab | head -c $size >file
# What the edits themselves need is 170 bytes for each.
(
	ulimit -v 3145728
	"$hexspan" file -c 'replace-all /b/ "c"; flush' >said 2>&1
)
status=$?
[ "$status $(tail -n 1 said)" = \
	'0 flushed 1 files, 10000000 ranges, 10000000 bytes' ] || {
	echo "status $status"
	cat said
	exit 1
}
yes aaaaaaaaaaaaaac | head -c $size | cmp - file || exit 1
tail -n 1 said
