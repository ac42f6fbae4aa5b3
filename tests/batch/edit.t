Commands that edit: nothing is written without flush, and a batch says so.

put lays a value over what is there, across the seam of two files.
$ hexspan ten letters -c '8 put "XYZ"; %print; quit drop'
| 0000000000  30 31 32 33 34 35 36 37  58 59 5a 62 63 64 65 66  |01234567XYZbcdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
$ hexspan --json ten letters -c '8 put {58 59 5a}; 6,+6 print; 8 info; 7 info; quit drop'
| {"addr":6,"at":"0x6","len":6,"hex":"363758595a62","edited":true}
| {"addr":8,"at":"0x8","segment":1,"off":8,"file_off":8,"state":"data","why":"","edited":true,"errno":0,"sector":0,"value":88}
| {"addr":7,"at":"0x7","segment":1,"off":7,"file_off":7,"state":"data","why":"","edited":false,"errno":0,"sector":0,"value":55}
$ hexspan ten -c 'put u16le:0x1234,-1; %print'
! hexspan: put: -1 is out of range (0 to 65535)
!   put u16le:0x1234,-1; %print
!                    ^
= 2
$ hexspan ten -c 'put u16le:0x1234,65535; put utf16be:"é"; 4 put u8:(.+1); %print; quit drop'
| 0000000000  00 e9 ff ff 01 35 36 37  38 39                    |.....56789      |
$ hexspan ten -c '2 put "23" was "23"; 4 put "x" was "4567"; 2,+4 print; quit drop'
| 0000000000        32 33 78 35                                 |  23x5          |
$ hexspan ten -c '2 put "xx" was "22"; quit drop'
! hexspan: put: the byte at 0x3 is 33, not 32
= 1
$ hexspan --json ten -c '2 put "xx" was "22"; quit drop'
! {"error":"the byte at 0x3 is 33, not 32","code":1,"command":"put","addr":3,"at":"0x3"}
= 1

What cannot be done changes nothing.
$ hexspan ten -c '8 put "XYZ"'
! hexspan: put: 3 bytes at 0x8 would pass the end of the space (size 0xa)
= 2
$ hexspan ten letters -c '#1:$ put "X"'
! hexspan: put: there is no byte at the end of #1 (insert adds some)
= 2
$ hexspan ten gap:4 letters -c '8 put "XYZ"'
! hexspan: put: no file is mapped at 0xa
= 3
$ hexspan ten gap:4 letters -c '8,16 fill zero'
! hexspan: fill: no file is mapped at 0xa
= 3
$ hexspan -R ten -c 'put "X"'
! hexspan: put: ten: opened for reading only
= 3
$ hexspan --json -R ten -c 'put "X"'
! {"error":"ten: opened for reading only","code":3,"command":"put","path":"ten"}
= 3
$ hexspan ten --skip=2 ten -c '2 delete'
! hexspan: delete: #1 ten: the length cannot change: #2 shows the same file
= 3
$ hexspan memory:8 -c '2 insert "x"; %print; quit drop'
| 0000000000  00 00 78 00 00 00 00 00  00                       |..x......       |
$ hexspan ten -c 'put'
! hexspan: put: usage: put VALUE [was VALUE]
!   put
!      ^
= 2
$ hexspan ten -c 'put zero'
! hexspan: put: how many bytes? (fill and insert know, as {00} does)
!   put zero
!       ^
= 2
$ hexspan ten -c 'put {1}'
! hexspan: put: a hex digit without its second one
!   put {1}
!        ^
= 2
$ hexspan ten -c 'put {11'
! hexspan: put: the brace is not closed
!   put {11
!       ^
= 2
$ hexspan ten -c 'put {}'
! hexspan: put: the value has no bytes
!   put {}
!       ^
= 2
$ hexspan ten -c 'put ""'
! hexspan: put: the value has no bytes
!   put ""
!       ^
= 2
$ hexspan ten -c 'put u16le:65536'
! hexspan: put: 65536 is out of range (0 to 65535)
!   put u16le:65536
!             ^
= 2
$ hexspan ten -c 'put u17:1'
! hexspan: put: there is no type of this name (u8, i16le, u32be, f64le, utf16le, ..)
!   put u17:1
!       ^
= 2
$ hexspan ten -c 'put "a"b'
! hexspan: put: a blank must follow
!   put "a"b
!          ^
= 2
$ hexspan ten -c 'put latin1:"€"'
! hexspan: put: the text has a character that latin1 does not have
!   put latin1:"€"
!              ^
= 2
$ hexspan ten -c 'put "a" is "b"'
! hexspan: put: usage: put VALUE [was VALUE]
!   put "a" is "b"
!           ^
= 2
$ hexspan ten -c 'put "a" was zero'
! hexspan: put: how many bytes? (fill and insert know, as {00} does)
!   put "a" was zero
!               ^
= 2
$ hexspan ten -c '2,4 put "a"'
! hexspan: put: put takes one address, not a range
!   2,4 put "a"
!   ^
= 2
$ hexspan ten -c 'insert "a" 0'
! hexspan: insert: a number from 1 is needed
!   insert "a" 0
!              ^
= 2
$ hexspan ten -c 'insert "abc" 0x7fffffffffffffff'
! hexspan: insert: 9223372036854775807 times 3 bytes are too many
= 2
$ hexspan ten -c 'delete 4'
! hexspan: delete: delete takes no arguments
!   delete 4
!          ^
= 2
$ hexspan ten -c '$ delete'
! hexspan: delete: there is no byte at the end of the space (size 0xa)
= 2
$ hexspan ten -c '5,5 delete'
! hexspan: delete: the range is empty: nothing to do
$ hexspan empty -c 'delete'
! hexspan: delete: there is no byte at the end of the space (size 0x0)
= 2

insert, delete and fill.
$ hexspan ten letters -c '3,6 delete; %print; segments; quit drop'
| 0000000000  30 31 32 36 37 38 39 61  62 63 64 65 66 67 68 69  |0126789abcdefghi|
| 0000000010  6a 6b 6c 6d 6e 6f 70                              |jklmnop         |
|    1  0x0   7  file    write      1  ten
|    2  0x7  16  file    write      0  letters
$ hexspan ten letters -c '#1:$ insert "end"; 0 insert zero 2; %print; quit drop'
| 0000000000  00 00 30 31 32 33 34 35  36 37 38 39 65 6e 64 61  |..0123456789enda|
| 0000000010  62 63 64 65 66 67 68 69  6a 6b 6c 6d 6e 6f 70     |bcdefghijklmnop |
$ hexspan ten letters -c '#2:0 insert {ab cd} 3; %print; quit drop'
| 0000000000  30 31 32 33 34 35 36 37  38 39 ab cd ab cd ab cd  |0123456789......|
| 0000000010  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  |abcdefghijklmnop|
$ hexspan empty -c 'insert "first"; %print; quit drop'
| 0000000000  66 69 72 73 74                                    |first           |
$ hexspan ten letters -c '8,13 fill {11 22}; %print; quit drop'
| 0000000000  30 31 32 33 34 35 36 37  11 22 11 22 11 64 65 66  |01234567.".".def|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
$ hexspan ten -c '%delete; segments; undo; segments; quit'
|    1  0x0  0  file    write      1  ten
| 1
|    1  0x0  10  file    write      0  ten
$ hexspan ten -c '2,8 fill random' -c '0,2 print raw; 8,10 print raw' -c 'quit drop'
| 0189
\

The cursor stays at its byte.
$ hexspan ten -c '5; 0 insert "abc"; eval .; 0,4 delete; eval .; undo 2; eval .; quit'
| 8 0x8 #1:0x8
| 4 0x4 #1:0x4
| 2
| 5 0x5 #1:0x5

undo and redo say how many steps they went.
$ hexspan ten -c 'put "a"; 1 put "b"; 2 put "c"; undo; undo 5; redo 2; %print; quit drop'
| 1
| 2
| 2
| 0000000000  61 62 32 33 34 35 36 37  38 39                    |ab23456789      |
$ hexspan --json ten -c 'put "a"; undo; redo; redo'
| {"done":1}
| {"done":1}
! {"error":"nothing to redo","code":1,"command":"redo"}
! {"message":"1 edit in 1 file not written, dropped"}
= 3
$ hexspan ten -c undo
! hexspan: undo: nothing to undo
= 1
$ hexspan ten -c redo
! hexspan: redo: nothing to redo
= 1
$ hexspan ten -c 'put "a"; undo; put "b"; redo'
| 1
! hexspan: redo: nothing to redo
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c 'undo 0'
! hexspan: undo: a number from 1 is needed
!   undo 0
!        ^
= 2

What a batch leaves unwritten is dropped; quit refuses.
$ hexspan ten letters -c '8 put "XYZ"' -c '0 put "a"'
! hexspan: 2 edits in 2 files not written, dropped
= 3
$ hexspan --json ten -c 'put "a"'
! {"message":"1 edit in 1 file not written, dropped"}
= 3
$ hexspan ten -c 'put "a"; undo'
| 1
$ hexspan ten -c 'put "a"; quit'
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c 'put "a"; quit!'
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c 'put "a"; quit drop'
$ hexspan ten -c 'put "a"; goto 99'
! hexspan: goto: 0x63 is past the end (size 0xa)
!   put "a"; goto 99
!                 ^
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten letters -c '0 put "a"; close #2; close #1'
! hexspan: close: ten has edits that are not written
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c 'put "a"; reload'
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ cat ten
| 0123456789
\

resize and truncate change where a segment ends, and nothing else.
$ hexspan ten letters -c 'resize #1 12; %print; undo; resize #1 3; %print; undo; segments; quit drop'
| 0000000000  30 31 32 33 34 35 36 37  38 39 00 00 61 62 63 64  |0123456789..abcd|
| 0000000010  65 66 67 68 69 6a 6b 6c  6d 6e 6f 70              |efghijklmnop    |
| 1
| 0000000000  30 31 32 61 62 63 64 65  66 67 68 69 6a 6b 6c 6d  |012abcdefghijklm|
| 0000000010  6e 6f 70                                          |nop             |
| 1
|    1  0x0  10  file    write      0  ten
|    2  0xa  16  file    write      0  letters
$ hexspan ten -c 'resize #1 10; resize #1 0; eval $; resize #1 2; %print; undo 3; eval $; quit drop'
| 0 0x0 #1:$
| 0000000000  00 00                                             |..              |
| 2
| 10 0xa #1:$
! hexspan: #1 has that size
$ hexspan ten letters -c '#1:4 truncate; truncate #2:1; %print text; undo 2; #1:$ truncate; %print text; quit drop'
| 0123a
| 2
| 0123456789abcdefghijklmnop
! hexspan: there is nothing to cut off
$ hexspan ten letters -c 'goto 3; truncate; eval $; goto #2:0; truncate; eval $; truncate; quit drop'
| 19 0x13 #2:$
| 3 0x3 #1:$
! hexspan: there is nothing to cut off
$ hexspan memory:4 -c 'resize #1 1M; eval $; resize #1 0x2; eval $; quit drop'
| 1048576 0x100000 #1:$
| 2 0x2 #1:$
$ hexspan ten -c 'resize #2 5'
! hexspan: resize: there is no segment #2
!   resize #2 5
!          ^
= 2
$ hexspan ten -c 'resize #1'
! hexspan: resize: number expected
!   resize #1
!            ^
= 2
$ hexspan ten -c 'resize 5'
! hexspan: resize: a segment is named #N here
!   resize 5
!          ^
= 2
$ hexspan ten gap:4 letters -c 'truncate 0xb'
! hexspan: truncate: no file is mapped at 0xb
= 3
$ hexspan ten --skip=2 --size=4 ten -c 'resize #1 20'
! hexspan: resize: #1 ten: the length cannot change: #2 shows the same file
= 3
$ hexspan ten --skip=2 ten -c 'truncate 3'
! hexspan: truncate: #1 ten: the length cannot change: #2 shows the same file
= 3
$ hexspan ten --at=4 --over letters -c 'resize #1 2'
! hexspan: resize: #1: another segment covers bytes of it
= 3
$ hexspan -R ten -c 'resize #1 20'
! hexspan: resize: ten: opened for reading only
= 3
$ cp ten t; hexspan t -c 'resize #1 16; flush; resize #1 1; flush'; cat t; rm t
| flushed 1 files, 1 ranges, 6 bytes
| flushed 1 files, 1 ranges, 0 bytes
| 0
\
