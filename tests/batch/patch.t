Edits as a patch, and back again.

$ hexspan ten letters -c '8 put "XYZ"; 14,16 delete; 12 insert "!" 2; #2:$ insert "end"; patch! save p; patch! save p.json; quit drop'; cat p p.json
| 5 hunks, 8 bytes
| 5 hunks, 8 bytes
| hexspan-patch 1
| file 1 "ten"
| @ 1 0x8 2 2
| - 38 39  # 89
| + 58 59  # XY
| file 2 "letters"
| @ 2 0x0 1 1
| - 61  # a
| + 5a  # Z
| @ 2 0x2 0 2
| + 21 21  # !!
| @ 2 0x4 2 0
| - 65 66  # ef
| @ 2 0x10 0 3
| + 65 6e 64  # end
| {"format":"hexspan-patch","version":1}
| {"file":1,"path":"ten"}
| {"file":1,"off":8,"old":"3839","new":"5859"}
| {"file":2,"path":"letters"}
| {"file":2,"off":0,"old":"61","new":"5a"}
| {"file":2,"off":2,"old":"","new":"2121"}
| {"file":2,"off":4,"old":"6566","new":""}
| {"file":2,"off":16,"old":"","new":"656e64"}
$ hexspan ten letters -c '8 put "XYZ"; 14,16 delete; 12 insert "!" 2; #2:$ insert "end"; patch! save p; patch! save p.json; quit drop' >out; hexspan ten letters -c 'patch apply p; %print; edits; undo; edits; patch apply p.json; %print; quit drop'
| 5 hunks, 8 bytes
| 0000000000  30 31 32 33 34 35 36 37  58 59 5a 62 21 21 63 64  |01234567XYZb!!cd|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70 65 6e 64           |ghijklmnopend   |
| 0x8 2 2 #1:0x8
| 0xa 1 1 #2:0x0
| 0xc 0 2 #2:0x2
| 0x10 2 0 #2:0x6
| 0x1a 0 3 #2:0x10
| 1
| 5 hunks, 8 bytes
| 0000000000  30 31 32 33 34 35 36 37  58 59 5a 62 21 21 63 64  |01234567XYZb!!cd|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70 65 6e 64           |ghijklmnopend   |
$ hexspan ten letters -c '8 put "XYZ"; 10 delete; patch! save p #2; quit drop'; cat p; cp letters other; hexspan ten other -c 'patch apply p'; hexspan ten other -c 'patch apply p #2; edits; quit drop'
| 1 hunk, 0 bytes
| hexspan-patch 1
| file 1 "letters"
| @ 1 0x0 1 0
| - 61  # a
| 1 hunk, 0 bytes
| 0xa 1 0 #2:0x0
! hexspan: patch: p:2: letters is not open (patch apply FILE #N takes that of another segment)
$ hexspan --json ten -c '0 put "abc"; patch! save p as json; undo; patch apply p; quit drop'
| {"hunks":1,"bytes":3}
| {"done":1}
| {"hunks":1,"bytes":3}
$ hexspan ten -c 'patch! save p'; cat p; hexspan ten -c 'patch apply p; edits'
| 0 hunks, 0 bytes
| hexspan-patch 1
| 0 hunks, 0 bytes

The old bytes must be there.
$ hexspan ten -c '2 put "abc"; patch! save p; quit drop'; hexspan ten -c '3 put "X"; patch apply p; edits' ; hexspan letters -c 'patch apply p #1'; printf 012 >tiny; hexspan tiny -c 'patch apply p #1'
| 1 hunk, 3 bytes
! hexspan: patch: p:3: ten, at 0x3: there is 58 where the patch has 33
! hexspan: 1 edit in 1 file not written, dropped
! hexspan: patch: p:3: letters, at 0x2: there is 63 where the patch has 32
! hexspan: patch: p:3: tiny ends at offset 0x3, before 0x5
= 3
$ hexspan ten -c '2 put "abc"; patch! save p.json; quit drop'; hexspan ten -c '3 put "X"; patch apply p.json'
| 1 hunk, 3 bytes
! hexspan: patch: p.json:3: ten, at 0x3: there is 58 where the patch has 33
! hexspan: 1 edit in 1 file not written, dropped
= 3

IPS: new bytes only.
$ hexspan ten letters -c '8 put "XYZ"; #2:8,16 fill "w"; patch! save p.ips; patch! save q.ips #2; quit drop'; od -An -c p.ips q.ips; hexspan ten letters -c 'patch apply p.ips; %print; undo; patch apply q.ips #2; %print; quit drop'
| 3 hunks, 11 bytes
| 2 hunks, 9 bytes
|    I   P   S   3   2  \0  \0  \0  \b  \0 002   X   Y  \0  \0  \0
|   \n  \0 001   Z  \0  \0  \0 022  \0  \b   w   w   w   w   w   w
|    w   w   E   E   O   F   I   P   S   3   2  \0  \0  \0  \0  \0
|  001   Z  \0  \0  \0  \b  \0  \b   w   w   w   w   w   w   w   w
|    E   E   O   F
| 3 hunks, 11 bytes
| 0000000000  30 31 32 33 34 35 36 37  58 59 5a 62 63 64 65 66  |01234567XYZbcdef|
| 0000000010  67 68 77 77 77 77 77 77  77 77                    |ghwwwwwwww      |
| 1
| 2 hunks, 9 bytes
| 0000000000  30 31 32 33 34 35 36 37  38 39 5a 62 63 64 65 66  |0123456789Zbcdef|
| 0000000010  67 68 77 77 77 77 77 77  77 77                    |ghwwwwwwww      |
! hexspan: patch: IPS has no old bytes: nothing was compared
! hexspan: patch: IPS has no old bytes: nothing was compared
$ rm p.ips; hexspan ten -c '2 insert "x"; patch save p.ips'; [ -e p.ips ] || echo none
| none
! hexspan: patch: ten: bytes were inserted or deleted at offset 0x2, which IPS cannot say (save it as hex or json)
! hexspan: 1 edit in 1 file not written, dropped
$ hexspan memory:0x45454f50 -c '0x45454f40,+16 fill {ab}; patch! save p.ips; 0x45454f46 put "xy"; 0x45454f48,+8 revert; 0x45454f40,+6 revert; patch! save q.ips; patch! save r; quit drop'; od -An -tx1 p.ips q.ips; hexspan memory:0x45454f50 -c 'patch apply q.ips; edits; 0x45454f45,+4 print; quit drop'
| 1 hunk, 16 bytes
| 1 hunk, 2 bytes
|  49 50 53 33 32 45 45 4f 40 00 00 00 10 ab 45 45
|  4f 46 49 50 53 33 32 45 45 4f 45 00 02 00 78 45
|  45 4f 47 00 01 79 45 45 4f 46
| 2 hunks, 3 bytes
| 0x45454f45 3 3 #1:0x45454f45
| 0045454f40                 00 78 79  00                       |     .xy.       |
! hexspan: patch: memory:0x45454f50 is no file that a patch could name: save its segment alone (#N)
! hexspan: 4 edits in 1 file not written, dropped
! hexspan: patch: IPS has no old bytes: nothing was compared
$ printf 'PATCH\0\0\2\0\2ab\0\0\5\0\0\0\3zEOF' >p; hexspan ten -c 'patch apply p; %print; quit drop'
| 2 hunks, 5 bytes
| 0000000000  30 31 61 62 34 7a 7a 7a  38 39                    |01ab4zzz89      |
! hexspan: patch: IPS has no old bytes: nothing was compared
$ printf 'IPS32\0\0\0\2\0\2ab\0\0\0\3\0\2cdEEOF' >p; hexspan ten -c 'patch apply p; %print; quit drop'
| 2 hunks, 4 bytes
| 0000000000  30 31 61 63 64 35 36 37  38 39                    |01acd56789      |
! hexspan: patch: IPS has no old bytes: nothing was compared
$ printf 'IPS32\0\0\0\2\0\2ab\0\0\0\1\0\2cdEEOF' >p; hexspan ten -c 'patch apply p; %print; quit drop'
! hexspan: patch: p: record 2: it lies before the one in front of it
= 2
$ printf 'IPS32\0\0\0\2\0\4abcd\0\0\0\3\0\1xEEOF' >p; hexspan ten -c 'patch apply p; %print; quit drop'
! hexspan: patch: p: record 2: it lies inside of the one in front of it
= 2
$ printf 'IPS32\0\0\0\10\0\4abcdEEOF' >p; hexspan ten -c 'patch apply p'; hexspan ten -c 'patch apply p #1'
! hexspan: patch: p: record 1: 0x8..0xb is past the end of the space, 0xa
! hexspan: patch: p: record 1: ten ends at offset 0xa, before 0xc
= 3
$ printf 'IPS32\0\0\0\10\0\4ab' >p; hexspan ten -c 'patch apply p'
! hexspan: patch: p: record 1: the patch ends in it
= 2
$ printf 'IPS32\0\0\0\10\0\1aEEOF\0\0\0\1' >p; hexspan ten -c 'patch apply p'
! hexspan: patch: p: record 2: it cuts the file to a length, which is not done here
= 2
$ printf 'IPS32\0\0\0\10\0\0\0\0aEEOF' >p; hexspan ten -c 'patch apply p'
! hexspan: patch: p: record 1: 0 times a byte
= 2

Errors name the line; nothing is applied then.
$ printf 'hexspan-patch 2\n' >p; hexspan ten -c 'patch apply p'
! hexspan: patch: p:1: this version of patches is not known (only 1)
= 2
$ printf 'hexspan-patch 1\n# nothing\n\nfile 1 "ten"\n@ 1 2 1 1\n- 32\n+ 61\n@ 1 5 1 1\n- 35\n+ 61 62\n' >p; hexspan ten -c 'patch apply p; edits'
! hexspan: patch: p:10: more new bytes than the 1 of this hunk
= 2
$ printf 'hexspan-patch 1\nfile 1 "ten"\n@ 1 2 2 1\n- 32\n+ 61\n@ 1 5 1 1\n' >p; hexspan ten -c 'patch apply p'
! hexspan: patch: p:3: the hunk at 0x2 has 1 old and 1 new bytes, not 2 and 1
= 2
$ printf 'hexspan-patch 1\nfile 1 "ten"\n@ 1 5 1 1\n- 35\n+ 61\n@ 1 5 1 1\n- 35\n+ 62\n' >p; hexspan ten -c 'patch apply p'
! hexspan: patch: p:6: 0x5 lies before the end of the last hunk of this file, 0x6
= 2
$ printf 'hexspan-patch 1\nfile 1 "ten"\n@ 2 5 1 1\n- 35\n+ 61\n' >p; hexspan ten -c 'patch apply p'
! hexspan: patch: p:3: no file has this number
= 2
$ printf 'hexspan-patch 1\nfile 1 "gone"\n' >p; hexspan ten -c 'patch apply p'
! hexspan: patch: p:2: gone is not open (patch apply FILE #N takes that of another segment)
= 3
$ printf 'hexspan-patch 1\nfile 1 "ten"\n@ 1 5 1 1\n- 3g\n+ 61\n' >p; hexspan ten -c 'patch apply p'
! hexspan: patch: p:4: bytes are two hex digits each, or ??
= 2
$ printf 'hexspan-patch 1\nfile 1 "ten"\n@ 1 5 1 1\n- ??\n+ 61\n' >p; hexspan ten -c 'patch apply p'
! hexspan: patch: p:3: ten, at 0x5: the patch is of bytes without a value
= 3
$ printf 'hexspan-patch 1\nfile 1 "ten"\n@ 1 3 7 0 # the end\n- 33 34 35\n- 36 37 38 39\n' >p; hexspan ten -c 'patch apply p; %print; quit drop'
| 1 hunk, 0 bytes
| 0000000000  30 31 32                                          |012             |
$ printf '{"format":"hexspan-patch","version":1}\n{"file":1,"path":"ten","since":"then"}\n{"new":"6162","old":"31","off":1,"file":1}\n' >p; hexspan ten -c 'patch apply p; %print; quit drop'
| 1 hunk, 2 bytes
| 0000000000  30 61 62 32 33 34 35 36  37 38 39                 |0ab23456789     |
$ printf '{"format":"hexspan-patch","version":1}\n{"file":1,"path":"ten"}\n{"file":1,"off":1,"old":"3","new":""}\n' >p; hexspan ten -c 'patch apply p'
! hexspan: patch: p:3: half a byte
= 2
$ printf '{"format":"hexspan-patch","version":7}\n' >p; hexspan ten -c 'patch apply p'
! hexspan: patch: p:1: version 7 of patches is not known (only 1)
= 2
$ printf '{"format":"hexspan-patch","version":1}\n{"file":1,"path":"ten"\n' >p; hexspan ten -c 'patch apply p'
! hexspan: patch: p:2: an object without its '}'
= 2
$ hexspan ten -c 'patch apply letters'; hexspan ten -c 'patch apply dir'; hexspan ten -c 'patch apply gone'
! hexspan: patch: letters:1: no patch (it begins with "hexspan-patch 1", '{', IPS32 or PATCH)
! hexspan: patch: dir: not a regular file
! hexspan: patch: gone: No such file or directory
= 3

It is never written over what is open, nor without '!' over what is there.
$ hexspan ten -c '0 put "x"; patch! save ten'; cat ten
| 0123456789
\
! hexspan: patch: ten is open: nothing is written over it
! hexspan: 1 edit in 1 file not written, dropped
$ hexspan ten -c '0 put "x"; patch save letters'; hexspan ten -c '0 put "x"; patch! save letters; quit drop'; cat letters
| 1 hunk, 1 byte
| hexspan-patch 1
| file 1 "ten"
| @ 1 0x0 1 1
| - 30  # 0
| + 78  # x
! hexspan: patch: letters is there already (patch! save writes over it)
! hexspan: 1 edit in 1 file not written, dropped
$ hexspan ten -c 'patch'
! hexspan: patch: usage: patch save FILE [#N] [from ID] [as hex|json|ips] | apply FILE [#N]
!   patch
!        ^
= 2
$ hexspan ten -c 'patch frob x'
! hexspan: patch: usage: patch save FILE [#N] [from ID] [as hex|json|ips] | apply FILE [#N]
!   patch frob x
!         ^
= 2
$ hexspan ten -c 'patch save x as bps'
! hexspan: patch: unknown format 'bps' (hex json ips)
!   patch save x as bps
!                   ^
= 2
$ hexspan ten -c 'patch save x #2'
! hexspan: patch: there is no segment #2
!   patch save x #2
!                ^
= 2
$ hexspan ten -c 'patch apply x as ips'
! hexspan: patch: usage: patch save FILE [#N] [from ID] [as hex|json|ips] | apply FILE [#N]
!   patch apply x as ips
!                 ^
= 2
$ hexspan memory:4 -c '0 put "x"; patch! save p; quit drop'; hexspan memory:4 -c '0 put "x"; patch! save p #1; undo; patch apply p #1; %print; quit drop'
| 1 hunk, 1 byte
| 1
| 1 hunk, 1 byte
| 0000000000  78 00 00 00                                       |x...            |
! hexspan: patch: memory:4 is no file that a patch could name: save its segment alone (#N)
! hexspan: 1 edit in 1 file not written, dropped

from: what was done after a step, flushed or not.
$ cp ten f; hexspan f -c '2 put "ab"; 7 put "c"; flush; 0 put "Q"; patch! save p from 1; patch! save q; patch! save r from 0 as json; quit drop'; cat p q r; cat f
| flushed 1 files, 2 ranges, 3 bytes
| 2 hunks, 2 bytes
| 1 hunk, 1 byte
| 3 hunks, 4 bytes
| hexspan-patch 1
| file 1 "f"
| @ 1 0x0 1 1
| - 30  # 0
| + 51  # Q
| @ 1 0x7 1 1
| - 37  # 7
| + 63  # c
| hexspan-patch 1
| file 1 "f"
| @ 1 0x0 1 1
| - 30  # 0
| + 51  # Q
| {"format":"hexspan-patch","version":1}
| {"file":1,"path":"f"}
| {"file":1,"off":0,"old":"30","new":"51"}
| {"file":1,"off":2,"old":"3233","new":"6162"}
| {"file":1,"off":7,"old":"37","new":"63"}
| 01ab456c89
\
$ printf 01ab456789 >g; hexspan g -c 'patch apply p #1; %print; quit drop'; hexspan ten -c 'patch apply r #1; %print; quit drop'
| 2 hunks, 2 bytes
| 0000000000  51 31 61 62 34 35 36 63  38 39                    |Q1ab456c89      |
| 3 hunks, 4 bytes
| 0000000000  51 31 61 62 34 35 36 63  38 39                    |Q1ab456c89      |
$ hexspan ten -c '0 put "x"; patch save new from 2'
! hexspan: patch: there is no step 2 that is done (of 1)
!   0 put "x"; patch save new from 2
!                                  ^
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c '0 put "x"; patch save new from'
! hexspan: patch: number expected
!   0 put "x"; patch save new from
!                                 ^
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c '0 put "1"; 1 put "1"; patch! save p; quit drop'; cat p
| 1 hunk, 1 byte
| hexspan-patch 1
| file 1 "ten"
| @ 1 0x0 1 1
| - 30  # 0
| + 31  # 1
