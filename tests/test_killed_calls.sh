#!/bin/bash
# The program, killed at each system call of a session that edits three files
# and flushes twice: what it has said to be done is there at the next start, no
# more than one step besides, and of each flush all files or none. In `make
# check` a sample of the calls; all with HEXSPAN_CASES=20.
set -u
here=$(mktemp -d "${TMPDIR:-/tmp}/hexspan-killed-XXXXXX") || exit 99
trap 'rm -rf "$here"' EXIT
for program in hexspan tests/killer; do
	[ -x $program ] || {
		echo "no $program in $PWD"
		exit 77
	}
done
hexspan=$PWD/hexspan
killer=$PWD/tests/killer
export LC_ALL=C HOME=/nonexistent XDG_STATE_HOME=$here/state
unset XDG_CONFIG_HOME HEXSPAN_TEST
cd "$here" || exit 99
seed=${HEXSPAN_SEED:-$(date +%s)}
RANDOM=$seed
echo "HEXSPAN_SEED=$seed"

# Each command is acknowledged by the line behind it. Two of them edit two files
# at once.
commands=(
	'#1:0 put "1"'
	'#2:7 put "22"'
	'#3:3 put "333"'
	'undo'
	'flush'
	'#1:7 put "55"'
	'#2,#3:$ fill "z"'
	'#3:5 put "6"'
	'flush'
	'#1:7 put "9"'
)
steps=${#commands[@]}

fresh() {
	rm -rf state
	mkdir -m 700 state
	printf aaaaaaaa >a
	printf bbbbbbbb >b
	printf cccccccc >c
}

write_script() {
	for ((k = 0; k < $1; k++)); do
		printf '%s\necho step %d\n' "${commands[k]}" $((k + 1))
	done
}

# What is shown, and what is in the files, after so many steps.
shown=()
disk=()
for ((n = 0; n <= steps; n++)); do
	fresh
	write_script "$n" >script
	"$hexspan" --keep-edits a b c -f script -c 'print raw' >said 2>/dev/null
	shown[n]=$(tail -c 24 said)
	disk[n]=$(cat a b c)
done
[ "${shown[steps]} ${disk[steps]}" = \
	"1aaaaaa9zzzzzzzzzzzzz6zz 1aaaaaa5zzzzzzzzzzzzz6zz" ] || {
	echo "without a kill: ${shown[steps]} ${disk[steps]}"
	exit 1
}

run() {
	"$killer" "$1" "$hexspan" --keep-edits a b c -f script >said 2>killed
}

fresh
write_script "$steps" >script
run 0
case $? in
1) calls=$(tail -n 1 killed) ;;
77)
	echo "SKIP: no process can be traced here"
	exit 77
	;;
*)
	cat killed
	exit 1
	;;
esac
every=$(awk -v calls="$calls" -v cases="${HEXSPAN_CASES:-1}" \
	'BEGIN { n = int(calls / (60 * cases)); print (n > 1 ? n : 1) }')

# Is the first word among the ones behind it?
is_one_of() {
	local word=$1
	shift
	for one; do
		[ "$word" = "$one" ] && return 0
	done
	return 1
}

fail() {
	echo "call $call of $calls, step $acked was acknowledged: $*"
	cat said recovered
	exit 1
}

kills=0
mixed=0
for ((call = 1 + RANDOM % every; call <= calls; call += every)); do
	fresh
	run "$call"
	status=$?
	[ $status -le 1 ] || fail "killer: status $status"
	kills=$((kills + 1 - status))
	acked=$(sed -n 's/^step //p' said | tail -n 1)
	acked=${acked:-0}
	next=$((acked < steps ? acked + 1 : acked))
	left=$(cat a b c)
	is_one_of "$left" "${disk[@]}" || mixed=$((mixed + 1))
	: >recovered
	if [ $((RANDOM % 2)) = 0 ]; then
		"$hexspan" --recover=back a b c -c segments \
			>/dev/null 2>>recovered
		back=$(cat a b c)
		is_one_of "$back" "${disk[acked]}" "${disk[next]}" ||
			fail "the files had $left, and after the way back $back"
	fi
	"$hexspan" --recover=yes --keep-edits a b c -c 'print raw' \
		>now 2>>recovered
	now=$(cat now)
	is_one_of "$now" "${shown[acked]}" "${shown[next]}" ||
		fail "recovered is $now"
	left=$(cat a b c)
	is_one_of "$left" "${disk[acked]}" "${disk[next]}" ||
		fail "the files have $left"
done
echo "$kills kills at one in $every of $calls calls, $mixed with files half written"
