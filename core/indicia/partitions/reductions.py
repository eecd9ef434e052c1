"""The states of reductions, such as sums and standard deviations, over partitions, and the rules that merge them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.formulas import PERIOD, UNIT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from indicia.formulas import Node

    State = Callable[[pl.Expr, tuple[Any, ...]], list[pl.Expr]]
    Value = Callable[[Sequence[pl.Expr], tuple[Any, ...]], pl.Expr]


@dataclass(frozen=True)
class MergeableReduction:
    """A reduction whose state over partitions can be merged."""

    state: State
    """The numbers that a partition keeps: expressions of the values and the options."""
    value: Value
    """The value over all rows: an expression of columns with one number per partition."""


def _moments(x: pl.Expr, _: tuple[Any, ...] = ()) -> list[pl.Expr]:
    return [x.count(), x.mean(), ((x - x.mean()) ** 2).sum()]


def _mean(parts: Sequence[pl.Expr], _: tuple[Any, ...] = ()) -> pl.Expr:
    count, mean = parts[:2]
    present = count.sum()
    return pl.when(present > 0).then((count * mean).sum() / present)


def _variance(parts: Sequence[pl.Expr], ddof: int) -> pl.Expr:
    # the squares about the common mean are those about the means of partitions, and those of these means
    count, mean, squares = parts
    between = (count * (mean - _mean(parts)) ** 2).sum()
    divisor = count.sum() - ddof
    return pl.when(divisor > 0).then((squares.sum() + between) / divisor)


def _of_rows(x: pl.Expr, unit: str, period: str) -> pl.Expr:
    conditions = [pl.col(name) == value for name, value in ((UNIT, unit), (PERIOD, period)) if value]
    return x.filter(pl.all_horizontal(conditions))


def _ddof(options: tuple[Any, ...]) -> int:
    """Return the divisor's number of `std` and `var`, whose options are those of polars."""
    numbers = [option for option in options if isinstance(option, int)]
    return numbers[0] if numbers else 1


def _sum(parts: Sequence[pl.Expr], _: tuple[Any, ...]) -> pl.Expr:
    return parts[0].sum()


def _first_of_rows(parts: Sequence[pl.Expr], _: tuple[Any, ...]) -> pl.Expr:
    """Return the value of the first row, missing or not, of the partitions with rows."""
    value, rows = parts
    return value.filter(rows > 0).first()


MERGEABLE: dict[str, MergeableReduction] = {
    "min": MergeableReduction(lambda x, _: [x.min()], lambda parts, _: parts[0].min()),
    "max": MergeableReduction(lambda x, _: [x.max()], lambda parts, _: parts[0].max()),
    "sum": MergeableReduction(lambda x, _: [x.sum()], _sum),
    "count": MergeableReduction(lambda x, _: [x.count()], _sum),
    "len": MergeableReduction(lambda x, _: [x.len()], _sum),
    "null_count": MergeableReduction(lambda x, _: [x.null_count()], _sum),
    "any": MergeableReduction(lambda x, _: [x.any()], lambda parts, _: parts[0].max()),
    "all": MergeableReduction(lambda x, _: [x.all()], lambda parts, _: parts[0].min()),
    "product": MergeableReduction(lambda x, _: [x.product()], lambda parts, _: parts[0].product()),
    "mean": MergeableReduction(lambda x, _: [x.count(), x.mean()], _mean),
    "deviation": MergeableReduction(_moments, lambda parts, options: _variance(parts, options[0]).sqrt()),
    "std": MergeableReduction(_moments, lambda parts, options: _variance(parts, _ddof(options)).sqrt()),
    "var": MergeableReduction(_moments, lambda parts, options: _variance(parts, _ddof(options))),
    "norm": MergeableReduction(lambda x, _: [(x**2).sum()], lambda parts, _: parts[0].sum().sqrt()),
    "value_of_unit": MergeableReduction(
        lambda x, options: [_of_rows(x, options[0], "").first(), _of_rows(x, options[0], "").len()],
        _first_of_rows,
    ),
    "first": MergeableReduction(lambda x, _: [x.first(), x.len()], _first_of_rows),
    "last": MergeableReduction(lambda x, _: [x.last(), x.len()], lambda parts, _: parts[0].filter(parts[1] > 0).last()),
    "mean_of": MergeableReduction(
        lambda x, options: [_of_rows(x, *options).count(), _of_rows(x, *options).mean()], _mean
    ),
}
"""The reductions that partitions can compute, by kind; any other needs all rows."""


@dataclass(frozen=True)
class MergeReductions:
    """Merges the states of several reductions, over all rows or within a key.

    A state is a frame with the columns of the key and the numbers of each reduction, one row per key and partition.
    """

    kinds: tuple[tuple[str, tuple[Any, ...]], ...]
    """The kind and the options of each reduction."""
    key: tuple[str, ...] = ()

    def state(self, frame: pl.DataFrame, values: Sequence[pl.Expr]) -> pl.DataFrame:
        """Return the state of the rows of a frame, given the values of each reduction as expressions."""
        numbers = [
            number.cast(pl.Float64).alias(f"\0{place} {part}")
            for place, ((kind, options), x) in enumerate(zip(self.kinds, values, strict=True))
            for part, number in enumerate(MERGEABLE[kind].state(x, options))
        ]
        return frame.group_by(self.key, maintain_order=True).agg(numbers) if self.key else frame.select(numbers)

    def join(self, first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of both."""
        return pl.concat([first, second])

    def value(self, state: pl.DataFrame) -> pl.DataFrame:
        """Return the key, and the value of each reduction in a column that its number names."""
        values = []
        for place, (kind, options) in enumerate(self.kinds):
            parts = [pl.col(name) for name in state.columns if name.startswith(f"\0{place} ")]
            parts = [part.fill_null(0.0) if _is_empty_sum(kind, number) else part for number, part in enumerate(parts)]
            values.append(MERGEABLE[kind].value(parts, options).alias(value_column(place)))
        return state.group_by(self.key, maintain_order=True).agg(values) if self.key else state.select(values)


def value_column(place: int) -> str:
    """Return the name of the column with the values of a reduction, given its place."""
    return f"\0{place}"


def _is_empty_sum(kind: str, number: int) -> bool:
    """Return whether a number of a state is a mean, which is missing where a partition has no values."""
    return kind in ("mean", "deviation", "std", "var", "mean_of") and number == 1


def is_mergeable(reduction: Node) -> bool:
    """Return whether partitions can compute a reduction."""
    return reduction.kind in MERGEABLE
