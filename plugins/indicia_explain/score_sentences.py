"""The sentences of the explanation of a score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.definition import ROOT
from indicia.notes import Count, Names, Note, Rank
from indicia_explain.cells import signed
from indicia_explain.figures import decimals_of
from indicia_explain.unmeasured import sentences_apart, unmeasured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.result import Result
    from indicia_explain.score_parts import ScoreParts
    from indicia_explain.unmeasured import Reason

_LISTED = 3
"""The most parts that a sentence names."""
_NOISE = 1e-12
"""A smaller difference, relative to the scores, is rounding noise."""


def findings_of(
    result: Result, row: int, totals: Mapping[str, Any], parts: pl.DataFrame, nodes: pl.DataFrame
) -> tuple[Note, ...]:
    """Return the sentences on rank, distances, strongest and weakest parts, strengths and weaknesses."""
    strongest = _strongest(result, totals["unit"], unmeasured(result, row), nodes)
    return (_headline(result, totals), *_distances(result, totals), *strongest, *_kinds(parts))


def _headline(result: Result, totals: Mapping[str, Any]) -> Note:
    unit = Names.of([totals["unit"]])
    score = f"{totals['published']:,.{result.shown_decimals}f}".replace("-", "−")
    if totals["rank"] is None:
        return Note("score_unranked", unit=unit, score=score, when=_when(totals))
    return Note(
        "score_rank", unit=unit, rank=Rank(totals["rank"]), number=f"{totals['of']:,}", score=score, when=_when(totals)
    )


def _when(totals: Mapping[str, Any]) -> Note | str:
    return Note("score_period", period=totals["period"]) if "period" in totals else ""


def _distances(result: Result, totals: Mapping[str, Any]) -> Iterator[Note]:
    if totals["base"] is not None:
        noise = _NOISE * max(abs(totals["base"]), abs(totals["score"]))
        above = totals["above_base"] if abs(totals["above_base"]) > noise else 0.0
        key = "score_above_median" if above > 0 else "score_below_median" if above < 0 else "score_at_median"
        place = {"behind": f"{totals['behind_base']:,}", "number": f"{totals['of']:,}"}
        yield Note(key, base=_figure(result, totals["base"]), distance=_figure(result, abs(above)), **place)
    best = totals["best_unit"]
    if best is not None and best != totals["unit"]:
        distance = totals["best_score"] - totals["score"]
        if abs(distance) > _NOISE * abs(totals["best_score"]):  # none is better than a unit that shares the best score
            # a unit that is not ranked may be better than all that are
            is_beyond = (distance > 0) == result.scored.tree.low_is_best
            figures = {"score": _figure(result, totals["best_score"]), "distance": _figure(result, abs(distance))}
            if not is_beyond:
                yield Note("score_to_best", best=Names.of([best]), **figures)
            elif totals["rank"] is None:
                yield Note("score_beyond_best", best=Names.of([best]), **figures)


def _strongest(result: Result, unit: str, reasons: Mapping[str, Reason], nodes: pl.DataFrame) -> Iterator[Note]:
    """Yield the measured components of the index that help most, and that harm most, and then the unmeasured ones."""
    components = nodes.filter(pl.col("node") == ROOT).drop_nulls("vs_median")
    gain = -pl.col("vs_median") if result.scored.tree.low_is_best else pl.col("vs_median")
    # a part that is written as zero is neither
    components = components.filter(gain.abs() >= 0.5 * 10.0 ** -decimals_of(result))
    measured = ~pl.col("part").is_in(list(reasons))
    for key, effect in (("score_strongest", gain), ("score_weakest", -gain)):
        chosen = components.filter(measured & (effect > 0)).sort(effect, descending=True, maintain_order=True)
        if len(chosen):
            pairs = chosen.select("part", "vs_median").head(_LISTED).iter_rows()
            yield Note(key, parts=Names(tuple(_signed(result, part, value) for part, value in pairs)))
    rest = components.filter(~measured).sort(gain.abs(), descending=True, maintain_order=True)
    pairs = rest.select("part", "vs_median").iter_rows()
    yield from sentences_apart(unit, [(part, _signed(result, part, value)) for part, value in pairs], reasons)


def _signed(result: Result, part: str, value: float) -> Note:
    return Note("score_part", part=Names.of([part]), value=signed(value, decimals_of(result)))


def _kinds(parts: pl.DataFrame) -> Iterator[Note]:
    """Yield the strengths and the weaknesses of the unit, the largest first."""
    for kind, key in (("strength", "score_strength"), ("weakness", "score_weakness")):
        chosen = parts.filter(pl.col("kind") == kind).sort(pl.col("vs_median").abs(), descending=True)
        if len(chosen):
            places = chosen.select("indicator", "rank", "of").iter_rows()
            yield Note(key, parts=Names(tuple(_placed(*place) for place in places)))


def _placed(name: str, rank: float | None, number: int) -> Note | str:
    """Return an indicator with the rank of the unit; a unit that the index file keeps out has none."""
    if rank is None:
        return name
    return Note("score_place", part=Names.of([name]), rank=Rank(rank), number=f"{number:,}")


def notes_of(parts: ScoreParts, table: pl.DataFrame, published: float, *, withheld: bool) -> tuple[Note, ...]:
    """Return the notes on missing and imputed values, on sums, on the rule of the parts, and on raw values left out."""
    return (*_values(table), *_sums(parts, published), *_rules(parts), *_withheld(withheld))


def _withheld(withheld: bool) -> list[Note]:
    return [Note("raw_values_withheld")] if withheld else []


def _sums(parts: ScoreParts, published: float) -> Iterator[Note]:
    """Yield what the sum of the contributions leaves out."""
    noise = _NOISE * max(abs(parts.score), abs(published))
    if parts.obstacle is None and abs(parts.constant) > noise:
        yield Note("score_constant", part=_signed_figure(parts.constant))
    if parts.obstacle is None and abs(parts.rounding) > noise:
        yield Note("score_rounding", part=_signed_figure(parts.rounding))
    if abs(published - parts.score) > noise:
        yield Note("score_unrounded", score=f"{parts.score:.8g}".replace("-", "−"))


def _signed_figure(value: float) -> str:
    return f"{value:+.4g}".replace("-", "−")


def _values(table: pl.DataFrame) -> Iterator[Note]:
    """Yield the notes on missing, uncounted and imputed values."""
    has_value = pl.col("normalised").is_not_null()
    absent = table.filter(~has_value & ~pl.col("imputed"))["indicator"]
    if len(absent):
        yield Note("score_missing", count=Count(len(absent), "value"), parts=Names.of(absent))
    outside = table.filter(has_value & (pl.col("effective_weight") == 0) & (pl.col("weight") > 0))["indicator"]
    if len(outside):
        yield Note("score_uncounted", parts=Names.of(outside))
    filled = table.filter(pl.col("imputed"))["indicator"]
    if len(filled):
        yield Note("score_imputed", count=Count(len(filled), "value"), parts=Names.of(filled))


def _rules(parts: ScoreParts) -> Iterator[Note]:
    """Yield the notes on the rule of the parts."""
    if parts.obstacle is not None:
        yield Note("score_no_contributions", reason=parts.obstacle)
    if parts.rule is not None and parts.rule != "natural":
        yield Note({"shapley": "score_shapley", "owen": "score_owen"}[parts.rule])
    if parts.orders:
        yield Note("score_sampled", orders=f"{parts.orders:,}")
    for reason in parts.reasons:
        yield Note("score_no_parts", reason=reason)


def _figure(result: Result, value: float) -> str:
    return f"{value:,.{decimals_of(result)}f}".replace("-", "−")
