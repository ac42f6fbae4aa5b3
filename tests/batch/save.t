save-as: bytes as they are now, as a new file.

$ hexspan ten letters -c '4 put {ff}; save-as a; quit drop' && od -An -tx1 a
| saved 1 files, 26 bytes
|  30 31 32 33 ff 35 36 37 38 39 61 62 63 64 65 66
|  67 68 69 6a 6b 6c 6d 6e 6f 70
$ hexspan ten letters -c '#2 save-as b; save-as b'; cat b
| saved 1 files, 16 bytes
| abcdefghijklmnop
\
! hexspan: save-as: b is there already (save-as! writes over it)
$ hexspan ten letters -c '8,+4 save-as c; 0,+2 save-as! c' && cat c
| saved 1 files, 4 bytes
| saved 1 files, 2 bytes
| 01
\
$ hexspan ten letters --json -c 'save-as d split 10'
| {"files":3,"bytes":26,"skipped":0}
$ cat d.000 && echo && cat d.002 && ls d.*
| 0123456789
| klmnopd.000
| d.001
| d.002
$ hexspan ten -c 'save-as! ten'
! hexspan: save-as: ten is open: nothing is written over it
= 3
$ hexspan ten -c 'save-as! dir'
! hexspan: save-as: dir is not a regular file
= 3
$ echo old >kept; chmod 444 kept; hexspan ten -c 'save-as! kept'; cat kept
| old
! hexspan: save-as: kept is write-protected: it is not replaced
$ echo left >f.hxtmp; hexspan ten -c 'save-as f'
! hexspan: save-as: f.hxtmp is in the way: a save that was broken off may have left it (with ! it is removed)
= 3
$ hexspan ten f.hxtmp -c 'save-as! f'
! hexspan: save-as: f.hxtmp is open: nothing is written over it
= 3
$ hexspan ten -c 'save-as! f'; cat f; echo " f.*"; rm f
| saved 1 files, 10 bytes
| 0123456789 f.*
$ hexspan ten -c 'save-as none/out'
! hexspan: save-as: none/out: No such file or directory
= 3
$ hexspan ten -c 'save-as d split 5'
! hexspan: save-as: d.000 is there already
= 3
$ hexspan ten -c 'save-as! e split 5' && hexspan ten -c 'save-as e split 10'; ls e.*
| saved 2 files, 10 bytes
| e.000
| e.001
! hexspan: save-as: e.000 is there already
$ hexspan ten -c 'save-as out split'
! hexspan: save-as: number expected
!   save-as out split
!                    ^
= 2
$ hexspan ten -c 'save-as out split 0'
! hexspan: save-as: a number from 1 is needed
!   save-as out split 0
!                     ^
= 2
$ hexspan ten -c 'save-as'
! hexspan: save-as: usage: save-as FILE [split SIZE] [--unreadable=stop|skip|fill[:VALUE]]
!   save-as
!          ^
= 2
$ hexspan ten -c 'save-as out twice'
! hexspan: save-as: usage: save-as FILE [split SIZE] [--unreadable=stop|skip|fill[:VALUE]]
!   save-as out twice
!               ^
= 2
$ hexspan -c 'save-as f' && wc -c <f
| saved 1 files, 0 bytes
| 0

Bytes without values are never zeros by themselves.

$ hexspan ten gap:6 letters -c 'save-as out'
! hexspan: save-as: the byte at 0xa has no value (gap); --unreadable=skip or fill:VALUE goes on
= 3
$ hexspan ten gap:6 letters -c 'save-as g --unreadable=skip' && od -An -tx1 g && cat g.map
| saved 1 files, 32 bytes
|  30 31 32 33 34 35 36 37 38 39 00 00 00 00 00 00
|  61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e 6f 70
| # Mapfile. Created by hexspan 0.1.0
| # current_pos  current_status  current_pass
| 0x00000000     +               1
| #      pos        size  status
| 0x00000000  0x0000000A  +
| 0x0000000A  0x00000006  ?
| 0x00000010  0x00000010  +
! hexspan: save-as: 6 bytes without values left out, listed in g.map
$ hexspan ten gap:6 letters -c 'save-as h --unreadable=fill:{2d3d}' && cat h && ls h*
| saved 1 files, 32 bytes
| 0123456789-=-=-=abcdefghijklmnoph
| h.map
| holey
! hexspan: save-as: 6 bytes without values filled, listed in h.map
$ hexspan ten gap:6 letters -c 'save-as out --unreadable=zero'
! hexspan: save-as: --unreadable wants stop, skip or fill[:VALUE]
!   save-as out --unreadable=zero
!               ^
= 2
$ ls out*
! ls: cannot access 'out*': No such file or directory
= 2

What replaces a file that others may not read cannot be read by them either.
$ echo secret >s && chmod 600 s && hexspan letters -c 'save-as! s; export! s hex' && ls -l s | cut -c 1-10; rm s
| saved 1 files, 16 bytes
| saved 1 files, 16 bytes
| -rw-------
