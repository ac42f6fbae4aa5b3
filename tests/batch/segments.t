The segments: number, address, size, kind, access, edits, name.

$ hexspan ext2.000 ext2.001 -c segments
|    1  0x0       2097152  file    write      0  ext2.000
|    2  0x200000  2097152  file    write      0  ext2.001
$ hexspan ten gap:6 --ro letters --copy --name=mine ten memory:1M - -c segments
|    1  0x0            10  file    write      0  ten
|    -  0xa             6  gap     -          -  gap:6
|    2  0x10           16  file    read       0  letters
|    3  0x20           10  file    copy       0  mine
|    4  0x2a      1048576  memory  copy       0  memory:1M
|    5  0x10002a        0  file    copy       0  -
$ hexspan --at=0x100 ten --at=+0x10 letters --at=-4 --over ten -c segments
|    1  0x100  10  file    write      0  ten
|    2  0x11a  16  file    write      0  letters
|    3  0x126  10  file    write      0  ten
$ hexspan empty -c segments
|    1  0x0  0  file    write      0  empty
$ hexspan -c segments
$ hexspan "$odd" -c segments
|    1  0x0  3  file    write      0  e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
$ hexspan --json ext2.000 ext2.001 -c segments
| {"segment":1,"addr":0,"at":"0x0","size":2097152,"file_off":0,"kind":"file","access":"write","edits":0,"note":"","name":"ext2.000","path":"ext2.000"}
| {"segment":2,"addr":2097152,"at":"0x200000","size":2097152,"file_off":0,"kind":"file","access":"write","edits":0,"note":"","name":"ext2.001","path":"ext2.001"}
$ hexspan --json ten gap:6 --ro letters --copy --name=mine ten memory:1M - -c segments
| {"segment":1,"addr":0,"at":"0x0","size":10,"file_off":0,"kind":"file","access":"write","edits":0,"note":"","name":"ten","path":"ten"}
| {"segment":0,"addr":10,"at":"0xa","size":6,"file_off":null,"kind":"gap","access":"-","edits":0,"note":"","name":"gap:6","path":"gap:6"}
| {"segment":2,"addr":16,"at":"0x10","size":16,"file_off":0,"kind":"file","access":"read","edits":0,"note":"","name":"letters","path":"letters"}
| {"segment":3,"addr":32,"at":"0x20","size":10,"file_off":0,"kind":"file","access":"copy","edits":0,"note":"","name":"mine","path":"ten"}
| {"segment":4,"addr":42,"at":"0x2a","size":1048576,"file_off":0,"kind":"memory","access":"copy","edits":0,"note":"","name":"memory:1M","path":"memory:1M"}
| {"segment":5,"addr":1048618,"at":"0x10002a","size":0,"file_off":0,"kind":"file","access":"copy","edits":0,"note":"","name":"-","path":"-"}
$ hexspan --json "$odd" -c segments
| {"segment":1,"addr":0,"at":"0x0","size":3,"file_off":0,"kind":"file","access":"write","edits":0,"note":"","name":"e\\x1b[31m\\x0a\\xe2\\x80\\xae\\xff%s%n","name_hex":"651b5b33316d0ae280aeff2573256e","path":"e\\x1b[31m\\x0a\\xe2\\x80\\xae\\xff%s%n","path_hex":"651b5b33316d0ae280aeff2573256e"}
$ hexspan ten -c 'segments all'
! hexspan: segments: segments takes no arguments
!   segments all
!            ^
= 2
