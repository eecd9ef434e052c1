"""Many methodologies over one table: each run equals a single run to the bit, and equal stages are applied once."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.errors import IndiciaError
from indicia.formulas.to_text import to_text
from indicia.run import Scored, StageCache, score, score_all
from indicia.run.plan import stages_of
from indicia.run.score import run_together
from indicia.stages.stage import NodeStage, Stage
from indicia.tables.table import Table
from indicia_bundle.fitted_file import content_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from indicia.index import Index

    Make = Callable[..., Index]

INDICATORS: dict[str, Any] = {
    "jobs": {"dimension": "work"},
    "debt": {"dimension": "money", "direction": "cost"},
    "pay": {"dimension": "money", "weight": 2},
    "air": {"direction": "cost"},
}
DIMENSIONS: dict[str, Any] = {"economy": {}, "money": {"parent": "economy"}, "work": {"parent": "economy", "weight": 3}}
NORMALISATIONS = ("min_max(lower=1, upper=9)", "z_score")
WEIGHTINGS = ("given", "critic", "entropy", "standard_deviation(on=raw)")
AGGREGATIONS = ("arithmetic", "median", "vikor", "topsis")


def table(gaps: bool = False) -> pl.DataFrame:
    random, rows = np.random.default_rng(5), 30
    columns: dict[str, Any] = {
        "city": [f"c{row // 3}" for row in range(rows)],
        "year": [2020 + row % 3 for row in range(rows)],
        "region": [("south", "north")[row // 3 % 2] for row in range(rows)],
    }
    for number, name in enumerate(INDICATORS):
        values: list[float | None] = random.lognormal(size=rows).tolist()
        if gaps and name != "jobs":
            values[7 * number] = None
        columns[name] = values
    return pl.DataFrame(columns)


def grid(index: Make, words: dict[str, Any]) -> Iterator[Index]:
    """Yield indices that differ in normalisation, weighting and aggregation, each built apart."""
    for normalisation, weighting, aggregation in product(NORMALISATIONS, WEIGHTINGS, AGGREGATIONS):
        chosen = {"normalisation": normalisation, "weighting": weighting, "aggregation": aggregation, **words}
        yield index(
            {name: dict(spec) for name, spec in INDICATORS.items()}, chosen, dimensions=DIMENSIONS, period="year"
        )


def together(indices: Sequence[Index], data: pl.DataFrame) -> list[Scored | IndiciaError]:
    return score_all([(one.definition, one.tree) for one in indices], data, StageCache())


def alone(one: Index, data: pl.DataFrame) -> Scored | IndiciaError:
    try:
        return score(one.definition, one.tree, data)
    except IndiciaError as error:
        return error


def bits(frame: pl.DataFrame) -> tuple[list[str], bytes]:
    return frame.columns, frame.to_numpy().astype(float).tobytes()


def written(scored: Scored | IndiciaError) -> dict[str, Any]:
    """Return all that a run leaves: of numbers the bits, of an error its text."""
    if isinstance(scored, IndiciaError):
        return {"error": f"{type(scored).__name__}: {scored}"}
    fitted = content_of(scored.fitted)
    for statistics in fitted["statistics"].values():  # alone they stand in the order in which they are asked for
        statistics.sort(key=lambda one: (one["of"], one["statistic"], one["arguments"]))
    frames = (scored.normalised, scored.nodes, scored.components, scored.ranked, scored.ranks, scored.prepared)
    return {
        "numbers": [bits(frame) for frame in frames],
        "fitted": fitted,
        "stages": [record.stage for record in scored.records],
        "formulas": [{name: to_text(one.root) for name, one in record.formulas.items()} for record in scored.records],
        "looked at": [record.kinds_used for record in scored.records if not record.weights],
        "changes": [(one.stage, bits(one.before), bits(one.after), dict(one.rules)) for one in scored.changes],
        "without": scored.reweighted.rows(),
        "left out": scored.left_out.rows(),
        "notes": list(map(str, scored.notes)),
        "warnings": scored.warnings,
    }


WORDS: dict[str, dict[str, Any]] = {
    "all present": {},
    "gaps skipped": {"missing": "skip"},
    "gaps propagated": {"missing": "propagate"},
    "gaps filled at the node": {"missing": "group_mean(within=region)", "statistics": "period"},
    "gaps imputed": {"imputation": "mean(within=region)", "statistics": "region", "weights": "region"},
    "statistics by period": {"statistics": "period", "weights": "period"},
    "a period of reference": {"statistics": {"reference": 2021}, "weights": {"reference": 2020}},
    "scores rounded and rescaled": {"decimals": 2, "rescaling": "min_max(lower=1, upper=2)", "as_component": "max"},
}


@pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")
@pytest.mark.parametrize("words", WORDS)
def test_runs_together_equal_single_runs_to_the_bit(index: Make, words: str) -> None:
    data, indices = table(gaps=words.startswith("gaps")), list(grid(index, WORDS[words]))
    shared = [written(one) for one in together(indices, data)]
    apart = [written(alone(one, data)) for one in indices]
    for one, other, made in zip(shared, apart, indices, strict=True):
        assert one == other, made.raw["methodology"]
    kinds = Counter("error" if "error" in one else "scored" for one in apart)
    assert kinds["scored"] >= 12
    assert kinds["error"] >= 4  # an entropy of values below zero


@pytest.mark.filterwarnings("ignore::indicia.errors.IndiciaWarning")
def test_runs_with_other_scopes_and_rules_for_gaps_run_together(index: Make) -> None:
    """Weights that look at no values are those of their own groups all the same."""
    data = table(gaps=True)
    words = [{"missing": "skip", **one} for one in WORDS.values()]
    indices = [built(index, **{"decimals": None, "rescaling": None, **one}) for one in words]
    assert [written(one) for one in together(indices, data)] == [written(alone(one, data)) for one in indices]


LOGARITHMS = "formula(expression='sum(w * log(each))')"
FAILING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("the data have no rows", {"data.where": {"region": "east"}}),
    ("zero, which debt is divided by, is zero for c0", {"indicators.debt.per": "zero"}),
    ("without names what is not there", {"screening.without": ["nowhere"]}),
    ("the reference period 1999 is not in the data", {"methodology.statistics": {"reference": 1999}}),
    ("mean(within=nowhere) names the groups", {"methodology.imputation": "mean(within=nowhere)"}),
    ("log needs positive values: air has 1", {"indicators.air.transform": "log"}),
    ("air is missing for 1 unit", {"methodology.missing": "refuse"}),
    ("is compared with nowhere", {"methodology.normalisation": "distance_to_reference(unit=nowhere)"}),
    ("entropy of", {"methodology.normalisation": "z_score", "methodology.weighting": "entropy"}),
    ("formula gives no finite score", {"methodology.normalisation": "min_max", "methodology.aggregation": LOGARITHMS}),
    ('names "nowhere", which is no unit', {"eligible.only": ["nowhere"]}),
)
"""Runs that fail, in the order of the stages at which they do."""


def test_a_run_that_fails_returns_its_error_and_changes_no_other_run(index: Make) -> None:
    is_first = pl.int_range(30) == 0
    data = table(gaps=True).with_columns(air=pl.when(is_first).then(-1.0).otherwise("air"), zero=1.0 - is_first)
    base = index(INDICATORS, {"missing": "skip"}, dimensions=DIMENSIONS, period="year")
    # the logarithms have values here, and stand in one query with those that have none
    other = {"methodology.normalisation": NORMALISATIONS[0], "methodology.aggregation": LOGARITHMS}
    good = [base, base.with_options(settings=other)]
    mixed = [good[0], *(base.with_options(settings=words) for _, words in FAILING), good[1]]
    first, *failed, last = [written(one) for one in together(mixed, data)]
    assert [first, *failed, last] == [written(alone(one, data)) for one in mixed]
    for one, (message, _) in zip(failed, FAILING, strict=True):
        assert message in one.get("error", "")
    assert [first, last] == [written(one) for one in together(good, data)]


# Each once


@pytest.fixture
def calls(index: Make, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts of the applications of stages; stages of nodes by node, and where they are not idle."""
    counts: Counter[str] = Counter()

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(stage: Stage, *given: Any) -> Any:
            is_of_nodes = isinstance(stage, NodeStage)
            counts.update([f"{stage.name} of {node.id}" for node in stage.nodes] if is_of_nodes else [stage.name])
            return function(stage, *given)

        return counted

    made = index(INDICATORS, dimensions=DIMENSIONS)
    for kind in {type(stage) for stage in stages_of(made.definition, made.tree)}:
        name = "make" if issubclass(kind, NodeStage) else "apply"
        monkeypatch.setattr(kind, name, counting(getattr(kind, name)))
    return counts


def counted(calls: Counter[str], indices: Sequence[Index], shared: StageCache | None = None) -> Counter[str]:
    """Return the number of times that the stages of some runs over one table are applied."""
    calls.clear()
    lists = [stages_of(one.definition, one.tree) for one in indices]
    for steps in run_together(lists, Table.of(table()), shared or StageCache()):
        assert isinstance(steps, list)
    return Counter(calls)


def built(index: Make, **words: Any) -> Index:
    """Return an index, built apart, in which stages of nodes have something to do."""
    chosen = {"decimals": 2, "missing": "value(value=0)", "rescaling": "min_max", **words}
    return index({name: dict(spec) for name, spec in INDICATORS.items()}, chosen, dimensions=DIMENSIONS, period="year")


def test_equal_definitions_apply_each_stage_once(index: Make, calls: Counter[str]) -> None:
    one = counted(calls, [built(index)])
    assert set(one.values()) == {1}
    assert len(one) == 17 + 6 * 4  # stages that go over the whole table, and those of four nodes
    assert counted(calls, [built(index) for _ in range(3)]) == one | Counter(rank=3)  # ranks are of each run alone


def test_runs_one_after_the_other_share_stages_too(index: Make, calls: Counter[str]) -> None:
    shared = StageCache()
    counted(calls, [built(index)], shared)
    assert counted(calls, [built(index)], shared) == {"rank": 1}


def test_runs_share_the_stages_before_their_first_difference(index: Make, calls: Counter[str]) -> None:
    found = counted(calls, [built(index, treatment=method) for method in ("fences", "limits(upper=2)")])
    once = [name for name, count in found.items() if count == 1 and not name.startswith("aggregation")]
    assert once == [
        "read", "denomination", "screening", "scope", "columns", "units", "noise", "imputation",
        *(f"weighting of {node}" for node in ("money", "work", "economy", "index")),  # these look at no values
    ]  # fmt: skip
    assert found["treatment"] == found["normalisation"] == 2


@pytest.mark.parametrize(
    ("weighting", "times"),
    [
        ("given", {"money": 1, "economy": 1, "index": 1}),
        ("standard_deviation", {"money": 2, "economy": 2, "index": 2}),
        # raw values of indicators are the same under each normalisation; scores, which are raw to the index, are not
        ("standard_deviation(on=raw)", {"money": 1, "economy": 2, "index": 2}),
    ],
)
def test_weights_are_shared_if_the_columns_that_the_weighting_uses_are_equal(
    index: Make, calls: Counter[str], weighting: str, times: dict[str, int]
) -> None:
    found = counted(calls, [built(index, weighting=weighting, normalisation=one) for one in NORMALISATIONS])
    assert {node: found[f"weighting of {node}"] for node in times} == times
    assert found["normalisation"] == 2


def test_scores_that_differ_in_weights_and_values_are_computed_in_one_query(index: Make, calls: Counter[str]) -> None:
    words = list(product(("given", "critic"), NORMALISATIONS))
    found = counted(calls, [built(index, weighting=weighting, normalisation=one) for weighting, one in words])
    assert [found[f"aggregation of {node}"] for node in ("money", "work", "economy", "index")] == [1] * 4
    # units that are compared in pairs are compared run by run
    pairs = [built(index, weighting=weighting, normalisation=one, aggregation="copeland") for weighting, one in words]
    assert counted(calls, pairs)["aggregation of index"] == 4
