#!/bin/bash
# The program, killed at any moment of a flush of two files, one of which becomes
# longer in every other turn, has written both or neither once the next start has
# finished the flush, or taken it back. The moments are random; what must hold does
# so for each.
set -u
here=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-killed-XXXXXX") || exit 99
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
turns=$(awk -v cases="${HEXSPAN_CASES:-1}" \
	'BEGIN { n = int(60 * cases); print (n > 5 ? n : 5) }')
seed=${HEXSPAN_SEED:-$(date +%s)}
RANDOM=$seed
echo "HEXSPAN_SEED=$seed"

# 4 MiB in one file, and five bytes in the other.
size=4194304
head -c $size /dev/zero | tr '\0' A >a.old
head -c $size /dev/zero | tr '\0' z >a.new
echo 'some text here' >b.old
echo 'some WORDS her' >b.new.0
echo 'now some text here' >b.new.1
edits=("0,+$size fill \"z\"; 0x400005 put \"WORDS her\"; flush"
	"0,+$size fill \"z\"; #2 insert \"now \"; flush")

# Which of its two contents a file has.
state() {
	if cmp -s "$1" "$1.old"; then
		echo old
	elif cmp -s "$1" "$1.new"; then
		echo new
	else
		echo mixed
	fi
}

cp a.old a
cp b.old b
cp b.new.1 b.new
begun=$(date +%s%N)
"$hexspan" a b -c "${edits[1]}" >/dev/null || {
	echo "the flush failed"
	exit 1
}
whole=$((($(date +%s%N) - begun) / 1000))
[ "$(state a) $(state b)" = "new new" ] || {
	echo "the flush has written something else"
	exit 1
}

failed=0
half=0
for ((i = 0; i < turns; i++)); do
	rm -rf state/hexspan
	cp a.old a
	cp b.old b
	cp b.new.$((i % 2)) b.new
	# Up to the time that it needs undisturbed, in microseconds.
	after=$(((RANDOM * 32768 + RANDOM) % (whole + 1)))
	"$hexspan" a b -c "${edits[i % 2]}" >said 2>/dev/null &
	sleep "$(printf '%d.%06d' $((after / 1000000)) $((after % 1000000)))"
	kill -9 $! 2>/dev/null
	wait $! 2>/dev/null
	left="$(state a) $(state b)"
	case $left in "old old" | "new new") ;; *) half=$((half + 1)) ;; esac
	how=yes
	[ $((RANDOM % 2)) = 0 ] && how=back
	"$hexspan" --recover=$how a b -c segments >/dev/null 2>recovered
	now="$(state a) $(state b)"
	case $now in
	"old old") [ ! -s said ] || failed=1 ;;
	"new new") ;;
	*) failed=1 ;;
	esac
	# What was to take the place of b goes with its edits, at the latest.
	"$hexspan" --recover=yes a b -c segments >/dev/null 2>&1
	compgen -G '.*.hxtmp' && failed=1
	[ $failed = 0 ] || {
		echo "turn $i, killed after $after us: $left, then --recover=$how: $now"
		cat said recovered
		exit 1
	}
done 2>/dev/null
echo "$turns kills, $half of them between the files or inside of one"
