Rows of 16 at multiples of 16.

$ hexspan ext2.000 ext2.001 -c '1080,+2 print'
| 0000000430                           53 ef                    |        S.      |
$ hexspan ext2.000 ext2.001 -c '1144,+9 p'
| 0000000470                           65 78 74 32 5f 74 65 73  |        ext2_tes|
| 0000000480  74                                                |t               |
$ hexspan ext2.000 ext2.001 -c '0x1ffff8,+16 print'
| 00001ffff0                           00 00 00 00 00 00 00 00  |        ........|
| 0000200000  00 00 00 00 00 00 00 00                           |........        |
$ hexspan ext2.000 ext2.001 -c '526336,+50 print'
| 0000080800  70 6c 61 63 65 2c 75 73  65 72 2c 70 61 73 73 77  |place,user,passw|
| 0000080810  6f 72 64 0a 62 61 6e 6b  2c 6a 6f 65 73 6d 69 74  |ord.bank,joesmit|
| 0000080820  68 2c 73 75 70 65 72 72  69 63 68 0a 61 6c 61 72  |h,superrich.alar|
| 0000080830  6d 20                                             |m               |
$ hexspan ten -c print
| 0000000000  30 31 32 33 34 35 36 37  38 39                    |0123456789      |
$ hexspan ten -c 'goto 3; print' -c '5 print' -c '#1 print' -c '% print hex' -c '2,4 print'
| 0000000000           33 34 35 36 37  38 39                    |   3456789      |
| 0000000000                 35 36 37  38 39                    |     56789      |
| 0000000000  30 31 32 33 34 35 36 37  38 39                    |0123456789      |
| 0000000000  30 31 32 33 34 35 36 37  38 39                    |0123456789      |
| 0000000000        32 33                                       |  23            |
$ hexspan ten -c 'select 1,3; print'
| 0000000000     31 32                                          | 12             |

Without a range 256 bytes from here.

$ hexspan ext2.000 -c '1024 print' | wc -l
| 16

No file is --, a gap is never zeros.

$ hexspan ten gap:8 letters -c '% print'
| 0000000000  30 31 32 33 34 35 36 37  38 39 -- -- -- -- -- --  |0123456789      |
| 0000000010  -- -- 61 62 63 64 65 66  67 68 69 6a 6b 6c 6d 6e  |  abcdefghijklmn|
| 0000000020  6f 70                                             |op              |
$ hexspan --at=24 ten -c '% print'
| 0000000000  -- -- -- -- -- -- -- --  -- -- -- -- -- -- -- --  |                |
| 0000000010  -- -- -- -- -- -- -- --  30 31 32 33 34 35 36 37  |        01234567|
| 0000000020  38 39                                             |89              |

JSON: two characters a byte.

$ hexspan --json ext2.000 ext2.001 -c '1080,+2 print'
| {"addr":1080,"at":"0x438","len":2,"hex":"53ef"}
$ hexspan --json ten gap:8 letters -c '% print'
| {"addr":0,"at":"0x0","len":34,"hex":"30313233343536373839----------------6162636465666768696a6b6c6d6e6f70"}
$ hexspan --json ten -c 'print; 3,5 print'
| {"addr":0,"at":"0x0","len":10,"hex":"30313233343536373839"}
| {"addr":3,"at":"0x3","len":2,"hex":"3334"}

An object has 65,536 bytes at most.

$ hexspan --json memory:70000 -c '% print; 9,70000 print' | cut -c 1-60
| {"addr":0,"at":"0x0","len":65536,"hex":"00000000000000000000
| {"addr":65536,"at":"0x10000","len":4464,"hex":"0000000000000
| {"addr":9,"at":"0x9","len":65527,"hex":"00000000000000000000
| {"addr":65536,"at":"0x10000","len":4464,"hex":"0000000000000

Nothing to print.

$ hexspan empty -c print
$ hexspan -c print
$ hexspan ten -c '3,3 print'
! hexspan: print: the range is empty: nothing to do
$ hexspan --json ten -c '3,3 print'
! {"message":"print: the range is empty: nothing to do"}
$ hexspan ten -c '$ print'
! hexspan: print: the range is empty: nothing to do

$ hexspan ten -c '8,12 print'
! hexspan: 0xc is past the end (size 0xa)
!   8,12 print
!     ^
= 2
$ hexspan ten -c '5,4 print'
! hexspan: the range ends (0x4) before it begins (0x5)
!   5,4 print
!     ^
= 2
$ hexspan ten -c 'print nothing'
! hexspan: print: unknown form 'nothing' (hex raw text dec c python base64 row ihex srec digits)
!   print nothing
!         ^
= 2
$ hexspan ten -c 'print hex c'
! hexspan: print: one form at a time
!   print hex c
!             ^
= 2

A file that became shorter while it was open: ??. (The script is read when the
file has been opened.)

$ (exec 3>fifo; truncate -s 4 ten; echo '% print; 5 info' >&3) & hexspan ten letters -f fifo
| 0000000000  30 31 32 33 ?? ?? ?? ??  ?? ?? 61 62 63 64 65 66  |0123??????abcdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
| 0x5 #1:0x5 ten sector 0+5 bad (past the end of the file)
$ printf 0123456789 >ten; (exec 3>fifo; truncate -s 4 ten; echo '% print; 5 info' >&3) & hexspan --json ten letters -f fifo
| {"addr":0,"at":"0x0","len":26,"hex":"30313233????????????6162636465666768696a6b6c6d6e6f70"}
| {"addr":5,"at":"0x5","segment":1,"off":5,"file_off":5,"state":"bad","why":"past the end of the file","edited":false,"errno":0,"sector":0}
