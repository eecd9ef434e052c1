"""Published rankings, and their agreement with methodologies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from indicia.catalogue import installed
from indicia.data import read_table
from indicia.data.cell_text import cell_text
from indicia.definition import Reference, text
from indicia.errors import DataError, join_names, suggest
from indicia.methods import Agreement

if TYPE_CHECKING:
    from indicia.definition import Definition
    from indicia.types import AgreementChoice


@dataclass(frozen=True)
class Published:
    """A published ranking of units: ranks, scores, both, or a set of the first units without order."""

    name: str
    values: pl.DataFrame
    """The columns `unit`, and `rank` or `score` or both; a set has only `unit`."""
    tolerance: float = 1e-9
    unknown: tuple[str, ...] = ()
    """Units that the data do not have."""
    lowest_first: bool = False
    """True if the lowest published score has rank 1."""

    @property
    def is_set(self) -> bool:
        """True for a set of units without order."""
        return self.values.width == 1

    @property
    def needs_reranking(self) -> bool:
        """True if the common units must be ranked again, because the published ranks include further units."""
        return "rank" not in self.values.columns or bool(self.unknown)

    @property
    def ranks(self) -> pl.DataFrame:
        """The columns `unit` and `published`, the rank; published scores are ranked from the end of the index."""
        if "rank" in self.values.columns:
            return self.values.select("unit", published=pl.col("rank").cast(pl.Float64))
        rank = pl.col("score").rank("min", descending=not self.lowest_first)
        return self.values.select("unit", published=rank.cast(pl.Float64))

    @classmethod
    def of(
        cls, source: object, definition: Definition, units: pl.DataFrame, folder: Path, period: str | None
    ) -> Published | None:
        """Read a published ranking from a path, a frame, or a list of units.

        The columns are `rank`, `score`, and the column of units as in the index; a table of names only is a set. For
        None, the source is the reference of the index file, if there is one. `units` has the units of the data with
        their labels. DataError if the data have no unit of the ranking, or lack a unit of a set.
        """
        if source is None:
            reference = definition.reference
        elif isinstance(source, Reference):
            reference = source
        else:
            reference = None
        if reference is not None:
            return cls._of_reference(reference, definition, units, folder, period)
        return None if source is None else cls._of_table(source, definition, units, period)

    @classmethod
    def _of_reference(
        cls, reference: Reference, definition: Definition, units: pl.DataFrame, folder: Path, period: str | None
    ) -> Published:
        if reference.top is not None:
            name = text(reference.name, default="the published set")
            return _in_data(name, pl.DataFrame({"unit": reference.top}), units)
        unit = reference.unit or str(definition.data.unit)
        pairs = [(name, column) for name, column in (("score", reference.score), ("rank", reference.rank)) if column]
        frame = read_table(reference.path, text=[unit], numbers=[column for _, column in pairs], folder=folder)
        frame = _of_period(frame, reference.period or definition.data.period, period)
        values = frame.select(pl.col(unit).alias("unit"), *(pl.col(column).alias(name) for name, column in pairs))
        return _in_data(text(reference.name, default="the published index"), values, units, reference.tolerance)

    @classmethod
    def _of_table(cls, source: object, definition: Definition, units: pl.DataFrame, period: str | None) -> Published:
        name = Path(source).name if isinstance(source, (str, Path)) else "the published ranking"
        if not isinstance(source, (str, Path)) and isinstance(source, Iterable) and not hasattr(source, "columns"):
            return _in_data(name, pl.Series("unit", list(map(str, source)), pl.String).to_frame(), units)
        frame = read_table(source)
        columns = {column.strip().lower(): column for column in frame.columns}
        numbers = {word: columns[word] for word in ("score", "rank") if word in columns}
        unit = next((column for column in units.columns if column in frame.columns), None)
        unit = unit or next((column for column in frame.columns if column not in numbers.values()), None)
        if unit is None:
            raise DataError(f"{name} has no column of units", remedy=f"name it {units.columns[0]}")
        others = [column for column in frame.columns if column not in (unit, definition.data.period, *units.columns)]
        if not numbers and others:
            raise DataError(
                f"{name} has neither a column rank nor a column score",
                where=f"columns: {', '.join(frame.columns)}",
                remedy="rename the column; a set without order has a column of names only",
            )
        frame = read_table(source, text=[unit], numbers=list(numbers.values()))
        frame = _of_period(frame, definition.data.period, period)
        values = frame.select(
            pl.col(unit).alias("unit"), *(pl.col(column).alias(word) for word, column in numbers.items())
        )
        if not numbers and unit in set(units.to_series(0)):  # a list of names without a heading
            values = pl.concat([pl.DataFrame({"unit": [unit]}), values])
        return _in_data(name, values, units)


def _of_period(frame: pl.DataFrame, column: str | None, period: str | None) -> pl.DataFrame:
    if column is None or period is None or column not in frame.columns:
        return frame
    return frame.filter(frame.select(cell_text(column, frame.schema[column])).to_series() == period)


def _in_data(name: str, values: pl.DataFrame, units: pl.DataFrame, tolerance: float = 1e-9) -> Published:
    """Keep the units that the data have, by name or by label; the data must have all units of a set."""
    values = values.drop_nulls()
    name_column = max(units, key=lambda column: column.is_in(values["unit"].implode()).sum())
    by_name = dict(zip(name_column, units.to_series(0), strict=True))
    unknown = [unit for unit in values["unit"] if unit not in by_name]
    is_set = values.width == 1
    if is_set and unknown:
        raise DataError(
            f"{name} names units that the data do not have: {join_names(unknown)}",
            remedy=suggest(unknown[0], [str(unit) for unit in by_name]),
        )
    common = values.filter(~pl.col("unit").is_in(unknown)).with_columns(pl.col("unit").replace_strict(by_name))
    if common.is_empty():
        raise DataError(f"no unit of {name} is in the data", remedy=f"name units as the column {units.columns[0]} does")
    if is_set:
        common = common.unique(maintain_order=True)
    if not common["unit"].is_unique().all():
        duplicates = common["unit"].filter(common["unit"].is_duplicated()).unique(maintain_order=True)
        raise DataError(f"{name} has units more than once: {join_names(duplicates)}", remedy="keep one row per unit")
    return Published(name, common, tolerance, tuple(unknown))


def compare_with(
    ranks: pl.DataFrame, scores: pl.DataFrame, published: Published, method: AgreementChoice
) -> pl.DataFrame:
    """Compare each methodology with a published ranking; sort by agreement, the best first.

    The first column of `ranks` and `scores` has the units; the columns with numbers as names are methodologies.
    """
    numbers = [name for name in ranks.columns if name.isdecimal()]
    methodologies = pl.DataFrame({"methodology": [int(name) for name in numbers]})
    if published.is_set:
        names, size = published.values["unit"].to_list(), len(published.values)
        set_ranks = ranks.filter(pl.nth(0).is_in(names))
        recovered = set_ranks.select((pl.col(numbers) <= size).sum()).row(0)
        table = methodologies.with_columns(recovered=pl.Series(recovered, dtype=pl.Int64), of=pl.lit(size, pl.Int64))
        return table.sort(["recovered", "methodology"], descending=[True, False])
    agreement = installed().choose("agreement", method)
    assert isinstance(agreement, Agreement)
    own_ranks = ranks.select(pl.nth(0).alias("unit"), pl.col(numbers).cast(pl.Float64))
    common = published.ranks.join(own_ranks, on="unit", maintain_order="left")
    rows = [_compare_ranks(common.select("published", name).drop_nulls(), published, agreement) for name in numbers]
    kinds = {"agreement": pl.Float64, "mean_shift": pl.Float64, "equal_ranks": pl.Int64, "of": pl.Int64}
    table = methodologies.hstack(pl.DataFrame(rows, schema=kinds, orient="row"))
    if "score" in published.values.columns:
        table = table.hstack([_equal_scores(scores, numbers, published)])
    if "rank" not in published.values.columns:
        table = table.drop("equal_ranks")
    return table.sort(["agreement", "methodology"], descending=[not agreement.distance, False], nulls_last=True)


def _compare_ranks(
    pair: pl.DataFrame, published: Published, agreement: Agreement
) -> tuple[float | None, float | None, int, int]:
    """Compare two columns of ranks: agreement, mean shift, the number of equal ranks, and the number of units."""
    if published.needs_reranking:
        pair = pair.select(pl.all().rank("min").cast(pl.Float64))
    published_ranks, own_ranks = pair
    distance = (published_ranks - own_ranks).abs()
    both_vary = len(pair) >= agreement.minimum_units and published_ranks.n_unique() > 1 and own_ranks.n_unique() > 1
    first, second = pair.select(pl.all().rank("average")).to_numpy().T
    value = float(agreement.measure(first, second[None])[0]) if both_vary else None
    shift = float(distance.mean()) if len(pair) else None  # type: ignore[arg-type]
    return value, shift, int((distance == 0).sum()), len(pair)


def _equal_scores(scores: pl.DataFrame, numbers: list[str], published: Published) -> pl.Series:
    common = published.values.join(scores.select(pl.nth(0).alias("unit"), *numbers), on="unit")
    equal = common.select(((pl.col(numbers) - pl.col("score")).abs() <= published.tolerance).sum()).row(0)
    return pl.Series("equal_scores", equal, dtype=pl.Int64)
