What was edited, and how it goes back byte by byte.

$ hexspan ten letters -c '8 put "XYZ"; 14,16 delete; 12 insert "!" 2; 0 put "a"; 1 put "b"; edits; segments; quit drop'
| 0x0 2 2 #1:0x0
| 0x8 2 2 #1:0x8
| 0xa 1 1 #2:0x0
| 0xc 0 2 #2:0x2
| 0x10 2 0 #2:0x6
|    1  0x0  10  file    write      2  ten
|    2  0xa  16  file    write      3  letters
$ hexspan --json ten letters -c '8 put "XYZ"; 14,16 delete; edits; segments; 8,12 print; quit drop'
| {"addr":8,"at":"0x8","old_len":2,"new_len":2,"segment":1,"off":8,"file_off":8}
| {"addr":10,"at":"0xa","old_len":1,"new_len":1,"segment":2,"off":0,"file_off":0}
| {"addr":14,"at":"0xe","old_len":2,"new_len":0,"segment":2,"off":4,"file_off":4}
| {"segment":1,"addr":0,"at":"0x0","size":10,"file_off":0,"kind":"file","access":"write","edits":1,"note":"","name":"ten","path":"ten"}
| {"segment":2,"addr":10,"at":"0xa","size":14,"file_off":0,"kind":"file","access":"write","edits":2,"note":"","name":"letters","path":"letters"}
| {"addr":8,"at":"0x8","len":4,"hex":"58595a62","edited":true}
$ hexspan ten letters -c 'edits' -c '8,10 delete; edits; #2:$ insert "end"; edits; undo 2; edits'
| 0x8 2 0 #1:$
| 0x8 2 0 #1:$
| 0x18 0 3 #2:0x10
| 2
$ hexspan ten -c '%delete; edits; insert "x"; edits; undo 2; edits'
| 0x0 10 0 #1:$
| 0x0 10 1 #1:0x0
| 2
$ hexspan ten --skip=2 --size=4 ten -c '3 put "X"; edits; segments; quit drop'
| 0x3 1 1 #1:0x3
|    1  0x0  10  file    write      1  ten
|    2  0xa   4  file    write      1  ten
$ hexspan ten -c '3 put "X"; 3 info; 7 insert "Y"; 7 info; 2 info; quit drop'
| 0x3 #1:0x3 ten sector 0+3 data 58 88 edited
| 0x7 #1:0x7 ten sector 0+7 data 59 89 inserted
| 0x2 #1:0x2 ten sector 0+2 data 32 50
$ hexspan ten -c 'edits all'
! hexspan: edits: usage: edits [as %NAME]
!   edits all
!         ^
= 2
$ hexspan ten -c '2,4 fill "x"; 7 put "y"; edits as %e; ranges; next edit; eval .; next edit; eval .; prev edit; eval .; quit drop'
| %e 2 3
| 2 0x2 #1:0x2
| 7 0x7 #1:0x7
| 2 0x2 #1:0x2
$ hexspan ten -c '2,4 fill "x"; 7 put "y"; next edit 3'
! hexspan: next: no edit behind here
! hexspan: 2 edits in 1 file not written, dropped
= 3
$ hexspan ten -c 'prev edit'
! hexspan: prev: no edit before here
= 1

undo-byte: a byte, as it was before its last edit.
$ hexspan ten -c '3 put "abc"; 4 put "X"; 4 undo-byte; %print; 4 undo-byte; %print; undo 3; %print; quit drop'
| 0000000000  30 31 32 61 62 63 36 37  38 39                    |012abc6789      |
| 0000000000  30 31 32 61 34 63 36 37  38 39                    |012a4c6789      |
| 3
| 0000000000  30 31 32 61 62 63 36 37  38 39                    |012abc6789      |
$ hexspan ten -c '3 undo-byte'
! hexspan: undo-byte: ten: byte 0x3 has no older value
= 1
$ hexspan ten -c '$ undo-byte'
! hexspan: undo-byte: there is no byte at the end of the space (size 0xa)
= 2

revert: what the files have. One step of undo.
$ hexspan ten letters -c '8 put "XYZ"; 0 put "a"; 9,20 revert; %print; edits; %revert; edits; undo; edits; quit drop'
| 0000000000  61 31 32 33 34 35 36 37  58 39 61 62 63 64 65 66  |a1234567X9abcdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
| 0x0 1 1 #1:0x0
| 0x8 1 1 #1:0x8
| 1
| 0x0 1 1 #1:0x0
| 0x8 1 1 #1:0x8
$ hexspan ten -c '3 insert "abc"; 4 revert'
! hexspan: revert: ten: bytes were inserted or deleted at 0x3..0x5: only all of them can be reverted
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c '3 insert "abc"; 8 delete; %revert; %print; quit'
| 0000000000  30 31 32 33 34 35 36 37  38 39                    |0123456789      |
$ hexspan ten letters -c '#1 delete; 0,5 revert; #1 revert; undo; %revert; undo; #2 delete; %revert; %print text; quit drop'
| 1
| 1
| 0123456789abcdefghijklmnop
$ hexspan ten letters letters ten -c '#2 revert; 3,3 revert' -c 'quit drop'
! hexspan: revert: the range is empty: nothing to do
$ hexspan ten empty letters -c '#1 delete; %revert; edits; %delete; edits; revert'
| 0x0 10 0 #1:$
| 0x0 16 0 #3:$
! hexspan: revert: there is no byte at the end of the space (size 0x0)
! hexspan: 3 edits in 2 files not written, dropped
= 3
