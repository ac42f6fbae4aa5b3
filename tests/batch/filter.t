filter: bytes through another program, which must give as many.

$ hexspan ten letters -c '4,20 filter tr 4-9a-j a-j4-9' -c '%print; quit drop'
| 0000000000  30 31 32 33 61 62 63 64  65 66 67 68 69 6a 34 35  |0123abcdefghij45|
| 0000000010  36 37 38 39 6b 6c 6d 6e  6f 70                    |6789klmnop      |
$ hexspan ten letters -c '%filter tr a-z A-Z | tr 0-4 "; "' -c '%print; undo; edits'
| 0000000000  3b 20 20 20 20 35 36 37  38 39 41 42 43 44 45 46  |;    56789ABCDEF|
| 0000000010  47 48 49 4a 4b 4c 4d 4e  4f 50                    |GHIJKLMNOP      |
| 1
$ hexspan ten -c '4 filter tr 4 x' -c '%print; quit drop'
| 0000000000  30 31 32 33 78 35 36 37  38 39                    |0123x56789      |
$ hexspan ten -c '0,4 filter printf abc'
! hexspan: filter: it gives 3 bytes for 4 (filter! changes the length)
= 2
$ hexspan ten -c '0,4 filter printf abcde'
! hexspan: filter: it gives more than 4 bytes (filter! changes the length)
= 2
$ hexspan ten -c '0,4 filter! printf abcdef' -c '%print' -c '0,6 filter! true' -c '%print; undo 2; edits'
| 0000000000  61 62 63 64 65 66 34 35  36 37 38 39              |abcdef456789    |
| 0000000000  34 35 36 37 38 39                                 |456789          |
| 2
$ hexspan ten -c 'set insert' -c '4,6 filter! cat; printf new' -c '%print; quit drop'
| 0000000000  30 31 32 33 34 35 6e 65  77 36 37 38 39           |012345new6789   |
$ hexspan ten -c '0,4 filter printf abcd; echo bad >&2; exit 3'
! hexspan: filter: it ended with status 3: bad
= 3
$ hexspan ten -c '0,4 filter printf abcd; echo "note" >&2' -c '%print; quit drop'
| 0000000000  61 62 63 64 34 35 36 37  38 39                    |abcd456789      |
! hexspan: filter: note
$ hexspan ten -c '0,4 filter kill -9 $$'
! hexspan: filter: it ended with signal 9
= 3
$ hexspan ten -c '0,4 filter yes'
! hexspan: filter: it gives more than 4 bytes (filter! changes the length)
= 2
$ hexspan ten -c '0,4 filter head -c 2 >/dev/null; printf wxyz' -c '%print; quit drop'
| 0000000000  77 78 79 7a 34 35 36 37  38 39                    |wxyz456789      |
$ hexspan ten gap:4 -c '0,12 filter cat'
! hexspan: filter: the byte at 0xa has no value (gap)
= 3
$ hexspan ten -R -c '0,4 filter tr 0 1'
! hexspan: filter: ten: opened for reading only
= 3
$ hexspan ten -c '0,4 filter'
! hexspan: filter: usage: filter COMMAND
!   0,4 filter
!             ^
= 2
