"""A run that dies at any step takes up there, and writes the bytes of a run that nothing disturbs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia_engines.engine import Here
from indicia_partitions import table
from indicia_partitions.run import run_partitions
from indicia_partitions.table import partitions_of_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path


INDEX = {
    "data": {"unit": "city"},
    "indicators": {"income": {"dimension": "wealth"}, "air": {"direction": "cost", "dimension": "green"}, "parks": {}},
    "dimensions": {"wealth": {}, "green": {}},
}
TABLE = pl.DataFrame(
    {
        "city": [f"c{number}" for number in range(9)],
        "income": [3.0, 1.5, 8.0, 2.0, 9.5, 4.0, 4.5, 6.0, 7.0],
        "air": [1.0, 2.0, 5.0, 3.0, 8.0, 9.0, 2.5, 4.0, 7.0],
        "parks": [0.5, 0.1, 0.4, 0.9, 0.2, 0.8, 0.3, 0.7, 0.6],
    }
)


class Death(BaseException):
    """The end of the process."""


@dataclass(frozen=True)
class Mortal(Here):
    """Runs items in this process, which dies after a number of them."""

    lifetime: int = 0
    lived: list[int] = field(default_factory=list)

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        """Yield the outcomes; the last item is done, and its outcome is lost."""
        for item in items:
            outcome = function(item)
            self.lived.append(1)
            if len(self.lived) == self.lifetime:
                raise Death
            yield outcome


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write three files, each of which is a partition."""
    monkeypatch.setattr(
        table, "partitions_of_index", lambda index, place, rows: partitions_of_index(index, place, rows=3)
    )
    (tmp_path / "parts").mkdir()
    for number in range(3):
        TABLE[3 * number : 3 * number + 3].write_parquet(tmp_path / "parts" / f"{number}.parquet")
    return tmp_path / "parts"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def items_of_run(parts: Path) -> int:
    """Run without a disturbance, and return the number of items."""
    engine = Mortal()
    run_partitions(indicia.read(INDEX), parts, parts.parent / "whole", engine)
    return len(engine.lived)


def assert_resumes(parts: Path, *lifetimes: int) -> None:
    """Let a run die after these numbers of items, one after the other, and finish it."""
    index, folder = indicia.read(INDEX), parts.parent / f"died-{lifetimes}"
    for lifetime in lifetimes:
        with pytest.raises(Death):
            run_partitions(index, parts, folder, Mortal(lifetime=lifetime))
        assert not (folder / "_manifest.json").exists()
    run_partitions(index, parts, folder, Here())
    assert contents(folder) == contents(parts.parent / "whole")


def test_a_run_that_dies_while_it_scores_takes_up_there(parts: Path) -> None:
    items_of_run(parts)
    # the second of three partitions in the second round, which scores them and asks for the order of all scores
    assert_resumes(parts, 5)


@pytest.mark.thorough
def test_a_run_that_dies_after_any_item_takes_up_there(parts: Path) -> None:
    for lifetime in range(1, items_of_run(parts) + 1):
        assert_resumes(parts, lifetime)


@pytest.mark.thorough
def test_a_run_that_dies_again_and_again_comes_to_its_end(parts: Path) -> None:
    items_of_run(parts)
    assert_resumes(parts, *[4] * 4)
