flush: the edits into their files, all or none.

$ hexspan ten letters -c '8 put "XYZ"; flush' && cat ten letters
| flushed 2 files, 2 ranges, 3 bytes
| 01234567XYZbcdefghijklmnop
\
$ hexspan ten -c flush
| flushed 0 files, 0 ranges, 0 bytes
$ hexspan --json ten -c '0 put "a"; 2 put "b"; w; w'
| {"files":1,"ranges":2,"bytes":2}
| {"files":0,"ranges":0,"bytes":0}
$ hexspan ten -c '0 put "x"; x; print' && head -c 3 ten; echo
| flushed 1 files, 1 ranges, 1 bytes
| x1b
$ hexspan ten -c '0 put "q"; wq; print' && head -c 3 ten; echo
| flushed 1 files, 1 ranges, 1 bytes
| q1b

What is edited afterwards is not flushed.
$ hexspan ten -c '0 put "m"; flush; 1 put "n"' && echo done
| flushed 1 files, 1 ranges, 1 bytes
! hexspan: 1 edit in 1 file not written, dropped
= 3
$ head -c 3 ten; echo
| m1b

It can be taken back.
$ hexspan ten -c '0 put "A"; flush; undo; edits; flush; redo; 0,2 print raw; quit drop'; echo; head -c 2 ten; echo
| flushed 1 files, 1 ranges, 1 bytes
| 1
| 0x0 1 1 #1:0x0
| flushed 1 files, 1 ranges, 1 bytes
| 1
| A1
| m1
$ hexspan ten -c '0 put "A"; flush; undo' && echo done
| flushed 1 files, 1 ranges, 1 bytes
| 1
! hexspan: 1 edit in 1 file not written, dropped
= 3

Some of the files, and what was changed with them.
$ hexspan ten letters -c '0 put "B"; #2 put "C"; flush #1; flush' && head -c 1 ten && head -c 1 letters; echo
| flushed 1 files, 1 ranges, 1 bytes
| flushed 1 files, 1 ranges, 1 bytes
| BC
$ hexspan ten letters -c '0 put "D"; #2 put "E"; #2 flush; quit drop' && head -c 1 ten && head -c 1 letters; echo
| flushed 1 files, 1 ranges, 1 bytes
| BE
$ hexspan ten letters -c '9 put "FG"; flush #2'
| flushed 2 files, 2 ranges, 2 bytes
$ hexspan ten -c 'flush #2'
! hexspan: flush: there is no segment #2
!   flush #2
!         ^
= 2
$ hexspan ten -c 'flush ten'
! hexspan: flush: a segment is named #N here
!   flush ten
!         ^
= 2

Lengths that were changed, too: nothing is left beside the file.
$ cp ten t; cp letters l; chmod 640 l; hexspan t l -c '#2 insert "<<"; 0 put "x"; #2:6,+3 delete; flush'; cat l; echo; stat -c %a l; ls -A | grep -c hxtmp
| flushed 2 files, 3 ranges, 3 bytes
| <<Gbcdhijklmnop
| 640
| 0
= 1
$ hexspan t l -c '#2:2,+2 delete; flush; undo; flush; #2 print text; quit'
| flushed 1 files, 1 ranges, 0 bytes
| 1
| flushed 1 files, 1 ranges, 2 bytes
| <<Gbcdhijklmnop

What cannot be flushed is refused before anything is written.
$ ln l other; hexspan ten l -c '0 put "x"; #2 insert "y"; flush'; head -c 1 ten; echo; rm other t l
| B
! hexspan: flush: l: its length cannot be changed: it has other names (hard links), which would keep the old one (save-as writes another file)
! hexspan: 2 edits in 2 files not written, dropped
$ hexspan --copy ten -c '0 put "x"; flush'; head -c 1 ten; echo
| B
! hexspan: flush: the edits are private (--copy): save-as and export write them to other files
! hexspan: 1 edit in 1 file not written, dropped
$ cp ten copied; hexspan --no-journal copied -c '0 put "x"; flush!'; head -c 1 copied; echo
| flushed 1 files, 1 ranges, 1 bytes
| x
! hexspan: no journal: until the flush is done a crash leaves files half written
$ hexspan --no-journal ten -c '0 put "x"; flush'; head -c 1 ten; echo
| B
! hexspan: flush: there is no journal: a crash would leave files half written (save-as and export write other files, flush! these)
! hexspan: 1 edit in 1 file not written, dropped
$ hexspan -R ten -c 'flush'
| flushed 0 files, 0 ranges, 0 bytes

A limit of file sizes fails the journal, and nothing is written.
$ sh -c 'ulimit -f 1; exec hexspan ten -c "0 put {7a}; flush"' 2>&1 | sed 's/: .*\(File too large\)/: \1/'; head -c 1 ten; echo
| hexspan: File too large
| B

verify: then it is read from the disk again, with what stands beside it.

$ cp ext2.000 part && hexspan part letters -c '0x478 put "again"; 0x4000,+8192 fill {11}; $-1 put "z"; flush verify'
| flushed 2 files, 3 ranges, 8198 bytes
| verified: the disk has the 8198 bytes written, in 3 ranges of 2 files, and the other 4106 bytes of their 4 blocks are as they were
$ hexspan part --json -c '0 put "x"; flush verify; flush verify #1'
| {"files":1,"ranges":1,"bytes":1}
| {"verified":true,"files":1,"ranges":1,"bytes":1,"blocks":1,"rest":4095,"unknown":0}
| {"verified":true,"files":1,"ranges":1,"bytes":1,"blocks":1,"rest":4095,"unknown":0}
$ hexspan part -c 'flush verify'
! hexspan: flush: there is nothing to flush, and nothing was flushed that could be verified
= 3
