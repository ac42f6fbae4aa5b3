#!/bin/sh
# Fails if an #include of src/ or ui/ goes against tests/layers: a header that
# is not written with its room, a room above, modules that include each other,
# or a header from outside in a file that may not know it.
set -eu
cd "${srcdir:-.}"
files=$(find src ui -name '*.[ch]' | LC_ALL=C sort)
[ -n "$files" ] || {
	echo "no module found"
	exit 1
}

# shellcheck disable=SC2086 # one word for each file
exec awk '
function bad(what) {
	print FILENAME ":" FNR ": " what
	failed = 1
}

# src/base/mem.c -> base/mem, ui/cells.h -> ui/cells
function module(path) {
	sub(/^src\//, "", path)
	sub(/\.[ch]$/, "", path)
	return path
}

function room(name) {
	sub(/\/.*/, "", name)
	return name
}

# Do the words of a list, each of which may end in "*", name this?
function names(list, what,    words, n, i, w) {
	n = split(list, words, " ")
	for (i = 1; i <= n; i++) {
		w = words[i]
		if (w == what || (w ~ /\*$/ &&
		    index(what, substr(w, 1, length(w) - 1)) == 1))
			return 1
	}
	return 0
}

function read_layers(    line, words, first) {
	while ((getline line < "tests/layers") > 0) {
		if (line ~ /^#/ || !split(line, words, " "))
			continue
		first = words[1]
		sub(/^[^ ]+ */, "", line)
		if (first ~ /^</) {
			pattern[++patterns] = first
			users[patterns] = line
		} else {
			rank[first] = ++rooms
			allowed[first] = line
		}
	}
}

# <*curses*> as a regular expression, anchored at both ends.
function matches(header, glob) {
	gsub(/\./, "[.]", glob)
	gsub(/\*/, ".*", glob)
	return header ~ ("^" glob "$")
}

function foreign(header,    i, name) {
	name = substr(header, 2, length(header) - 2)
	if (name in headers)
		bad("write \"" name "\", not " header)
	for (i = 1; i <= patterns; i++)
		if (matches(header, pattern[i]) && !names(users[i], FILENAME))
			bad("only " users[i] " may include " header)
}

function own(name,    from, to) {
	if (name == "config.h")
		return
	if (!(name in headers)) {
		bad("\"" name "\" is no header of the tree with its room")
		return
	}
	sub(/\.h$/, "", name)
	from = room(self)
	to = room(name)
	if (rank[to] > rank[from])
		bad("room " from " may not include " name ".h from above")
	else if (to != from && allowed[from] && !names(allowed[from], name))
		bad("room " from " may not include " name ".h")
	if (name != self)
		uses[self, name] = 1
}

# Take away modules that nothing remaining uses, or that use nothing remaining,
# until only circles are left.
function report_circles(    edge, pair, again, users_of, uses_of, left) {
	do {
		again = 0
		split("", users_of)
		split("", uses_of)
		for (edge in uses) {
			split(edge, pair, SUBSEP)
			uses_of[pair[1]] = 1
			users_of[pair[2]] = 1
		}
		for (edge in uses) {
			split(edge, pair, SUBSEP)
			if (!(pair[2] in uses_of) || !(pair[1] in users_of)) {
				delete uses[edge]
				again = 1
			}
		}
	} while (again)
	for (edge in uses) {
		split(edge, pair, SUBSEP)
		print "in a circle: " pair[1] " includes " pair[2] ".h"
		failed = 1
	}
}

BEGIN {
	read_layers()
	for (i = 1; i < ARGC; i++)
		if (ARGV[i] ~ /\.h$/)
			headers[module(ARGV[i]) ".h"] = 1
}

FNR == 1 {
	self = module(FILENAME)
	if (!(room(self) in rank))
		bad("room " room(self) " is not in tests/layers")
}

/^[ \t]*#[ \t]*(include|import)/ {
	if (match($0, /"[^"]*"/))
		own(substr($0, RSTART + 1, RLENGTH - 2))
	else if (match($0, /<[^>]*>/))
		foreign(substr($0, RSTART, RLENGTH))
	else
		bad("write the name of the header")
}

END {
	report_circles()
	exit failed
}
' $files
