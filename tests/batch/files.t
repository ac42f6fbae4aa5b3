open, close, reload, save-layout.

$ hexspan ten -c 'open letters at 0x20 ro name x; segments; eval x:3'
|    1  0x0   10  file    write      0  ten
|    2  0x20  16  file    read       0  x
| 35 0x23 #2:0x3
$ hexspan ten -c 'goto 5; open letters at 0 over; print; eval .; close #2; print'
| 0000000000                 66 67 68  69 6a 6b 6c 6d 6e 6f 70  |     fghijklmnop|
| 5 0x5 #2:0x5
| 0000000000                 35 36 37  38 39                    |     56789      |
$ hexspan ten -c 'open same/ten; segments; close #1; segments; open letters; segments; close #1'
|    1  0x0  10  file    write      0  ten
|    2  0xa   5  file    write      0  ten
|    2  0x0  5  file    write      0  ten
|    2  0x0   5  file    write      0  ten
|    3  0x5  16  file    write      0  letters
! hexspan: close: there is no segment #1
= 2
$ hexspan ten -c 'open ten; open ten copy; open ./ten ro'
! hexspan: open: ten: opened twice with different access: write and read
= 2
$ hexspan ten -c 'open letters over verify; open ten over verify at 0; open letters at 0 over verify'
! hexspan: open: letters: over=verify: differs from what is beneath at 0x0
= 3
$ hexspan ten -c 'open good.hxl; segments'
|    1  0x0   10  file    write      0  ten
|    2  0xa   10  file    write      0  ten
|    -  0x14   6  gap     -          -  gap:6
|    3  0x1a  16  file    read       0  letters
$ hexspan ten -c 'open good.hxl ro'
! hexspan: open: good.hxl: a layout file takes no options
= 2
$ printf stdin | hexspan ten -c 'open -; % print; open -'
| 0000000000  30 31 32 33 34 35 36 37  38 39 73 74 64 69 6e     |0123456789stdin |
! hexspan: open: standard input is in use already
= 2
$ hexspan ten letters -c 'close'
! hexspan: close: a segment is named #N here
!   close
!        ^
= 2
$ hexspan ten letters -c 'close 1'
! hexspan: close: a segment is named #N here
!   close 1
!         ^
= 2
$ hexspan ten letters -c 'close #3'
! hexspan: close: there is no segment #3
= 2
$ hexspan ten letters -c 'close #0'
! hexspan: close: there is no segment #0
!   close #0
!         ^
= 2
$ hexspan ten letters -c 'close #1 #2'
! hexspan: close: unexpected text (usage: close #N)
!   close #1 #2
!            ^
= 2
$ hexspan ten -c 'open'
! hexspan: open: usage: open INPUT [at ADDRESS] [skip N] [size N] [ro|rw|copy] [over [verify]] [name NAME]
!   open
!       ^
= 2
$ hexspan ten -c 'open nowhere'
! hexspan: open: nowhere: No such file or directory
= 3
$ hexspan ten -c 'open letters att 5'
! hexspan: open: unknown word "att"
!   open letters att 5
!                ^
= 2
$ hexspan ten -c 'open letters at'
! hexspan: open: at: the value is missing
!   open letters at
!                ^
= 2
$ hexspan ten -c 'open letters at 5'
! hexspan: open: #2 letters needs 0x5..0x14, but 0x5 is taken by #1 ten
= 3
$ hexspan ten -c 'open letters skip 17'
! hexspan: open: #2 letters: skip 0x11 is past its end (size 0x10)
= 2
$ hexspan ten -c 'open "ten\0x"'
! hexspan: open: a NUL byte
!   open "ten\0x"
!        ^
= 2
$ hexspan --json ten -c 'open nowhere'
! {"error":"nowhere: No such file or directory","code":3,"command":"open","path":"nowhere","errno":2}
= 3

A file that others change.

$ (exec 3>fifo; printf abc >>ten; echo 'segments; reload #1; segments; #1 print raw' >&3) & hexspan ten letters -f fifo
|    1  0x0  10  file    write      0  ten
|    2  0xa  16  file    write      0  letters
|    1  0x0  13  file    write      0  ten
|    2  0xd  16  file    write      0  letters
| 0123456789abc
\
$ (exec 3>fifo; rm ten; echo 'reload' >&3) & hexspan ten letters -f fifo
! hexspan: fifo:1: reload: ten: No such file or directory
= 3
$ printf 0123456789 >ten; (exec 3>fifo; printf abc >>ten; echo 'reload' >&3) & hexspan ten --at=10 letters -f fifo
! hexspan: fifo:1: reload: #2 letters needs 0xa..0x19, but 0xa is taken by #1 ten
= 3
$ hexspan letters -c 'reload #2'
! hexspan: reload: there is no segment #2
= 2

Layouts.

$ hexspan ten gap:6 --ro letters --at=0x40 --skip=2 --size=3 ten -c 'save-layout made.hxl'; cat made.hxl
| hexspan-layout 1
| ten
| gap:6
| letters ro
| ten at 0x40 skip 0x2 size 0x3
$ hexspan made.hxl -c 'segments'
|    1  0x0   13  file    write      0  ten
|    -  0xd    6  gap     -          -  gap:6
|    2  0x13  16  file    read       0  letters
|    3  0x40   3  file    write      0  ten
$ hexspan ten -c 'save-layout made.hxl'
! hexspan: save-layout: made.hxl is there already (save-layout! writes over it)
= 3
$ hexspan ten -c 'save-layout! made.hxl' && hexspan made.hxl -c 'segments'
|    1  0x0  13  file    write      0  ten
$ hexspan ten -c 'save-layout made'
! hexspan: save-layout: a layout file's name ends in .hxl
!   save-layout made
!               ^
= 2
$ hexspan ten -c 'save-layout nowhere/made.hxl'
! hexspan: save-layout: nowhere/made.hxl: No such file or directory
= 3
$ hexspan --json ten -c 'save-layout made.hxl'
! {"error":"made.hxl is there already (save-layout! writes over it)","code":3,"command":"save-layout","path":"made.hxl"}
= 3
What is open is never written over, by whatever name it is reached.
$ mkdir safe && cd safe && printf 0123456789 >disk && ln -s disk link.hxl && ln disk hard.hxl && mkdir dir.hxl && ln -s /dev/null null.hxl
$ cd safe && for to in link.hxl hard.hxl dir.hxl null.hxl; do hexspan disk -c "save-layout! $to"; done
! hexspan: save-layout: link.hxl is open: nothing is written over it
! hexspan: save-layout: hard.hxl is open: nothing is written over it
! hexspan: save-layout: dir.hxl is not a regular file
! hexspan: save-layout: null.hxl is not a regular file
= 3
$ cd safe && for to in disk link.hxl ../safe/disk dir.hxl /dev/null; do hexspan disk -c '1,4 ranges add %r' -c "ranges! save $to"; done; cat disk
| 0123456789
\
! hexspan: ranges: disk is open: nothing is written over it
! hexspan: ranges: link.hxl is open: nothing is written over it
! hexspan: ranges: ../safe/disk is open: nothing is written over it
! hexspan: ranges: dir.hxl is not a regular file
! hexspan: ranges: /dev/null is not a regular file
$ ls | grep -c hxtmp
| 0
= 1
