"""The memory that this process may use, within the limits of the machine, of control groups and of the process."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def capacity(root: Path = Path("/")) -> int | None:
    """Return the bytes that this process may hold in all, or None if the system has no figures.

    The bytes include memory that the process holds now, since it can use freed memory again. They also include swap and
    the caches of files, which the system empties when a process needs memory.
    """
    return min([*_of_machine(root), *_of_groups(root), *_of_process()], default=None)


def _of_machine(root: Path) -> Iterator[int]:
    machine, resident = _table(root / "proc/meminfo"), _resident(root)
    if "MemAvailable" in machine:
        yield resident + machine["MemAvailable"] + machine.get("SwapFree", 0)


def _resident(root: Path) -> int:
    return _table(root / "proc/self/status").get("VmRSS", 0)


def _table(path: Path) -> dict[str, int]:
    """Read lines such as `MemFree:  16 kB`, in bytes."""
    lines = re.findall(r"^(\w+):?\s+(\d+)( kB)?$", _text(path), re.MULTILINE)
    return {name: int(number) * (1024 if unit else 1) for name, number, unit in lines}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _of_groups(root: Path) -> Iterator[int]:
    """Yield the bytes that each control group of the process, and each group above it, allows; versions 1 and 2."""
    files = root / "sys/fs/cgroup"
    swap = _table(root / "proc/meminfo").get("SwapFree", 0)
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if not controllers:
            top, limit, used, cache = files, "memory.max", "memory.current", ("active_file", "inactive_file")
        elif "memory" in controllers.split(","):
            top, limit, used = files / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"
            cache = ("total_active_file", "total_inactive_file")
        else:
            continue
        group = top / path.lstrip("/")
        for folder in (group, *(above for above in group.parents if above.is_relative_to(top))):
            limits, usage = _text(folder / limit).strip(), _text(folder / used).strip()
            if limits.isdecimal() and usage.isdecimal():
                statistics = _table(folder / "memory.stat")
                spare = sum(statistics.get(name, 0) for name in cache)
                yield max(0, int(limits) - int(usage)) + spare + swap + _resident(root)


def _of_process() -> Iterator[int]:
    with suppress(ImportError):  # Windows
        import resource

        for name in ("RLIMIT_AS", "RLIMIT_DATA"):
            limit = resource.getrlimit(getattr(resource, name))[0]
            if limit != resource.RLIM_INFINITY:
                yield limit
