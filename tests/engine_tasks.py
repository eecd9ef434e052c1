"""Functions that tests send to workers. This module is importable there, since the folder tests is on the path."""

from __future__ import annotations

import os
import sys
import threading
import time
import warnings
from typing import TYPE_CHECKING, NoReturn

from indicia.errors import IndiciaWarning, UnknownColumn

if TYPE_CHECKING:
    from pathlib import Path


def square(number: int) -> int:
    return number * number


def slow_square(number: int) -> int:
    """Let later items end before earlier ones."""
    time.sleep(0.05 * (3 - number % 3))
    return number * number


def process_of(_: int) -> int:
    time.sleep(0.1)
    return os.getpid()


def fail_at_three(number: int) -> int:
    """Fail at 3 slowly, and at 4 at once: the error of the earlier item is raised."""
    if number == 4:
        raise ValueError("the later error")
    if number == 3:
        time.sleep(0.2)
        raise UnknownColumn("co3", 'unknown column "co3"', where="part 3", remedy='did you mean "co2"?')
    return number


class UnpicklableError(Exception):
    def __init__(self) -> None:
        super().__init__("this error holds a lock")
        self.lock = threading.Lock()


def fail_with_a_lock(_: int) -> NoReturn:
    raise UnpicklableError


def warn(number: int) -> int:
    warnings.warn("a doubtful methodology", IndiciaWarning, stacklevel=1)
    return number


def print_text(number: int) -> int:
    sys.stdout.write("text of a method\n")
    return number


def die(number: int) -> int:
    """End the process at item 2, as the system ends one that has no memory left."""
    if number == 2:
        os.kill(os.getpid(), 9)
    return number


def die_once(marker: Path) -> str:
    """End the process where no file marks that this was done."""
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), 9)
    return marker.name
