"""The checks of coherence and hierarchy on the Handbook's example: `audit_findings.csv` of its reference.

The severity of a correlation is information where its 95 % interval covers the cut-off, which is common with 23
countries; the file lists these as warnings.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from indicia.catalogue import installed
from indicia.checks import NodeFacts, RunFacts, Subject

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.checks import Finding

INDICATORS = ["patents", "royalties", "internet", "exports", "telephones", "electricity", "schooling", "university"]
DIMENSIONS = {
    "creation": ["patents", "royalties"],
    "recent": ["internet", "exports"],
    "old": ["telephones", "electricity"],
    "skills": ["schooling", "university"],
}


@pytest.fixture(scope="module")
def capped(reference: Path) -> pl.DataFrame:
    """Return the values between goalposts, capped."""
    return pl.read_csv(reference / "audit" / "handbook_tai" / "computed" / "normalised.csv").select(INDICATORS)


@pytest.fixture(scope="module")
def uncapped(reference: Path) -> pl.DataFrame:
    """Return the data with logarithms of telephones and electricity; no statistic here depends on the unit."""
    data = pl.read_csv(reference / "audit" / "handbook_tai" / "data_full.csv")
    logs = {"telephones": pl.col("telephones_per_1000").log10(), "electricity": pl.col("electricity_kwh").log10()}
    return data.with_columns(**logs).select(pl.col(INDICATORS).cast(pl.Float64))


def subject_of(values: pl.DataFrame, *, with_dimensions: bool = False) -> Subject:
    components = {"index": values}
    if with_dimensions:
        components = {node: values.select(parts) for node, parts in DIMENSIONS.items()}
        means = {node: frame.select(pl.mean_horizontal(pl.all())).to_series() for node, frame in components.items()}
        components["index"] = pl.DataFrame(means)
    units = pl.DataFrame({"unit": [f"u{row:02}" for row in range(values.height)]})
    subject = Subject.of(units, values, run=RunFacts.of(components))
    facts = {node: NodeFacts(tuple(frame.columns), tuple(frame.columns), "skip") for node, frame in components.items()}
    return replace(subject, nodes=facts)


def look(code: str, subject: Subject) -> list[Finding]:
    return list(installed().choose("check", {"method": code}).look(subject))


def values_of(code: str, subject: Subject) -> dict[str, float | None]:
    return {finding.where: finding.value for finding in look(code, subject)}


def test_internet_and_exports_oppose_each_other(capped: pl.DataFrame) -> None:
    (finding,) = look("C02", subject_of(capped, with_dimensions=True))
    assert (finding.where, finding.value) == ("exports", pytest.approx(-0.448, abs=5e-4))


def test_exports_is_the_weakest_of_eight_in_the_index(capped: pl.DataFrame) -> None:
    assert values_of("C03", subject_of(capped)) == {"exports": pytest.approx(0.266, abs=5e-4)}


def test_six_indicators_are_closer_to_another_dimension(capped: pl.DataFrame) -> None:
    sentences = {finding.where: finding.sentence for finding in look("C04", subject_of(capped, with_dimensions=True))}
    pairs = {
        "patents": ("0.13", "0.28"),
        "royalties": ("0.13", "0.68"),
        "internet": ("-0.45", "0.61"),
        "exports": ("-0.45", "0.48"),
        "schooling": ("0.08", "0.37"),
        "university": ("0.08", "0.39"),
    }
    assert set(sentences) == set(pairs)
    for name, (own, other) in pairs.items():
        assert f"(r = {own}):" in sentences[name]
        assert f"(r = {other}) than" in sentences[name]


def test_exports_and_university_do_not_move_with_the_others(capped: pl.DataFrame) -> None:
    weak = {(finding.where, round(finding.value or 0.0, 3)) for finding in look("C05", subject_of(capped))}
    assert weak == {("exports", -0.066), ("university", 0.291), ("exports", 0.074)}


def test_alpha_depends_on_the_values(capped: pl.DataFrame, uncapped: pl.DataFrame) -> None:
    (finding,) = look("C06", subject_of(capped))
    assert (finding.value, finding.severity) == (pytest.approx(0.686, abs=5e-4), "information")
    assert "0.502 of the values as they are" in finding.sentence
    assert not look("C06", subject_of(uncapped))  # 0.704, as printed: fine


def test_three_components_have_eigenvalues_above_one(capped: pl.DataFrame) -> None:
    finding = look("C07", subject_of(capped))[0]
    assert (finding.where, finding.value, finding.severity) == ("index", 3.0, None)
    assert "3.02, 1.78, 1.07" in finding.sentence
    assert "the first has 38 % of the variance, and 3 have more than 10 % each" in finding.sentence


def test_23_countries_are_few_for_eight_indicators(uncapped: pl.DataFrame) -> None:
    few, kmo = look("C08", subject_of(uncapped))
    assert (few.value, few.threshold, few.severity) == (23.0, 40.0, None)
    assert (kmo.value, kmo.severity) == (pytest.approx(0.501, abs=5e-4), None)
    assert kmo.sentence.endswith("the lowest of a part is 0.27, of patents")
    assert look("C07", subject_of(uncapped)) != []  # the analysis is not refused


def test_electricity_and_internet_depend_on_the_other_indicators(uncapped: pl.DataFrame) -> None:
    inflated = values_of("C01", subject_of(uncapped))
    assert inflated["electricity"] == pytest.approx(5.95, abs=5e-3)
    assert inflated["internet"] == pytest.approx(5.87, abs=5e-3)
    inside = subject_of(uncapped, with_dimensions=True)
    assert not look("C01", inside)  # two items in each dimension, and fewer than five countries for each indicator


def test_each_dimension_has_two_indicators(capped: pl.DataFrame) -> None:
    assert values_of("S01", subject_of(capped, with_dimensions=True)) == dict.fromkeys(sorted(DIMENSIONS), 2.0)
