"""The journal of a run over partitions, from which a run that was broken off takes up."""

from __future__ import annotations

import datetime as dt
import io
import math
import pickle
import struct
import zipfile
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.data.partition_writer import PartitionedOutput
from indicia.errors import IndiciaWarning
from indicia_partitions.run import Journal
from indicia_partitions.scored_files import Damaged, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUN = {"index": "a"}
TABLE = pl.DataFrame({"score": [0.5]})


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    output = PartitionedOutput(tmp_path / "out")
    with output.opened(RUN):
        yield Journal(output)


def same(first: Any, second: Any) -> bool:
    """Return True if two values have the same type and the same bits."""
    if type(first) is not type(second):
        return False
    if isinstance(first, float):
        return struct.pack(">d", first) == struct.pack(">d", second)
    if isinstance(first, tuple | list):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, dict):
        return same(list(first.items()), list(second.items()))
    if isinstance(first, np.ndarray | np.generic):
        return bool(first.dtype == second.dtype and first.shape == second.shape and first.tobytes() == second.tobytes())
    if isinstance(first, pl.DataFrame):
        return first.schema == second.schema and first.equals(second)
    return bool(first.equals(second) and first.name == second.name) if isinstance(first, pl.Series) else first == second


# Plain values

FRAME = pl.DataFrame(
    {
        "text": ["Lima", None],
        "category": pl.Series(["a", "b"], dtype=pl.Categorical),
        "choice": pl.Series(["a", "b"], dtype=pl.Enum(["b", "a"])),
        "day": [dt.date(2020, 1, 1), None],
        "moment": pl.Series([dt.datetime(2020, 1, 1), None], dtype=pl.Datetime("ns", "UTC")),
        "number": pl.Series([1, None], dtype=pl.UInt8),
        "float": [math.inf, math.nan],
        "lists": [[1.5], []],
        "nothing": [None, None],
    }
)


@pytest.mark.parametrize(
    "value",
    [
        {"1": 1, 2: (3, [4.0])},
        np.arange(6.0).reshape(2, 3).T,
        np.array(1.5),
        np.float64("nan"),
        np.int32(7),
        np.bool_(True),
        np.array(["Lima", "Oslo"]),
        np.zeros((0, 3), dtype=">f4"),
        dt.date(2020, 12, 31),
        dt.datetime(2020, 12, 31, 23, 59, 59, 999999),
        dt.time(23, 59),
        dt.timedelta(microseconds=1),
        Decimal("0.10"),
        FRAME,
        FRAME.clear(),
        *FRAME.get_columns(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_read_back_with_its_type_and_bits(value: Any) -> None:
    assert same(unpack(pack({"key": value}))["key"], value)


TEXTS = st.text('a"\\\0é\ud800', max_size=3)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
PLAIN = st.recursive(
    SCALARS,
    lambda values: (
        st.lists(values, max_size=3)
        | st.lists(values, max_size=3).map(tuple)
        | st.dictionaries(TEXTS | st.integers(), values, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(TEXTS, PLAIN, max_size=3))
def test_any_plain_value_is_read_back_with_its_type_and_bits(values: dict[str, Any]) -> None:
    assert same(unpack(pack(values)), values)


def test_the_bits_of_a_number_that_is_none_are_kept() -> None:
    (odd,) = struct.unpack(">d", bytes.fromhex("7ff8000000000123"))
    assert same(unpack(pack({"key": odd}))["key"], odd)


def test_equal_values_give_equal_bytes() -> None:
    assert pack({"key": FRAME}) == pack({"key": FRAME.clone()})


@pytest.mark.parametrize("value", [{1}, object(), np.array([object()]), 1j, b"", np.ma.array([1.0])])
def test_a_value_that_is_not_plain_is_refused_with_its_question(value: Any) -> None:
    with pytest.raises(TypeError, match="the answer of range of gdp cannot be kept: it holds"):
        pack({"range of gdp": (value,)})


class Runs:
    """A value whose pickle runs code."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("the journal ran code",)


def test_a_file_of_a_stranger_runs_no_code() -> None:
    array = io.BytesIO()
    np.save(array, np.array([Runs()]), allow_pickle=True)
    for values in ('{"key": ["array", 0]}', '{"key": ["pickle", 0]}', '{"key": ["float", "zz"]}', "[]", "{"):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as file:
            file.writestr("values.json", values)
            file.writestr("0", array.getvalue())
        with pytest.raises(Damaged):
            unpack(content.getvalue())
    with pytest.raises(Damaged):
        unpack(pickle.dumps(Runs()))


@given(st.data())
def test_damaged_bytes_are_damaged_or_read(data: st.DataObject) -> None:
    content = bytearray(pack({"key": (FRAME, np.arange(3.0), 0.5, "Lima")}))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    with suppress(Damaged):
        unpack(bytes(content[: data.draw(st.integers(at, len(content)))]))


# Rounds and parts


def test_a_resumed_run_has_the_answers_of_finished_rounds(journal: Journal) -> None:
    journal.keep_answers({"range of gdp": (0.1, math.inf)})
    journal.keep_answers({"range of gdp": (0.1, math.inf), "units": FRAME})
    answers = Journal(journal.output).answers()
    assert same(answers, {"range of gdp": (0.1, math.inf), "units": FRAME})


def test_answers_of_earlier_rounds_are_not_written_again(journal: Journal) -> None:
    journal.keep_answers({"a": 1})
    resumed = Journal(journal.output)
    answers = resumed.answers()
    resumed.keep_answers({**answers, "b": 2})
    assert unpack((journal.output.workspace / "round-0001.zip").read_bytes()) == {"b": 2}


def test_a_damaged_round_and_those_after_it_begin_anew_and_the_user_is_told(journal: Journal) -> None:
    for key in "abc":
        journal.keep_answers(dict.fromkeys("abc"[: "abc".index(key) + 1], key))
    damaged = journal.output.workspace / "round-0001.zip"
    damaged.write_bytes(damaged.read_bytes()[:-10])
    with pytest.warns(IndiciaWarning, match=r"round-0001\.zip is damaged \(no whole zip file\): the run computes"):
        assert list(Journal(journal.output).answers()) == ["a"]
    assert [path.name for path in journal.output.workspace.glob("round-*")] == ["round-0000.zip"]


def test_a_resumed_run_has_the_parts_whose_bytes_are_as_they_were_written(journal: Journal) -> None:
    first, second = (journal.output.write(number, TABLE) for number in range(2))
    journal.keep_part(first)
    journal.keep_part(second)
    with (journal.output.workspace / "parts.jsonl").open("a") as file:
        file.write('\n{"name": "part-00002.parq')  # of a run that was killed
    assert journal.parts() == {first.name: first, second.name: second}
    (journal.output.folder / second.name).write_bytes(b"other")
    assert list(journal.parts()) == [first.name]


def test_a_part_after_a_line_that_is_cut_off_is_kept(journal: Journal) -> None:
    (journal.output.workspace / "parts.jsonl").write_text('{"name": "part-000')
    part = journal.output.write(0, TABLE)
    journal.keep_part(part)
    assert list(journal.parts()) == [part.name]


def test_a_name_that_is_no_part_is_no_part(journal: Journal, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of "x"
    (journal.output.workspace / "parts.jsonl").write_text(f'{{"name": "../secret", "rows": 1, "sha256": "{digest}"}}\n')
    assert journal.parts() == {}


def test_the_journal_of_another_run_is_removed(tmp_path: Path) -> None:
    output = PartitionedOutput(tmp_path / "out")
    with output.opened(RUN):
        Journal(output).keep_answers({"a": 1})
    with output.opened({"index": "b"}, replace=True):
        assert Journal(output).answers() == {}
