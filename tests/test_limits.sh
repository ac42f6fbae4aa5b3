#!/bin/bash
# What the system itself can refuse while files are edited and flushed: each
# time the files are as they were, the edits are there still, the message names
# the file and the cause, and afterwards the flush goes well. What needs rights
# that this process does not have is skipped, and counted.
set -u
here=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-limits-XXXXXX") || exit 99
mounts=()
leave() {
	local at
	for at in "${mounts[@]}"; do
		umount "$at" 2>/dev/null
	done
	chattr -i -a "$here"/files/* 2>/dev/null
	rm -rf "$here"
}
trap leave EXIT
[ -x hexspan ] || {
	echo "no hexspan in $PWD"
	exit 77
}
hexspan=$PWD/hexspan
export LC_ALL=C HOME=/nonexistent XDG_STATE_HOME=$here/state
unset XDG_CONFIG_HOME HEXSPAN_TEST
cd "$here" || exit 99
mkdir -m 700 state
mkdir files mnt
failed=0
passed=0
skipped=0

skip() {
	echo "SKIP: $1"
	skipped=$((skipped + 1))
}

# The two files, of 1 MiB: all of one letter.
fresh() {
	rm -rf state/hexspan
	head -c 1048576 /dev/zero | tr '\0' "$1" >"$2"
}

# The digest of what a file of that letter has.
letter() {
	head -c 1048576 /dev/zero | tr '\0' "$1" | cksum
}

# NAME TEXT: the last run has failed with this text, and both files are as they
# were.
refused() {
	local at=${3-files}
	if [ "$status" = 3 ] && grep -qF -- "$2" said &&
		[ "$(cksum <"$at/a")" = "$(letter A)" ] &&
		[ "$(cksum <"$at/b")" = "$(letter B)" ]; then
		passed=$((passed + 1))
		return 0
	fi
	echo "FAIL: $1: status $status, wanted: $2"
	cat said
	cmp "$at/a" <(head -c 1048576 /dev/zero | tr '\0' A)
	cmp "$at/b" <(head -c 1048576 /dev/zero | tr '\0' B)
	failed=$((failed + 1))
	return 1
}

edits='#1:0x10 put "one"; #2:0xffff0 put "two"; flush'

run() {
	"$hexspan" "$@" >said 2>&1
	status=$?
}

# Without what was in the way it goes well.
goes_well() {
	local at=${2-files}
	rm -rf state/hexspan
	run "$at/a" "$at/b" -c "$edits"
	if [ $status = 0 ] && [ "$(dd if="$at/a" bs=1 skip=16 count=3 \
		2>/dev/null)" = one ] && [ "$(tail -c 16 "$at/b" | head -c 3)" = two ]; then
		passed=$((passed + 1))
		return
	fi
	echo "FAIL: afterwards: $1: status $status"
	cat said
	failed=$((failed + 1))
}

both() {
	fresh A "$1/a"
	fresh B "$1/b"
}

# --- RLIMIT_FSIZE: no signal, and no half of it --------------------------------
both files
(
	ulimit -f 512
	run files/a files/b -c "$edits"
	exit $status
)
status=$?
refused 'a limit on the size of files' 'files/b: write at 0xffff0: File too large'
goes_well 'a limit on the size of files'

# The journal itself does not fit.
both files
(
	ulimit -f 2
	run files/a files/b -c "$edits"
	exit $status
)
status=$?
refused 'a limit below the journal' 'File too large'
goes_well 'a limit below the journal'

# --- RLIMIT_NOFILE -----------------------------------------------------------------
both files
mkdir many
for i in {100..299}; do
	printf '%s' "$i" >"many/$i"
done
cat many/* >all
(
	ulimit -n 64
	run many/* -c '% fill "x"; flush'
	exit $status
)
status=$?
refused 'few descriptors' 'cannot stay open, as all files with edits do: Too many open files'
cat many/* | cmp - all || failed=$((failed + 1))
# Two for each file, and some.
hard=$(ulimit -Hn)
if [ "$hard" = unlimited ] || [ "$hard" -ge 500 ]; then
	(
		ulimit -Sn 64
		run many/* -c '% fill "x"; flush'
		exit $status
	)
	status=$?
	if [ "$status $(cat many/* | tr -d x | wc -c)" = "0 0" ]; then
		passed=$((passed + 1))
	else
		echo "FAIL: a soft limit of descriptors: status $status"
		failed=$((failed + 1))
	fi
else
	skip 'a soft limit of descriptors'
fi

# --- attributes ----------------------------------------------------------------------
for flag in i a; do
	both files
	if chattr +$flag files/b 2>/dev/null; then
		"$hexspan" files/a files/b -c "$edits" >said 2>&1
		status=$?
		chattr -$flag files/b
		refused "chattr +$flag" 'files/b'
		goes_well "chattr +$flag"
	else
		skip "chattr +$flag"
	fi
done

# One that comes after the edits, before the flush.
both files
if chattr +i files/b 2>/dev/null; then
	chattr -i files/b
	mkfifo go
	"$hexspan" files/a files/b -f go >said 2>&1 &
	{
		printf '#1:0 put "x"\n#2:0 put "y"\necho ready\n'
		until grep -q ready said; do
			sleep 0.02
		done
		chattr +i files/b
		printf 'flush\n'
	} >go
	wait $!
	status=$?
	chattr -i files/b
	refused 'chattr +i before the flush' \
		'files/b: cannot be written: Operation not permitted'
	goes_well 'chattr +i before the flush'
else
	skip 'chattr +i before the flush'
fi

# --- file systems ------------------------------------------------------------------------
mounted() {
	mount "$@" 2>/dev/null && mounts+=("$PWD/mnt")
}

unmounted() {
	umount mnt && mounts=()
}

# Read-only, by the time of the flush.
if mounted -t tmpfs -o size=8m none mnt; then
	both mnt
	rm -f go
	mkfifo go
	"$hexspan" mnt/a mnt/b -f go >said 2>&1 &
	{
		printf '#1:0 put "x"\n#2:0 put "y"\necho ready\n'
		until grep -q ready said; do
			sleep 0.02
		done
		mount -o remount,ro mnt
		printf 'flush\n'
	} >go
	wait $!
	status=$?
	mount -o remount,rw mnt
	refused 'a file system that became read-only' \
		'mnt/a: cannot be written: Read-only file system' mnt
	goes_well 'a file system that became read-only' mnt
	unmounted
else
	skip 'a file system that became read-only'
fi

# No room for what a hole under the edit would need. Zeros need none.
if mounted -t tmpfs -o size=3m none mnt; then
	both mnt
	truncate -s 1M mnt/holes
	head -c 4000000 /dev/zero >mnt/full 2>/dev/null
	"$hexspan" mnt/a mnt/holes mnt/b -c '#1:0 put "x"; #2:0x8000 put "x"; #3:5 put "y"; flush' \
		>said 2>&1
	status=$?
	refused 'a full file system' \
		'mnt/holes: write at 0x8000: No space left on device' mnt
	[ "$(tr -d '\0' <mnt/holes | wc -c)" = 0 ] || {
		echo "FAIL: a full file system"
		cat said
		failed=$((failed + 1))
	}
	rm -rf state/hexspan
	both mnt
	run mnt/holes -c '0x8000,+5 fill zero; flush'
	[ "$status $(stat -c %b mnt/holes)" = "0 0" ] || {
		echo "FAIL: zeros in a hole: status $status"
		cat said
		failed=$((failed + 1))
	}
	rm mnt/full
	goes_well 'a full file system' mnt
	unmounted
else
	skip 'a full file system'
fi

# No room for the journal.
if mounted -t tmpfs -o size=256k,mode=700 none mnt; then
	both files
	mkdir -m 700 mnt/j
	"$hexspan" --journal-dir="$PWD/mnt/j" files/a files/b \
		-c '% fill "x"; #1:5 put "z"; flush' >said 2>&1
	status=$?
	refused 'no room for the journal' 'No space left on device'
	[ "$(find mnt/j -name '*.hxj' -size +64k | wc -l)" = 0 ] || {
		echo "FAIL: the journal has kept its room"
		failed=$((failed + 1))
	}
	goes_well 'no room for the journal'
	unmounted
else
	skip 'no room for the journal'
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
