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
| hexspan: /../open: is open to other users: edits that wait there are not looked for
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

No flush was left unfinished; and what makes no sense.
$ hexspan -R --recover=back ten -c '0,1 print' 2>/dev/null
| 0000000000  30                                                |0               |
$ hexspan ten -c 'journal finish' 2>&1 | tail -1
| hexspan: journal: no flush of the files that are open was left unfinished
$ hexspan -c 'journal back'
! hexspan: journal: no flush of the files that are open was left unfinished
= 1
$ hexspan --recover=maybe ten
! hexspan: --recover wants ask, yes, back, no or list, not 'maybe'
= 2

journal lists what is there, without the files, too. (Names are cut here.)
$ rm -r "$XDG_STATE_HOME/hexspan"; printf 0123456789 >ten; hexspan --keep-edits ten letters -c '0,1 delete; 3 fill {a5}; 4 insert "longer than a line"; undo; redo; 20 put "X"; 27 fill random' 2>/dev/null
| 1
| 1
= 3
$ printf '%s\n' 's/^[0-9a-f]*  [-0-9]* [0-9:]*/NAME  TIME/' 's/ [-0-9]* [0-9][0-9]:[0-9][0-9] / TIME /' 's/\("created":\|"time":\)"[-0-9]*T[0-9:]*Z"/\1T/' 's/"[0-9a-f]*.hxj"/NAME/' 's,\(["] *\|  \)/[^"]*/,\1/../,' 's/"size":[0-9]*/"size":N/' >names
$ hexspan -c journal | sed -f names
| NAME  TIME      4  not open    /../ten
| NAME  TIME      1  not open    /../letters
$ hexspan --recover=list ten | sed -f names
| NAME  TIME      4  same        /../ten
| NAME  TIME      1  not open    /../letters
$ hexspan --json --recover=list -R ten letters | sed -f names
| {"journal":NAME,"created":T,"size":N,"state":"same","edits":4,"path":"/../ten"}
| {"journal":NAME,"created":T,"size":N,"state":"same","edits":1,"path":"/../letters"}
$ hexspan -c 'journal show'
! hexspan: journal: nothing waits in a journal for the files that are open
= 1
$ hexspan -R ten -c 'journal show' 2>/dev/null | sed -f names
| NAME  TIME  0x0 1 0  30 -> -  /../ten
| NAME  TIME  0x3 1 1  34 -> a5  /../ten
| NAME  TIME  0x4 0 18  - -> 6c 6f 6e 67 65 72 20 74 ..  /../ten
| NAME  TIME  undo 3
| NAME  TIME  redo 3
| NAME  TIME  0x14 1 1  ** -> 58  /../ten
| NAME  TIME  0x0 1 1  61 -> rr  /../letters
$ hexspan --json -R ten -c 'journal show' 2>/dev/null | sed -f names | sed 's/"random":"[0-9a-f]*"/"random":KEY/'
| {"group":1,"time":T,"op":"edit","join":false,"path":"/../ten","off":0,"old_len":1,"new_len":0,"old":"30"}
| {"group":2,"time":T,"op":"edit","join":false,"path":"/../ten","off":3,"old_len":1,"new_len":1,"old":"34","new":"a5"}
| {"group":3,"time":T,"op":"edit","join":false,"path":"/../ten","off":4,"old_len":0,"new_len":18,"new":"6c6f6e676572207468616e2061206c696e65"}
| {"group":4,"time":T,"op":"undo","step":3}
| {"group":5,"time":T,"op":"redo","step":3}
| {"group":6,"time":T,"op":"edit","join":false,"path":"/../ten","off":20,"old_len":1,"new_len":1,"old":"??","new":"58"}
| {"group":7,"time":T,"op":"edit","join":false,"path":"/../letters","off":0,"old_len":1,"new_len":1,"old":"61","random":KEY,"phase":0}
$ printf q | dd of=ten bs=1 seek=4 conv=notrunc 2>/dev/null; hexspan -R ten -c 'journal; journal show' 2>/dev/null | sed -f names | head -5
| NAME  TIME      4  changed     /../ten
| NAME  TIME      1  not open    /../letters
| NAME  TIME  0x0 1 0  30 -> -  /../ten
| NAME  TIME  0x3 1 1  34 -> a5 (now 71)  /../ten
| NAME  TIME  0x4 0 18  - -> 6c 6f 6e 67 65 72 20 74 ..  /../ten

It can be shown, taken up and discarded by its name; without one only what waits
for the files that are open goes, unless an edit joins it to others.
$ hexspan -c "journal show $(ls "$XDG_STATE_HOME/hexspan/journal" | cut -c 1-5)" | wc -l
| 7
$ hexspan -c 'journal show zz'
! hexspan: journal: there is no journal zz
= 1
$ hexspan -c 'journal recover'
! hexspan: journal: nothing waits in a journal for the files that are open
= 1
$ hexspan -c 'journal lose'
! hexspan: journal: usage: journal [list | export FILE [NAME] | show|recover|discard|finish|back [NAME]]
!   journal lose
!          ^
= 2
$ hexspan -c 'journal list x'
! hexspan: journal: unexpected text (usage: journal [list | export FILE [NAME] | show|recover|discard|finish|back [NAME]])
!   journal list x
!                ^
= 2
$ hexspan -R letters -c 'journal discard' 2>&1 | tail -1
| hexspan: journal: opened for reading: nothing is removed
$ hexspan letters -c 'journal discard' 2>/dev/null; hexspan -c journal | sed -f names
| NAME  TIME      4  not open    /../ten
| NAME  TIME      1  taken up    /../letters
$ hexspan letters -c 'put "a"; quit drop'
$ printf 4 | dd of=ten bs=1 seek=4 conv=notrunc 2>/dev/null; hexspan ten -c 'journal recover; 0,+8 print; undo 9; put "!"' 2>/dev/null
| 0000000000  31 32 33 a5 6c 6f 6e 67                           |123.long        |
| 4
= 3
$ hexspan ten -c 'journal discard; put "!"; quit drop' 2>/dev/null; ls "$XDG_STATE_HOME/hexspan/journal"
$ hexspan --keep-edits ten letters -c '8,12 fill {11}' 2>/dev/null
= 3
$ hexspan ten -c 'journal recover' 2>&1 | tail -1 | sed 's/[0-9a-f]*.hxj/NAME/; s,/.*/,/../,'
| hexspan: journal: NAME: an edit of it also changes /../letters: open that, too
$ hexspan ten -c 'journal discard' 2>&1 | tail -1 | sed 's/[0-9a-f]*.hxj/NAME/; s,/.*/,/../,'
| hexspan: journal: NAME: an edit of it also changes /../letters: open that, too
$ hexspan -c "journal discard $(ls "$XDG_STATE_HOME/hexspan/journal")"; ls "$XDG_STATE_HOME/hexspan/journal"

Edits of two runs wait for one file: neither is taken up before the other goes.
$ hexspan --keep-edits ten -c 'put "a"' 2>/dev/null; mv "$XDG_STATE_HOME/hexspan/journal" "$XDG_STATE_HOME/hexspan/aside"
$ hexspan --keep-edits ten -c 'put "b"' 2>/dev/null; mv "$XDG_STATE_HOME/hexspan/aside/"*.hxj "$XDG_STATE_HOME/hexspan/journal"
$ hexspan --recover=yes ten -c '0,1 print' 2>&1 | sed 's/[0-9a-f]*\.hxj/NAME/g'
| hexspan: ten: edits of two runs wait for it, in NAME and in NAME: discard the one or the other first
$ hexspan -c "journal discard $(ls -t "$XDG_STATE_HOME/hexspan/journal" | head -1)"; hexspan --recover=yes ten -c '0,1 print; quit drop'
| 0000000000  61                                                |a               |
$ hexspan ten -c 'journal discard; 0,1 print' 2>/dev/null; ls "$XDG_STATE_HOME/hexspan/journal"
| 0000000000  30                                                |0               |

What waits can be written to a file, as JSON that has all of it.
$ hexspan --keep-edits ten letters -c '2 put "XY"; 0 delete; 9 fill {a5}' 2>/dev/null
= 3
$ hexspan ten letters -c 'journal export edits.jsonl; journal export edits.jsonl' 2>&1 | tail -1; sed -f names edits.jsonl
| hexspan: journal: edits.jsonl is there already (journal! export writes over it)
| {"group":1,"time":T,"op":"edit","join":false,"path":"/../ten","off":2,"old_len":2,"new_len":2,"old":"3233","new":"5859"}
| {"group":2,"time":T,"op":"edit","join":false,"path":"/../ten","off":0,"old_len":1,"new_len":0,"old":"30"}
| {"group":3,"time":T,"op":"edit","join":false,"path":"/../letters","off":0,"old_len":1,"new_len":1,"old":"61","new":"a5"}
$ hexspan -c "journal! export edits.jsonl $(ls "$XDG_STATE_HOME/hexspan/journal")"; wc -l <edits.jsonl
| 3
$ hexspan -c 'journal export'
! hexspan: journal: usage: journal [list | export FILE [NAME] | show|recover|discard|finish|back [NAME]]
!   journal export
!                 ^
= 2
$ hexspan -c 'journal export none zz'; ls none
! hexspan: journal: there is no journal zz
! ls: cannot access 'none': No such file or directory
= 2
$ hexspan ten -c 'journal! discard' 2>&1 | tail -3
| hexspan: journal: only journal! export takes '!'
|   journal! discard
|           ^
$ hexspan ten letters -c 'journal discard' 2>/dev/null

What is flushed does not wait any more, what is not does.
$ hexspan --keep-edits ten letters -c '0 put "a"; 10 put "B"' 2>/dev/null
= 3
$ hexspan --recover=yes ten letters -c '#1 flush'
| flushed 1 files, 1 ranges, 1 bytes
! hexspan: 1 edit in 1 file not written, dropped; those of an earlier run wait again
= 3
$ hexspan -c journal | sed -f names | sort
| NAME  TIME      1  given back  /../letters
| NAME  TIME      1  history     /../ten
| NAME  TIME      1  not open    /../letters
| NAME  TIME      1  taken up    /../ten
$ hexspan ten -c 'undo; print text; quit drop'
| 1
| 0123456789
$ hexspan --recover=yes ten letters -c '%print text; flush'
| a123456789Bbcdefghijklmnop
| flushed 1 files, 1 ranges, 1 bytes
$ hexspan ten letters -c '%print text; 0 put "0"; 10 put "a"; flush'
| a123456789Bbcdefghijklmnop
| flushed 2 files, 2 ranges, 2 bytes
$ rm "$XDG_STATE_HOME/hexspan/journal/"*

--dry-run lists what a batch has edited, and drops it.
$ hexspan --dry-run ten -c '2,4 delete; 5 put "x"'
| 0x2 2 0 #1:0x2
| 0x5 1 1 #1:0x5
$ hexspan --json --dry-run ten -c '2 put "x"' -c 'next segment'
| {"addr":2,"at":"0x2","old_len":1,"new_len":1,"segment":1,"off":2,"file_off":2}
! {"error":"no segment starts behind here","code":1,"command":"next"}
= 1
$ hexspan --dry-run ten -c '%print text'
| 0123456789

The journal has a limit; what would pass it is refused whole.
$ seq 1000 20000 >numbers; hexspan numbers -c 'set journallimit=64K; %copy; put "x"; paste insert; 0,+4 print; undo; preserve; quit drop'
! hexspan: paste: not done: the journal would be longer than 65536 bytes: flush, or set journallimit to more
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan --no-journal ten -c 'preserve; put "x"; preserve'
! hexspan: preserve: no journal has the edits of 1 of 1 files: they are lost with this program
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c 'set journallimit?; set journallimit=4'
| journallimit=1073741824
! hexspan: set: journallimit wants 65536 to 1125899906842624
!   set journallimit?; set journallimit=4
!                          ^
= 2

A change that was cut short is said, and what is no journal.
$ hexspan --keep-edits ten -c 'put "abc"' 2>/dev/null; hexspan --recover=yes --keep-edits ten -c '5 put "xyz"' 2>/dev/null
= 3
$ j=$(echo "$XDG_STATE_HOME/hexspan/journal/"*.hxj); printf X | dd of="$j" bs=1 seek=$(grep -obUa xyz "$j" | cut -d: -f1) conv=notrunc 2>/dev/null; hexspan ten -c '0,1 print; put "!"' 2>&1 | sed 's/since [-0-9: ]*/since then/'
| hexspan: ten: 1 edit of an earlier run waits since then; one more was not finished
| hexspan: journal recover (--recover=yes) takes up what waits, journal discard drops it
| 0000000000  30                                                |0               |
| hexspan: put: ten: edits of an earlier run wait for it: journal recover or journal discard comes first
$ hexspan --recover=yes ten -c '%print; quit drop'
| 0000000000  61 62 63 33 34 35 36 37  38 39                    |abc3456789      |
$ hexspan ten -c 'journal discard' 2>/dev/null; ls "$XDG_STATE_HOME/hexspan/journal"
$ n=$(echo 0123456789abcdef0123456789abcdef); (umask 77; echo no journal >"$XDG_STATE_HOME/hexspan/journal/$n.hxj"); hexspan ten -c 'journal' 2>&1 | sed -f names -e 's,/.*/,/../,'; hexspan -c 'journal show 0' 2>&1 | sed 's,/.*/,/../,'
| hexspan: /../0123456789abcdef0123456789abcdef.hxj: no whole head: whether edits wait in it is not known
| NAME  TIME                    0  unreadable  no whole head
| hexspan: /../0123456789abcdef0123456789abcdef.hxj: no whole head: whether edits wait in it is not known
| hexspan: journal: 0123456789abcdef0123456789abcdef.hxj: no whole head
$ chmod 644 "$XDG_STATE_HOME/hexspan/journal/"*; hexspan ten -c 'journal' 2>&1 | sed 's,/.*/,/../,'
| hexspan: /../0123456789abcdef0123456789abcdef.hxj: is open to other users
| hexspan: /../0123456789abcdef0123456789abcdef.hxj: is open to other users

A journal of which nobody knows what is in it, since its first change is not
whole. In a folder that others may read nobody looks at all.
$ rm -rf "$XDG_STATE_HOME/hexspan/journal"; hexspan --keep-edits ten -c '0 put "P"' 2>/dev/null; printf x | dd of="$(echo "$XDG_STATE_HOME"/hexspan/journal/*.hxj)" bs=1 seek=4110 conv=notrunc status=none; hexspan ten -c 'journal' 2>&1 | sed -f names -e 's,/.*/[0-9a-f]*,/../NAME,'
| hexspan: /../NAME.hxj: its first change is not whole: whether edits wait in it is not known
| NAME  TIME      0  torn        
$ chmod 750 "$XDG_STATE_HOME/hexspan/journal"; hexspan ten -c 'journal' 2>&1 | sed 's,/.*/,/../,'
| hexspan: /../journal: is open to other users: edits that wait there are not looked for

A journal whose edits another one has taken up and flushed, and that was not told
so, since the program was killed in between.
$ rm -rf "$XDG_STATE_HOME/hexspan/journal"; printf 'panda' >pet; hexspan --keep-edits pet -c '0 put "P"' 2>/dev/null; cp -a "$XDG_STATE_HOME/hexspan/journal" before
$ hexspan --recover=yes pet -c '4 put "A"; flush'; cp -a before/*.hxj "$XDG_STATE_HOME/hexspan/journal"
| flushed 1 files, 2 ranges, 2 bytes
$ hexspan pet -c 'journal list' | sed 's,  /.*/,  ,; s/.* [12]  //' | sort; rm -r before "$XDG_STATE_HOME/hexspan/journal"
| history     pet
| taken up    pet

What is no file has no journal, which is said of it.
$ printf 0123456789 >k; hexspan --keep-edits k memory:16 -c '0 put "A"; 11 put "B"; preserve'
! hexspan: preserve: no journal has the edits of 1 of 2 files: they are lost with this program
! hexspan: 2 edits in 2 files not written, kept in the journal, but for 1 file which it cannot have
= 3
$ hexspan --keep-edits memory:16 -c '0 put "B"'
! hexspan: 1 edit in 1 file not written, dropped
= 3
