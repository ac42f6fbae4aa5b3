History of earlier runs: what was flushed is taken back by the bytes that are
there, whichever files are open.

$ hexspan ten letters -c '2 put "XY"; flush; 8 put "pqrs"; #2:9 put "z"; flush'
| flushed 1 files, 1 ranges, 2 bytes
| flushed 2 files, 3 ranges, 5 bytes
$ hexspan ten -c 'undo' 2>&1 | sed 's:/.*/::'
| hexspan: undo: it also changes letters: open that, too
$ hexspan letters -c 'undo; flush'; cat letters; echo
| 1
| flushed 1 files, 1 ranges, 1 bytes
| rscdefghijklmnop
$ hexspan letters ten -c 'undo; flush; undo 3; flush'; cat ten letters; echo
| 1
| flushed 1 files, 1 ranges, 1 bytes
| 3
| flushed 2 files, 4 ranges, 7 bytes
| 0123456789abcdefghijklmnop
$ hexspan ten -c 'undo 9; %print raw; redo 9; %print raw; quit drop' 2>&1 | sed 's:/.*/::'
| hexspan: undo: it also changes letters: open that, too
| hexspan: 1 edit in 1 file not written, dropped
$ hexspan ten letters -c 'history' | sed 's/ 20[^ ]*:[^ ]*//'
| 1 put 0x2 2 2 #1:0x2 flushed, its bytes were changed since
| 2 put 0x8 4 4 #1:0x8 flushed, 2 places, its bytes were changed since
| 3 put 0x13 1 1 #2:0x9 flushed, its bytes were changed since
| 4 undo 0x13 1 1 #2:0x9 flushed
| 5 undo 0x13 1 1 #2:0x9 flushed, its bytes were changed since
| 6 undo 0x13 1 1 #2:0x9 flushed
| 7 undo 0xa 4 4 #2:0x0 flushed, 2 places
| 8 undo 0x2 2 2 #1:0x2 flushed
$ hexspan -R ten -c 'undo'
! hexspan: undo: ten: opened for reading only
= 3
$ hexspan --json ten -c 'history' | sed 's/"time":"20[0-9-]*T[0-9:]*Z"/"time":T/'
| {"id":1,"time":T,"op":"put","addr":2,"at":"0x2","old_len":2,"len":2,"places":1,"segment":1,"off":2,"file_off":2,"undone":false,"flushed":true,"undoable":false,"why":"its bytes were changed since"}
| {"id":2,"time":T,"op":"put","addr":8,"at":"0x8","old_len":4,"len":4,"places":2,"segment":1,"off":8,"file_off":8,"undone":false,"flushed":true,"undoable":false,"why":"its file is not open"}
| {"id":3,"time":T,"op":"undo","addr":null,"at":null,"old_len":4,"len":4,"places":2,"undone":false,"flushed":true,"undoable":false,"why":"its file is not open"}
| {"id":4,"time":T,"op":"undo","addr":2,"at":"0x2","old_len":2,"len":2,"places":1,"segment":1,"off":2,"file_off":2,"undone":false,"flushed":true,"undoable":true}
$ hexspan ten -c '0 put "a"; history note 5 "new"; history; history 2' 2>&1 | sed 's:/.*/::' | sed 's/ 20[^ ]*:[^ ]*//'
| 1 put 0x2 2 2 #1:0x2 flushed, its bytes were changed since
| 2 put 0x8 4 4 #1:0x8 flushed, 2 places, its file is not open
| 3 undo - 4 4 - flushed, 2 places, its file is not open
| 4 undo 0x2 2 2 #1:0x2 flushed
| 5 put 0x0 1 1 #1:0x0 done: new
| hexspan: history: it also changes letters: open that, too
| hexspan: 2 edits in 1 file not written, dropped

Files that are opened later bring theirs, before what was done meanwhile.
$ hexspan ten -c 'history; 0 put "N"; open letters; history; quit drop' | sed 's/ 20[^ ]*:[^ ]*//'
| 1 put 0x2 2 2 #1:0x2 flushed, its bytes were changed since
| 2 put 0x8 4 4 #1:0x8 flushed, 2 places, its file is not open
| 3 undo - 4 4 - flushed, 2 places, its file is not open
| 4 undo 0x2 2 2 #1:0x2 flushed
| 1 put 0x2 2 2 #1:0x2 flushed, its bytes were changed since
| 2 put 0x8 4 4 #1:0x8 flushed, 2 places, its bytes were changed since
| 3 put 0x13 1 1 #2:0x9 flushed, its bytes were changed since
| 4 undo 0x13 1 1 #2:0x9 flushed
| 5 undo 0x13 1 1 #2:0x9 flushed, its bytes were changed since
| 6 undo 0x13 1 1 #2:0x9 flushed
| 7 undo 0xa 4 4 #2:0x0 flushed, 2 places
| 8 undo 0x2 2 2 #1:0x2 flushed
| 9 put 0x0 1 1 #1:0x0 done

After a patch another program writes a tenth of the other blocks and all time
stamps change: the patch can be taken back, alone and in a larger set.
$ dd if=/dev/zero bs=4096 count=200 2>/dev/null | tr '\0' p >big && cp big was && touch -d 2001-02-03 big
$ hexspan big -c '100*4096 put "patched"; 7*4096+4094 put "over a block"; 150*4096,+5000 fill {00 01}; flush'
| flushed 1 files, 3 ranges, 5019 bytes
$ for i in 20 21 30 40 41 42 50 60 70 80 90 101 110 120 130 140 160 170 180 190; do for f in big was; do printf other | dd of=$f bs=4096 seek=$i conv=notrunc 2>/dev/null; done; done; touch -d 2005-06-07 big; touch -a -d 2030-01-01 big
$ hexspan big -c 'undo; flush; history' | sed 's/ 20[^ ]*:[^ ]*//'; cmp big was | sed 's/ byte.*//'
| 1
| flushed 1 files, 1 ranges, 5000 bytes
| 1 put 0x64000 7 7 #1:0x64000 flushed
| 2 put 0x7ffe 12 12 #1:0x7ffe flushed
| 3 fill 0x96000 5000 5000 #1:0x96000 undone
| big was differ: char 32767, line 1
$ touch big; hexspan letters gap:100 big ten -c 'history' | grep -v '#[14]:' | sed 's/ 20[^ ]*:[^ ]*//'; cp big again
| 1 put 0xc8076 2 2 #3:0x2 flushed, its bytes were changed since
| 2 put 0xc807c 4 4 #3:0x8 flushed, 2 places, its bytes were changed since
| 8 undo 0xc8076 2 2 #3:0x2 flushed
| 9 put 0x64074 7 7 #2:0x64000 flushed
| 10 put 0x8072 12 12 #2:0x7ffe flushed
| 11 fill 0x96074 5000 5000 #2:0x96000 flushed, its bytes were changed since
| 12 undo 0x96074 5000 5000 #2:0x96000 flushed
$ hexspan letters gap:100 big ten -c 'history revert 10 9; flush'; cmp big was && echo as it was
| flushed 1 files, 2 ranges, 19 bytes
| as it was
$ cp again big; hexspan big -c 'history revert 2 1; flush'; cmp big was && echo as it was
| flushed 1 files, 2 ranges, 19 bytes
| as it was

Where something else was written since, nothing is taken back.
$ printf Q | dd of=big bs=1 seek=409600 conv=notrunc 2>/dev/null; hexspan big -c 'undo'; hexspan big -c 'history revert 1'; hexspan big -c 'history' | sed 's/ 20[^ ]*:[^ ]*//'
| 1 put 0x64000 7 7 #1:0x64000 flushed, its bytes were changed since
| 2 put 0x7ffe 12 12 #1:0x7ffe flushed, its bytes were changed since
| 3 fill 0x96000 5000 5000 #1:0x96000 flushed, its bytes were changed since
| 4 undo 0x96000 5000 5000 #1:0x96000 flushed
| 5 revert 0x7ffe 19 19 #1:0x7ffe flushed, 2 places, its bytes were changed since
| 6 revert 0x7ffe 19 19 #1:0x7ffe flushed, 2 places, its bytes were changed since
! hexspan: undo: big: what was flushed is not there any more: another program has written at 0x64000
! hexspan: history: step 1: its bytes were changed since by step 6 (big, at 0x64000)

A patch of what was done since a step of an earlier run.
$ printf 0123456789 >n; hexspan n -c '1 put "a"; flush; 3 put "b"; flush; 5 put "c"; flush'; hexspan n -c 'patch save n.patch from 1'; cat n.patch
| flushed 1 files, 1 ranges, 1 bytes
| flushed 1 files, 1 ranges, 1 bytes
| flushed 1 files, 1 ranges, 1 bytes
| 2 hunks, 2 bytes
| hexspan-patch 1
| file 1 "n"
| @ 1 0x3 1 1
| - 33  # 3
| + 62  # b
| @ 1 0x5 1 1
| - 35  # 5
| + 63  # c

What was undone before a flush is made again by the next run, unless it did
something else first, or another program wrote there.

$ printf 0123456789 >n; hexspan n -c '0 put "a"; 5 put "b"; 7 put "--"; undo 2; flush'
| 2
| flushed 1 files, 1 ranges, 1 bytes
$ hexspan n -c 'redo; history; quit drop' | sed 's/ 20[^ ]*//'
| 1
| 1 put 0x1 1 1 #1:0x1 flushed, its bytes were changed since
| 2 put 0x3 1 1 #1:0x3 flushed, its bytes were changed since
| 3 put 0x5 1 1 #1:0x5 flushed, its bytes were changed since
| 4 put 0x0 1 1 #1:0x0 flushed
| 5 put 0x5 1 1 #1:0x5 done
| 6 put 0x7 2 2 #1:0x7 undone
$ hexspan n -c '9 put "z"; redo' 2>&1
| hexspan: redo: nothing to redo
| hexspan: 1 edit in 1 file not written, dropped
= 3
$ printf X | dd of=n bs=1 seek=5 conv=notrunc 2>/dev/null; hexspan n -c 'redo'
! hexspan: redo: n: what this was made on is not there any more: another program has written at 0x5
= 3
$ printf 5 | dd of=n bs=1 seek=5 conv=notrunc 2>/dev/null; hexspan n -c 'redo 5; flush'; cat n; echo
| 2
| flushed 1 files, 2 ranges, 3 bytes
| a1234b6--9

A flush whose journal is more than undolimit cannot be taken back by a later run,
which is said; nor can what came before it. In the same run it can.
$ head -c 20000 /dev/zero >much; hexspan much -c 'set undolimit=20000; 0 put "x"; flush; 100,+9999 fill {ff}; flush; undo; quit drop'
| flushed 1 files, 1 ranges, 1 bytes
| flushed 1 files, 1 ranges, 9999 bytes
| 1
! hexspan: what the flush has written over is not kept (undolimit): no later run can take that back
$ hexspan much -c 'undo'
! hexspan: undo: nothing to undo
= 1
