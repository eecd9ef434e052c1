"""The content of an annex of an audit, and of its SARIF log, before any page is written."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.documents.blocks import Finding, Heading, Items, Line, TextTable
from indicia_report.files.annex import annex_of
from indicia_report.files.annex_tables import ROWS, annex_table
from indicia_report.files.sarif import audit_in_sarif

if TYPE_CHECKING:
    from indicia.audit import Audit
    from indicia.documents.blocks import Block

INDEX = """\
[data]
unit = "code"
label = "town"
[dimensions]
wealth = {}
nature = {}
[indicators]
income = { direction = "benefit", dimension = "wealth" }
schools = { direction = "benefit", dimension = "wealth" }
parks = { direction = "benefit", dimension = "nature" }
air = { direction = "benefit", dimension = "nature" }
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    file = tmp_path_factory.mktemp("annex") / "index.toml"
    file.write_text(INDEX, encoding="utf-8")
    values = np.random.default_rng(3).uniform(10, 90, (10, 4)).round(1)
    columns = dict(zip(("income", "schools", "parks", "air"), values.T, strict=True))
    towns = pl.DataFrame({"code": [f"T{row}" for row in range(10)], "town": [f"Town {row}" for row in range(10)]})
    return indicia.read(file).audit(towns.with_columns(**columns), draws=20)


def with_findings(outcome: Audit, number: int, waived: int = 0) -> Audit:
    """Return the audit with findings of its first check alone, the first of them waived."""
    entry = outcome.reported_findings[0]
    findings = [
        replace(
            entry,
            finding=replace(entry.finding, where=f"T{row}", sentence=f"T{row} is odd"),
            waiver="a reason" if row < waived else None,
        )
        for row in range(number)
    ]
    return replace(outcome, reported_findings=tuple(findings))


def below(outcome: Audit, heading: str) -> list[Block]:
    """Return the blocks of an annex below a heading."""
    blocks = annex_of(outcome)
    start = next(at for at, block in enumerate(blocks) if isinstance(block, Heading) and block.text == heading)
    return [*takewhile(lambda block: not isinstance(block, Heading), blocks[start + 1 :])]


def test_an_annex_lists_25_findings_of_a_check_and_counts_the_others(outcome: Audit) -> None:
    (group,) = (block for block in annex_of(with_findings(outcome, 30)) if isinstance(block, Finding))
    assert [*group.texts[:2], *group.texts[24:]] == ["T0 is odd", "T1 is odd", "T24 is odd", "and 5 more"]


def test_waived_findings_stand_after_the_others_with_their_reason(outcome: Audit) -> None:
    other, waived = (b for b in annex_of(with_findings(outcome, 3, waived=1)) if isinstance(b, Finding))
    assert (other.mark, other.texts) == (outcome.reported_findings[0].severity, ["T1 is odd", "T2 is odd"])
    assert (waived.mark, waived.texts) == ("waived", ["T0 is odd (waived: a reason)"])


def test_a_work_is_listed_once_with_the_codes_of_its_checks(outcome: Audit) -> None:
    (listed,) = below(outcome, "Sources of the checks")
    assert isinstance(listed, Items)
    sources = listed.texts
    works = [source.partition(" [")[0] for source in sources]
    assert len(works) == len(set(works))
    assert not any(work.startswith("Indicia") for work in works)
    codes = {chosen.code for chosen in outcome.checks} - {skip.check.code for skip in outcome.skipped_checks}
    (handbook,) = (source for source in sources if "10.1787/9789264043466-en [" in source)
    assert {part.partition(":")[0] for part in handbook.partition(" [")[2].rstrip("]").split("; ")} <= codes


def test_a_check_has_its_thresholds_and_a_skipped_check_its_reason(outcome: Audit) -> None:
    _, table = below(outcome, "Profile and thresholds")
    assert isinstance(table, TextTable)
    thresholds = {row[0]: row[2] for row in table.rows}
    assert thresholds["D05"] == "skewness = 2; kurtosis = 3.5"
    assert "methods = arithmetic, geometric, mazziotta_pareto, min" in thresholds["B02"]
    assert below(outcome, "Panels") == [Line("Not run: P01 (the index has one period).", is_note=True)]
    assert "P01" not in thresholds


def test_a_part_has_its_correlation_with_its_node_with_the_rest_of_the_node_and_with_the_index(outcome: Audit) -> None:
    table = annex_table(outcome, "node_correlations", None)
    assert table.headings == ["node", "item", "units", "r", "low", "high", "without it", "with index"]
    (row,) = (row for row in table.rows if row[:2] == ("wealth", "income"))
    own, rest, index = (
        outcome.node_correlations.filter(node="wealth", item="income", relation=relation)["r"].item()
        for relation in ("own", "rest", "index")
    )
    assert (row[3], row[6], row[7]) == (f"{own:.3f}", f"{rest:.3f}", f"{index:.3f}")


def test_ranks_have_one_column_of_labels_and_one_decimal(outcome: Audit) -> None:
    table = annex_table(outcome, "intervals", None)
    assert table.headings == ["town", "rank", "median", "lower", "upper", "tier"]
    assert table.numbers == [False, True, True, True, True, True]
    assert all(row[0].startswith("Town ") and "." in row[2] and len(row[2].split(".")[1]) == 1 for row in table.rows)


def test_ranks_have_the_units_if_a_label_is_repeated(outcome: Audit) -> None:
    changed = replace(outcome)
    vars(changed)["intervals"] = outcome.intervals.with_columns(town=pl.lit("Town"))
    assert annex_table(changed, "intervals", None).headings[0] == "code"


def test_a_long_table_names_the_command_that_writes_all_rows(outcome: Audit) -> None:
    changed = replace(outcome)
    vars(changed)["intervals"] = pl.concat([outcome.intervals] * 30)
    table = annex_table(changed, "intervals", None)
    assert len(table.rows) == ROWS == 250
    assert table.notes == ["The first 250 of 300 rows; indicia audit --show intervals writes all"]


def test_a_result_of_sarif_has_a_fingerprint_of_code_and_place_and_no_empty_property(outcome: Audit) -> None:
    results = json.loads(audit_in_sarif(outcome))["runs"][0]["results"]
    places = {(result["ruleId"], result["locations"][0]["logicalLocations"][0]["name"]) for result in results}
    marks = [result["partialFingerprints"]["codeAndPlace/v1"] for result in results]
    assert len(set(marks)) == len(places)
    assert all(value is not None for result in results for value in result["properties"].values())


def test_an_index_file_outside_the_working_directory_is_a_file_uri(outcome: Audit) -> None:
    result = json.loads(audit_in_sarif(outcome))["runs"][0]["results"][0]
    assert outcome.origin.path
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == Path(outcome.origin.path).resolve().as_uri()
