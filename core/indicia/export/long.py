"""A result as one long table, a row per value, with the columns and codes of SDMX."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import text
from indicia.export.contents import numbers
from indicia.run import IMPUTED_SHARE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.definition import Leaf
    from indicia.result import Result

STATUS = {"normal": "A", "imputed": "I", "estimated": "E", "missing": "O"}
"""Codes of the SDMX list CL_OBS_STATUS 2.0; estimated is what was treated or capped, and simulated figures."""


def long_table(result: Result, language: str | None = None) -> pl.DataFrame:
    """Return every value of a result: indicators as prepared and normalised, scores of all nodes, ranks of the index.

    MEASURE is VALUE (as prepared), NORMALISED, SCORE, RANK or RANK_ and a group; the unit IX is that of an index. Where
    the methodology fills gaps, IMPUTED_SHARE is the share of the weight of the index that rests on imputed values, and
    OBS_COMMENT names the scores that are computed from some.

    >>> import indicia
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo"], "income": [3.0, 9.0]})
    >>> long = long_table(indicia.score(table))
    >>> long.filter(MEASURE="SCORE").select("REF_AREA", "INDICATOR", "OBS_VALUE", "OBS_STATUS").rows()
    [('Lima', 'index', 0.0, 'A'), ('Oslo', 'index', 1.0, 'A')]
    """
    return pl.concat(_columns(result, language))


def _columns(result: Result, language: str | None) -> Iterator[pl.DataFrame]:
    scored, definition = result.scored, result.definition
    period = definition.data.period
    keys = scored.units.select(
        pl.col(result.unit).cast(pl.String).alias("REF_AREA"),
        (pl.col(period).cast(pl.String) if period else pl.lit(None, pl.String)).alias("TIME_PERIOD"),
    )
    cells = _changed(result, keys)

    unchanged = keys.with_columns(code=pl.lit(None, pl.String), comment=pl.lit(None, pl.String)).select(
        "code", "comment"
    )

    def column(
        measure: str, name: str, called: str, unit: str, values: pl.Series, simulated: bool = False
    ) -> pl.DataFrame:
        usual, remark = (STATUS["estimated"], "simulated") if simulated else (STATUS["normal"], None)
        frame = keys.hstack(cells.get((measure, name), unchanged).get_columns()).with_columns(
            pl.Series("value", numbers(values)).fill_nan(None)
        )
        status = pl.col("code").fill_null(usual)
        return frame.select(
            "REF_AREA",
            "TIME_PERIOD",
            MEASURE=pl.lit(measure),
            INDICATOR=pl.lit(name),
            INDICATOR_LABEL=pl.lit(called),
            OBS_VALUE=pl.col("value"),
            UNIT_MEASURE=pl.lit(unit or None, pl.String),
            OBS_STATUS=pl.when(pl.col("value").is_null()).then(pl.lit(STATUS["missing"])).otherwise(status),
            OBS_COMMENT=pl.col("comment").fill_null(pl.lit(remark, pl.String)),
        )

    for leaf in scored.tree.leaves():
        called = text(leaf.spec.name, language, leaf.id)
        unit, made_up = measured_in(leaf, language), leaf.spec.simulated
        yield column("VALUE", leaf.id, called, unit, scored.prepared[leaf.id], made_up)
        yield column("NORMALISED", leaf.id, called, "IX", scored.normalised[leaf.id], made_up)
    for node in scored.tree.nodes():
        named = definition.dimensions[node.id].name if node.id in definition.dimensions else definition.name
        yield column("SCORE", node.id, text(named, language, node.id), "IX", scored.nodes[node.id])
    for name in scored.ranks.columns:
        called = text(definition.name, language)
        yield column("RANK" + name.removeprefix("rank").upper(), scored.tree.id, called, "NUMBER", scored.ranks[name])
    if IMPUTED_SHARE in result.scores.columns:
        called = text(definition.name, language)
        yield column("IMPUTED_SHARE", scored.tree.id, called, "NUMBER", result.scores[IMPUTED_SHARE])


def measured_in(leaf: Leaf, language: str | None) -> str:
    """Return the unit of measure of an indicator as it is normalised: a transform changes it."""
    unit = text(leaf.spec.unit, language)
    return f"{leaf.transform} of {unit}" if unit and leaf.transform else unit


def _changed(result: Result, keys: pl.DataFrame) -> dict[tuple[str, str], pl.DataFrame]:
    """Return codes and comments by row for columns with values that are not as measured."""
    changes: dict[tuple[str, str], pl.DataFrame] = {}
    for change in result.scored.changes:
        measure = "NORMALISED" if change.stage in ("clip", "missing") else "VALUE"
        code = STATUS["imputed"] if change.stage in ("imputation", "missing") else STATUS["estimated"]
        # A transform changes the scale and no value, and a gap is filled for the parent alone.
        if change.stage in ("transform", "missing"):
            continue
        for name in change.after.columns:
            before, after = change.before[name], change.after[name]
            differs = before.ne_missing(after)
            comment = pl.format(
                "{}: {} to {}, {}",
                pl.lit(change.stage),
                pl.Series(before).cast(pl.String).fill_null("missing"),
                pl.Series(after).cast(pl.String).fill_null("missing"),
                change.reasons(name),
            )
            new = keys.select(
                pl.when(differs).then(pl.lit(code)).alias("code"), pl.when(differs).then(comment).alias("comment")
            )
            old = changes.get((measure, name))
            if old is not None:
                both = pl.concat_str(old["comment"], new["comment"], separator="; ", ignore_nulls=True)
                either = old["comment"].is_not_null() | new["comment"].is_not_null()
                new = keys.select(
                    pl.coalesce(old["code"], new["code"]).alias("code"),
                    pl.when(either).then(both).alias("comment"),
                )
            changes[measure, name] = new
            if change.stage == "imputation":
                flags = [pl.when(differs).then(pl.lit(value)) for value in (code, change.stage)]
                changes["NORMALISED", name] = keys.select(code=flags[0], comment=flags[1])
    for node in result.scored.tree.nodes():
        if node.id in result.imputed.values.columns:
            computed = pl.when(result.imputed.values[node.id]).then(pl.lit("computed from imputed values"))
            changes["SCORE", node.id] = keys.select(code=pl.lit(None, pl.String), comment=computed)
    return changes
