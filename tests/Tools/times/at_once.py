"""Prints how many tests are to run at once: as many as there are cores, and one where processes that fork only hinder each other.

Most tests have processes forked. On some virtual machines all of them together get no more of that done than one alone: tests side by side
then take as long as one after the other, and what they measure is noise.
"""

import os
import time

SECONDS = 0.4
GAIN = 1.4  # times as many forks that all cores together have to manage


def main():
    cores = len(os.sched_getaffinity(0))
    alone, together = (max(forks(count) for _ in range(2)) for count in (1, cores))
    print(cores if together > alone * GAIN else 1)


def forks(count):
    """How many children so many processes make together in a while."""
    told = []
    for _ in range(count):
        reader, writer = os.pipe()
        if os.fork() == 0:
            os.write(writer, b"%d" % made())
            os._exit(0)
        os.close(writer)
        told.append(reader)
    found = sum(int(os.read(reader, 20)) for reader in told)
    for reader in told:
        os.close(reader)
        os.wait()
    return found


def made():
    number, end = 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        number += 1
    return number


main()
