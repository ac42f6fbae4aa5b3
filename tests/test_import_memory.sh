#!/bin/bash
# Bytes that an import or a filter brings take no memory, however many: with 64
# MiB of address space for all of the program, 128 MiB come into a file, are
# flushed, undone, recovered in another run, and saved; with a journal, and
# without one.
set -u
here=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-import-XXXXXX") || exit 99
trap 'rm -rf "$here"' EXIT
[ -x hexspan ] || {
	echo "no hexspan in $PWD"
	exit 77
}
if grep -q '^#define SANITIZED' config.h; then
	echo "a sanitizer needs memory of its own"
	exit 77
fi
hexspan=$PWD/hexspan
export LC_ALL=C HOME=/nonexistent XDG_STATE_HOME="$here/state" TMPDIR="$here"
# One arena: each thread's own takes addresses, though no memory.
export MALLOC_ARENA_MAX=1
unset XDG_CONFIG_HOME HEXSPAN_TEST
cd "$here" || exit 99
size=134217728
failed=0

yes 'Bytes that come from elsewhere, and are not all the same: 0123456789' |
	head -c $size >big

# small WHAT [OPTION..]: run with little memory.
small() {
	what=$1
	shift
	(ulimit -v 65536 && exec "$hexspan" "$@") >out.txt 2>err.txt ||
		grep -q 'kept in the journal\|, dropped' err.txt || {
		echo "$what failed:"
		cat out.txt err.txt
		failed=1
	}
}

same() {
	cmp "$2" "$3" || {
		echo "$1: not the same bytes"
		failed=1
	}
	rm -f "$3"
}

begin() {
	rm -rf file state
	mkdir -m 700 state
	truncate -s $size file
}

begin
small 'import and flush' -c 'import big' -c flush -c undo -c redo -c flush file
same 'import and flush' big file

begin
printf 'ab' >file
small 'insert' --keep-edits -c '1 import big insert' -c undo -c redo file
small 'recovery' --recover=yes -c 'save-as saved' -c 'quit drop' file
{ printf a && cat big && printf b; } >want
same 'recovery' want saved
rm -f want

begin
cp big file
small 'filter' -c '#1 filter tr "[:lower:]" "[:upper:]"' \
	-c 'save-as saved' -c 'quit drop' file
tr '[:lower:]' '[:upper:]' <big >want
same 'filter' want saved
rm -f want

begin
small 'no journal' --no-journal -c 'import big' -c 'save-as saved' file
same 'no journal' big saved
exit $failed
