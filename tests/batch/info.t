What is known of a byte.

$ hexspan ext2.000 ext2.001 -c '0x478 info' -c '0x200000 info' -c 'info'
| 0x478 #1:0x478 ext2.000 sector 2+120 data 65 101
| 0x200000 #2:0x0 ext2.001 sector 4096+0 data 00 0
| 0x0 #1:0x0 ext2.000 sector 0+0 data 00 0
$ hexspan ten gap:8 letters -c '9 info; 12 info; 18 info'
| 0x9 #1:0x9 ten sector 0+9 data 39 57
| 0xc - sector 0+12 gap
| 0x12 #2:0x0 letters sector 0+18 data 61 97
$ hexspan ext2.000 -c 'set sector=1000; 0x478 info'
| 0x478 #1:0x478 ext2.000 sector 1+144 data 65 101
$ hexspan ten letters -c '#1:$ info'
| 0xa #2:0x0 letters sector 0+10 data 61 97
$ hexspan --json ext2.000 ext2.001 -c '0x478 info; #2:0 info'
| {"addr":1144,"at":"0x478","segment":1,"off":1144,"file_off":1144,"state":"data","why":"","edited":false,"errno":0,"sector":2,"value":101}
| {"addr":2097152,"at":"0x200000","segment":2,"off":0,"file_off":0,"state":"data","why":"","edited":false,"errno":0,"sector":4096,"value":0}
$ hexspan --json ten gap:8 letters -c '12 info'
| {"addr":12,"at":"0xc","segment":0,"off":null,"file_off":null,"state":"gap","why":"","edited":false,"errno":0,"sector":0}
$ hexspan --json ten letters -c '#1:$ info'
| {"addr":10,"at":"0xa","segment":2,"off":0,"file_off":0,"state":"data","why":"","edited":false,"errno":0,"sector":0,"value":97}

A window of a file has its own offsets there.

$ hexspan --json --skip=4 --size=8 letters ten -c 'segments; 2 info; eval #1:$; eval #2:3'
| {"segment":1,"addr":0,"at":"0x0","size":8,"file_off":4,"kind":"file","access":"write","edits":0,"note":"","name":"letters","path":"letters"}
| {"segment":2,"addr":8,"at":"0x8","size":10,"file_off":0,"kind":"file","access":"write","edits":0,"note":"","name":"ten","path":"ten"}
| {"addr":2,"at":"0x2","segment":1,"off":2,"file_off":6,"state":"data","why":"","edited":false,"errno":0,"sector":0,"value":103}
| {"addr":8,"at":"0x8","segment":1,"off":8,"file_off":12,"side":"end"}
| {"addr":11,"at":"0xb","segment":2,"off":3,"file_off":3}

$ hexspan ten -c '$ info'
! hexspan: info: there is no byte at the end of the space (size 0xa)
= 2
$ hexspan empty -c info
! hexspan: info: there is no byte at the end of the space (size 0x0)
= 2
$ hexspan ten -c '0,2 info'
! hexspan: info: info takes one address, not a range
!   0,2 info
!   ^
= 2
$ hexspan ten -c 'info 5'
! hexspan: info: info takes no arguments
!   info 5
!        ^
= 2
$ hexspan --json ten -c '$ info'
! {"error":"there is no byte at the end of the space (size 0xa)","code":2,"command":"info"}
= 2
