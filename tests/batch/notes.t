Notes beside steps that were flushed: kept at once, whatever comes of the edits
of the run, and the next one takes the place of the one before.

$ hexspan ten letters -c '0 put "a"; flush; 9,+2 fill zero; flush; 10 put "b"; flush' | wc -l
| 3
$ hexspan ten -c 'history note 1 "old"; history' | sed 's/ 20[^ ]*:[^ ]*//'
| 1 put 0x0 1 1 #1:0x0 flushed: old
| 2 fill 0x9 2 2 #1:0x9 flushed, 2 places, its file is not open
$ hexspan ten -c '0 put "x"; history note 2 "both; files"; history note 3 "dropped"'
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c 'history note 1 "first"; nothing'
! hexspan: unknown command 'nothing'
!   history note 1 "first"; nothing
!                           ^
= 2
$ hexspan --json ten -c 'history' | sed 's/"time":"20[0-9-]*T[0-9:]*Z"/"time":T/'
| {"id":1,"time":T,"op":"put","addr":0,"at":"0x0","old_len":1,"len":1,"places":1,"segment":1,"off":0,"file_off":0,"undone":false,"flushed":true,"undoable":true,"note":"first"}
| {"id":2,"time":T,"op":"fill","addr":9,"at":"0x9","old_len":2,"len":2,"places":2,"segment":1,"off":9,"file_off":9,"undone":false,"flushed":true,"undoable":false,"why":"its file is not open","note":"both; files"}
$ hexspan letters ten -c 'history' | sed 's/ 20[^ ]*:[^ ]*//'
| 1 put 0x10 1 1 #2:0x0 flushed: first
| 2 fill 0x19 2 2 #2:0x9 flushed, 2 places, its bytes were changed since: both; files
| 3 put 0x0 1 1 #1:0x0 flushed
$ hexspan letters -c 'history' | sed 's/ 20[^ ]*:[^ ]*//'
| 1 fill - 2 2 - flushed, 2 places, its bytes were changed since
| 2 put 0x0 1 1 #1:0x0 flushed
$ hexspan ten letters -c 'undo 3; history note 2 "undone"; history note 1 ""; flush; history' | sed 's/ 20[^ ]*:[^ ]*//'
| 3
| flushed 2 files, 3 ranges, 3 bytes
| 1 put 0x0 1 1 #1:0x0 undone
| 2 fill 0x9 2 2 #1:0x9 undone, 2 places: undone
| 3 put 0xa 1 1 #2:0x0 undone
$ hexspan ten letters -c '0 put "1"; history note 7 "mine"; flush; history note 7 "flushed"; 0 put "2"; flush; history note 7 "twice"' ; hexspan ten -c 'history' | sed 's/ 20[^ ]*:[^ ]*//'
| flushed 1 files, 1 ranges, 1 bytes
| flushed 1 files, 1 ranges, 1 bytes
| 1 put 0x0 1 1 #1:0x0 flushed, its bytes were changed since
| 2 fill 0x9 2 2 #1:0x9 flushed, 2 places, its file is not open: undone
| 3 undo - 2 2 - flushed, 2 places, its file is not open
| 4 undo 0x0 1 1 #1:0x0 flushed, its bytes were changed since
| 5 put 0x0 1 1 #1:0x0 flushed, its bytes were changed since: twice
| 6 put 0x0 1 1 #1:0x0 flushed
$ hexspan ten -c 'journal' | sed 's/.* 20[0-9-]* [0-9:]*//; s:/.*/::' | sort | uniq -c
|       3       0  notes       ten
|       2       1  history     letters
|       4       1  history     ten
|       1       1  notes       ten
|       1       2  history     letters
|       1       2  history     ten

No note without a journal that could take it.
$ printf 0123456789 >n; hexspan n -c '0 put "a"; flush'; hexspan -R n -c 'history note 1 "x"'
| flushed 1 files, 1 ranges, 1 bytes
! hexspan: history: not done: step 1 is in a journal that is closed, and none is kept that could take the note
= 3
$ hexspan --no-journal n -c 'history note 1 "x"'
! hexspan: history: not done: step 1 is in a journal that is closed, and none is kept that could take the note
= 3
$ hexspan n -c 'history note 2 "x"'
! hexspan: history: there is no step 2 in the history (of 1)
!   history note 2 "x"
!                ^
= 2
