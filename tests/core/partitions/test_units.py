"""Units of all partitions are different, and each has one spelling."""

from __future__ import annotations

from contextlib import suppress
from functools import reduce
from typing import TYPE_CHECKING

import polars as pl
import pytest

from indicia.errors import IndiciaError
from indicia.partitions.partition import Partition, Pending
from indicia.partitions.unit_questions import (
    PARTITION,
    ROWS,
    HashRun,
    MergeHashes,
    ask_repeated_keys,
    ask_spellings,
    find_repeated,
    repeated_keys,
    write_hashes,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any


def replayed(parts: list[Any], folder: Path, ask: Callable[[Partition, Any], Any]) -> Any:
    """Ask the same of all partitions, round by round, and return the last answer."""
    answers: dict[str, Any] = {}
    while True:
        outcome, asked = None, []
        for number, part in enumerate(parts):
            partition = Partition(number, answers, folder, f"file {number}")
            with suppress(Pending):
                outcome = ask(partition, part)
            asked.append(partition.questions)
        if not any(asked):
            return outcome
        for key, question in asked[0].items():
            state = reduce(question.merge.join, [questions[key].state for questions in asked])
            answers[key] = question.merge.value(state)


def frames(*parts: list[str]) -> list[pl.DataFrame]:
    return [pl.DataFrame({"unit": part}, schema={"unit": pl.String}) for part in parts]


def test_different_units_are_not_repeated(tmp_path: Path) -> None:
    assert replayed(frames(["Lima"], [], ["Oslo"]), tmp_path, ask_repeated_keys) == (0, [])


def test_repeated_units_are_named_with_their_partitions(tmp_path: Path) -> None:
    parts = frames(["Lima", "Oslo"], ["Rome", "Rome"], [], ["Oslo", "Pune", "Lima"])
    expected = [("Lima", ["file 0", "file 3"]), ("Oslo", ["file 0", "file 3"]), ("Rome", ["file 1"])]
    assert replayed(parts, tmp_path, ask_repeated_keys) == (3, expected)


def test_a_unit_may_stand_in_several_periods(tmp_path: Path) -> None:
    parts = [pl.DataFrame({"unit": ["Lima"] * 2, "year": years}) for years in ([2020, 2021], [2022, 2021])]
    assert replayed(parts, tmp_path, ask_repeated_keys) == (1, [("Lima 2021", ["file 0", "file 1"])])


def test_units_with_equal_hashes_are_compared_by_name() -> None:
    rows = pl.DataFrame({"unit": ["Lima", "Oslo"], ROWS: [1, 1], PARTITION: ["a", "b"]})
    assert repeated_keys(rows) == []


def test_each_hash_is_compared_in_one_range(tmp_path: Path) -> None:
    names = [f"u{number}" for number in range(500)]
    runs = [write_hashes(part, tmp_path, "keys", number) for number, part in enumerate(frames(names, names[450:]))]
    count, hashes = find_repeated(runs, tmp_path, "keys", range_rows=20)
    assert count == len(hashes) == 50


def test_a_column_of_few_names_is_compared_once_a_partition(tmp_path: Path) -> None:
    runs = [write_hashes(part, tmp_path, "keys", number) for number, part in enumerate(frames(["a"] * 90, ["a", "b"]))]
    assert [run.hashes for run in runs] == [1, 2]
    assert MergeHashes(tmp_path, "keys").value(tuple(runs))[0] == 1


def test_all_repeated_units_are_counted_and_some_are_named(tmp_path: Path) -> None:
    names = [f"u{number}" for number in range(1200)]
    count, named = replayed(frames(names, names), tmp_path, ask_repeated_keys)
    assert count == 1200
    assert len(named) == 1000


def test_workers_that_compute_different_hashes_are_refused(tmp_path: Path) -> None:
    runs = [HashRun(0, 1, (1, 2)), HashRun(1, 1, (1, 3))]
    with pytest.raises(IndiciaError, match="partitions 1 and 2 compute different hashes") as error:
        find_repeated(runs, tmp_path, "keys")
    assert "same version of polars" in str(error.value)


@pytest.mark.parametrize("other", ["Bogota\u0301", "Bogot\u00e1 "])
def test_names_of_two_partitions_that_differ_in_spelling_are_found(tmp_path: Path, other: str) -> None:
    parts = [pl.Series("city", names, pl.String) for names in (["Lima", "Bogot\u00e1"], [], [other, other])]
    assert replayed(parts, tmp_path, ask_spellings) == ("Bogot\u00e1", other)


def test_a_name_with_an_accent_has_one_spelling(tmp_path: Path) -> None:
    parts = [pl.Series("city", names) for names in (["Bogot\u00e1"], ["Bogot\u00e1", "Lima "])]
    assert replayed(parts, tmp_path, ask_spellings) is None
