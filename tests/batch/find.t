find, find-all, count, next match and prev match: every kind of pattern, the
options, and what is refused.

Across the seam of two files, and where it starts.
$ hexspan ten letters -c 'find "9ab"; eval .; find "9ab"; next match'
| 0x9 3 #1:0x9
| 9 0x9 #1:0x9
| 0x9 3 #1:0x9
! hexspan: next: not found
= 1
$ hexspan ten letters -c '$ find -b /[a-z]/; prev match 2; eval .'
| 0x19 1 #2:0xf
| 0x17 1 #2:0xd
| 23 0x17 #2:0xd
$ hexspan ten letters -c '5 find /\d/; next match; #2 find /./; 3,6 find /[5-9]/'
| 0x5 1 #1:0x5
| 0x6 1 #1:0x6
| 0xa 1 #2:0x0
| 0x5 1 #1:0x5
$ hexspan --json ten letters -c 'find "9ab"; next match'
| {"addr":9,"at":"0x9","len":3,"segment":1,"off":9,"file_off":9}
! {"error":"not found","code":1,"command":"next"}
= 1
$ hexspan --json ten -c 'find "x"'
! {"error":"not found","code":1,"command":"find"}
= 1
$ hexspan ten letters -c 'find -b /./'
! hexspan: find: not found
= 1
$ hexspan ten letters -c '/[c-e]' -c 'next match' -c '?[0-9]?x?' -c '/B/i'
| 0xc 1 #2:0x2
| 0xd 1 #2:0x3
| 0x9 1 #1:0x9
| 0xb 1 #2:0x1
Without a pattern it is the last one again.
$ hexspan ten letters -c 'find -a 4+2 /./' -c '5 find' -c '$ find -b' -c '3 find -a 3'
| 0x2 1 #1:0x2
| 0x6 1 #1:0x6
| 0x18 1 #2:0xe
| 0x3 1 #1:0x3
$ hexspan ten -c 'find'
! hexspan: find: a pattern is needed (usage: find [OPTION].. [PATTERN])
!   find
!       ^
= 2
$ hexspan ten -c 'next match'
! hexspan: next: nothing was sought yet (find)
= 1

All of them, and how many.
$ hexspan ten letters -c 'find-all /[5-9a-c]{2}/'
| 0x5 2 #1:0x5
| 0x7 2 #1:0x7
| 0x9 2 #1:0x9
| 0xb 2 #2:0x1
$ hexspan ten letters -c 'find-all -o /[5-9a-c]{2}/' -c 'count -o /[5-9a-c]{2}/'
| 0x5 2 #1:0x5
| 0x6 2 #1:0x6
| 0x7 2 #1:0x7
| 0x8 2 #1:0x8
| 0x9 2 #1:0x9
| 0xa 2 #2:0x0
| 0xb 2 #2:0x1
| 7
$ hexspan ten letters -c 'find-all -n 2 /./; count -n 5 /./; 8,12 count /./'
| 0x0 1 #1:0x0
| 0x1 1 #1:0x1
| 5
| 4
$ hexspan ten letters -c 'find-all -a 4+1@#2:2 /./'
| 0x1 1 #1:0x1
| 0x5 1 #1:0x5
| 0x9 1 #1:0x9
| 0xd 1 #2:0x3
| 0x11 1 #2:0x7
| 0x15 1 #2:0xb
| 0x19 1 #2:0xf
$ hexspan --json ten letters -c 'find-all /[89a]/' -c 'count /[89a]/'
| {"addr":8,"at":"0x8","len":1,"segment":1,"off":8,"file_off":8}
| {"addr":9,"at":"0x9","len":1,"segment":1,"off":9,"file_off":9}
| {"addr":10,"at":"0xa","len":1,"segment":2,"off":0,"file_off":0}
| {"searched":26,"skipped":0}
| {"count":3}
$ hexspan ten gap:8 letters -c 'find-all /9$/' -c 'find-all /^a/' -c 'count /9.*a/s'
| 0x9 1 #1:0x9
| 0x12 1 #2:0x0
| 0
= 1
With what they are, as a pattern for it: of a long one the first 256 bytes.
$ hexspan text -c 'find-all -p /\w+\s?/; find -p "caf"; find -p /\\x../s'
| 0x0 3 #1:0x0 "caf"
| 0x7 3 #1:0x7 "tab"
| 0xc 1 #1:0xc "m"
| 0xe 3 #1:0xe "x41"
| 0x0 3 #1:0x0 "caf"
| 0xd 4 #1:0xd "\\x41"
$ printf 'a"b\\c\1\377\342\200\256d' >odd; hexspan odd -c 'find-all -p /.+/' -c 'find "a\"b\\c\x01\xff\xe2\x80\xaed"'
| 0x0 11 #1:0x0 "a\"b\\c\x01\xff\xe2\x80\xaed"
| 0x0 11 #1:0x0
$ printf 'm\0e\0me' >enc; hexspan enc -c 'find-all -p -e utf8,utf16le "me"'
| 0x0 4 #1:0x0 utf16le "m\x00e\x00"
| 0x4 2 #1:0x4 utf8 "me"
$ head -c 300 /dev/zero | tr '\0' a >aaa; hexspan aaa -c 'find-all -p /a+/; find -p /a{256}/' | cut -c1-20,270-
| 0x0 300 #1:0x0 "aaaaaaa"..
| 0x0 256 #1:0x0 "aaaaaaa"
$ hexspan --json text odd -c 'find-all -p /[ab].*/'
| {"addr":1,"at":"0x1","len":4,"segment":1,"off":1,"file_off":1,"text":"afé"}
| {"addr":8,"at":"0x8","len":10,"segment":1,"off":8,"file_off":8,"text":"ab\\x1b[m\\x5cx41\\xff","text_hex":"61621b5b6d5c783431ff"}
| {"addr":19,"at":"0x13","len":11,"segment":2,"off":0,"file_off":0,"text":"a\"b\\c\\x01\\xff\\xe2\\x80\\xaed","text_hex":"6122625c6301ffe280ae64"}
| {"searched":30,"skipped":0}
$ hexspan ten -c 'count -p /1/'
! hexspan: count: unknown option (usage: count [OPTION].. [PATTERN])
!   count -p /1/
!          ^
= 2
What is not there sets the status and lets the batch go on.
$ hexspan ten -c 'find-all "x"' -c 'count "x"' -c 'echo on'
| 0
| on
= 1
$ hexspan --json ten -c 'find-all "x"' -c 'count "x"'
| {"searched":10,"skipped":0}
| {"count":0}
= 1
$ hexspan ten -c 'find "x"' -c 'echo never'
! hexspan: find: not found
= 1

Bytes that are gone, as those of a file that was cut since it was opened, match
nothing, end what stands in front of them, and are counted.
$ printf 'aaaaaaaaaaaaaaaaaaaaaaaaaa' >cut; hexspan ten cut ten -c '0,1 filter truncate -s 20 cut; cat' -c 'find-all /a+/; find-all /a$/; count /^./; replace-all "aa" "bb"; find /[^\da]/; find "c"'
| 0xa 20 #2:0x0
| 0x1d 1 #2:0x13
| 2
| 10
| 0xa 1 #2:0x0
! hexspan: find-all: 6 bytes could not be searched
! hexspan: find-all: 6 bytes could not be searched
! hexspan: count: 6 bytes could not be searched
! hexspan: replace-all: 6 bytes could not be searched
! hexspan: find: not found; 6 bytes could not be searched
! hexspan: 2 edits in 2 files not written, dropped
= 3
$ printf 'aaaaaaaaaaaaaaaaaaaaaaaaaa' >cut; hexspan --json ten cut ten -c '0,1 filter truncate -s 20 cut; cat' -c 'find-all /a+/; 0,30 find-all /a$/; count /^./; 0,31 find "c"'
| {"addr":10,"at":"0xa","len":20,"segment":2,"off":0,"file_off":0}
| {"searched":40,"skipped":6}
| {"addr":29,"at":"0x1d","len":1,"segment":2,"off":19,"file_off":19}
| {"searched":30,"skipped":0}
| {"count":2}
! {"message":"count: 6 bytes could not be searched"}
! {"error":"not found; 1 byte could not be searched","code":1,"command":"find"}
! {"message":"1 edit in 1 file not written, dropped"}
= 3

Kinds of patterns.
$ hexspan text -c 'find {63 ?1 6?}; find {63 [1-3] c3}; find {(62|61 66) c3}; find {?3 a9}; find {~63 ~?6}'
| 0x0 3 #1:0x0
| 0x0 4 #1:0x0
| 0x1 3 #1:0x1
| 0x3 2 #1:0x3
| 0x3 2 #1:0x3
$ printf 'éa aé -a' >u; hexspan u -c 'find-all -w /a/; find-all -w /a/u'
| 0x2 1 #1:0x2
| 0x4 1 #1:0x4
| 0x9 1 #1:0x9
| 0x9 1 #1:0x9
$ hexspan text -c 'find "\xc3"; find "é"; 0 find -i "CAFÉ"; find -w "tab"'
| 0x3 1 #1:0x3
| 0x3 2 #1:0x3
| 0x0 5 #1:0x0
| 0x7 3 #1:0x7
$ hexspan text -c 'find /caf.$/mu; find /\n\t/; find /T A B/xi; 0 find /a.*x/s'
| 0x0 5 #1:0x0
| 0x5 2 #1:0x5
| 0x7 3 #1:0x7
| 0x1 14 #1:0x1
$ hexspan ten -c 'find u16le:0x3332; find u16be:0x3233,0x3435; 0 find i32le:(0x33323130); find u8:0x30'
| 0x2 2 #1:0x2
| 0x2 4 #1:0x2
| 0x0 4 #1:0x0
| 0x0 1 #1:0x0
$ hexspan ten -c 'find-all -p u16le:0x3332..0x3500; find i32be:(0x33343500-1)..0x7fffffff; find f32le:-1..1'
| 0x2 2 #1:0x2 "23"
| 0x3 4 #1:0x3
| 0x3 4 #1:0x3
$ hexspan ten -c 'find u8:5..1'
! hexspan: find: the range ends before it begins
!   find u8:5..1
!              ^
= 2
$ hexspan ten -c 'put u8:1..2'
! hexspan: put: a blank must follow
!   put u8:1..2
!           ^
= 2
$ hexspan ten letters -c 'find-all -e utf8,latin1,utf16le "cd"; find-all -e UTF-16LE,Latin1 "ef"; find cp1252:"g"; put utf-8:"h"; find "h"; quit drop'
| 0xc 2 #2:0x2 utf8
| 0xe 2 #2:0x4 latin1
| 0x10 1 #2:0x6
| 0x10 1 #2:0x6
$ printf 'm\0e\0me\303\251 \351' >enc; hexspan --json enc -c 'find-all -e utf8,utf16le,utf16be,latin1 "me"' -c 'find-all -e utf8,latin1,cp1252 "é"'
| {"addr":0,"at":"0x0","len":4,"segment":1,"off":0,"file_off":0,"encoding":"utf16le"}
| {"addr":4,"at":"0x4","len":2,"segment":1,"off":4,"file_off":4,"encoding":"utf8"}
| {"searched":10,"skipped":0}
| {"addr":6,"at":"0x6","len":2,"segment":1,"off":6,"file_off":6,"encoding":"utf8"}
| {"addr":9,"at":"0x9","len":1,"segment":1,"off":9,"file_off":9,"encoding":"latin1"}
| {"searched":10,"skipped":0}
$ printf 'a@b.org http://x.de/ 10.0.0.1 300.1.1.1' >names; hexspan names -c 'find-all @email; find-all @url; find-all @ipv4'
| 0x0 7 #1:0x0
| 0x8 12 #1:0x8
| 0x15 8 #1:0x15

What is wrong, and where.
$ hexspan ten -c 'find /1(2/'
! hexspan: find: missing closing parenthesis
!   find /1(2/
!            ^
= 2
$ hexspan --json ten -c 'find /1(2/'
! {"error":"missing closing parenthesis","code":2,"command":"find","column":10}
= 2
$ hexspan ten -c 'find /1[2/'
! hexspan: find: missing terminating ] for character class
!   find /1[2/
!            ^
= 2
$ hexspan ten -c 'find /\x{20ac}/'
! hexspan: find: character code point value in \x{} or \o{} is too large; flag u is for characters
!   find /\x{20ac}/
!                ^
= 2
$ hexspan ten -c 'find /\x{110000}/u'
! hexspan: find: character code point value in \x{} or \o{} is too large
!   find /\x{110000}/u
!                  ^
= 2
$ hexspan ten -c 'find /12'
! hexspan: find: the regex is not closed: a '/' is missing
!   find /12
!        ^
= 2
$ hexspan ten -c 'find /1/k'
! hexspan: find: unknown flag (i ignore case, s . takes newlines, m ^ and $ at lines, x blanks and comments, u UTF-8)
!   find /1/k
!           ^
= 2
$ hexspan ten -c 'find //'
! hexspan: find: the pattern is empty
!   find //
!        ^
= 2
$ hexspan ten -c 'count ""'
! hexspan: count: the pattern is empty
!   count ""
!         ^
= 2
$ hexspan ten -c 'find-all {}'
! hexspan: find-all: the pattern is empty
!   find-all {}
!             ^
= 2
$ hexspan ten -c 'find {12 3}'
! hexspan: find: a hex digit without its second one
!   find {12 3}
!            ^
= 2
$ hexspan ten -c 'find {[2] 33}'
! hexspan: find: a jump stands between bytes
!   find {[2] 33}
!         ^
= 2
$ hexspan ten -c 'find "12'
! hexspan: find: the quote is not closed
!   find "12
!        ^
= 2
$ hexspan ten -c 'find "\q"'
! hexspan: find: unknown escape (\n \r \t \0 \\ \" \xNN)
!   find "\q"
!         ^
= 2
$ hexspan ten -c 'find u8:256'
! hexspan: find: 256 is out of range (0 to 255)
!   find u8:256
!           ^
= 2
$ hexspan ten -c 'find i16le:-32769'
! hexspan: find: -32769 is out of range (-32768 to 32767)
!   find i16le:-32769
!              ^
= 2
$ hexspan ten -c 'find u16:1'
! hexspan: find: unknown type (u8 i8 u16le u16be .. f64be, utf8 utf16le utf16be latin1 cp1252)
!   find u16:1
!        ^
= 2
$ hexspan ten -c 'find f32le:1e99'
! hexspan: find: 1e99 is out of range
!   find f32le:1e99
!              ^
= 2
$ hexspan ten -c 'find latin1:"\xe2\x82\xac"'
! hexspan: find: latin1 does not have all of these characters
!   find latin1:"\xe2\x82\xac"
!               ^
= 2
$ hexspan ten -c 'find @nobody'
! hexspan: find: there is no pattern of that name (email guid ipv4 phone ssn url)
!   find @nobody
!        ^
= 2
$ hexspan ten -c 'find 12'
! hexspan: find: a pattern is /regex/, {hex}, "text", u32le:1234 or @name
!   find 12
!        ^
= 2
$ hexspan ten -c 'find /\G1/'
! hexspan: find: \G is not taken: bytes come in windows
!   find /\G1/
!         ^
= 2
$ hexspan ten -c 'find /1\C/'
! hexspan: find: \C is not taken: it splits characters
!   find /1\C/
!            ^
= 2
$ hexspan ten -c 'find /1(*COMMIT)2/'
! hexspan: find: (*COMMIT) is not taken: bytes come in windows
!   find /1(*COMMIT)2/
!          ^
= 2
$ hexspan ten -c 'find /1(*SKIP)2/'
! hexspan: find: (*SKIP) is not taken: bytes come in windows
!   find /1(*SKIP)2/
!          ^
= 2
$ hexspan ten -c 'find /(*UTF)1/'
! hexspan: find: options such as (*UTF) are not taken: use the flags i s m x u
!   find /(*UTF)1/
!         ^
= 2
$ hexspan ten -c 'find -i {12}'
! hexspan: find: -i is not for bytes
!   find -i {12}
!           ^
= 2
$ hexspan ten -c 'find -e utf8 /1/'
! hexspan: find: -e is for a "text", not for a regex
!   find -e utf8 /1/
!                ^
= 2
$ hexspan ten -c 'find -e utf7 "1"'
! hexspan: find: an encoding is utf8, utf16le, utf16be, latin1 or cp1252
!   find -e utf7 "1"
!           ^
= 2
$ hexspan ten -c 'find -n 2 /1/'
! hexspan: find: unknown option (usage: find [OPTION].. [PATTERN])
!   find -n 2 /1/
!         ^
= 2
$ hexspan ten -c 'find-all -b /1/'
! hexspan: find-all: unknown option (usage: find-all [OPTION].. [PATTERN] [as %NAME])
!   find-all -b /1/
!             ^
= 2
$ hexspan ten -c 'find-all -n 0 /1/'
! hexspan: find-all: a number from 1 is needed
!   find-all -n 0 /1/
!               ^
= 2
$ hexspan ten -c 'find -a 4+4 /1/'
! hexspan: find: K of N+K must be less than N
!   find -a 4+4 /1/
!             ^
= 2
$ hexspan ten -c 'find -a 0 /1/'
! hexspan: find: a number from 1 is needed
!   find -a 0 /1/
!           ^
= 2
$ hexspan ten -c 'find /1/ /2/'
! hexspan: find: unexpected text (usage: find [OPTION].. [PATTERN])
!   find /1/ /2/
!            ^
= 2
$ hexspan ten -c 'find two words'
! hexspan: find: a pattern is /regex/, {hex}, "text", u32le:1234 or @name
!   find two words
!        ^
= 2
$ hexspan ten -c '0,11 find /1/'
! hexspan: 0xb is past the end (size 0xa)
!   0,11 find /1/
!     ^
= 2
$ hexspan ten -c 'find /1/; find -i'
| 0x1 1 #1:0x1
! hexspan: find: -e, -i and -w need a pattern (usage: find [OPTION].. [PATTERN])
!   find /1/; find -i
!                    ^
= 2

The mark stands below what is meant, whatever stands in front of it: characters
that take two columns or none, and those that are not shown.
$ LC_ALL=C.UTF-8 hexspan ten -c 'find /café日[z-a]/'
! hexspan: find: range out of order in character class
!   find /café日[z-a]/
!                  ^
= 2
$ printf 'find /caf\303\251\346\227\245e\314\201\tx\001\377[z-a]/\n' >wide.hxs; LC_ALL=C.UTF-8 hexspan ten -f wide.hxs
! hexspan: wide.hxs:1: find: range out of order in character class
!   find /café日é x\x01\xff[z-a]/
!                              ^
= 2
$ hexspan ten -f wide.hxs
! hexspan: wide.hxs:1: find: range out of order in character class
!   find /café日é x\x01\xff[z-a]/
!                             ^
= 2
$ LC_ALL=C.UTF-8 hexspan ten -c 'find "é\q"'
! hexspan: find: unknown escape (\n \r \t \0 \\ \" \xNN)
!   find "é\q"
!          ^
= 2

A pattern with too many ways to match says where it gave up.
$ head -c 60 /dev/zero | tr '\0' a >aaa; hexspan aaa -c 'set errors=go-on' -c 'count /(a+)+[bc]/' -c '3 find /(a|a)+[bc]/' -c 'count /a/'
| 60
! hexspan: count: stopped at 0x0: match limit exceeded (the pattern can match there in too many ways)
! hexspan: find: stopped at 0x3: match limit exceeded (the pattern can match there in too many ways)
= 3
$ head -c 1000000 /dev/zero | tr '\0' a >aaa; hexspan aaa -c 'set errors=go-on' -c 'find /(a|b)*[!-]/' -c 'count /(?R)?a/' -c 'count /[ab]*$/'
| 1
! hexspan: find: stopped at 0x0: JIT stack limit reached (a group repeats too often there; [..]* and .* have no such limit)
! hexspan: count: stopped at 0x0: nested recursion at the same subject position (the pattern calls itself without end)
= 3
