export and import: bytes into files of some format, and back.

$ hexspan ten letters -c '8,+5 export a' && cat a
| saved 1 files, 5 bytes
| 89abc
\
$ hexspan ten letters -c 'export b hex' && cat b
| saved 1 files, 26 bytes
| 00000000: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef
| 00000010: 6768 696a 6b6c 6d6e 6f70                 ghijklmnop
$ hexspan ten letters -c '5,+15 export c hex' && cat c
| saved 1 files, 15 bytes
| 00000005: 3536 3738 3961 6263 6465 66              56789abcdef
| 00000010: 6768 696a                                ghij
$ hexspan letters -c 'export d c; export e python; export f base64' && cat d e f
| saved 1 files, 16 bytes
| saved 1 files, 16 bytes
| saved 1 files, 16 bytes
| static const unsigned char data[] = {
| 	0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c,
| 	0x6d, 0x6e, 0x6f, 0x70,
| };
| data = (
|     b"\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c"
|     b"\x6d\x6e\x6f\x70"
| )
| YWJjZGVmZ2hpamtsbW5vcA==
$ hexspan letters -c 'export g ihex; export h srec' && cat g h
| saved 1 files, 16 bytes
| saved 1 files, 16 bytes
| :100000006162636465666768696A6B6C6D6E6F7068
| :00000001FF
| S315000000006162636465666768696A6B6C6D6E6F7062
| S70500000000FA
$ hexspan text -c 'export i text; export j digits' && cat i j
| saved 1 files, 19 bytes
| saved 1 files, 19 bytes
| café
| 	tab\x1b[m\x5cx41\xff
| 
| 63 61 66 c3 a9 0a 09 74 61 62 1b 5b 6d 5c 78 34 31 ff 0a
$ hexspan letters -c 'select 2,5; export k' && cat k
| saved 1 files, 3 bytes
| cde
\
$ hexspan letters -c 'export k'
! hexspan: export: k is there already (export! writes over it)
= 3
$ hexspan letters -c 'export l row'
! hexspan: export: unknown format 'row' (raw hex c python base64 ihex srec text dec digits)
!   export l row
!            ^
= 2
$ hexspan ten gap:4 letters -c 'export m hex --unreadable=skip' && cat m m.map
| saved 1 files, 30 bytes
| 00000000: 3031 3233 3435 3637 3839                 0123456789
| 0000000e: 6162                                     ab
| 00000010: 6364 6566 6768 696a 6b6c 6d6e 6f70       cdefghijklmnop
| # Mapfile. Created by hexspan 0.1.0
| # current_pos  current_status  current_pass
| 0x00000000     +               1
| #      pos        size  status
| 0x00000000  0x0000000A  +
| 0x0000000A  0x00000004  ?
| 0x0000000E  0x00000010  +
! hexspan: export: 4 bytes without values left out, listed in m.map
$ hexspan ten gap:4 letters -c 'export n c'
! hexspan: export: the byte at 0xa has no value (gap); --unreadable=skip or fill:VALUE goes on
= 3
$ hexspan memory:8 -c '0 put "abc"; export o --unreadable=skip; quit drop' && cat o | tr '\0' .
| saved 1 files, 8 bytes
| abc.....
\

What has addresses goes there, or to the address in front.

$ hexspan memory:40 -c 'import c hex; print; undo; 16 import c hex; print; quit drop'
| 0000000000  00 00 00 00 00 35 36 37  38 39 61 62 63 64 65 66  |.....56789abcdef|
| 0000000010  67 68 69 6a 00 00 00 00  00 00 00 00 00 00 00 00  |ghij............|
| 0000000020  00 00 00 00 00 00 00 00                           |........        |
| 1
| 0000000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
| 0000000010  35 36 37 38 39 61 62 63  64 65 66 67 68 69 6a 00  |56789abcdefghij.|
| 0000000020  00 00 00 00 00 00 00 00                           |........        |
$ hexspan memory:20 -c '2 import g ihex; print; undo; import h srec; print; quit drop'
| 0000000000  00 00 61 62 63 64 65 66  67 68 69 6a 6b 6c 6d 6e  |..abcdefghijklmn|
| 0000000010  6f 70 00 00                                       |op..            |
| 1
| 0000000000  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  |abcdefghijklmnop|
| 0000000010  00 00 00 00                                       |....            |
$ hexspan memory:20 -c 'import d c; print; import e python; import f base64; edits; quit drop'
| 0000000000  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  |abcdefghijklmnop|
| 0000000010  00 00 00 00                                       |....            |
| 0x0 16 16 #1:0x0
$ hexspan ten -c '4 import a insert; print; undo; 4 import a; print; quit drop'
| 0000000000  30 31 32 33 38 39 61 62  63 34 35 36 37 38 39     |012389abc456789 |
| 1
| 0000000000  30 31 32 33 38 39 61 62  63 39                    |012389abc9      |
$ hexspan ten -c '#1:$ import ten insert; print; quit drop'
| 0000000000  30 31 32 33 34 35 36 37  38 39 30 31 32 33 34 35  |0123456789012345|
| 0000000010  36 37 38 39                                       |6789            |
$ od -Ax -tx1 -v -j4 ten >o; hexspan memory:16 -c 'import o hex; print; quit drop'
| 0000000000  00 00 00 00 34 35 36 37  38 39 00 00 00 00 00 00  |....456789......|
$ od -tx1 -j4 ten >o; hexspan memory:16 -c 'import o hex'
! hexspan: import: o: line 1: are the addresses hex ones? (od writes them so with -A x, and xxd always)
= 2
$ hexspan ten -c '8 import a'
! hexspan: import: 5 bytes at 0x8 would pass the end of the space (size 0xa)
= 2
$ hexspan ten -c 'import a ihex'
! hexspan: import: a: line 1: a record begins with ':'
= 2
$ printf ':0300000061626AD8\n' >bad; hexspan ten -c 'import bad ihex'
! hexspan: import: bad: line 1: the checksum is D8, not D0
= 2
$ printf ':0300F00061626AE0\n:00000001FF\n' >far; hexspan ten -c 'import far ihex'
! hexspan: import: 0xf0 is past the end (size 0xa)
= 2
$ hexspan ten -c 'import nothing'
! hexspan: import: nothing: No such file or directory
= 3
$ hexspan ten -c 'import dir'
! hexspan: import: dir is not a regular file
= 3
$ hexspan ten -c 'import a b'
! hexspan: import: unknown format 'b' (raw hex c python base64 ihex srec)
!   import a b
!            ^
= 2
$ hexspan ten -R -c 'import a'
! hexspan: import: ten: opened for reading only
= 3
