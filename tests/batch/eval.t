What an address means: decimal, hex, place.

$ hexspan ext2.000 ext2.001 -c 'eval 0'
| 0 0x0 #1:0x0
$ hexspan ext2.000 ext2.001 -c 'eval 0x1fffff; eval 0x200000; eval #1:$; eval #2:0'
| 2097151 0x1fffff #1:0x1fffff
| 2097152 0x200000 #2:0x0
| 2097152 0x200000 #1:$
| 2097152 0x200000 #2:0x0
$ hexspan ext2.000 ext2.001 -c 'eval $; eval -1; eval -1s; eval #1:-1s'
| 4194304 0x400000 #2:$
| 4194303 0x3fffff #2:0x1fffff
| 4193792 0x3ffe00 #2:0x1ffe00
| 2096640 0x1ffe00 #1:0x1ffe00
$ hexspan ext2.000 ext2.001 -c 'eval ext2.001:0x10; eval "ext2.000":1K'
| 2097168 0x200010 #2:0x10
| 1024 0x400 #1:0x400
$ hexspan ext2.000 ext2.001 -c 'goto 1024; eval .; eval .+56; eval .-16; eval #:.'
| 1024 0x400 #1:0x400
| 1080 0x438 #1:0x438
| 1008 0x3f0 #1:0x3f0
| 1024 0x400 #1:0x400
$ hexspan ext2.000 ext2.001 -c 'eval (1080+511)/512*512; eval 0x10c; eval 3s; eval 2c; eval 1.5K'
| 1536 0x600 #1:0x600
| 268 0x10c #1:0x10c
| 1536 0x600 #1:0x600
| 8192 0x2000 #1:0x2000
| 1536 0x600 #1:0x600
$ hexspan ext2.000 ext2.001 -c 'eval u16le(1080); eval u16be(1080); eval seg(0x200001)'
| 61267 0xef53 #1:0xef53
| 21487 0x53ef #1:0x53ef
| 2 0x2 #1:0x2
$ hexspan ten gap:6 letters -c 'eval 12; eval 10; eval #1:$; eval 16'
| 12 0xc -
| 10 0xa -
| 10 0xa #1:$
| 16 0x10 #2:0x0
$ hexspan --at=16 ten -c 'eval 5; eval $; eval 0'
| 5 0x5 -
| 26 0x1a #1:$
| 0 0x0 -

In JSON. The end of a segment says so.

$ hexspan --json ext2.000 ext2.001 -c 'eval 4660; eval #1:$; eval #2:0; eval $'
| {"addr":4660,"at":"0x1234","segment":1,"off":4660,"file_off":4660}
| {"addr":2097152,"at":"0x200000","segment":1,"off":2097152,"file_off":2097152,"side":"end"}
| {"addr":2097152,"at":"0x200000","segment":2,"off":0,"file_off":0}
| {"addr":4194304,"at":"0x400000","segment":2,"off":2097152,"file_off":2097152,"side":"end"}
$ hexspan --json ten gap:6 letters -c 'eval 12'
| {"addr":12,"at":"0xc","segment":0,"off":null,"file_off":null}
$ hexspan --json --at=0xfffffffffffffff4 ten -c 'eval $; eval -1'
| {"addr":18446744073709551614,"at":"0xfffffffffffffffe","segment":1,"off":10,"file_off":10,"side":"end"}
| {"addr":18446744073709551613,"at":"0xfffffffffffffffd","segment":1,"off":9,"file_off":9}

What is wrong has a column, and its status is 2.

$ hexspan ten -c 'eval 11'
! hexspan: eval: 0xb is past the end (size 0xa)
!   eval 11
!        ^
= 2
$ hexspan ten -c 'eval -11'
! hexspan: eval: before the start of the space
!   eval -11
!        ^
= 2
$ hexspan ten -c 'eval #1:11'
! hexspan: eval: 0xb is past the end of #1 (size 0xa)
!   eval #1:11
!           ^
= 2
$ hexspan ten -c 'eval #2'
! hexspan: eval: there is no segment of this number (the last is #1)
!   eval #2
!        ^
= 2
$ hexspan ten -c 'eval 7/0'
! hexspan: eval: division by zero
!   eval 7/0
!         ^
= 2
$ hexspan ten -c 'eval 99999999999999999999'
! hexspan: eval: too big
!   eval 99999999999999999999
!        ^
= 2
$ hexspan ten -c 'eval 99999999G'
! hexspan: eval: 0x17d783fc0000000 is past the end (size 0xa)
!   eval 99999999G
!        ^
= 2
$ hexspan ten -c 'eval (1'
! hexspan: eval: ')' expected
!   eval (1
!          ^
= 2
$ hexspan ten -c 'eval 1 + + 2'
! hexspan: eval: unexpected text (usage: eval ADDRESS)
!   eval 1 + + 2
!          ^
= 2
$ hexspan ten -c 'eval 1.3K'
! hexspan: eval: this is not a whole number of bytes
!   eval 1.3K
!        ^
= 2
$ hexspan ten -c 'eval nowhere:5'
! hexspan: eval: no segment is named "nowhere"
!   eval nowhere:5
!        ^
= 2
$ hexspan ten -c 'eval u32le(8)'
! hexspan: eval: 4 bytes at 0x8 go past the end (size 0xa)
!   eval u32le(8)
!              ^
= 2
$ hexspan ten gap:4 -c 'eval u32le(8)'
! hexspan: eval: the byte at 0xa has no value (gap)
!   eval u32le(8)
!              ^
= 3
$ hexspan ten -c 'eval'
! hexspan: eval: an address is needed: eval ADDRESS
!   eval
!       ^
= 2
$ hexspan --json ten -c 'eval 5x'
! {"error":"unknown unit (K M G T P E, KB MB .., s sector, c block; a hex number starts with 0x)","code":2,"command":"eval","column":7}
= 2

Full names are needed in a batch, and one of a kind.

$ hexspan letters -c 'eval let:3'
! hexspan: eval: "let" is the beginning of a name, full names are needed here: #1 letters
!   eval let:3
!        ^
= 2
$ hexspan ten same/ten -c 'eval ten:0'
! hexspan: eval: more than one segment is named "ten": #1 ten, #2 ten
!   eval ten:0
!        ^
= 2
$ hexspan --json ten same/ten -c 'eval ten:0'
! {"error":"more than one segment is named \"ten\": #1 ten, #2 ten","code":2,"command":"eval","column":6}
= 2
$ hexspan -c 'eval #1'
! hexspan: eval: there are no segments
!   eval #1
!        ^
= 2
$ hexspan gap:4 ten gap:4 letters -c 'close #2; eval #2'
! hexspan: eval: there is no segment of this number (the last is #1)
!   close #2; eval #2
!                  ^
= 2
