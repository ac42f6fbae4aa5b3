Exit status: the highest. 1: the answer is no. 2: a line is wrong. 3: refused.

$ hexspan ten -c 'next segment'
! hexspan: next: no segment starts behind here
= 1
$ hexspan ten -c 'goto 11'
! hexspan: goto: 0xb is past the end (size 0xa)
!   goto 11
!        ^
= 2
$ hexspan ten -c 'open nowhere'
! hexspan: open: nowhere: No such file or directory
= 3

The run stops at what fails.

$ hexspan ten -c 'eval 1' -c 'next segment' -c 'eval 2'
| 1 0x1 #1:0x1
! hexspan: next: no segment starts behind here
= 1
$ hexspan ten -c 'eval 1; goto 11; eval 2' -c 'eval 3'
| 1 0x1 #1:0x1
! hexspan: goto: 0xb is past the end (size 0xa)
!   eval 1; goto 11; eval 2
!                ^
= 2

With errors=go-on it goes on with the next line.

$ hexspan ten -c 'set errors=go-on' -c 'next segment; eval 1' -c 'eval 2'
| 2 0x2 #1:0x2
! hexspan: next: no segment starts behind here
= 1
$ hexspan ten -c 'set errors=go-on' -c 'open nowhere' -c 'goto 11' -c 'next segment' -c 'eval 2'
| 2 0x2 #1:0x2
! hexspan: open: nowhere: No such file or directory
! hexspan: goto: 0xb is past the end (size 0xa)
!   goto 11
!        ^
! hexspan: next: no segment starts behind here
= 3
$ printf 'set errors=go-on\ngoto 11\neval 2\n' | hexspan ten -f - -c 'eval 3'
| 2 0x2 #1:0x2
| 3 0x3 #1:0x3
! hexspan: -:2: goto: 0xb is past the end (size 0xa)
!   goto 11
!        ^
= 2
$ hexspan --json ten -c 'set errors=go-on' -c 'open nowhere' -c 'goto 11' -c 'eval 2'
| {"addr":2,"at":"0x2","segment":1,"off":2,"file_off":2}
! {"error":"nowhere: No such file or directory","code":3,"command":"open","path":"nowhere","errno":2}
! {"error":"0xb is past the end (size 0xa)","code":2,"command":"goto","column":6}
= 3

Output that cannot be written: 3. A reader that has gone away is no message.

$ hexspan ten -c 'print' >/dev/full
! hexspan: print: standard output: No space left on device
= 3
$ hexspan ten -c 'set errors=go-on' -c 'print' -c 'print' >/dev/full
! hexspan: print: standard output: No space left on device
= 3
$ hexspan --json ten -c 'print' >/dev/full
! {"error":"standard output: No space left on device","code":3,"command":"print","errno":28}
= 3
$ hexspan --help >/dev/full
! hexspan: standard output: No space left on device
= 3
$ hexspan --version >/dev/full
! hexspan: standard output: No space left on device
= 3
$ hexspan ten -c 'print' >&-
! hexspan: print: standard output: Bad file descriptor
= 3
$ { hexspan memory:100M -c '% print'; echo $? >status; } | head -n 1; cat status
| 0000000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
| 3
$ { hexspan memory:100M -c 'set errors=go-on' -c '% print' -c '% print'; echo $? >status; } | true; cat status
| 3

Standard error and standard input may be closed; no file takes their place.

$ hexspan ten -c 'print; goto 11' 2>&-
| 0000000000  30 31 32 33 34 35 36 37  38 39                    |0123456789      |
= 2
$ hexspan ten - -c 'print' <&-
! hexspan: standard input: Bad file descriptor
= 3
$ hexspan ten -c 'print' <&- 2>&-
| 0000000000  30 31 32 33 34 35 36 37  38 39                    |0123456789      |

What was printed before an error stands in front of it.

$ hexspan ten -c 'eval 1; goto 11' 2>&1
| 1 0x1 #1:0x1
| hexspan: goto: 0xb is past the end (size 0xa)
|   eval 1; goto 11
|                ^
= 2
