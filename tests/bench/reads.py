"""Random reads of one file: python3 reads.py WAY CLOCK FILE SIZE COUNT SEED

WAY is seek or mmap, CLOCK is cpu or wall.
Prints the seconds that they took and the sum of their first bytes. reads.c
makes the same offsets.
"""

import mmap
import os
import sys
import time


def offsets(seed, count, end):
    """xorshift64*, as in bench.c"""
    mask = (1 << 64) - 1
    found = []
    for _ in range(count):
        seed ^= seed >> 12
        seed ^= seed << 25 & mask
        seed ^= seed >> 27
        found.append((seed * 2685821657736338717 & mask) % end)
    return found


def seek(path, size, places):
    total = 0
    with open(path, "rb", buffering=0) as file:
        for place in places:
            file.seek(place)
            total += file.read(size)[0]
    return total


def slices(path, size, places):
    total = 0
    with open(path, "rb") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            for place in places:
                total += view[place:place + size][0]
    return total


def main():
    way, clock, path = sys.argv[1:4]
    size, count, seed = map(int, sys.argv[4:])
    now = {"cpu": time.process_time, "wall": time.perf_counter}[clock]
    places = offsets(seed, count, os.path.getsize(path) - size)
    read = {"seek": seek, "mmap": slices}[way]
    begin = now()
    total = read(path, size, places)
    print(now() - begin, total)


main()
