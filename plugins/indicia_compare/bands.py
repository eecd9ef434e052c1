"""The units that change bands between methodologies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.errors import IndiciaError
from indicia.run import Scored, classify

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class BandsOfMethodology:
    """The bands of the units by one methodology."""

    frame: pl.DataFrame
    """The unit, and a column of band names for each classification."""
    reason: str | None = None
    """The reason why the methodology has no bands, such as scores beyond all ranges."""

    @classmethod
    def of(cls, scored: Scored, rows: pl.Series) -> BandsOfMethodology:
        """Return the bands of the rows of a period."""
        if not scored.definition.bands:
            return cls(pl.DataFrame())
        units = scored.units.select(scored.source.unit)
        try:
            columns = classify(scored).cast(pl.String).get_columns()
        except IndiciaError as error:
            return cls(units.clear(), error.reason)
        return cls(units.hstack(columns).filter(rows))


def band_changes(methods: Sequence[tuple[int, str]], bands: Sequence[BandsOfMethodology]) -> pl.DataFrame:
    """Return the number of units that change bands from the first methodology, by methodology and classification.

    Units that have a band by both methodologies are counted. `changed` is null for a methodology without bands, with
    the reason.
    """
    first, rows = bands[0].frame, list[tuple[object, ...]]()
    unit = pl.nth(0).alias("\0unit")
    names = first.columns[1:] or next((other.frame.columns[1:] for other in bands if other.frame.width > 1), [])
    for (number, label), other in zip(methods, bands, strict=True):
        for name in names:
            reason = bands[0].reason or other.reason
            if reason or name not in other.frame.columns:
                rows.append((number, label, name, None, None, None, reason or "left out by this methodology"))
                continue
            both = first.select(unit, pl.col(name).alias("\0first")).join(
                other.frame.select(unit, pl.col(name).alias("\0other")), on="\0unit"
            )
            both = both.drop_nulls()
            changed = int((both["\0first"] != both["\0other"]).sum())
            rows.append((number, label, name, len(both), changed, changed / len(both) if len(both) else None, None))
    return pl.DataFrame(rows, _SCHEMA, orient="row")


_SCHEMA = {
    "methodology": pl.Int64,
    "label": pl.String,
    "bands": pl.String,
    "units": pl.Int64,
    "changed": pl.Int64,
    "share": pl.Float64,
    "reason": pl.String,
}
