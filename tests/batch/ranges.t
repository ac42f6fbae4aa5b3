Sets of ranges: find-all .. as, ranges, next range, --in and --not-in; refs.

Two files with a seam inside of a word.
$ printf 'panda fox were 12345 panda xxxxxxxxxxxxxxxxxx fox pan' >p1; printf 'da fox end of it' >p2
$ hexspan p1 p2 -c 'find-all "panda" as %p; find-all "fox" as %f' -c 'ranges' -c 'ranges show %p'
| %f 3 9
| %p 3 15
| 0x0 5 #1:0x0
| 0x15 5 #1:0x15
| 0x32 5 #1:0x32
$ hexspan p1 p2 -c 'find-all "panda" as %p; find-all "fox" as %f' -c 'ranges %near = %p within 1 of %f; ranges show; next range; next range; prev range'
| 0x0 5 #1:0x0
| 0x32 5 #1:0x32
| 0x32 5 #1:0x32
! hexspan: next: no range behind here
= 1
$ hexspan p1 p2 -c 'find-all "panda" as %p; find-all "fox" as %f' -c 'ranges show %f within 2 of (%p minus %f); next range %f 2; prev range %p'
| 0x6 3 #1:0x6
| 0x2e 3 #1:0x2e
| 0x38 3 #2:0x3
| 0x2e 3 #1:0x2e
| 0x15 5 #1:0x15
$ hexspan --json p1 p2 -c 'find-all "panda" as %p' -c 'ranges' -c 'ranges show' -c 'close #1; ranges show'
| {"set":"p","ranges":3,"searched":69,"skipped":0}
| {"set":"p","ranges":3,"bytes":15}
| {"addr":0,"at":"0x0","len":5,"segment":1,"off":0,"file_off":0}
| {"addr":21,"at":"0x15","len":5,"segment":1,"off":21,"file_off":21}
| {"addr":50,"at":"0x32","len":5,"segment":1,"off":50,"file_off":50}
| {"addr":null,"at":null,"len":5}
| {"addr":null,"at":null,"len":5}
| {"addr":null,"at":null,"len":5}
On bytes, which are those of files.
$ hexspan p1 p2 -c 'find-all "panda" as %p; 2,8 ranges add %r; 52,55 ranges add %r' -c 'ranges show %r and %p' -c 'ranges show %r or %p' -c 'ranges show %p minus %r'
| 0x2 3 #1:0x2
| 0x34 1 #1:0x34
| 0x35 2 #2:0x0
| 0x0 8 #1:0x0
| 0x15 5 #1:0x15
| 0x32 3 #1:0x32
| 0x35 2 #2:0x0
| 0x0 2 #1:0x0
| 0x15 5 #1:0x15
| 0x32 2 #1:0x32
$ hexspan p1 p2 -c 'ranges' -c '1,4 ranges add %r; ranges clear %r; ranges; ranges show'
! hexspan: ranges: there is no set yet (find-all .. as %NAME)
= 1
What is not shown any more stays in the set.
$ hexspan p1 p2 -c '50,56 ranges add %r; close #2' -c 'ranges; ranges show' -c 'close #1; ranges show; open p1; ranges show'
| %r 1 6
| 0x32 3 #1:0x32
! hexspan: ranges: 1 range is not shown now
! hexspan: ranges: 1 range is not shown now

Searching inside and outside.
$ hexspan p1 p2 -c 'find-all "panda" as %p' -c 'find-all --in %p /[pd]/' -c 'count --not-in %p /[pd]/; count --in (%p and %p) /a/'
| 0x0 1 #1:0x0
| 0x3 1 #1:0x3
| 0x15 1 #1:0x15
| 0x18 1 #1:0x18
| 0x32 1 #1:0x32
| 0x35 1 #2:0x0
| 1
| 6
$ hexspan p1 p2 -c 'find-all "panda" as %p' -c 'find --in %p /n/; next match 2; prev match; find' -c '$ find -b --not-in %p /a|f/; find -b'
| 0x2 1 #1:0x2
| 0x34 1 #1:0x34
| 0x17 1 #1:0x17
| 0x17 1 #1:0x17
| 0x41 1 #2:0xc
| 0x38 1 #2:0x3
$ hexspan p1 p2 -c 'find-all "panda" as %p' -c 'find --in %p /fox/'
! hexspan: find: not found
= 1
$ hexspan --json p1 p2 -c 'find-all /panda|fox/ as %p' -c 'find-all --not-in %p /x/ as %x' -c 'find-all --not-in %p /f$|^d/'
| {"set":"p","ranges":6,"searched":69,"skipped":0}
| {"set":"x","ranges":18,"searched":45,"skipped":0}
| {"searched":45,"skipped":0}
= 1

In files.
$ hexspan p1 p2 memory:8 -c 'find-all "panda" as %p; find-all /fox|e$/ as %f; 68,71 ranges add %f; ranges save sets' -c 'ranges save only-p %p' && cat sets only-p
| hexspan-ranges 1
| file 1 "p1"
| file 2 "p2"
| set f
| 1 0x6 3
| 1 0x2e 3
| 2 0x3 3
| set p
| 1 0x0 5
| 1 0x15 5
| 1 0x32 3 + 2 0x0 2
| hexspan-ranges 1
| file 1 "p1"
| file 2 "p2"
| set p
| 1 0x0 5
| 1 0x15 5
| 1 0x32 3 + 2 0x0 2
! hexspan: ranges: 1 range left out: in no open file
$ hexspan p2 gap:1 p1 -c 'ranges load sets; ranges; ranges show %p'
| %f 3 9
| %p 3 15
| 0x11 5 #2:0x0
| 0x26 5 #2:0x15
| 0x43 3 #2:0x32
$ cd dir && hexspan ../p1 -c 'ranges load ../sets'
! hexspan: ranges: ../sets:3: ../p2 is not open
= 3
$ cd dir && hexspan --json ../p1 -c 'ranges load ../sets'
! {"error":"../sets:3: ../p2 is not open","code":3,"command":"ranges","path":"../sets"}
= 3
$ cd dir && hexspan ../p1 -c 'ranges! load ../sets; ranges show %p; ranges save a; ranges save a'; cat a | tail -n +3
| 0x0 5 #1:0x0
| 0x15 5 #1:0x15
| set f
| 1 0x6 3
| 1 0x2e 3
| set p
| 1 0x0 5
| 1 0x15 5
! hexspan: ranges: 2 ranges left out: of files that are not open
! hexspan: ranges: a is there already (ranges! save writes over it)
$ hexspan p1 -c 'ranges load nothere'
! hexspan: ranges: nothere: No such file or directory
= 3
$ hexspan p1 -c 'ranges load fifo'
! hexspan: ranges: fifo: not a regular file
= 2
$ hexspan p1 p2 -c 'ranges load ten'
! hexspan: ranges: ten:1: no set of ranges (the first line must be "hexspan-ranges 1")
= 2
$ printf 'hexspan-ranges 1\nfile 1 p1\nset 1x\n1 0 1\n' >bad; hexspan p1 -c 'ranges load bad'
! hexspan: ranges: bad: '1x' is no name of a set
= 2
$ printf 'hexspan-ranges 1\nfile 1 p1\nset x\n1 50 4\n' >bad; hexspan p1 -c 'ranges load bad'
! hexspan: ranges: bad:4: past the end of p1 (size 0x35)
= 2
$ hexspan p1 -c 'ranges! show'
! hexspan: ranges: ranges show takes no '!'
!   ranges! show
!           ^
= 2
$ hexspan p1 -c 'ranges!'
! hexspan: ranges: only ranges! save and ranges! load take '!'
!   ranges!
!         ^
= 2
$ hexspan p1 -c 'ranges save'
! hexspan: ranges: usage: ranges [show [SET] | %NAME = SET | add %NAME | clear [%NAME] | load FILE | save FILE [%NAME]..]
!   ranges save
!              ^
= 2
$ hexspan p1 -c 'ranges save x %no'
! hexspan: ranges: there is no set %no
!   ranges save x %no
!                 ^
= 2

What is wrong, and where.
$ hexspan ten -c 'ranges show'
! hexspan: ranges: there is no set yet (find-all .. as %NAME)
= 1
$ hexspan ten -c 'ranges show %x'
! hexspan: ranges: there is no set %x
!   ranges show %x
!               ^
= 2
$ hexspan --json ten -c 'ranges show %x'
! {"error":"there is no set %x","code":2,"command":"ranges","column":13}
= 2
$ hexspan ten -c 'ranges %x'
! hexspan: ranges: %NAME = SET is meant (ranges show lists it)
!   ranges %x
!            ^
= 2
$ hexspan ten -c 'ranges %x ='
! hexspan: ranges: a set of ranges is named %NAME
!   ranges %x =
!              ^
= 2
$ hexspan ten -c 'ranges x = %y'
! hexspan: ranges: ranges what? ([show [SET] | %NAME = SET | add %NAME | clear [%NAME] | load FILE | save FILE [%NAME]..])
!   ranges x = %y
!          ^
= 2
$ hexspan ten -c 'ranges %1 = %y'
! hexspan: ranges: a set's name is a letter, and up to 62 letters, digits, - _ .
!   ranges %1 = %y
!           ^
= 2
$ hexspan ten -c '1,3 ranges add %a; ranges show %a and'
! hexspan: ranges: a set of ranges is named %NAME
!   1,3 ranges add %a; ranges show %a and
!                                        ^
= 2
$ hexspan ten -c '1,3 ranges add %a; ranges show %a nor %a'
! hexspan: ranges: unexpected text (usage: ranges [show [SET] | %NAME = SET | add %NAME | clear [%NAME] | load FILE | save FILE [%NAME]..])
!   1,3 ranges add %a; ranges show %a nor %a
!                                     ^
= 2
$ hexspan ten -c '1,3 ranges add %a; ranges show %a within %a'
! hexspan: ranges: number expected
!   1,3 ranges add %a; ranges show %a within %a
!                                            ^
= 2
$ hexspan ten -c '1,3 ranges add %a; ranges show %a within 3 %a'
! hexspan: ranges: within N of .. is meant
!   1,3 ranges add %a; ranges show %a within 3 %a
!                                             ^
= 2
$ hexspan ten -c '1,3 ranges add %a; ranges show (%a or %a'
! hexspan: ranges: ')' expected
!   1,3 ranges add %a; ranges show (%a or %a
!                                           ^
= 2
$ hexspan ten -c 'ranges add %a'
! hexspan: ranges: which bytes? (0x100,+16 ranges add %NAME)
= 2
$ hexspan ten -c '1,3 ranges'
! hexspan: ranges: ranges takes no range here
!   1,3 ranges
!   ^
= 2
$ hexspan ten -c 'find --in %a /1/'
! hexspan: find: there is no set %a
!   find --in %a /1/
!             ^
= 2
$ hexspan ten -c 'find --in /1/'
! hexspan: find: a set of ranges is named %NAME
!   find --in /1/
!             ^
= 2
$ hexspan ten -c 'find-all /1/ as a'
! hexspan: find-all: a set of ranges is named %NAME
!   find-all /1/ as a
!                   ^
= 2
$ hexspan ten -c 'count /1/ as %a'
! hexspan: count: unexpected text (usage: count [OPTION].. [PATTERN])
!   count /1/ as %a
!             ^
= 2
$ hexspan ten -c 'next range'
! hexspan: next: there is no set yet (find-all .. as %NAME)
= 1
$ hexspan ten -c 'find-all /x/ as %x; next range'
! hexspan: next: no range behind here
= 1

Pointers.
$ printf '\10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\10\0\10\0\0\10\0\0\0' >ptr; hexspan ptr -c 'refs 8' -c '8; refs -t u64le' -c 'refs 8 -t u64be; refs -t u16be -r 1 9' -c 'refs -t u16le -a 1 8 as %p; ranges; 9,20 refs 8'
| 0x0 4 #1:0x0
| 0x14 4 #1:0x14
| 0x0 8 #1:0x0
| 0x8 8 #1:0x8
| 0xe 2 #1:0xe
| 0x10 2 #1:0x10
| %p 4 8
= 1
$ hexspan --json ptr -c 'refs 8' -c 'refs 7'
| {"addr":0,"at":"0x0","len":4,"segment":1,"off":0,"file_off":0}
| {"addr":20,"at":"0x14","len":4,"segment":1,"off":20,"file_off":20}
| {"searched":24,"skipped":0}
| {"searched":24,"skipped":0}
= 1
$ hexspan ptr -c 'refs -t u8 1'
! hexspan: refs: a pointer is u16le, u16be, u32le .. u64be
!   refs -t u8 1
!           ^
= 2
$ hexspan ptr -c 'refs -r 9 8'
! hexspan: refs: 0x8 lies before 0x9, which -r counts from
= 2
$ hexspan ptr -c 'refs 25'
! hexspan: refs: 0x19 is past the end (size 0x18)
!   refs 25
!        ^
= 2
