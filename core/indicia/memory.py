"""The memory that this process may hold: what the machine, its control group and its own limits leave it."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def capacity(root: Path = Path("/")) -> int | None:
    """Return the bytes that this process may hold in all, or None where the system does not tell.

    What the process holds already counts as available to it, since freed memory stays with it to be used again. Memory
    that the system would give up for it counts too: caches of files, and swap.
    """
    return min([*_of_machine(root), *_of_groups(root), *_of_process()], default=None)


def _of_machine(root: Path) -> Iterator[int]:
    machine, held = _table(root / "proc/meminfo"), _held(root)
    if "MemAvailable" in machine:
        yield held + machine["MemAvailable"] + machine.get("SwapFree", 0)


def _held(root: Path) -> int:
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
    """Yield what each control group of the process leaves it, and each group above, in either version of groups."""
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
                known = _table(folder / "memory.stat")
                spare = sum(known.get(name, 0) for name in cache)
                yield max(0, int(limits) - int(usage)) + spare + swap + _held(root)


def _of_process() -> Iterator[int]:
    with suppress(ImportError):  # Windows
        import resource

        for name in ("RLIMIT_AS", "RLIMIT_DATA"):
            limit = resource.getrlimit(getattr(resource, name))[0]
            if limit != resource.RLIM_INFINITY:
                yield limit
