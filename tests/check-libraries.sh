#!/bin/sh
# Fails if the program is linked with a library that it may do without: start
# must stay that of libc, the terminfo of ncurses, libtermkey and PCRE2. All others are opened
# when they are first needed.
set -eu
[ -x hexspan ] || {
	echo "no hexspan in $PWD"
	exit 77
}
if grep -q '^#define SANITIZED' config.h; then
	echo "a sanitizer brings libraries of its own"
	exit 77
fi
command -v ldd >/dev/null || {
	echo "no ldd here"
	exit 77
}
others=$(ldd hexspan | awk '{
	name = $1
	sub(/.*\//, "", name)
	sub(/\.so.*/, "", name)
	if (name !~ /^(linux-vdso|linux-gate|ld-linux.*|ld-musl.*|ld64)$/ &&
	    name !~ /^lib(c|m|pthread|c\.musl.*)$/ &&
	    name !~ /^lib(ncursesw|tinfow?|termkey|unibilium|pcre2-8)$/)
		print $1
}')
[ -z "$others" ] || {
	echo "linked with:"
	echo "$others"
	exit 1
}
