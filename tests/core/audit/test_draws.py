"""The draws of an audit: the choices of the index file or of the profile, and what cannot be drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.catalogue import installed
from indicia.checks import DrawFacts, Subject
from indicia.errors import DataError, MethodError
from indicia.progress import silent
from indicia_audit import AuditSettings
from indicia_audit.draws import AuditDraws, default_design, draw
from indicia_audit.facts import run_facts_of
from indicia_audit.profile import read_profile

if TYPE_CHECKING:
    from indicia_robustness import Robust

VALUES = np.random.default_rng(4).uniform(10, 90, (8, 4)).round(1)
CITIES = pl.DataFrame({"city": [f"c{row}" for row in range(8)], **dict(zip("abcd", VALUES.T, strict=True))})
PARENTS = {"a": "economy", "b": "economy", "c": "nature", "d": "nature"}
TREE: dict[str, Any] = {
    "data": {"unit": "city"},
    "dimensions": {"economy": {}, "nature": {}},
    "indicators": {name: {"dimension": parent} for name, parent in PARENTS.items()},
    "methodology": {"normalisation": "min_max", "missing": "skip"},
}

RATIO = {"aggregation": "formula(expression='economy / nature')"}


def drawn(
    words: dict[str, Any] | None = None, frame: pl.DataFrame = CITIES, period: object = None, **settings: Any
) -> AuditDraws:
    """Draw as an audit does, without its checks."""
    index = indicia.read(TREE | (words or {}))
    subject = replace(
        index.inspect_frame(frame, look=False).subject, run=run_facts_of(index.score_frame(frame), period)
    )
    profile = read_profile("jrc", index.definition, index.origin)
    audit_settings = AuditSettings(
        profile, draws=40, seed=settings.get("seed", 1), period=period, is_full=settings.get("full", False)
    )
    return draw(index, subject, frame, audit_settings, settings.get("progress", silent))


def of(draws: AuditDraws) -> tuple[Robust, DrawFacts]:
    assert draws.robust is not None
    assert draws.facts is not None
    return draws.robust, draws.facts


def sentences(code: str, facts: DrawFacts) -> list[str]:
    subject = Subject.of(pl.DataFrame({"unit": ["a"]}), pl.DataFrame({"x": [1.0]}), draws=facts)
    return [finding.sentence for finding in installed().choose("check", code).look(subject)]


@pytest.fixture(scope="module")
def default() -> tuple[Robust, DrawFacts]:
    return of(drawn())


def test_an_index_without_robustness_varies_the_choices_of_the_profile(default: tuple[Robust, DrawFacts]) -> None:
    _, facts = default
    assert dict(facts.factors) == {"normalisation": 3, "aggregation": 2, "weights": 40}
    assert (facts.draws, facts.idle, len(facts.left_out)) == (40, (), 1)


def test_default_draws_leave_out_one_of_ten_indicators_and_none_of_nine(default: tuple[Robust, DrawFacts]) -> None:
    for number, choices in ((9, set()), (10, {"leave_out"})):
        index = indicia.read({"data": {"unit": "city"}, "indicators": {f"x{place}": {} for place in range(number)}})
        assert default_design(index, {"leave_out": "indicators"}).keys() == choices
    assert default[1].left_out == (
        "indicators: without one of 4 it is another index; default draws leave out one of ten or more",
    )


def test_an_index_file_that_leaves_out_one_of_four_indicators_has_such_draws() -> None:
    _, facts = of(drawn({"robustness": {"leave_out": "indicators"}}))
    assert (dict(facts.factors), facts.left_out) == ({"indicators": 5}, ())


def test_min_max_to_100_takes_the_place_of_min_max_to_1_so_that_a_geometric_mean_can_be_drawn(
    default: tuple[Robust, DrawFacts],
) -> None:
    normalisation, aggregation = (factor.alternatives for factor in default[0].factors[:2])
    assert normalisation == ("min_max(lower=1, upper=100, clip=both)", "z_score(mean=50, sd=10)", "rank")
    assert aggregation == ("arithmetic", "geometric")


def test_the_same_seed_gives_the_same_ranks(default: tuple[Robust, DrawFacts]) -> None:
    again, other = (of(drawn(seed=seed))[0].compact_ranks for seed in (1, 2))
    assert (again == default[0].compact_ranks).all()
    assert (other != default[0].compact_ranks).any()


def test_a_choice_of_the_index_file_that_changes_no_score_is_an_error_and_the_draws_go_on() -> None:
    words = {"robustness": {"imputation": ["mean", "median"], "weights": {"spread": 0.2}}}
    _, facts = of(drawn(words))
    assert (facts.idle, facts.draws) == (("imputation",), 40)
    assert sentences("R03", facts) == ["imputation varies among 2 alternatives, and changes no score in any draw"]


def test_a_default_choice_that_changes_no_score_is_information() -> None:
    own = {name: {**spec, "normalisation": "min_max"} for name, spec in TREE["indicators"].items()}
    _, facts = of(drawn({"indicators": own}))
    assert sentences("R03", facts) == []
    assert "not drawn: normalisation: it changes no score" in sentences("U01", facts)


def test_an_alternative_that_the_index_cannot_be_scored_with_is_left_out_with_the_reason() -> None:
    words = {
        "methodology": {"normalisation": "z_score"},
        "robustness": {"aggregation": ["arithmetic", "geometric"], "weights": {"spread": 0.2}},
    }
    robust, facts = of(drawn(words))
    assert dict(facts.factors) == {"weights": 40}
    (reason,) = facts.left_out
    assert reason.startswith("aggregation geometric: geometric of ")
    assert "positive values" in reason
    assert not robust.failed.any()


def test_alternatives_that_fail_together_only_are_found_before_the_draws() -> None:
    words = {
        "methodology": {"normalisation": "rank"},
        "robustness": {"normalisation": ["rank", "z_score"], "aggregation": ["arithmetic", "geometric"]},
    }
    _, facts = of(drawn(words))
    # the index has rank and arithmetic; z_score with geometric fails
    assert dict(facts.factors) == {"normalisation": 2}
    assert facts.left_out[0].startswith("aggregation geometric: ")


def test_an_unknown_method_of_the_index_file_is_an_error() -> None:
    with pytest.raises(MethodError, match="geometrik"):
        drawn({"robustness": {"aggregation": ["arithmetic", "geometrik"]}})


def test_a_missing_table_of_weights_that_the_index_file_names_is_an_error() -> None:
    with pytest.raises(DataError, match=r"experts\.csv"):
        drawn({"robustness": {"weights": {"table": "experts.csv"}}})


def test_weights_that_differ_between_groups_are_not_drawn() -> None:
    frame = CITIES.with_columns(region=pl.Series(["north", "south"] * 4))
    words = {
        "data": {"unit": "city", "groups": ["region"]},
        "methodology": {"normalisation": "min_max", "weighting": "standard_deviation", "weights": "region"},
    }
    _, facts = of(drawn(words, frame))
    assert "weights" not in facts.factors
    assert any(reason.startswith("weights: weights that differ between periods or groups") for reason in facts.left_out)


def test_imputations_vary_where_a_value_is_imputed() -> None:
    gaps = CITIES.with_columns(a=pl.when(pl.col("city") == "c3").then(None).otherwise("a"))
    words = {"methodology": {"normalisation": "min_max", "imputation": "mean", "missing": "skip"}}
    assert "imputation" in of(drawn(words, gaps))[1].factors
    assert "imputation" not in of(drawn(words))[1].factors


@pytest.mark.parametrize(
    ("words", "frame", "reason"),
    [
        ({}, CITIES.head(2), "the ranks of 2 units say nothing about uncertainty"),
        (
            {"indicators": {"a": {}}, "dimensions": {}},
            CITIES,
            "an index of one indicator has no choices that change its ranks",
        ),
    ],
)
def test_an_index_without_choices_is_audited_without_draws(
    words: dict[str, Any], frame: pl.DataFrame, reason: str
) -> None:
    assert drawn(words, frame) == AuditDraws(None, None, reason)


def test_the_checks_of_draws_are_skipped_with_the_reason() -> None:
    result = indicia.read(TREE).audit(CITIES.head(2), draws=40).figures
    skipped = {entry.check.code: entry.reason for entry in result.skipped_checks}
    assert skipped["U01"] == skipped["R03"] == "the ranks of 2 units say nothing about uncertainty"


def test_levels_with_different_aggregations_are_an_alternative_of_their_own() -> None:
    levels = {"methodology": {"aggregation": "arithmetic", "levels": [{"aggregation": "geometric"}]}}
    index = indicia.read(TREE | levels)
    design = default_design(index, {"aggregation": ["arithmetic"], "weights": {"spread": 0.1}})
    assert design["aggregation"] == [None, "arithmetic"]


def test_the_draws_of_a_panel_are_those_of_one_period() -> None:
    panel = pl.concat([CITIES.with_columns(year=pl.lit(year)) for year in (2020, 2021)])
    words = {"data": {"unit": "city", "period": "year"}}
    robust, _ = of(drawn(words, panel, period=2020))
    assert (robust.period, len(robust.names)) == ("2020", 8)


def test_a_full_audit_has_sobol_indices_and_the_distance_of_two_units() -> None:
    words = {"robustness": {"normalisation": ["min_max", "rank"], "weights": {"spread": 0.3}, "sensitivity": 16}}
    steps: list[tuple[int, int]] = []
    robust, facts = of(drawn(words, full=True, progress=lambda done, total: steps.append((done, total))))
    assert facts.draws == 40
    assert sorted(facts.sensitivity["factor"]) == ["normalisation", "weights"]
    assert steps[-1] == (40 + 16 * 4, 40 + 16 * 4)
    assert sentences("R01", facts)[0].startswith("weights alone: ")
    first, second = robust.names[:2]
    assert robust.sensitivity_of(first, second).columns == facts.sensitivity.columns


def test_without_full_the_runs_for_sobol_indices_of_the_index_file_are_left_out() -> None:
    robust, _ = of(drawn({"robustness": {"weights": {"spread": 0.3}, "sensitivity": 512, "draws": 9000}}))
    assert len(robust.compact_ranks) == 40


def test_a_part_that_a_formula_names_is_never_left_out() -> None:
    words = {
        "methodology": {"normalisation": "min_max(lower=1, upper=100)", "aggregation": "formula(expression='a + c')"}
    }
    flat = {"indicators": {name: {} for name in "ac"}, "dimensions": {}}
    _, facts = of(
        drawn(words | flat | {"robustness": {"leave_out": "indicators", "normalisation": ["rank", "z_score"]}})
    )
    assert (dict(facts.factors), facts.failed) == ({"normalisation": 2, "indicators": 1}, 0)
    assert [reason.partition(":")[0] for reason in facts.left_out] == ["a left out", "c left out"]


def test_default_methods_do_not_vary_around_an_expression_that_defines_a_score() -> None:
    ratio = {"methodology": {"normalisation": "min_max(lower=1, upper=100)", "levels": [RATIO]}}
    _, facts = of(drawn(ratio))
    assert set(facts.factors) == {"weights"}
    assert facts.left_out[-3:-1] == (
        "normalisation: an expression defines index, and its numbers suit the scale of the index",
        "aggregation: an expression defines index, and no mean has its meaning",
    )


def test_a_default_choice_that_changes_no_score_is_no_choice_that_varies() -> None:
    own = {name: {"dimension": parent, "normalisation": "min_max"} for name, parent in PARENTS.items()}
    _, facts = of(drawn({"indicators": own}))
    assert "normalisation" not in facts.factors
    assert not [choice for choice in facts.single_choices if choice[0] == "normalisation"]
    assert "normalisation: it changes no score" in facts.left_out


def test_the_default_min_max_stops_at_the_bounds_as_goalposts_do() -> None:
    own = {name: {"dimension": parent, "bounds": [10, 90]} for name, parent in PARENTS.items()}
    far = CITIES.with_columns(pl.when(pl.col("city") == "c0").then(9_000.0).otherwise("a").alias("a"))
    _, facts = of(drawn({"indicators": own, "methodology": {"normalisation": "goalposts(scale=100)"}}, far))
    ranks = facts.single_choices["normalisation", "min_max(lower=1, upper=100, clip=both)"]
    assert ranks.tolist() == facts.nominal.tolist()


def test_a_default_method_keeps_the_further_parameters_of_the_index() -> None:
    words = {"methodology": {"normalisation": "min_max(clip=both)"}}
    design = default_design(indicia.read(TREE | words), {"normalisation": ["min_max(lower=1, upper=100)"]})
    assert [str(choice) for choice in design["normalisation"]] == [
        "min_max(clip=both)",
        "min_max(lower=1, upper=100, clip=both)",
    ]
