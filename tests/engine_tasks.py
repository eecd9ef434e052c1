"""Functions that tests send to workers. This module is importable there, since the folder tests is on the path."""

from __future__ import annotations

import os
import sys
import threading
import time
import uuid
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import polars as pl

import indicia
from indicia.errors import IndiciaWarning, UnknownColumn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.index import Index


def square(number: int) -> int:
    return number * number


def full_path(file: str) -> str:
    return str(Path(file).absolute())


def slow_square(number: int) -> int:
    """Let later items end before earlier ones."""
    time.sleep(0.05 * (3 - number % 3))
    return number * number


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


def work_until_a_worker_is_killed(item: tuple[int, Path]) -> int:
    """Write a file that shows that the work has begun, and work until there is the file "killed"."""
    number, folder = item
    (folder / f"{number}-{uuid.uuid4().hex}").touch()
    end = time.monotonic() + 60
    while not (folder / "killed").exists() and time.monotonic() < end:
        time.sleep(0.01)
    return number * number


HALVED = """
from dataclasses import dataclass

from indicia.catalogue import hookimpl
from indicia.methods import Normalisation

indicia_contract = 2


@dataclass(frozen=True)
class Halved(Normalisation):
    'Half of the values.'

    name = "halved"
    reference = "made up for a test"
    formula = "x / 2"

    def benefit(self, x, s):
        return x / 2


@hookimpl
def indicia_normalisations():
    return [Halved]
"""


def index_with_plugin(file: Path) -> Index:
    """Return an index whose normalisation comes from a plugin file, and write the file."""
    file.write_text(HALVED)
    definition = {
        "data": {"unit": "city"},
        "indicators": {"income": {"direction": "benefit"}},
        "methodology": {"normalisation": "halved"},
    }
    return indicia.read(definition, plugins=[file])


@dataclass(frozen=True)
class ScoreIncomes:
    """A task that holds an index, as the tasks of a run do."""

    index: Index

    def __call__(self, incomes: Sequence[float]) -> list[float]:
        cities = [f"city {number}" for number in range(len(incomes))]
        scores: list[float] = (
            self.index.score(pl.DataFrame({"city": cities, "income": incomes})).scores["score"].to_list()
        )
        return scores


def work_for_a_minute(folder: Path) -> None:
    (folder / uuid.uuid4().hex).touch()
    time.sleep(60)


@dataclass(frozen=True)
class LargeFunction:
    """A function that holds a table, and is therefore sent once to each worker."""

    table: bytes

    def __call__(self, item: tuple[int, Path]) -> int:
        """Work until a worker is killed, and return a number that depends on the table."""
        return work_until_a_worker_is_killed(item) + self.table.count(b"a")
