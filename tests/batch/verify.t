verify: what a list of digests says, against the bytes as they are now.

$ hexspan ten letters -c 'hash crc32 md5 -b 8 > list'
| hashed 4 blocks, 26 bytes
$ hexspan ten letters -c 'verify list'
| verified 4 blocks: 0 differ, 0 of them unexplained

An edit that is known accounts for all of the difference, flushed or not.

$ hexspan ten letters -c '9 put "XY"' -c 'verify list' -c 'quit drop'
| 0x8 8 #1:0x8 explained
|   0x9 1 #1:0x9 step 1 put
|   0xa 1 #2:0x0 step 1 put
| verified 4 blocks: 1 differ, 0 of them unexplained
= 1
$ hexspan ten letters -c '9 put "XY"; 10 put "ab"' -c 'verify list' -c 'quit drop'
| 0x8 8 #1:0x8 explained
|   0x9 1 #1:0x9 step 1 put
|   0xa 1 #2:0x0 step 1 put
|   0xa 2 #2:0x0 step 2 put
| verified 4 blocks: 1 differ, 0 of them unexplained
= 1
$ hexspan ten letters --json -c '9 put "XY"' -c 'flush; verify list'
| {"files":2,"ranges":2,"bytes":2}
| {"addr":8,"at":"0x8","len":8,"segment":1,"off":8,"file_off":8,"result":"explained","changes":2}
| {"addr":9,"at":"0x9","len":1,"segment":1,"off":9,"file_off":9,"step":1,"op":"put","flushed":true}
| {"addr":10,"at":"0xa","len":1,"segment":2,"off":0,"file_off":0,"step":1,"op":"put","flushed":true}
| {"blocks":4,"differ":1,"unexplained":0,"unreadable":0}
= 1
$ hexspan ten letters -c 'verify list'
| 0x8 8 #1:0x8 explained
|   0x9 1 #1:0x9 step 1 put flushed
|   0xa 1 #2:0x0 step 1 put flushed
| verified 4 blocks: 1 differ, 0 of them unexplained
= 1

What another program writes is not explained, nor is it where edits are.

$ printf z | dd of=letters bs=1 seek=3 conv=notrunc 2>/dev/null
$ hexspan letters ten -c 'verify list'
| 0x0 8 #1:0x0 unexplained
|   0x0 1 #1:0x0 step 1 put flushed
| 0x8 8 #1:0x8 unexplained
| 0x10 8 #2:0x0 unexplained
| 0x18 2 #2:0x8 unexplained
|   0x19 1 #2:0x9 step 1 put flushed
| verified 4 blocks: 4 differ, 4 of them unexplained
= 1
$ hexspan ten letters -c 'verify list as %d' -c 'ranges show %d'
| 0x8 8 #1:0x8 unexplained
|   0x9 1 #1:0x9 step 1 put flushed
|   0xa 1 #2:0x0 step 1 put flushed
| verified 4 blocks: 1 differ, 1 of them unexplained
| 0x8 8 #1:0x8
= 1
$ hexspan ten letters --json -c 'verify list'
| {"addr":8,"at":"0x8","len":8,"segment":1,"off":8,"file_off":8,"result":"unexplained","changes":2}
| {"addr":9,"at":"0x9","len":1,"segment":1,"off":9,"file_off":9,"step":1,"op":"put","flushed":true}
| {"addr":10,"at":"0xa","len":1,"segment":2,"off":0,"file_off":0,"step":1,"op":"put","flushed":true}
| {"blocks":4,"differ":1,"unexplained":1,"unreadable":0}
= 1

Bytes that are inserted move what is behind them.

$ hexspan ten letters -c 'hash! crc32 -b 8 > list; 3 insert "+"; verify list; quit drop'
| hashed 4 blocks, 26 bytes
| 0x0 8 #1:0x0 explained
|   0x3 1 #1:0x3 step 2 insert
| 0x8 8 #1:0x8 explained
| 0x10 8 #2:0x5 explained
| 0x18 2 #2:0xd explained
| verified 4 blocks: 4 differ, 0 of them unexplained
= 1

Lists of other programs, of whole files and of pieces. What is not open is not
compared.

$ md5sum ten letters text >sums; sha1sum --tag letters >>sums; hexspan ten letters -c 'verify sums'
| verified 2 blocks: 0 differ, 0 of them unexplained
! hexspan: verify: 1 files of sums are not open
$ mkdir there && cp letters there && (cd there && sha256sum letters) >there/LIST && hexspan ten letters -c 'verify there/LIST; #2:0 put "A"; verify there/LIST; quit drop'
| verified 1 blocks: 0 differ, 0 of them unexplained
| 0xa 16 #2:0x0 explained
|   0xa 1 #2:0x0 step 2 put
| verified 1 blocks: 1 differ, 0 of them unexplained
= 1
$ cat ten letters | sha512sum >all && hexspan ten letters -c 'verify all'
| verified 1 blocks: 0 differ, 0 of them unexplained
$ printf 'SHA2-256(ten)= %s\n' $(sha256sum ten | cut -c1-64) >dgst && hexspan ten -c 'verify dgst'
| verified 1 blocks: 0 differ, 0 of them unexplained
$ printf '0 - 4: %s\n4 - 10: %s\n\nTotal (md5): %s\n' $(head -c4 ten | md5sum | cut -c1-32) $(tail -c6 ten | md5sum | cut -c1-32) $(md5sum ten | cut -c1-32) >log && hexspan ten -c 'verify log'
| verified 3 blocks: 0 differ, 0 of them unexplained
$ printf '%%%%%%%% HASHDEEP-1.0\n%%%%%%%% size,md5,sha256,filename\n## Invoked from: /\n##\n10,%s,%s,/x/ten\n' $(md5sum ten | cut -c1-32) $(sha256sum ten | cut -c1-64) >deep && hexspan ten letters -c 'verify deep; 1 put "?"; verify deep; quit drop'
| verified 1 blocks: 0 differ, 0 of them unexplained
| 0x0 10 #1:0x0 explained
|   0x1 1 #1:0x1 step 2 put
| verified 1 blocks: 1 differ, 0 of them unexplained
= 1
$ printf '%s  ten offset 0-3\n%s  ten offset 4-9\n' $(head -c4 ten | md5sum | cut -c1-32) $(tail -c6 ten | md5sum | cut -c1-32) >pieces && hexspan letters ten -c 'verify pieces; $-1 put "?"; verify pieces; quit drop'
| verified 2 blocks: 0 differ, 0 of them unexplained
| 0x14 6 #2:0x4 explained
|   0x19 1 #2:0x9 step 2 put
| verified 2 blocks: 1 differ, 0 of them unexplained
= 1

Bytes without values.

$ hexspan ten gap:6 letters -c 'hash crc32 -b 8 --unreadable=skip > holes' -c 'verify holes'
| hashed 4 blocks, 32 bytes
| verified 4 blocks: 0 differ, 0 of them unexplained
! hexspan: hash: 6 bytes without values left out
$ hexspan ten letters -c 'verify holes'
| 0x8 8 #1:0x8 unexplained
|   0x9 1 #1:0x9 step 1 put flushed
|   0xa 1 #2:0x0 step 1 put flushed
| 0x10 8 #2:0x6 unexplained
| 0x18 2 #2:0xe unexplained
| verified 4 blocks: 3 differ, 3 of them unexplained
= 1
$ hexspan ten letters -c 'hash! crc32 -b 8 > list' && hexspan ten gap:16 -c 'verify list'
| hashed 4 blocks, 26 bytes
| 0x8 8 #1:0x8 unreadable
|   0x9 1 #1:0x9 step 1 put flushed
| 0x10 8 - unreadable
| 0x18 2 - unreadable
| verified 4 blocks: 0 differ, 0 of them unexplained
! hexspan: verify: 3 blocks have bytes that cannot be read now, and were not compared
= 3

What is no list, or none of what is open.

$ hexspan ten -c 'verify text'
! hexspan: verify: text:1: this is no line of a list of digests
= 2
$ hexspan ten -c 'verify empty'
! hexspan: verify: empty: there is no digest in it
= 2
$ hexspan ten -c 'verify none'
! hexspan: verify: none: No such file or directory
= 3
$ hexspan ten -c 'verify dir'
! hexspan: verify: dir: not a regular file
= 2
$ md5sum letters >other && hexspan ten -c 'verify other'
! hexspan: verify: other: none of the files that it lists is open, whole
= 3
$ printf 'hexspan-hashes 2\n' >new && hexspan ten -c 'verify new'
! hexspan: verify: new:1: version 2 of hashes is not known (only 1)
= 2
$ printf 'hexspan-hashes 1\nabc  md5  0x0,0x1\n' >new && hexspan ten -c 'verify new'
! hexspan: verify: new:2: this is no line of a list of digests
= 2
$ hexspan ten -c 'verify'
! hexspan: verify: usage: verify FILE [as %NAME]
!   verify
!         ^
= 2
$ hexspan ten -c 'verify list of'
! hexspan: verify: usage: verify FILE [as %NAME]
!   verify list of
!               ^
= 2
