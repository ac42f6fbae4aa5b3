replace goes from match to match; replace-all takes all of them, as one edit.

$ hexspan ten letters -c 'replace "9ab" "xyz"; %print; eval .; replace /[a-z]/ {2d 2d}; %print; eval .; undo; %print; quit drop'
| 1
| 0000000000  30 31 32 33 34 35 36 37  38 78 79 7a 63 64 65 66  |012345678xyzcdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
| 12 0xc #2:0x2
| 1
| 0000000000  30 31 32 33 34 35 36 37  38 78 79 7a 2d 2d 64 65  |012345678xyz--de|
| 0000000010  66 67 68 69 6a 6b 6c 6d  6e 6f 70                 |fghijklmnop     |
| 14 0xe #2:0x4
| 1
| 0000000000  30 31 32 33 34 35 36 37  38 78 79 7a 63 64 65 66  |012345678xyzcdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
$ hexspan ten letters -c 'replace-all /[0-9a-c]/ "."; %print; edits; undo; %print; quit drop'
| 13
| 0000000000  2e 2e 2e 2e 2e 2e 2e 2e  2e 2e 2e 2e 2e 64 65 66  |.............def|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
| 0x0 10 10 #1:0x0
| 0xa 3 3 #2:0x0
| 1
| 0000000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
$ hexspan ten letters -c '4,12 replace-all /./ zero; 14 replace /./ {ff}; 0,3 replace /./ {ee}; %print; quit drop'
| 8
| 1
| 1
| 0000000000  ee 31 32 33 00 00 00 00  00 00 00 00 63 64 ff 66  |.123........cd.f|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
$ hexspan ten letters -c 'replace-all /[0-9]/ random; #2 replace-all -n 2 /[a-z]/ {}; 10,24 print text; segments; quit drop'
| 10
| 2
| cdefghijklmnop
|    1  0x0  10  file    write      1  ten
|    2  0xa  14  file    write      1  letters
$ hexspan ten letters --json -c 'replace "3" "three"; replace-all /[aeiou]/ {2e}; %print hex; quit drop'
| {"replaced":1}
| {"replaced":6}
| {"addr":0,"at":"0x0","len":30,"hex":"3031327468722e2e3435363738392e6263642e6667682e6a6b6c6d6e2e70","edited":true}

What a /regex/ has matched can be put in again.

$ hexspan ten letters -c 'replace-all /(\d)(?<y>\d)/ /$2${1}${y}\1$$\/\x2d\n/; print text; quit drop'
| 5
| 1010$/-
| 3232$/-
| 5454$/-
| 7676$/-
| 9898$/-
| abcdefghijklmnop
$ hexspan ten letters -c 'replace-all /9(a)?(z)?/ /[$0|$&|$1|$2]/; replace-all -i "CD" /<$&>/; replace "b" //; print text; quit drop'
| 1
| 1
| 1
| <cd>efghijklmnop
$ hexspan ten -c 'replace-all /(?<=4)5(?=6)/ /a;b/; print text; quit drop'
| 1
| 01234a;b6789

--pad keeps the length.

$ hexspan ten letters -c 'replace-all /[0-9a]+/ "numbers" --pad "<>"; replace-all --pad zero "cde" "x"; %print; segments; quit drop'
| 1
| 1
| 0000000000  6e 75 6d 62 65 72 73 3c  3e 3c 3e 62 78 00 00 66  |numbers<><>bx..f|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
|    1  0x0  10  file    write      1  ten
|    2  0xa  16  file    write      2  letters
$ hexspan ten -c 'replace-all /../ /$&$&/ --pad zero'
! hexspan: replace-all: the 2 bytes at 0x0 cannot be replaced by 4 with --pad
= 2

Only in a set; lengths that cannot change; nothing found.

$ hexspan ten letters -c 'find-all /[2-5]/ as %s; replace-all --in %s /\d/ "-"; replace-all --not-in %s /\d/ "+"; print text; quit drop'
| 4
| 6
| ++----++++abcdefghijklmnop
$ hexspan --size=6 ten letters -c 'replace-all /[1b]/ "-"; print text; replace-all /[2c]/ {}'
| 2
| 0-2345a-cdefghijklmnop
! hexspan: replace-all: #1 ten: the length cannot change: it was opened with a size
! hexspan: 1 edit in 2 files not written, dropped
= 3
$ hexspan ten --ro letters -c 'replace-all /[9a]/ "-"'
! hexspan: replace-all: letters: opened for reading only
= 3
$ hexspan ten letters -c 'replace-all "A" "b"; replace "A" "b"; echo not printed'
| 0
! hexspan: replace: not found
= 1

What is wrong in the line is told with its place.

$ hexspan ten -c 'replace'
! hexspan: replace: a pattern is needed (usage: replace [OPTION].. PATTERN VALUE [--pad VALUE])
!   replace
!          ^
= 2
$ hexspan ten -c 'replace "1"'
! hexspan: replace: a value is needed to replace it by (usage: replace [OPTION].. PATTERN VALUE [--pad VALUE])
!   replace "1"
!              ^
= 2
$ hexspan ten -c 'replace-all "1" "2" "3"'
! hexspan: replace-all: unexpected text (usage: replace-all [OPTION].. PATTERN VALUE [--pad VALUE])
!   replace-all "1" "2" "3"
!                       ^
= 2
$ hexspan ten -c 'replace-all -b "1" "2"'
! hexspan: replace-all: unknown option (usage: replace-all [OPTION].. PATTERN VALUE [--pad VALUE])
!   replace-all -b "1" "2"
!                ^
= 2
$ hexspan ten -c 'replace-all "1" {2}'
! hexspan: replace-all: a hex digit without its second one
!   replace-all "1" {2}
!                    ^
= 2
$ hexspan ten -c 'replace-all "1" "2" --pad'
! hexspan: replace-all: usage: replace-all [OPTION].. PATTERN VALUE [--pad VALUE]
!   replace-all "1" "2" --pad
!                            ^
= 2
$ hexspan ten -c 'replace-all "1" "2" --pad {}'
! hexspan: replace-all: the value has no bytes
!   replace-all "1" "2" --pad {}
!                             ^
= 2
$ hexspan ten -c 'replace-all /(1)/ /$1/x'
! hexspan: replace-all: a blank must follow
!   replace-all /(1)/ /$1/x
!                         ^
= 2
$ hexspan ten -c 'replace-all /(1)/ /$2/'
! hexspan: replace-all: the pattern has no group 2
!   replace-all /(1)/ /$2/
!                      ^
= 2
$ hexspan ten -c 'replace-all "1" /\1/'
! hexspan: replace-all: the pattern has no group 1
!   replace-all "1" /\1/
!                    ^
= 2
$ hexspan ten -c 'replace-all /(?<a>1)/ /a${b}/'
! hexspan: replace-all: the pattern has no group of the name 'b', or several
!   replace-all /(?<a>1)/ /a${b}/
!                           ^
= 2
$ hexspan ten -c 'replace-all /(?<a>1)/ /a${a/'
! hexspan: replace-all: the name of a group and } expected
!   replace-all /(?<a>1)/ /a${a/
!                              ^
= 2
$ hexspan ten -c 'replace-all /(?<a>1)/ /a${1/'
! hexspan: replace-all: } expected
!   replace-all /(?<a>1)/ /a${1/
!                              ^
= 2
$ hexspan ten -c 'replace-all /1/ /a$b/'
! hexspan: replace-all: $ is followed by a number, {name}, & or $
!   replace-all /1/ /a$b/
!                     ^
= 2
$ hexspan ten -c 'replace-all /1/ /a\q/'
! hexspan: replace-all: \ is followed by a digit, xNN, n, r, t, $, / or \
!   replace-all /1/ /a\q/
!                     ^
= 2
$ hexspan ten -c 'replace-all /1/ /a\x1/'
! hexspan: replace-all: \x needs two hex digits
!   replace-all /1/ /a\x1/
!                     ^
= 2
$ hexspan ten -c 'replace-all /1/ /a'
! hexspan: replace-all: the slash is not closed
!   replace-all /1/ /a
!                   ^
= 2
$ hexspan ten -c 'replace-all -q "1" "2"'
! hexspan: replace-all: -q asks, which no batch, script or macro can answer
= 2
$ hexspan ten -c 'replace -q "1" "2"'
! hexspan: replace: unknown option (usage: replace [OPTION].. PATTERN VALUE [--pad VALUE])
!   replace -q "1" "2"
!            ^
= 2
