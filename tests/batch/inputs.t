The command line: options and inputs in order.

$ hexspan --at=16 ten letters -c '% print'
| 0000000000  -- -- -- -- -- -- -- --  -- -- -- -- -- -- -- --  |                |
| 0000000010  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|
| 0000000020  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
$ hexspan ten --at=+6 letters --at=-4 --over --name=last ten -c 'segments'
|    1  0x0   10  file    write      0  ten
|    2  0x10  16  file    write      0  letters
|    3  0x1c  10  file    write      0  last
$ hexspan --skip=2 ten --skip=-4 letters --skip=-4 --size=2 letters --size=0 letters -c 'segments; % print raw'
|    1  0x0  8  file    write      0  ten
|    2  0x8  4  file    write      0  letters
|    3  0xc  2  file    write      0  letters
|    4  0xe  0  file    write      0  letters
| 23456789mnopmn
\
$ hexspan --ro ten --rw letters --copy ten -c segments
|    1  0x0   10  file    read       0  ten
|    2  0xa   16  file    write      0  letters
|    3  0x1a  10  file    copy       0  ten
$ hexspan -R ten --rw letters -c segments
|    1  0x0  10  file    read       0  ten
|    2  0xa  16  file    read       0  letters
$ hexspan --access=copy ten --ro letters -c segments
|    1  0x0  10  file    copy       0  ten
|    2  0xa  16  file    read       0  letters
$ hexspan -g 5 ten -c 'eval .' -c 'print'
| 5 0x5 #1:0x5
| 0000000000                 35 36 37  38 39                    |     56789      |
$ hexspan --at=0x40 ten -c 'eval .'
| 64 0x40 #1:0x0
$ hexspan --over=verify ten --at=0 --over=verify ten -c segments
|    1  0x0  10  file    write      0  ten
|    2  0x0  10  file    write      0  ten
$ hexspan -c segments -- ten -c
! hexspan: -c: No such file or directory
= 3
$ printf 'from a pipe' | hexspan ten - -c '#2 print; segments'
| 0000000000                                 66 72 6f 6d 20 61  |          from a|
| 0000000010  20 70 69 70 65                                    | pipe           |
|    1  0x0  10  file    write      0  ten
|    2  0xa  11  file    copy       0  -
$ printf 'ten\nletters\n' >list; hexspan --files-from=list -c segments
|    1  0x0  10  file    write      0  ten
|    2  0xa  16  file    write      0  letters
$ printf 'ten\0letters\0' | hexspan --files-from=- --null -c segments
|    1  0x0  10  file    write      0  ten
|    2  0xa  16  file    write      0  letters
$ printf 'ten\n\nletters\nnowhere\n' | hexspan --files-from=- -c segments
! hexspan: nowhere: No such file or directory
= 3
$ hexspan memory:0x10 gap:16 ten -c '% print'
| 0000000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
| 0000000010  -- -- -- -- -- -- -- --  -- -- -- -- -- -- -- --  |                |
| 0000000020  30 31 32 33 34 35 36 37  38 39                    |0123456789      |
$ hexspan good.hxl -c 'segments; % print'
|    1  0x0   10  file    write      0  ten
|    -  0xa    6  gap     -          -  gap:6
|    2  0x10  16  file    read       0  letters
| 0000000000  30 31 32 33 34 35 36 37  38 39 -- -- -- -- -- --  |0123456789      |
| 0000000010  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  |abcdefghijklmnop|
$ hexspan --no-mmap --threads=1 ten -c print
| 0000000000  30 31 32 33 34 35 36 37  38 39                    |0123456789      |
$ cp ten ./gap:5; hexspan ./gap:5 -c 'segments'
|    1  0x0  10  file    write      0  gap:5
$ hexspan --version | head -n 1
| hexspan 0.1.0
$ hexspan --help | head -n 1
| usage: hexspan [OPTION].. [[INPUT-OPTION].. INPUT]..

What is wrong is said in one line: 2.

$ hexspan 2>&1 | head -n 1
| usage: hexspan [OPTION].. [[INPUT-OPTION].. INPUT]..
$ hexspan 2>/dev/null
= 2
$ hexspan --unknown ten -c print
! hexspan: unknown option --unknown (-h lists them)
= 2
$ hexspan -z ten -c print
! hexspan: unknown option -z (-h lists them)
= 2
$ hexspan ten -c
! hexspan: -c needs a value
= 2
$ hexspan ten -c print --at=5
! hexspan: --at has no input behind it to act on
= 2
$ hexspan ten --ro -c print
! hexspan: --ro has no input behind it to act on
= 2
$ hexspan --at=x ten -c print
! hexspan: --at: number expected
= 2
$ hexspan --at=5 --at=6 ten -c print
! hexspan: --at: said twice
= 2
$ hexspan --at=0xffffffffffffffff ten -c print
! hexspan: --at: 0xffffffffffffffff is past the last address
= 2
$ hexspan --at=18446744073709551616 ten -c print
! hexspan: --at: too big
= 2
$ hexspan --skip=11 ten -c print
! hexspan: #1 ten: skip 0xb is past its end (size 0xa)
= 2
$ hexspan --skip=-11 ten -c print
! hexspan: #1 ten: skip -0xb is past its end (size 0xa)
= 2
$ hexspan --size=11 ten -c print
! hexspan: #1 ten: size 0xb is more than the 0xa bytes that are there
= 2
$ hexspan --size=8E ten -c print
! hexspan: --size: 8E is more than a file can hold
= 2
$ hexspan --ro --rw ten -c print
! hexspan: --rw: the access has been given already
= 2
$ hexspan --ro=5 ten -c print
! hexspan: --ro=5: it takes no value
= 2
$ hexspan --over=maybe ten -c print
! hexspan: --over: only "verify" may follow
= 2
$ hexspan --name= ten -c print
! hexspan: --name: an empty name
= 2
$ hexspan --access=none ten -c print
! hexspan: --access wants read, write or copy, not 'none'
= 2
$ hexspan --threads=0 ten -c print
! hexspan: --threads wants 1 to 1024
= 2
$ hexspan -g 11 ten -c print
! hexspan: -g 11: 0xb is past the end (size 0xa)
= 2
$ hexspan -g 'x y' ten -c print
! hexspan: -g x y: unknown name (a segment name ends with ':', a hex number starts with 0x)
= 2
$ hexspan --skip=3 gap:5 -c print
! hexspan: --skip: not for a gap
= 2
$ hexspan gap:x -c print
! hexspan: gap:x: number expected
= 2
$ hexspan gap: -c print
! hexspan: gap:: number expected
= 2
$ hexspan memory:16E -c print
! hexspan: memory:16E: too big
= 2
$ hexspan memory:99999999999999999999 -c print
! hexspan: memory:99999999999999999999: too big
= 2
$ hexspan '' -c print
! hexspan: an empty name
= 2
$ hexspan - - -c print
! hexspan: standard input is used twice
= 2
$ hexspan nbd://host/disk -c print
! hexspan: nbd://host/disk: only files can be opened yet (a file of this name is ./nbd://host/disk)
= 3
$ hexspan process:1 -c print
! hexspan: process:1: only files can be opened yet (a file of this name is ./process:1)
= 3
$ echo file >process:1; hexspan ./process:1 -c '0,+4 print text'
| file
$ hexspan --files-from=fifo -c print
! hexspan: fifo: not a regular file (use - for a pipe)
= 2
$ hexspan --files-from=nowhere -c print
! hexspan: nowhere: No such file or directory
= 3
$ hexspan --json --unknown ten -c print
! {"error":"unknown option --unknown (-h lists them)","code":2,"command":""}
= 2
