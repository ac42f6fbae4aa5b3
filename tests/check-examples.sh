#!/bin/sh
# Runs what the documentation shows: in each page the lines behind "$ " of all
# blocks marked console, in order, in a folder of its own with the two parts of
# the sample image and what stands in blocks marked "file NAME". What they print
# must be what the page says.
set -eu
top=$(cd "${srcdir:-$(dirname "$0")/..}" && pwd)
[ -x hexspan ] || {
	echo "no hexspan in $PWD"
	exit 77
}
PATH=$PWD:$PATH
HOME=/nonexistent
LC_ALL=C
export PATH HOME LC_ALL
unset XDG_CONFIG_HOME XDG_DATA_DIRS
here=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-examples-XXXXXX")
trap 'rm -rf "$here"' EXIT
failed=0

# $? is that of the example before.
run() {
	status=0
	while IFS= read -r line; do
		case $line in
		'$ '*)
			printf '%s\n' "$line"
			set +e
			(exit "$status")
			eval "${line#??}" 2>&1 </dev/null
			status=$?
			set -e
			;;
		esac
	done
}

for page in "$top/README.md" "$top"/doc/*.md; do
	name=$(basename "$page" .md)
	folder=$here/$name
	mkdir "$folder" "$folder.home"
	XDG_STATE_HOME=$folder.home
	export XDG_STATE_HOME
	awk -v folder="$folder" '/^```console$/ { inside = 1; next }
		/^```file / { file = folder "/" $2; next }
		/^```$/ { inside = 0; file = "" }
		file { print >file }
		inside' "$page" >"$here/$name.said"
	[ -s "$here/$name.said" ] || continue
	for part in 000 001; do
		cat "$top/tests/data/dfvfs/ext2.splitraw.$part" \
			>"$folder/image.$part"
	done
	(cd "$folder" && run <"$here/$name.said" >"$here/$name.done")
	diff -u "$here/$name.said" "$here/$name.done" || {
		echo "$page: an example prints something else"
		failed=1
	}
done
exit "$failed"
