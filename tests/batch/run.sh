#!/bin/sh
# Runs the examples of batch mode, all of tests/batch/*.t or those given: the
# command behind each "$ " with sh, in a folder of made files that is new for
# each page. What comes out must be what the page says, byte by byte:
#
#	$ hexspan ten -c 'eval $; goto 11'
#	| 10 0xa #1:$                       a line of standard output
#	! hexspan: goto: 0xb is past ..     a line of standard error
#	\                                   the line above has no newline
#	= 2                                 the exit status, unless 0
#
# All else is text. What is printed with --json must also be JSON (if python3 is
# there). HEXSPAN_WRAP stands before the program: valgrind, say. -u rewrites the
# pages.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
[ -x hexspan ] || {
	echo "no hexspan in $PWD"
	exit 77
}
hexspan=$PWD/hexspan
update=
[ "${1-}" != -u ] || {
	update=yes
	shift
}
[ $# -gt 0 ] || set -- "$here"/*.t

tmp=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-batch-XXXXXX")
big=/dev/shm/hexspan-batch-$$
trap 'rm -rf "$tmp" "$big"*' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$tmp/bin" "$tmp/tmp"
if [ -n "${HEXSPAN_WRAP-}" ]; then
	# What stands in front needs the descriptors that some pages close.
	{
		echo '#!/bin/sh'
		echo '[ -e /dev/fd/0 ] && [ -e /dev/fd/2 ] ||'
		printf '\texec %s "$@"\n' "$hexspan"
		printf 'exec %s %s "$@"\n' "$HEXSPAN_WRAP" "$hexspan"
	} >"$tmp/bin/hexspan"
	chmod +x "$tmp/bin/hexspan"
else
	ln -s "$hexspan" "$tmp/bin/hexspan"
fi
PATH=$tmp/bin:$PATH
HOME=/nonexistent
LC_ALL=C
TMPDIR=$tmp/tmp
export PATH HOME LC_ALL TMPDIR
unset XDG_CONFIG_HOME HEXSPAN_TEST TERM

# Sparse files above 4 GiB: 6 GiB with marks at 1 and 5 GiB, and 64 GiB with a
# mark at the end. Pages that need what the file system cannot do are left out.
has_big=yes
if truncate -s 6G "$big.6g" 2>/dev/null &&
	truncate -s 64G "$big.64g" 2>/dev/null; then
	printf MARK1G | dd of="$big.6g" bs=1M seek=1024 conv=notrunc
	printf MARK5G | dd of="$big.6g" bs=1M seek=5120 conv=notrunc
	printf LAST | dd of="$big.64g" bs=4 seek=17179869183 conv=notrunc
else
	has_big=
fi 2>/dev/null
truncate -s 1M "$tmp/sparse"
has_holes=
[ "$(stat -c %b "$tmp/sparse")" -gt 0 ] || has_holes=yes

# Digests are of libraries that the program may be built without.
has_digests=
! grep -q '^#define HAVE_CRYPTO' config.h ||
	! grep -q '^#define HAVE_XXHASH' config.h || has_digests=yes

make_files() {
	for part in 000 001; do
		cat "$top/tests/data/dfvfs/ext2.splitraw.$part" >"ext2.$part"
	done
	printf 0123456789 >ten
	printf abcdefghijklmnop >letters
	printf 'caf\303\251\n\ttab\033[m\\x41\377\n' >text
	: >empty
	truncate -s 12K holey
	printf DATA | dd of=holey bs=4096 seek=1 conv=notrunc 2>/dev/null
	mkdir dir
	printf x >dir/inner
	mkfifo fifo
	mkdir same
	printf other >same/ten
	# ESC, newline, a bidi override, a byte that is no UTF-8, directives.
	odd=$(printf 'e\033[31m\n\342\200\256\377%%s%%n')
	printf odd >"$odd"
	printf 'hexspan-layout 1\nten\ngap:6\nletters ro\n' >good.hxl
	printf 'hexspan-layout 1\nten\nletters at x\n' >bad.hxl
	if [ -n "$has_big" ]; then
		ln -s "$big.6g" 6g
		ln -s "$big.64g" 64g
	fi
	export odd
}

# Lines with what they are in front.
show() {
	[ -s "$2" ] || return 0
	sed "s/^/$1 /" "$2"
	[ -z "$(tail -c 1 "$2" | tr -d '\n' | tr '\0' x)" ] || printf '\n\\\n'
}

run() {
	status=0
	sh -c "$1" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	show '|' "$tmp/out"
	show '!' "$tmp/err"
	[ "$status" -eq 0 ] || echo "= $status"
	case $1 in
	*--json*'|'*) ;;
	*--json*) cat "$tmp/out" "$tmp/err" >>"$tmp/json" ;;
	esac
}

# The page on standard input as it should be.
redo() {
	while IFS= read -r line; do
		case $line in
		'$ '*)
			printf '%s\n' "$line"
			run "${line#??}"
			;;
		'| '* | '|' | '! '* | '!' | '= '* | \\) ;;
		*) printf '%s\n' "$line" ;;
		esac
	done
}

failed=0
skipped=0
commands=0
: >"$tmp/json"
for page; do
	name=$(basename "$page" .t)
	page=$(cd "$(dirname "$page")" && pwd)/$name.t
	case $name in
	big) can=$has_big ;;
	holes) can=$has_holes ;;
	hash | verify) can=$has_digests ;;
	*) can=yes ;;
	esac
	[ -n "$can" ] || {
		skipped=$((skipped + 1))
		continue
	}
	commands=$((commands + $(grep -c '^\$ ' "$page")))
	mkdir "$tmp/$name" "$tmp/$name.home"
	XDG_STATE_HOME=$tmp/$name.home
	export XDG_STATE_HOME
	(cd "$tmp/$name" && make_files && redo) <"$page" >"$tmp/$name.new"
	if [ -n "$update" ]; then
		cmp -s "$page" "$tmp/$name.new" || cp "$tmp/$name.new" "$page"
	elif ! diff -u "$page" "$tmp/$name.new"; then
		failed=1
	fi
	rm -rf "${tmp:?}/$name"
done

if command -v python3 >/dev/null; then
	python3 - "$tmp/json" <<'PYTHON' || failed=1
import json, sys
for line in open(sys.argv[1], "rb"):
    try:
        assert isinstance(json.loads(line.decode("utf-8")), dict)
    except (ValueError, AssertionError) as error:
        sys.exit("not a line of JSON: %r: %s" % (line, error))
PYTHON
else
	echo "no python3: JSON is not parsed"
fi
echo "$commands commands, $skipped pages left out"
exit "$failed"
