op calculates with bytes, as one edit.

$ hexspan ten -c '%op and {f3}; %print; undo; %op or u8:0x40,0; %print; undo; %op xor "ab"; %print; quit drop'
| 0000000000  30 31 32 33 30 31 32 33  30 31                    |0123012301      |
| 1
| 0000000000  70 31 72 33 74 35 76 37  78 39                    |p1r3t5v7x9      |
| 1
| 0000000000  51 53 53 51 55 57 57 55  59 5b                    |QSSQUWWUY[      |
$ hexspan ten letters -c '9,12 op add {ff}; %print; 9,11 op neg; 9,11 op not; 9,11 print; quit drop'
| 0000000000  30 31 32 33 34 35 36 37  38 38 60 61 63 64 65 66  |0123456788`acdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
| 0000000000                              37 5f                 |         7_     |
$ hexspan ten -c '0,2 op rol; 2,4 op ror 3; 4,6 op rol 0; 6,8 op ror 7; %print; quit drop'
| 0000000000  60 62 46 66 34 35 6c 6e  38 39                    |`bFf45ln89      |
$ hexspan ten letters -c '%op swap16; %print; undo; 2,18 op swap64; 20,24 op swap32; %print; undo 2; 8,13 op reverse; %print; edits; quit drop'
| 0000000000  31 30 33 32 35 34 37 36  39 38 62 61 64 63 66 65  |1032547698badcfe|
| 0000000010  68 67 6a 69 6c 6b 6e 6d  70 6f                    |hgjilknmpo      |
| 1
| 0000000000  30 31 39 38 37 36 35 34  33 32 68 67 66 65 64 63  |0198765432hgfedc|
| 0000000010  62 61 69 6a 6e 6d 6c 6b  6f 70                    |baijnmlkop      |
| 2
| 0000000000  30 31 32 33 34 35 36 37  63 62 61 39 38 64 65 66  |01234567cba98def|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
| 0x8 2 2 #1:0x8
| 0xa 3 3 #2:0x0
$ hexspan ten -c '0,5 op swap32'
! hexspan: op: swap32 needs a multiple of 4 bytes
= 2
$ hexspan ten -c '0,5 op shift'
! hexspan: op: op what? (and|or|xor|add VALUE | rol|ror [N] | not | neg | swap16|swap32|swap64 | reverse)
!   0,5 op shift
!          ^
= 2
$ hexspan ten -c '0,5 op'
! hexspan: op: usage: op and|or|xor|add VALUE | rol|ror [N] | not | neg | swap16|swap32|swap64 | reverse
!   0,5 op
!         ^
= 2
$ hexspan ten -c '0,5 op xor'
! hexspan: op: usage: op and|or|xor|add VALUE | rol|ror [N] | not | neg | swap16|swap32|swap64 | reverse
!   0,5 op xor
!             ^
= 2
$ hexspan ten -c '0,5 op rol 8'
! hexspan: op: a byte is rotated by 0 to 7
!   0,5 op rol 8
!              ^
= 2
$ hexspan ten -c '0,5 op not 1'
! hexspan: op: unexpected text (usage: op and|or|xor|add VALUE | rol|ror [N] | not | neg | swap16|swap32|swap64 | reverse)
!   0,5 op not 1
!              ^
= 2
$ hexspan ten gap:4 letters -c '8,12 op not'
! hexspan: op: the byte at 0xa has no value (gap)
= 3
$ hexspan -R ten -c '8 op not'
! hexspan: op: ten: opened for reading only
= 3

copy, cut and paste.
$ hexspan ten letters -c '8,12 copy; 0 paste; %print; #2:$ paste insert; %print; edits; quit drop'
| 0000000000  38 39 61 62 34 35 36 37  38 39 61 62 63 64 65 66  |89ab456789abcdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
| 0000000000  38 39 61 62 34 35 36 37  38 39 61 62 63 64 65 66  |89ab456789abcdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70 38 39 61 62        |ghijklmnop89ab  |
| 0x0 4 4 #1:0x0
| 0x1a 0 4 #2:0x10
$ hexspan ten letters -c '1,3 cut; %print; $ paste insert; %print; undo; 0 paste; undo 2; %print; quit'
| 0000000000  30 33 34 35 36 37 38 39  61 62 63 64 65 66 67 68  |03456789abcdefgh|
| 0000000010  69 6a 6b 6c 6d 6e 6f 70                           |ijklmnop        |
| 0000000000  30 33 34 35 36 37 38 39  61 62 63 64 65 66 67 68  |03456789abcdefgh|
| 0000000010  69 6a 6b 6c 6d 6e 6f 70  31 32                    |ijklmnop12      |
| 1
| 2
| 0000000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
$ hexspan ten -c paste
! hexspan: paste: nothing was copied
= 1
$ hexspan ten -c 'copy; 9 paste over'
! hexspan: paste: usage: paste [insert]
!   copy; 9 paste over
!                 ^
= 2
$ hexspan ten -c '0,4 copy; 8 paste'
! hexspan: paste: 4 bytes at 0x8 would pass the end of the space (size 0xa)
= 2
$ hexspan ten gap:4 -c '8,12 copy'
! hexspan: copy: the byte at 0xa has no value (gap)
= 3
$ hexspan -R ten -c '8 cut'
! hexspan: cut: ten: opened for reading only
= 3

move and duplicate.
$ hexspan ten -c '2,4 move-bytes 8; %print; undo; 2,4 move-bytes #1:$; %print; edits; undo; 8,10 move-bytes 1; %print; quit drop'
| 0000000000  30 31 34 35 36 37 32 33  38 39                    |0145672389      |
| 1
| 0000000000  30 31 34 35 36 37 38 39  32 33                    |0145678923      |
| 0x2 2 0 #1:0x2
| 0x8 0 2 #1:0x8
| 1
| 0000000000  30 38 39 31 32 33 34 35  36 37                    |0891234567      |
$ hexspan ten -c '2,4 duplicate 7; %print; 2,4 duplicate 0 insert; %print; undo 2; %print; quit'
| 0000000000  30 31 32 33 34 35 36 32  33 39                    |0123456239      |
| 0000000000  32 33 30 31 32 33 34 35  36 32 33 39              |230123456239    |
| 2
| 0000000000  30 31 32 33 34 35 36 37  38 39                    |0123456789      |
$ hexspan ten -c '2,6 duplicate 4; %print; undo; 4,8 duplicate 3; %print; quit drop'
| 0000000000  30 31 32 33 32 33 34 35  38 39                    |0123234589      |
| 1
| 0000000000  30 31 32 34 35 36 37 37  38 39                    |0124567789      |
$ hexspan ten letters -c '2,4 move-bytes 12; %print text; segments; undo; %print text; 8,13 move-bytes 2; %print text; segments; quit drop'
| 01456789ab23cdefghijklmnop
|    1  0x0   8  file    write      1  ten
|    2  0x8  18  file    write      1  letters
| 1
| 0123456789abcdefghijklmnop
| 0189abc234567defghijklmnop
|    1  0x0  13  file    write      2  ten
|    2  0xd  13  file    write      1  letters
$ hexspan ten letters -c '8,10 move-bytes #2:0; segments; %print text; undo; #2:0,+2 move-bytes #1:$; segments; %print text; undo; 8,12 move-bytes 12; %print text; segments; quit drop'
|    1  0x0   8  file    write      1  ten
|    2  0x8  18  file    write      1  letters
| 0123456789abcdefghijklmnop
| 1
|    1  0x0  12  file    write      1  ten
|    2  0xc  14  file    write      1  letters
| 0123456789abcdefghijklmnop
| 1
| 0123456789abcdefghijklmnop
|    1  0x0   8  file    write      1  ten
|    2  0x8  18  file    write      1  letters
$ hexspan ten letters -c '8,13 move-bytes 11'
! hexspan: move-bytes: 0xb is between the bytes to move
= 2
$ hexspan ten letters -c '8,12 duplicate 0; 2,4 duplicate #1:-1; %print text; 8,12 duplicate #2:$ insert; %print text; edits; undo 3; %print text; quit'
| 89ab45678abbcdefghijklmnop
| 89ab45678abbcdefghijklmnop8abb
| 0x0 4 4 #1:0x0
| 0x9 1 1 #1:0x9
| 0xa 1 1 #2:0x0
| 0x1a 0 4 #2:0x10
| 3
| 0123456789abcdefghijklmnop
$ hexspan ten gap:4 letters -c '8,12 duplicate 0'
! hexspan: duplicate: the byte at 0xa has no value (gap)
= 3
$ hexspan ten gap:4 letters -c '0,4 duplicate 8'
! hexspan: duplicate: no file is mapped at 0xa
= 3
$ hexspan ten --ro letters -c '2,4 move-bytes #2:3'
! hexspan: move-bytes: letters: opened for reading only
= 3
$ hexspan --ro ten letters -c '0,4 duplicate #2:3; 2,4 move-bytes #2:0'
! hexspan: move-bytes: ten: opened for reading only
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c '2,4 duplicate 9'
! hexspan: duplicate: 2 bytes at 0x9 would pass the end of the space (size 0xa)
= 2
$ hexspan ten -c '2,4 move-bytes'
! hexspan: move-bytes: an address is needed: move-bytes ADDRESS
!   2,4 move-bytes
!                 ^
= 2
