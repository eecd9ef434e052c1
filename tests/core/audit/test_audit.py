"""An audit as data: its findings, its manifest, and the lines of the index file behind its findings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.checks import SEVERITIES

if TYPE_CHECKING:
    from indicia_audit import AuditAnswer

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
def outcome(tmp_path_factory: pytest.TempPathFactory) -> AuditAnswer:
    file = tmp_path_factory.mktemp("audit") / "index.toml"
    file.write_text("\n".join(LINES), encoding="utf-8")
    income = np.arange(12.0)
    income[0] = 900  # skewed: D05
    towns = pl.DataFrame({"town": [f"T{row}" for row in range(12)], "income": income, "schools": np.arange(12.0) ** 2})
    return indicia.read(file).audit(towns, draws=20)


def test_a_finding_has_its_value_threshold_line_and_waiver(outcome: AuditAnswer) -> None:
    (finding,) = outcome.frame("findings").filter(check="D05", where="income").to_dicts()
    shown = [finding[word] for word in ("threshold", "severity", "waived")]
    assert shown == [1.5, "warning", "a port lies in T0"]
    assert outcome.figures.line_of("income") == 6
    assert finding["value"] == pytest.approx(np.sqrt(12), abs=0.01)  # one extreme value of n: close to the root of n
    (entry,) = outcome.waived
    assert (entry.code, entry.plugin) == ("D05", "indicia_checks")


def test_the_counts_of_severities_and_of_chapters_add_up_to_the_findings(outcome: AuditAnswer) -> None:
    assert len(outcome.waived) == 1
    counts = sum(map(outcome.count, SEVERITIES)) + len(outcome.waived)
    assert counts == len(outcome.frame("findings"))
    numbers = outcome.frame("chapters").select("errors", "warnings", "information", "waived")
    assert numbers.sum_horizontal().sum() == counts


@pytest.mark.parametrize(
    ("where", "line"), [("wealth", 4), ("schools", 7), ("index", 8), ("T3", 1), ("town", 1)], ids=str
)
def test_a_place_has_the_line_that_states_it_and_a_unit_that_of_the_data(
    outcome: AuditAnswer, where: str, line: int
) -> None:
    assert outcome.figures.line_of(where) == line


def test_the_manifest_has_the_settings_the_thresholds_and_the_waivers(outcome: AuditAnswer) -> None:
    figures = outcome.figures
    manifest = replace(figures, settings=replace(figures.settings, is_full=True)).manifest
    assert outcome.manifest == {**figures.manifest, "analysis": "audit"}
    assert (manifest["draws"], manifest["seed"], manifest["full"]) == (20, 1, True)
    assert manifest["checks"]["D05"] == {"skewness": 1.5, "kurtosis": 3.5}
    assert manifest["waivers"] == [{"code": "D05", "reason": "a port lies in T0"}]


def test_findings_are_sorted_by_severity_and_then_by_code(outcome: AuditAnswer) -> None:
    keys = [(SEVERITIES.index(entry.severity), entry.code) for entry in outcome.reported_findings]
    assert keys == sorted(keys)
    assert len({severity for severity, _ in keys}) == 3


def test_without_a_limit_no_finding_fails(outcome: AuditAnswer) -> None:
    assert outcome.failing() == []
    assert {entry.code for entry in outcome.failing("U01")} == {"U01"}  # fewer than 1,000 draws
