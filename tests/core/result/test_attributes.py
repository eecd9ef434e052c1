"""The attributes of values: from columns, from flags, and from a table of cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.errors import DataError, DefinitionError, IndiciaError
from indicia_report.files.document import document
from indicia_report.files.long import long_table

if TYPE_CHECKING:
    from pathlib import Path

TABLE = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune"],
        "jobs": [60.0, 80.0, None],
        "jobs_year": ["2021", "2023-04-01", "2020"],
        "jobs_status": ["p", None, None],
        "jobs_se": [0.5, None, None],
        "rent": [3.0, 9.0, 1.0],
        "rent_date": [2022, 2022, 2019],
    }
)
COLUMNS = {"year": "{column}_year", "status": "{column}_status", "standard_error": "{column}_se"}
INDICATORS: dict[str, Any] = {"jobs": {"cap": 70}, "rent": {"attributes": {"year": "rent_date"}}}


def index(attributes: Any = COLUMNS, indicators: Any = INDICATORS, **data: Any) -> indicia.Index:
    words = {"unit": "city", **data, **({"attributes": attributes} if attributes else {})}
    return indicia.read({"data": words, "indicators": indicators, "methodology": {"imputation": "mean"}})


def fault(attributes: Any, table: pl.DataFrame = TABLE, **words: Any) -> IndiciaError:
    with pytest.raises(IndiciaError) as caught:
        index(attributes, **words).score(table)
    return caught.value


def write_cells(folder: Path, *rows: str, header: str = "city,indicator,year,source") -> dict[str, str]:
    (folder / "cells.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return {"path": str(folder / "cells.csv")}


@pytest.mark.parametrize("variant", ["without_jobs", "without_lima"])
def test_a_variant_leaves_out_the_cells_of_its_indicators_and_units(variant: str, tmp_path: Path) -> None:
    table = TABLE.with_columns(jobs=pl.Series([1.0, 2.0, 3.0]))
    cells = write_cells(tmp_path, "Lima,jobs,2021,survey", "Oslo,rent,2022,survey")
    raw = {
        "data": {"unit": "city", "attributes": cells},
        "indicators": {"jobs": {}, "rent": {}},
        "variants": {"without_jobs": {"without": ["jobs"]}, "without_lima": {"data": {"without": ["Lima"]}}},
    }
    chosen = indicia.read(raw).variant(variant)
    assert chosen.score(table).attributes.select("city", "indicator").rows() == [("Oslo", "rent")]
    assert any(line.startswith("year of values: 1 of") for line in chosen.check(table).lines)


def test_a_variant_without_the_indicators_that_have_attributes_has_none() -> None:
    raw = {
        "data": {"unit": "city", "attributes": {"year": "{column}_year"}},
        "indicators": {"jobs": {}, "rent": {}},
        "methodology": {"imputation": "mean"},
        "variants": {"v": {"without": ["jobs"]}},
    }
    assert indicia.read(raw).variant("v").score(TABLE).attributes.is_empty()


def test_the_attributes_of_values_are_a_long_table() -> None:
    assert index().score(TABLE).attributes.rows() == [
        ("Lima", "jobs", 60.0, 2021, None, "p", 0.5),
        ("Oslo", "jobs", 80.0, 2023, None, None, None),
        ("Pune", "jobs", None, 2020, None, None, None),
        ("Lima", "rent", 3.0, 2022, None, None, None),
        ("Oslo", "rent", 9.0, 2022, None, None, None),
        ("Pune", "rent", 1.0, 2019, None, None, None),
    ]


def test_an_index_without_attributes_has_an_empty_table_of_them() -> None:
    empty = index(None, {"jobs": {}}).score(TABLE).attributes
    assert empty.is_empty()
    assert empty.columns == ["city", "indicator", "value", "year", "source", "status", "standard_error"]


def test_attributes_change_no_score() -> None:
    plain = index(None, {"jobs": {"cap": 70}, "rent": {}}).score(TABLE)
    assert index().score(TABLE).scores.equals(plain.scores)


def test_a_changed_cell_has_the_attributes_of_its_value_and_an_imputed_cell_has_none() -> None:
    cells = index().score(TABLE).cells.select("city", "stage", "year", "status")
    assert cells.rows() == [("Pune", "imputation", None, None), ("Oslo", "cap", 2023, None)]


def test_the_flags_behind_numbers_become_the_status() -> None:
    table = pl.DataFrame({"city": ["Lima", "Oslo"], "jobs": ["60 p", "80"], "rent": ["3", "9 b"]})
    raw = index({"status": "flags"}, {"jobs": {}, "rent": {}}, flags=["p", "b"])
    assert raw.score(table).attributes.select("city", "indicator", "value", "status").rows() == [
        ("Lima", "jobs", 60.0, "p"),
        ("Oslo", "rent", 9.0, "b"),
    ]


def test_a_table_of_cells_names_units_in_another_spelling_and_indicators_by_their_columns(tmp_path: Path) -> None:
    cells = write_cells(tmp_path, "LIMA,work,2019,survey", "Pune,rent,,census")
    found = index(cells, {"work": {"column": "jobs"}, "rent": {}}).score(TABLE).attributes
    assert found.drop("status", "standard_error").rows() == [
        ("Lima", "work", 60.0, 2019, "survey"),
        ("Pune", "rent", 1.0, None, "census"),
    ]


def test_a_table_of_cells_of_a_panel_has_periods(tmp_path: Path) -> None:
    table = pl.DataFrame({"city": ["Lima", "Oslo"] * 2, "when": [2020, 2020, 2021, 2021], "jobs": [1.0, 2.0, 3.0, 5.0]})
    cells = write_cells(tmp_path, "Oslo,2021,jobs,p", header="city,when,indicator,status")
    found = index(cells, {"jobs": {}}, period="when").score(table).attributes
    assert found.select("city", "when", "value", "status").rows() == [("Oslo", 2021, 5.0, "p")]
    other = write_cells(tmp_path, "Oslo,2022,jobs,p", header="city,when,indicator,status")
    assert "units that the data do not have: Oslo 2022" in str(
        fault(other, table, indicators={"jobs": {}}, period="when")
    )


@pytest.mark.parametrize(
    ("row", "message", "remedy"),
    [
        ("Limaa,jobs,2019,", "names units that the data do not have: Limaa", 'did you mean "Lima"?'),
        ("Lima,job,2019,", "names indicators that the index does not have: job", 'did you mean "jobs"?'),
        ("Oslo,jobs,2020,", "has several rows for one cell: Oslo jobs", "keep one row for each unit, period"),
        ("Lima,jobs,lately,", '"lately" is no year (Lima)', "write a year of four digits"),
    ],
)  # fmt: skip
def test_a_wrong_row_of_a_table_of_cells_is_an_error(tmp_path: Path, row: str, message: str, remedy: str) -> None:
    caught = fault(write_cells(tmp_path, "Oslo,jobs,2020,", row), indicators={"jobs": {}, "rent": {}})
    assert message in caught.what
    assert caught.where == "data.attributes"
    assert str(caught.remedy).startswith(remedy)


def test_a_pattern_without_any_column_is_an_error() -> None:
    caught = fault({"source": "{column}_origin"})
    assert caught.what == "no indicator has a column with its source, such as jobs_origin for jobs"
    assert caught.where == "data.attributes.source"


def test_a_column_that_an_indicator_names_must_exist() -> None:
    caught = fault(None, indicators={"jobs": {"attributes": {"year": "jobs_yaer"}}})
    assert 'no column "jobs_yaer"' in caught.what
    assert caught.remedy == 'did you mean "jobs_year"?'


def test_a_negative_standard_error_is_an_error() -> None:
    caught = fault(COLUMNS, TABLE.with_columns(jobs_se=pl.lit(-1.0)))
    assert '"-1.0" is a negative standard error (Lima, Oslo, Pune)' in caught.what
    assert isinstance(caught, DataError)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({}, 'attributes need columns, year = "{column}_year", or a table'),
        ({"year": "year"}, 'year = "year" is the same column for all indicators'),
        ({"indicator": "series", "year": "{column}_y"}, "indicator is a column of a table of cells, which path names"),
        ({"path": "cells.csv", "year": "{column}_y"}, 'year = "{column}_y" is a pattern, and with path a column'),
        ({"status": "flags"}, 'status = "flags" takes the flags behind numbers, and [data] lists none'),
        ({"path": "cells.csv"}, "rent names columns of attributes, and a table of cells has the attributes of all"),
    ],
)
def test_attributes_have_one_form(attributes: dict[str, str], message: str) -> None:
    caught = fault(attributes or {"path": None})
    assert message in caught.what
    assert isinstance(caught, DefinitionError)


def test_two_places_of_attributes_are_named_by_both_lines(tmp_path: Path) -> None:
    data = '[data]\nunit = "city"\nattributes = { path = "cells.csv" }\n'
    indicators = '[indicators]\njobs = { attributes = { year = "y" } }\n'
    (tmp_path / "index.toml").write_text(data + indicators, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        _ = indicia.read(tmp_path / "index.toml").tree
    assert caught.value.where == (
        'index.toml:3   attributes = { path = "cells.csv" }\nindex.toml:5   jobs = { attributes = { year = "y" } }'
    )


def test_the_manifest_has_the_attributes_and_the_fingerprint_of_a_table_of_cells(tmp_path: Path) -> None:
    assert index().score(TABLE).manifest["data"]["attributes"]["year"] == "{column}_year"
    manifests = []
    for year in (2019, 2020):
        cells = write_cells(tmp_path, f"Lima,jobs,{year},")
        manifests.append(index(cells, {"jobs": {}}).score(TABLE).manifest["data"]["attributes"])
    assert manifests[0]["cells"] != manifests[1]["cells"]
    assert "path" not in manifests[0]


def test_the_long_export_and_the_document_have_the_values_as_read() -> None:
    result = index().score(TABLE)
    observed = long_table(result).filter(MEASURE="OBSERVED")
    columns = ["REF_AREA", "OBS_VALUE", "OBS_STATUS", "TIME_DETAIL", "STANDARD_ERROR"]
    assert observed.select(columns).rows()[:3] == [
        ("Lima", 60.0, "p", "2021", 0.5),
        ("Oslo", 80.0, "A", "2023", None),
        ("Pune", None, "O", "2020", None),
    ]
    assert '"standard_error": 0.5' in document(result)


def test_check_counts_the_values_that_have_an_attribute() -> None:
    lines = index().check(TABLE).lines
    assert "status of values: 1 of 2 values of jobs; none for rent" in lines
    assert not any("jobs_year" in line for line in lines)  # it is used


def test_a_fitted_index_reads_the_attributes_of_new_data_if_they_are_there(tmp_path: Path) -> None:
    indicia.fit(index(), TABLE).write(tmp_path / "fitted.json")
    fitted = indicia.read_fitted(tmp_path / "fitted.json")
    assert fitted.score(TABLE.head(2)).attributes.height == 4
    assert fitted.score(TABLE.select("city", "jobs", "rent")).attributes.is_empty()
    cells = write_cells(tmp_path, "Lima,jobs,2019,survey")
    indicia.fit(index(cells, {"jobs": {}}), TABLE).write(tmp_path / "of_cells.json")
    assert indicia.read_fitted(tmp_path / "of_cells.json").score(TABLE.tail(2)).attributes.is_empty()
