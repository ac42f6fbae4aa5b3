The journal: what a batch edits is there as long as it runs, and afterwards if
it is asked for. (Names and times differ: they are left out here.)

$ hexspan ten -c 'put "a"'; ls "$XDG_STATE_HOME/hexspan/journal"
! hexspan: 1 edit in 1 file not written, dropped
$ hexspan --keep-edits ten -c 'put "abc"; 9 put "z"'; echo $?; ls "$XDG_STATE_HOME/hexspan/journal" | sed 's/[0-9a-f]*/NAME/'
| 3
| NAME.hxj
! hexspan: 2 edits in 1 file not written, kept in the journal
$ cat ten
| 0123456789
\

Every start says what waits; reading goes on, the first edit is refused.
$ hexspan ten letters -c 'print' 2>err; sed 's/since [-0-9: ]*/since then/' err
| 0000000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
| hexspan: ten: 2 edits of an earlier run wait since then
| hexspan: journal recover (--recover=yes) takes up what waits, journal discard drops it
$ hexspan -R ten -c '0,1 print' 2>err; sed 's/since [-0-9: ]*/since then/' err
| 0000000000  30                                                |0               |
| hexspan: ten: 2 edits of an earlier run wait since then
| hexspan: journal recover (--recover=yes) takes up what waits, journal discard drops it
$ hexspan --json ten -c '0,1 print' 2>err; sed 's/since [-0-9: ]*/since then/' err
| {"addr":0,"at":"0x0","len":1,"hex":"30"}
| {"message":"ten: 2 edits of an earlier run wait since then"}
| {"message":"journal recover (--recover=yes) takes up what waits, journal discard drops it"}
$ hexspan letters -c '0,1 print; put "a"; quit drop'
| 0000000000  61                                                |a               |
$ hexspan letters -c 'open ten; 0x12 put "z"' 2>err; echo $?; sed 's/since [-0-9: ]*/since then/' err
| 3
| hexspan: ten: 2 edits of an earlier run wait since then
| hexspan: journal recover (--recover=yes) takes up what waits, journal discard drops it
| hexspan: put: ten: edits of an earlier run wait for it: journal recover or journal discard comes first
$ hexspan --no-journal ten -c 'put "z"' 2>&1 | sed 's/since [-0-9: ]*/since then/'
| hexspan: ten: 2 edits of an earlier run wait since then
| hexspan: journal recover (--recover=yes) takes up what waits, journal discard drops it
| hexspan: put: ten: edits of an earlier run wait for it: journal recover or journal discard comes first
$ hexspan --recover=no ten -c 'put "z"; quit drop' 2>&1 | sed 's/since [-0-9: ]*/since then/'
| hexspan: ten: 2 edits of an earlier run wait since then
| hexspan: journal recover (--recover=yes) takes up what waits, journal discard drops it
| hexspan: put: ten: edits of an earlier run wait for it: journal recover or journal discard comes first

Taken up, they are edits like others, in the order of the inputs now. A batch
that does not write them leaves things as they were.
$ hexspan --recover=yes letters ten -c '%print; edits; 0x10 put "XYZ"; 0 put "?"'
| 0000000000  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  |abcdefghijklmnop|
| 0000000010  61 62 63 33 34 35 36 37  38 7a                    |abc345678z      |
| 0x10 3 3 #2:0x0
| 0x19 1 1 #2:0x9
! hexspan: 4 edits in 2 files not written, dropped; those of an earlier run wait again
= 3
$ hexspan --recover=yes letters ten -c 'undo; undo; %print'
| 1
| 1
| 0000000000  61 62 63 64 65 66 67 68  69 6a 6b 6c 6d 6e 6f 70  |abcdefghijklmnop|
| 0000000010  30 31 32 33 34 35 36 37  38 39                    |0123456789      |
$ hexspan --recover=yes ten -c 'undo; put "z"; goto 99'
| 1
! hexspan: goto: 0x63 is past the end (size 0xa)
!   undo; put "z"; goto 99
!                       ^
! hexspan: 2 edits in 1 file not written, dropped; those of an earlier run wait again
= 3
$ hexspan --recover=yes ten -c '%print'
| 0000000000  61 62 63 33 34 35 36 37  38 7a                    |abc345678z      |
! hexspan: 2 edits in 1 file not written, dropped; those of an earlier run wait again
= 3

Without a place for a journal nothing is taken up, and nothing is kept.
$ hexspan -R --recover=yes ten -c '%print'
! hexspan: edits of an earlier run go on in a journal, and none is written
= 3
$ hexspan --no-journal --recover=yes ten -c '%print'
! hexspan: --recover=yes goes on in a journal: not with --no-journal
= 2
$ hexspan --journal-dir=/proc/none --keep-edits letters -c 'put "a"'
! hexspan: NO JOURNAL, edits are lost with this program: /proc/none: make the folder: No such file or directory
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan --journal-dir=/proc/none letters -c 'put "a"; quit drop'
! hexspan: NO JOURNAL, edits are lost with this program: /proc/none: make the folder: No such file or directory
$ mkdir -m 777 open; hexspan --journal-dir=open letters -c 'put "a"; quit drop' 2>&1 | sed 's,/.*/,/../,'
| hexspan: NO JOURNAL, edits are lost with this program: /../open: is open to other users

The file of another time: what fits is said, what does not is refused.
$ hexspan --recover=yes --keep-edits ten -c '0 put "?"; undo; 1 put "B"'; ls "$XDG_STATE_HOME/hexspan/journal" | wc -l
| 1
| 1
! hexspan: 3 edits in 1 file not written, kept in the journal
$ touch -d 2001-01-01 ten; hexspan --recover=yes ten -c '%print; quit'
| 0000000000  61 42 63 33 34 35 36 37  38 7a                    |aBc345678z      |
! hexspan: 3 edits in 1 file not written, dropped; those of an earlier run wait again
= 3
$ printf q | dd of=ten bs=1 seek=5 conv=notrunc 2>/dev/null; hexspan ten -c '0,1 print' 2>err; sed 's/since [-0-9: ]*/since then/' err
| 0000000000  30                                                |0               |
| hexspan: ten: 3 edits of an earlier run wait since then; the file was touched since
| hexspan: journal recover (--recover=yes) takes up what waits, journal discard drops it
$ printf Q | dd of=ten bs=1 seek=9 conv=notrunc 2>/dev/null; hexspan ten -c '0,1 print' 2>err; sed 's/since [-0-9: ]*/since then/' err
| 0000000000  30                                                |0               |
| hexspan: ten: 3 edits of an earlier run wait since then, but bytes that they change are others now
| hexspan: journal recover (--recover=yes) takes up what waits, journal discard drops it
$ hexspan --recover=yes ten -c '0,1 print'
! hexspan: ten: changed since it was edited: 0x1 bytes differ, the first at 0x9
= 3
$ truncate -s 5 ten; hexspan ten -c '0,1 print' 2>err; sed 's/since [-0-9: ]*/since then/' err
| 0000000000  30                                                |0               |
| hexspan: ten: 3 edits of an earlier run wait since then, but the file ends before some of them
| hexspan: journal recover (--recover=yes) takes up what waits, journal discard drops it
$ hexspan --recover=yes ten -c '0,1 print'
! hexspan: ten: truncated since it was edited: 0x1 bytes differ, the first at 0x9
= 3
$ mv ten gone; printf 0123456789 >ten; hexspan ten -c '0,1 print' 2>err; sed 's/since [-0-9: ]*/since then/' err
| 0000000000  30                                                |0               |
| hexspan: ten: 3 edits of an earlier run wait since then; another file has the name, with the same bytes there
| hexspan: journal recover (--recover=yes) takes up what waits, journal discard drops it
$ hexspan --recover=yes ten -c '%print; quit drop'; ls "$XDG_STATE_HOME/hexspan/journal" | wc -l
| 0000000000  61 42 63 33 34 35 36 37  38 7a                    |aBc345678z      |
| 1

What is not there yet, and what makes no sense.
$ hexspan --recover=back ten -c '0,1 print'
! hexspan: --recover=back: no flush can have been left unfinished: there are none yet
= 3
$ hexspan --recover=maybe ten
! hexspan: --recover wants ask, yes, no or list, not 'maybe'
= 2
