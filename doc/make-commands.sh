#!/bin/sh
# Writes a manual page with its sections ADDRESSES, COMMANDS and OPTIONS made
# anew from what the program says of itself: make-commands.sh HEXSPAN PAGE. They
# stand between the lines '.\" made by ..' and '.\" end'. "make manual" rewrites
# doc/hexspan.1; tests/check-man.sh fails while that has something to do.
set -eu
hexspan=$1
page=$2
objects=$("$hexspan" --json -c 'help addresses' -c 'help patterns' -c 'help commands' \
	-c 'help options')

# The object of a command or option becomes a paragraph. Values are texts,
# numbers, true or false; none but the escapes of json_lines() occur in them.
printf '%s\n' "$objects" | awk '
function value(key,    at, rest, out, c) {
	at = index($0, "\"" key "\":")
	if (!at)
		return ""
	rest = substr($0, at + length(key) + 3)
	if (substr(rest, 1, 1) != "\"") {
		sub(/[,}].*/, "", rest)
		return rest
	}
	for (rest = substr(rest, 2); (c = substr(rest, 1, 1)) != "\"";
	     rest = substr(rest, 2)) {
		if (c == "\\") {
			rest = substr(rest, 2)
			c = substr(rest, 1, 1)
			c = c == "n" ? "\n" : c == "t" ? "\t" : c
		}
		out = out c
	}
	return out
}
function roff(text,    i, c, out) {
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		out = out (c == "\\" ? "\\e" : c == "-" ? "\\-" : \
			c == "\047" ? "\\(aq" : c == "~" ? "\\(ti" : \
			c == "^" ? "\\(ha" : c == "`" ? "\\(ga" : c)
	}
	gsub(/\n[.]/, "\n\\\\\\&.", out)
	return out ~ /^\./ ? "\\&" out : out
}
# Words in capitals are what the user fills in. Lines may break at |.
function usage(text,    out) {
	text = roff(text)
	while (match(text, /[A-Z]+/)) {
		out = out substr(text, 1, RSTART - 1) "\\fI" \
			substr(text, RSTART, RLENGTH) "\\fR"
		text = substr(text, RSTART + RLENGTH)
	}
	out = out text
	gsub(/\|/, "|\\:", out)
	return out
}
function sentence(text) {
	return toupper(substr(text, 1, 1)) substr(text, 2) "."
}
function command(    before, more, short) {
	before = value("before")
	if (before != "")
		before = "[\\fI" before "\\fR] "
	print ".TP"
	print before "\\fB" roff(value("name")) "\\fR" \
		(value("bang") == "true" ? "[\\fB!\\fR]" : "") \
		(value("usage") == "" ? "" : " " usage(value("usage")))
	print roff(sentence(value("help")))
	short = value("aliases")
	gsub(/ /, ", ", short)
	if (short != "")
		print "Short: \\fB" roff(short) "\\fR."
	more = value("more")
	if (index(more, "\n"))
		print ".nf\n" roff(more) "\n.fi"
	else if (more != "") {
		gsub(/[.] /, ".\n", more)
		print roff(more)
	}
}
function option(    values, words) {
	values = value("values")
	gsub(/ /, ", ", values)
	if (value("min") != "")
		values = values (values == "" ? "" : ", ") value("min") " to " \
			value("max")
	print ".TP"
	print "\\fB" roff(value("option")) "\\fR=" \
		(values == "" ? "\\fINAME\\fR" : roff(values))
	print roff(sentence(value("help")))
	print "Default: " roff(value("default")) "."
}
# Lines that are not indented are headings.
function page(key, title,    lines, i, n) {
	print ".SH " title
	print ".nf"
	n = split(value(key), lines, "\n")
	for (i = 2; i < n; i++)
		print lines[i] ~ /^ / ? roff(substr(lines[i], 3)) : ""
	print ".fi"
}
/^[{]"addresses":/ { page("addresses", "ADDRESSES AND RANGES") }
/^[{]"patterns":/ { page("patterns", "PATTERNS") }
/^[{]"name":/ && !commands {
	commands = 1
	print ".SH COMMANDS"
	print "What may stand in front of a command is shown before its name;"
	print "! stands right behind the name."
	print ".SS Everywhere"
}
/^[{]"name":/ && value("editor") == "true" && !editor {
	editor = 1
	print ".SS In the editor"
	print "These need a screen and are refused in batch."
}
/^[{]"name":/ { command() }
/^[{]"option":/ && !options {
	options = 1
	print ".SH OPTIONS"
	print "These are the options of \\fBset\\fR."
}
/^[{]"option":/ { option() }
' | awk '
FILENAME == "-" { made = made $0 "\n"; next }
/^\.\\" made by / { print; printf "%s", made; skip = 1 }
/^\.\\" end$/ { skip = 0 }
!skip { print }
' - "$page"
