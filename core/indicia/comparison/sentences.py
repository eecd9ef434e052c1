"""Sentences on a comparison, for readers who do not know rank correlations."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from indicia.catalogue import installed
from indicia.defaults import AGREEMENT
from indicia.methods import Agreement
from indicia.notes import Count, Names, Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from indicia.comparison.ballots import RankedUnits
    from indicia.comparison.comparison import Comparison
    from indicia.types import AgreementChoice, ConsensusChoice

_NAMES = 12
"""The number of units that a sentence names."""


def on_distinct(comparison: Comparison) -> list[Note]:
    """Return the number of distinct rankings and the rule for counting them, if methodologies share a ranking."""
    number, distinct = len(comparison.methods), len(comparison.distinct_methods)
    if distinct == number:
        return []
    if distinct == 1:
        return [Note("one_ranking", number=number)]
    kind = "rankings_count_all" if comparison.count == "all" else "rankings_count_once"
    return [Note(kind, number=number, distinct=distinct)]


def on_agreement(comparison: Comparison, method: AgreementChoice, plugins: Iterable[str | Path] = ()) -> list[Note]:
    """Return the average agreement of two rankings, and the two rankings with the least agreement."""
    agreement = installed(map(Path, plugins)).choose("agreement", method)
    assert isinstance(agreement, Agreement)
    methods = comparison.counted_methods
    if len(methods) < 2:
        return []
    is_kendall = str(agreement) == AGREEMENT
    table = comparison.agreement(AGREEMENT if is_kendall else agreement).drop("methodology").to_numpy()
    places = [methodology.number - 1 for methodology in methods]
    values = table[np.ix_(places, places)]
    others = ~np.eye(len(values), dtype=bool)  # without the agreement of a ranking with itself
    mean = float(values[others].mean())
    disagreement = np.where(others, values if agreement.distance else -values, -np.inf)
    first, second = (int(place) for place in np.unravel_index(int(disagreement.argmax()), values.shape))
    least = float(values[first, second])
    if is_kendall:
        kind = "pairs_of_two" if len(values) == 2 else "pairs_on_average"
        notes = [Note(kind, pairs=_pairs(mean), value=f"{mean:.2f}")]
    else:
        perfect = "0" if agreement.distance else "1"
        notes = [Note("average_agreement", measure=str(agreement), value=f"{mean:.2f}", same=perfect)]
    if len(values) > 2:
        labels = {"first": methods[first].label, "second": methods[second].label, "value": f"{least:.2f}"}
        pairs = {"pairs": _pairs(least)} if is_kendall else {}
        notes.append(Note("least_alike_pairs" if is_kendall else "least_alike", **labels, **pairs))
    return notes


def _pairs(tau: float) -> int:
    """Return the number of pairs, of 100, that are in the same order; approximate if there are ties.

    >>> _pairs(0.8)
    90
    """
    return round(50 * (1 + tau))


def on_units(comparison: Comparison, top: int, within: float) -> list[Note]:
    """Return the first unit, the units that every ranking has among the first, and the units with stable ranks."""
    number, units = len(comparison.counted_methods), len(comparison.common_ranks)
    (leader, count), *others = comparison.top(1).select(comparison.unit, "rankings").rows()
    if count == number:
        notes = [Note("first_everywhere", unit=Names.of([leader]))]
    else:
        noun = Note("noun_methodologies" if number == len(comparison.methods) else "noun_rankings")
        notes = [Note("first_often", unit=Names.of([leader]), times=count, number=number, noun=noun)]
    if others:
        others_first = (Note("unit_times", unit=Names.of([unit]), times=times) for unit, times in others)
        notes.append(Note("first_elsewhere", units=Names(tuple(others_first), _NAMES, " · ")))
    always_first = comparison.top(top).filter(share=1.0)[comparison.unit].to_list()
    stable = comparison.stable(within)
    return [
        *notes,
        _note_on_units("among_first", always_first, top=top),
        _note_on_units("stable", stable, all=units, within=f"{within:g}"),
    ]


def _note_on_units(kind: str, units: Sequence[str], **numbers: object) -> Note:
    if not units:
        return Note(f"none_{kind}", **numbers)
    return Note(kind, count=Count(len(units), "unit"), units=_names(units), **numbers)


def _names(units: Sequence[str]) -> Names:
    """Return names with another separator than a comma, since names of units contain commas."""
    return Names.of(units, _NAMES, " · ")


def on_movers(comparison: Comparison) -> list[Note]:
    """Return the best and the worst rank of the unit that moves most, with their methodologies."""
    row = comparison.movers.row(0, named=True)
    if not row["spread"]:
        return [Note("no_movers")]
    labels = dict(zip(comparison.method_names, (methodology.label for methodology in comparison.methods), strict=True))
    best, worst = (labels[row[side]] for side in ("best_in", "worst_in"))
    ranks = {"best": f"{row['best']:g}", "worst": f"{row['worst']:g}"}
    return [Note("largest_mover", unit=Names.of([row[comparison.unit]]), by_best=best, by_worst=worst, **ranks)]


def on_effects(comparison: Comparison) -> list[Note]:
    """Return the choice that moves ranks most."""
    effects = comparison.effects.drop_nulls("mean_shift")
    if effects.is_empty():
        return [Note("no_single_choice")]
    choice, shift = effects.row(0)[:2]
    return [Note("largest_effect", choice=choice, shift=f"{shift:.1f}") if shift else Note("no_effect")]


def on_consensus(
    comparison: Comparison,
    method: ConsensusChoice,
    plugins: Iterable[str | Path],
    weights: Mapping[str, float] = MappingProxyType({}),
    units: RankedUnits = "common",
) -> Note:
    """Return the first units of the consensus of all rankings."""
    ranking = comparison.consensus(method, weights=weights, units=units, plugins=plugins)
    rows = ranking.select(comparison.unit, "rank").head(10).rows()
    places = [Note("ranked_unit", rank=f"{rank:g}", unit=Names.of([unit])) for unit, rank in rows]
    more = ("…",) if len(ranking) > len(rows) else ()
    chosen = "; ".join([str(method), *(f"{name} × {weight:g}" for name, weight in weights.items())])
    return Note("consensus", method=chosen, units=Names((*places, *more), len(rows) + 1, " · "))


def on_recovery(comparison: Comparison) -> list[Note]:
    """Return the agreement of the best and of the worst methodology with a published ranking."""
    published = comparison.published
    if published is None:
        return []
    table = comparison.against()
    best, worst = table.row(0, named=True), table.row(-1, named=True)
    name = published.name
    if published.is_set:
        return _on_set(name, table)
    if best["agreement"] is None:
        return [Note("too_few_published", name=name)]
    if len(table) == 1:
        return [Note("published_agreement", name=name, agreement=_agreement_with(best))]
    return [
        Note("published_nearest", name=name, agreement=_agreement_with(best)),
        Note("published_furthest", agreement=_agreement_with(worst)),
    ]


def _on_set(name: str, table: pl.DataFrame) -> list[Note]:
    most, least, size = table["recovered"][0], table["recovered"][-1], table["of"][0]
    if most == least:
        return [Note("set_recovered", name=name, most=most, size=size)]
    best = Names.of(table.filter(recovered=most)["label"], 3)
    return [
        Note("set_recovered_range", name=name, least=least, most=most, size=size),
        Note("set_recovered_by", most=most, best=best, least=least, worst=table["label"][-1]),
    ]


def _agreement_with(row: Mapping[str, object]) -> Note:
    equal = (
        Note("equal_values", equal=row[f"equal_{word}"], all=row["of"], column=Note(f"equal_{word}"))
        for word in ("ranks", "scores")
        if f"equal_{word}" in row
    )
    values = {"value": f"{row['agreement']:.2f}", "shift": f"{row['mean_shift']:.1f}"}
    return Note("methodology_agreement", label=row["label"], equal=Names(tuple(equal), between="; "), **values)
