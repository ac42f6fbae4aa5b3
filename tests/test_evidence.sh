#!/bin/bash
# With -R nothing is done to a file but reading: every system call that names a
# target or a descriptor of it is one that only looks, and afterwards its bytes,
# its times (that of the last access, too) and its folder are as before.
set -u
here=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-evidence-XXXXXX") || exit 99
trap 'rm -rf "$here"' EXIT
here=$(cd "$here" && pwd -P)
for program in hexspan tests/ui/tuitest; do
	[ -x $program ] || {
		echo "no $program in $PWD"
		exit 77
	}
done
hexspan=$PWD/hexspan
tuitest=$PWD/tests/ui/tuitest
strace -f -o /dev/null true 2>/dev/null || {
	echo "SKIP: strace cannot trace here"
	exit 77
}
export LC_ALL=C HOME=/nonexistent XDG_STATE_HOME=$here/state
unset XDG_CONFIG_HOME HEXSPAN_TEST
# Whoever is traced cannot trace: the search for leaks does.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
cd "$here" || exit 99
mkdir -m 700 state
mkdir targets golden

# Old enough that any read would move the time of the last access.
head -c 300000 /dev/zero | tr '\0' 'A' >targets/one
printf 'a needle in it' | dd of=targets/one bs=1 seek=200000 conv=notrunc \
	2>/dev/null
truncate -s 10M targets/sparse
printf 'needle' >>targets/sparse
printf 'needle' >targets/read-only
chmod 444 targets/read-only
touch -d '2020-01-02 03:04:05.678' targets/*
touch -d '2020-01-02 03:04:05.678' targets

# %Z is the change of status, %X the last access.
look() {
	stat -c '%n %s %a %h %i %x %y %z' targets targets/*
	sha256 targets/one targets/sparse targets/read-only
}

# Reading them for the digest must not move the time, either.
sha256() {
	local name
	for name; do
		dd if="$name" iflag=noatime bs=64k 2>/dev/null | sha256sum
	done
}

# Calls that only look. A map must be without PROT_WRITE, an open O_RDONLY.
looks='newfstatat|fstat|stat|statx|lstat|pread64|preadv|preadv2|read|lseek'
looks="$looks|close|faccessat|faccessat2|access|fadvise64|readlink|readlinkat"
looks="$looks|getcwd|execve|chdir|getdents64|inotify_add_watch|fstatfs|statfs"
check() {
	local bad
	[ -s trace ] || {
		echo "$1: no trace"
		exit 1
	}
	bad=$(grep -F "$here/targets" trace | sed 's/^[0-9]* *//' |
		grep -vE "^($looks)\(" |
		grep -vE '^<\.\.\. ' |
		grep -vE '^openat\([^)]*O_RDONLY' |
		grep -vE '^mmap\([^)]*PROT_READ, MAP_(SHARED|PRIVATE)' |
		# Blocks that a copy is to share are read.
		grep -vE '^ioctl\([0-9]+<[^>]*/whole.hxtmp>, .*FICLONERANGE' |
		# What was said of a name is no call on it.
		grep -vE '^write\([12]<(pipe|/dev/|[^>]*/said|socket)')
	[ -z "$bad" ] || {
		echo "$1:"
		echo "$bad"
		exit 1
	}
	[ "$(look)" = "$before" ] || {
		echo "$1 has changed something:"
		echo "$before"
		look
		exit 1
	}
	calls=$((calls + $(grep -cF "$here/targets" trace)))
	runs=$((runs + 1))
}

before=$(look)
calls=0
runs=0
while read -r commands; do
	# shellcheck disable=SC2086
	strace -f -y -s 4096 -o trace "$hexspan" -R "$here/targets/one" \
		"$here/targets/sparse" "$here/targets/read-only" \
		-c "$commands" >said 2>&1
	check "$commands"
done <<'END'
segments; info; print
find-all /needle/; count /A+/
#1:0 put "x"
flush
flush!
#3 fill zero; flush
undo; redo; history
reload; check
0,+64 save-as copy; %save-as whole
#3 insert "x"; resize #1 5
export hex -; print raw
journal list
END
# The same with its name asked for to be written.
strace -f -y -s 4096 -o trace "$hexspan" -R --rw "$here/targets/one" \
	--access=write -c '0 put "x"; flush' >said 2>&1
check "--rw beside -R"

cat >session.tui <<END
run 24x80 \$HEXSPAN -R "$here/targets/one" "$here/targets/sparse"
keys <PageDown><End>x12<Escape>
keys <Insert>ab<Delete><Backspace><Escape>
keys <F2><Escape>
keys :0 put "x"<Enter><Escape><Escape>
keys :find "needle"<Enter>
wait
keys :flush!<Enter><Escape><Escape>
keys :reload<Enter><Escape><Escape>
keys :quit!<Enter>
exit 0
END
# A script's program has no blank in its path, as the build folder has none.
traced=$(dirname "$tuitest")/traced.$$
trap 'rm -rf "$here" "$traced"' EXIT
printf '%s\n' '#!/bin/sh' \
	"exec strace -f -y -s 4096 -o '$here/trace' '$hexspan' \"\$@\"" >"$traced"
chmod +x "$traced"
rm -f trace
"$tuitest" -g golden -o "$here" -d "$here" -x "$traced" session.tui \
	>ui.log 2>&1 || {
	cat ui.log
	exit 1
}
check "the editor"
echo "$runs runs, $calls calls on targets, none of which writes"
