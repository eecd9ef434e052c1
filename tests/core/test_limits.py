"""Sizes over a limit are refused early, with the size, the limit, and the variable that raises it."""

from __future__ import annotations

import re
import struct
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile
from zlib import crc32

import polars as pl
import pytest

from indicia import limits
from indicia.data import read_table
from indicia.errors import DataError, DefinitionError, IndiciaError

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

DOCS = Path(__file__).parents[2] / "docs" / "index-file.md"


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A workbook of a few kilobytes that unpacks to some ten times as many."""
    path = tmp_path / "book.xlsx"
    pl.DataFrame({"u": [f"unit {number}" for number in range(500)], "x": [1.5] * 500}).write_excel(path)
    return path


@pytest.fixture
def small(index: Callable[..., Index]) -> Index:
    """An index of two indicators."""
    return index({"income": {}, "co2": {}})


def fault(error: pytest.ExceptionInfo[IndiciaError]) -> str:
    return str(error.value)


def test_a_workbook_within_the_limit_is_read(workbook: Path) -> None:
    assert read_table(workbook).shape == (500, 2)


def test_a_workbook_that_says_it_unpacks_to_more_than_the_limit_is_refused(
    workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INDICIA_MAX_WORKBOOK_BYTES", "20000")
    with pytest.raises(DataError) as error:
        read_table(workbook)
    assert re.search(r"unpacked, [\d,]+ bytes are more than the limit of 20,000", fault(error))
    assert "book.xlsx" in fault(error)
    assert "INDICIA_MAX_WORKBOOK_BYTES=" in fault(error)


def test_a_workbook_whose_directory_understates_its_size_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INDICIA_MAX_WORKBOOK_BYTES", "5000000")
    (tmp_path / "bomb.xlsx").write_bytes(understated(b"0" * 10_000_000))
    with pytest.raises(DataError, match="more than the limit of 5,000,000"):
        read_table(tmp_path / "bomb.xlsx")


def understated(sheet: bytes) -> bytes:
    """Return a zip file of one member that claims to hold one byte, with the checksum of that byte."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", sheet)
    true = struct.pack("<I", len(sheet))
    claimed = packed.getvalue().replace(true, struct.pack("<I", 1))
    return claimed.replace(struct.pack("<I", crc32(sheet)), struct.pack("<I", crc32(sheet[:1])))


def test_a_file_that_is_no_workbook_is_not_unpacked(tmp_path: Path) -> None:
    for number, content in enumerate([b"PK\x03\x04 and no more", understated(b"0" * 5_000)[:-30]]):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(content)
        with pytest.raises(DataError, match="not an Excel workbook"):
            read_table(path)


def test_a_parquet_file_of_more_cells_than_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pl.DataFrame({"u": ["a"] * 1_000, "x": [1.0] * 1_000}).write_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet").height == 1_000
    monkeypatch.setenv("INDICIA_MAX_CELLS", "1999")
    with pytest.raises(DataError, match="2,000 cells are more than the limit of 1,999") as error:
        read_table(tmp_path / "t.parquet")
    assert "INDICIA_MAX_CELLS=2000" in fault(error)


@pytest.mark.parametrize(
    ("draws", "sensitivity", "size"), [(10**9, None, "1,000,000,000"), (1_000, 2**22, "12,583,912")]
)
def test_more_draws_than_the_limit_are_refused(
    small: Index, figures: Callable[..., pl.DataFrame], draws: int, sensitivity: int | None, size: str
) -> None:
    table = figures(["income", "co2"], 5)
    with pytest.raises(DefinitionError, match=f"{size} draws are more than the limit of 10,000,000") as error:
        small.robustness(table, draws=draws, seed=1, weights={"spread": 0.25}, sensitivity=sensitivity)
    assert f"INDICIA_MAX_DRAWS={size.replace(',', '')}" in fault(error)


def test_smaa_refuses_more_draws_than_the_limit_when_its_parameters_are_read(small: Index) -> None:
    with pytest.raises(DefinitionError, match="smaa: 1,000,000,000 draws are more than the limit") as error:
        small.with_options(aggregation="smaa(draws=1000000000)").tree  # noqa: B018
    assert "INDICIA_MAX_DRAWS=1000000000" in fault(error)


def test_a_limit_can_be_raised(
    small: Index, figures: Callable[..., pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = figures(["income", "co2"], 5)
    monkeypatch.setenv("INDICIA_MAX_DRAWS", "10")
    with pytest.raises(DefinitionError, match="20 draws are more than the limit of 10"):
        small.with_options(aggregation="smaa(draws=20)").score(table)
    monkeypatch.setenv("INDICIA_MAX_DRAWS", "20")
    assert small.with_options(aggregation="smaa(draws=20)").score(table).scores["score"].is_finite().all()


@pytest.mark.parametrize("text", ["many", "-1", "0", "1e6", "9" * 30])
def test_a_limit_that_is_no_whole_number_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDICIA_MAX_DRAWS", text)
    with pytest.raises(DefinitionError, match=f"INDICIA_MAX_DRAWS is '{text}', which is no whole number from 1"):
        limits.DRAWS.excess(1)


def test_every_limit_stands_in_the_documentation() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for limit in vars(limits).values():
        if isinstance(limit, limits.Limit):
            assert f"| `{limit.variable}` | {limit.default:,} |" in text
