#!/bin/sh
# Fuzzes each target for SECONDS with clang's libFuzzer and AddressSanitizer, in
# build-fuzz/: run.sh SECONDS [NAME..]. New inputs are kept in
# build-fuzz/corpus/NAME; what breaks a target is written to build-fuzz/ too.
#
# A target is tests/fuzz/fuzz_NAME.c with LLVMFuzzerTestOneInput(), seeds in
# tests/fuzz/corpus/NAME, and in Makefile.am a word in fuzz_tests and
#	tests_fuzz_fuzz_NAME_LDADD = $(fuzz_LDADD)
# or $(fuzz_ui_LDADD) for what stands in ui/.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:?seconds for each target}
shift
dir=build-fuzz
jobs=$(nproc 2>/dev/null || echo 2)
if [ $# -eq 0 ]; then
	for source in tests/fuzz/fuzz_*.c; do
		[ -e "$source" ] || continue
		name=${source##*/fuzz_}
		set -- "$@" "${name%.c}"
	done
fi
[ $# -gt 0 ] || {
	echo "no targets"
	exit 1
}

[ -x configure ] || autoreconf -i
mkdir -p "$dir"
(cd "$dir" && ../configure -q CC=clang CFLAGS='-O1 -g' \
	--enable-sanitize=address,fuzzer-no-link)
failed=0
for name; do
	make -C "$dir" -j "$jobs" LDFLAGS=-fsanitize=fuzzer \
		"tests/fuzz/fuzz_$name"
	mkdir -p "$dir/corpus/$name"
	set -- "$dir/corpus/$name"
	[ ! -d "tests/fuzz/corpus/$name" ] || set -- "$@" "tests/fuzz/corpus/$name"
	"$dir/tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 \
		-print_final_stats=1 -artifact_prefix="$dir/$name-" "$@" ||
		failed=1
done
exit $failed
