hash: digests of the bytes as they are now. What each algorithm gives for known
bytes is tested elsewhere; here, what is printed.

$ printf abc >abc && hexspan abc -c 'hash md5 sha1'
| 900150983cd24fb0d6963f7d28e17f72  md5  0x0,0x3
| a9993e364706816aba3e25717850c26c9cd0d89d  sha1  0x0,0x3
$ hexspan ten letters -c 'hash sha256' && cat ten letters | sha256sum
| 870b28c958b668f3b60e2a020307341924d37108c5092bd3e9243003d7d5f8c0  sha256  0x0,0x1a
| 870b28c958b668f3b60e2a020307341924d37108c5092bd3e9243003d7d5f8c0  -
$ hexspan ten letters -c '#2 hash md5' -c '8,+4 hash md5' -c '3 hash crc32'
| 1d64dce239c4437b7736041db089e1b9  md5  0xa,0x1a
| b57cc9b07f9303fa8bc3ca650d9c7c4b  md5  0x8,0xc
| 6dd28e9b  crc32  0x3,0x4
$ hexspan ten letters --json -c '0,4 hash sha256 xxh3'
| {"algorithm":"sha256","addr":0,"at":"0x0","len":4,"digest":"1be2e452b46d7a0d9656bbb1f768e8248eba1b75baed65f5d99eafa948899a6a","skipped":0}
| {"algorithm":"xxh3","addr":0,"at":"0x0","len":4,"digest":"8aa92da18edb594b","skipped":0}

Edits are in it, and an empty range has a digest, too.

$ hexspan ten -c '0 put "X"; hash crc32; undo; hash crc32; 4,4 hash md5; quit drop'
| 64b48342  crc32  0x0,0xa
| 1
| a684c7c6  crc32  0x0,0xa
| d41d8cd98f00b204e9800998ecf8427e  md5  0x4,0x4

Several blocks, and a file of them that verify reads.

$ hexspan ten letters -c 'hash crc32 crc32c -b 10'
| a684c7c6  crc32  0x0,0xa
| 280c069e  crc32c  0x0,0xa
| 3981703a  crc32  0xa,0x14
| e6599437  crc32c  0xa,0x14
| b6560bd6  crc32  0x14,0x1a
| 74a7f3d9  crc32c  0x14,0x1a
$ hexspan ten letters -c 'hash md5 -b 16 > list' && cat list
| hashed 2 blocks, 26 bytes
| hexspan-hashes 1
| # #1 0x0 ten
| # #2 0xa letters
| 4032af8d61035123906e58e067140cc5  md5  0x0,0x10
| d2ec9b32d674414d1112353ea880779b  md5  0x10,0x1a
$ hexspan ten letters -c 'hash md5 > list'
! hexspan: hash: list is there already (hash! writes over it)
= 3
$ hexspan ten letters --json -c 'hash! md5 > list'
| {"blocks":1,"bytes":26,"skipped":0}
$ cat list
| hexspan-hashes 1
| # #1 0x0 ten
| # #2 0xa letters
| adaa4afb8b399903f2b192eaf1fa4763  md5  0x0,0x1a
$ hexspan ten -c 'hash! md5 > ten'
! hexspan: hash: ten is open: nothing is written over it
= 3

Bytes without values end it, unless they are left out, or filled.

$ hexspan ten gap:6 letters -c 'hash crc32'
! hexspan: hash: the byte at 0xa has no value (gap); --unreadable=skip or fill:VALUE goes on
= 3
$ hexspan ten gap:6 letters -c 'hash crc32 --unreadable=skip' && cat ten letters | gzip -c | tail -c8 | od -An -tx4 -N4
| 837be763  crc32  0x0,0x20  skipped 6
|  837be763
$ hexspan ten gap:6 letters --json -c 'hash crc32 --unreadable=skip' -c 'hash crc32 --unreadable=fill:0'
| {"algorithm":"crc32","addr":0,"at":"0x0","len":32,"digest":"837be763","skipped":6}
| {"algorithm":"crc32","addr":0,"at":"0x0","len":32,"digest":"8c1a5a86","skipped":0,"filled":6}
$ hexspan ten gap:6 letters -c 'hash crc32 -b 12 --unreadable=skip > gaps' && tail -n 3 gaps
| hashed 3 blocks, 32 bytes
| a684c7c6  crc32  0x0,0xc  skipped 2
| aeef2a50  crc32  0xc,0x18  skipped 4
| 82d4dd27  crc32  0x18,0x20
! hexspan: hash: 6 bytes without values left out
$ hexspan ten gap:6 -c 'hash crc32 --unreadable=fill > out'
! hexspan: hash: what is filled cannot be verified: only stop or skip goes to a file
= 2

A library that is not there.

$ mkdir lib && : >lib/libxxhash.so.0 && LD_LIBRARY_PATH=lib hexspan ten -c 'hash xxh3'
! hexspan: hash: xxh3: xxhash is not here (lib/libxxhash.so.0: file too short)
= 3
$ LD_LIBRARY_PATH=lib hexspan --version | grep xxhash
| xxhash is not here (lib/libxxhash.so.0: file too short)

Words.

$ hexspan ten -c 'hash'
! hexspan: hash: usage: hash ALGORITHM.. [-b SIZE] [--unreadable=stop|skip|fill[:VALUE]] [> FILE]
!   hash
!       ^
= 2
$ hexspan ten -c 'hash sha'
! hexspan: hash: unknown algorithm 'sha' (md5 sha1 sha224 sha256 sha384 sha512 sha3-224 sha3-256 sha3-384 sha3-512 blake2b blake2s crc32 crc32c xxh3 xxh128)
!   hash sha
!        ^
= 2
$ hexspan ten -c 'hash md5 -b none'
! hexspan: hash: number expected
!   hash md5 -b none
!               ^
= 2
