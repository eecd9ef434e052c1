"""A fitted index answers the questions of an index, and what was fitted stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.errors import DataError, DefinitionError
from indicia.result import compare_manifests
from indicia_bundle.fitted import fit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index
    from indicia_bundle.fitted import FittedIndex

CITIES = pl.DataFrame(
    {
        "city": ["Lima", "Oslo", "Pune", "Rome", "Baku"],
        "income": [3.0, 9.0, 1.0, 4.0, 6.0],
        "co2": [2.0, 8.0, 1.5, 5.0, 3.0],
        "jobs": [5.0, 7.0, 2.0, 9.0, 4.0],
    }
)
NEW = pl.DataFrame(
    {
        "city": ["Kyiv", "Bonn", "Giza"],
        "income": [5.0, 11.0, 1.0],
        "co2": [2.0, 4.0, 9.0],
        "jobs": [2.0, 9.0, 5.5],
    }
)
METHODOLOGIES: dict[str, dict[str, Any]] = {
    "plain": {},
    "z scores, weights from the data": {"normalisation": "z_score", "weighting": "critic"},
    "geometric": {"normalisation": "min_max(lower=1, upper=10)", "aggregation": "geometric"},
    "topsis": {"aggregation": "topsis"},
    "vikor": {"aggregation": "vikor", "rescaling": "min_max"},
}
VARIED: dict[str, dict[str, Any]] = {
    "weights": {"weights": {"spread": 0.25}},
    "indicators": {"leave_out": "indicators"},
    "indicators and weights": {"leave_out": "indicators", "weights": {"spread": 0.25}},
    "methods": {"aggregation": ["arithmetic", "geometric"], "normalisation": ["min_max(lower=1, upper=10)"]},
}


def index(methodology: dict[str, Any] | None = None, **further: Any) -> Index:
    words: dict[str, Any] = {
        "data": {"unit": "city"},
        "indicators": {"income": {}, "co2": {"direction": "cost"}, "jobs": {}},
        "methodology": methodology or {},
    }
    return indicia.read({**words, **further})


def read_again(fitted: FittedIndex, folder: Path) -> FittedIndex:
    fitted.write(folder / "fitted.json")
    return indicia.read_fitted(folder / "fitted.json")


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Index, FittedIndex]]:
    """An index by each methodology, and the fitted index that was written and read."""
    made = {}
    for name, methodology in METHODOLOGIES.items():
        of_name = index(methodology)
        made[name] = of_name, read_again(indicia.fit(of_name, CITIES), tmp_path_factory.mktemp("fitted"))
    return made


@pytest.fixture(scope="module")
def plain() -> FittedIndex:
    return indicia.fit(index(), CITIES)


# The table of the fit: the numbers are those of the index


@pytest.mark.parametrize("varied", VARIED)
@pytest.mark.parametrize("name", ["plain", "geometric", "topsis", "vikor"])
def test_ranks_of_draws_over_the_table_of_the_fit_are_those_of_the_index(
    pairs: dict[str, tuple[Index, FittedIndex]], name: str, varied: str
) -> None:
    if name != "geometric" and varied == "methods":
        return  # geometric means need the scale from 1 to 10
    first, fitted = (each.robustness(CITIES, draws=12, seed=3, **VARIED[varied]).figures for each in pairs[name])
    assert np.array_equal(first.compact_ranks, fitted.compact_ranks, equal_nan=True)


@pytest.mark.parametrize("name", METHODOLOGIES)
def test_the_stability_of_ranks_over_the_table_of_the_fit_is_that_of_the_index(
    pairs: dict[str, tuple[Index, FittedIndex]], name: str
) -> None:
    first, fitted = (each.stability(CITIES, units=0) for each in pairs[name])
    assert first.frame("weights").equals(fitted.frame("weights"))
    if name != "z scores, weights from the data":  # these weights would be computed anew without a part
        assert first.frame("ranks").equals(fitted.frame("ranks"))


@pytest.mark.parametrize("name", METHODOLOGIES)
def test_a_comparison_over_the_table_of_the_fit_has_the_scores_of_the_index(
    pairs: dict[str, tuple[Index, FittedIndex]], name: str
) -> None:
    listed = {"normalisation": ["min_max(lower=1, upper=10)", "z_score", "rank"]}
    first, fitted = (each.compare(table=CITIES, weighting="equal", **listed).figures for each in pairs[name])
    assert first.scores.equals(fitted.scores)


def test_a_check_of_the_table_of_the_fit_finds_what_it_finds_of_the_index(
    pairs: dict[str, tuple[Index, FittedIndex]],
) -> None:
    first, fitted = (each.check(CITIES) for each in pairs["geometric"])
    of_the_data = pl.col("check") != "N01"  # only the fitted index is in a file, which lacks a publication
    assert first.findings.filter(of_the_data).equals(fitted.findings.filter(of_the_data))
    assert first.indicators.equals(fitted.indicators)


def test_an_audit_of_the_table_of_the_fit_draws_as_that_of_the_index(
    pairs: dict[str, tuple[Index, FittedIndex]],
) -> None:
    first, fitted = (each.audit(CITIES, draws=10).figures for each in pairs["plain"])
    assert first.robust is not None
    assert fitted.robust is not None
    assert np.array_equal(first.robust.compact_ranks, fitted.robust.compact_ranks)


# Another table: statistics and weights are those of the fit


def test_a_comparison_scores_new_units_by_the_fitted_bounds(plain: FittedIndex) -> None:
    compared = plain.compare(table=NEW, aggregation=["arithmetic", "min"]).figures
    # by the bounds of the fit: income 1 to 9, co2 1.5 to 8 (a cost), jobs 2 to 9
    kyiv = [(5 - 1) / 8, (8 - 2) / 6.5, 0.0]
    assert compared.scores["1"][0] == pytest.approx(sum(kyiv) / 3, rel=1e-12)
    assert compared.scores["2"][0] == 0.0


def test_units_that_come_or_go_change_no_place_among_the_others(plain: FittedIndex) -> None:
    assert plain.stability(NEW).frame("reversals")["failed"].sum() == 0
    assert index().stability(CITIES).frame("reversals")["failed"].sum() > 0


def test_errors_in_the_data_go_through_the_fitted_statistics() -> None:
    # one indicator from 0 to 1 at the fit: its score is the value itself, with any error
    fitted = indicia.fit(index(indicators={"jobs": {}}), pl.DataFrame({"city": ["a", "b"], "jobs": [0.0, 1.0]}))
    units = pl.DataFrame({"city": ["c", "d", "e"], "jobs": [0.2, 0.5, 3.0]})
    scores = fitted.robustness(units, draws=3, seed=1, noise=0.1).figures.rescore(np.arange(3)[:, None], "scores")
    assert scores.min() > 0
    assert scores.max() > 2  # a minimum and maximum of the draw would give 0 and 1


def test_weights_vary_around_those_of_the_fit() -> None:
    spread = {"income": {"weight": 6}, "co2": {"direction": "cost"}, "jobs": {}}
    fitted = indicia.fit(index(indicators=spread), CITIES)
    weights = fitted.robustness(NEW, draws=200, seed=1, weights={"spread": 0.1}).figures.weights
    assert np.mean(weights["income"]) == pytest.approx(0.75, abs=0.01)


def test_without_a_part_the_fitted_weights_of_the_others_are_scaled() -> None:
    spread = {"income": {"weight": 2}, "co2": {"direction": "cost"}, "jobs": {}}
    fitted = indicia.fit(index(indicators=spread, variants={"short": {"without": ["jobs"]}}), CITIES)
    result = fitted.variant("short").score(NEW)
    assert result.weights["weight"].to_list() == pytest.approx([2 / 3, 1 / 3], rel=1e-15)
    note = "weights of index are those of the fitted index, scaled to the components that are left"
    assert note in [str(each) for each in result.notes]


def test_an_indicator_that_was_constant_stays_out() -> None:
    fitted = indicia.fit(index({"constant": "drop"}), CITIES.with_columns(jobs=pl.lit(1.0)))
    assert fitted.with_options(normalisation="rank").score(NEW).normalised.columns == ["city", "income", "co2"]
    assert fitted.check(NEW).indicators["indicator"].to_list() == ["income", "co2"]


# Other methods: computed from the data, and noted


def test_another_normalisation_of_an_indicator_takes_the_statistics_of_these_data(plain: FittedIndex) -> None:
    result = plain.with_options(settings={"indicators.income.normalisation": "z_score"}).score(NEW)
    income = NEW["income"]
    z = (income - income.mean()) / income.std()
    assert result.normalised["income"].to_list() == pytest.approx(z.to_list(), rel=1e-12)
    assert result.normalised["jobs"].to_list() == [0.0, 1.0, 0.5]  # by the bounds of the fit, 2 and 9
    assert "statistics of z_score in income are computed from these data, since the fitted index has min_max there" in [
        str(note) for note in result.notes
    ]


def test_a_method_of_all_units_is_computed_from_these_data(plain: FittedIndex) -> None:
    result = plain.with_options(normalisation="rank").score(NEW)
    assert result.normalised["income"].rank().to_list() == [2, 3, 1]
    assert "statistics of rank in income, co2, jobs are computed" in " ".join(map(str, result.notes))


def test_other_bounds_of_an_indicator_leave_the_statistics_of_the_others(plain: FittedIndex) -> None:
    result = plain.with_options(settings={"indicators.income.bounds": [0, 20]}).score(NEW)
    assert result.normalised["income"].to_list() == [0.25, 0.55, 0.05]
    assert result.normalised["jobs"].to_list() == [0.0, 1.0, 0.5]


def test_a_node_above_another_normalisation_takes_the_statistics_of_these_data() -> None:
    fitted = indicia.fit(index({"aggregation": "topsis"}), CITIES)
    ours = fitted.with_options(normalisation="z_score").score(NEW)
    assert ours.scores.equals(index({"aggregation": "topsis", "normalisation": "z_score"}).score(NEW).scores)
    assert fitted.score(NEW).scores["score"].to_list() != ours.scores["score"].to_list()


def test_other_rows_of_statistics_are_those_of_these_data(plain: FittedIndex) -> None:
    grouped = NEW.with_columns(region=pl.Series(["a", "b", "b"]))
    settings = {"data.groups": ["region"], "methodology.statistics": "region", "methodology.constant": "neutral"}
    result = plain.with_options(settings=settings).score(grouped)
    assert result.normalised["income"].to_list() == [0.5, 1.0, 0.0]  # Bonn and Giza are the ends of their region


def test_another_weighting_is_computed_from_these_data(plain: FittedIndex) -> None:
    result = plain.with_options(weighting="standard_deviation").score(NEW)
    # income 0.5, 1.25, 0 and jobs 0, 1, 0.5 by the bounds of the fit; co2, a cost, 12/13, 8/13, -2/13
    deviations = [np.std(column, ddof=1) for column in ([0.5, 1.25, 0], [12 / 13, 8 / 13, -2 / 13], [0, 1, 0.5])]
    assert result.weights["weight"].to_list() == pytest.approx(deviations / np.sum(deviations), rel=1e-12)
    note = "weights of index are computed by standard_deviation, not taken from the fitted index"
    assert note in map(str, result.notes)


def test_statistics_that_depend_on_weights_are_computed_with_other_weights() -> None:
    fitted = indicia.fit(index({"aggregation": "vikor"}), CITIES)
    robust = fitted.robustness(NEW, draws=3, seed=1, weights={"spread": 0.5}).figures
    assert "with other weights, statistics of scores that depend on weights are computed from these data: index" in [
        str(note) for note in robust.notes
    ]


def test_alternatives_of_draws_are_noted(plain: FittedIndex) -> None:
    robust = plain.robustness(NEW, draws=4, seed=1, normalisation=["min_max", "z_score"]).figures
    assert (
        "statistics of z_score in income, co2, jobs are computed from these data, since the fitted index has min_max "
        "there" in [str(note) for note in robust.notes]
    )


def test_the_methodology_of_a_changed_index_is_that_of_the_run(plain: FittedIndex) -> None:
    assert plain.score(NEW).methodology == "min_max > given > arithmetic"
    assert plain.with_options(normalisation="z_score").score(NEW).methodology == "z_score > fitted > arithmetic"


def test_aggregates_are_scored_by_the_statistics_of_the_run(plain: FittedIndex) -> None:
    regions = NEW.with_columns(region=pl.Series(["a", "a", "b"]))
    fitted = indicia.fit(
        index(aggregates={"a": {"members": ["Kyiv", "Bonn"]}}, data={"unit": "city"}),
        pl.concat([CITIES, NEW]),
    )
    changed = fitted.with_options(normalisation="z_score").score(regions)
    assert changed.aggregates["score"].is_finite().all()


# Refusals, each by name


def test_a_fitted_index_has_no_data(plain: FittedIndex, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_again(plain, tmp_path).robustness(draws=2)
    assert str(caught.value) == (
        f"a fitted index has no data\n  {tmp_path / 'fitted.json'}\n  fix: name a table too: TABLE -c fitted.json; "
        "in Python, the argument table"
    )


def test_a_variant_with_another_weighting_is_refused_by_name(tmp_path: Path) -> None:
    made = index(variants={"data": {"weighting": "entropy"}, "least": {"aggregation": "min"}})
    fitted = read_again(indicia.fit(made, CITIES), tmp_path)
    with pytest.raises(DefinitionError, match='has no weights of index for the variant "data"') as caught:
        fitted.variant("data").score(NEW)
    assert caught.value.remedy == "choose a weighting: --weighting, or fit this variant: indicia fit --variant"
    assert (
        fitted.variant("data")
        .with_options(weighting="entropy")
        .score(CITIES)
        .scores.equals(made.variant("data").score(CITIES).scores)
    )
    assert not fitted.check(NEW).refused_variants


def test_another_weight_in_words_is_refused_since_the_weights_are_those_of_the_fit(tmp_path: Path) -> None:
    made = index({"weighting": "given"}, variants={"jobs": {"indicators": {"jobs": {"weight": 3}}}})
    fitted = read_again(indicia.fit(made, CITIES), tmp_path)
    for changed in (fitted.variant("jobs"), fitted.with_options(settings={"indicators.jobs.weight": 3})):
        with pytest.raises(DefinitionError, match=r"in index, not the weight 3\.0 of jobs") as caught:
            changed.score(NEW)
        assert "--set methodology.weighting=given" in str(caught.value.remedy)
        weighted = changed.with_options(weighting="given").score(CITIES)
        assert weighted.scores.equals(made.variant("jobs").score(CITIES).scores)


def test_another_screening_of_indicators_is_refused_since_the_fit_has_left_them_out(plain: FittedIndex) -> None:
    with pytest.raises(DefinitionError, match="leaves out the indicators of its fit") as caught:
        plain.with_options(settings={"screening.indicators": 0.9}).score(NEW)
    assert str(caught.value.where).endswith("screening.indicators")
    assert caught.value.remedy == "fit the index with this share: indicia fit"


def test_a_set_of_weights_that_the_file_leaves_out_is_refused_by_name(tmp_path: Path) -> None:
    made = index(weights={"experts": {"income": 2, "co2": 1, "jobs": 1}})
    fitted = read_again(indicia.fit(made, CITIES), tmp_path)
    with pytest.raises(DefinitionError, match="has no set of weights experts: its file leaves out") as caught:
        fitted.with_options(weighting="experts").score(NEW)
    assert caught.value.remedy == "name the index file, or the weights of the fit: fitted"


def test_a_part_that_was_elsewhere_at_the_fit_has_no_weight_there() -> None:
    dimensions = {"dimensions": {"a": {}, "b": {}}}
    parts = {"income": {"dimension": "a"}, "co2": {"dimension": "a"}, "jobs": {"dimension": "b"}}
    fitted = indicia.fit(index(indicators=parts, **dimensions), CITIES)
    with pytest.raises(DataError, match="the fitted index has no weight of co2 in b") as caught:
        fitted.with_options(settings={"indicators.co2.dimension": "b"}).score(NEW)
    assert caught.value.remedy == "choose a weighting of b: --weighting, or weighting = in Python"


def test_a_changed_index_is_not_written_and_not_fitted_again(plain: FittedIndex, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="no statistics or weights for the chosen methods of co2, income, index"):
        plain.with_options(normalisation="z_score").write(tmp_path / "other.json")
    with pytest.raises(DefinitionError, match="the index is fitted already"):
        fit(plain, CITIES)


def test_slices_are_scored_by_the_methods_of_the_fit_alone(plain: FittedIndex, tmp_path: Path) -> None:
    NEW.write_csv(tmp_path / "new.csv")
    with pytest.raises(DefinitionError, match="take statistics of all rows, and a slice has some of them") as caught:
        plain.with_options(normalisation="z_score").stream(tmp_path / "new.csv", tmp_path / "scores.csv")
    assert caught.value.remedy == "score the table as a whole, or fit the index with these methods"


# The file in the manifest


@pytest.fixture
def manifest_of(tmp_path: Path) -> Callable[[FittedIndex], dict[str, Any]]:
    return lambda fitted: read_again(fitted, tmp_path).score(NEW).manifest


def test_the_manifest_names_the_file_and_its_hash(
    plain: FittedIndex, manifest_of: Callable[[FittedIndex], dict[str, Any]]
) -> None:
    named = manifest_of(plain)["fitted"]
    assert named["path"] == "fitted.json"
    assert len(named["file_sha256"]) == len(named["sha256"]) == 64
    assert "path" not in plain.score(NEW).manifest["fitted"]


def test_another_fit_is_a_difference_that_matters(
    plain: FittedIndex, manifest_of: Callable[[FittedIndex], dict[str, Any]]
) -> None:
    first, other = manifest_of(plain), manifest_of(indicia.fit(index(), CITIES.head(3)))
    assert [each.where for each in compare_manifests(other, first).items if each.matters] == ["fitted.sha256"]


def test_an_earlier_manifest_without_the_file_agrees(
    plain: FittedIndex, manifest_of: Callable[[FittedIndex], dict[str, Any]]
) -> None:
    now = manifest_of(plain)
    nodes = {name: {**node, "weighting": "equal"} for name, node in now["nodes"].items()}
    earlier = {**now, "fitted": {"sha256": now["fitted"]["sha256"]}, "nodes": nodes}
    assert not compare_manifests(now, earlier).items
