#!/bin/bash
# A session that flushes three files twice, on real file systems that lose their
# power: at a sample of its system calls the file system is shut down with what
# it had not written, and mounted anew. Then the files are as some flush has left
# them, none that was acknowledged is lost, and what is recovered is what some
# step has left. ext4 and XFS are shut down; of btrfs, which cannot be, the image
# is copied at that moment. What this machine does not have is skipped, and
# counted.
set -u
here=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-systems-XXXXXX") || exit 99
leave() {
	cd /
	umount "$here/mnt" 2>/dev/null
	rm -rf "$here"
}
trap leave EXIT
for program in hexspan tests/killer; do
	[ -x $program ] || {
		echo "no $program in $PWD"
		exit 77
	}
done
hexspan=$PWD/hexspan
killer=$PWD/tests/killer
export LC_ALL=C HOME=/nonexistent XDG_STATE_HOME=$here/mnt/state
unset XDG_CONFIG_HOME HEXSPAN_TEST
cd "$here" || exit 99
mkdir mnt
seed=${HEXSPAN_SEED:-$(date +%s)}
RANDOM=$seed
echo "HEXSPAN_SEED=$seed"
points=$(awk -v cases="${HEXSPAN_CASES:-1}" \
	'BEGIN { n = int(100 * cases); print (n > 5 ? n : 5) }')
skipped=0
failed=0

# Several blocks in each file are changed, so that none is written at once.
commands=(
	'#1:0x10 put "one"; #1:0x9010 put "one"; #2:0x4ffe,+0x3000 fill "y"'
	'flush'
	'%:$-0x8000,+0x5000 fill "z"; #1:0x3000 put "four"; #2:0 put "five"'
	'flush'
	'#3:0 put "six"'
)
steps=${#commands[@]}

fresh() {
	rm -rf mnt/state
	mkdir -m 700 mnt/state
	local name
	for name in a b c; do
		head -c 65536 /dev/zero | tr '\0' $name >mnt/$name
	done
	sync -f mnt
}

content() {
	cat mnt/a mnt/b mnt/c | cksum
}

shown_now() {
	"$hexspan" --recover=yes --keep-edits mnt/a mnt/b mnt/c \
		-c '% print raw' 2>>recovered | cksum
}

write_script() {
	for ((k = 0; k < $1; k++)); do
		printf '%s\necho step %d\n' "${commands[k]}" $((k + 1))
	done
}

is_one_of() {
	local word=$1
	shift
	for one; do
		[ "$word" = "$one" ] && return 0
	done
	return 1
}

fail() {
	echo "FAIL: $kind, call $call of $calls, step $acked was acknowledged: $*"
	cat said recovered
	failed=$((failed + 1))
}

run() {
	local number=$1
	shift
	"$killer" "$@" "$number" "$hexspan" --keep-edits mnt/a mnt/b mnt/c \
		-f script >said 2>killed
}

# What the files have when the steps are made without a failure. The first
# step is three edits, the third likewise: what is between is a state, too.
expect() {
	shown=()
	disk=()
	for ((n = 0; n <= steps; n++)); do
		fresh
		write_script "$n" >script
		"$hexspan" --keep-edits mnt/a mnt/b mnt/c -f script \
			>/dev/null 2>&1
		disk[n]=$(content)
	done
	for n in 0 2 4; do
		for part in '' "${commands[n]%%;*}" "${commands[n]%;*}" \
			"${commands[n]}"; do
			fresh
			write_script "$n" >script
			"$hexspan" mnt/a mnt/b mnt/c -f script \
				-c "${part:-echo}" -c '% print raw' 2>/dev/null |
				tail -c 196608 >raw
			shown+=("$(cksum <raw)")
		done
	done
}

one_point() {
	local status
	fresh
	if [ "$kind" = btrfs ]; then
		run "$call" -x "cp --sparse=always '$here/image' '$here/crash'"
	else
		run "$call" -s "$here/mnt"
	fi
	status=$?
	[ $status -le 1 ] || {
		cat killed
		return 1
	}
	acked=$(sed -n 's/^step //p' said | tail -n 1)
	acked=${acked:-0}
	umount mnt || return 1
	[ ! -e crash ] || mv crash image
	mount -o loop image mnt || return 1
	is_one_of "$(content)" "${disk[@]}" || mixed=$((mixed + 1))
	: >recovered
	is_one_of "$(shown_now)" "${shown[@]}" ||
		fail "what is recovered is none of the steps"
	local from=$((acked >= 4 ? 4 : acked >= 2 ? 2 : 0))
	is_one_of "$(content)" "${disk[@]:from}" ||
		fail "the files are not as a flush has left them"
	return 0
}

system() {
	kind=$1
	mixed=0
	command -v "mkfs.$kind" >/dev/null || {
		echo "SKIP: $kind: no mkfs.$kind"
		skipped=$((skipped + 1))
		return
	}
	rm -f image
	truncate -s 512M image
	"mkfs.$kind" -q image >/dev/null 2>&1 ||
		"mkfs.$kind" image >/dev/null 2>&1
	mount -o loop image mnt 2>/dev/null || {
		echo "SKIP: $kind: cannot be mounted here"
		skipped=$((skipped + 1))
		return
	}
	expect
	fresh
	write_script "$steps" >script
	run 0
	calls=$(tail -n 1 killed)
	for ((i = 0; i < points; i++)); do
		call=$((1 + (RANDOM * 32768 + RANDOM) % calls))
		one_point || {
			echo "SKIP: $kind: cannot be shut down or mounted again"
			skipped=$((skipped + 1))
			break
		}
	done
	umount mnt
	echo "$kind: $i power failures, $mixed with files half written"
}

for kind in ext4 xfs btrfs; do
	system $kind
done
echo "$failed failed, $skipped skipped"
[ $failed = 0 ] || exit 1
[ $skipped -lt 3 ] || exit 77
