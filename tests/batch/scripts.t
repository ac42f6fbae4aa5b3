Scripts: -f, source.

$ printf 'goto 3\n# comment\neval .; eval $\r\n' >s; hexspan ten -f s
| 3 0x3 #1:0x3
| 10 0xa #1:$
$ printf 'eval 1\neval 11\neval 2\n' | hexspan ten -f -
| 1 0x1 #1:0x1
! hexspan: -:2: eval: 0xb is past the end (size 0xa)
!   eval 11
!        ^
= 2
$ printf 'eval 1\neval 11\neval 2\n' >s; hexspan ten -c 'source s'
| 1 0x1 #1:0x1
! hexspan: source: s:2: eval: 0xb is past the end (size 0xa)
= 2
$ printf 'eval 1\neval 11\neval 2\n' >s; hexspan --json ten -f s
| {"addr":1,"at":"0x1","segment":1,"off":1,"file_off":1}
! {"error":"0xb is past the end (size 0xa)","code":2,"command":"eval","where":"s:2","column":6}
= 2
$ printf 'eval 1\neval 11\neval 2\n' >s; hexspan --json ten -c 'source s'
| {"addr":1,"at":"0x1","segment":1,"off":1,"file_off":1}
! {"error":"s:2: eval: 0xb is past the end (size 0xa)","code":2,"command":"source"}
= 2
$ printf 'source t\n' >s; printf '\nfoo\n' >t; hexspan ten -f s
! hexspan: s:1: source: t:2: unknown command 'foo'
= 2
$ printf 'source s\n' >s; hexspan ten -f s
! hexspan: s:1: source: s:1: source: s:1: source: s:1: source: s:1: source: s:1: source: s:1: source: s:1: source: s:1: source: s: scripts nested deeper than 8
= 2
$ hexspan ten -f nowhere
! hexspan: nowhere: No such file or directory
= 3
$ hexspan ten -f dir
! hexspan: dir: Is a directory
= 3
$ hexspan ten -c 'source nowhere'
! hexspan: source: nowhere: No such file or directory
= 3
$ hexspan ten -c 'source'
! hexspan: source: usage: source FILE
!   source
!         ^
= 2
$ hexspan ten -c 'source "s\0"'
! hexspan: source: a NUL byte
!   source "s\0"
!          ^
= 2
$ printf 'eval 5' | hexspan ten -f - -c 'eval 6'
| 5 0x5 #1:0x5
| 6 0x6 #1:0x6
$ printf 'eval 5\nopen -\n' | hexspan ten -f -
| 5 0x5 #1:0x5
! hexspan: -:2: open: standard input is in use already
= 2
$ printf 'print\0\n' | hexspan ten -f -
! hexspan: -:1: a command or an address is expected
!   print\x00
!   ^
= 2
$ printf 'eval 5' | hexspan ten -f - -f -
! hexspan: standard input is used twice
= 2
$ printf 'eval 5' | hexspan ten - -f -
! hexspan: standard input is used twice
= 2
