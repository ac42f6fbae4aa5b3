#!/bin/sh
# Write a C file that holds other files: embed.sh NAME HEADER FILE.. >NAME.c
# It defines NAME[] as HEADER declares it, see src/base/embedded.h. Names lose their folder. Only tools that
# POSIX has are used, and the same files give the same bytes everywhere.
set -eu
LC_ALL=C
export LC_ALL

name=$1
header=$2
shift 2
echo "#include \"$header\""
i=0
for file; do
	test -r "$file"
	echo
	echo "static const unsigned char file_${i}[] = {"
	od -A n -v -t x1 "$file" | sed 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g'
	# The NUL is no part of the file; it also keeps an empty one valid C.
	echo '0x00 };'
	i=$((i + 1))
done
echo
echo "const struct embedded ${name}[] = {"
i=0
for file; do
	echo "	{ \"${file##*/}\", file_$i, sizeof(file_$i) - 1 },"
	i=$((i + 1))
done
echo '	{ 0 },'
echo '};'
