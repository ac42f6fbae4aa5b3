Options.

$ hexspan -c 'set' | sed -n '/sector/p'
| sector=auto
$ hexspan -c 'set sector=4K norules columns=8; set sector? rules? columns'
| sector=4096
| rules=off
| columns=8
$ hexspan -c 'set all' | sed -n '/sector/p'
| sector=auto
$ hexspan -c 'cycle case; set case?; cycle rules; set rules?'
| case=upper
| rules=off
$ hexspan --json -c 'set sector? theme? columns=16 columns?'
| {"sector":"auto"}
| {"theme":"auto"}
| {"columns":"16"}

A batch reads bare numbers as decimal.

$ hexspan ext2.000 -c 'set radix=16; eval 10'
| 10 0xa #1:0xa

$ hexspan -c 'set sektor=512'
! hexspan: set: unknown option 'sektor' (did you mean 'sector'?)
!   set sektor=512
!       ^
= 2
$ hexspan -c 'set sector=big'
! hexspan: set: sector: number expected
!   set sector=big
!       ^
= 2
$ hexspan -c 'set columns=65'
! hexspan: set: columns wants auto, 0 to 64
!   set columns=65
!       ^
= 2
$ hexspan -c 'set radix=8'
! hexspan: set: radix wants 10 or 16
!   set radix=8
!       ^
= 2
$ hexspan -c 'set case=title'
! hexspan: set: case wants one of: lower upper
!   set case=title
!       ^
= 2
$ hexspan -c 'set columns=8 rules=maybe' -c 'set columns?'
! hexspan: set: rules wants one of: off on
!   set columns=8 rules=maybe
!                 ^
= 2
$ hexspan -c 'set errors=go-on' -c 'set columns=8 rules=maybe' -c 'set columns?'
| columns=auto
! hexspan: set: rules wants one of: off on
!   set columns=8 rules=maybe
!                 ^
= 2
$ hexspan -c 'cycle'
! hexspan: cycle: usage: cycle OPTION
!   cycle
!        ^
= 2
$ hexspan -c 'cycle block'
! hexspan: cycle: block has no list of values to go through
!   cycle block
!         ^
= 2
$ hexspan --json -c 'set sektor=512'
! {"error":"unknown option 'sektor' (did you mean 'sector'?)","code":2,"command":"set","column":5}
= 2
