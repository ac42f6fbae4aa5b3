What was done, step by step. Times differ, so they are cut out here.

$ hexspan ten letters -c '8 put "XYZ"; 14,16 delete; 12 insert "!" 2; 0 put "a"; undo; history note 2 "why; not"; history; quit drop' | sed 's/ 20[^ ]*:[^ ]*//'
| 1
| 1 put 0x8 3 3 #1:0x8 done, 2 places
| 2 delete 0x10 2 0 #2:0x6 done: why; not
| 3 insert 0xc 0 2 #2:0x2 done
| 4 put 0x0 1 1 #1:0x0 undone
$ hexspan --json ten letters -c '8 put "X"; 14,16 delete; 8 put "Y"; undo; history note 1 "a \"b\""; history; quit drop' | sed 's/"time":"20[0-9-]*T[0-9:]*Z"/"time":T/'
| {"done":1}
| {"id":1,"time":T,"op":"put","addr":8,"at":"0x8","old_len":1,"len":1,"places":1,"segment":1,"off":8,"file_off":8,"undone":false,"flushed":false,"undoable":true,"note":"a \"b\""}
| {"id":2,"time":T,"op":"delete","addr":14,"at":"0xe","old_len":2,"len":0,"places":1,"segment":2,"off":4,"file_off":4,"undone":false,"flushed":false,"undoable":true}
| {"id":3,"time":T,"op":"put","addr":8,"at":"0x8","old_len":1,"len":1,"places":1,"segment":1,"off":8,"file_off":8,"undone":true,"flushed":false,"undoable":false,"why":"it is undone"}
$ hexspan ten -c 'history; history 0'
| 0

A step that moves its own first place; an undone one is where it was before, even at the end.
$ hexspan ten -c 'macro record m' -c '8 insert "xyz"' -c '2 insert "abcd"' -c 'macro stop' -c 'undo 2; macro play m; history; undo; history; quit drop' | sed 's/ 20[^ ]*:[^ ]*//'
| 2
| 1 insert 0xc 0 7 #1:0xc done, 2 places
| 1
| 1 insert 0x8 0 7 #1:0x8 undone, 2 places
$ hexspan ten -c '$ insert "abc"; undo; history' | sed 's/ 20[^ ]*:[^ ]*//'
| 1
| 1 insert 0xa 0 3 #1:$ undone

To the state after a step, and to the start.
$ hexspan ten -c '0 put "a"; 1 put "b"; 2 put "c"; history 1; %print; history 3; %print; history 3; history 0; %print; history 2; edits; quit drop'
| 2
| 0000000000  61 31 32 33 34 35 36 37  38 39                    |a123456789      |
| 2
| 0000000000  61 62 63 33 34 35 36 37  38 39                    |abc3456789      |
| 0
| 3
| 0000000000  30 31 32 33 34 35 36 37  38 39                    |0123456789      |
| 2
| 0x0 2 2 #1:0x0
$ hexspan ten -c '0 put "a"; history 2'
! hexspan: history: there is no step 2 in the history (of 1)
!   0 put "a"; history 2
!                      ^
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c 'history all'
! hexspan: history: usage: history [ID | revert ID.. | note ID TEXT]
!   history all
!           ^
= 2
$ hexspan ten -c 'history 0 1'
! hexspan: history: unexpected text (usage: history [ID | revert ID.. | note ID TEXT])
!   history 0 1
!             ^
= 2

revert: steps in any order, as long as what they wrote is there.
$ hexspan ten letters -c '8 put "XYZ"; 14,16 delete; 12 insert "!" 2; 0 put "a"; history revert 1; %print; history revert 3 2; %print; history; undo 2; %print; quit drop' | sed 's/ 20[^ ]*:[^ ]*//'
| 0000000000  61 31 32 33 34 35 36 37  38 39 61 62 21 21 63 64  |a123456789ab!!cd|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
| 0000000000  61 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |a123456789abcdef|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
| 1 put 0x8 3 3 #1:0x8 done, 2 places, its bytes were changed since
| 2 delete 0x10 2 0 #2:0x6 done, its bytes were removed or moved since
| 3 insert 0xc 0 2 #2:0x2 done, its bytes were removed or moved since
| 4 put 0x0 1 1 #1:0x0 done
| 5 revert 0xa 3 3 #2:0x0 done, 2 places
| 6 revert 0xc 2 2 #2:0x2 done, 2 places
| 2
| 0000000000  61 31 32 33 34 35 36 37  58 59 5a 62 21 21 63 64  |a1234567XYZb!!cd|
| 0000000010  67 68 69 6a 6b 6c 6d 6e  6f 70                    |ghijklmnop      |
$ hexspan ten -c '0 put "a"; 0 put "b"; history revert 1'
! hexspan: history: step 1: its bytes were changed since by step 2 (ten, at 0x0)
! hexspan: 2 edits in 1 file not written, dropped
= 3
$ hexspan ten -c '0 put "a"; 0 put "b"; history revert 1 2 1; %print; edits; history' | sed 's/ 20[^ ]*:[^ ]*//'
| 0000000000  30 31 32 33 34 35 36 37  38 39                    |0123456789      |
| 1 put 0x0 1 1 #1:0x0 done, its bytes were changed since
| 2 put 0x0 1 1 #1:0x0 done, its bytes were changed since
| 3 revert 0x0 1 1 #1:0x0 done
$ hexspan ten -c '0 put "a"; 0 delete; history revert 1'
! hexspan: history: step 1: its bytes were removed or moved since (ten, at 0x0)
! hexspan: 2 edits in 1 file not written, dropped
= 3
$ hexspan ten -c '0 put "a"; undo; history revert 1'
| 1
! hexspan: history: step 1 is undone: there is nothing to revert
!   0 put "a"; undo; history revert 1
!                                   ^
= 2
$ hexspan ten -c '0 put "a"; history revert 0'
! hexspan: history: steps begin with 1
!   0 put "a"; history revert 0
!                             ^
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c '0 put "a"; history revert'
! hexspan: history: usage: history [ID | revert ID.. | note ID TEXT]
!   0 put "a"; history revert
!                            ^
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c '0 put "a"; history revert 1 x'
! hexspan: history: a number of the history is meant
!   0 put "a"; history revert 1 x
!                               ^
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten letters -c '0 put "a"; 0 revert; close #1; history revert 1'
! hexspan: history: step 1: its file is not open
= 3
$ hexspan ten letters -c '0 put "a"; 0 revert; close #1; history' | sed 's/ 20[^ ]*:[^ ]*//'
| 1 put - 1 1 - done, its file is not open
| 2 revert - 1 1 - done, its file is not open

After a flush all of that goes on.
$ cp ten f; hexspan f -c '2 put "ab"; 5 put "Z"; flush; 0 put "Q"; history revert 1; history; %print; flush' | sed 's/ 20[^ ]*:[^ ]*//'; cat f
| flushed 1 files, 2 ranges, 3 bytes
| 1 put 0x2 2 2 #1:0x2 flushed, its bytes were changed since
| 2 put 0x5 1 1 #1:0x5 flushed
| 3 put 0x0 1 1 #1:0x0 done
| 4 revert 0x2 2 2 #1:0x2 done
| 0000000000  51 31 32 33 34 5a 36 37  38 39                    |Q1234Z6789      |
| flushed 1 files, 2 ranges, 3 bytes
| Q1234Z6789
\

note: a text beside a step, which goes with it.
$ hexspan ten -c '0 put "a"; history note 1 "one"; 1 put "b"; history note 2 two; history note 1 ""; undo; 2 put "c"; history; quit drop' | sed 's/ 20[^ ]*:[^ ]*//'
| 1
| 1 put 0x0 1 1 #1:0x0 done
| 2 put 0x2 1 1 #1:0x2 done
$ hexspan ten -c 'history note 1 "x"'
! hexspan: history: there is no step 1 in the history (of 0)
!   history note 1 "x"
!                ^
= 2
$ hexspan ten -c '0 put "a"; history note 1'
! hexspan: history: usage: history [ID | revert ID.. | note ID TEXT]
!   0 put "a"; history note 1
!                            ^
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ hexspan ten -c '0 put "a"; history note 1 a b'
! hexspan: history: unexpected text (usage: history [ID | revert ID.. | note ID TEXT])
!   0 put "a"; history note 1 a b
!                               ^
! hexspan: 1 edit in 1 file not written, dropped
= 3
