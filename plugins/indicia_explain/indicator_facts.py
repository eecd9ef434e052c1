"""The facts about the indicators of one unit: raw value, changes, normalised value, rank, distance to the others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.data.cell_text import keep_rows
from indicia.definition import ROOT, Leaf, text
from indicia.tables.scope import cast_key
from indicia_explain.declared import PARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.methods import Array
    from indicia.result import Result

Step = tuple[str, float | None, str]
"""A stage, the value after it, and the rule."""

_NOISE = 1e-12
"""A smaller difference, relative to the scores, is rounding noise."""


@dataclass(frozen=True, eq=False)
class IndicatorFacts:
    """The facts about the indicators of one row of a result, from the frames and records of the run."""

    result: Result
    row: int

    @cached_property
    def leaves(self) -> dict[str, Leaf]:
        """The indicators on which the index depends, in the order of the tree."""
        tree = self.result.scored.tree
        return {leaf.id: leaf for leaf in tree.leaves() if leaf.id in tree.counting}

    @cached_property
    def in_period(self) -> pl.Series:
        """True in the rows of the period of the row; in all rows without periods."""
        scored = self.result.scored
        period = scored.source.period
        if period is None:
            return pl.repeat(value=True, n=len(scored.units), eager=True)
        is_own: pl.Series = scored.units[period] == scored.units[period][self.row]
        return is_own.fill_null(value=False)

    @cached_property
    def imputed(self) -> frozenset[str]:
        """The indicators whose value an imputation, or a rule for missing values, gave."""
        flags = self.result.imputed.values
        return frozenset(name for name in flags.columns if name in self.leaves and flags[name][self.row])

    @cached_property
    def read_values(self) -> Mapping[str, float | None]:
        """The values as the table has them."""
        data, units = self.result.definition.data, self.result.scored.units
        key = units[self.row : self.row + 1].select(data.key)
        table = keep_rows(self.result.table, data.where)
        columns = {name: leaf.column for name, leaf in self.leaves.items() if leaf.column in table.columns}
        rows = cast_key(table.select(*data.key, *dict.fromkeys(columns.values())), key, data.key)
        cells = key.join(rows, on=data.key, how="left", nulls_equal=True)
        return {name: _number(cells[column].cast(pl.Float64, strict=False)[0]) for name, column in columns.items()}

    @cached_property
    def attributes(self) -> pl.DataFrame:
        """The year, source, status and standard error of the values, a row for each value that has some."""
        key = self.result.definition.data.key
        table = self.result.cell_attributes.table
        own = self.result.scored.units[self.row : self.row + 1].select(key)
        frame = table.join(own, on=key, how="semi", nulls_equal=True).drop(*key, "value")
        return frame.select(column for column in frame if column.name == "indicator" or not column.is_null().all())

    def frame(self) -> pl.DataFrame:
        """Return a row for each indicator."""
        scored, definition = self.result.scored, self.result.definition
        rows = [
            {
                "indicator": name,
                "name": text(leaf.spec.name, default=name),
                "dimension": ", ".join(parent for parent in scored.tree.parents[name] if parent in self._counting),
                "measure": text(leaf.spec.unit) or None,
                "raw": _number(scored.raw.values[name][self.row]),
                "prepared": _number(scored.prepared[name][self.row]),
                "changes": "; ".join(self._changes(name, leaf)) or None,
                "imputed": name in self.imputed,
                "normalised": _number(scored.normalised[name][self.row]),
                **self._place(name),
            }
            for name, leaf in self.leaves.items()
        ]
        frame = pl.DataFrame(rows, schema_overrides=PARTS.types_of(rows[0]))
        if self.attributes.width > 1:
            frame = frame.join(self.attributes, on="indicator", how="left", maintain_order="left")
        return frame if definition.publishes_raw_values else frame.drop(PARTS.raw_columns)

    @cached_property
    def _counting(self) -> frozenset[str]:
        tree = self.result.scored.tree
        return frozenset(node.id for node in tree.counting_nodes())

    def normalised_of_period(self, name: str) -> Array:
        """Return the normalised values of the units of the period that have one."""
        values: Array = self.result.scored.normalised[name].filter(self.in_period).drop_nulls().to_numpy()
        return values

    def _place(self, name: str) -> dict[str, float | int | None]:
        """Return the rank of the unit in an indicator, and its distances to the median and to the best."""
        scored = self.result.scored
        ranks = self.result.indicator_ranks[name]
        values, raw = self.normalised_of_period(name), scored.raw.values[name]
        own, own_raw = _number(scored.normalised[name][self.row]), _number(raw[self.row])
        in_period = self.in_period.arg_true()
        best_row = self._best_row(name)
        median = float(np.median(values)) if len(values) else None
        best = None if best_row is None else float(scored.normalised[name][best_row])
        median_raw = _number(raw.gather(in_period).median())  # type: ignore[arg-type]
        best_raw = None if best_row is None else _number(raw[best_row])
        return {
            "rank": _number(ranks[self.row]),
            "of": int(ranks.gather(in_period).count()),
            "median": median,
            "best": best,
            "to_median": _less(own, median),
            "to_best": _less(own, best),
            "median_raw": median_raw,
            "best_raw": best_raw,
            "to_median_raw": _less(own_raw, median_raw),
            "to_best_raw": _less(own_raw, best_raw),
        }

    def _best_row(self, name: str) -> int | None:
        """Return the row of the period with the best value of an indicator; None if no unit has a value.

        Of several, as beyond a cap, it is the row with the best raw value, so that the order of rows does not matter.
        """
        leaf, rows = self.leaves[name], self.in_period.arg_true()
        is_cost, is_harm = leaf.spec.direction == "cost", name in self.result.scored.tree.harms
        lowest_is_best = (is_cost and not leaf.oriented) != is_harm
        values = self.result.scored.normalised[name].gather(rows)
        if values.null_count() == len(values):
            return None
        best = rows.filter(values == (values.min() if lowest_is_best else values.max()))
        if not len(best):
            return None
        raw = self.result.scored.raw.values[name].gather(best)
        place = raw.arg_min() if is_cost != is_harm else raw.arg_max()
        return int(best[place or 0])

    def _changes(self, name: str, leaf: Leaf) -> Iterator[str]:
        """Yield the rules that changed the value of an indicator, in the order of the stages."""
        yield from (f"{stage}: {rule}" if stage != rule else stage for stage, _, rule in self.steps(name, leaf))

    def steps(self, name: str, leaf: Leaf) -> Iterator[Step]:
        """Yield the stages that changed the value of an indicator and those that clipped or filled its score."""
        spec = leaf.spec
        if spec.per is not None or spec.factor != 1:
            rule = " ".join(filter(None, [f"× {spec.factor:g}" if spec.factor != 1 else "", _per(spec.per)]))
            yield "denomination", _number(self.result.scored.raw.values[name][self.row]), rule
        changes = list(self.result.scored.changes)
        early = ("noise", "imputation", "treatment", "cap")
        yield from (step for change in changes if change.stage in early for step in self._step(change, name))
        if leaf.transform is not None:
            yield "transform", _number(self.result.scored.prepared[name][self.row]), str(leaf.transform)
        yield from (step for change in changes if change.stage not in early for step in self._step(change, name))

    def _step(self, change: Any, name: str) -> Iterator[Step]:
        if name in change.after.columns:
            before, after = change.before[name][self.row], change.after[name][self.row]
            if before != after:
                yield change.stage, _number(after), str(change.reasons(name)[self.row])


def index_rank(result: Result, row: int) -> tuple[float | None, int]:
    """Return the rank of a row by the index, and the number of units with a rank in its period."""
    facts = IndicatorFacts(result, row)
    ranks = result.scored.rank
    return _number(ranks[row]), int(ranks.filter(facts.in_period).count())


def units_behind(result: Result, row: int, score: float) -> int:
    """Return the number of units with a rank in the period of a row whose unrounded scores are worse than a score."""
    ranked = IndicatorFacts(result, row).in_period & result.scored.rank.is_not_null()
    scores = result.scored.source.columns.unrounded[ROOT].filter(ranked).to_numpy()
    better = score - scores if not result.scored.tree.low_is_best else scores - score
    return int((better > _NOISE * np.abs(scores).max(initial=0.0)).sum())


def best_row(result: Result, row: int) -> int | None:
    """Return the row with rank 1 by the index in the period of a row, ties by name; None if no unit is ranked.

    If ranks are numbered from the worst, it is the row with the last rank.
    """
    facts = IndicatorFacts(result, row)
    ranks = result.scored.rank
    if result.definition.methodology.rank_from == "worst":
        ranks = -ranks.cast(pl.Float64)
    ranked = facts.in_period & ranks.is_not_null()
    if result.scored.nodes[ROOT][row] is None or not ranked.any():
        return None
    rows = pl.DataFrame([ranked.arg_true().alias("row")]).with_columns(
        rank=ranks.filter(ranked), unit=result.scored.units[result.unit].filter(ranked)
    )
    return int(rows.sort("rank", "unit")["row"][0])


def _per(column: str | None) -> str:
    return f"per {column}" if column else ""


def _number(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else float(value)


def _less(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other
