Files that another program has locked: they can be looked at, and not edited.
flock runs a command while it holds the lock of a file.
$ flock ten hexspan ten letters -c '0,+4 print; #2:0 put "X"; quit drop' 2>/dev/null
| 0000000000  30 31 32 33                                       |0123            |
$ flock ten hexspan ten -c 'put "X"' 2>/dev/null
= 3
$ flock ten hexspan ten -c 'put "X"' 2>&1 | grep -q 'put: ten: .* has locked it' && echo refused
| refused
$ flock ten hexspan ten letters -c '8 put "XXXX"; print; quit drop' 2>/dev/null
= 3

Who only looks does not hear of it, and who asks does.
$ flock ten hexspan ten -c '0,+4 print' 2>&1
| 0000000000  30 31 32 33                                       |0123            |
$ flock ten hexspan ten letters -c 'segments' 2>&1 | sed 's/process [0-9]*/process N/'
| hexspan: ten: process N (flock) has locked it to edit it: it is for reading
|    1  0x0  10  file    read       0  ten  (locked)
|    2  0xa  16  file    write      0  letters

A copy is nobody else's, and what is only looked at needs no lock.
$ flock ten hexspan --copy ten -c 'put "X"; 0,+4 print; quit drop'
| 0000000000  58 31 32 33                                       |X123            |
$ flock ten hexspan -R ten -c '0,+4 print'
| 0000000000  30 31 32 33                                       |0123            |

The lock lasts as long as the edits: undone, they hold nothing.
$ hexspan ten -c 'put "X"; undo'; flock -n ten echo free
| 1
| free

