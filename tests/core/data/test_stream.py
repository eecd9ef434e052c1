"""Tables read and written slice by slice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.data import stream
from indicia.data.stream import hash_rows, open_appender, repeated_hashes, slices
from indicia.errors import DataError, IndiciaError, OutputError
from indicia_bundle import fitted
from indicia_bundle.fitted import streaming

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index

    Make = Callable[..., Index]

TABLE = pl.DataFrame({"city": [f"c{n:02}" for n in range(25)], "x": [n / 7 for n in range(25)]})


FEW = 100
"""The bytes of a few rows."""


# Slices


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet"])
@pytest.mark.parametrize("size", [1, 50, 333, 100_000])
def test_slices_put_together_are_the_table(tmp_path: Path, ending: str, size: int) -> None:
    path = tmp_path / f"table.{ending}"
    if ending == "parquet":
        TABLE.write_parquet(path)
    else:
        TABLE.write_csv(path, separator="\t" if ending == "tsv" else ",")
    parts = list(slices(path, size=size))
    assert (len(parts) == 1) == (size == 100_000)
    assert pl.concat(parts).cast({"x": pl.Float64}).equals(TABLE)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_progress_is_reported_slice_by_slice_up_to_the_total(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table.{ending}"
    TABLE.write_parquet(path) if ending == "parquet" else TABLE.write_csv(path)
    told: list[tuple[int, int]] = []
    parts = list(slices(path, size=100, progress=lambda done, every: told.append((done, every))))
    whole = len(TABLE) if ending == "parquet" else path.stat().st_size
    assert len(parts) - 1 <= len(told) <= len(parts)  # the last row of a text file may stand alone
    assert [every for _, every in told] == [whole] * len(told)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert told[-1] == (whole, whole)


def test_cells_of_a_text_file_stay_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b'\xef\xbb\xbfcity,code,x\n"Lima, Peru",007,1.50\nNA,,..\n')
    (part,) = slices(path)
    assert part.rows() == [("Lima, Peru", "007", "1.50"), ("NA", None, "..")]
    assert part.columns == ["city", "code", "x"]


@pytest.mark.parametrize("size", range(1, 40))
def test_a_row_is_never_cut(tmp_path: Path, size: int) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b'\n"city\nname",x\r\n"Lima\nPeru",1.5\r\n\n\n"the ""Oslo""\n,",2\r\nRome,3')
    table = pl.concat(slices(path, size=size))
    assert table.columns == ["city\nname", "x"]
    assert table.rows() == [("Lima\nPeru", "1.5"), ('the "Oslo"\n,', "2"), ("Rome", "3")]


def test_a_file_may_have_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("城市,x\n北京,1\n上海,2\n", encoding="gb18030")
    parts = list(slices(path, "gb18030", 5))
    assert pl.concat(parts).rows() == [("北京", "1"), ("上海", "2")]
    assert len(parts) == 2


def test_a_quotation_mark_that_is_not_closed_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SLICE", 10)
    path = tmp_path / "table.csv"
    path.write_text('city,x\nLima,1\n"Oslo,2\n' + "Rome,3\n" * 1000)
    with pytest.raises(DataError, match=r"^a quotation mark is not closed\n.*table\.csv, after row 1$"):
        list(slices(path, size=10))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("table.xlsx", b"", '"table.xlsx" cannot be read slice by slice'),
        ("none.csv", None, 'no file "none.csv"'),
        ("latin.csv", b"city,x\nM\xe9xico,1\n", "the text is not UTF-8: byte 9 (0xe9), on line 2"),
        ("wide.csv", b"city,x\nLima,1,2\n", "line 2 has 3 fields where the header has 2"),
        ("short.csv", b"city,x,y\nLima,1,2\nOslo,1\n", "line 3 has 2 fields where the header has 3"),
        ("empty.csv", b"", "the table has a header and no rows"),
        ("twice.csv", b"city,x,x\nLima,1,2\n", 'two columns are called "x"'),
        ("no.parquet", b"city,x\n", 'cannot read "no.parquet"'),
    ],
)
def test_a_file_that_cannot_be_read_in_slices_is_refused(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        list(slices(tmp_path / name))
    assert said in caught.value.what


# Appending


@pytest.mark.parametrize(("ending", "separator"), [("csv", ","), ("tsv", "\t")])
def test_frames_are_appended_under_one_header(tmp_path: Path, ending: str, separator: str) -> None:
    path = tmp_path / f"out.{ending}"
    with open_appender(path) as append:
        append(TABLE[:0])
        for part in TABLE.iter_slices(10):
            append(part)
    assert pl.read_csv(path, separator=separator).equals(TABLE)


def test_frames_are_appended_as_lines_of_json(tmp_path: Path) -> None:
    with open_appender(tmp_path / "out.ndjson") as append:
        for part in TABLE.iter_slices(10):
            append(part)
    assert pl.read_ndjson(tmp_path / "out.ndjson").equals(TABLE)


def test_a_file_appears_when_it_is_whole_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with open_appender(path) as append:
        append(TABLE)
        assert not path.exists()
    assert [file.name for file in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize("error", [DataError("a fault"), KeyboardInterrupt(), RuntimeError()])
def test_a_file_that_is_not_finished_never_appears(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "out.csv"
    path.write_text("as it was")

    def interrupted() -> None:
        with open_appender(path) as append:
            append(TABLE)
            raise error

    with pytest.raises(type(error)):
        interrupted()
    assert path.read_text() == "as it was"
    assert [file.name for file in tmp_path.iterdir()] == ["out.csv"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("out.parquet", '"out.parquet" cannot be written slice by slice'),
        ("none/out.csv", "there is no folder "),
        ("there.csv", 'there.csv" is a folder'),
    ],
)
def test_a_file_that_cannot_be_written_in_slices_is_refused(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "there.csv").mkdir()
    with pytest.raises(OutputError) as caught, open_appender(tmp_path / name) as append:
        append(TABLE)
    assert said in caught.value.what
    assert [file.name for file in tmp_path.iterdir()] == ["there.csv"]


# Scores in a stream


@pytest.fixture
def scored_in_slices(tmp_path: Path) -> Callable[[fitted.FittedIndex, pl.DataFrame], pl.DataFrame]:
    """Return a function that streams the scores of a table."""

    def run(one: fitted.FittedIndex, table: pl.DataFrame) -> pl.DataFrame:
        table.write_csv(tmp_path / "new.csv")
        one.stream(tmp_path / "new.csv", tmp_path / "out.csv", size=FEW)
        return pl.read_csv(tmp_path / "out.csv", schema_overrides={"city": pl.String})

    return run


NEW = pl.DataFrame(
    {
        "city": [f"{n:03}" for n in range(30)],
        "region": ["south", "north", "north"] * 10,
        "year": [2020, 2021] * 15,
        "income": [None if n % 7 == 3 else n * 0.37 - 1 for n in range(30)],
        "co2": [None if n % 5 == 3 else 9 - n * 0.21 for n in range(30)],
        "people": [1.0 + n for n in range(30)],
    }
)


@pytest.mark.parametrize(
    "methodology",
    [
        {},
        {"normalisation": "z_score", "weighting": "critic"},
        {"statistics": "period", "weights": "region", "weighting": "standard_deviation"},
        {"missing": "group_mean(within=region)", "aggregation": "topsis", "statistics": {"reference": 2021}},
        {"treatment": "winsorise(skewness=0.1, kurtosis=-5, points=1)", "levels": [{"rescaling": "z_score"}]},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:.*could not bring in")
def test_a_stream_gives_the_scores_that_all_rows_together_get(
    index: Make, panel: pl.DataFrame, scored_in_slices: Any, methodology: dict[str, Any]
) -> None:
    indicators = {"income": {"imputation": "mean(within=region)"}, "co2": {"direction": "cost", "per": "people"}}
    made = index(indicators, {"missing": "skip", "ranks": ["region"], **methodology}, period="year")
    one = fitted.fit(made, panel)
    whole = one.score(NEW).scores.drop("rank", "rank_region")
    found = scored_in_slices(one, NEW).cast({"year": whole.schema["year"]})
    assert found.columns == whole.columns
    assert found.equals(whole)


@pytest.fixture(scope="module")
def whole(index: Make, tmp_path_factory: pytest.TempPathFactory) -> tuple[fitted.FittedIndex, list[float], Path]:
    """A fitted index, its scores of all rows, and a folder with the file that holds them."""
    folder, one = tmp_path_factory.mktemp("slices"), fitted.fit(index({"people": {}}), NEW)
    NEW.write_csv(folder / "new.csv")
    return one, one.score(NEW).scores["score"].to_list(), folder


@pytest.mark.parametrize("size", [1, 7, 15, 29, 30, 31, 1000])
def test_the_size_of_slices_does_not_matter(whole: tuple[fitted.FittedIndex, list[float], Path], size: int) -> None:
    one, scores, folder = whole
    streamed = one.stream(folder / "new.csv", folder / "out.csv", size=size)
    assert streamed.rows == 30
    assert pl.read_csv(folder / "out.csv")["score"].to_list() == scores


def test_a_slice_of_which_no_row_is_kept_gives_none(index: Make, scored_in_slices: Any) -> None:
    by_year = NEW.sort("year")
    made = index({"people": {}}, data={"where": {"year": 2021}}, screening={"units": 1, "without": ["001"]})
    one = fitted.fit(made, by_year)
    found = scored_in_slices(one, by_year)
    assert found["city"].to_list() == [f"{n:03}" for n in range(3, 30, 2)]
    assert found["score"].to_list() == one.score(by_year).scores["score"].to_list()


def test_a_stream_counts_what_lies_outside(index: Make, panel: pl.DataFrame, tmp_path: Path) -> None:
    NEW.write_csv(tmp_path / "new.csv")
    one = fitted.fit(index({"people": {}, "co2": {}}, {"missing": "skip"}), panel.filter(year=2020).drop("year"))
    one = one.allowing_outside()
    streamed = one.stream(tmp_path / "new.csv", tmp_path / "out.ndjson", size=FEW)
    assert streamed.rows == 30
    outside = one.score(NEW).scored.outside
    assert streamed.outside == {name: len(names) for name, names in outside.items()}
    assert streamed.outside["people"] == 26


def test_a_stream_of_which_no_row_is_kept_is_refused(index: Make, cities: pl.DataFrame, tmp_path: Path) -> None:
    NEW.write_csv(tmp_path / "new.csv")
    one = fitted.fit(index({"people": {}}, data={"where": {"region": ["south", "north"]}}), cities)
    NEW.with_columns(region=pl.lit("east")).write_csv(tmp_path / "new.csv")
    with pytest.raises(DataError, match=r'^"new\.csv" has no row to score'):
        one.stream(tmp_path / "new.csv", tmp_path / "out.csv")
    assert [file.name for file in tmp_path.iterdir()] == ["new.csv"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("city,region,people\n", "the table has a header and no rows"),
        ("city,region,pepole\nLima,south,1\n", 'no column "people" in the table'),
        ("city,region,people\n" + "Lima,south,1\n" * 9 + "Oslo,north,much\n", "people has text where numbers belong"),
    ],
)
def test_a_fault_anywhere_in_a_stream_leaves_no_file(
    index: Make, cities: pl.DataFrame, tmp_path: Path, content: str, said: str
) -> None:
    lines = content.splitlines()
    numbered = [lines[0], *(line.replace("Lima", f"Lima{number}") for number, line in enumerate(lines[1:]))]
    (tmp_path / "new.csv").write_text("\n".join(numbered) + "\n")
    with pytest.raises(IndiciaError) as caught:
        fitted.fit(index({"people": {}}), cities).stream(tmp_path / "new.csv", tmp_path / "out.csv", size=FEW)
    assert said in caught.value.what
    assert [file.name for file in tmp_path.iterdir()] == ["new.csv"]


# Units that stand twice


def test_a_unit_that_stands_twice_in_different_slices_is_refused_as_in_memory(
    index: Make, tmp_path: Path, cities: pl.DataFrame
) -> None:
    one = fitted.fit(index({"people": {}}), cities)
    table = pl.concat([NEW, NEW[[7, 3]]])
    with pytest.raises(DataError) as in_memory:
        one.score(table)
    assert in_memory.value.what == "city: 2 stand more than once (003, 007)"
    table.write_csv(tmp_path / "new.csv")
    for size in (60, 200, 10_000):
        with pytest.raises(DataError) as caught:
            one.stream(tmp_path / "new.csv", tmp_path / "out.csv", size=size)
        assert str(caught.value) == str(in_memory.value)
        assert [file.name for file in tmp_path.iterdir()] == ["new.csv"]


def test_in_a_panel_it_is_unit_and_period_that_stand_twice(index: Make, tmp_path: Path) -> None:
    one = fitted.fit(index({"people": {}}, period="year"), NEW)
    both = pl.concat([NEW, NEW.with_columns(year=2041 - pl.col("year"))])
    both.write_csv(tmp_path / "new.csv")
    assert one.stream(tmp_path / "new.csv", tmp_path / "out.csv", size=FEW).rows == 60
    pl.concat([both, NEW[:1]]).write_csv(tmp_path / "new.csv")
    with pytest.raises(
        DataError, match=r"^city and year: 1 stands more than once \(000 2020\)\n  fix: keep one row per"
    ):
        one.stream(tmp_path / "new.csv", tmp_path / "out.csv", size=FEW)


def test_rows_that_are_not_kept_do_not_count_and_those_that_screening_leaves_out_do(
    index: Make, tmp_path: Path
) -> None:
    made = index({"people": {}}, data={"where": {"year": 2020}}, screening={"without": ["002"]})
    one = fitted.fit(made, NEW)
    pl.concat([NEW, NEW.filter(city="001")]).write_csv(tmp_path / "new.csv")
    assert one.stream(tmp_path / "new.csv", tmp_path / "out.csv", size=FEW).rows == 14
    pl.concat([NEW, NEW.filter(city="002")]).write_csv(tmp_path / "new.csv")
    with pytest.raises(DataError, match=r"^city: 1 stands more than once \(002\)"):
        one.stream(tmp_path / "new.csv", tmp_path / "out.csv", size=FEW)


def test_two_units_that_have_the_same_hash_are_no_false_alarm(
    index: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "hash_rows", lambda keys: np.full(len(keys), 7, np.uint64))
    one = fitted.fit(index({"people": {}}), NEW)
    NEW.write_csv(tmp_path / "new.csv")
    assert one.stream(tmp_path / "new.csv", tmp_path / "out.csv", size=FEW).rows == 30
    pl.concat([NEW, NEW[[7]]]).write_csv(tmp_path / "new.csv")
    with pytest.raises(DataError, match=r"^city: 1 stands more than once \(007\)"):
        one.stream(tmp_path / "new.csv", tmp_path / "out.csv", size=FEW)


def test_of_very_many_that_stand_twice_some_are_named(
    index: Make, tmp_path: Path, cities: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "MAX_REPEATED_UNITS", 3)
    pl.concat([NEW, NEW]).write_csv(tmp_path / "new.csv")
    with pytest.raises(DataError, match=r"^city: 3 stand more than once"):
        fitted.fit(index({"people": {}}), cities).stream(tmp_path / "new.csv", tmp_path / "out.csv", size=FEW)


@settings(max_examples=30)
@given(st.lists(st.text(max_size=30) | st.none(), min_size=1), st.integers(1, 20))
def test_a_hash_does_not_depend_on_the_slice(names: list[str | None], size: int) -> None:
    keys = pl.DataFrame({"unit": names, "period": ["2020"] * len(names)}, schema_overrides={"unit": pl.String})
    parts = [hash_rows(keys[start : start + size]) for start in range(0, len(keys), size)]
    whole = hash_rows(keys)
    assert np.concatenate(parts).tolist() == whole.tolist()
    assert len(set(whole.tolist())) == len(set(names))
    seen = bytearray(whole.tobytes())
    twice = {number for number in whole.tolist() if whole.tolist().count(number) > 1}
    assert set(repeated_hashes(seen).tolist()) == twice


def test_a_separator_that_is_stated_splits_each_slice(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("unit~gdp, in euros\n" + "".join(f"u{row}~{row}\n" for row in range(100)))
    parts = list(slices(path, size=200, separator="~"))
    assert len(parts) > 1
    assert pl.concat(parts).columns == ["unit", "gdp, in euros"]
