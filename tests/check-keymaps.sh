#!/bin/sh
# Fails if a keymap that is shipped binds a key to what is no command line. The
# program does not look again at those that are compiled in: that would be a part
# of every start.
set -eu
top=${srcdir:-$(dirname "$0")/..}
[ -x hexspan ] || {
	echo "no hexspan in $PWD"
	exit 77
}
failed=0
count=0
for keys in "$top"/keymaps/*.keys; do
	said=$(./hexspan --check-keys "$keys") || failed=1
	[ -z "$said" ] || {
		echo "$said"
		failed=1
	}
	count=$((count + 1))
done
[ $count -ge 5 ] || {
	echo "only $count keymaps in $top/keymaps"
	failed=1
}
exit $failed
