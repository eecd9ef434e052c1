"""The findings of the checks of coherence on tables with correlations that follow by hand.

The columns of a Hadamard matrix are uncorrelated and have the variance 1: a column c h1 + √(1 - c²) h2 has the
correlation c with h1.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
import polars as pl
import pytest

from indicia.catalogue import installed
from indicia.checks import Finding, NodeFacts, RunFacts, Subject

_ROWS = 256
_BITS = np.arange(_ROWS)


def base(number: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a column of a Hadamard matrix: -1 or 1 by the parity of shared bits."""
    shared = _BITS & number
    parity = np.array([bin(value).count("1") % 2 for value in shared.tolist()])
    return np.asarray(1.0 - 2.0 * parity)


def mix(**parts: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a sum of base columns: mix(h1=0.6, h2=0.8)."""
    return np.asarray(sum(weight * base(int(name[1:])) for name, weight in parts.items()))


def correlated(r: float, first: int, second: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a column with the correlation r with a base column."""
    return r * base(first) + sqrt(1 - r * r) * base(second)


def of(columns: dict[str, Any], *, rows: int = _ROWS, **nodes: tuple[str, ...]) -> Subject:
    """Return a subject with the scores of an index, flat unless dimensions are given."""
    frame = pl.DataFrame({name: np.asarray(values)[:rows] for name, values in columns.items()})
    frame = frame.with_columns(pl.all().cast(pl.Float64).fill_nan(None))
    tree = {**nodes, "index": tuple(nodes)} if nodes else {"index": tuple(columns)}
    components = {node: frame.select(parts) for node, parts in nodes.items()}
    means = {node: part.select(pl.mean_horizontal(pl.all())).to_series() for node, part in components.items()}
    components["index"] = pl.DataFrame(means) if nodes else frame
    units = pl.DataFrame({"unit": [f"u{row:03}" for row in range(frame.height)]})
    run = RunFacts.of(components, units=units["unit"])
    facts = {node: NodeFacts(parts, parts, "skip") for node, parts in tree.items()}
    return replace(Subject.of(units, frame, run=run), nodes=facts)


def look(code: str, subject: Subject, **thresholds: Any) -> list[Finding]:
    return list(installed().choose("check", {"method": code, **thresholds}).look(subject))


def test_an_interval_that_ends_just_below_zero_has_no_negative_zero() -> None:
    for finding in look("C03", of({"a": base(1), "b": base(2), "c": correlated(-0.004, 1, 2)}, rows=256)):
        assert "-0.00" not in finding.sentence


def formative(subject: Subject) -> Subject:
    assert subject.run is not None
    return replace(subject, run=replace(subject.run, measurement={"index": "formative"}))


COMMON = {"x": correlated(0.8, 1, 2), "y": correlated(0.8, 1, 4), "z": correlated(0.8, 1, 8)}
"""Three items that share a factor: each pair has r = 0.64, and alpha = 3 · 0.64 / (1 + 2 · 0.64) = 0.842."""
CODES = ["C01", "C02", "C03", "C05", "C06", "C07", "C08"]


@pytest.mark.parametrize("code", CODES)
def test_three_items_that_share_a_factor_have_no_finding(code: str) -> None:
    grave = [finding for finding in look(code, of(COMMON)) if finding.severity != "information"]
    assert grave == []


def test_two_parts_with_a_correlation_above_the_threshold_measure_the_same() -> None:
    subject = of({"x": base(1), "y": correlated(0.95, 1, 2), "z": correlated(0.5, 1, 4)})
    pair = look("C01", subject)[0]
    assert (pair.where, pair.severity) == ("x", None)
    assert pair.value == pytest.approx(0.95)
    sentence = "x and y of index measure nearly the same: r = 0.95 over 256 units (95 % interval 0.94 to 0.96), rho = "
    assert pair.sentence.startswith(sentence)


def test_a_correlation_whose_interval_covers_the_threshold_is_information() -> None:
    (finding,) = look("C01", of({"x": base(1), "y": correlated(0.92, 1, 2)}, rows=16))
    assert (finding.value, finding.severity) == (pytest.approx(0.92), "information")


def test_a_part_that_the_others_explain_has_a_high_variance_inflation() -> None:
    """R² of z on the others is 0.9: half of its variance is that of x and 0.4 that of y; 1 / (1 - 0.9) = 10."""
    subject = of({"x": base(1), "y": base(2), "z": mix(h1=sqrt(0.5), h2=sqrt(0.4), h4=sqrt(0.1))})
    inflated = {finding.where: finding.value for finding in look("C01", subject)}
    assert inflated == {"x": pytest.approx(6.0), "y": pytest.approx(5.0), "z": pytest.approx(10.0)}
    sentence = look("C01", subject)[-1].sentence
    assert sentence == "z depends strongly on the other 2 parts of index: variance inflation 10.00 over 256 units"


def test_inflation_among_all_indicators_of_a_tree_is_information() -> None:
    z = mix(h1=sqrt(0.5), h2=sqrt(0.4), h4=sqrt(0.1))
    subject = of({"x": base(1), "y": base(2), "z": z, "w": correlated(0.1, 1, 8)}, one=("x", "y"), two=("z", "w"))
    findings = look("C01", subject)
    assert {finding.where for finding in findings} == {"x", "y", "z"}
    assert {finding.severity for finding in findings} == {"information"}
    assert "parts of the index" in findings[0].sentence


def test_two_parts_that_oppose_each_other_are_found() -> None:
    (finding,) = look("C02", of({"x": base(1), "y": -correlated(0.7, 1, 2)}))
    assert (finding.where, finding.value, finding.severity) == ("x", pytest.approx(-0.7), None)
    assert finding.sentence.startswith("x and y of index oppose each other: r = -0.70 over 256 units (95 % interval")
    assert not look("C02", of({"x": base(1), "y": -correlated(0.35, 1, 2)}))


def test_a_part_that_the_score_hardly_shows_is_silent() -> None:
    """The score is (10 h1 + h2) / 2: its correlation with h2 is 1 / √101."""
    subject = of({"x": 10 * base(1), "y": base(2)})
    dominant, silent = look("C03", subject)
    assert (dominant.where, dominant.value) == ("x", pytest.approx(10 / sqrt(101)))
    assert dominant.sentence.startswith("x dominates the score of index: r = 1.00 over 256 units")
    assert (silent.where, silent.value, silent.severity) == ("y", pytest.approx(1 / sqrt(101)), None)
    assert silent.sentence.startswith("y hardly moves with the score of index: r = 0.10 over 256 units")


def test_a_part_against_its_score_is_an_error() -> None:
    """The score is in proportion to 3.2 h1 + 0.6 h2: r = (-0.8 · 3.2 + 0.6²) / √(3.2² + 0.6²) = -0.676."""
    findings = look("C03", of({"x": 4 * base(1), "y": mix(h1=-0.8, h2=0.6)}))
    (against,) = [finding for finding in findings if finding.where == "y"]
    assert against.severity == "error"
    assert against.sentence.startswith("y runs against the score of index: r = -0.68 over 256 units")


def test_a_part_against_the_score_of_a_formula_is_information() -> None:
    """A ratio falls as its lower part rises."""
    subject = of({"x": 4 * base(1), "y": mix(h1=-0.8, h2=0.6)})
    assert subject.run is not None
    methods = {"index": {"aggregation": "formula(expression='x / y')"}}
    findings = look("C03", replace(subject, run=replace(subject.run, methods=methods)))
    assert {finding.severity for finding in findings if finding.where == "y"} == {"information"}


def test_a_correlation_with_a_node_of_the_other_direction_has_the_opposite_sign() -> None:
    """A higher score of a cost is worse: its components, which raise it, lower the index."""
    subject = of({**COMMON, "p": base(16), "q": base(16)}, one=("x", "y", "z"), two=("p", "q"))
    run = subject.run
    assert run is not None
    components = {**run.components, "one": run.components["one"].select(-pl.all())}
    scores = run.scores.with_columns(-pl.col("one"))
    turned = replace(subject, run=replace(run, components=components, scores=scores, costs=frozenset({"one"})))
    for other in ("one", "two", "index"):
        pairs = [entry.coherence.with_node("one", "x", other) for entry in (subject, turned)]
        assert pairs[0]
        assert pairs[1]
        assert pairs[0].r == pytest.approx(pairs[1].r, abs=1e-12)


def test_a_part_without_spread_has_no_correlation_and_is_named() -> None:
    subject = of({**COMMON, "w": np.full(_ROWS, 5.0)})
    assert "w" not in {finding.where for finding in look("C03", subject)}
    (finding,) = look("C08", subject)[:1]
    assert (finding.where, finding.severity) == ("w", "information")
    assert finding.sentence == "w does not vary in index, and takes no part in its correlations"


def test_an_indicator_closer_to_another_dimension_is_found() -> None:
    """z has r = 0.8 with p = q = h16 and no correlation with x and y, the rest of its dimension."""
    columns = {"x": correlated(0.9, 1, 2), "y": base(1), "z": correlated(0.8, 16, 8), "p": base(16), "q": base(16)}
    subject = of(columns, one=("x", "y", "z"), two=("p", "q"))
    (finding,) = look("C04", subject)
    assert (finding.where, finding.value, finding.severity) == ("z", pytest.approx(0.8), None)
    assert finding.sentence.startswith(
        "z is closer to two (r = 0.80) than to the rest of one (r = 0.00): the difference of 0.80 has the 95 % interval"
    )


FIVE: dict[str, Any] = {f"x{number}": correlated(0.9, 1, 2**number) for number in range(1, 5)}
"""Four parts of a node with a common factor; with a fifth, correlations may decide."""


def remedy_of_fifth(values: Any, code: str = "C04", **others: Any) -> str:
    """Return the remedy of a fifth part z of a node beside the dimension two, whose parts are equal."""
    subject = of({**FIVE, "z": values, **others}, one=(*FIVE, "z"), two=tuple(others))
    return next(finding.remedy for finding in look(code, subject) if finding.where == "z")


def test_an_indicator_moves_to_a_dimension_with_which_it_correlates_clearly() -> None:
    assert remedy_of_fifth(correlated(0.8, 16, 32), p=base(16), q=base(16)) == 'move it: dimension = "two"'


@pytest.mark.parametrize("r", [-0.01, 0.29])  # -0.01 beside -0.3 in its own node: closer, and no home
def test_no_indicator_moves_to_a_dimension_with_which_it_does_not_correlate_clearly(r: float) -> None:
    values = -0.5 * base(1) + r * base(16) + sqrt(0.75 - r * r) * base(32)
    for code in ("C03", "C04", "C05", "C07"):
        assert "two" not in remedy_of_fifth(values, code, p=base(16), q=base(16))


def test_a_dimension_is_no_home_of_itself() -> None:
    opposed = {"z": (-0.9 * base(1) + 0.2 * base(64))}
    nodes = {**{name: (name,) for name in FIVE}, "fifth": ("z",)}
    findings = look("C05", of({**FIVE, **opposed}, **{f"of_{name}": parts for name, parts in nodes.items()}))
    opposes = next(finding for finding in findings if finding.where == "of_fifth")
    assert opposes.remedy == "look at the direction of of_fifth, or leave it out"


def test_a_clear_correlation_over_few_units_is_no_home() -> None:
    few = {name: values[:16] for name, values in {**FIVE, "z": mix(h8=-0.4, h4=0.4, h6=0.8), "p": base(4)}.items()}
    subject = of({**few, "q": few["p"]}, one=(*FIVE, "z"), two=("p", "q"))
    assert subject.coherence.with_node("one", "z", "two").r == pytest.approx(0.41, abs=0.01)  # type: ignore[union-attr]
    assert not [finding for finding in look("C04", subject) if "move" in finding.remedy]


PILLARS = {
    "C01": {"x": correlated(0.95, 1, 2), "y": base(1), "z": correlated(0.95, 1, 4)},
    "C03": {"x": base(1), "y": correlated(0.5, 1, 2), "z": correlated(-0.7, 1, 4)},
    "C05": {"x": base(1), "y": correlated(0.8, 1, 2), "z": base(16)},
    "C06": {"x": correlated(0.99, 1, 2), "y": base(1), "z": correlated(0.99, 1, 4)},
    "C07": {"x": base(1), "y": correlated(0.8, 1, 2), "z": correlated(-0.4, 1, 16)},
}
"""Three pillars with a fault, by the check that finds it."""


@pytest.mark.parametrize("code", PILLARS)
def test_one_of_three_pillars_is_neither_left_out_nor_moved_and_the_concept_is_asked_for(code: str) -> None:
    findings = [finding for finding in look(code, of(PILLARS[code])) if finding.remedy]
    assert findings
    assert not [finding for finding in findings if "leave" in finding.remedy or "move" in finding.remedy]
    assert [finding for finding in findings if "whether the concept of index needs" in finding.remedy]


def test_stunting_stays_with_wasting_although_it_is_closer_to_mortality() -> None:
    """Two indicators of a pillar, as in the Global Hunger Index."""
    columns = {"wasting": base(1), "stunting": correlated(0.5, 1, 16), "deaths": base(16), "lives": base(16)}
    findings = look("C04", of(columns, undernutrition=("wasting", "stunting"), mortality=("deaths", "lives")))
    remedies = {finding.where: finding.remedy for finding in findings}
    assert remedies["stunting"].startswith("ask whether the concept of undernutrition needs stunting: with 2 parts")


def test_a_part_that_dominates_because_the_parts_correlate_keeps_its_weight() -> None:
    """Two parts with r = 0.9: each has r = √0.95 = 0.975 with their mean."""
    findings = look("C03", of({"x": base(1), "y": correlated(0.9, 1, 2)}))
    assert [finding.where for finding in findings] == ["x", "y"]
    assert findings[0].remedy.startswith("ask what index adds to x: x dominates at equal weights too")


def test_a_part_that_dominates_by_its_weight_gets_less() -> None:
    columns = pl.DataFrame({"x": base(1), "y": base(2), "z": base(4)})
    score = columns.select(score=8 * pl.col("x") + pl.col("y") + pl.col("z")).to_series()
    subject = of({name: columns[name] for name in columns.columns})
    assert subject.run is not None
    run = replace(subject.run, scores=pl.DataFrame({"index": score}))
    (finding,) = (each for each in look("C03", replace(subject, run=run)) if each.where == "x")
    assert finding.remedy == "lower the weight of x"


def test_a_difference_whose_interval_covers_0_is_information() -> None:
    columns = {"x": base(1), "y": mix(h1=0.3, h16=0.4, h2=0.866), "p": base(16), "q": base(16)}
    findings = look("C04", of(columns, rows=32, one=("x", "y"), two=("p", "q")))
    assert {finding.where: finding.severity for finding in findings}["y"] == "information"


def test_an_indicator_of_several_dimensions_is_no_other_dimension_to_itself() -> None:
    columns = {"x": base(1), "y": correlated(0.5, 1, 2), "p": base(1)}
    assert not look("C04", of(columns, one=("x", "y"), two=("x", "p")), difference=0.6)


def test_a_part_that_does_not_fit_the_others_is_found_and_alpha_rises_without_it() -> None:
    """Alpha of x, y, z is 0.842; with the unrelated w it is 4/3 (1 - 4 / (4 + 6 · 0.64)) = 0.653."""
    subject = of({**COMMON, "w": base(16)})
    weak, rise = look("C05", subject)
    assert (weak.where, weak.value, weak.severity) == ("w", pytest.approx(0.0, abs=1e-12), None)
    assert weak.sentence.startswith("w hardly moves with the rest of index: r = ")
    assert (rise.where, rise.value) == ("w", pytest.approx(0.8421 - 0.6531, abs=2e-4))
    assert rise.sentence.startswith("without w, alpha of index rises from 0.653 to 0.842")
    assert {finding.severity for finding in look("C05", formative(subject))} == {"information"}


def test_a_part_with_the_wrong_sign_is_an_error() -> None:
    findings = look("C05", of({**COMMON, "w": -correlated(0.8, 1, 16)}))
    assert {finding.where: finding.severity for finding in findings if "opposes" in finding.sentence} == {"w": "error"}


@pytest.mark.parametrize(
    ("r", "severity", "alpha"),
    [
        (0.2, None, 0.4286),  # 3 · 0.2 / (1 + 2 · 0.2)
        (0.4, "information", 0.6667),
        (0.99, None, 0.9966),
    ],
)
def test_alpha_of_three_items_with_one_correlation(r: float, severity: str | None, alpha: float) -> None:
    columns = {name: correlated(sqrt(r), 1, other) for name, other in (("x", 2), ("y", 4), ("z", 8))}
    (finding,) = look("C06", of(columns))
    assert (finding.where, finding.severity) == ("index", severity)
    assert finding.value == pytest.approx(alpha, abs=1e-4)
    assert f"alpha of index is {alpha:.3f} (90 % interval" in finding.sentence
    assert "of the values as they are, over 3 parts and 256 units" in finding.sentence
    assert finding.sentence.startswith("the parts of index have little in common: ") == (alpha < 0.6)


def test_a_low_alpha_of_a_formative_node_is_information() -> None:
    columns = {"x": base(1), "y": base(2), "z": base(4)}
    (finding,) = look("C06", of(columns))
    assert finding.severity is None
    (finding,) = look("C06", formative(of(columns)))
    assert finding.severity == "information"


def test_two_pairs_of_items_are_two_components() -> None:
    """Two pairs with r = 0.81, unrelated to each other: the eigenvalues are 1.81 twice, 90.5 % of 4, and 0.19."""
    columns = {"x": correlated(0.9, 1, 2), "y": correlated(0.9, 1, 4)}
    columns |= {"p": correlated(0.9, 16, 32), "q": correlated(0.9, 16, 64)}
    (finding,) = [finding for finding in look("C07", of(columns)) if finding.where == "index"]
    assert (finding.value, finding.severity) == (2.0, None)
    assert finding.sentence.startswith(
        "index has 2 eigenvalues above 1 over 4 parts and 256 units: 1.81, 1.81; the 90 %"
    )
    assert finding.sentence.endswith(
        "parallel analysis keeps 2; the first has 45 % of the variance, and 2 have more than 10 % each and 91 % "
        "together, more than 60 %"
    )


def test_a_part_with_the_opposite_sign_on_the_first_component_is_found() -> None:
    (finding,) = look("C07", of({**COMMON, "w": -correlated(0.8, 1, 16)}))
    assert (finding.where, finding.severity) == ("w", None)
    assert finding.sentence.startswith("w has the negative loading -0.85 (95 % interval -0.")
    assert " on the first component of index, which has " in finding.sentence


def test_components_of_no_more_units_than_parts_are_refused() -> None:
    values = np.random.default_rng(1).standard_normal((6, 6))
    subject = of({f"x{place}": column for place, column in enumerate(values.T)}, rows=6)
    (finding,) = look("C08", subject)
    assert (finding.where, finding.value, finding.threshold) == ("index", 6.0, 6.0)
    assert "components of index are not computed: 6 units for 6 parts" in finding.sentence
    assert not look("C07", subject)


def test_components_of_parts_that_depend_on_each_other_are_refused() -> None:
    subject = of({"x": base(1), "y": base(2), "z": base(1) + base(2)})
    (finding,) = look("C08", subject)
    assert "x, y, z are linearly dependent" in finding.sentence
    assert not look("C07", subject)


def test_few_units_for_each_part_are_found() -> None:
    columns = {name: values + 0.01 * np.arange(_ROWS) for name, values in COMMON.items()}
    finding = next(entry for entry in look("C08", of(columns, rows=14)) if "units for each" in entry.sentence)
    assert (finding.value, finding.threshold) == (14.0, 15.0)
    assert finding.sentence == "index has 14 units for 3 parts: fewer than 5 units for each"


def test_items_with_pairs_of_little_in_common_have_a_low_kmo_and_no_rejection_by_bartlett() -> None:
    """Partial correlations are 0.6 / √(1 - 0.04²), 0.04 / 0.8 and -0.6 · 0.04 / (0.8 √(1 - 0.04²)).

    KMO = (0.6² + 0.04²) / (0.6² + 0.04² + 0.60048² + 0.05² + 0.03002²) = 0.4984.
    """
    subject = of({"x": base(1), "y": correlated(0.6, 1, 2), "z": correlated(0.05, 2, 4)})
    (finding,) = look("C08", subject)
    assert finding.severity is None
    assert finding.sentence.startswith("KMO of index is 0.498, too low for factors; the lowest of a part is 0.32, of z")
    unrelated = of({"x": base(1), "y": correlated(0.05, 1, 2), "z": correlated(0.05, 1, 4)})
    assert any("Bartlett's test does not reject" in finding.sentence for finding in look("C08", unrelated))


@pytest.mark.parametrize(("r", "kmo", "severity"), [(0.2, 0.590, None), (0.5, 0.692, "information")])
def test_no_part_is_dropped_for_a_low_kmo(r: float, kmo: float, severity: str | None) -> None:
    """Of three parts with one correlation r, the partial correlations are r / (1 + r): KMO = 1 / (1 + 1 / (1 + r)²)."""
    subject = of({name: correlated(sqrt(r), 1, other) for name, other in (("x", 2), ("y", 4), ("z", 8))})
    (finding,) = look("C08", subject)
    assert (finding.severity, finding.value) == (severity, pytest.approx(kmo, abs=1e-3))
    assert finding.remedy == ("" if severity else "take no weights from its components")


def test_units_that_lack_a_part_are_counted() -> None:
    columns = {name: values.copy() for name, values in COMMON.items()}
    columns["x"][:3] = np.nan
    finding = look("C08", of(columns))[0]
    assert finding.sentence == "3 units lack a part of index; alpha, KMO and components are over the other 253"
    assert {pair.units for pair in [of(columns).coherence.between("index", "x", "y")] if pair} == {253}


def test_components_of_units_that_all_lack_a_part_are_refused() -> None:
    columns = {name: values.copy() for name, values in COMMON.items()}
    columns["x"][:200] = np.nan
    columns["y"][200:] = np.nan
    (finding,) = look("C08", of(columns))
    assert finding.sentence == "components of index are not computed: 0 of 256 units have all 3 parts"
    assert "imputation" in finding.remedy


def test_two_units_are_too_few_for_correlations_which_is_no_lack_of_variation() -> None:
    findings = look("C08", of({"a": [1.0, 2.0], "b": [2.0, 1.0]}, rows=2))
    assert {finding.sentence for finding in findings} == {
        "a has 2 values in index, and takes no part in its correlations",
        "b has 2 values in index, and takes no part in its correlations",
    }


def test_an_alpha_of_no_more_units_than_parts_is_information() -> None:
    (finding,) = look("C06", of({"a": [1.0, 2.0, 3.0], "b": [1.0, 2.0, 3.1], "c": [1.0, 2.1, 3.0]}, rows=3))
    assert "interval" not in finding.sentence
    assert finding.severity == "information"
