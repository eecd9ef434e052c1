"""The other forms of a result: one document with its schema, one long table, the ranking."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from pydantic import ValidationError
from shown_results import exported

import indicia
from indicia.cli import main
from indicia.errors import OutputError
from indicia_report.files.document import Document, document, document_schema
from indicia_report.files.long import long_table
from indicia_workbook.book import workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia import Index


def test_a_document_holds_what_the_result_holds_by_its_schema(scored: dict[str, Any]) -> None:
    for name in ("panel", "group_mean", "large", "intelligent_manufacturing"):
        _, _, result = scored[name]
        found = Document.model_validate_json(document(result))
        assert [unit.score for unit in found.units] == result.scored.nodes["index"].to_list()
        assert [unit.rank for unit in found.units] == result.scored.ranks["rank"].to_list()
        assert len(found.cells) == len(result.cells)
        leaf = next(result.scored.tree.leaves()).id
        assert [unit.indicators[leaf].normalised for unit in found.units] == result.normalised[leaf].to_list()
        assert found.manifest == json.loads(json.dumps(result.manifest))


def test_the_schema_says_what_every_word_is_and_refuses_others() -> None:
    schema = document_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["properties"]["units"]["items"] == {"$ref": "#/$defs/Unit"}
    assert schema["additionalProperties"] is False
    with pytest.raises(ValidationError, match="scores"):
        Document.model_validate({"scores": []})


def test_weights_that_differ_between_periods_say_of_which_they_are(scored: dict[str, Any]) -> None:
    found = Document.model_validate_json(document(scored["panel"][2]))
    assert [part.group for part in found.structure if part.id == "x0"] == [{"year": at} for at in (2020, 2021, 2022)]


def test_the_long_table_has_a_row_per_value_with_the_codes_of_sdmx(scored: dict[str, Any]) -> None:
    _, _, result = scored["prepared"]
    long = long_table(result)
    assert long.columns == [
        "REF_AREA",
        "TIME_PERIOD",
        "MEASURE",
        "INDICATOR",
        "INDICATOR_LABEL",
        "OBS_VALUE",
        "UNIT_MEASURE",
        "OBS_STATUS",
        "OBS_COMMENT",
    ]
    assert len(long) == 24 * (4 + 4 + 3 + 1 + 1)  # values, normalised, scores, ranks, imputed shares
    imputed = result.cells.filter(stage="imputation")
    found = long.filter(MEASURE="VALUE", OBS_STATUS="I")
    assert found.select("REF_AREA", "INDICATOR").sort("REF_AREA", "INDICATOR").rows() == (
        imputed.select("city", "indicator").unique().sort("city", "indicator").rows()
    )
    treated = result.cells.filter(stage="treatment").join(imputed, on=["city", "indicator"], how="anti")
    assert len(treated)
    assert long.filter(OBS_STATUS="E").height == treated.height
    assert set(long.filter(MEASURE="SCORE")["OBS_STATUS"]) == {"A"}


def test_a_missing_value_is_a_row_with_the_code_of_one(scored: dict[str, Any]) -> None:
    _, _, result = scored["propagate"]
    missing = long_table(result).filter(OBS_STATUS="O")
    assert missing["OBS_VALUE"].null_count() == len(missing)
    assert set(missing["MEASURE"]) == {"VALUE", "NORMALISED", "SCORE", "RANK"}
    assert len(missing.filter(MEASURE="VALUE")) == sum(result.scored.prepared.null_count().row(0))


def test_simulated_figures_are_said_to_be(scored: dict[str, Any]) -> None:
    long = long_table(scored["intelligent_manufacturing"][2])
    figures = long.filter(INDICATOR="smart_factories")
    assert set(figures["OBS_STATUS"]) == {"E"}
    assert set(figures["OBS_COMMENT"]) == {"simulated"}


def test_a_transform_is_part_of_the_unit_of_measure(scored: dict[str, Any]) -> None:
    long = long_table(scored["human_development"][2])
    assert long.filter(MEASURE="VALUE", INDICATOR="national_income")["UNIT_MEASURE"][0] == "log of 2017 PPP dollars"


def test_the_long_table_reads_in_the_language_of_the_reader(scored: dict[str, Any]) -> None:
    long = long_table(scored["large"][2], "zh")
    assert long.filter(MEASURE="SCORE", INDICATOR="index")["INDICATOR_LABEL"][0] == "大型指数"


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_texts_that_a_spreadsheet_would_run_are_held_back(
    make: Callable[..., Index], numbers: Callable[..., pl.DataFrame], form: str
) -> None:
    names = ["=1+1", "+A1", "-A1", "@A1", "Lima"]
    result = make({}).score(numbers(5).with_columns(pl.Series("city", names)))
    lines = exported(result, form).decode().splitlines()[1:6]
    end = "," if form == "csv" else "\t"
    assert [line[:5] for line in lines] == ["'=1+1", *(f"{name}{end}" for name in ("'+A1", "'-A1", "'@A1", "Lima"))]
    assert exported(result, "parquet")  # no spreadsheet opens it: the names stay as they are
    assert long_table(result)["REF_AREA"][0] == "=1+1"


def test_a_result_writes_itself(scored: dict[str, Any], tmp_path: Path) -> None:
    _, _, result = scored["skip"]
    result.export(tmp_path / "index.xlsx")
    result.export(tmp_path / "index.json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.json", "index.schema.json", "index.xlsx"]
    assert json.loads((tmp_path / "index.schema.json").read_text())["title"] == "Document"
    with pytest.raises(OutputError, match='an index cannot be written as "odt"'):
        exported(result, "odt")
    with pytest.raises(OutputError, match="an index cannot be written as"):
        result.export(tmp_path / "index.odt")


def test_the_command_writes_the_form_of_the_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cities.csv").write_text("city,income,co2\nLima,3,2\nOslo,9,8\nPune,1,1.5\n")
    for name, first in (
        ("index.xlsx", b"PK"),
        ("index.json", b'{\n "format"'),
        ("index.csv", b"REF_AREA,"),
        ("index.parquet", b"PAR1"),
        ("ranking.tex", b"% Put"),
        ("ranking.md", b"**"),
        ("ranking.html", b"<!doctype"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["export", "cities.csv", "--cost", "co2", "-o", name])
        assert ended.value.code == 0, name
        assert (tmp_path / name).read_bytes().startswith(first), name
        assert f"wrote {name}" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["export", "cities.csv", "-o", "index.odt"])
    assert ended.value.code == 2
    assert "known: .csv" in capsys.readouterr().err


def test_exporting_is_imported_when_it_is_asked_for() -> None:
    import subprocess

    script = "import sys, indicia.cli, indicia; indicia.read; sys.exit('indicia_paper.exporting' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
    assert indicia.Result.export.__doc__


def test_a_workbook_has_a_sheet_of_the_attributes_of_values() -> None:
    table = pl.DataFrame({"city": ["Lima", "Oslo"], "jobs": [3.0, 9.0], "jobs_year": [2019, 2023]})
    index = indicia.read(
        {"data": {"unit": "city", "attributes": {"year": "{column}_year"}}, "indicators": {"jobs": {"cap": 5}}}
    )
    sheets = pl.read_excel(io.BytesIO(workbook(index.score(table))), sheet_id=0, engine="calamine", has_header=False)
    attributes = sheets["Attributes"].rows()
    assert ("Lima", "jobs", "3", "2019", None, None, None) in attributes
    (changed,) = [row for row in sheets["Changed cells"].rows() if row[0] == "Oslo"]
    assert changed == ("Oslo", "jobs", "cap", "9", "5", "cap = 5", "2023")
