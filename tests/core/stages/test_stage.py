"""Each stage separately: its table and record for a small table, and the equality of stages."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.catalogue import installed
from indicia.definition import (
    STATISTICS_STAGES,
    Data,
    Definition,
    Indicator,
    Leaf,
    Missing,
    Node,
    Origin,
    Preparation,
    Scope,
    Screening,
    StageScopes,
    define,
)
from indicia.errors import AgainstDirection, DataError
from indicia.formulas import FixedStatistics, Question
from indicia.formulas.node import identity_key
from indicia.formulas.to_text import to_text
from indicia.methods import Treatment
from indicia.methods.profile import ProfiledColumns
from indicia.run.plan import Round
from indicia.stages.aggregate import Aggregate
from indicia.stages.check_columns import Cap, CheckUnits, Constant, RefuseGaps, UnitRequirement
from indicia.stages.clip import AsComponent, Clip, Rescale
from indicia.stages.direction import CheckDirections
from indicia.stages.impute import Impute
from indicia.stages.level_noise import LevelNoise
from indicia.stages.normalise import Normalise
from indicia.stages.rank import Rank
from indicia.stages.read import Denominate, Read
from indicia.stages.rows import Screen, TakeScope
from indicia.stages.score_formula import Fill
from indicia.stages.stage import Fitted, Record, Stage
from indicia.stages.transform import Transform, Treat
from indicia.stages.weigh import Weigh
from indicia.tables.scope import StatisticsScope, StatisticsScopes
from indicia.tables.table import NodeColumns, Table, TargetRange
from indicia.tables.weights import NodeWeights

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.methods import Array, Expression, Statistics

SHIPPED = installed()
DATA = Data(unit="city", groups=("region",))
WITHIN_REGIONS = StatisticsScopes(**dict.fromkeys(STATISTICS_STAGES, StatisticsScope(("region",))))
CITIES = pl.DataFrame({"city": ["Lima", "Oslo", "Pune", "Rome"], "region": ["south", "north", "south", "north"]})


def method(kind: str, words: str) -> Any:
    return SHIPPED.choose(kind, words)


def table(**columns: list[float | None]) -> Table:
    """Return the table of some indicators of four cities."""
    values = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Float64))
    return Table(CITIES.hstack(values), "city", None, CITIES, values)


def normalised(**columns: list[float | None]) -> Table:
    """Return a table whose indicators are normalised, and were on that scale before."""
    made = table(**columns)
    return made.with_changes(columns=NodeColumns(ProfiledColumns.of(made.values)))


def scored(name: str, *scores: float | None) -> Table:
    """Return a table with the scores of a node."""
    return table().with_columns(NodeColumns(unrounded={name: pl.Series(name, scores, pl.Float64)}))


def indicator(name: str = "income", *, spec: dict[str, Any] | None = None, **methods: Any) -> Preparation:
    return Preparation(name, Indicator(**spec or {}), **methods)


def leaf(name: str = "income", normalisation: str = "min_max", **spec: Any) -> Leaf:
    return Leaf(name, Indicator(**spec), method("normalisation", normalisation))


def node(name: str = "index", *, components: str = "income co2", aggregation: str = "arithmetic", **about: Any) -> Node:
    """Return a node of two indicators, whatever its choices."""
    parts = tuple(leaf(name, "none") for name in components.split())
    chosen: dict[str, Any] = {"missing": Missing(policy="skip"), "decimals": None}
    return Node(
        name,
        1.0,
        0,
        parts,
        weighting=method("weighting", about.pop("weighting", "given")),
        aggregation=method("aggregation", aggregation),
        **(chosen | about),
    )


def definition(**words: Any) -> Definition:
    return define({"data": {"unit": "city", "groups": ["region"]}, "indicators": {"income": {}}, **words}, Origin())


def weighed(*weights: float) -> NodeWeights:
    return NodeWeights(np.array(weights), {})


def fitted(**about: Any) -> Fitted:
    return Fitted(**({"statistics": {}, "node_weights": {}, "ranges": {}} | about))


def content(value: Any) -> Any:
    """Return all that a table holds as values of Python, so that a cell that changes in place is seen."""
    if isinstance(value, pl.DataFrame | pl.Series):
        return value.to_list() if isinstance(value, pl.Series) else value.to_dict(as_series=False)
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        return {name: content(one) for name, one in value.items()}
    if isinstance(value, Table | NodeColumns | ProfiledColumns | NodeWeights):
        return {field.name: content(getattr(value, field.name)) for field in fields(value)}
    return value


def apply(stage: Stage, given: Table, by: Fitted | None = None) -> tuple[Table, Record]:
    """Apply a stage, and check that it changed nothing in the table it was given, and names itself in its record."""
    before, parts = content(given), [getattr(given, field.name) for field in fields(given)]
    after, record = stage.apply(given, by)
    assert content(given) == before
    assert all(getattr(given, field.name) is part for field, part in zip(fields(given), parts, strict=True))
    assert given.profiles == table(**given.values.to_dict(as_series=False)).profiles
    assert after.profiles == table(**after.values.to_dict(as_series=False)).profiles if len(after.values) == 4 else True
    assert record.stage == stage.name
    return after, record


def values(of: Table) -> dict[str, list[float | None]]:
    return of.values.to_dict(as_series=False)


def changes(record: Record) -> list[tuple[str, str, list[float | None], list[float | None], str]]:
    """Return the changed columns: stage, column, before, after, and why."""
    return [
        (one.stage, name, one.before[name].to_list(), one.after[name].to_list(), one.rules[name])
        for one in record.changes
        for name in one.after.columns
    ]


def formulas(record: Record) -> dict[str, str]:
    return {name: to_text(one.root) for name, one in record.formulas.items()}


# From the data to the values that are normalised


def read() -> Read:
    return Read(Data(unit="city", where={"region": "south"}), (indicator(spec={"column": "Income 2020"}),))


def test_reading_keeps_the_rows_and_the_columns_of_the_index_file() -> None:
    source = CITIES.with_columns(pl.Series("Income 2020", [3, 9, None, 4]), other=pl.lit("x"))
    after, record = apply(read(), Table.of(source))
    assert after.units.to_dict(as_series=False) == {"city": ["Lima", "Pune"]}
    assert values(after) == {"income": [3.0, None]}
    assert (after.unit, after.period, after.source.columns) == ("city", None, source.columns)
    assert record == Record("read")


def test_reading_leaves_out_what_screening_left_out_when_the_index_was_fitted() -> None:
    stage = Read(DATA, (indicator("income"), indicator("co2")))
    source = CITIES.with_columns(income=pl.lit(1.0), co2=pl.lit(2.0))
    after, _ = apply(stage, Table.of(source), fitted(left_out=("co2",)))
    assert (after.values.columns, after.dropped) == (["income"], {"co2"})


def denominate() -> Denominate:
    return Denominate((indicator(spec={"per": "people", "factor": 1000.0}), indicator("co2")))


def test_denominating_multiplies_by_the_factor_and_divides_by_the_column() -> None:
    given = table(income=[3.0, 9.0, None, 4.0], co2=[1.0, 2.0, 3.0, 4.0])
    given = given.with_changes(source=given.source.with_columns(people=pl.Series([1, 2, 4, 8])))
    after, record = apply(denominate(), given)
    assert values(after) == {"income": [3000.0, 4500.0, None, 500.0], "co2": [1.0, 2.0, 3.0, 4.0]}
    assert after.source.is_empty()
    assert record == Record("denomination")


def screen() -> Screen:
    return Screen(Screening(units=0.6, indicators=0.5), (("index", ("income", "co2", "air")),))


def test_screening_leaves_out_indicators_then_units_and_records_the_reasons() -> None:
    given = table(income=[3.0, 9.0, None, 4.0], co2=[2.0, 8.0, 1.5, 5.0], air=[None, None, None, 7.0])
    after, record = apply(screen(), given)
    # a quarter of the cities has air, and of the two other indicators Pune has one
    assert values(after) == {"income": [3.0, 9.0, 4.0], "co2": [2.0, 8.0, 5.0]}
    assert after.units["city"].to_list() == ["Lima", "Oslo", "Rome"]
    assert after.dropped == {"air"}
    assert after.screened_out.select("city", "income", "co2").rows() == [("Pune", None, 1.5)]
    assert record.dropped == ("air",)
    assert record.left_out is not None
    assert record.left_out.select("city", "indicator", "found", "asked", "of").rows() == [
        ("Pune", None, 0.5, 0.6, "indicators"),
        (None, "air", 0.25, 0.5, "units"),
    ]
    assert [str(note) for note in record.notes] == [
        "left out, too few units having them: air", "1 unit left out by screening: Pune"
    ]  # fmt: skip


def test_an_index_without_screening_leaves_out_nothing() -> None:
    given = table(income=[1.0, None, None, None])
    after, record = apply(Screen(Screening(), (("index", ("income",)),)), given)
    assert after is given
    assert record.left_out is not None
    assert record.left_out.is_empty()


def take_scope() -> TakeScope:
    return TakeScope(DATA, StageScopes(within=("region",)), Scope())


def test_statistics_and_weights_are_taken_over_the_rows_that_the_index_file_names() -> None:
    after, record = apply(take_scope(), table(income=[1.0, 2.0, 3.0, 4.0]))
    assert (after.scopes, after.weights_scope) == (WITHIN_REGIONS, StatisticsScope())
    assert record == Record("scope")


def test_a_fitted_index_needs_no_reference_period_and_leaves_out_constants_of_the_former_run() -> None:
    stage = TakeScope(DATA, StageScopes(reference=2020), Scope())
    after, _ = apply(stage, table(income=[1.0] * 4, co2=[2.0] * 4), fitted(constant=("co2",)))
    assert after.scopes.normalisation.pooled
    assert (after.values.columns, after.dropped) == (["income"], {"co2"})


def check_units() -> CheckUnits:
    return CheckUnits((UnitRequirement("z_score", 3, ("income",)),), (), ())


def test_methods_that_need_more_units_than_the_smallest_group_has_are_refused() -> None:
    given = table(income=[1.0, 2.0, 3.0, 4.0])
    after, record = apply(check_units(), given)
    assert after is given
    assert record == Record("units")
    within = given.with_changes(scopes=WITHIN_REGIONS)
    with pytest.raises(DataError, match="z_score needs at least 3 units, and there are 2 in south"):
        apply(check_units(), within)
    assert apply(check_units(), within, fitted())[0] is within
    assert apply(check_units(), within.with_changes(dropped=frozenset({"income"})))[1] == record


def level_noise() -> LevelNoise:
    return LevelNoise((indicator(compared=True), indicator("co2")))


def test_values_that_differ_by_noise_are_levelled_where_units_are_compared() -> None:
    above = 3.0 + 2**-50  # the largest is 9, and 1e-12 of it is noise
    after, record = apply(level_noise(), table(income=[3.0, above, 1.0, 9.0], co2=[3.0, above, 1.0, 9.0]))
    assert values(after) == {"income": [3.0, 3.0, 1.0, 9.0], "co2": [3.0, above, 1.0, 9.0]}
    why = "equal within 1e-12 of the largest value"
    assert changes(record) == [("noise", "income", [3.0, above, 1.0, 9.0], [3.0, 3.0, 1.0, 9.0], why)]
    assert replace(record, changes=()) == Record("noise")


def impute() -> Impute:
    filling = method("imputation", "median")
    return Impute(
        (indicator("income", imputation=filling), indicator("co2", imputation=filling)),
        (("index", ("income", "co2")),),
        DATA,
    )


def test_gaps_are_filled_and_the_record_has_statistics_of_complete_indicators_too() -> None:
    after, record = apply(impute(), table(income=[3.0, None, 1.0, 5.0], co2=[2.0, 8.0, 1.0, 5.0]))
    assert values(after) == {"income": [3.0, 3.0, 1.0, 5.0], "co2": [2.0, 8.0, 1.0, 5.0]}
    assert changes(record) == [("imputation", "income", [3.0, None, 1.0, 5.0], [3.0, 3.0, 1.0, 5.0], "median")]
    assert record.statistics == {Question(("income",), "median"): 3.0, Question(("co2",), "median"): 3.5}
    assert formulas(record) == {"income": "fill_null(income, median(income))", "co2": "fill_null(co2, median(co2))"}


def test_a_fitted_imputation_fills_with_the_fitted_median() -> None:
    was = fitted(statistics={"imputation": {Question((name,), "median"): 7.0 for name in ("income", "co2")}})
    after, record = apply(impute(), table(income=[3.0, None, 1.0, 5.0], co2=[1.0, 2.0, 3.0, 4.0]), was)
    assert values(after)["income"] == [3.0, 7.0, 1.0, 5.0]
    assert record.statistics == was.statistics["imputation"]


def test_gaps_that_an_imputation_cannot_fill_are_noted() -> None:
    stage = Impute(
        (indicator(imputation=method("imputation", "mean(within=region)")),), (("index", ("income",)),), DATA
    )
    after, record = apply(stage, table(income=[3.0, None, 1.0, None]))
    assert values(after) == {"income": [3.0, None, 1.0, None]}
    assert record.changes == ()
    assert [str(note) for note in record.notes] == [
        "mean(within=region) finds no value to fill 2 values of income: Oslo, Rome"
    ]


def treat() -> Treat:
    return Treat((indicator(treatment=method("treatment", "winsorise_quantiles(lower=0, upper=0.5)")),), DATA)


def test_outliers_become_the_quantile_and_the_record_has_them() -> None:
    after, record = apply(treat(), table(income=[3.0, 9.0, 1.0, 4.0]))
    assert values(after) == {"income": [3.0, 3.5, 1.0, 3.5]}  # the median of 1, 3, 4, 9
    why = "winsorise_quantiles(lower=0, upper=0.5)"
    assert changes(record) == [("treatment", "income", [3.0, 9.0, 1.0, 4.0], [3.0, 3.5, 1.0, 3.5], why)]
    asked = {question.arguments[0]: value for question, value in record.statistics.items()}
    assert asked == {0: 1.0, 0.5: 3.5}
    assert "quantile(income, 0.5, 'linear')" in formulas(record)["income"]
    assert record.warnings == ()


@dataclass(frozen=True)
class NeverPasses(Treatment):
    """Divide by the largest value, and call what is left outliers."""

    name = "never_passes"
    reference = "made up"
    formula = "y = x / max"

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return x / s.max

    def passes(self, values: Array) -> bool:
        return False


def test_outliers_that_remain_are_a_warning_unless_the_index_was_fitted() -> None:
    stage, given = Treat((indicator(treatment=NeverPasses()),), DATA), table(income=[1.0, 2.0, 4.0, 8.0])
    after, record = apply(stage, given)
    assert values(after) == {"income": [0.125, 0.25, 0.5, 1.0]}
    assert record.statistics == {Question(("income",), "max"): 8.0}
    assert record.warnings == ("never_passes could not bring in the outliers of income",)
    after, record = apply(stage, given, fitted(statistics={"treatment": {Question(("income",), "max"): 16.0}}))
    assert values(after) == {"income": [0.0625, 0.125, 0.25, 0.5]}
    assert record.warnings == ()


def cap() -> Cap:
    return Cap((indicator(spec={"floor": 2.0, "cap": 8.0}), indicator("co2")))


def test_values_are_limited_to_floor_and_cap() -> None:
    after, record = apply(cap(), table(income=[3.0, 9.0, 1.0, None], co2=[99.0] * 4))
    assert values(after) == {"income": [3.0, 8.0, 2.0, None], "co2": [99.0] * 4}
    why = "floor = 2, cap = 8"
    assert changes(record) == [("cap", "income", [3.0, 9.0, 1.0, None], [3.0, 8.0, 2.0, None], why)]


def transform() -> Transform:
    log = method("treatment", "log")
    return Transform((indicator(spec={"bounds": (1.0, 1000.0)}, transform=log), indicator("co2")))


def test_a_transform_changes_values_and_bounds_and_records_no_changed_cell() -> None:
    after, record = apply(transform(), table(income=[1.0, math.e, 10.0, None], co2=[1.0, 2.0, 3.0, 4.0]))
    assert values(after)["income"] == pytest.approx([0.0, 1.0, math.log(10), None])
    assert values(after)["co2"] == [1.0, 2.0, 3.0, 4.0]
    assert after.fixed_values["co2"] == FixedStatistics()
    fixed = after.fixed_values["income"]
    assert [fixed.min, fixed.max, fixed.target] == pytest.approx([0.0, math.log(1000), None])
    assert list(formulas(record)) == ["income"]
    assert (record.changes, record.statistics) == ((), {})


def test_the_table_has_best_and_worst_values_without_a_transform() -> None:
    spec = {"direction": "interval", "interval": (2.0, 4.0), "worst": (0.0, 9.0)}
    after, record = apply(Transform((indicator(spec=spec),)), table(income=[1.0, 2.0, 3.0, 4.0]))
    assert after.target_ranges == {"income": TargetRange((2.0, 4.0), (0.0, 9.0))}
    assert record == Record("transform")


def refuse_gaps() -> RefuseGaps:
    return RefuseGaps((indicator("income"),))


def test_gaps_are_refused_in_indicators_without_a_rule_for_them() -> None:
    given = table(income=[1.0, 2.0, 3.0, 4.0], co2=[1.0, None, 3.0, 4.0])
    after, record = apply(refuse_gaps(), given)
    assert after is given
    assert record == Record("gaps")
    with pytest.raises(DataError, match="co2 is missing for 1 unit"):
        apply(RefuseGaps((indicator("co2"),)), given)


def constant(policy: Any = "neutral") -> Constant:
    return Constant(policy, (leaf("income"), leaf("co2")))


def test_a_constant_indicator_is_refused_dropped_or_neutral() -> None:
    given = table(income=[1.0, 2.0, 3.0, 4.0], co2=[5.0, 5.0, 5.0, None])
    after, record = apply(constant(), given)
    assert (after.neutral, after.values.columns) == (("co2",), ["income", "co2"])
    assert (record.neutral, record.dropped, len(record.notes)) == (("co2",), (), 1)
    after, record = apply(constant("drop"), given)
    assert (after.neutral, after.values.columns, after.dropped) == ((), ["income"], {"co2"})
    assert (record.neutral, record.dropped, len(record.notes)) == ((), ("co2",), 1)
    with pytest.raises(DataError, match="co2 is the same for all units; min_max has no value there"):
        apply(constant("refuse"), given)


def test_a_fitted_index_treats_the_constants_of_the_former_run() -> None:
    after, record = apply(constant("refuse"), table(income=[1.0] * 4, co2=[2.0] * 4), fitted(neutral=("co2",)))
    assert after.neutral == record.neutral == ("co2",)


# Normalisation


BOTH = (leaf("income"), leaf("co2", direction="cost"))


def prepared(**columns: list[float | None]) -> Table:
    """Return a table whose indicators have no bounds."""
    return table(**columns).with_changes(fixed_values={name: FixedStatistics() for name in columns})


def normalise() -> Normalise:
    return Normalise(BOTH)


def test_min_max_scores_a_benefit_and_a_cost() -> None:
    """OECD/JRC (2008), Handbook on Constructing Composite Indicators: (x - min) / (max - min)."""
    after, record = apply(normalise(), prepared(income=[3.0, 9.0, 1.0, None], co2=[2.0, 8.0, 0.0, 4.0]))
    assert after.columns.components.frame.to_dict(as_series=False) == {
        "income": [0.25, 1.0, 0.0, None],
        "co2": [0.75, 0.0, 1.0, 0.5],
    }
    income, cost = ("income",), ("co2",)
    assert record.statistics == after.statistics == {
        Question(income, "min"): 1.0, Question(income, "max"): 9.0,
        Question(cost, "min"): -8.0, Question(cost, "max"): 0.0,
    }  # fmt: skip
    assert formulas(record) == {
        "income": "clip(0.0 + 1.0 * (income - min(income)) / (max(income) - min(income)), None, None)",
        "co2": "clip(0.0 + 1.0 * (-co2 - min(-co2)) / (max(-co2) - min(-co2)), None, None)",
    }
    assert record.ranges == {"income": (1.0, 9.0), "co2": (0.0, 8.0)}
    assert (record.beyond, record.warnings) == ({}, ())


def test_a_fitted_normalisation_computes_no_statistics_and_names_units_beyond_the_range() -> None:
    was = {Question((name,), end): value for name in ("income", "co2") for end, value in (("min", -8.0), ("max", 8.0))}
    given = prepared(income=[0.0, 16.0, 8.0, None], co2=[0.0, 0.0, 0.0, 8.0])
    by = fitted(statistics={"normalisation": was}, ranges={"income": (0.0, 8.0), "co2": (None, None)})
    after, record = apply(normalise(), given, by)
    assert after.columns.components.frame["income"].to_list() == [0.5, 1.5, 1.0, None]
    assert record.statistics == was
    assert record.beyond == {"income": ["Oslo"]}


def check_directions() -> CheckDirections:
    return CheckDirections((leaf("income", "z_score", direction="benefit"),))


def test_normalised_values_that_run_against_the_direction_are_refused() -> None:
    given = prepared(income=[1.0, 2.0, 3.0, 4.0])
    rising = given.with_columns(NodeColumns(ProfiledColumns.of(given.values)))
    after, record = apply(check_directions(), rising)
    assert after is rising
    assert record == Record("direction")
    falling = given.with_columns(NodeColumns(ProfiledColumns.of(given.values.select(-pl.col("income")))))
    with pytest.raises(AgainstDirection, match="Rome with 4 is better than Lima with 1, and scores -4, less than -1"):
        apply(check_directions(), falling)


def clip() -> Clip:
    return Clip((leaf("income", "min_max(clip=both)", bounds=(2.0, 8.0)),))


def test_values_beyond_the_bounds_are_recorded_and_not_changed() -> None:
    given = table(income=[2.0, 9.0, 1.0, 5.0]).with_changes(fixed_values={"income": FixedStatistics(2.0, 8.0)})
    given, _ = Normalise(clip().leaves).apply(given)
    after, record = apply(clip(), given)
    assert after is given
    why = "bounds, by min_max(clip=both)"
    assert changes(record) == [("clip", "income", [2.0, 9.0, 1.0, 5.0], [2.0, 8.0, 2.0, 5.0], why)]


# Nodes


def fill() -> Fill:
    return Fill((node(missing=Missing(policy="group_mean", within="region")),), DATA)


def test_missing_components_become_the_mean_of_their_group() -> None:
    after, record = apply(fill(), normalised(income=[0.25, 1.0, None, 0.5], co2=[1.0, 2.0, 3.0, 4.0]))
    assert after.columns.components.frame.to_dict(as_series=False) == {
        "income": [0.25, 1.0, 0.25, 0.5],
        "co2": [1.0, 2.0, 3.0, 4.0],
    }
    why = "group_mean(within=region)"
    assert changes(record) == [("missing", "income", [0.25, 1.0, None, 0.5], [0.25, 1.0, 0.25, 0.5], why)]
    mean = record.statistics[Question(("income",), "mean")]
    assert isinstance(mean, pl.DataFrame)
    assert mean.rows() == [("south", 0.25), ("north", 0.75)]
    assert formulas(record) == {"income": "fill_null(income, mean(income))", "co2": "fill_null(co2, mean(co2))"}


def test_missing_components_become_a_value() -> None:
    stage = Fill((node(missing=Missing(policy="value", value=0.0)),), DATA)
    after, record = apply(stage, normalised(income=[0.25, 1.0, None, 0.5], co2=[1.0, 2.0, 3.0, 4.0]))
    assert after.columns.components.frame["income"].to_list() == [0.25, 1.0, 0.0, 0.5]
    assert (changes(record)[0][-1], record.statistics, record.formulas) == ("value = 0", {}, {})


def weigh(weighting: str = "standard_deviation") -> Weigh:
    return Weigh((node(weighting=weighting).weighing,))


def test_weights_sum_to_one_and_the_record_has_the_kinds_of_columns_used() -> None:
    given = normalised(income=[0.0, 2.0, 0.0, 2.0], co2=[0.0, 0.0, 6.0, 6.0])  # the second varies three times as much
    for weighting, kind in (("standard_deviation", "components"), ("standard_deviation(on=raw)", "raw")):
        after, record = apply(weigh(weighting), given)
        assert after.columns.weights["index"].values.tolist() == pytest.approx([0.25, 0.75])
        assert record.weights is not None
        assert record.weights["index"] is after.columns.weights["index"]
        assert record.kinds_used == {kind}


def test_weights_of_the_index_file_use_no_values() -> None:
    after, record = apply(weigh("given"), normalised(income=[1.0] * 4, co2=[None] * 4))
    assert after.columns.weights["index"].values.tolist() == [0.5, 0.5]
    assert record.kinds_used == frozenset()


def test_weights_within_groups_are_those_of_each_group() -> None:
    given = normalised(income=[0.0, 0.0, 1.0, 3.0], co2=[0.0, 0.0, 3.0, 1.0])
    after, _ = apply(weigh(), given.with_changes(weights_scope=StatisticsScope(("region",))))
    found = after.columns.weights["index"]
    assert found.keys is not None
    assert found.keys.to_dict(as_series=False) == {"region": ["south", "north"]}
    assert found.values.tolist() == pytest.approx(np.array([[0.25, 0.75], [0.75, 0.25]]))


def test_known_and_fitted_weights_are_not_computed() -> None:
    given, weights = normalised(income=[1.0] * 4, co2=[None] * 4), weighed(0.1, 0.9)
    stage = replace(weigh(), known_weights={"index": weights})
    assert apply(stage, given)[0].columns.weights["index"] is weights
    assert apply(weigh(), given, fitted(node_weights={"index": weights}))[0].columns.weights["index"] is weights


def ready(**columns: list[float | None]) -> Table:
    """Return a table of normalised components that weigh 1/4 and 3/4."""
    return normalised(**columns).with_columns(NodeColumns(weights={"index": weighed(0.25, 0.75)}))


def aggregate(aggregation: str = "arithmetic") -> Aggregate:
    return Aggregate((node(aggregation=aggregation),))


def test_scores_are_the_weighted_means_of_components() -> None:
    """OECD/JRC (2008), Handbook on Constructing Composite Indicators: Σ w z, and Π z ** w."""
    given = ready(income=[1.0, 2.0, 16.0, 1.0], co2=[1.0, 4.0, 1.0, 16.0])
    for aggregation, scores in (("arithmetic", [1.0, 3.5, 4.75, 12.25]), ("geometric", [1.0, 2**1.75, 2.0, 8.0])):
        after, record = apply(aggregate(aggregation), given)
        assert after.columns.unrounded["index"].to_list() == pytest.approx(scores)
        assert list(record.formulas) == ["index"]
        assert (record.incomplete, record.statistics) == ({}, {})
    formula = "fill_null(weight(income) * income, 0.0) + fill_null(weight(co2) * co2, 0.0)"
    assert formulas(apply(aggregate(), given)[1]) == {"index": formula}


def test_units_that_miss_components_are_recorded_and_scored_by_the_others() -> None:
    after, record = apply(aggregate(), ready(income=[1.0, 2.0, None, None], co2=[1.0, None, 5.0, None]))
    assert after.columns.unrounded["index"].to_list() == [1.0, 2.0, 5.0, None]
    assert record.incomplete["index"].rows() == [
        (1, 1.0, "index", 2), (2, 1.0, "index", 2), (3, 0.0, "index", 2)
    ]  # fmt: skip


def test_units_are_compared_within_their_group() -> None:
    """Copeland (1951): the units that a unit beats less those that beat it."""
    given = ready(income=[1.0, 1.0, 2.0, 2.0], co2=[1.0, 5.0, 2.0, 3.0])
    after, record = apply(aggregate("copeland"), given)
    assert after.columns.unrounded["index"].to_list() == [-3.0, 3.0, -1.0, 1.0]
    after, _ = apply(aggregate("copeland"), given.with_changes(scopes=WITHIN_REGIONS))
    assert after.columns.unrounded["index"].to_list() == [-1.0, 1.0, 1.0, -1.0]
    assert record == Record("aggregation")


def test_statistics_of_components_are_stored_by_node_and_component() -> None:
    """Opricovic & Tzeng (2004): S sums the weighted distances from the best, R is the largest of them."""
    _, record = apply(aggregate("vikor"), ready(income=[1.0, 2.0, 3.0, 5.0], co2=[5.0, 3.0, 2.0, 1.0]))
    assert {str(question): value for question, value in record.statistics.items()} == {
        "max of index, income": 5.0,
        "settled(1) of index, income": 4.0,  # its range
        "max of index, co2": 5.0,
        "settled(1) of index, co2": 4.0,
        "settled(1) of index": 0.25,  # the least S: the first city has 1/4 of income, and nothing of co2, to miss
        "settled(2) of index": 0.5,  # the range of S up to the last city: 3/4 of co2
        "settled(3) of index": 0.25,  # the least R
        "settled(4) of index": 0.5,
    }


def rescale() -> Rescale:
    return Rescale((node(rescaling=method("normalisation", "min_max")),))


def test_scores_are_rescaled() -> None:
    after, record = apply(rescale(), scored("index", 2.0, 4.0, 3.0, None))
    assert after.columns.unrounded["index"].to_list() == [0.0, 1.0, 0.5, None]
    assert after.columns.rounded == {}
    assert record.statistics == {Question(("index",), "min"): 2.0, Question(("index",), "max"): 4.0}
    formula = "clip(0.0 + 1.0 * (index - min(index)) / (max(index) - min(index)), None, None)"
    assert formulas(record) == {"index": formula}


def test_where_low_scores_are_best_rescaling_reverses_them() -> None:
    stage = Rescale((node(aggregation="vikor", rescaling=method("normalisation", "min_max")),))
    assert apply(stage, scored("index", 0.0, 1.0, 0.75, 0.5))[0].columns.unrounded["index"].to_list() == [
        1.0, 0.0, 0.25, 0.5
    ]  # fmt: skip


def round_() -> Round:
    return Round((node(decimals=1),))


def test_rounded_scores_are_stored_beside_unrounded_ones() -> None:
    after, record = apply(round_(), scored("index", 0.25, 0.35, -0.25, None))
    assert after.columns.rounded["index"].to_list() == [0.3, 0.4, -0.2, None]
    assert after.columns.unrounded["index"].to_list() == [0.25, 0.35, -0.25, None]
    assert record == Record("rounding")


def as_component() -> AsComponent:
    return AsComponent((node(aggregation="vikor", as_component=method("normalisation", "min_max")),))


def test_a_node_takes_the_rounded_scores_of_components_and_larger_is_better() -> None:
    given = scored("index", 0.26, 0.5, 1.0, None)
    given = given.with_columns(NodeColumns(rounded={"index": pl.Series("index", [0.25, 0.5, 1.0, None])}))
    after, record = apply(AsComponent((node(aggregation="vikor"),)), given)
    assert after.columns.handed["index"].to_list() == [-0.25, -0.5, -1.0, None]
    assert after.columns.components.frame["index"].to_list() == [-0.25, -0.5, -1.0, None]
    assert after.columns.scores["index"].to_list() == [0.25, 0.5, 1.0, None]
    assert record == Record("as_component")


def test_a_node_takes_scores_on_the_scale_of_components() -> None:
    stage = AsComponent((node(as_component=method("normalisation", "min_max")),))
    after, record = apply(stage, scored("index", 2.0, 4.0, 3.0, None))
    assert after.columns.handed["index"].to_list() == [0.0, 1.0, 0.5, None]
    assert after.columns.unrounded["index"].to_list() == [2.0, 4.0, 3.0, None]
    assert record.statistics == {Question(("index",), "min"): 2.0, Question(("index",), "max"): 4.0}
    assert list(record.formulas) == ["index"]


def rank() -> Rank:
    words = {"eligible": {"without": ["Pune"]}, "methodology": {"ranks": ["region"]}}
    return Rank(definition(**words), node())


def test_eligible_units_are_ranked_and_within_their_group() -> None:
    after, record = apply(rank(), scored("index", 0.3, 0.1 + 0.2, 9.0, 0.1))
    assert after.ranks.to_dict(as_series=False) == {"rank": [1, 1, None, 3], "rank_region": [1, 1, None, 2]}
    assert record == Record("rank")


def test_where_low_scores_are_best_the_lowest_has_rank_one() -> None:
    stage = Rank(definition(), node(aggregation="vikor"))
    assert apply(stage, scored("index", 0.0, 1.0, None, 0.5))[0].ranks["rank"].to_list() == [1, 3, None, 2]


# Stages as values


STAGES: tuple[Callable[[], Stage], ...] = (
    read, denominate, screen, take_scope, check_units, level_noise, impute, treat, cap, transform, refuse_gaps,
    constant, normalise, check_directions, clip, fill, weigh, aggregate, rescale, round_, as_component, rank,
)  # fmt: skip


@pytest.mark.parametrize("make", STAGES, ids=lambda make: make.__name__)
def test_stages_are_equal_if_and_only_if_their_fields_are(make: Callable[[], Stage]) -> None:
    one, other = make(), make()
    assert one is not other
    assert one == other
    assert identity_key(one) == identity_key(other)
    for field in fields(one):
        assert identity_key(replace(one, **{field.name: "another"})) != identity_key(one), field.name


@pytest.mark.parametrize(
    "words", [{"floor": 1.0}, {"floor": 1}, {"floor": 0.0}, {"floor": -0.0}, {"floor": 2.0}], ids=str
)
def test_the_key_of_a_stage_distinguishes_types_and_signs_of_numbers(words: dict[str, Any]) -> None:
    own = identity_key(Cap((indicator(spec=words),)))
    assert own == identity_key(Cap((indicator(spec=dict(words)),)))
    for other in (1.0, 0.0, -0.0, 2.0):
        is_same = math.copysign(1, other) == math.copysign(1, words["floor"]) and other == words["floor"]
        assert (own == identity_key(Cap((indicator(spec={"floor": other}),)))) is is_same


@pytest.mark.parametrize("stage", [fill(), rescale(), round_()], ids=lambda stage: stage.name)
def test_a_stage_that_the_methodology_does_not_use_returns_the_same_table(stage: Any) -> None:
    idle = replace(stage, nodes=(node(),))
    assert not stage.is_idle
    assert idle.is_idle
    given = scored("index", 1.0, 2.0, 3.0, 4.0)
    assert apply(idle, given) == (given, Record(idle.name))


def test_the_stage_of_one_node_gives_the_columns_of_the_stage_of_all_nodes() -> None:
    both = Aggregate((node("a"), node("b", aggregation="geometric")))
    assert both.of_node(both.nodes[1]) == Aggregate((both.nodes[1],))


def test_the_columns_of_a_node_depend_only_on_the_columns_that_the_stage_reads() -> None:
    """Other columns of the table change nothing: the columns that a stage reads are all that it looks at."""
    given = ready(income=[1.0, 2.0, 3.0, 4.0], co2=[4.0, 3.0, 2.0, 1.0])
    given = given.with_columns(scored("index", 4.0, 8.0, 6.0, 2.0).columns)
    for stage in (weigh(), weigh("standard_deviation(on=raw)"), aggregate(), rescale(), round_(), as_component()):
        (of,) = stage.nodes
        read = set(stage.reads(of))
        kept = {
            kind: {name: column for name, column in getattr(given.columns, kind).items() if (kind, name) in read}
            for kind in ("weights", "unrounded", "rounded", "handed")
        }
        names = [name for kind, name in read if kind == "components"]
        components = ProfiledColumns.of(given.columns.components.frame.select(names))
        raw = given.values.select(name for kind, name in read if kind == "raw")
        less = replace(given, values=raw, columns=NodeColumns(components, **kept))
        made, record = stage.make(given)
        made_of_less, record_of_less = stage.make(less)
        assert content(made) == content(made_of_less), stage.name
        assert record.statistics == record_of_less.statistics
