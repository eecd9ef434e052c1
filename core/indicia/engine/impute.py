"""Fill missing values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import Leaf
from indicia.engine.guard import asked, evaluated, expression, numbers, plugin_of
from indicia.engine.parents import with_parents
from indicia.engine.prepare import check_group
from indicia.engine.settle import Over
from indicia.errors import DataError, DefinitionError, listed
from indicia.formulas import DRAW, column
from indicia.formulas.to_polars import to_polars
from indicia.methods import MatrixImputation, SeriesImputation
from indicia.notes import Count, Names, Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from indicia.definition import Data, Node
    from indicia.engine.prepare import Prepared
    from indicia.engine.settle import Settled
    from indicia.formulas import Expression, Recorder
    from indicia.methods import Imputation


def impute(prepared: Prepared, tree: Node, data: Data, over: Over, fitted: Settled | None = None) -> Prepared:
    """Fill the missing values of indicators that have an imputation; all start from the values as they were."""
    gaps = {name for name, facts in prepared.facts.items() if facts.missing}
    filled: list[pl.Series] = []
    settled: Settled = {}
    by: dict[str, Imputation] = {}
    whose: dict[str, pl.Series | None] = {}
    for method, leaves in _by_method(tree, gaps):
        by |= {leaf.id: method for leaf in leaves}
        with asked(method, listed(leaf.id for leaf in leaves)):
            if isinstance(method, MatrixImputation):
                filled += _completed(method, leaves, prepared, gaps, over)
            elif isinstance(method, SeriesImputation):
                filled += _followed(method, leaves, prepared)
            else:
                within = Over((*over.key, *_groups(method, data, over)), over.reference)
                prepared.check_groups(within.key, str(method))
                frame = prepared.beside(prepared.values, within)
                if method.parents is not None:
                    frame, within = with_parents(
                        prepared, prepared.values, data, within, method.parents, str(method), raw=True
                    )
                formulas = {leaf.id: _Filling(method, leaf.id) for leaf in leaves}
                found = evaluated(dict.fromkeys(formulas, method), frame, formulas, within, fitted, gaps=True)
                filled += found.frame.get_columns()
                settled |= found.settled
                if parents := within.parents:
                    whose |= {leaf.id: parents.whose(leaf.id, found.settled) for leaf in leaves if leaf.id in gaps}
    if not filled:
        return prepared
    for values in filled:
        if units := prepared.naming(values, ~pl.col("\0").is_finite()):
            method = by[values.name]
            what = f"{method} has no finite value of {values.name} for {listed(units)}"
            raise DataError(what, where=plugin_of(method), remedy=f"choose another imputation for {values.name}")
    why = {name: str(method) for name, method in by.items()}
    return prepared.changed("imputation", pl.DataFrame(filled), why, settled, whose)


def unfilled(prepared: Prepared, tree: Node) -> Iterator[Note]:
    """Say where imputations had nothing to fill gaps with."""
    for leaf in tree.leaves():
        if leaf.imputation is not None and (count := prepared.facts[leaf.id].missing):
            units = prepared.naming(prepared.values[leaf.id], pl.col("\0").is_null())
            filled = {"count": Count(count, "value"), "part": Names.of([leaf.id]), "units": Names.of(units)}
            yield Note("unfilled", method=leaf.imputation, **filled)


def _by_method(tree: Node, gaps: set[str]) -> Iterator[tuple[Imputation, list[Leaf]]]:
    """Yield what is filled together: the leaves of a method, or those of it in one dimension."""
    together: list[tuple[Imputation, str, list[Leaf]]] = []  # no keys: a method may have parameters without a hash
    for node in tree.nodes():
        for part in node.components:
            if isinstance(part, Leaf) and part.imputation is not None:
                method = part.imputation
                alone = isinstance(method, MatrixImputation) and method.reach == "dimension"
                place = node.id if alone else ""
                same = (leaves for other, at, leaves in together if at == place and other == method)
                if (leaves := next(same, None)) is None:
                    together.append((method, place, [part]))
                else:
                    leaves.append(part)
    for method, _, leaves in together:
        wanting = [leaf for leaf in leaves if leaf.id in gaps]
        if not isinstance(method, MatrixImputation | SeriesImputation):
            yield method, leaves  # those without gaps too: what is fitted here may have to fill them in other data
        elif wanting:
            yield method, leaves if isinstance(method, MatrixImputation) else wanting


def _groups(method: Imputation, data: Data, over: Over) -> Iterator[str]:
    for word in method.groups:
        group = data.period if word == "period" else word
        if group != data.period:
            check_group(word, data, f"{method} names the groups")
        if group is not None and group not in over.key:
            yield group


@dataclass(frozen=True)
class _Filling:
    """The formula by which the missing values of an indicator are filled."""

    method: Imputation
    name: str

    def __call__(self, recorder: Recorder) -> Expression:
        x = column(self.name)
        with asked(self.method, self.name, recorder):
            value = self.method.fill(x, recorder(self.name, x))
        return x.fill_null(value if isinstance(value, int | float) else expression(self.method, self.name, value))


def _followed(method: SeriesImputation, leaves: Sequence[Leaf], prepared: Prepared) -> list[pl.Series]:
    if prepared.period is None:
        raise DefinitionError(f"{method.name} looks at other periods", remedy='write period = "year" in [data]')
    unit = [prepared.unit, *(name for name in (DRAW,) if name in prepared.units.columns)]
    order = prepared.units.select(*unit, pl.Series("\0t", _time(prepared.units[prepared.period])))
    frame = prepared.values.select(leaf.id for leaf in leaves).hstack(order.get_columns()).with_row_index("\0row")
    ordered = frame.sort(*unit, "\0t")
    return (
        ordered.with_columns(
            pl.col(leaf.id).fill_null(_series(method, leaf).over(unit)).alias(leaf.id) for leaf in leaves
        )
        .sort("\0row")
        .select(leaf.id for leaf in leaves)
        .get_columns()
    )


def _series(method: SeriesImputation, leaf: Leaf) -> pl.Expr:
    return to_polars(expression(method, leaf.id, method.follow(column(leaf.id), column("\0t"))).node)


def _time(period: pl.Series) -> pl.Series:
    """Return periods as numbers: years as they are, dates in days, other words by their order."""
    if period.dtype.is_temporal():
        return period.cast(pl.Date).cast(pl.Int32).cast(pl.Float64)
    numbers = period.cast(pl.Float64, strict=False)
    return period.rank("dense").cast(pl.Float64) if numbers.null_count() else numbers


def _completed(
    method: MatrixImputation, leaves: Sequence[Leaf], prepared: Prepared, gaps: set[str], over: Over
) -> list[pl.Series]:
    values = prepared.values.select(leaf.id for leaf in leaves)
    signs = np.array([-1.0 if leaf.spec.direction == "cost" else 1.0 for leaf in leaves])
    found = np.asfortranarray(values.to_numpy()) * signs  # sums follow the layout, which polars leaves open
    for rows in _together(prepared.units, over):
        given = found[rows].copy()
        found[rows] = numbers(method, listed(leaf.id for leaf in leaves), method.complete(given), given.shape)
    found *= signs
    columns = [(leaf.id, pl.Series(leaf.id, found[:, number])) for number, leaf in enumerate(leaves)]
    return [values[name].fill_null(whole.fill_nan(None)) for name, whole in columns if name in gaps]


def _together(units: pl.DataFrame, over: Over) -> Iterator[npt.NDArray[np.intp] | slice]:
    """Yield the rows that are completed together."""
    if not over.key:
        yield slice(None)
        return
    for group in units.with_row_index("\0row").partition_by(over.key, maintain_order=True):
        yield group["\0row"].to_numpy().astype(np.intp)
