"""SDMX-CSV with the data structure beside it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import polars as pl
import pytest

import indicia
from indicia.cli import main
from indicia_paper.dossier import Dossier
from indicia_paper.exporting import export, files_of
from indicia_report.files.long import long_table

if TYPE_CHECKING:
    from pathlib import Path

STRUCTURE = "{http://www.sdmx.org/resources/sdmxml/schemas/v3_0/structure}"
COMMON = "{http://www.sdmx.org/resources/sdmxml/schemas/v3_0/common}"
NAMED = {
    "name": {"en": "Cities", "zh": "城市"},
    "data": {"unit": "code", "label": {"en": "city", "zh": "城市"}, "period": "year"},
    "indicators": {"jobs": {"name": {"en": "Jobs", "zh": "就业"}}, "CO₂ per head": {"direction": "cost"}},
    "publication": {"publisher": "Office für Städte", "date": "2024-03", "raw_values": False},
}
TABLE = pl.DataFrame(
    {
        "code": ["LIM", "OSL", "LIM", "OSL"],
        "city": ["Lima", "Oslo", "Lima", "Oslo"],
        "城市": ["利马", "奥斯陆", "利马", "奥斯陆"],
        "year": [2020, 2020, 2021, 2021],
        "jobs": [81.25, 76.5, 74.75, None],
        "CO₂ per head": [9.125, 12.375, 66.625, 3.5],
    }
)


def written(result: Any) -> tuple[list[dict[str, str]], ElementTree.Element]:
    files = files_of(Dossier(result), "dossier", "sdmx-csv")
    rows = list(csv.DictReader(io.StringIO(files[""].decode())))
    return rows, ElementTree.fromstring(files[".structure.xml"])


@pytest.fixture(scope="module")
def named() -> Any:
    """The scores of an index with names in two languages, whose raw values are not published."""
    return indicia.read({**NAMED, "methodology": {"missing": "skip"}}).score(TABLE)


def codes(structure: ElementTree.Element, column: str) -> dict[str, list[str]]:
    """Return the names of the codes of a column."""
    lists = structure.iter(f"{STRUCTURE}Codelist")
    found = [code for codes in lists if codes.get("id", "").endswith(f"_{column}") for code in codes]
    named = [code for code in found if code.tag == f"{STRUCTURE}Code"]  # the first child is the name of the list
    return {code.get("id", ""): [name.text or "" for name in code.iter(f"{COMMON}Name")] for code in named}


def test_the_columns_are_those_of_sdmx_csv_and_of_the_data_structure(scored: dict[str, Any]) -> None:
    for name in ("panel", "prepared", "banded", "within_groups", "intelligent_manufacturing"):
        rows, structure = written(scored[name][2])
        columns = list(rows[0])
        assert columns[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
        kinds = ("Dimension", "TimeDimension", "Measure", "Attribute")
        components = [element.get("id") for kind in kinds for element in structure.iter(f"{STRUCTURE}{kind}")]
        assert columns[3:] == components, name
        flow = next(structure.iter(f"{STRUCTURE}Dataflow"))
        urn = f"{flow.get('agencyID')}:{flow.get('id')}({flow.get('version')})"
        assert {(row["STRUCTURE"], row["STRUCTURE_ID"], row["ACTION"]) for row in rows} == {("dataflow", urn, "I")}


def test_a_row_has_the_value_and_the_status_of_the_long_table(scored: dict[str, Any]) -> None:
    result = scored["propagate"][2]
    rows, _ = written(result)
    long = long_table(result)
    values = [None if row["OBS_VALUE"] == "NaN" else float(row["OBS_VALUE"]) for row in rows]
    assert values == long["OBS_VALUE"].to_list()
    assert [row["OBS_STATUS"] for row in rows] == long["OBS_STATUS"].to_list()
    assert None in values


def test_every_code_in_the_data_is_in_its_list(scored: dict[str, Any]) -> None:
    for name in ("prepared", "banded", "within_groups"):
        rows, structure = written(scored[name][2])
        for column in ("MEASURE", "INDICATOR", "OBS_STATUS"):
            assert {row[column] for row in rows} == codes(structure, column).keys(), (name, column)


def test_codes_have_names_in_all_languages(named: Any) -> None:
    rows, structure = written(named)
    assert codes(structure, "REF_AREA") == {"LIM": ["Lima", "利马"], "OSL": ["Oslo", "奥斯陆"]}
    assert codes(structure, "INDICATOR")["jobs"] == ["Jobs", "就业"]
    assert rows[0]["STRUCTURE_ID"] == "OFFICE_FUR_STADTE:DF_CITIES(1.0.0)"
    assert b"2024-03-01T00:00:00Z" in ElementTree.tostring(structure)


def test_an_identifier_that_is_no_code_is_kept_as_an_annotation(named: Any) -> None:
    rows, structure = written(named)
    assert {row["INDICATOR"] for row in rows} == {"jobs", "CO2_per_head", "index"}
    assert "CO₂ per head" in [title.text for title in structure.iter(f"{COMMON}AnnotationTitle")]


def test_values_that_are_not_published_are_in_neither_file(named: Any) -> None:
    content = b"".join(files_of(Dossier(named), "dossier", "sdmx-csv").values())
    assert not [value for value in (b"81.25", b"76.5", b"9.125", b"66.625") if value in content]
    assert {row["MEASURE"] for row in written(named)[0]} == {"NORMALISED", "SCORE", "RANK"}


def test_periods_that_are_no_time_of_sdmx_are_another_dimension() -> None:
    index = {"data": {"unit": "city", "period": "round"}, "indicators": {"jobs": {}}}
    frame = pl.DataFrame({"city": ["a", "b"] * 2, "round": ["I", "I", "II", "II"], "jobs": [1.0, 2.0, 3.0, 4.0]})
    rows, structure = written(indicia.read(index).score(frame))
    assert {row["PERIOD"] for row in rows} == {"I", "II"}
    assert next(structure.iter(f"{STRUCTURE}TimeDimension"), None) is None


def hostile() -> Any:
    """Score units and indicators with names that no code has."""
    names = ["=1+1", "-Oslo", "<b>&\x00"]
    frame = pl.DataFrame({"city": names, "@a b": [3.0, 2.0, 5.0], "收入": [1.0, 2.0, 3.0]})
    index = {"name": "指数", "data": {"unit": "city"}, "indicators": {"@a b": {"name": "=x\x1b\uffff"}, "收入": {}}}
    return indicia.read(index).score(frame)


def test_hostile_names_are_no_formulas_and_no_markup() -> None:
    rows, structure = written(hostile())
    assert [row["REF_AREA"] for row in rows[:2]] == ["'=1+1", "'-Oslo"]
    assert codes(structure, "REF_AREA") == {}
    assert codes(structure, "INDICATOR").keys() == {"index", "a_b", "CODE_1"}
    assert codes(structure, "INDICATOR")["a_b"] == ["=x\ufffd\ufffd"]


def test_the_command_writes_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    monkeypatch.chdir(tmp_path)
    TABLE.filter(pl.col("year") == 2020).select("code", "jobs").write_csv("cities.csv")
    with pytest.raises(SystemExit) as ended:
        main(["export", "cities.csv", "--cost", "jobs", "-o", "index.csv", "--format", "sdmx-csv"])
    assert ended.value.code == 0
    assert "wrote index.csv and index.structure.xml" in capfd.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["export", "cities.csv", "--cost", "jobs", "-o", "index.csv", "--format", "sdmx"])
    assert ended.value.code == 2
    assert 'did you mean "sdmx-csv"' in capfd.readouterr().err


@pytest.mark.thorough
def test_a_reader_of_sdmx_takes_the_files(scored: dict[str, Any], named: Any, tmp_path: Path) -> None:
    from pysdmx.io import get_datasets, read_sdmx

    names = ("intelligent_manufacturing", "human_development", "panel", "prepared", "banded", "propagate")
    results = {**{name: scored[name][2] for name in names}, "named": named, "hostile": hostile()}
    for name, result in results.items():
        data, structure = export(Dossier(result), "dossier", tmp_path / f"{name}.csv", "sdmx-csv")
        assert read_sdmx(structure, validate=True).structures, name  # against the schemas of SDMX-ML
        (dataset,) = get_datasets(data, structure)
        assert len(dataset.data) == len(long_table(result)), name
