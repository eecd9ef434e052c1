"""Changes of an index that may answer findings, and proposals: the changes that do."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.checks import Check, Finding
from indicia.cli.options import _value
from indicia_audit.facts import run_facts_of
from indicia_audit.inspection.chosen_checks import ChosenCheck
from indicia_audit.proposals import Change, Flag, Trial, changes_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.checks import Subject

_WAVES = np.linalg.qr(np.random.default_rng(1).normal(size=(40, 10)))[0].T * 40**0.5  # without correlations
WEALTH, HEALTH = _WAVES[0], _WAVES[1]
TOWNS = pl.DataFrame(
    {
        "town": [f"T{row:02}" for row in range(40)],
        "income": WEALTH + 0.4 * _WAVES[2],
        "jobs": WEALTH + 0.4 * _WAVES[3],
        "rents": WEALTH + 0.4 * _WAVES[8],
        "shops": WEALTH + 0.4 * _WAVES[9],
        "debt": -WEALTH + 0.4 * _WAVES[4],  # a cost that is taken for a benefit
        "doctors": WEALTH * 0.1 + HEALTH + 0.4 * _WAVES[5],  # belongs to health
        "lives": HEALTH + 0.4 * _WAVES[6],
        "beds": HEALTH + 0.4 * _WAVES[7],
    }
)
OF_WEALTH = ("income", "jobs", "rents", "shops", "debt", "doctors")
RAW: dict[str, Any] = {
    "data": {"unit": "town"},
    "dimensions": {"wealth": {}, "health": {}},
    "indicators": {
        **{
            name: {"dimension": "wealth", "direction": "benefit"}
            for name in ("income", "jobs", "rents", "shops", "debt", "doctors")
        },
        **{name: {"dimension": "health", "direction": "benefit"} for name in ("lives", "beds")},
    },
    "methodology": {"normalisation": "z_score"},
}


@dataclass(frozen=True)
class Apart(Check):
    """Find indicators that correlate with another dimension more than with the rest of their own."""

    code, title, source, needs = "C90", "apart", "Example", ("scores",)

    def look(self, subject: Subject) -> Iterator[Finding]:
        for node in sorted({*subject.nodes} - {"index"}):
            others = {*subject.nodes} - {"index", node}
            for name in sorted(subject.nodes[node].components):
                rest = subject.coherence.with_rest(node, name)
                other = max(subject.coherence.with_node(node, name, key).r for key in others)
                if rest is None or rest.r < other:
                    yield Finding(name, None, None, f"{name} is apart")


@dataclass(frozen=True)
class Small(Check):
    """Find dimensions of one indicator."""

    code, title, source, needs = "S90", "small", "Example", ("scores",)

    def look(self, subject: Subject) -> Iterator[Finding]:
        for node in sorted(subject.nodes):
            if len(subject.nodes[node].components) < 2:
                yield Finding(node, None, None, f"{node} is small")


def subject_of(index: indicia.Index) -> Subject:
    frame = index.read_table(TOWNS)
    return replace(index.inspect_frame(frame, look=False).subject, run=run_facts_of(index.score_frame(frame)))


def changes(*flags: Flag, raw: dict[str, Any] = RAW) -> list[Change]:
    index = indicia.read(raw)
    return changes_for(flags, index.tree, subject_of(index))


def flag(where: str, code: str = "C03", severity: Any = "warning") -> Flag:
    return Flag(code, where, severity)


def kinds(proposed: list[Change], part: str) -> list[str]:
    return [change.kind for change in proposed if change.part == part]


def test_an_indicator_that_runs_against_its_dimension_is_reversed_or_dropped() -> None:
    assert {"reverse", "drop"} <= set(kinds(changes(flag("debt", "C05")), "debt"))


def test_an_indicator_that_runs_with_its_dimension_is_not_reversed() -> None:
    assert "reverse" not in kinds(changes(flag("income", "C05")), "income")


def test_an_indicator_is_moved_to_the_dimension_that_it_correlates_with_most() -> None:
    (move,) = (change for change in changes(flag("doctors", "C04")) if change.kind == "move")
    assert move.settings == {"indicators.doctors.dimension": "health"}
    assert move.options == "--set indicators.doctors.dimension=health"


def test_a_finding_about_a_dimension_changes_its_two_weakest_indicators() -> None:
    assert {change.part for change in changes(flag("wealth", "C06"))} == {"debt", "doctors"}


def test_one_of_two_parts_is_neither_dropped_nor_moved() -> None:
    towns = TOWNS.with_columns(lives=pl.col("income") + pl.col("jobs"))  # closer to wealth than to beds
    index = indicia.read(RAW)
    frame = index.read_table(towns)
    subject = replace(index.inspect_frame(frame, look=False).subject, run=run_facts_of(index.score_frame(frame)))
    proposed = changes_for([flag("lives", "C04"), flag("wealth"), flag("health")], index.tree, subject)
    assert set(kinds(proposed, "lives")) <= {"reverse", "weight"}
    assert "drop" not in kinds(proposed, "wealth") + kinds(proposed, "health")


def test_an_indicator_without_a_clear_home_is_not_moved() -> None:
    # debt has r = -0.9 with the rest of wealth and about 0 with health, which is closer
    assert "move" not in kinds(changes(flag("debt", "C04")), "debt")


def test_a_part_that_dominates_since_the_parts_correlate_does_not_get_half_of_its_weight() -> None:
    raw = {**RAW, "dimensions": {}, "indicators": {name: {"direction": "benefit"} for name in ("income", "jobs")}}
    weights = [change.settings for change in changes(flag("income"), raw=raw) if change.kind == "weight"]
    assert weights == [{"indicators.income.weight": 2.0}]


def test_findings_about_weights_change_a_weight() -> None:
    weights = [change.settings for change in changes(flag("income", "W05")) if change.kind == "weight"]
    assert weights == [{"indicators.income.weight": 0.5}, {"indicators.income.weight": 2.0}]


def test_weights_that_the_data_give_are_not_changed() -> None:
    raw = {**RAW, "methodology": {"normalisation": "z_score", "weighting": "equal"}}
    assert kinds(changes(flag("income", "W05"), raw=raw), "income") == ["drop"]


def test_importance_unlike_the_weights_proposes_the_closest_weights_of_the_dimension() -> None:
    (change,) = (change for change in changes(flag("lives", "W03")) if change.kind == "weights")
    assert list(change.settings) == ["indicators.lives.weight", "indicators.beds.weight"]
    assert sum(change.settings.values()) == pytest.approx(1, abs=2e-3)


def test_unequal_effective_weights_propose_to_weigh_dimensions_by_their_indicators() -> None:
    (change,) = (change for change in changes(flag("lives", "S03")) if change.kind == "weights")
    assert change.settings == {"dimensions.wealth.weight": 6.0, "dimensions.health.weight": 2.0}


def test_an_indicator_of_two_dimensions_is_counted_in_one() -> None:
    indicators = {**RAW["indicators"], "doctors": {"dimension": ["wealth", "health"]}}
    proposed = changes(flag("doctors", "S04"), raw={**RAW, "indicators": indicators})
    assert [change.settings for change in proposed if change.kind == "move"] == [
        {"indicators.doctors.dimension": "health"},
        {"indicators.doctors.dimension": "wealth"},
    ]


def test_changes_for_the_gravest_findings_come_first() -> None:
    proposed = changes(flag("income", "C05"), flag("debt", "C05", "error"), flag("debt", "C03", "error"))
    assert proposed[0].part == "debt"


def test_a_name_with_a_point_has_no_dotted_path_and_no_change() -> None:
    indicators = {**RAW["indicators"], "a.b": {"column": "debt", "dimension": "wealth"}}
    assert kinds(changes(flag("a.b"), raw={**RAW, "indicators": indicators}), "a.b") == []


@pytest.mark.parametrize("value", ["health", "the health", "2020", "true", "inf", False, 0.25, 1e-7])
def test_an_option_reads_as_the_value_that_it_writes(value: object) -> None:
    options = Change("index", "x", "move", "", {"x.y": value}).options
    _, word = shlex.split(options)
    assert _value(word.removeprefix("x.y=")) == value


@pytest.fixture(scope="module")
def proposals() -> pl.DataFrame:
    index = indicia.read(RAW)
    checks = [ChosenCheck(Apart(), "example"), ChosenCheck(Small(), "example")]
    return Trial(index, index.read_table(TOWNS), checks).proposals(subject_of(index))


def test_a_proposal_names_what_it_clears_and_what_it_causes(proposals: pl.DataFrame) -> None:
    (row,) = proposals.filter(pl.col("change") == "move doctors from wealth to health").to_dicts()
    assert (row["cleared"], row["cleared_findings"]) == (1, "C90 doctors")
    assert (row["caused"], row["caused_findings"]) == (0, None)
    assert row["mean_shift"] > 0


def test_the_options_of_a_proposal_make_its_change(proposals: pl.DataFrame) -> None:
    (row,) = proposals.filter(pl.col("change") == "take debt as a cost").to_dicts()
    assert row["set"] == "--set indicators.debt.direction=cost"
    index = indicia.read(RAW)
    changed = index.with_options(settings={"indicators.debt.direction": "cost"})
    ranks = [each.score(TOWNS).scores.sort("town")["rank"].to_numpy() for each in (index, changed)]
    assert row["mean_shift"] == pytest.approx(np.abs(ranks[0] - ranks[1]).mean(), abs=1e-12)


def test_proposals_are_sorted_by_what_they_clear_then_by_the_shift(proposals: pl.DataFrame) -> None:
    keys = [(row["caused"] - row["cleared"], row["mean_shift"]) for row in proposals.to_dicts()]
    assert keys == sorted(keys)
    assert len(keys) > 2


def test_a_change_that_clears_nothing_is_no_proposal(proposals: pl.DataFrame) -> None:
    assert proposals["cleared"].min() == 1


def test_a_change_with_which_the_index_cannot_be_scored_is_no_proposal() -> None:
    raw = {**RAW, "indicators": {**RAW["indicators"], "lives": {"dimension": "health", "counts": False}}}
    index = indicia.read(raw)
    trial = Trial(index, index.read_table(TOWNS), [ChosenCheck(Small(), "example")])
    assert trial.proposals(subject_of(index))["change"].to_list() == []


def test_an_index_without_findings_has_no_proposals() -> None:
    index = indicia.read(RAW)
    assert Trial(index, index.read_table(TOWNS), []).proposals(subject_of(index)).is_empty()


def test_an_audit_proposes_to_reverse_a_cost_that_is_taken_for_a_benefit() -> None:
    indicators = {name: {"direction": "benefit"} for name in ("income", "jobs", "rents", "debt")}
    flat = {**RAW, "dimensions": {}, "indicators": indicators}
    proposals = indicia.read(flat).audit(TOWNS, draws=10).frame("proposals")
    (row,) = proposals.filter(pl.col("change") == "take debt as a cost").to_dicts()
    assert row["cleared"] > 2
    assert "C05 debt" in row["cleared_findings"]


def test_statistics_that_are_taken_over_from_a_similar_index_are_those_of_the_index() -> None:
    index = indicia.read(RAW)
    moved = subject_of(index.with_options(settings={"indicators.income.dimension": "health"}))
    similar = replace(moved, similar=subject_of(index))
    assert similar.importance.table.equals(moved.importance.table, null_equal=True)
    for node, coherence in moved.coherence.nodes.items():
        assert similar.coherence.nodes[node].present.equals(coherence.present)
