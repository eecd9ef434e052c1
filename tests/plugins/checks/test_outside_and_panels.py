"""An index beside variables outside it and its dimensions, between periods, and as a mean of sources."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from subject_of_index import findings

import indicia
from indicia.checks import Finding, PanelFacts, RunFacts, Subject
from indicia_audit.facts import facts_beside_scores, run_facts_of

RANDOM = np.random.default_rng(4)
NUMBERS = RANDOM.permutation(40).astype(float)


def subject(parts: dict[str, pl.DataFrame], outside: dict[str, Any] | None = None, **facts: Any) -> Subject:
    """Return the subject of a run with these components by node, and variables outside the index."""
    run = replace(RunFacts.of(parts), **facts)
    units = pl.DataFrame({"unit": run.units})
    columns = {name: frame[name] for frame in parts.values() for name in frame.columns if name not in parts}
    return replace(Subject.of(units, pl.DataFrame(columns), run=run), outside=pl.DataFrame(outside or {}))


def noisy(share: float, seed: int) -> np.ndarray[Any, Any]:
    """Return numbers that are NUMBERS and noise; a share of 1 is noise alone."""
    return (1 - share) * NUMBERS + share * np.random.default_rng(seed).permutation(NUMBERS)


def test_an_indicator_that_gives_the_index_alone_is_a_warning_at_the_indicator() -> None:
    large = pl.DataFrame({"a": 10 * NUMBERS, "b": noisy(1.0, 1)})
    (finding,) = findings("X01", subject({"index": large}))
    r = float(np.corrcoef(5 * NUMBERS + noisy(1.0, 1) / 2, NUMBERS)[0, 1])
    assert (finding.where, finding.severity, finding.threshold) == ("a", None, 0.95)
    assert finding.value == pytest.approx(r)
    assert finding.sentence.startswith(f"the index and a: r = {r:.2f} over 40 units (95 % interval")
    assert finding.sentence.endswith(": the index is redundant beside a")


def test_few_units_make_it_information() -> None:
    few = pl.DataFrame({"a": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "b": [0.1, 0.0, 0.6, 0.2, 0.9, 0.0]})
    assert {finding.severity for finding in findings("X01", subject({"index": few}))} == {"information"}


def test_a_variable_outside_the_index_is_information_unless_the_index_is_redundant_beside_it() -> None:
    parts = {"index": pl.DataFrame({"a": NUMBERS, "b": noisy(1.0, 1)})}
    score = (NUMBERS + noisy(1.0, 1)) / 2
    found = findings("X01", subject(parts, {"rival": score + noisy(1.0, 2) / 40, "gdp": noisy(1.0, 3)}))
    by_place = {finding.where: finding for finding in found}
    assert by_place["rival"].severity is None
    assert by_place["gdp"].severity == "information"
    assert "redundant" not in by_place["gdp"].sentence


def test_units_far_from_the_line_are_named_with_their_residuals() -> None:
    gdp = np.arange(40.0)
    score = gdp.copy()
    score[[3, 30]] += [15.0, -9.0]
    found = findings("X01", subject({"index": pl.DataFrame({"a": score})}, {"gdp": gdp}))
    residuals = [finding for finding in found if "studentised" in finding.sentence]
    assert [finding.where for finding in residuals] == ["gdp"]
    assert "u3 (+5." in residuals[0].sentence
    assert "u30 (-" in residuals[0].sentence
    assert residuals[0].severity == "information"


def dimensions() -> dict[str, pl.DataFrame]:
    first, second = NUMBERS, noisy(1.0, 7)
    return {
        "index": pl.DataFrame({"economy": first, "nature": second}),
        "economy": pl.DataFrame({"jobs": first}),
        "nature": pl.DataFrame({"air": second}),
    }


def test_ranks_of_a_dimension_that_differ_by_ten_are_counted_with_the_unit_that_differs_most() -> None:
    run = subject(dimensions()).run
    assert run is not None
    difference = (run.ranks["index"] - run.ranks["nature"]).abs().to_numpy()
    found = {finding.where: finding for finding in findings("X02", subject(dimensions()))}
    count = int((difference >= 10).sum())
    assert found["nature"].value == pytest.approx(count / 40)
    assert f"differ by 10 or more for {count} of 40 units" in found["nature"].sentence
    assert found.keys() == {"economy", "nature"}


def test_ranks_of_ten_units_cannot_differ_by_ten() -> None:
    assert not findings("X02", subject({name: frame.head(10) for name, frame in dimensions().items()}))


def test_correlations_of_a_level_name_the_dimension_that_the_index_follows_least() -> None:
    (finding,) = findings("X03", subject(dimensions()))
    index = (NUMBERS + noisy(1.0, 7)) / 2
    r = {
        name: float(np.corrcoef(index, values)[0, 1])
        for name, values in (("economy", NUMBERS), ("nature", noisy(1.0, 7)))
    }
    assert finding.where == min(r, key=lambda name: r[name])
    assert finding.sentence.startswith(
        f"dimensions of level 1: r with the index is {r['economy']:.2f} for economy, {r['nature']:.2f} for nature; "
        "r of economy and nature is "
    )


def test_of_many_pairs_of_dimensions_the_lowest_and_the_highest_correlation_are_named() -> None:
    columns = {"a": NUMBERS, "b": NUMBERS, "c": noisy(1.0, 7), "d": -NUMBERS}
    parts = {"index": pl.DataFrame(columns)} | {name: pl.DataFrame({f"{name}1": x}) for name, x in columns.items()}
    (finding,) = findings("X03", subject(parts))
    assert finding.sentence.endswith("; r of the 6 pairs of dimensions is from -1.00 (a and d) to 1.00 (a and b)")


def test_equal_correlations_of_dimensions_are_in_the_order_of_names_whatever_the_order_of_rows() -> None:
    columns = {"a": noisy(1.0, 7), "b": NUMBERS, "c": NUMBERS, "d": NUMBERS}
    sentences = set()
    for order in (np.arange(len(NUMBERS)), np.argsort(noisy(1.0, 3)), np.argsort(noisy(1.0, 5))):
        rows = {name: x[order] for name, x in columns.items()}
        parts = {"index": pl.DataFrame(rows)} | {name: pl.DataFrame({f"{name}1": x}) for name, x in rows.items()}
        sentences |= {finding.sentence for finding in findings("X03", subject(parts))}
    assert len(sentences) == 1


def test_a_dimension_of_which_more_is_worse_agrees_where_its_correlation_is_positive() -> None:
    parts = dimensions()
    harm = {**parts, "nature": pl.DataFrame({"air": -noisy(1.0, 7)})}
    (finding,) = findings("X03", subject(parts))
    (of_harm,) = findings("X03", subject(harm, costs=frozenset(["nature"])))
    assert of_harm.sentence == finding.sentence


PANEL = pl.DataFrame(
    {
        "town": ["A", "B", "C", "D"] * 2 + ["E"],
        "year": [2022] * 4 + [2023] * 5,
        "jobs": [10.0, 8.0, 6.0, 0.0, 10.0, 5.0, 6.0, 0.0, 9.0],
    }
)


def panel_of(frame: pl.DataFrame = PANEL, **methodology: Any) -> Subject:
    words = {
        "data": {"unit": "town", "period": "year"},
        "indicators": {"jobs": {"direction": "benefit", **methodology.pop("spec", {})}},
        "methodology": methodology,
    }
    index = indicia.read(words)
    result = index.score_frame(frame)
    run = run_facts_of(result)
    whole = index.inspect_frame(frame, look=False).subject
    return replace(whole, run=run, **facts_beside_scores(index, result, frame, run))


def moves(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.severity == "information"]


def test_goalposts_of_each_year_are_an_error_and_fixed_ones_are_not() -> None:
    error = next(finding for finding in findings("P01", panel_of(statistics="period")) if finding.severity is None)
    assert (error.where, error.value) == ("index", 1.0)
    assert error.sentence == (
        "the goalposts of jobs are statistics of each year, so that scores of different periods are on different scales"
    )
    fixed = findings("P01", panel_of(statistics="period", spec={"bounds": [0, 10]}))
    assert all(finding.severity == "information" for finding in fixed)


def test_a_move_is_split_into_own_data_and_the_sample() -> None:
    # B falls from 8 to 5, below C: one rank by its own data; E joins above B: one rank by the sample
    summary, largest = moves(findings("P01", panel_of(spec={"bounds": [0, 10]})))
    assert (largest.where, largest.value, largest.period) == ("B", 2.0, "2023")
    assert largest.sentence == (
        "B moves most between 2022 and 2023, from rank 2 to 4: +1 by its own data, +1 by units that join or leave"
    )
    # C rises by one rank by the data of B, and E joins above B, C and D: parts of 1, 1 and 3
    assert summary.sentence == (
        "between 2022 and 2023, 2 of 4 units change rank; their moves are 20 % by their own data, 20 % by the data of "
        "others, 60 % by units that join or leave"
    )


def test_moving_goalposts_are_a_part_of_the_moves_of_their_own() -> None:
    # with statistics of the year, x and y have the weights 1/range: before x counts as y, then x counts a tenth
    words: dict[str, Any] = {
        "data": {"unit": "town", "period": "year"},
        "indicators": {name: {"direction": "benefit"} for name in ("x", "y")},
        "methodology": {"statistics": "period"},
    }
    frame = pl.DataFrame(
        {
            "town": ["A", "B", "C", "D"] * 2,
            "year": [2022] * 4 + [2023] * 4,
            "x": [1.0, 0.2, 0.0, 0.5, 1.0, 0.2, 0.0, 10.0],
            "y": [0.0, 0.6, 1.0, 0.5, 0.0, 0.6, 1.0, 0.5],
        }
    )
    index = indicia.read(words)
    result = index.score_frame(frame)
    panel = facts_beside_scores(index, result, frame, run_facts_of(result))["panel"]
    assert panel.moving == ("x", "y")
    # by the statistics of 2023, x scales from 0 to 10: A 0.1 + 0, B 0.02 + 0.6, C 0 + 1, D 0.05 + 0.5, each halved
    assert panel.restated.tolist() == pytest.approx([0.05, 0.31, 0.5, 0.275])
    assert panel.fault is None
    whole = replace(index.inspect_frame(frame, look=False).subject, run=run_facts_of(result), panel=panel)
    assert any("by other goalposts or weights" in finding.sentence for finding in findings("P01", whole))


def test_parts_of_moves_sum_to_the_moves() -> None:
    random = np.random.default_rng(2)
    now, before, restated = random.normal(size=(3, 30))
    now[:3], before[3:5], restated[3:5] = np.nan, np.nan, np.nan
    panel = PanelFacts("2023", "2022", [f"u{row:02}" for row in range(30)], now, before, restated)
    found = findings("P01", replace(panel_of(), panel=panel))
    largest = found[-1]
    parts = [float(part.split()[0]) for part in largest.sentence.partition(": ")[2].split(", ")]
    assert sum(parts) == pytest.approx(largest.value)


def test_the_same_data_in_both_periods_move_no_unit() -> None:
    same = pl.concat([PANEL.head(4), PANEL.head(4).with_columns(year=pl.lit(2023, pl.Int64))])
    assert not findings("P01", panel_of(same, spec={"bounds": [0, 10]}))


def sources(values: dict[str, list[float | None]], model: str = "reflective") -> Subject:
    frame = pl.DataFrame({name: pl.Series(column, dtype=pl.Float64) for name, column in values.items()})
    return subject({"index": frame}, measurement={"index": model})


THREE = {"a": [10.0, 8.0, 5.0], "b": [14.0, 8.0, 7.0], "c": [12.0, 11.0, None], "d": [None, 5.0, None]}


def test_the_standard_error_of_a_mean_of_sources_is_corrected_for_their_number() -> None:
    # A has 3 of 4 sources with s = 2, B all 4 with s² = 6, C 2 with s² = 2: errors 1.1547, 1.2247, 1 without, and
    # 2 / √3 · √(1/3) = 0.6667, 0 and √(2/3) = 0.8165 with the correction
    finding = findings("E01", sources(THREE))[-1]
    assert (finding.where, finding.severity) == ("index", None)
    assert finding.sentence.startswith(
        "the median standard error of a score is 0.6667 (1.1547 without the correction for 4 sources), of 2 to 4 "
        "sources"
    )


def test_a_unit_with_fewer_than_three_sources_is_a_warning() -> None:
    found = findings("E01", sources(THREE))
    assert [(finding.where, finding.severity, finding.value) for finding in found[:-1]] == [("u2", "warning", 2.0)]
    assert found[0].sentence == "u2 has 2 of 4 sources, too few for an error of its mean"


def test_neighbours_differ_by_their_effect_size() -> None:
    # A 12 (s² = 4, n = 3), B 8 (s² = 6, n = 4): pooled s² = 26/5, d = 4 / 2.2804 = 1.754, Hedges: · (1 - 3/19) = 1.477
    assert "0 of 2 pairs" in findings("E01", sources(THREE), effect=1.4)[-1].sentence.replace("1 of 2", "0 of 2")
    assert findings("E01", sources(THREE), effect=1.5)[-1].value == 1.0
    assert findings("E01", sources(THREE), effect=1.4)[-1].value == 0.5


def test_an_index_of_several_things_averages_no_sources() -> None:
    assert sources(THREE).has("sources")
    assert not sources(THREE, "formative").has("sources")
    assert not subject(dimensions(), measurement={"index": "reflective"}).has("sources")


ERRORS = pl.DataFrame(
    {
        "town": ["A", "B", "C"],
        "people": [10.0, 10.0, 10.0],
        "x": [0.0, 40.0, 100.0],
        "x_se": [10.0, 10.0, 0.0],
        "y": [0.0, 1.0, 2.0],
    }
)


def errors_of(**methodology: Any) -> list[Finding]:
    """Return the findings about errors of x, which is divided by the population."""
    words = {
        "data": {"unit": "town", "attributes": {"standard_error": "{column}_se"}},
        "indicators": {
            "x": {"direction": "benefit", "per": "people"},
            "y": {"direction": "benefit"},
        },
        "methodology": methodology,
    }
    index = indicia.read(words)
    result = index.score_frame(ERRORS)
    run = run_facts_of(result)
    whole = index.inspect_frame(ERRORS, look=False).subject
    return findings("E02", replace(whole, run=run, **facts_beside_scores(index, result, ERRORS, run)))


def test_errors_of_values_pass_through_denominator_normalisation_and_weight() -> None:
    # x / people goes from 0 to 10 with errors of 1, 1 and 0, a tenth of the range, and half of it in the score:
    # 0.05, 0.05 and 0. Scores are 0, 0.45 and 1: both differences are above 1.96 · 0.07
    (finding,) = errors_of()
    assert finding.sentence == (
        "the median standard error of a score is 0.05, from those of 1 of 2 indicators; 0 of 2 pairs of neighbours (0 "
        "%) differ by less than 1.96 standard errors of the difference"
    )


def test_errors_do_not_pass_through_a_geometric_mean_by_weights_alone() -> None:
    (finding,) = errors_of(normalisation="min_max(lower=1, upper=2)", aggregation="geometric")
    assert finding.sentence == "the errors of scores do not follow from those of the values by weights alone"
    assert "[robustness] se = " in finding.remedy


def test_errors_do_not_pass_through_a_curve() -> None:
    (finding,) = errors_of(treatment="yeo_johnson")
    assert finding.value is None


def test_standard_errors_and_outside_variables_of_an_index_reach_the_checks() -> None:
    frame = pl.DataFrame(
        {"town": ["A", "B", "C"], "x": [1.0, 2.0, 4.0], "x_se": [0.1, 0.2, 0.3], "gdp": [3.0, 5.0, 4.0]}
    )
    words = {
        "data": {"unit": "town", "attributes": {"standard_error": "{column}_se"}},
        "indicators": {"x": {"direction": "benefit"}},
        "outside": {"variables": {"gdp": {}}},
    }
    index = indicia.read(words)
    result = index.score_frame(frame)
    facts = facts_beside_scores(index, result, frame, run_facts_of(result))
    assert facts["standard_errors"]["x"].to_list() == [0.1, 0.2, 0.3]
    assert facts["outside"]["gdp"].to_list() == [3.0, 5.0, 4.0]
    assert facts["panel"] is None
