"""Values that an end of the scale holds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import polars as pl

from indicia.formulas import Node, Question, record_each
from indicia.formulas.to_polars import to_polars
from indicia.stages.normalise import is_mirrored, normalising, with_names
from indicia.stages.stage import Change, Record, Stage
from indicia.tables.evaluate import evaluate
from indicia.tables.joins import cast_key
from indicia.tables.profile import rounded
from indicia.tables.values import VALUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.definition import Leaf
    from indicia.stages.stage import Fitted
    from indicia.tables.scope import StatisticsScope
    from indicia.tables.table import Table
    from indicia.tables.values import StatisticValues


@dataclass(frozen=True)
class Clip(Stage):
    """Find the values beyond an end of the scale that score no more, or no less, than the end itself.

    Such ends are fixed bounds, the worst values and targets, the unit of comparison, and the range of the rows that
    statistics come from, where these are not all rows. The stage changes no value: the normalisation held them.
    """

    name: ClassVar[str] = "clip"
    leaves: tuple[Leaf, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table as it is; the cells are on record as changes."""
        frame = with_names(table)
        statistics: dict[str, StatisticValues] = {}
        for question, value in table.statistics.items():
            statistics.setdefault(question.subject[0], {})[question] = value
        ends = [
            [
                (leaf, end, low, high)
                for end, low, high in _ends(table, leaf, statistics.get(leaf.id, {}), is_fitted=fitted is not None)
                if not table.facts[leaf.id].between(low, high)
            ]
            for leaf in table.taking_part(self.leaves)
            if not leaf.normalisation.whole_column
        ]
        turns = ([one for one in turn if one] for turn in zip_longest(*ends))  # all first ends, all second ends …
        at_once = max(1, _CELLS // max(1, len(frame)))  # the columns that are computed again are held beside all others
        batches = (turn[start : start + at_once] for turn in turns for start in range(0, len(turn), at_once))
        return table, Record(
            self.name, changes=tuple(change for batch in batches for change in _clipped(frame, batch, table))
        )


_CELLS = 1_000_000
"""Values that are computed at a time: one indicator of many units, many of few."""

_End: TypeAlias = "float | Node | pl.DataFrame | None"


def _ends(table: Table, leaf: Leaf, statistics: StatisticValues, is_fitted: bool) -> Iterator[tuple[str, _End, _End]]:
    """Yield the ends beyond which values may score no differently, each with the word for it."""
    fixed, spec, scope = table.fixed_values[leaf.id], leaf.spec, table.scope
    cost = spec.direction == "cost"
    if spec.best is not None:
        if spec.worst is not None:
            yield "worst", *(table.target_ranges[leaf.id].worst or (None, None))
        return
    if spec.bounds is not None:
        yield "bounds", fixed.min, fixed.max
    elif scope.reference is not None or is_fitted:
        low, high = (_of_x(leaf, statistics.get(Question((leaf.id,), end))) for end in _turned(leaf, "min", "max"))
        yield "fitted range" if is_fitted else "range of the reference", low, high
    if fixed.target is not None:
        yield "target", *((fixed.target, None) if cost else (None, fixed.target))
    for question, settled in statistics.items():
        if question.kind == "value_of_unit":
            value = _of_x(leaf, settled)
            yield f"value of {question.arguments[0]}", *((value, None) if cost else (None, value))


def _turned(leaf: Leaf, low: str, high: str) -> tuple[str, str]:
    return (high, low) if is_mirrored(leaf) else (low, high)


def _of_x(leaf: Leaf, value: object) -> _End:
    """Return a settled statistic on the scale of the prepared values."""
    if isinstance(value, pl.DataFrame):
        return value.with_columns(-pl.col(value.columns[-1])) if is_mirrored(leaf) else value
    if not isinstance(value, float):
        return None
    return -value if is_mirrored(leaf) else value


def _clipped(frame: pl.DataFrame, ends: Sequence[tuple[Leaf, str, _End, _End]], table: Table) -> Iterator[Change]:
    """Clip each indicator at an end, and yield the values that score as they did."""
    scope = table.scope
    clips = (
        pl.col(leaf.id).clip(_beside(frame, scope, low), _beside(frame, scope, high)) for leaf, _, low, high in ends
    )
    inside = frame.select(clips)
    beyond = [(leaf, end) for leaf, end, _, _ in ends if not inside[leaf.id].equals(frame[leaf.id], null_equal=True)]
    formulas = record_each({leaf.id: normalising(leaf, table, constant=False) for leaf, _ in beyond})
    again = evaluate(frame.with_columns(inside), formulas, scope, table.statistics).frame
    normalised = table.columns.components.frame
    for leaf, end in beyond:
        z = again.select(rounded(leaf.id, leaf.decimals)).to_series() if leaf.decimals is not None else again[leaf.id]
        was, now = table.values[leaf.id], inside[leaf.id]
        held = (was != now) & (z == normalised[leaf.id])
        if held.any():
            after = pl.select(pl.when(held).then(now).otherwise(was).alias(leaf.id))
            yield Change("clip", was.to_frame(), after, {leaf.id: f"{end}, by {leaf.normalisation}"})


def _beside(frame: pl.DataFrame, scope: StatisticsScope, end: _End) -> pl.Expr:
    """Return an end as an expression: a number, a column, or the value of each row's key."""
    if isinstance(end, pl.DataFrame):
        values = cast_key(end, frame, scope.key)
        beside = frame.select(scope.key).join(values, on=scope.key, how="left", nulls_equal=True, maintain_order="left")
        return pl.lit(beside[VALUE])
    return to_polars(end) if isinstance(end, Node) else pl.lit(end, pl.Float64)
