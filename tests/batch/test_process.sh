#!/bin/sh
# What batch mode does as a process: signals, terminals, permissions.
set -u
here=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-process-XXXXXX") || exit 99
trap 'rm -rf "$here"' EXIT
[ -x hexspan ] || {
	echo "no hexspan in $PWD"
	exit 77
}
build=$PWD
hexspan="${HEXSPAN_WRAP:+$HEXSPAN_WRAP }$build/hexspan"
LC_ALL=C
HOME=/nonexistent
TMPDIR=$here
XDG_STATE_HOME=$here/state
export LC_ALL HOME TMPDIR XDG_STATE_HOME
unset XDG_CONFIG_HOME HEXSPAN_TEST
cd "$here" || exit 99
printf 0123456789 >ten
mkfifo script output
failed=0
skipped=0

fail() {
	echo "FAIL: $1"
	failed=1
}

skip() {
	echo "skipped: $1"
	skipped=$((skipped + 1))
}

is() {
	[ "$2" = "$3" ] || fail "$1: $2 instead of $3"
}

# --- signals: status 4, whole lines only ---------------------------------------

# The shell lets what runs behind an & ignore SIGINT, and what runs the suite may
# ignore others; env can undo that.
signals=TERM
default=
if env --default-signal=INT,HUP,TERM true 2>/dev/null; then
	default="env --default-signal=INT,HUP,TERM"
	signals="TERM HUP INT"
else
	skip "SIGHUP and SIGINT: no env --default-signal"
fi

for signal in $signals; do
	for options in "" --json; do
		# A reader that has taken some, when the signal comes.
		# shellcheck disable=SC2086 # words
		$default $hexspan $options memory:4G -c '% print' >output &
		pid=$!
		exec 3<output
		head -c 300000 <&3 >text
		kill -s "$signal" $pid
		cat <&3 >>text
		exec 3<&-
		wait $pid
		is "$signal $options while it prints" $? 4
		is "$signal $options: the last byte" \
			"$(tail -c 1 text | od -An -tx1 | tr -d ' ')" 0a
	done
	# It waits for a script, for standard input, for a script before the
	# editor.
	for words in "ten -f script" "ten -f script -i"; do
		# shellcheck disable=SC2086 # words
		$default $hexspan $words >text 2>&1 &
		pid=$!
		exec 4>script
		echo 'eval 5' >&4
		until grep -q '0x5' text; do :; done
		kill -s "$signal" $pid
		wait $pid
		is "$signal: $words" $? 4
		exec 4>&-
		is "$signal: $words" "$(cat text)" "5 0x5 #1:0x5"
	done
	# shellcheck disable=SC2086 # words
	$default $hexspan - -c print <script >text 2>&1 &
	pid=$!
	exec 4>script
	# Opened by it, not by a sanitizer: the handlers stand.
	until readlink "/proc/$pid/fd"/* | grep -q '/\(#[0-9]*\|hexspan-[^/]*\) (deleted)'; do
		kill -0 $pid 2>/dev/null || break
	done
	kill -s "$signal" $pid
	wait $pid
	is "$signal while it reads standard input" $? 4
	exec 4>&-
	is "$signal while it reads standard input" "$(cat text)" ""
done

# nohup is obeyed.
# shellcheck disable=SC2086 # words
(trap '' HUP; exec $hexspan ten -f script) >text 2>&1 &
pid=$!
exec 4>script
echo 'eval 5' >&4
until grep -q '0x5' text; do :; done
kill -s HUP $pid
echo 'eval 6' >&4
exec 4>&-
wait $pid
is "HUP that is ignored" $? 0
is "HUP that is ignored" "$(tail -n 1 text)" "6 0x6 #1:0x6"

# What a batch had edited when it was killed waits for the next one.
for signal in TERM KILL; do
	# shellcheck disable=SC2086 # words
	$default $hexspan ten -f script >text 2>&1 &
	pid=$!
	exec 4>script
	echo '3 put "x"; eval 5' >&4
	until grep -q '0x5' text; do :; done
	kill -s "$signal" $pid
	wait $pid
	exec 4>&-
	is "$signal: the file" "$(cat ten)" 0123456789
	is "$signal: its edits" "$($hexspan --recover=yes ten \
		-c 'print text; quit drop' 2>&1)" 012x456789
	$hexspan ten -c 'journal discard; put "y"; quit drop' >text 2>&1
	is "$signal: discarded" $? 0
done

# --- permissions ---------------------------------------------------------------

chmod 755 "$here"
printf secret >closed
printf public >open
chmod 000 closed
chmod 444 open
as=
if [ "$(id -u)" -ne 0 ]; then
	as="env"
elif setpriv --reuid=65534 --regid=65534 --clear-groups \
	"$build/hexspan" --version >/dev/null 2>&1; then
	as="setpriv --reuid=65534 --regid=65534 --clear-groups"
fi
if [ -n "$as" ]; then
	# shellcheck disable=SC2086 # words
	{
		$as "$build/hexspan" open closed -c print >text 2>&1
		is "no permission" "$? $(cat text)" \
			"3 hexspan: closed: Permission denied"
		$as "$build/hexspan" --rw open -c print >text 2>&1
		is "no permission to write" "$? $(cat text)" \
			"3 hexspan: open: cannot be written"
		$as "$build/hexspan" open -c segments >text 2>&1
		is "a file that can only be read" "$? $(cat text)" \
			"0    1  0x0  6  file    read       0  open"
		$as "$build/hexspan" open -c 'save-layout new.hxl' >text 2>&1
		is "a folder that cannot be written" "$? $(cat text)" \
			"3 hexspan: save-layout: new.hxl: Permission denied"
	}
else
	skip "permissions: root, and no setpriv that reaches $build"
fi

# --- terminals -----------------------------------------------------------------

# One line, and nothing that a terminal could obey.
one_line() {
	is "$1: lines" "$(grep -c '' text)" 1
	is "$1: begins" "$(cut -c 1-9 text)" "hexspan: "
	if grep -q "$(printf '\033')" text; then
		fail "$1: an escape sequence"
	fi
}

if command -v setsid >/dev/null; then
	# shellcheck disable=SC2086 # words
	TERM=xterm setsid -w $hexspan ten </dev/null >text 2>&1
	is "no terminal at all" $? 3
	one_line "no terminal at all"
	# shellcheck disable=SC2086 # words
	TERM=xterm setsid -w $hexspan -c 'eval 5' -i ten </dev/null 2>text \
		>results
	is "no terminal for -i" $? 3
	one_line "no terminal for -i"
	is "no terminal for -i" "$(cat results)" "5 0x5 #1:0x5"
else
	skip "no terminal: no setsid"
fi

if [ -x "$build/tests/ui/tuitest" ]; then
	cat >terminals.tui <<'EOF'
run 5x60 TERM= $HEXSPAN $DATA/ten
expect TERM
exit 2
run 5x60 TERM=dumb $HEXSPAN $DATA/ten
expect TERM
exit 2
run 5x60 env -u TERM $HEXSPAN $DATA/ten
expect TERM
exit 2
# Commands, then the editor where they have gone, or opened something.
run 8x80 $HEXSPAN -c 'goto 5; quit' -i $DATA/ten
expect 0x5
keys <F10>
exit 0
run 8x80 sh -c '$HEXSPAN -c "goto 11" -i $DATA/ten 2>err'
expect 0x0
keys <F10>
exit 2
sh grep -q 'past the end' err
run 8x80 sh -c '$HEXSPAN -c "open $DATA/ten" -i'
expect 0x0
keys <F10>
exit 0
run 24x80 $HEXSPAN -c 'echo nothing' -i
expect usage
exit 2
EOF
	"$build/tests/ui/tuitest" -g "$here" -o "$here" -d "$here" \
		-x "$hexspan" terminals.tui >text 2>&1 || {
		fail "terminals"
		cat text
	}
else
	skip "terminals: no tests/ui/tuitest"
fi

echo "$skipped skipped"
exit $failed
