#!/bin/sh
# Holds the tree to its static checks: gcc's analyzer, clang-tidy and cppcheck
# over src/ and ui/, shellcheck over every script, and the format of all C.
# The first argument is the folder to build in.
set -eu
cd "$(dirname "$0")/.."
top=$PWD
dir=${1:-build-static}
jobs=$(nproc 2>/dev/null || echo 2)
passed=0
failed=0

run() {
	name=$1
	shift
	if "$@" >"$dir/$name.log" 2>&1; then
		passed=$((passed + 1))
		echo "PASS: $name"
	else
		failed=$((failed + 1))
		echo "FAIL: $name"
		cat "$dir/$name.log"
	fi
}

analyzer() {
	make -C "$dir" -j "$jobs" all \
		CFLAGS='-O2 -g -fanalyzer'
}

# clang-tidy takes its flags from compile_flags.txt, one on each line. Given more
# than one file, release 14 mistakes the va_list of the second.
tidy() {
	{
		echo -std=c17
		echo -D_GNU_SOURCE
		echo '-DDATADIR=""'
		printf -- '-I%s\n' "$top/$dir" "$top/src" "$top"
		pkg-config --cflags ncursesw termkey libpcre2-8 | xargs -n 1
	} >"$dir/compile_flags.txt"
	clang-tidy --quiet -p "$dir" src/base/error.c &&
		find src ui -name '*.c' ! -path src/base/error.c -print0 |
		xargs -0 -P "$jobs" -n 1 clang-tidy --quiet -p "$dir" \
			--extra-arg=-include \
			--extra-arg="$top/tests/analyzer.h"
}

cpp_check() {
	cppcheck -q -j "$jobs" --std=c11 --inline-suppr \
		--enable=warning,performance,portability \
		--suppressions-list=tests/cppcheck-suppressions.txt \
		--error-exitcode=1 -D__linux__ -I src -I . src ui
}

shell_check() {
	find . -name '*.sh' -not -path './build*' -exec shellcheck {} + &&
		shellcheck bootstrap .ci/run
}

format() {
	find src ui tests -name '*.[ch]' -exec clang-format --dry-run -Werror {} +
}

[ -x configure ] || autoreconf -i
mkdir -p "$dir"
(cd "$dir" && "$top/configure" -q CC=gcc --enable-werror)
run analyzer analyzer
run clang-tidy tidy
run cppcheck cpp_check
run shellcheck shell_check
run clang-format format
echo "static: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
