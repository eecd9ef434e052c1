"""The list of stages: the stages that two definitions share, and those that a change in one of them concerns."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from indicia.formulas.node import identity_key
from indicia.run import StageCache
from indicia.run.plan import stages_of
from indicia.stages.stage import NodeStage

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from indicia.index import Index
    from indicia.stages.stage import Stage

    Make = Callable[..., Index]

INDICATORS: dict[str, Any] = {
    "income": {"dimension": "economy"},
    "debt": {"dimension": "economy", "direction": "cost"},
    "air": {},
}
METHODOLOGY: dict[str, Any] = {"missing": "skip", "imputation": "mean", "treatment": "fences"}


def stages(made: Index) -> list[Stage]:
    return stages_of(made.definition, made.tree)


@pytest.fixture
def base(index: Make) -> Callable[[], Index]:
    """Return a function that builds an index of two levels, separately each time."""

    def build() -> Index:
        return index(dict(INDICATORS), dict(METHODOLOGY), dimensions={"economy": {}}, period="year")

    return build


def label(stage: Stage) -> str:
    """Return the name of a stage; of nodes below the index, with the node."""
    if isinstance(stage, NodeStage) and stage.nodes[0].id != "index":
        return f"{stage.name} of {stage.nodes[0].id}"
    return stage.name


def differing(one: list[Stage], other: list[Stage], key: Callable[[object], Hashable] = identity_key) -> set[str]:
    """Return the stages that differ between two lists."""
    assert list(map(label, one)) == list(map(label, other))
    return {label(a) for a, b in zip(one, other, strict=True) if key(a) != key(b)}


def test_the_stages_of_a_run_stand_in_their_order(base: Callable[[], Index]) -> None:
    assert [label(stage) for stage in stages(base())] == [
        "read", "denomination", "screening", "scope", "columns", "units", "noise", "imputation", "treatment", "cap",
        "transform", "gaps", "constant", "normalisation", "direction", "clip",
        "missing of economy", "weighting of economy", "aggregation of economy", "rescaling of economy",
        "rounding of economy", "as_component of economy",
        "missing", "weighting", "aggregation", "rescaling", "rounding", "as_component", "rank",
    ]  # fmt: skip


def test_equal_definitions_that_were_built_apart_have_equal_stages(base: Callable[[], Index]) -> None:
    one, other = stages(base()), stages(base())
    assert not {id(stage) for stage in one} & {id(stage) for stage in other}
    assert differing(one, other) == set()


PREPARING = "read denomination noise imputation treatment cap transform"
SCALING = "constant normalisation direction clip"
SCORING = "missing aggregation rescaling rounding as_component"
"""The stages that hold whole nodes; a weighting holds the parts that it weighs."""
ECONOMY = ", ".join(f"{name} of economy" for name in SCORING.split())


def named(*words: str) -> set[str]:
    """Return the stages of some words: stages below the index are parted by commas. Ranks hold all that is defined."""
    return {"rank"}.union(*(word.split(", ") if " of " in word else word.split() for word in words))


DEPENDING: dict[str, tuple[Any, set[str]]] = {
    # of the data
    "data.where": ({"region": "north"}, named("read scope imputation treatment missing", "missing of economy")),
    "screening.units": (0.5, named("screening")),
    "eligible.without": (["Lima"], named()),
    # of the methodology; what an indicator has inherited stands in its nodes
    "methodology.statistics": ("period", named("scope")),
    "methodology.weights": ("period", named("scope")),
    "methodology.constant": ("drop", named("constant")),
    "methodology.ties": ("max", named()),
    "methodology.imputation": ("median", named("imputation", SCALING, SCORING, ECONOMY)),
    "methodology.treatment": ("limits(upper=8)", named("treatment", SCALING, SCORING, ECONOMY)),
    "methodology.normalisation": ("min_max(upper=10)", named(SCALING, SCORING, ECONOMY)),
    "methodology.weighting": (
        "entropy", named("weighting", "weighting of economy", SCORING, ECONOMY),
    ),
    "methodology.aggregation": ("median", named(SCORING, ECONOMY)),
    "methodology.missing": ("refuse", named("gaps", SCORING, ECONOMY)),
    "methodology.decimals": (1, named(SCORING, ECONOMY)),
    "methodology.rescaling": ("max", named(SCORING, ECONOMY)),
    "methodology.as_component": ("max", named(SCORING, ECONOMY)),
    "methodology.rank_by": ("unrounded", named()),
    # of a node; the index holds the dimensions below it
    "dimensions.economy.aggregation": ("median", named(SCORING, ECONOMY)),
    "dimensions.economy.weighting": ("equal", named(SCORING, ECONOMY, "weighting of economy")),
    "dimensions.economy.weight": (2, named(SCORING, ECONOMY, "weighting")),
    "dimensions.economy.decimals": (1, named(SCORING, ECONOMY)),
    # of an indicator
    "indicators.income.weight": (2, named(PREPARING, SCALING, SCORING, ECONOMY, "weighting of economy")),
    "indicators.income.direction": ("cost", named(PREPARING, SCALING, SCORING, ECONOMY, "weighting of economy")),
    "indicators.income.cap": (8, named(PREPARING, SCALING, SCORING, ECONOMY)),
    "indicators.air.factor": (2, named(PREPARING, SCALING, SCORING)),
}  # fmt: skip


@pytest.mark.parametrize("word", DEPENDING)
def test_a_word_changes_the_stages_that_depend_on_it_and_no_other(base: Callable[[], Index], word: str) -> None:
    value, depending = DEPENDING[word]
    changed = base().with_options(settings={word: value})
    assert differing(stages(base()), stages(changed)) == depending


@pytest.mark.parametrize("word", DEPENDING)
def test_runs_that_share_stages_tell_them_apart_as_identity_does(base: Callable[[], Index], word: str) -> None:
    """The numbers of a shared run are short names for identities, however the tree was built."""
    value, depending = DEPENDING[word]
    shared = StageCache()
    one, other, changed = base(), base(), base().with_options(settings={word: value})
    lists = [stages_of(made.definition, shared.interned(made.tree)) for made in (one, other, changed)]
    assert differing(lists[0], lists[1], shared.number_of_value) == set()
    assert differing(lists[0], lists[2], shared.number_of_value) == depending


def test_a_weight_that_is_stated_is_told_apart_from_the_default(base: Callable[[], Index]) -> None:
    """A note names the parts whose weight is not stated."""
    stated = base().with_options(settings={"indicators.income.weight": 1})
    assert "normalisation" in differing(stages(base()), stages(stated))


def test_the_stages_of_a_level_stand_once_and_lower_levels_come_first(index: Make) -> None:
    dimensions = {"a": {}, "b": {}, "c": {"parent": "a"}}
    made = index({"x": {"dimension": "c"}, "y": {"dimension": "b"}, "z": {"dimension": "a"}}, dimensions=dimensions)
    nodes = [(stage.name, [node.id for node in stage.nodes]) for stage in stages(made) if isinstance(stage, NodeStage)]
    assert [ids for name, ids in nodes if name == "aggregation"] == [["c"], ["a", "b"], ["index"]]
    assert set(Counter(name for name, _ in nodes).values()) == {3}
