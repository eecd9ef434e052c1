"""Where the time of the tests goes: `just durations` prints it by folder, with the cases and the processes started.

A test that computes uses the processor; one that waits for a browser, a server or a process that goes on does not.
"""

from __future__ import annotations

import os
import sys
import time
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

_started = [0]
"""The processes that this process has started."""


def _heard(event: str, arguments: object) -> None:
    if event == "subprocess.Popen":
        _started[0] += 1


def folder_of(path: str) -> str:
    """Return the folder of a test that gets a line of its own.

    >>> folder_of("tests/core/cli/test_run.py"), folder_of("plugins/indicia_report/markup.py")
    ('tests/core/cli', 'plugins')
    """
    parts = path.split("/")[:-1]
    depth = 1 + (parts[:1] == ["tests"]) + (parts[:2] in (["tests", "core"], ["tests", "plugins"]))
    return "/".join(parts[:depth])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Note the seconds of a test, those of the processor for it and its ended processes, and how many it started."""
    wall, used, started = time.perf_counter(), sum(os.times()[:4]), _started[0]
    try:
        return (yield)
    finally:
        measured = (time.perf_counter() - wall, sum(os.times()[:4]) - used, _started[0] - started)
        item.user_properties.append(("measured", measured))


class Table:
    """The sums by folder, in the process that reports."""

    def __init__(self) -> None:
        self.folders: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0.0, 0.0, 0])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add a phase of a test: its preparation and its end count as seconds, its call as what was measured."""
        folder = self.folders[folder_of(report.nodeid.partition("::")[0])]
        if report.when != "call":
            folder[3] += report.duration
            return
        folder[0] += 1
        match dict(report.user_properties).get("measured"):
            case (float(wall), float(used), int(started)):
                folder[1] += used
                folder[2] += max(0.0, wall - used)
                folder[4] += started

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table, the dearest folder first."""
        rows = sorted(self.folders.items(), key=lambda row: -sum(row[1][1:4]))
        total = [sum(column) for column in zip(*self.folders.values(), strict=True)] or [0] * 5
        terminalreporter.section("seconds by folder")
        terminalreporter.write_line(
            f"{'folder':32}{'cases':>8}{'computed':>10}{'waited':>10}{'prepared':>10}{'processes':>11}"
        )
        for name, (cases, used, waited, prepared, started) in [*rows, ("all", total)]:
            terminalreporter.write_line(
                f"{name:32}{cases:8.0f}{used:10.1f}{waited:10.1f}{prepared:10.1f}{started:11.0f}"
            )


def pytest_configure(config: pytest.Config) -> None:
    """Count processes where tests run, and report in the process that starts the workers."""
    sys.addaudithook(_heard)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Table(), "table of seconds by folder")
