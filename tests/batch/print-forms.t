The forms of print but hex.

$ hexspan ext2.000 -c '1144,+9 print raw'
| ext2_test
\
$ hexspan ext2.000 -c '1080,+2 print raw' | od -An -tx1
|  53 ef
$ hexspan ext2.000 -c '1144,+9 print text'
| ext2_test
$ hexspan ext2.000 -c '1144,+9 print row'
| 0000000470                           65 78 74 32 5f 74 65 73  |        ext2_tes|
| 0000000480  74                                                |t               |
$ hexspan ext2.000 -c '1144,+9 print dec'
| 0000001144  101 120 116  50  95 116 101 115
| 0000001152  116
$ hexspan ext2.000 -c '1144,+16 print c'
| static const unsigned char data[] = {
| 	0x65, 0x78, 0x74, 0x32, 0x5f, 0x74, 0x65, 0x73, 0x74, 0x00, 0x00, 0x00,
| 	0x00, 0x00, 0x00, 0x00,
| };
$ hexspan ext2.000 -c '1144,+16 print python'
| data = (
|     b"\x65\x78\x74\x32\x5f\x74\x65\x73\x74\x00\x00\x00"
|     b"\x00\x00\x00\x00"
| )
$ hexspan ext2.000 -c '1144,+9 print base64'
| ZXh0Ml90ZXN0
$ hexspan ext2.000 -c '526336,+100 print base64'
| cGxhY2UsdXNlcixwYXNzd29yZApiYW5rLGpvZXNtaXRoLHN1cGVycmljaAphbGFybSBzeXN0ZW0s
| LSwxMjM0CnRyZWFzdXJlIGNoZXN0LC0sMTExMQp1YmVyIHNlY3JldCBsYQ==
$ hexspan ext2.000 -c '1144,+20 print ihex'
| :08047800657874325F7465734E
| :0C04800074000000000000002F6D6E747E
| :00000001FF
$ hexspan ext2.000 -c '1144,+20 print srec'
| S30D00000478657874325F74657348
| S3110000048074000000000000002F6D6E7478
| S70500000000FA
$ hexspan --at=0xfffffff8 letters -c '% print ihex'
! hexspan: print: ihex records end at 4 GiB: 0x100000007 is past that
= 2
$ hexspan --at=0xfffffff0 letters -c '% print ihex; % print srec'
! hexspan: print: the byte at 0x0 has no value (gap); --unreadable=skip or fill:VALUE goes on
= 3
$ hexspan text -c '% print text'
| café
| 	tab\x1b[m\x5cx41\xff
| 
$ hexspan text -c '% print text' | od -c
| 0000000   c   a   f 303 251  \n  \t   t   a   b   \   x   1   b   [   m
| 0000020   \   x   5   c   x   4   1   \   x   f   f  \n  \n
| 0000035
$ hexspan empty -c '% print c'
! hexspan: print: the range is empty: nothing to do

The same in JSON, but raw.

$ hexspan --json text -c '% print text; % print dec; % print row'
| {"addr":0,"at":"0x0","len":19,"text":"café\n\ttab\\x1b[m\\x5cx41\\xff\n\n"}
| {"addr":0,"at":"0x0","len":19,"text":"0000000000   99  97 102 195 169  10   9 116  97  98  27  91 109  92 120  52\n0000000016   49 255  10\n"}
| {"addr":0,"at":"0x0","len":19,"text":"0000000000  63 61 66 c3 a9 0a 09 74  61 62 1b 5b 6d 5c 78 34  |caf....tab.[m\\x4|\n0000000010  31 ff 0a                                          |1..             |\n"}
$ hexspan --json ten -c '% print c; % print python; % print base64; % print ihex; % print srec'
| {"addr":0,"at":"0x0","len":10,"text":"static const unsigned char data[] = {\n\t0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39,\n};\n"}
| {"addr":0,"at":"0x0","len":10,"text":"data = (\n    b\"\\x30\\x31\\x32\\x33\\x34\\x35\\x36\\x37\\x38\\x39\"\n)\n"}
| {"addr":0,"at":"0x0","len":10,"text":"MDEyMzQ1Njc4OQ==\n"}
| {"addr":0,"at":"0x0","len":10,"text":":0A00000030313233343536373839E9\n:00000001FF\n"}
| {"addr":0,"at":"0x0","len":10,"text":"S30F0000000030313233343536373839E3\nS70500000000FA\n"}
$ hexspan --json ten -c '% print raw'
! {"error":"raw has no JSON form: leave out --json","code":2,"command":"print"}
= 2
$ hexspan --json memory:70000 -c '% print base64' | cut -c 1-60
| {"addr":0,"at":"0x0","len":65536,"text":"AAAAAAAAAAAAAAAAAAA
| {"addr":65536,"at":"0x10000","len":4464,"text":"AAAAAAAAAAAA

Bytes without values are never zeros: they stop, are left out or filled.

$ hexspan ten gap:8 letters -c '% print raw'
| 0123456789
\
! hexspan: print: the byte at 0xa has no value (gap); --unreadable=skip or fill:VALUE goes on
= 3
$ hexspan ten gap:8 letters -c '% print raw --unreadable=skip'
| 0123456789abcdefghijklmnop
\
! hexspan: print: 8 bytes without values skipped
$ hexspan ten gap:8 letters -c '% print raw --unreadable=fill:0x2e'
| 0123456789........abcdefghijklmnop
\
! hexspan: print: 8 bytes without values filled
$ hexspan ten gap:8 letters -c '% print raw --unreadable=fill:{2d3e}'
| 0123456789->->->->abcdefghijklmnop
\
! hexspan: print: 8 bytes without values filled
$ hexspan ten gap:20 letters -c '% print raw --unreadable=fill'
| 0123456789 BYTES UNREADABLE BYabcdefghijklmnop
\
! hexspan: print: 20 bytes without values filled
$ hexspan ten gap:8 letters -c '% print dec --unreadable=skip'
| 0000000000   48  49  50  51  52  53  54  55  56  57
| 0000000018   97  98  99 100 101 102 103 104 105 106 107 108 109 110
| 0000000032  111 112
! hexspan: print: 8 bytes without values skipped
$ hexspan ten gap:8 letters -c '% print ihex --unreadable=skip'
| :0A00000030313233343536373839E9
| :0E0012006162636465666768696A6B6C6D6E37
| :020020006F70FF
| :00000001FF
! hexspan: print: 8 bytes without values skipped
$ hexspan --json ten gap:8 letters -c '% print text --unreadable=skip'
| {"addr":0,"at":"0x0","len":34,"text":"0123456789abcdefghijklmnop\n","skipped":8}
! {"message":"print: 8 bytes without values skipped"}
$ hexspan --json ten gap:8 letters -c '% print text'
! {"error":"the byte at 0xa has no value (gap); --unreadable=skip or fill:VALUE goes on","code":3,"command":"print","addr":10,"at":"0xa"}
= 3
$ hexspan ten gap:8 letters -c '% print hex --unreadable=skip'
| 0000000000  30 31 32 33 34 35 36 37  38 39 -- -- -- -- -- --  |0123456789      |
| 0000000010  -- -- 61 62 63 64 65 66  67 68 69 6a 6b 6c 6d 6e  |  abcdefghijklmn|
| 0000000020  6f 70                                             |op              |
$ hexspan ten gap:8 -c '12 print base64'
! hexspan: print: the byte at 0xc has no value (gap); --unreadable=skip or fill:VALUE goes on
= 3

Words that are wrong.

$ hexspan ten -c 'print raw --unreadable=zero'
! hexspan: print: --unreadable wants stop, skip or fill[:VALUE]
!   print raw --unreadable=zero
!             ^
= 2
$ hexspan ten -c 'print raw --unreadable=fill:256'
! hexspan: print: 256 does not fit in a byte
!   print raw --unreadable=fill:256
!             ^
= 2
$ hexspan ten -c 'print raw --unreadable=fill:{0'
! hexspan: print: a fill value is a number 0..255 or {hex digits}, 64 bytes at most
!   print raw --unreadable=fill:{0
!             ^
= 2
$ hexspan --json ten -c 'print raw --unreadable=fill:{0'
! {"error":"a fill value is a number 0..255 or {hex digits}, 64 bytes at most","code":2,"command":"print","column":11}
= 2
