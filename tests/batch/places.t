goto, back, forward, marks, bookmarks, selections, next and prev.

$ hexspan ext2.000 ext2.001 -c 'goto 5; goto #2:7; back; eval .; forward; eval .; goto 1; back 9; eval .'
| 5 0x5 #1:0x5
| 2097159 0x200007 #2:0x7
| 0 0x0 #1:0x0
$ hexspan ext2.000 ext2.001 -c "goto 5; goto 9; goto ''; eval ."
| 5 0x5 #1:0x5
$ hexspan ten -c 'back'
! hexspan: back: no place to go back to
= 1
$ hexspan ten -c 'forward 2'
! hexspan: forward: no place to go forward to
= 1
$ hexspan ten -c 'goto 3; mark a; goto 7; eval '\''a'
| 3 0x3 #1:0x3
$ hexspan ten -c 'mark 1'
! hexspan: mark: a mark is one letter, a-z A-Z
!   mark 1
!        ^
= 2
$ hexspan ten -c "goto 'q"
! hexspan: goto: mark 'q' is not set
!   goto 'q
!        ^
= 2
$ hexspan ext2.000 ext2.001 -c '1080 bookmark magic "of ext2"; #2:0,+4 bookmark two; bookmarks; eval @magic; goto @two; eval .'
| magic 0x438,0x439 of ext2
| two 0x200000,0x200004
| 1080 0x438 #1:0x438
| 2097152 0x200000 #2:0x0
$ hexspan --json ext2.000 ext2.001 -c '1080 bookmark magic "of ext2"; #2:0,+4 bookmark two; close #2; bookmarks'
| {"name":"magic","addr":1080,"at":"0x438","len":1,"comment":"of ext2"}
| {"name":"two","addr":null,"at":null,"len":4,"comment":""}
$ hexspan ten -c '3 bookmark; bookmarks; bookmark delete b1; bookmarks'
| b1 0x3,0x4
! hexspan: bookmark b1 set
$ hexspan ten -c 'bookmark goto x'
! hexspan: bookmark: there is no bookmark 'x'
= 1
$ hexspan ten -c 'bookmark a/b'
! hexspan: bookmark: a bookmark's name is 1 to 63 letters, digits, - _ .
!   bookmark a/b
!            ^
= 2
$ hexspan ten gap:8 letters -c '12 bookmark x'
! hexspan: bookmark: there is no file at 0xc to set a bookmark in
= 3
$ hexspan ten -c "3 bookmark x \"$odd\"; bookmarks"
| x 0x3,0x4 e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
$ hexspan --json ten -c "3 bookmark x \"$odd\"; bookmarks"
| {"name":"x","addr":3,"at":"0x3","len":1,"comment":"e\\x1b[31m\\x0a\\xe2\\x80\\xae\\xff%s%n","comment_hex":"651b5b33316d0ae280aeff2573256e"}
$ hexspan ten letters -c 'select #2; print; select swap; eval .; select none; select last; print'
| 0000000000                                 61 62 63 64 65 66  |          abcdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
| 10 0xa #2:0x0
| 0000000000                                 61 62 63 64 65 66  |          abcdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
$ hexspan ten -c 'select last'
! hexspan: select: nothing was selected before
= 1
$ hexspan ten -c 'select 3,20'
! hexspan: select: 0x14 is past the end (size 0xa)
!   select 3,20
!            ^
= 2
$ hexspan ext2.000 ext2.001 -c 'next segment; eval .; prev segment; eval .; next sector 3; eval .; next block; eval .'
| 2097152 0x200000 #2:0x0
| 0 0x0 #1:0x0
| 1536 0x600 #1:0x600
| 4096 0x1000 #1:0x1000
$ hexspan ext2.000 ext2.001 -c 'next run; eval .; 1080; next run; eval .; 527382; next run'
| 1025 0x401 #1:0x401
| 1081 0x439 #1:0x439
! hexspan: next: all bytes from here to the end are equal
= 1
$ hexspan ext2.000 ext2.001 -c '-1; prev run; eval .'
| 527382 0x80c16 #1:0x80c16
$ hexspan ext2.000 ext2.001 -c 'next string; eval .; next string 2; eval .; prev string; eval .; -1; prev string; eval .'
| 1144 0x478 #1:0x478
| 21988 0x55e4 #1:0x55e4
| 1160 0x488 #1:0x488
| 527360 0x80c00 #1:0x80c00
$ hexspan ten -c '-1; next string'
! hexspan: next: no text behind here
= 1
$ hexspan ten -c '0; prev string'
! hexspan: prev: no byte before here
= 1
$ hexspan ext2.000 -c '0x418; follow; eval .; back; eval .; follow u16be; eval .'
| 0 0x0 #1:0x0
| 1048 0x418 #1:0x418
| 0 0x0 #1:0x0
$ hexspan ext2.000 -c '0x438; follow u64le'
! hexspan: follow: 0x10001ef53, which is here, is past the end (size 0x200000)
= 2
$ hexspan ext2.000 -c 'follow f32le'
! hexspan: follow: TYPE is u8, u16le, u16be, u32le .. u64be
!   follow f32le
!          ^
= 2
$ hexspan ext2.000 -c '0x400,+2 find-selection; eval .'
| 0x400 2 #1:0x400
| 0x428 2 #1:0x428
| 1064 0x428 #1:0x428
$ hexspan ext2.000 -c '0,0x200 find-selection'
! hexspan: find-selection: 512 bytes are selected: at most 256 are sought
= 3
$ hexspan ten -c 'next segment'
! hexspan: next: no segment starts behind here
= 1
$ hexspan ten -c 'next thing'
! hexspan: next: next what? (segment|sector|block|run|string|match|bookmark|edit|range [%NAME] [N])
!   next thing
!        ^
= 2
$ hexspan --json ten -c 'prev sector'
! {"error":"no sector starts before here","code":1,"command":"prev"}
= 1
