increment and decrement count numbers, of any type, and go round at the ends.

$ hexspan ten letters -c 'increment; 1 increment 5; 2 decrement u16le 3; 4 increment u32be 0x10000; 8,12 decrement; %print; edits; quit drop'
| 0000000000  31 36 2f 33 34 36 36 37  37 39 61 62 63 64 65 66  |16/3466779abcdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
| 0x0 10 10 #1:0x0
| 0xa 2 2 #2:0x0
$ hexspan ten -c '0 put {ff 00 7f 80}; increment; 1 decrement 2; 2 increment i8; 3 decrement i8; %print; quit drop'
| 0000000000  00 fe 80 7f 34 35 36 37  38 39                    |....456789      |
! hexspan: 1 went round
! hexspan: 1 went round
! hexspan: 1 went round
! hexspan: 1 went round
$ hexspan ten -c '0 put {ff ff ff ff ff ff ff ff}; 0,8 increment; 0,8 decrement u64be; 0,8 increment u16be 0x102; %print; quit drop'
| 0000000000  01 01 01 01 01 01 01 01  38 39                    |........89      |
! hexspan: 1 went round
! hexspan: 1 went round
! hexspan: 4 went round
$ hexspan ten -c '0,3 increment'
! hexspan: increment: 3 bytes are no number: which type? (u8, u16le .. i64be)
= 2
$ hexspan ten -c '0,3 increment u16le'
! hexspan: increment: 3 bytes are not a multiple of 2
= 2
$ hexspan ten -c '9 increment u16le'
! hexspan: increment: 2 bytes at 0x9 would pass the end of the space (size 0xa)
= 2
$ hexspan memory:0 -c increment
! hexspan: increment: there is no byte at the end of the space (size 0x0)
= 2
$ hexspan ten -c 'increment f32le'
! hexspan: increment: whole numbers are counted: u8 to u64, i8 to i64
!   increment f32le
!             ^
= 2
$ hexspan ten -c 'increment 256'
! hexspan: increment: N is too big for the type
!   increment 256
!             ^
= 2
$ hexspan ten -c 'increment u64le 0x8000000000000000'
! hexspan: increment: N is too big for the type
!   increment u64le 0x8000000000000000
!             ^
= 2
$ hexspan ten -c 'increment u8 1 2'
! hexspan: increment: unexpected text (usage: increment [TYPE] [N])
!   increment u8 1 2
!                  ^
= 2
$ hexspan ten -c 'increment x'
! hexspan: increment: number expected
!   increment x
!             ^
= 2
$ hexspan ten --ro letters -c '$ decrement; 12 increment'
! hexspan: decrement: there is no byte at the end of the space (size 0x1a)
= 2

repeat does the last edit again, at the cursor.

$ hexspan ten letters -c '2,5 fill {2e}; 8; repeat; 20 put "XY"; 0; repeat 2; %print; undo; %print; quit drop'
| 0000000000  58 59 2e 2e 2e 35 36 37  2e 2e 2e 62 63 64 65 66  |XY...567...bcdef|
| 0000000010  67 68 69 6a 58 59 6d 6e  6f 70                    |ghijXYmnop      |
| 1
| 0000000000  30 31 2e 2e 2e 35 36 37  2e 2e 2e 62 63 64 65 66  |01...567...bcdef|
| 0000000010  67 68 69 6a 58 59 6d 6e  6f 70                    |ghijXYmnop      |
$ hexspan ten letters -c '4 delete; repeat; 0; repeat; print text; 3,7 op xor {20}; 10; repeat; %print text; quit drop'
| 2356789abcdefghijklmnop
| 235\x16\x17\x18\x19abcDEFGhijklmnop
$ hexspan ten letters -c 'replace /[a-z]/ "."; repeat 3; %print text; 0,4 replace-all /./ "-"; 12; repeat; %print text; quit drop'
| 1
| 1
| 1
| 1
| 0123456789....efghijklmnop
| 4
| 4
| ----456789..----ghijklmnop
$ hexspan ten -c 'goto 3; repeat'
! hexspan: repeat: nothing was edited yet
= 1
$ hexspan ten -c '8,10 fill "-"; 9; repeat'
! hexspan: repeat: 0xb is past the end (size 0xa)
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c '0 put "-"; repeat 0'
! hexspan: repeat: a number from 1 is needed
!   0 put "-"; repeat 0
!                     ^
! hexspan: 1 edit in 1 file not written, dropped
= 3

A macro is the lines between record and stop; it is played as one step of undo.

$ hexspan ten letters -c 'macro record m' -c 'put "<"; goto +3' -c 'macro stop' -c 'macro; macro play m 4; %print text; eval .; undo; %print text; quit drop'
| m put "<"; goto +3
| <12<45<78<ab<defghijklmnop
| 15 0xf #2:0x5
| 1
| <123456789abcdefghijklmnop
$ hexspan ten letters -c 'macro record dots' -c 'find /[c-f]/' -c 'put "."' -c 'macro stop' -c 'macro play; macro play @ 2; macro play dots; %print text; quit drop'
| 0xc 1 #2:0x2
| 0xd 1 #2:0x3
| 0xe 1 #2:0x4
| 0xf 1 #2:0x5
! hexspan: macro: dots, line 1: find: not found
! hexspan: 3 edits in 1 file not written, dropped
= 3
$ hexspan ten letters --json -c 'macro record a' -c 'put "A"' -c 'macro stop' -c 'macro list; quit drop'
| {"name":"a","line":"put \"A\""}

The first line that fails ends it, and what it has done stays.

$ hexspan ten -c 'set errors=go-on' -c 'macro record m' -c 'increment' -c 'goto +4' -c 'macro stop' -c 'macro play m 9' -c '%print text; undo; %print text; quit drop'
| 1123556799
| 1
| 1123456789
! hexspan: macro: m, line 2: goto: 0xc is past the end (size 0xa)
= 2

Lines that fail, and the words of record and stop, are not recorded. Macros play macros.

$ hexspan ten letters -c 'set errors=go-on' -c 'macro record a' -c 'put "A"' -c 'goto 99' -c 'macro record b' -c 'goto +1' -c 'macro stop' -c 'macro record b' -c 'macro play a 2' -c 'macro stop' -c 'macro list; macro play b 3; %print text; quit drop'
| a put "A"
| a goto +1
| b macro play a 2
| AAAAAAAAA9abcdefghijklmnop
! hexspan: goto: 0x63 is past the end (size 0x1a)
!   goto 99
!        ^
! hexspan: macro: a is being recorded
= 3
$ hexspan ten -c 'set errors=go-on' -c 'macro record a' -c 'increment' -c 'macro stop' -c 'macro record b' -c 'macro play a' -c 'macro stop' -c 'macro record a' -c 'macro play b' -c 'macro stop' -c 'macro list; macro play a' -c 'quit drop'
| a macro play b
| b macro play a
! hexspan: macro: b, line 1: macro: macros play each other deeper than 8
= 3
$ hexspan ten -c 'macro play'
! hexspan: macro: no macro was recorded yet
= 1
$ hexspan ten -c 'macro play x'
! hexspan: macro: there is no macro 'x'
= 1
$ hexspan ten -c 'macro stop'
! hexspan: macro: nothing is being recorded
= 3
$ hexspan ten -c 'macro record "a b"'
! hexspan: macro: the name of a macro is letters, digits, - and _
= 2
$ hexspan ten -c 'macro record'
! hexspan: macro: usage: macro record NAME | stop | play [NAME] [N] | list
!   macro record
!               ^
= 2
$ hexspan ten -c 'macro go'
! hexspan: macro: macro what? (record NAME | stop | play [NAME] [N] | list)
!   macro go
!         ^
= 2
