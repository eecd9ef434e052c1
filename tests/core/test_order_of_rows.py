"""The order of the rows of the data decides nothing: every table of every outcome is the same after shuffling.

The tables are read off the classes of outcomes and the functions of `indicia.analysis`; one that no case reaches fails.
"""

from __future__ import annotations

import importlib
import inspect
import itertools
import math
import pkgutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from declared_tables import faults_of

import indicia
import indicia_after_score
from indicia import analysis
from indicia.analyses import Analysis
from indicia.errors import IndiciaError
from indicia.result import Result
from indicia_after_score.audit import Audit
from indicia_after_score.coherence import Coherence
from indicia_after_score.compare import Compare
from indicia_after_score.convergence import Convergence
from indicia_after_score.coupling import Coupling
from indicia_after_score.diff import Diff
from indicia_after_score.explain import Explain
from indicia_after_score.gap import Gap
from indicia_after_score.importance import Importance
from indicia_after_score.inequality import Inequality
from indicia_after_score.move import Move
from indicia_after_score.obstacles import Obstacles
from indicia_after_score.reach import Reach
from indicia_after_score.robustness import Robustness
from indicia_after_score.stability import Stability
from indicia_audit.inspection import Inspection
from indicia_bundle import Replay
from indicia_editions.recast import Recast
from indicia_partitions.inspection import PartitionedInspection
from indicia_statistics.analysis.drawn_ranks import DrawnRanks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indicia.index import Index

    Run = Callable[[pl.DataFrame], Any]
    Rows = list[tuple[Any, ...]]

UNITS, YEARS = 12, (2021, 2022)
NAMES = [f"x{number}" for number in range(6)]
KEYS = {"unit": "unit", "year": "year", "period": "year", "region": "region", "aggregate": "region"}
"""The columns of the data by which a table may follow the data, by their names in tables."""
BENEFITS = {name: {"direction": "benefit", "dimension": "a" if name < "x3" else "b"} for name in NAMES}
GEOMETRIC = {"aggregation": "geometric", "normalisation": "min_max(lower=1, upper=9)"}
MEDIANS = {"imputation": "median"}
FEW: Any = {"draws": 40, "seed": 1}
NOISE: Any = {"seed": 1, "noise": 0.05}
SPREAD: Any = {"weights": {"spread": 0.5}, "draws": 20, "seed": 1}
OTHER_ROWS = {
    **dict.fromkeys(("component_counts", "discrepancy", "parallel_thresholds", "weight_draws"), "takes no units"),
    **dict.fromkeys(("elementary_effects", "sobol_indices"), "takes the runs of a design, in their order"),
    "portfolio": "takes no names of units, so that of equal portfolios one is chosen by its rows",
    "eigenvalue_intervals": "draws rows by their numbers, since its table has no names of units",
}
"""The analyses whose rows cannot be shuffled, with the reasons."""
EMPTY = frozenset({"Replay.units", "Replay.versions"})
"""The tables of the differences between a pack and its replay: there are none."""
OF_BYTES = frozenset({"bytes", "sha256"})
"""The columns about the bytes of files, which have the rows of the data in their order."""


def panel() -> pl.DataFrame:
    """Return whole numbers from 1 to 4, so that many units tie, with two equal units, two swapped ones, and gaps."""
    random, frames = np.random.default_rng(7), []
    for year in YEARS:
        values = random.integers(1, 5, (UNITS, len(NAMES))).astype(float)
        values[1], values[3] = values[0], values[2][::-1]
        values[5, 0] = values[6, 3] = values[8, 3] = np.nan
        if year == YEARS[0]:
            values[9, :4] = np.nan
        number = range(UNITS)
        frames.append(
            pl.DataFrame(
                {
                    "unit": [f"u{at:02}" for at in number],
                    "year": [year] * UNITS,
                    "region": [("n", "s", "e")[at % 3] for at in number],
                    "wealth": [3.0 + at % 4 for at in number],
                    "borders": [f"u{(at + 1) % UNITS:02};u{(at - 1) % UNITS:02}" for at in number],
                    "x0_year": [2018 + at % 3 for at in number],
                }
            ).hstack(pl.DataFrame(values, schema=NAMES, nan_to_null=True).get_columns())
        )
    return pl.concat(frames)


DATA = panel()
SHUFFLED = DATA.sample(fraction=1.0, shuffle=True, seed=1)
PUBLISHED = pl.DataFrame({"unit": DATA["unit"].unique().sort(), "rank": [1 + at // 2 * 2 for at in range(UNITS)]})
OUTSIDE = {"variables": {"wealth": {}}, "neighbours": {"column": "borders"}}


def made(methodology: dict[str, Any] | None = None, **tables: Any) -> Index:
    """Return the index of the panel."""
    return indicia.read(
        {
            "data": {"unit": "unit", "period": "year", "groups": ["region"], **tables.pop("data", {})},
            "dimensions": {"a": {}, "b": {}},
            "indicators": tables.pop("indicators", {**BENEFITS, "x2": {**BENEFITS["x2"], "direction": "cost"}}),
            "methodology": {"missing": "skip", "statistics": "pooled", **(methodology or {})},
            **tables,
        }
    )


def scored(table: pl.DataFrame) -> Any:
    bands = {"grade": {"shares": 3}, "level": {"thresholds": [0.4, 0.6]}}
    attributes = {"attributes": {"year": "{column}_year"}}
    return made(bands=bands, aggregates={"r": {"groups": "region"}}, outside=OUTSIDE, data=attributes).score(table)


def compared(table: pl.DataFrame) -> Any:
    choices: Any = {"normalisation": ["min_max", "z_score"], "aggregation": ["arithmetic", "geometric", "median"]}
    bands = {"grade": {"shares": 3}}
    return made(MEDIANS, bands=bands).compare(table=table, weighting=["equal", "entropy"], against=PUBLISHED, **choices)


def screened(table: pl.DataFrame) -> Any:
    methodology = {"weighting": "entropy", "aggregation": "topsis", "statistics": "period", "treatment": "winsorise"}
    return made({**methodology, **MEDIANS}, screening={"units": 0.5}).score(table)


def changed(table: pl.DataFrame) -> pl.DataFrame:
    """Return the data with other values of two units."""
    return table.with_columns(x0=pl.when(pl.col("unit").is_in(["u03", "u04"])).then(5.0).otherwise("x0"))


def diffed(table: pl.DataFrame, methodology: dict[str, Any]) -> Any:
    tables: Any = {"old_table": table, "new_table": changed(table)}
    return indicia.diff(made(), made(methodology), **tables, start=YEARS[0], end=YEARS[1])


def replayed(table: pl.DataFrame) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        pack = indicia.pack(made(), Path(folder, "index.zip"), table, audit=False, report=False)
        replay = indicia.replay(pack.path)
        return replay if replay.is_same else pytest.fail("the replay differs")


def in_partitions(table: pl.DataFrame) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        table.write_parquet(Path(folder, "data.parquet"))
        return made(MEDIANS).check_partitions(folder, workers=1)


def robust(table: pl.DataFrame) -> Any:
    choices: Any = {"aggregation": ["arithmetic", "median"], "morris": 4, "sensitivity": 16}
    return made(bands={"place": {"of": "rank", "shares": 2}}).robustness(table, **{**SPREAD, "draws": 64}, **choices)


def failing(table: pl.DataFrame) -> Any:
    """Return an analysis in which one value is seldom below 0."""
    errors = pl.when(pl.col("unit") == "u00").then(pl.col("x4") / 2.6).otherwise(1e-6)
    index = made({**MEDIANS, "normalisation": "none", "aggregation": "geometric"}, indicators=BENEFITS)
    return index.robustness(table.with_columns(se=errors), draws=500, seed=1, se={"x4": "se"})


def audited(table: pl.DataFrame) -> Any:
    waivers = [{"code": "U01", "reason": "a test needs no more draws"}]
    more: Any = {
        "waivers": waivers,
        "audit": {"factors": 2},
        "robustness": {"weights": {"spread": 0.5}, "sensitivity": 16},
    }
    return made(MEDIANS, outside=OUTSIDE, **more).audit(table, full=True, **FEW)


def drawn(table: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each unit, and a column for each draw."""
    return last(table).select("unit", *NAMES)


def of_three(table: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each unit, and a column for each of three components."""
    return drawn(table).select("unit", *NAMES[:3])


def last(table: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the last year, without gaps."""
    return table.filter(year=YEARS[1]).with_columns(pl.col(NAMES).fill_null(2.0))


def neighbours(table: pl.DataFrame) -> Any:
    rows = last(table)
    place = {unit: at for at, unit in enumerate(rows["unit"])}
    pairs = [(place[u], place[v]) for u, names in rows.select("unit", "borders").rows() for v in names.split(";")]
    first, second = np.array(pairs).T
    return analysis.spatial_autocorrelation(rows, "unit", NAMES, first, second)


def with_units(table: pl.DataFrame, column: pl.Series) -> pl.DataFrame:
    return last(table).select("unit", column.alias("value"))


OUTCOMES: list[tuple[type, Run]] = [
    (Result, scored),
    (Result, screened),
    (Result, lambda t: made({"aggregation": "promethee", "imputation": "hot_deck"}).score(t)),
    (Compare, compared),
    (Compare, lambda t: made(MEDIANS).compare(t, normalisation=["min_max", "rank"], rule="kemeny")),
    (Robustness, robust),
    (Robustness, lambda t: made(MEDIANS).robustness(t, draws=100, seed=1, weights={"simplex": True})),
    (Robustness, lambda t: made({"imputation": "hot_deck"}).robustness(t, **NOISE, draws=40, imputations=4)),
    (Robustness, failing),
    (Convergence, lambda t: made().convergence(t)),
    (Coupling, lambda t: made(MEDIANS).coupling(t)),
    (Inequality, lambda t: made(MEDIANS).inequality(t)),
    (Obstacles, lambda t: made(MEDIANS).obstacles(t)),
    (Stability, lambda t: made().stability(t, units=4, steps="±50% by 25%")),
    (Stability, lambda t: made(GEOMETRIC).stability(t, node="a", units=4, steps="±20% by 20%")),
    (Explain, lambda t: made().explain(t, of="u02")),
    (Gap, lambda t: made().gap(t, a="u02", b="u07", **SPREAD)),
    (Move, lambda t: made().move(t, of="u02", **SPREAD)),
    (Reach, lambda t: made().reach(t, of="u05", rank=1)),
    (Diff, lambda t: diffed(t, {})),
    (Diff, lambda t: diffed(t, GEOMETRIC)),
    (Recast, lambda t: indicia.recast(made(), {"all": t})),
    (Inspection, lambda t: made().check(t)),
    (PartitionedInspection, in_partitions),
    (Audit, audited),
    (Coherence, lambda t: made(MEDIANS, audit={"factors": 2}).coherence(t)),
    (Importance, lambda t: made(MEDIANS, outside=OUTSIDE).importance(t)),
    (DrawnRanks, lambda t: analysis.drawn_ranks(drawn(t), nominal="x0")),
    (Replay, replayed),
]
"""The outcomes, by their classes."""
ANALYSES: dict[str, Run] = {
    "adequacy": lambda t: analysis.adequacy(last(t), NAMES),
    "agreement": lambda t: analysis.agreement(drawn(t)),
    "alpha": lambda t: analysis.alpha(last(t), NAMES),
    "clusters": lambda t: analysis.clusters(last(t), "unit", NAMES),
    "concordance": lambda t: pl.DataFrame({"w": [analysis.concordance(drawn(t))]}),
    "consensus": lambda t: analysis.consensus(drawn(t)),
    "consensus_details": lambda t: analysis.consensus_details(drawn(t), "kemeny", "orders"),
    "convergence": lambda t: analysis.convergence(t, "x4", unit="unit", period="year"),
    "correlations": lambda t: analysis.correlations(t, NAMES),
    "coupling_coordination": lambda t: analysis.coupling_coordination(made(MEDIANS).score(t).scores, ["a", "b"]),
    "dagum": lambda t: analysis.dagum(last(t), "x1", "region"),
    "drawn_ranks": lambda t: analysis.drawn_ranks(drawn(t), nominal="x0"),
    "exact_acceptability": lambda t: analysis.exact_acceptability(of_three(t), "unit"),
    "exact_central_weights": lambda t: analysis.exact_central_weights(of_three(t), "unit"),
    "exact_pairwise": lambda t: analysis.exact_pairwise(of_three(t), "unit"),
    "holistic_acceptability": lambda t: with_units(
        t, analysis.holistic_acceptability(analysis.exact_acceptability(of_three(t), "unit"), "unit")
    ),
    "importance": lambda t: analysis.importance(last(t), "x0", dict.fromkeys(NAMES[1:], 1.0)),
    "inequality": lambda t: analysis.inequality(last(t), "x1"),
    "moments": lambda t: analysis.moments(t, NAMES),
    "obstacle_degree": lambda t: analysis.obstacle_degree(made(MEDIANS).score(t)),
    "one_factor": lambda t: analysis.one_factor(last(t), NAMES),
    "partial_correlations": lambda t: analysis.partial_correlations(last(t), NAMES),
    "partial_order": lambda t: analysis.partial_order(last(t).select("unit", "x0", "x1"), "x0", "x1"),
    "principal_components": lambda t: analysis.principal_components(last(t), NAMES),
    "rotated_components": lambda t: analysis.rotated_components(last(t), NAMES, components=2),
    "score_modes": lambda t: analysis.score_modes(drawn(t)),
    "spatial_autocorrelation": neighbours,
    "theil": lambda t: analysis.theil(last(t), "x1", "region"),
    "tiers": lambda t: with_units(t, analysis.tiers(last(t)["x0"] + last(t)["x1"])),
    "trends": lambda t: analysis.trends(t, "x1", unit="unit", period="year"),
    "weight_bounds": lambda t: analysis.weight_bounds(of_three(t), "unit"),
    "weight_orders": lambda t: analysis.weight_orders(of_three(t), "unit"),
    "weights_for_importance": lambda t: analysis.weights_for_importance(last(t).select(NAMES), dict.fromkeys(NAMES, 1)),
}


def names_of(kind: type) -> tuple[str, ...]:
    """Return the names of the tables that a class of outcomes or an analysis declares."""
    if issubclass(kind, Analysis):
        return tuple(kind.tables())
    names = vars(kind).get("table_names")
    return names if isinstance(names, tuple) else ()


def tables_in_code() -> list[tuple[type, str]]:
    """Return every table of every class of outcomes and of every analysis, by the class that lists it."""
    modules = [module.name for module in pkgutil.walk_packages(indicia.__path__, "indicia.")]
    modules = [name for name in modules if not name.endswith("__main__")]
    modules += [f"indicia_after_score.{module.name}" for module in pkgutil.iter_modules(indicia_after_score.__path__)]
    kinds = [
        kind
        for module in map(importlib.import_module, modules)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__
    ]
    return [(kind, name) for kind in kinds for name in names_of(kind)]


TABLES = tables_in_code()
FUNCTIONS = sorted(name for name, _ in inspect.getmembers(analysis, inspect.isfunction))


@cache
def outcome(run: Run, *, shuffled: bool) -> Any:
    """Return an outcome with the data, or with shuffled data."""
    return run(SHUFFLED if shuffled else DATA)


def frames(found: Any) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the frame that an analysis returned, or each frame of its result, by name."""
    if isinstance(found, pl.DataFrame):
        yield "", found
        return
    for name in dir(type(found)) + list(vars(found)):
        if not name.startswith("_") and isinstance(frame := getattr(found, name, None), pl.DataFrame):
            yield name, frame


def is_close(one: Any, other: Any) -> bool:
    """Return True if two cells are the same but for rounding."""
    if isinstance(one, float) and isinstance(other, float):
        return one == other or math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) or one != one != other
    if isinstance(one, list | tuple | pl.Series) and type(one) is type(other):
        return len(one) == len(other) and all(map(is_close, one, other))
    return bool(one == other)


def written(row: tuple[Any, ...]) -> list[str]:
    return ["" if cell is None else f"{cell + 0.0:.6g}" if isinstance(cell, float) else str(cell) for cell in row]


def in_order_of(frame: pl.DataFrame, data: pl.DataFrame) -> bool:
    """Return True if the rows of each block follow the data, or the data of one year.

    The rows of a block have the same cells on the left of their keys, and the same texts before their first figure.
    """
    keys = [name for name in frame.columns if name in KEYS]
    left = list(itertools.takewhile(lambda name: name not in KEYS, frame.columns))
    right = [name for name in frame.columns if name not in (*keys, *left)]
    blocks = left + list(itertools.takewhile(lambda name: frame[name].dtype == pl.String, right))
    for rows in (data, *(data.filter(year=year) for year in YEARS)):
        place: dict[tuple[str, ...], int] = {}
        for at, row in enumerate(rows.rows(named=True)):
            place.setdefault(tuple(str(row[KEYS[name]]) for name in keys), at)
        found: dict[tuple[str, ...], list[int]] = {}
        for row in frame.rows(named=True):
            block = found.setdefault(tuple(str(row[name]) for name in blocks), [])
            block.append(place.get(tuple(str(row[name]) for name in keys), -1))
        if keys and all(places == sorted(places) for places in found.values()):
            return True
    return False


def check_same(here: pl.DataFrame, there: pl.DataFrame) -> None:
    """Compare a table with that of shuffled data: as sets of rows, and in order, which may be that of the data."""
    here, there = (frame.drop(OF_BYTES & set(frame.columns)) for frame in (here, there))
    if here.columns != there.columns:  # a column for each unit
        assert sorted(here.columns) == sorted(there.columns)
        for frame, data in ((here, DATA), (there, SHUFFLED)):
            assert in_order_of(pl.DataFrame({"unit": [name for name in frame.columns if name[0] == "u"]}), data)
        there = there.select(here.columns)
    one, other = here.rows(), there.rows()
    if is_close(one, other):
        return
    for row, same in zip(sorted(one, key=written), sorted(other, key=written), strict=True):
        assert is_close(row, same), f"{row} and {same}"
    if not (in_order_of(here, DATA) and in_order_of(there, SHUFFLED)):
        for row, same in zip(one, other, strict=True):
            assert is_close(row, same), f"in another order: {row} and {same}"


@pytest.mark.parametrize(("kind", "name"), TABLES, ids=[f"{kind.__name__}.{name}" for kind, name in TABLES])
def test_shuffled_rows_give_the_same_table_as_declared(kind: type, name: str) -> None:
    reached = 0
    for of, run in OUTCOMES:
        if not issubclass(of, kind) or name not in (names_of(of) or of.table_names):
            continue
        try:
            here = outcome(run, shuffled=False).frame(name)
        except IndiciaError:
            continue
        reached += bool(len(here)) or f"{kind.__name__}.{name}" in EMPTY
        assert faults_of(outcome(run, shuffled=False), name, here) == []
        check_same(here, outcome(run, shuffled=True).frame(name))
    assert reached, "no case of OUTCOMES has this table"


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in OTHER_ROWS])
def test_shuffled_rows_give_the_same_analysis(name: str) -> None:
    here = dict(frames(ANALYSES[name](DATA)))
    assert any(map(len, here.values())), "this analysis has no table"
    for table, there in frames(ANALYSES[name](SHUFFLED)):
        check_same(here[table], there)
