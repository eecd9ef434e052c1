"""Leave out units and indicators of which too little is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import Screening
from indicia.errors import DataError, NothingKept, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from indicia.definition import Node
    from indicia.engine.prepare import Prepared


@dataclass(frozen=True)
class Screened:
    """What stays, and what was left out for which reason."""

    prepared: Prepared
    indicators: tuple[str, ...]
    """Those left out."""
    left_out: pl.DataFrame
    """What (unit and period, or indicator), share found, share asked for, of what."""


def screen(prepared: Prepared, tree: Node, screening: Screening, whole: bool = True) -> Screened:
    """Leave out indicators that too few units have, then units that have too little of the rest.

    Where these are not the `whole` data, what they say of indicators counts for nothing, and names may be elsewhere.
    """
    if screening == Screening():
        return Screened(prepared, (), _nothing(prepared))
    names = [leaf.id for leaf in tree.leaves()]
    if whole:
        _check_names(screening, prepared, names)
    columns = _sparse(prepared, names, screening.indicators if whole else None, screening.keep)
    sparse = set(columns["indicator"])
    kept = [name for name in names if name not in sparse]
    if not kept:
        raise DataError(
            "no indicator has as many values as screening asks for", remedy="ask for less: [screening] indicators = 0.5"
        )
    rows = _shares(prepared, tree, kept, screening)
    unit = prepared.units[prepared.unit]
    forced_in, forced_out = unit.is_in(screening.keep), unit.is_in(screening.without)
    too_low = [(row, (row["found"] < row["asked"]) & ~forced_in) for row in rows]
    stays = ~forced_out
    for _, low in too_low:
        stays &= ~low
    if not stays.any():
        raise NothingKept("screening leaves out every unit", remedy="ask for less in [screening]")
    about = prepared.units.select(prepared.key)
    reasons = [
        about.hstack(row.get_columns()).filter(low).with_columns(pl.lit(None, pl.String).alias("indicator"))
        for row, low in too_low
    ]
    reasons.append(
        about.filter(forced_out).with_columns(
            found=pl.lit(None, pl.Float64),
            asked=pl.lit(None, pl.Float64),
            of=pl.lit("by name"),
            indicator=pl.lit(None, pl.String),
        )
    )
    left_out = pl.concat([_nothing(prepared), *reasons, columns], how="diagonal")
    if not stays.all() or len(kept) < len(names):
        units, values = prepared.units.filter(stays), prepared.values.select(kept).filter(stays)
        aside = prepared.units.filter(~stays).hstack(prepared.values.select(kept).filter(~stays))
        prepared = replace(prepared, units=units, values=values, aside=aside)
    return Screened(prepared, tuple(columns["indicator"]), left_out)


def _nothing(prepared: Prepared) -> pl.DataFrame:
    kinds = {"found": pl.Float64, "asked": pl.Float64, "of": pl.String, "indicator": pl.String}
    return pl.DataFrame(schema={**{name: prepared.units.schema[name] for name in prepared.key}, **kinds})


def _sparse(prepared: Prepared, names: list[str], asked: float | None, keep: Collection[str]) -> pl.DataFrame:
    found = {}
    if asked is not None:
        rows = len(prepared.values)
        shares = {name: (rows - prepared.facts[name].missing) / rows for name in names}
        found = {name: share for name, share in shares.items() if share < asked and name not in keep}
    return pl.DataFrame(
        {"indicator": list(found), "found": list(found.values())}, schema={"indicator": pl.String, "found": pl.Float64}
    ).with_columns(asked=pl.lit(asked, pl.Float64), of=pl.lit("units"))


def _shares(prepared: Prepared, tree: Node, names: list[str], screening: Screening) -> list[pl.DataFrame]:
    """Return, per question, the share that each row has of what it should have."""

    def share(of: str, what: pl.Expr, asked: float) -> pl.DataFrame:
        return prepared.values.select(found=what.cast(pl.Float64), asked=pl.lit(asked), of=pl.lit(of))

    def present(columns: list[str]) -> pl.Expr:
        return pl.mean_horizontal(pl.col(name).is_not_null().cast(pl.Float64) for name in columns)

    rows = []
    if screening.units is not None:
        rows.append(share("indicators", present(names), screening.units))
    if screening.dimensions is not None:
        rows += [
            share(f"indicators of {node}", present(columns), screening.dimensions)
            for node, columns in _by_dimension(tree, names)
        ]
    if screening.non_zero is not None:
        other = pl.mean_horizontal((pl.col(name) != 0).cast(pl.Float64) for name in names)
        rows.append(share("values other than zero", other.fill_null(1.0), screening.non_zero))
    return rows


def _by_dimension(tree: Node, names: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    wanted = set(names)
    for node in tree.nodes():
        if columns := [part.id for part in node.components if part.id in wanted]:
            yield node.id, columns


def _check_names(screening: Screening, prepared: Prepared, indicators: list[str]) -> None:
    units = set(prepared.units[prepared.unit]) if screening.keep or screening.without else set()
    for word, names, known in (
        ("keep", screening.keep, units | set(indicators)),
        ("without", screening.without, units),
    ):
        if unknown := [name for name in names if name not in known]:
            raise DataError(
                f"[screening] {word} names what is not there: {listed(unknown)}",
                remedy=nearest(unknown[0], known),
                word=("screening", word),
            )
