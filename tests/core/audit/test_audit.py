"""An audit as data: its document, its manifest, and the lines of the index file behind its findings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.checks import SEVERITIES

if TYPE_CHECKING:
    from indicia.audit import Audit

LINES = [
    "[data]",
    'unit = "town"',
    "[dimensions]",
    "wealth = {}",
    "[indicators]",
    'income = { direction = "benefit", dimension = "wealth" }',
    'schools = { direction = "benefit", dimension = "wealth" }',
    "[methodology]",
    'normalisation = "min_max"',
    "[checks.D05]",
    "skewness = 1.5",
    "[[waivers]]",
    'code = "D05"',
    'reason = "a port lies in T0"',
]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    file = tmp_path_factory.mktemp("audit") / "index.toml"
    file.write_text("\n".join(LINES), encoding="utf-8")
    income = np.arange(12.0)
    income[0] = 900  # skewed: D05
    towns = pl.DataFrame({"town": [f"T{row}" for row in range(12)], "income": income, "schools": np.arange(12.0) ** 2})
    return indicia.read(file).audit(towns, draws=20)


def entries(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding for chapter in document["chapters"] for finding in chapter["findings"]]


def test_a_finding_of_the_document_has_its_value_threshold_line_and_waiver(outcome: Audit) -> None:
    (finding,) = (each for each in entries(outcome.document) if (each["code"], each["where"]) == ("D05", "income"))
    shown = [finding[word] for word in ("threshold", "line", "severity", "waived", "plugin")]
    assert shown == [1.5, 6, "warning", "a port lies in T0", "indicia_checks"]
    assert finding["value"] == pytest.approx(np.sqrt(12), abs=0.01)  # one extreme value of n: close to the root of n


def test_the_counts_of_the_document_add_up_to_its_findings(outcome: Audit) -> None:
    counts = outcome.document["counts"]
    assert counts["waived"] == len([each for each in entries(outcome.document) if each["waived"]]) == 1
    assert sum(counts.values()) == len(outcome.findings)


@pytest.mark.parametrize(
    ("where", "line"), [("wealth", 4), ("schools", 7), ("index", 8), ("T3", 1), ("town", 1)], ids=str
)
def test_a_place_has_the_line_that_states_it_and_a_unit_that_of_the_data(outcome: Audit, where: str, line: int) -> None:
    assert outcome.line_of(where) == line


def test_the_manifest_has_the_settings_the_thresholds_and_the_waivers(outcome: Audit) -> None:
    manifest = replace(outcome, settings=replace(outcome.settings, is_full=True)).manifest
    assert (manifest["draws"], manifest["seed"], manifest["full"]) == (20, 1, True)
    assert manifest["checks"]["D05"] == {"skewness": 1.5, "kurtosis": 3.5}
    assert manifest["waivers"] == [{"code": "D05", "reason": "a port lies in T0"}]


def test_findings_are_sorted_by_severity_and_then_by_code(outcome: Audit) -> None:
    keys = [(SEVERITIES.index(entry.severity), entry.code) for entry in outcome.reported_findings]
    assert keys == sorted(keys)
    assert len({severity for severity, _ in keys}) == 3


def test_without_a_limit_no_finding_fails(outcome: Audit) -> None:
    assert outcome.failing() == []
    assert {entry.code for entry in outcome.failing("U01")} == {"U01"}  # fewer than 1,000 draws
