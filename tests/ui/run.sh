#!/bin/sh
# Runs the golden-screen scripts, all of them or those given, with the program
# of this build folder. HEXSPAN_WRAP stands before it: valgrind, say. -u
# rewrites the golden files. Edits are kept in the folder of each script.
set -eu
top=${srcdir:-$(dirname "$0")/../..}
ui=$top/tests/ui
[ -x hexspan ] || {
	echo "no hexspan in $PWD"
	exit 77
}
update=
[ "${1-}" != -u ] || {
	update=-u
	mkdir -p "$ui/golden"
	shift
}
[ $# -gt 0 ] || set -- "$ui"/*.tui
[ -e "$1" ] || {
	echo "no script $1"
	exit 77
}

# A golden file that no script shoots any more would rot.
for golden in "$ui"/golden/*.scr; do
	name=$(basename "$golden" .scr)
	if [ -e "$golden" ] && ! grep -qx "shot $name" "$ui"/*.tui; then
		echo "no script has: shot $name"
		exit 1
	fi
done
exec tests/ui/tuitest $update -g "$ui/golden" -o tests/ui -d "$top/tests/data" \
	-x "${HEXSPAN_WRAP:+$HEXSPAN_WRAP }$PWD/hexspan --journal-dir=.journal" \
	"$@"
