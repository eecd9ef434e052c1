"""The time and the memory of a command with all processes that it starts."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

INTERVAL = 0.1
"""Seconds between two looks at the processes."""


@dataclass(frozen=True)
class Measured:
    """The cost of a command, summed over its processes."""

    seconds: float
    processor_seconds: float
    memory: float
    """The peak of anonymous and shared memory, in bytes; pages of files that the system can drop are not counted."""
    disk: float
    """The peak of the size of a folder for scratch files, in bytes."""


def measure(command: Sequence[str], environment: Mapping[str, str], scratch: Sequence[Path] = ()) -> Measured:
    """Run a command to its end; it must succeed."""
    start, memory, disk, processor = time.perf_counter(), 0, 0, {}
    process = subprocess.Popen(command, env=dict(environment), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    looks = 0
    with process:
        while process.poll() is None:
            in_use = 0
            for pid in _descendants(process.pid):
                anonymous, seconds = _usage(pid)
                in_use += anonymous
                processor[pid] = max(seconds, processor.get(pid, 0.0))
            memory, looks = max(memory, in_use), looks + 1
            if looks % 10 == 0:
                disk = max(disk, sum(map(_size, scratch)))
            time.sleep(INTERVAL)
        seconds = time.perf_counter() - start
        if process.returncode:
            sys.stderr.write(process.stderr.read().decode())
            raise subprocess.CalledProcessError(process.returncode, command)
    return Measured(seconds, sum(processor.values()), memory, disk)


def _descendants(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _descendants(int(child))


def _usage(pid: int) -> tuple[int, float]:
    """Return the bytes and the processor seconds of a process; none where it has ended."""
    try:
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0, 0.0
    kilobytes = sum(int(status.get(name, "0 kB").split()[0]) for name in ("RssAnon", "RssShmem"))
    return 1024 * kilobytes, (int(fields[11]) + int(fields[12])) / 100  # clock ticks, 100 a second on Linux


def _size(folder: Path) -> int:
    try:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except OSError:
        return 0


def main() -> None:
    """Print the cost of the command on the command line."""
    import os

    cost = measure(sys.argv[1:], os.environ)
    sys.stdout.write(
        f"{cost.seconds:.1f} s, {cost.processor_seconds:.1f} s of the processor, {cost.memory / 2**30:.2f} GiB\n"
    )


if __name__ == "__main__":
    main()
