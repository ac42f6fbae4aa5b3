#!/bin/sh
# What takes too long for every run: a kill at each system call, power failures
# of file systems, ten million ranges; the suite and a long storm under
# ThreadSanitizer, and the suite under valgrind with few random cases. Its last
# line sums what automake counted.
set -eu
cd "$(dirname "$0")/.."
top=$PWD
# What the make around this was told, TESTS above all, is not for those below.
unset MAKEFLAGS MAKEOVERRIDES MFLAGS MAKELEVEL
jobs=$(nproc 2>/dev/null || echo 2)
log=$(mktemp)
counts=$(mktemp)
trap 'rm -f "$log" "$counts"' EXIT
failed=0

configured() {
	dir=$1
	shift
	mkdir -p "$dir"
	(cd "$dir" && "$top/configure" -q --enable-werror "$@")
	make -s -C "$dir" -j "$jobs"
}

suite() {
	dir=$1
	shift
	make -C "$dir" -j "$jobs" check VERBOSE=1 "$@" >"$log" 2>&1 || {
		cat "$log"
		failed=1
	}
	echo "== $dir"
	grep '^# [A-Z]*: ' "$log" | head -n 7 | tee -a "$counts"
}

[ -x configure ] || autoreconf -i
configured build-long
HEXSPAN_CASES=20 suite build-long TESTS=tests/test_killed_calls.sh
HEXSPAN_CASES=2 suite build-long \
	TESTS='tests/long_filesystems.sh tests/long_flush.sh tests/long_sharing.sh'
grep -h ': .*power failures\|blocks shared\|^SKIP: ' build-long/tests/long_*.log || :
# Three million disks that a crash leaves.
HEXSPAN_CASES=10 suite build-long TESTS='tests/sim_flush tests/sim_journal'

configured build-tsan --enable-sanitize=thread
HEXSPAN_CASES=0.05 suite build-tsan
# A storm of ten seconds.
HEXSPAN_CASES=10 suite build-tsan TESTS=tests/test_storm

# Fortified functions hide from valgrind what they replace. A test's time-out
# is meant for a processor, not for an emulated one.
configured build-valgrind --disable-hardening CFLAGS='-O1 -g'
# A handler of ours looks at registers, and goes on with the instruction.
valgrind="valgrind -q --error-exitcode=86 --leak-check=full \
--errors-for-leak-kinds=definite --show-leak-kinds=definite \
--vex-iropt-register-updates=allregs-at-mem-access \
--suppressions=$top/tests/valgrind.supp"
HEXSPAN_CASES=0.01 CK_DEFAULT_TIMEOUT=600 HEXSPAN_WRAP=$valgrind \
	suite build-valgrind LOG_COMPILER="$valgrind"

awk '/PASS|XFAIL/ && !/XPASS/ { passed += $3 }
/FAIL|XPASS|ERROR/ && !/XFAIL/ { failed += $3 }
END { print passed + 0 " passed, " failed + 0 " failed" }' "$counts"
exit $failed
