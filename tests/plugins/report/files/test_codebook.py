"""The files beside a long table: the codebook, and the metadata of CSV on the Web."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import indicia
from indicia.outputs import ExportOptions
from indicia_paper.exporting import export
from indicia_report.files.long import long_files

CITIES = pl.DataFrame({"city": ["=1+1", "Oslo", "Pune"], "year": [2020] * 3, "jobs": [81.25, 76.5, 74.75]})
INDEX: dict[str, Any] = {
    "name": {"en": "City index", "zh": "城市指数"},
    "data": {"unit": "city", "period": "year"},
    "indicators": {"jobs": {"name": "@jobs", "unit": "=A1", "source": "lfs", "direction": "cost"}},
    "sources": {"lfs": {"title": {"en": "Survey", "zh": "调查"}, "publisher": "Office"}},
    "publication": {"publisher": "Office of Cities", "licence": "CC-BY-4.0", "date": "2024-03", "authors": ["Li, Wei"]},
    "bands": {"half": {"of": "rank", "shares": 2, "names": ["low", "high"]}},
}
# tabular-metadata, 5.3 and 5.6 to 5.11: the properties of a table and of a column besides prefixed ones
TABLE = {"@context", "@id", "@type", "url", "dialect", "notes", "suppressOutput", "tableDirection", "tableSchema"}
TABLE |= {"transformations", "aboutUrl", "propertyUrl", "valueUrl", "datatype", "default", "lang", "null", "ordered"}
COLUMN = {"@id", "@type", "name", "suppressOutput", "titles", "virtual", "aboutUrl", "datatype", "default", "lang"}
COLUMN |= {"null", "ordered", "propertyUrl", "required", "separator", "textDirection", "valueUrl"}


def files(result: Any, form: str = "csv") -> dict[str, bytes]:
    return dict(long_files(result, ExportOptions(form, file=f"index.{form}")))


@pytest.fixture(scope="module")
def result() -> Any:
    """The scores of the index."""
    return indicia.read(INDEX).score(CITIES)


def book(written: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written[".codebook.csv"].decode())))


def test_every_column_and_every_code_has_a_name(scored: dict[str, Any]) -> None:
    for name in ("intelligent_manufacturing", "prepared", "graph", "banded", "within_groups"):
        written = files(scored[name][2])
        named = {(row["column"], row["code"]) for row in book(written)}
        table = pl.read_csv(written[""], infer_schema=False)
        assert {(column, "") for column in table.columns} <= named, name
        codes = {(column, code) for column in ("MEASURE", "INDICATOR", "OBS_STATUS") for code in table[column]}
        assert codes == {(column, code) for column, code in named if code and column != "UNIT_MEASURE"}, name


def test_a_variable_has_its_facts_in_the_languages_of_the_index(result: Any) -> None:
    rows = {(row["column"], row["code"]): row for row in book(files(result))}
    assert rows["INDICATOR", "index"]["name_zh"] == "城市指数"
    jobs = rows["INDICATOR", "jobs"]
    assert [jobs[key] for key in ("kind", "level", "parents", "direction")] == ["indicator", "1", "index", "cost"]
    assert jobs["source_zh"] == "Office: 调查"
    assert rows["INDICATOR", "half"]["kind"] == "bands"
    assert rows["OBS_STATUS", "A"]["name_zh"] == "正常值"


def test_an_index_in_one_language_has_one_column_of_names(scored: dict[str, Any]) -> None:
    header = files(scored["skip"][2])[".codebook.csv"].decode().splitlines()[0]
    assert header == "column,code,name,kind,level,parents,direction,unit_of_measure,source"


def test_a_level_counts_from_the_index_along_the_longest_path(scored: dict[str, Any]) -> None:
    rows = {row["code"]: row for row in book(files(scored["graph"][2]))}
    assert [rows[name]["level"] for name in ("index", "a", "c", "x2")] == ["0", "1", "2", "3"]
    assert rows["x0"]["parents"] == "a; w"


def test_names_are_never_formulas_in_a_codebook(result: Any) -> None:
    jobs = next(row for row in book(files(result)) if row["code"] == "jobs")
    assert jobs["name_en"] == "'@jobs"
    assert jobs["unit_of_measure_en"] == "'=A1"


def test_a_codebook_for_people_lists_codes_by_column(result: Any) -> None:
    lines = files(result)[".codebook.md"].decode().splitlines()
    assert lines[0] == "**City index: codebook**"
    assert "| RANK | rank of the index | 总指数的排名 |" in lines
    assert lines.index("**INDICATOR**") < lines.index("**OBS_STATUS**")


def test_the_metadata_follow_the_vocabulary_of_csv_on_the_web(result: Any) -> None:
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        written = files(result, form)
        metadata = json.loads(written[f".{form}-metadata.json"])
        assert metadata["@context"] == ["http://www.w3.org/ns/csvw", {"@language": "en"}]
        assert {key for key in metadata if ":" not in key} <= TABLE
        assert metadata["url"] == f"index.{form}"
        assert metadata.get("dialect", {}).get("delimiter", ",") == delimiter
        schema = metadata["tableSchema"]
        assert all(column.keys() <= COLUMN for column in schema["columns"])
        headings = written[""].decode().splitlines()[0].split(delimiter)
        assert [column["name"] for column in schema["columns"]] == headings
        assert all(column["name"] in column["titles"]["zh"] for column in schema["columns"])
        table = pl.read_csv(written[""], separator=delimiter, infer_schema=False)
        assert table.select(schema["primaryKey"]).is_unique().all()


def test_the_metadata_have_the_publication_and_the_sources(result: Any) -> None:
    metadata = json.loads(files(result)[".csv-metadata.json"])
    assert metadata["dc:title"][1] == {"@value": "城市指数", "@language": "zh"}
    assert metadata["dc:publisher"] == "Office of Cities"
    assert metadata["dc:license"] == {"@id": "https://spdx.org/licenses/CC-BY-4.0"}
    assert metadata["dc:issued"] == "2024-03"
    assert metadata["dc:creator"] == ["Li, Wei"]
    assert metadata["dc:source"][0][0] == {"@value": "Office: Survey", "@language": "en"}
    types = {column["name"]: column["datatype"] for column in metadata["tableSchema"]["columns"]}
    assert (types["TIME_PERIOD"], types["OBS_VALUE"], types["REF_AREA"]) == ("gYear", "double", "string")


def test_values_that_are_not_published_are_in_no_file() -> None:
    publication = {"publisher": "Office", "raw_values": False}
    result = indicia.read({**INDEX, "publication": publication}).score(CITIES)
    for name, content in files(result).items():
        assert not [value for value in (b"81.25", b"76.5", b"74.75") if value in content], name
    assert "VALUE" not in [row["code"] for row in book(files(result))]


def test_the_files_stand_side_by_side_under_the_name_of_the_table(result: Any, tmp_path: Path) -> None:
    result.export(tmp_path / "my index.csv")
    names = ["my index.codebook.csv", "my index.codebook.md", "my index.csv", "my index.csv-metadata.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert json.loads((tmp_path / names[-1]).read_text())["url"] == "my%20index.csv"
    result.export(tmp_path / "index.parquet")
    assert {path.name for path in tmp_path.glob("index.*")} == {
        *("index.parquet", "index.codebook.csv", "index.codebook.md"),
    }


def test_beside_a_device_no_file_is_written(result: Any) -> None:
    from indicia_paper.dossier import Dossier

    assert export(Dossier(result), "dossier", Path("/dev/null"), "csv") == [Path("/dev/null")]
    assert not list(Path("/dev").glob("null.*"))


@pytest.mark.thorough
def test_a_reader_of_csv_on_the_web_takes_the_files(scored: dict[str, Any], tmp_path: Path) -> None:
    import csvw

    for name in ("intelligent_manufacturing", "human_development", "panel", "prepared", "banded", "propagate"):
        result = scored[name][2]
        for form in ("csv", "tsv"):
            result.export(tmp_path / f"{name}.{form}")
            read = csvw.CSVW(str(tmp_path / f"{name}.{form}"), validate=True)
            assert read.is_valid, read.warnings
            rows = list(read.tables[0])
            assert len(rows) == len(pl.read_csv(tmp_path / f"{name}.csv", infer_schema=False))
            assert {type(row["OBS_VALUE"]) for row in rows} <= {float, type(None)}
