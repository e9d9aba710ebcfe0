"""What forked children write into a pipe, and how they end."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable

LOOK_SECONDS = 0.02


def collect(
        child: int, reader: int, seconds: float, limit: int = 256 << 20, is_over: Callable[[], bool] | None = None) -> tuple[bytes, int]:
    """All a forked child writes, and its wait status; the child is killed at the time or size limit, or when ``is_over`` (status -1, -2)."""
    end = time.monotonic() + seconds
    killed = 0
    try:
        data, killed = read(reader, end, limit, is_over)
    finally:
        if killed:
            os.kill(child, signal.SIGKILL)
        status = _wait(child, end)
    return data, killed or status


def read(reader: int, end: float, limit: int, is_over: Callable[[], bool] | None = None) -> tuple[bytes, int]:
    """What is written into a pipe until it is closed; -1 beside it when ``end`` came first or ``is_over``, -2 when it is more than the limit."""
    chunks, total = [], 0
    try:
        while True:
            left = max(0.0, end - time.monotonic())
            ready, _, _ = select.select([reader], [], [], left if is_over is None else min(left, LOOK_SECONDS))
            if not ready and is_over is not None and left > 0 and not is_over():
                continue
            chunk = os.read(reader, 1 << 20) if ready else None
            if not chunk:
                return b"".join(chunks), 0 if ready else -1
            total += len(chunk)
            chunks.append(chunk)
            if total > limit:
                return b"".join(chunks), -2
    finally:
        os.close(reader)


def used(child: int) -> float:
    """CPU seconds; of a process that is gone, none."""
    try:
        return time.clock_gettime(((~child) << 3) | 2)
    except OSError:
        return 0.0


def waits(child: int, seconds: float) -> Callable[[], bool]:
    """Tells whether a child has done nothing for so long."""
    last, since = used(child), time.monotonic()

    def look():
        nonlocal last, since
        now = used(child)
        if now != last:
            last, since = now, time.monotonic()
        return time.monotonic() - since > seconds

    return look


def _wait(child, end):
    """Waits for a child that closed its pipe; one that lingers (a thread, an exit handler) is killed."""
    while True:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            return os.waitpid(child, 0)[1]
        time.sleep(0.0005)
