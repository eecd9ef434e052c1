"""The number of processor cores that this process may use."""

from __future__ import annotations

import os
from pathlib import Path


def core_count(root: Path = Path("/")) -> int:
    """Return the number of cores within the limits of the machine, of the process and of its control group.

    A container with a quota of two cores runs on a machine that has more; a process for each of these would be slow.
    """
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(cores, *_quotas(root)))


def _quotas(root: Path) -> list[int]:
    """Return the cores that control groups allow, rounded up; versions 1 and 2, as a container sees them.

    A file that cannot be read, or says "max", sets no limit.
    """
    groups = root / "sys/fs/cgroup"
    texts = (
        _text(groups / "cpu.max"),
        f"{_text(groups / 'cpu/cpu.cfs_quota_us')} {_text(groups / 'cpu/cpu.cfs_period_us')}",
    )
    quotas = []
    for text in texts:
        match text.split():
            case [quota, period] if quota.isdecimal() and period.isdecimal() and int(period) > 0:
                quotas.append(-(-int(quota) // int(period)))
    return [*quotas, 2**20]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
