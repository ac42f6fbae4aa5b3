#!/bin/sh
# Holds doc/hexspan.1 to the program of this build folder: the sections made from
# its tables are those that doc/make-commands.sh makes now, and the options are
# those of --help. groff and mandoc, where they are, must find nothing wrong.
set -eu
top=${srcdir:-$(dirname "$0")/..}
page=$top/doc/hexspan.1
[ -x hexspan ] || {
	echo "no hexspan in $PWD"
	exit 77
}
failed=0
here=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-man-XXXXXX")
trap 'rm -rf "$here"' EXIT

"$top/doc/make-commands.sh" ./hexspan "$page" >"$here/page"
diff -u "$page" "$here/page" || {
	echo "doc/hexspan.1 is stale: make manual"
	failed=1
}

# The names of options in a text. Those in --help and those that the page sets in
# bold must be the same, but for what every program has and the address -N.
names() {
	grep -oE -e '(^|[^[:alnum:]-])--?[[:alpha:]][[:alpha:]-]*' |
		grep -oE -e '-.*' | grep -vx -e --help -e --version -e -N | sort -u
}
./hexspan --help | sed '/^hexspan -c/d' | names >"$here/said"
sed -n '/^[.]SH COMMAND LINE$/,/^[.]SS Inputs/s/^[.]B[IR]* //p' "$page" |
	sed 's/\\-/-/g; s/\\~/ /g' | names >"$here/written"
diff -u "$here/said" "$here/written" || {
	echo "doc/hexspan.1 and --help name different options"
	failed=1
}

if command -v groff >/dev/null; then
	groff -man -ww -z -Tutf8 "$page" 2>"$here/groff"
	[ ! -s "$here/groff" ] || {
		cat "$here/groff"
		failed=1
	}
fi
if command -v mandoc >/dev/null; then
	mandoc -Tlint -Wwarning "$page" || failed=1
fi
exit "$failed"
