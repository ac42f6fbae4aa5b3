Addresses above 4 GiB: 6 GiB with marks at 1 and 5 GiB, 64 GiB with a mark at its
end. All digits are shown, and the bytes are those that stand there.

$ hexspan 6g -c '1G,+6 print; 5G,+6 print; 0x140000000 info'
| 0040000000  4d 41 52 4b 31 47                                 |MARK1G          |
| 0140000000  4d 41 52 4b 35 47                                 |MARK5G          |
| 0x140000000 #1:0x140000000 6g sector 10485760+0 data 4d 77
$ hexspan 6g -c '5G print raw' | head -c 6
| MARK5G
\
$ hexspan --json 6g -c '5G,+6 print; 5G info' -c 'eval $'
| {"addr":5368709120,"at":"0x140000000","len":6,"hex":"4d41524b3547"}
| {"addr":5368709120,"at":"0x140000000","segment":1,"off":5368709120,"file_off":5368709120,"state":"data","why":"","edited":false,"errno":0,"sector":10485760,"value":77}
| {"addr":6442450944,"at":"0x180000000","segment":1,"off":6442450944,"file_off":6442450944,"side":"end"}
$ hexspan 6g -c '1G; next run; eval .; prev run; eval .'
| 1073741825 0x40000001 #1:0x40000001
| 1073741824 0x40000000 #1:0x40000000
$ hexspan 6g -c 'goto 1G+6; next run; eval .; print raw' | head -c 40
| 5368709120 0x140000000 #1:0x140000000
| MA
\
$ hexspan 64g -c '-4 print; eval -1; -1 info'
| 0ffffffff0                                       4c 41 53 54  |            LAST|
| 68719476735 0xfffffffff #1:0xfffffffff
| 0xfffffffff #1:0xfffffffff 64g sector 134217727+511 data 54 84
$ hexspan 64g -c '% print' | head -n 1
| 0000000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|
$ hexspan 64g -c 'next run; eval .; goto -5; prev run; eval .'
| 68719476732 0xffffffffc #1:0xffffffffc
| 0 0x0 #1:0x0
$ hexspan 6g 64g -c 'segments; #2:-4,$ print; #2 print' | head -n 3
|    1  0x0           6442450944  file    write      0  6g
|    2  0x180000000  68719476736  file    write      0  64g
| 117ffffff0                                       4c 41 53 54  |            LAST|
$ hexspan --skip=5G --size=6 6g --skip=-4 64g -c '% print'
| 0000000000  4d 41 52 4b 35 47 4c 41  53 54                    |MARK5GLAST      |
$ hexspan 6g -c '5G,+6 print dec; 5G,+6 print c'
| 5368709120   77  65  82  75  53  71
| static const unsigned char data[] = {
| 	0x4d, 0x41, 0x52, 0x4b, 0x35, 0x47,
| };
$ hexspan 6g -c '5G,+6 print ihex'
! hexspan: print: ihex records end at 4 GiB: 0x140000005 is past that
= 2
$ hexspan --at=0xfffffff000000000 6g -c '0xfffffff140000000,+6 print; eval -1'
| fffffff140000000  4d 41 52 4b 35 47                                 |MARK5G          |
| 18446744011432525823 0xfffffff17fffffff #1:0x17fffffff

Patches: IPS32 ends at 4 GiB, the others do not.
$ hexspan 6g -c '5G put "x"; patch save p.ips'; [ -e p.ips ] || echo none
| none
! hexspan: patch: IPS32 ends at 4 GiB, and 0x140000000 lies behind that (save it as hex or json)
! hexspan: 1 edit in 1 file not written, dropped
$ hexspan 6g -c '0xffffffff put "xy"; patch save p.ips'; [ -e p.ips ] || echo none
| none
! hexspan: patch: IPS32 ends at 4 GiB, and 0x100000000 lies behind that (save it as hex or json)
! hexspan: 1 edit in 1 file not written, dropped
$ hexspan 6g -c '0xffffffff put "x"; patch save p.ips; 5G put "y"; patch save p; quit drop'; od -An -c p.ips; hexspan 6g -c 'patch apply p; edits; undo; patch apply p.ips; edits; quit drop'
| 1 hunk, 1 byte
| 2 hunks, 2 bytes
|    I   P   S   3   2 377 377 377 377  \0 001   x   E   E   O   F
| 2 hunks, 2 bytes
| 0xffffffff 1 1 #1:0xffffffff
| 0x140000000 1 1 #1:0x140000000
| 1
| 1 hunk, 1 byte
| 0xffffffff 1 1 #1:0xffffffff
! hexspan: patch: IPS has no old bytes: nothing was compared
