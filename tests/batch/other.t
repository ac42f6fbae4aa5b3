echo, comments, more than one command on a line.

$ hexspan -c 'echo one; two' -c '# nothing' -c ': echo three'
| one; two
| three
$ hexspan -c "echo $odd"
| e\x1b[31m\x0a\xe2\x80\xae\xff%s%n
$ hexspan --json -c "echo $odd"
| {"text":"e\\x1b[31m\\x0a\\xe2\\x80\\xae\\xff%s%n","text_hex":"651b5b33316d0ae280aeff2573256e"}
$ hexspan --json -c 'echo "quoted" \ backslash'
| {"text":"\"quoted\" \\ backslash"}
$ hexspan -c echo
| 
$ hexspan ten -c 'open "a;b"; eval .'
! hexspan: open: a;b: No such file or directory
= 3
$ hexspan ten -c 'open /nowhere; eval .'
! hexspan: open: /nowhere: No such file or directory
= 3
$ hexspan ten -c ';; eval 1 ;'
| 1 0x1 #1:0x1

Full names and the short names that are listed, nothing else.

$ hexspan ten -c 'g 5; eval .'
| 5 0x5 #1:0x5
$ hexspan ten -c 'got 5'
! hexspan: unknown command 'got' (did you mean 'goto'?)
!   got 5
!   ^
= 2
$ hexspan ten -c 'segm'
! hexspan: unknown command 'segm' (did you mean 'set'?)
!   segm
!   ^
= 2
$ hexspan -c 'move down'
! hexspan: move needs the editor
!   move down
!   ^
= 2
$ hexspan -c 'Segments'
! hexspan: a command or an address is expected
!   Segments
!   ^
= 2
$ hexspan -c 'segments!'
! hexspan: segments: segments takes no '!'
!   segments!
!           ^
= 2
$ hexspan ten -c '5 segments'
! hexspan: segments: segments takes no range
!   5 segments
!   ^
= 2
$ hexspan --json -c 'got 5'
! {"error":"unknown command 'got' (did you mean 'goto'?)","code":2,"command":"","column":1}
= 2

help

$ hexspan -c 'help close'
| close #N
|   close a segment
|   What follows it without a fixed place closes up. Its number is not used again.
$ hexspan -c 'help scrolloff'
| scrolloff  rows kept in sight above and below the cursor (default 2)
$ hexspan -c 'help c l'
! hexspan: help: unexpected text (usage: help [COMMAND | OPTION | KEY | keys | commands | addresses | patterns | options])
!   help c l
!          ^
= 2
$ hexspan -c 'help clos'
! hexspan: help: no help about 'clos' (did you mean 'close'?)
= 1
$ hexspan --json -c 'help close'
| {"name":"close","usage":"#N","help":"close a segment","more":"What follows it without a fixed place closes up. Its number is not used again.","bang":false,"editor":false}
$ hexspan --json -c 'help flush-quit' | cut -d , -f 1-3
| {"name":"flush-quit","alias":"wq","aliases":"wq x"
$ hexspan -c help | grep 'wq x'
| flush-quit   wq x flush, then leave
$ hexspan --json -c 'help clos'
! {"error":"no help about 'clos' (did you mean 'close'?)","code":1,"command":"help"}
= 1

quit ends the run.

$ hexspan -c 'echo one' -c 'quit' -c 'echo two'
| one
$ hexspan -c 'echo one; quit drop; echo two'
| one; quit drop; echo two
$ hexspan -c 'quit now'
! hexspan: quit: usage: quit [drop]
!   quit now
!        ^
= 2
