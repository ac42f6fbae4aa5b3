Names with ESC, a newline, a bidi override, a byte that is no UTF-8, %s and %n: none of
these reach the terminal as they are, wherever a name is shown.

$ hexspan "$odd" -c 'segments; info; print'
|    1  0x0  3  file    write      0  e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
| 0x0 #1:0x0 e\x1b[31m\x0a\xe2\x80\xae\xff%s%n sector 0+0 data 6f 111
| 0000000000  6f 64 64                                          |odd             |
$ hexspan --json "$odd" -c 'segments; info'
| {"segment":1,"addr":0,"at":"0x0","size":3,"file_off":0,"kind":"file","access":"write","edits":0,"note":"","name":"e\\x1b[31m\\x0a\\xe2\\x80\\xae\\xff%s%n","name_hex":"651b5b33316d0ae280aeff2573256e","path":"e\\x1b[31m\\x0a\\xe2\\x80\\xae\\xff%s%n","path_hex":"651b5b33316d0ae280aeff2573256e"}
| {"addr":0,"at":"0x0","segment":1,"off":0,"file_off":0,"state":"data","why":"","edited":false,"errno":0,"sector":0,"value":111}
$ hexspan "$odd" -c 'goto 9'
! hexspan: goto: 0x9 is past the end (size 0x3)
!   goto 9
!        ^
= 2
$ hexspan "$odd/x" -c print
! hexspan: e\x1b[31m\x0a\xe2\x80\xae\xff%s%n/x: Not a directory
= 3
$ hexspan --json "$odd/x" -c print
! {"error":"e\\x1b[31m\\x0a\\xe2\\x80\\xae\\xff%s%n/x: Not a directory","code":3,"command":"","path":"e\\x1b[31m\\x0a\\xe2\\x80\\xae\\xff%s%n/x","path_hex":"651b5b33316d0ae280aeff2573256e2f78","errno":20}
= 3
$ hexspan -c "open \"$odd\"; segments"
|    1  0x0  3  file    write      0  e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
$ hexspan -c "open $odd; segments"
|    1  0x0  3  file    write      0  e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
$ hexspan -c "open $odd.x"
! hexspan: open: e\x1b[31m\x0a\xe2\x80\xae\xff%s%n.x: No such file or directory
= 3
$ hexspan "$odd" -c 'eval "e\x1b[31m\n\xe2\x80\xae\xff%s%n":1'
| 1 0x1 #1:0x1
$ hexspan "$odd" "$odd" -c 'eval "e\x1b[31m\n\xe2\x80\xae\xff%s%n":1'
! hexspan: eval: more than one segment is named "e\x1b[31m\x0a\xe2\x80\xae\xff%s%n": #1 e\x1b[31m\x0a\xe2\x80\xae\xff%s%n, #2 e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
!   eval "e\x1b[31m\n\xe2\x80\xae\xff%s%n":1
!        ^
= 2
$ hexspan -c "$odd"
! hexspan: a command or an address is expected
!   e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
!   ^
= 2
$ hexspan -c "help $odd"
! hexspan: help: no help about 'e\x1b[31m\x0a\xe2\x80\xae\xff%s%n'
= 1
$ hexspan -c "set $odd"
! hexspan: set: unknown option 'e\x1b[31m\x0a\xe2\x80\xae\xff%s%n'
!   set e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
!       ^
= 2
$ hexspan -c "set theme=$odd; set theme?"
| theme=e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
$ hexspan ten -c "print $odd"
! hexspan: print: unknown form 'e\x1b[31m\x0a\xe2\x80\xae\xff%s%n' (hex raw text dec c python base64 row ihex srec digits)
!   print e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
!         ^
= 2
$ hexspan ten -c "next $odd"
! hexspan: next: next what? (segment|sector|block|run|string|match|bookmark|edit|range [%NAME] [N])
!   next e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
!        ^
= 2
$ hexspan ten -c "mark $odd"
! hexspan: mark: too long
!   mark e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
!        ^
= 2
$ hexspan ten -c "goto $odd"
! hexspan: goto: unknown name (a segment name ends with ':', a hex number starts with 0x)
!   goto e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
!        ^
= 2
$ hexspan ten -c "bookmark $odd"
! hexspan: bookmark: a bookmark's name is 1 to 63 letters, digits, - _ .
!   bookmark e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
!            ^
= 2
$ hexspan ten -c "bookmark goto $odd"
! hexspan: bookmark: there is no bookmark 'e\x1b[31m\x0a\xe2\x80\xae\xff%s%n'
= 1
$ hexspan ten -c "source $odd"
! hexspan: source: e\x1b[31m\x0a\xe2\x80\xae\xff%s%n:1: unknown command 'odd'
= 2
$ hexspan ten -c "source $odd.x"
! hexspan: source: e\x1b[31m\x0a\xe2\x80\xae\xff%s%n.x: No such file or directory
= 3
$ hexspan ten -c "save-layout $odd"
! hexspan: save-layout: a layout file's name ends in .hxl
!   save-layout e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
!               ^
= 2
$ hexspan ten -c "save-layout $odd/x.hxl"
! hexspan: save-layout: e\x1b[31m\x0a\xe2\x80\xae\xff%s%n/x.hxl: Not a directory
= 3
$ hexspan ten -f "$odd"
! hexspan: e\x1b[31m\x0a\xe2\x80\xae\xff%s%n:1: unknown command 'odd'
!   odd
!   ^
= 2
$ hexspan ten -f "$odd.x"
! hexspan: e\x1b[31m\x0a\xe2\x80\xae\xff%s%n.x: No such file or directory
= 3
$ hexspan ten -g "$odd" -c print
! hexspan: -g e\x1b[31m\x0a\xe2\x80\xae\xff%s%n: unknown name (a segment name ends with ':', a hex number starts with 0x)
= 2
$ hexspan --at="$odd" ten -c print
! hexspan: --at: number expected
= 2
$ hexspan --name="$odd" ten -c segments
|    1  0x0  10  file    write      0  e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
$ hexspan --access="$odd" ten -c segments
! hexspan: --access wants read, write or copy, not 'e\x1b[31m\x0a\xe2\x80\xae\xff%s%n'
= 2
$ hexspan --threads="$odd" ten -c segments
! hexspan: --threads: number expected
= 2
$ hexspan "--$odd" ten -c segments
! hexspan: unknown option --e\x1b[31m\x0a\xe2\x80\xae\xff%s%n (-h lists them)
= 2
$ hexspan "gap:$odd" -c segments
! hexspan: gap:e\x1b[31m\x0a\xe2\x80\xae\xff%s%n: number expected
= 2
$ hexspan --files-from="$odd" -c segments
! hexspan: odd: No such file or directory
= 3
$ hexspan --files-from="$odd.x" -c segments
! hexspan: e\x1b[31m\x0a\xe2\x80\xae\xff%s%n.x: No such file or directory
= 3
$ hexspan --check-keys "$odd"
| e\x1b[31m\x0a\xe2\x80\xae\xff%s%n:1: unknown word 'odd'
= 1
$ hexspan --check-keys "$odd.x"
! hexspan: e\x1b[31m\x0a\xe2\x80\xae\xff%s%n.x: No such file or directory
= 3
$ printf 'bind x %s\n' "$odd" >k.keys; hexspan --check-keys k.keys
| k.keys:1: a control character in the command line
| k.keys:2: unknown word '\xe2\x80\xae\xff%s%n'
= 1
$ printf 'hexspan-layout 1\n"%s" at x\n' 'e\x1b[31m\n' >"$odd.hxl"; hexspan "$odd.hxl" -c segments
! hexspan: e\x1b[31m\x0a\xe2\x80\xae\xff%s%n.hxl:2: at: number expected
= 2

Where the line has other letters than ASCII, the mark is still below its place.

$ hexspan -c "eval ünïcödé:0" ten
! hexspan: eval: no segment is named "ünïcödé"
!   eval ünïcödé:0
!        ^
= 2
$ hexspan -c "eval ünïcödé 日本+" ten
! hexspan: eval: unknown name (a segment name ends with ':', a hex number starts with 0x)
!   eval ünïcödé 日本+
!        ^
= 2
$ hexspan -c "$(printf "echo a\tb;\001 goto")" ten
| a\x09b;\x01 goto
