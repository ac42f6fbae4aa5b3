#!/bin/sh
# Plants wrong includes of each kind into a copy of the tree, and demands that
# check-layers.sh finds them; right ones must pass.
set -u
top=${srcdir:-.}
copy=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-layers-XXXXXX") || exit 99
trap 'rm -rf "$copy"' EXIT
failed=0

fresh() {
	rm -rf "$copy/tree"
	mkdir -p "$copy/tree/tests"
	cp -r "$top/src" "$top/ui" "$copy/tree"
	cp "$top/tests/layers" "$top/tests/check-layers.sh" "$copy/tree/tests"
	chmod -R u+w "$copy/tree"
}

# Two words for each planted line: the file, and what to include there.
plant() {
	fresh
	while [ $# -gt 0 ]; do
		mkdir -p "$(dirname "$copy/tree/$1")"
		printf '#include %s\n' "$2" >>"$copy/tree/$1"
		shift 2
	done
	srcdir=$copy/tree "$copy/tree/tests/check-layers.sh" \
		>"$copy/out" 2>&1
}

# What the complaint must say, then words for plant().
refuse() {
	want=$1
	shift
	if plant "$@"; then
		echo "FAIL: passed: $*"
		failed=1
	elif ! grep -qF "$want" "$copy/out"; then
		echo "FAIL: no complaint with \"$want\": $*"
		cat "$copy/out"
		failed=1
	fi
}

accept() {
	plant "$@" && return
	echo "FAIL: refused: $*"
	cat "$copy/out"
	failed=1
}

accept src/base/planted.c '"config.h"'
accept src/base/planted.c '"base/mem.h"'
accept src/edit/planted.c '"base/mem.h"'
accept src/command/planted.c '"session.h"'
accept src/find/planted.c '"space/view.h"'
accept src/find/pattern.c '<pcre2.h>'
accept src/find/planted.c '<stdlib.h>'
accept ui/planted.c '"session.h"'
accept ui/planted.c '"command/address.h"'
accept ui/planted.c '"edit/document.h"'
accept ui/planted.c '<termios.h>'
accept ui/screen_term.c '<ncursesw/curses.h>'
accept ui/keys.c '<termkey.h>'

# A header that is not written with its room.
refuse 'no header of the tree' src/base/planted.c '"mem.h"'
refuse 'no header of the tree' src/base/planted.c '"../base/mem.h"'
refuse 'no header of the tree' src/base/planted.c '"src/base/mem.h"'
refuse 'no header of the tree' ui/planted.c '"cells.h"'
refuse 'no header of the tree' src/command/planted.c '"src/session.h"'
refuse 'no header of the tree' src/base/planted.c '"tests/support.h"'
refuse 'no header of the tree' src/base/planted.c '"curses.h"'
refuse 'write "base/mem.h"' src/edit/planted.c '<base/mem.h>'
refuse 'name of the header' src/base/planted.c 'HEADER'

# A room above, the next one and the last.
refuse 'room base may not' src/base/planted.c '"source/run.h"'
refuse 'room base may not' src/base/planted.h '"session.h"'
refuse 'room base may not' src/base/planted.c '"ui/cells.h"'
refuse 'room source may not' src/source/planted.c '"edit/document.h"'
refuse 'room edit may not' src/edit/planted.c '"space/view.h"'
refuse 'room space may not' src/space/planted.c '"open/layout_file.h"'
refuse 'room find may not' src/find/planted.c '"session.h"'
refuse 'room session may not' src/session.c '"command/address.h"'
refuse 'room command may not' src/command/planted.c '"ui/keymap.h"'

# Below the ui, but not for it.
refuse 'room ui may not' ui/planted.c '"source/file.h"'
refuse 'room ui may not' ui/planted.c '"keep/planted.h"' \
	src/keep/planted.h '<stddef.h>'

# A room, or a module at the top, that tests/layers does not know.
refuse 'not in tests/layers' src/planted/planted.c '<stddef.h>'
refuse 'not in tests/layers' src/planted.c '<stddef.h>'

# Circles of two and of three in one room, through a header or past it.
refuse 'in a circle' src/base/one.h '"base/two.h"' src/base/two.h '"base/one.h"'
refuse 'in a circle' src/base/one.c '"base/two.h"' src/base/two.c '"base/one.h"' \
	src/base/one.h '<stddef.h>' src/base/two.h '<stddef.h>'
refuse 'in a circle' ui/one.c '"ui/two.h"' ui/two.h '"ui/three.h"' \
	ui/three.c '"ui/one.h"' ui/one.h '<stddef.h>' ui/three.h '<stddef.h>'

# Headers from outside.
refuse 'may include <curses.h>' ui/planted.c '<curses.h>'
refuse 'may include <ncursesw/ncurses.h>' src/base/planted.c \
	'<ncursesw/ncurses.h>'
refuse 'may include <curses.h>' ui/screen.h '<curses.h>'
refuse 'may include <term.h>' src/base/planted.c '<term.h>'
refuse 'may include <termios.h>' src/base/planted.c '<termios.h>'
refuse 'may include <termkey.h>' ui/planted.c '<termkey.h>'
refuse 'may include <termkey.h>' src/command/planted.c '<termkey.h>'
refuse 'may include <pcre2.h>' src/find/planted.c '<pcre2.h>'
refuse 'may include <pcre2posix.h>' ui/planted.c '<pcre2posix.h>'

# A tree without modules is no tree that passes.
fresh
rm -rf "$copy/tree/src" "$copy/tree/ui"
mkdir "$copy/tree/src" "$copy/tree/ui"
if srcdir=$copy/tree "$copy/tree/tests/check-layers.sh" >"$copy/out"; then
	echo "FAIL: an empty tree passed"
	failed=1
fi
exit $failed
