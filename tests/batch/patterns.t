patterns: those with names, and those of a file.

$ hexspan -c patterns | cut -c 1-24
| @email /[A-Za-z0-9._%+-]
| @guid /\{?\b[0-9A-Fa-f]{
| @ipv4 /(?<![0-9.])(?:(?:
| @phone /(?<![0-9.+-])(?:
| @ssn /(?<![0-9-])(?!000|
| @url /(?:https?|ftp):\/\
$ hexspan --json -c patterns | tail -n 1
| {"name":"url","pattern":"/(?:https?|ftp):\\/\\/[!#-;=?-\\[\\]_a-z~]+/i"}
$ printf '# of this case\n\nref /case-[0-9]{4}/i\r\n  \nurl\t"mine"\nurl {00}\nmagic {ca fe ~00}' >case; hexspan -c 'patterns case; patterns' | head -n 4 | cut -c 1-30
| @ref /case-[0-9]{4}/i
| @url "mine"
| @magic {ca fe ~00}
| @email /[A-Za-z0-9._%+-]+@[A-Z
$ printf 'x CASE-1234 mine http://a.de/\n\312\376\1' >found; hexspan found -c 'patterns case' -c 'find-all -p @ref; find-all -p @url; find @magic; count @email'
| 0x2 9 #1:0x2 "CASE-1234"
| 0xc 4 #1:0xc "mine"
| 0x1e 3 #1:0x1e
| 0
= 1
What comes later goes before it.
$ printf 'ref "x"\nnew {5f ??}' >more; hexspan found -c 'patterns case; patterns more; patterns' -c 'find-all -p @ref; find @magic' | grep -v '^@[egips]'
| @ref "x"
| @new {5f ??}
| @url "mine"
| @magic {ca fe ~00}
| 0x0 1 #1:0x0 "x"
| 0x1e 3 #1:0x1e
It is looked at when it is used.
$ printf 'open /a(b/\nup u8:(@later)' >faults; hexspan found -c 'patterns faults' -c '0x20 bookmark later; find @up; find @open'
| 0x1 1 #1:0x1
! hexspan: find: in /a(b/: missing closing parenthesis
!   0x20 bookmark later; find @up; find @open
!                                       ^
= 2

A file that is none is not taken at all.
$ printf 'good /a/\nnone\n' >bad; hexspan found -c 'set errors=go-on' -c 'patterns bad' -c 'find @good'
! hexspan: patterns: bad:2: a pattern must follow its name
! hexspan: find: there is no pattern of that name (email guid ipv4 phone ssn url)
!   find @good
!        ^
= 2
$ printf 'a\0b /a/\n' >bad; hexspan --json found -c 'patterns bad'
! {"error":"bad:1: a byte 00 stands there","code":2,"command":"patterns","path":"bad"}
= 2
$ mkfifo pipe; hexspan found -c 'patterns pipe'
! hexspan: patterns: pipe: not a regular file
= 2
$ hexspan found -c 'patterns nothere'
! hexspan: patterns: nothere: No such file or directory
= 3
$ hexspan found -c 'patterns case case'
! hexspan: patterns: unexpected text (usage: patterns [FILE])
!   patterns case case
!                 ^
= 2
$ hexspan found -c '1,2 patterns'
! hexspan: patterns: patterns takes no range
!   1,2 patterns
!   ^
= 2
$ head -c 1048577 /dev/zero | tr '\0' '\n' >bad; hexspan found -c 'patterns bad'
! hexspan: patterns: bad:1048577: more than 1 MiB
= 2
