"""The verdict and the chapters of an audit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.checks import Check, DrawFacts, Finding, RunFacts, Severity, Subject
from indicia_audit.chapters import chapters_of
from indicia_audit.draws import default_design, draw_facts_of
from indicia_audit.inspection import ReportedFinding, SkippedCheck
from indicia_audit.inspection.chosen_checks import ChosenCheck
from indicia_audit.profile import read_profile
from indicia_audit.verdict import Verdict
from indicia_robustness.draws import draw_feasible


@dataclass(frozen=True)
class Skewed(Check):
    """Find skewed values."""

    code = "D05"
    title = "skewed values"
    source = "Indicia"


@dataclass(frozen=True)
class Silent(Check):
    """Find silent parts."""

    code = "C03"
    title = "a part and its score"
    source = "Indicia"


@dataclass(frozen=True)
class House(Check):
    """Find what a house forbids."""

    code = "HOUSE01"
    title = "a rule of the house"
    source = "Indicia"


def reported(check: Check, severity: Severity, waiver: str | None = None) -> ReportedFinding:
    return ReportedFinding(check, "plugin", Finding("gdp", 1.0, 0.0, "gdp is odd"), severity, waiver)


def chosen(*checks: Check) -> list[ChosenCheck]:
    return [ChosenCheck(check, "plugin") for check in checks]


def subject(run: RunFacts | None = None, draws: DrawFacts | None = None) -> Subject:
    return Subject.of(pl.DataFrame({"unit": ["u0"]}), pl.DataFrame({"a": [1.0]}), run=run, draws=draws)


def sentences(run: RunFacts | None = None, draws: DrawFacts | None = None) -> list[str]:
    return [*Verdict((), subject(run, draws)).sentences()][1:]


def test_findings_stand_in_the_chapters_of_their_codes_and_other_codes_last() -> None:
    findings = [reported(House(), "error"), reported(Skewed(), "warning")]
    chapters = chapters_of(findings, chosen(Silent(), Skewed(), House()), [])
    assert [chapter.heading for chapter in chapters] == ["Data", "Coherence", "Other checks"]
    assert [len(chapter.findings) for chapter in chapters] == [1, 0, 1]


def test_a_chapter_is_sound_if_a_check_looked_and_all_warnings_are_waived() -> None:
    waived = [reported(Skewed(), "warning", "a reason"), reported(Skewed(), "information")]
    (data,) = chapters_of(waived, chosen(Skewed()), [])
    assert data.is_sound
    (skipped,) = chapters_of([], chosen(Skewed()), [SkippedCheck(Skewed(), "plugin", "no data")])
    assert not skipped.is_sound


def test_the_verdict_counts_and_names_chapters() -> None:
    findings = [reported(House(), "error"), reported(Skewed(), "warning"), reported(Skewed(), "warning", "a reason")]
    chapters = chapters_of(findings, chosen(Silent(), Skewed(), House()), [])
    assert list(Verdict(chapters, subject()).sentences()) == [
        "3 checks report 1 error and 1 warning; 1 is waived",
        "Errors concern other checks (HOUSE01)",
        "Warnings concern data (D05)",
        "No error and no warning concerns coherence",
    ]


def test_coherence_counts_parts_that_correlate_with_the_level_above() -> None:
    # index = (a + b + c) / 3 = (0, 0, 1, 1): r = 1 for a, 1 for b, and -1 for c, which runs against both
    a, c = [0.0, 0.0, 2.0, 2.0], [0.0, 0.0, -1.0, -1.0]
    run = RunFacts.of({"index": pl.DataFrame({"a": a, "b": a, "c": c})})
    assert sentences(run)[0] == (
        "Coherence: 2 of 3 indicators and dimensions correlate with the level above by more than 0.3"
    )


def test_coherence_counts_a_part_of_a_distance_that_falls_as_the_part_rises() -> None:
    a = [0.0, 0.0, 2.0, 2.0]
    run = RunFacts.of({"index": pl.DataFrame({"a": a, "b": a})})  # the score rises with a and b
    distance = replace(
        run, scores=run.scores.select(-pl.all()), distances=frozenset({"index"}), costs=frozenset({"index"})
    )
    assert sentences(distance)[0].startswith("Coherence: 2 of 2 ")


def test_balance_names_the_parts_whose_share_of_the_main_effects_is_far_from_their_weight() -> None:
    # a and b are uncorrelated, with variances 4 and 1 and equal weights, so that r squared is 4/5 for a and 1/5 for b:
    # shares of 0.8 and 0.2 beside weights of 0.5
    run = RunFacts.of({"index": pl.DataFrame({"a": [0.0, 0.0, 4.0, 4.0], "b": [0.0, 2.0, 0.0, 2.0]})})
    _, balance = sentences(run)
    assert balance.startswith("Balance: for 2 of the 2 parts of the index, the importance ")
    assert balance.endswith(" differs from the weight by more than half of the weight: a, b")


@pytest.mark.parametrize(("units", "limit"), [(20, 3), (50, 5), (92, 9), (100, 10), (400, 10)])
def test_robustness_counts_units_that_shift_little(units: int, limit: int) -> None:
    nominal = np.arange(1.0, units + 1)
    draws = DrawFacts.of(np.ones((7, units)), nominal.tolist())  # each unit is first: shifts of 0, 1, 2, ...
    assert sentences(draws=draws) == [
        f"Robustness: {limit + 1} of {units} units shift by at most {limit} ranks in at least 90 % of 7 draws"
    ]


def test_a_unit_that_shifts_by_ten_ranks_up_and_down_counts_although_its_interval_is_twenty_wide() -> None:
    nominal = np.arange(1.0, 101)
    ranks = np.tile(nominal, (100, 1))
    ranks[:45, 50] += 10
    ranks[45:90, 50] -= 10
    ranks[:11, 51] += 11  # within ten ranks in 89 of 100 draws
    (sentence,) = sentences(draws=DrawFacts.of(ranks, nominal.tolist()))
    assert sentence.startswith("Robustness: 99 of 100 units shift by at most 10 ranks")


def test_a_unit_that_is_far_from_its_rank_shifts_although_its_interval_is_narrow() -> None:
    nominal = np.arange(1.0, 101)
    ranks = np.tile(nominal, (100, 1))
    ranks[:, 0] = 50
    assert sentences(draws=DrawFacts.of(ranks, nominal.tolist()))[0].startswith("Robustness: 99 of 100 units shift")


def test_of_the_hdi_a_third_as_many_countries_have_narrow_intervals_as_shift_little() -> None:
    """With 4,000 draws 26 and 90 of 193 if an indicator is left out, and 168 shift little by default."""
    index = indicia.read(Path(__file__).parents[3] / "examples" / "human_development" / "index.toml")
    design: dict[str, Any] = default_design(index, read_profile(None, index.definition, index.origin).robustness)
    del design["imputation"]
    design |= {"draws": 300, "seed": 1}
    assert "indicators" not in design
    frame = index.read_table()
    one_out, default = (
        draw_facts_of(draw_feasible(index, frame, design | further, is_default=True), stated=False)
        for further in ({"leave_out": "indicators"}, {})
    )
    widths = one_out.intervals["upper"] - one_out.intervals["lower"]
    assert int((widths <= 10).sum()) == pytest.approx(26, abs=8)
    assert one_out.steady_units[0] == pytest.approx(90, abs=12)
    assert default.steady_units[0] == pytest.approx(168, abs=12)
