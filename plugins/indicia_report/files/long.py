"""A result as one long table, a row per value, with the columns and codes of SDMX."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from indicia.data import numbers
from indicia.definition import text, unit_of_measure
from indicia.run import IMPUTED_SHARE, band_names, numbers_of_bands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.result import Result

STATUS = {"normal": "A", "imputed": "I", "estimated": "E", "missing": "O"}
"""Codes of the SDMX list CL_OBS_STATUS 2.0; estimated values are treated, capped or simulated."""


def long_table(result: Result, language: str | None = None) -> pl.DataFrame:
    """Return every value of a result: indicators as prepared and normalised, scores of all nodes, ranks of the index.

    MEASURE is VALUE (as prepared), NORMALISED, SCORE, RANK, or RANK_ with a column of groups. The unit of measure IX
    means an index. BAND is the number of the band in the classification INDICATOR, and OBS_COMMENT its name. If values
    are imputed, IMPUTED_SHARE is the share of the weight of the index that rests on imputed values, and OBS_COMMENT
    marks the scores that are computed from imputed values. VALUE and OBSERVED are absent if the index does not publish
    raw values. If values have attributes, OBSERVED is such a value as the table has it, with its own OBS_STATUS, and
    with the columns TIME_DETAIL (its year), SOURCE_DETAIL and STANDARD_ERROR.

    >>> import indicia
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo"], "income": [3.0, 9.0]})
    >>> long = long_table(indicia.score(table))
    >>> long.filter(MEASURE="SCORE").select("REF_AREA", "INDICATOR", "OBS_VALUE", "OBS_STATUS").rows()
    [('Lima', 'index', 0.0, 'A'), ('Oslo', 'index', 1.0, 'A')]
    """
    long = pl.concat(_columns(result, language))
    if result.attributes.is_empty() or not result.definition.publishes_raw_values:
        return long
    return pl.concat([long, _observed(result, language)], how="diagonal")


def _observed(result: Result, language: str | None) -> pl.DataFrame:
    """Return the values with attributes as the table has them."""
    period, specs = result.definition.data.period, result.definition.indicators
    labels = {name: text(spec.name, language, name) for name, spec in specs.items()}
    units = {name: text(spec.unit, language) or None for name, spec in specs.items()}
    value, status = pl.col("value").fill_nan(None), pl.col("status")
    return result.attributes.select(
        pl.col(result.unit).cast(pl.String).alias("REF_AREA"),
        TIME_PERIOD=pl.col(period).cast(pl.String) if period else pl.lit(None, pl.String),
        MEASURE=pl.lit("OBSERVED"),
        INDICATOR=pl.col("indicator"),
        INDICATOR_LABEL=pl.col("indicator").replace(labels),
        OBS_VALUE=value,
        UNIT_MEASURE=pl.col("indicator").replace_strict(units, return_dtype=pl.String),
        OBS_STATUS=status.fill_null(
            pl.when(value.is_null()).then(pl.lit(STATUS["missing"])).otherwise(pl.lit(STATUS["normal"]))
        ),
        OBS_COMMENT=pl.lit(None, pl.String),
        TIME_DETAIL=pl.col("year").cast(pl.String),
        SOURCE_DETAIL=pl.col("source"),
        STANDARD_ERROR=pl.col("standard_error"),
    )


def _columns(result: Result, language: str | None) -> Iterator[pl.DataFrame]:
    scored, definition = result.scored, result.definition
    period = definition.data.period
    keys = scored.units.select(
        pl.col(result.unit).cast(pl.String).alias("REF_AREA"),
        (pl.col(period).cast(pl.String) if period else pl.lit(None, pl.String)).alias("TIME_PERIOD"),
    )
    cells = _changed_values(result, keys)

    unchanged = keys.with_columns(code=pl.lit(None, pl.String), comment=pl.lit(None, pl.String)).select(
        "code", "comment"
    )

    def column(
        measure: str, name: str, label: str, unit: str, values: pl.Series, simulated: bool = False
    ) -> pl.DataFrame:
        default_code, default_comment = (STATUS["estimated"], "simulated") if simulated else (STATUS["normal"], None)
        frame = keys.hstack(cells.get((measure, name), unchanged).get_columns()).with_columns(
            pl.Series("value", numbers(values)).fill_nan(None)
        )
        status = pl.col("code").fill_null(default_code)
        return frame.select(
            "REF_AREA",
            "TIME_PERIOD",
            MEASURE=pl.lit(measure),
            INDICATOR=pl.lit(name),
            INDICATOR_LABEL=pl.lit(label),
            OBS_VALUE=pl.col("value"),
            UNIT_MEASURE=pl.lit(unit or None, pl.String),
            OBS_STATUS=pl.when(pl.col("value").is_null()).then(pl.lit(STATUS["missing"])).otherwise(status),
            OBS_COMMENT=pl.col("comment").fill_null(pl.lit(default_comment, pl.String)),
        )

    for leaf in scored.tree.leaves():
        label = text(leaf.spec.name, language, leaf.id)
        unit, simulated = unit_of_measure(leaf, language), leaf.spec.simulated
        if definition.publishes_raw_values:
            yield column("VALUE", leaf.id, label, unit, scored.prepared[leaf.id], simulated)
        yield column("NORMALISED", leaf.id, label, "IX", scored.normalised[leaf.id], simulated)
    for node in scored.tree.nodes():
        name = definition.dimensions[node.id].name if node.id in definition.dimensions else definition.name
        yield column("SCORE", node.id, text(name, language, node.id), "IX", scored.nodes[node.id])
    for name in scored.ranks.columns:
        label = text(definition.name, language)
        yield column("RANK" + name.removeprefix("rank").upper(), scored.tree.id, label, "NUMBER", scored.ranks[name])
    for name, bands in definition.bands.items():
        number = pl.Series(numbers_of_bands(result.bands_of_rows[name], bands))
        comment = band_names(result.bands_of_rows[name], bands, language) if bands.has_names else None
        cells["BAND", name] = unchanged.with_columns(comment=comment)
        yield column("BAND", name, text(bands.name, language, name), "NUMBER", number)
    if IMPUTED_SHARE in result.scores.columns:
        label = text(definition.name, language)
        yield column("IMPUTED_SHARE", scored.tree.id, label, "NUMBER", result.scores[IMPUTED_SHARE])


def _changed_values(result: Result, keys: pl.DataFrame) -> dict[tuple[str, str], pl.DataFrame]:
    """Return the codes and comments of columns with changed values, a row per unit."""
    changes: dict[tuple[str, str], pl.DataFrame] = {}
    for change in result.scored.changes:
        measure = "NORMALISED" if change.stage in ("clip", "missing") else "VALUE"
        code = STATUS["imputed"] if change.stage in ("imputation", "missing") else STATUS["estimated"]
        # A transform changes the scale of all values; a replaced missing value enters only the score of the parent.
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
