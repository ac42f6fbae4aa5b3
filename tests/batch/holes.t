Holes of a sparse file are zeros that take no room.

$ hexspan holey -c '4088,+16 print; 4088 info; 4096 info; 8192 info'
| 0000000ff0                           00 00 00 00 00 00 00 00  |        ........|
| 0000001000  44 41 54 41 00 00 00 00                           |DATA....        |
| 0xff8 #1:0xff8 holey sector 7+504 hole 00 0
| 0x1000 #1:0x1000 holey sector 8+0 data 44 68
| 0x2000 #1:0x2000 holey sector 16+0 hole 00 0
$ hexspan --json holey -c '1 info; 4096 info'
| {"addr":1,"at":"0x1","segment":1,"off":1,"file_off":1,"state":"hole","why":"","edited":false,"errno":0,"sector":0,"value":0}
| {"addr":4096,"at":"0x1000","segment":1,"off":4096,"file_off":4096,"state":"data","why":"","edited":false,"errno":0,"sector":8,"value":68}
$ hexspan holey -c 'next run; eval .; next run; eval .; goto 0x2000; next run'
| 4096 0x1000 #1:0x1000
| 4097 0x1001 #1:0x1001
! hexspan: next: all bytes from here to the end are equal
= 1
$ hexspan holey -c 'goto -1; prev run; eval .'
| 4100 0x1004 #1:0x1004

What is saved has the same holes, and zeros that are filled in become some.

$ hexspan holey -c 'save-as same-holes' && cmp same-holes holey && test $(stat -c %b same-holes) -le $(stat -c %b holey)
| saved 1 files, 12288 bytes
$ hexspan ext2.000 -c '0x1001,0x4001 fill zero; 0,0x5000 save-as zeros; quit drop' && test $(stat -c %b zeros) -lt 40
| saved 1 files, 20480 bytes
