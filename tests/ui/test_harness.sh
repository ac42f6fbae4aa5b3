#!/bin/sh
# Tries the golden-screen harness on a program that is made for it: what should
# pass must, and each kind of check must be able to fail.
set -u
build=$PWD
here=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-harness-XXXXXX") || exit 99
trap 'rm -rf "$here"' EXIT
mkdir "$here/golden" "$here/data"
echo content >"$here/data/file"
failed=0

harness() {
	"$build/tests/ui/tuitest" -g "$here/golden" -o "$here" -d "$here/data" \
		-x "$build/tests/ui/echo" "$@" "$here/script.tui" \
		>"$here/out" 2>&1
}

complain() {
	echo "FAIL: $1"
	head -n 3 "$here/script.tui"
	cat "$here/out"
	failed=1
}

# A script on standard input that must pass with these options.
passes() {
	cat >"$here/script.tui"
	harness "$@" || complain 'should pass'
}

# The complaint, and a script on standard input that must fail with it.
fails() {
	cat >"$here/script.tui"
	if harness; then
		complain "should fail with: $1"
	elif ! grep -qF "$1" "$here/out"; then
		complain "should say: $1"
	fi
}

# The same script makes the golden file and agrees with it.
cat >"$here/good.tui" <<'EOF'
# comment
run 5x60 NAME=value OTHER= $HEXSPAN

expect size 5x60
expect title="echo"
keys a<C-a><M-x><PageDown><S-F3>
expect typed 61 01 1b 78
keys <Escape>
expect typed 1b 5b 32 37 75
keys é<lt><Space>
expect typed c3 a9 3c 20
frames-limit 1
bytes-limit 200
write-limit 2
raw \e\x00\\r
expect typed 1b 00 5c 72
feed y\n
await typed 79 0a
paste p\r
expect typed 1b 5b 32 30 30 7e 70 0d 1b 5b 32 30 31 7e
mouse press 1 2
expect typed 1b 5b 3c 30 3b 33 3b 32 4d
mouse drag 2 2
mouse release 2 2
mouse wheel-down 0 0
expect typed 1b 5b 3c 36 35
absent never
resize 7x30
expect size 7x30
keys j
absent job done
wait
expect job done
signal STOP
signal CONT
keys t
expect title="in pieces"
keys c
expect red green
shot colours
keys q
exit 3
sh test "$(cat $DATA/file)" = content && echo more >here
sh grep -q more here
run 3x40 NAME=value sh -c 'test "$NAME$HOME" = value/proc/none'
exit 0
run 4x40 $HEXSPAN refuse
expect echo: refused
exit 2
EOF
passes -u <"$here/good.tui"
passes <"$here/good.tui"
grep -q 'b: fg=1 bg=22 bold' "$here/golden/colours.scr" || {
	echo "FAIL: no style in the golden file"
	cat "$here/golden/colours.scr"
	failed=1
}

sed 's/red/rod/' "$here/golden/colours.scr" >"$here/golden/other.scr"
fails 'other.scr differs' <<'EOF'
run 7x30 $HEXSPAN
keys c
shot other
keys q
exit 3
EOF
if ! grep -q '^|.*red' "$here/other.got" ||
	! grep -q '^-.*rod' "$here/out" || ! grep -q '^+.*red' "$here/out"; then
	complain 'should show what differs'
fi
fails 'there is no' <<'EOF'
run 7x30 $HEXSPAN
shot new
keys q
exit 3
EOF

# Every kind of check.
fails 'should not stand there' <<'EOF'
run 7x30 $HEXSPAN
absent size
keys q
exit 3
EOF
fails '2 frames' <<'EOF'
run 7x30 $HEXSPAN
keys f
frames-limit 1
keys q
exit 3
EOF
fails 'bytes' <<'EOF'
run 7x30 $HEXSPAN
keys f
bytes-limit 50
keys q
exit 3
EOF
# Where a wrapper is, as valgrind, its calls are not counted.
if [ -r /proc/self/io ] && [ -z "${HEXSPAN_WRAP-}" ]; then
	fails '42 write calls' <<'EOF'
run 7x30 $HEXSPAN
keys w
write-limit 41
keys q
exit 3
EOF
fi
fails 'exit status 3' <<'EOF'
run 7x30 $HEXSPAN
keys q
exit 0
EOF
fails 'exit status 134' <<'EOF'
run 7x30 $HEXSPAN
signal ABRT
exit 0
EOF
for part in 'mouse: mouse' 'paste: bracketed paste' 'cursor: hidden cursor' \
	'screen: alternate screen' 'modes: termios'; do
	fails "left behind:${part#*:}," <<EOF
run 7x30 \$HEXSPAN ${part%:*}
keys q
exit 3
EOF
done

# Scripts that cannot go on.
fails 'never saw: job' <<'EOF'
run 7x30 $HEXSPAN
signal KILL
expect job
exit 137
EOF
fails 'the program has ended' <<'EOF'
run 7x30 $HEXSPAN
keys q
keys q
EOF
fails 'without exit' <<'EOF'
run 7x30 $HEXSPAN
EOF
fails 'nothing runs' <<'EOF'
keys a
EOF
fails 'no command' <<'EOF'
walk
EOF
fails 'no key <Hyper>' <<'EOF'
run 7x30 $HEXSPAN
keys <Hyper>
EOF
fails 'failed: false' <<'EOF'
sh false
EOF
exit $failed
