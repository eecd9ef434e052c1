"""Treat constant indicators (refuse, leave out, or give the neutral score), and cap values at bounds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

import polars as pl

from indicia.defaults import NORMALISATION
from indicia.errors import DataError, DefinitionError, join_names, with_article
from indicia.notes import Names, Note
from indicia.partitions.merge import ByKey
from indicia.stages.stage import Record, Stage, changes_between
from indicia.tables.fitted import computed_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Leaf, Preparation
    from indicia.stages.stage import Fitted
    from indicia.tables.table import Table


@dataclass(frozen=True)
class Constant(Stage):
    """Refuse constant indicators, leave them out or score them neutrally, if their normalisation needs variation."""

    name: ClassVar[str] = "constant"
    policy: Literal["refuse", "drop", "neutral"]
    leaves: tuple[Leaf, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:
        """Return the table without constant indicators, or with their names; with `fitted`, those of the former run."""
        if fitted and not fitted.computed_at("normalisation"):
            return _as_fitted(table, fitted)
        varying = [leaf.id for leaf in table.taking_part(self.leaves) if _needs_variation(leaf)]
        own = computed_of(fitted, varying, "normalisation")
        constant = tuple(_constant(table, [name for name in varying if name in own]))
        if fitted:  # the other constant indicators are those of the fit
            table, record = _as_fitted(table, fitted)
        else:
            record = Record(self.name)
        if not constant:
            return table, record
        if self.policy == "refuse":
            raise self._error(constant, table)
        if self.policy == "neutral":
            note, neutral = Note("constant_neutral", parts=Names.of(constant)), (*record.neutral, *constant)
            return table.with_changes(neutral=neutral), replace(record, neutral=neutral, notes=(note,))
        if len(constant) == table.values.width:
            raise DefinitionError("every indicator is the same for all units; nothing is left to score")
        note = Note("constant_dropped", parts=Names.of(constant))
        values = table.values.select(constant)
        return table.without(constant), replace(
            record, dropped=(*record.dropped, *constant), dropped_values=values, notes=(note,)
        )

    def _error(self, names: Sequence[str], table: Table) -> DataError:
        method = next(leaf.normalisation.name for leaf in self.leaves if leaf.id in names)
        if table.count_rows(self.name) == 1:
            return DataError(
                f"{method} compares units, and there is one",
                remedy="score it with an index that was fitted to more: indicia fit, indicia score; "
                f"or by {NORMALISATION} with bounds = [least, greatest] of every indicator",
            )
        key = table.scopes.normalisation.key
        verb, within = "is" if len(names) == 1 else "are", f" within {with_article(key[0])}" if key else ""
        return DataError(
            f"{join_names(names)} {verb} the same for all units{within}; {method} has no value there",
            remedy='leave out the indicator, or write constant = "drop" or constant = "neutral" in [methodology]',
        )


def _as_fitted(table: Table, fitted: Fitted) -> tuple[Table, Record]:
    """Return the table with the constant indicators of the fit; those that are left out were left out before."""
    record = Record(Constant.name, dropped=fitted.constant, neutral=fitted.neutral)
    return table.with_changes(neutral=fitted.neutral), record


def _needs_variation(leaf: Leaf) -> bool:
    # with fixed bounds, a constant has a score
    return leaf.normalisation.needs_spread and leaf.spec.bounds is None


def _constant(table: Table, names: list[str]) -> list[str]:
    """Return the indicators that are constant over all rows, or within any key of the scope."""
    scope = table.scopes.normalisation
    if not names or scope.pooled:
        return [name for name in names if table.profiles[name].constant]
    frame = table.with_scope_columns(table.values.select(names), scope)
    if scope.reference is not None:
        frame = frame.filter(scope.reference)
    ends = frame.group_by(scope.key or pl.lit(0).alias("\0"), maintain_order=table.partition is not None).agg(
        end for name in names for end in (pl.col(name).min(), pl.col(name).max().alias(f"\0max {name}"))
    )
    if table.partition is not None:
        aggregates = [end for name in names for end in ((name, "min"), (f"\0max {name}", "max"))]
        merge = ByKey(scope.key or ("\0",), tuple(aggregates))  # type: ignore[arg-type]
        ends = table.partition.ask(f"{Constant.name}: extremes", merge, lambda own=ends: own)  # type: ignore[misc]
    within = ends.select(pl.col(name) == pl.col(f"\0max {name}") for name in names)
    return [name for name in names if within[name].any()]


@dataclass(frozen=True)
class Cap(Stage):
    """Limit values to a floor and a cap."""

    name: ClassVar[str] = "cap"
    indicators: tuple[Preparation, ...]

    def apply(self, table: Table, fitted: Fitted | None = None) -> tuple[Table, Record]:  # noqa: ARG002
        """Return the table with limited values; the record has each changed cell."""
        limits = {
            indicator.id: (indicator.spec.floor, indicator.spec.cap) for indicator in table.taking_part(self.indicators)
        }
        limits = {name: pair for name, pair in limits.items() if pair != (None, None)}
        if not limits:
            return table, Record(self.name)
        capped = table.values.select(pl.col(name).clip(*pair) for name, pair in limits.items())
        rules = {
            name: ", ".join(
                f"{word} = {end:g}" for word, end in zip(("floor", "cap"), pair, strict=True) if end is not None
            )
            for name, pair in limits.items()
        }
        profiles = None
        if table.partition is not None:  # the extremes of all rows follow from those before
            profiles = {name: table.profiles[name].clipped(*pair) for name, pair in limits.items()}
        return table.with_values(capped, profiles), Record(
            self.name, changes=changes_between(self.name, table.values, capped, rules)
        )
