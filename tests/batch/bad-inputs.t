Inputs that cannot be opened: one line that names them, 3, nothing is opened.

$ hexspan nowhere -c print
! hexspan: nowhere: No such file or directory
= 3
$ hexspan ten nowhere -c print
! hexspan: nowhere: No such file or directory
= 3
$ hexspan ten/x -c print
! hexspan: ten/x: Not a directory
= 3
$ hexspan dir -c print
! hexspan: dir: is a directory
= 3
$ hexspan fifo -c print
! hexspan: fifo: is a FIFO (use -: zcat x | hexspan -)
= 3
$ hexspan /proc/self/status -c print
! hexspan: /proc/self/status: has bytes, but does not say how many (use -: cat x | hexspan -)
= 3
$ hexspan /proc/self/mem -c print
! hexspan: /proc/self/mem: Input/output error
= 3
$ hexspan /dev/null -c print
! hexspan: /dev/null: is a character device
= 3
$ hexspan /dev/zero -c print
! hexspan: /dev/zero: is a character device
= 3
$ hexspan ten dir/nothing/here -c print
! hexspan: dir/nothing/here: No such file or directory
= 3
$ ln -s loop loop; hexspan loop -c print
! hexspan: loop: Too many levels of symbolic links
= 3
$ hexspan "$(printf %0300d 0)" -c print
! hexspan: 0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000..: File name too long
= 3
$ hexspan --json nowhere -c print
! {"error":"nowhere: No such file or directory","code":3,"command":"","path":"nowhere","errno":2}
= 3
$ hexspan --json dir -c print
! {"error":"dir: is a directory","code":3,"command":"","path":"dir"}
= 3

An empty file is a segment of no bytes.

$ hexspan empty -c 'segments; % print; eval $; goto #1'
|    1  0x0  0  file    write      0  empty
| 0 0x0 #1:$
! hexspan: print: the range is empty: nothing to do
$ hexspan ten empty letters -c 'segments; next segment; eval .; next segment; eval .'
|    1  0x0  10  file    write      0  ten
|    2  0xa   0  file    write      0  empty
|    3  0xa  16  file    write      0  letters
| 10 0xa #2:$
| 10 0xa #3:0x0
$ hexspan --at=0x100 empty -c 'eval #1; print; next sector'
| 256 0x100 #1:$
! hexspan: next: no sector starts behind here
= 1
$ hexspan --at=0x100 empty -c 'goto #1'
! hexspan: goto: #1 is empty, at 0x100 behind the end (size 0x0)
= 2

Addresses that are taken, or that do not exist.

$ hexspan ten --at=5 letters -c print
! hexspan: #2 letters needs 0x5..0x14, but 0x5 is taken by #1 ten
= 3
$ hexspan ten --at=-5 letters -c print
! hexspan: #2 letters needs 0x5..0x14, but 0x5 is taken by #1 ten
= 3
$ hexspan ten --at=-11 letters -c print
! hexspan: #2 letters: at -0xb is before address 0 (the space ends at 0xa)
= 2
$ hexspan --at=0xfffffffffffffffa ten -c print
! hexspan: #1 ten: 0xa bytes at 0xfffffffffffffffa pass the last address
= 2
$ hexspan memory:7E memory:7E memory:7E -c print
! hexspan: #3 memory:7E: 0x7000000000000000 bytes at 0xe000000000000000 pass the last address
= 2
$ hexspan ten --at=0 --over=verify letters -c print
! hexspan: letters: over=verify: differs from what is beneath at 0x0
= 3
$ hexspan ten gap:4 --at=8 --over=verify letters -c print
! hexspan: letters: over=verify: differs from what is beneath at 0x8
= 3
$ hexspan --json ten --at=5 letters -c print
! {"error":"#2 letters needs 0x5..0x14, but 0x5 is taken by #1 ten","code":3,"command":"","addr":5,"at":"0x5"}
= 3
$ hexspan --rw ten --ro ten -c print
! hexspan: ten: opened twice with different access: write and read
= 2

Layouts: the line is named.

$ hexspan bad.hxl -c print
! hexspan: bad.hxl:3: at: number expected
= 2
$ hexspan nowhere.hxl -c print
! hexspan: nowhere.hxl: No such file or directory
= 3
$ hexspan --ro good.hxl -c print
! hexspan: good.hxl: a layout file takes no options
= 2
$ printf 'hexspan-layout 9\n' >new.hxl; hexspan new.hxl -c print
! hexspan: new.hxl:1: version 9 of layouts is not known (only 1)
= 2
$ printf 'ten\n' >none.hxl; hexspan none.hxl -c print
! hexspan: none.hxl:1: not a layout (the first line must be "hexspan-layout 1")
= 2
$ printf 'hexspan-layout 1\nten\nnowhere\n' >gone.hxl; hexspan gone.hxl -c print
! hexspan: nowhere: No such file or directory
= 3
$ printf 'hexspan-layout 1\ngood.hxl\n' >nested.hxl; hexspan nested.hxl -c print
! hexspan: nested.hxl:2: good.hxl: a layout within a layout
= 2
$ : >void.hxl; hexspan void.hxl -c print
! hexspan: void.hxl:1: not a layout (the first line must be "hexspan-layout 1")
= 2
$ hexspan --json bad.hxl -c print
! {"error":"bad.hxl:3: at: number expected","code":2,"command":"","path":"bad.hxl"}
= 2

An error in an expression never goes elsewhere.

$ hexspan ten -c 'set errors=go-on' -c 'goto 5' -c 'goto 3+' -c 'goto 3)' -c 'goto 3 4' -c 'goto 0x' -c 'goto 5K' -c 'goto #1:' -c 'eval .'
| 0 0x0 #1:0x0
! hexspan: goto: an address is expected here
!   goto 3+
!          ^
! hexspan: goto: unexpected text (usage: goto ADDRESS)
!   goto 3)
!         ^
! hexspan: goto: unexpected text (usage: goto ADDRESS)
!   goto 3 4
!          ^
! hexspan: goto: number expected
!   goto 0x
!          ^
! hexspan: goto: 0x1400 is past the end (size 0xa)
!   goto 5K
!        ^
= 2
$ hexspan ten -c 'set errors=go-on' -c 'goto 5' -c '3+' -c '1,9' -c '11' -c 'goto (1+2' -c 'goto 3*nope' -c 'eval .'
| 5 0x5 #1:0x5
! hexspan: an address is expected here
!   3+
!     ^
! hexspan: what to do with this range? (print, select, ..)
!   1,9
!      ^
! hexspan: 0xb is past the end (size 0xa)
!   11
!   ^
! hexspan: goto: ')' expected
!   goto (1+2
!            ^
! hexspan: goto: unknown name (a segment name ends with ':', a hex number starts with 0x)
!   goto 3*nope
!          ^
= 2
$ hexspan ten -c '3+ print'
! hexspan: unknown name (a segment name ends with ':', a hex number starts with 0x)
!   3+ print
!      ^
= 2
$ hexspan ten -c '3,xx print'
! hexspan: unknown command 'xx'
!   3,xx print
!     ^
= 2

Keymaps: every error, 1.

$ printf 'mode normal\nbind x quit\n' >good.keys; hexspan --check-keys good.keys
$ printf 'mode normal\nbind <Nope> quit\nbind x nothing\nbind\nfoo bar\n' >bad.keys; hexspan --check-keys bad.keys
| bad.keys:2: bad key at '<Nope>' (did you mean 'Home'?)
| bad.keys:3: unknown command 'nothing'
| bad.keys:4: bind what?
| bad.keys:5: unknown word 'foo'
= 1
$ hexspan --check-keys nowhere
! hexspan: nowhere: No such file or directory
= 3
$ hexspan --check-keys dir
! hexspan: dir: not a regular file
= 3
$ hexspan --check-keys bad.keys >/dev/full
! hexspan: standard output: No space left on device
= 3
$ hexspan --check-keys
! hexspan: --check-keys needs a value
= 2

Of a long line what is around the column is shown.

$ hexspan ten -c "$(printf 'goto 0; %.0s' $(seq 40))goto 99; $(printf 'goto 0; %.0s' $(seq 40))"
! hexspan: goto: 0x63 is past the end (size 0xa)
!   ..; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 99; goto 0; goto 0; goto 0; goto 0; goto ..
!                                                                                                                            ^
= 2
$ hexspan ten -c "goto 99; $(printf 'goto 0; %.0s' $(seq 40))"
! hexspan: goto: 0x63 is past the end (size 0xa)
!   goto 99; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0;..
!        ^
= 2
$ hexspan ten -c "$(printf 'goto 0; %.0s' $(seq 40))goto 99"
! hexspan: goto: 0x63 is past the end (size 0xa)
!   .. goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 0; goto 99
!                                                                                                                                                                   ^
= 2
$ hexspan ten -c "put \"$(printf '\200%.0s' $(seq 400))\" zz" 2>&1 | tail -2 | grep -o '" zz$'
| " zz
$ hexspan ten -c "find \"$(printf 'ö%.0s' $(seq 100))\" \"$(printf 'ö%.0s' $(seq 100))\" x"
! hexspan: find: unexpected text (usage: find [OPTION].. [PATTERN])
!   ..ööööööööööööööööööööööööööööööööööööööööööööööööööööööööööö" "öööööööööööööööööööö..
!                                                                  ^
= 2
