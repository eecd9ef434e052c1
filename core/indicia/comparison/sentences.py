"""What a comparison says, in sentences for a reader who has never heard of a rank correlation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indicia.catalogue import installed
from indicia.errors import join_names
from indicia.methods import Agreement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from indicia.comparison.comparison import Comparison

_NAMED = 12
"""How many units a sentence names."""


def on_distinct(comparison: Comparison) -> list[str]:
    """Return the number of distinct rankings where several methodologies give the same one, and how they count."""
    number, distinct = len(comparison.methods), len(comparison.distinct_methods)
    if distinct == number:
        return []
    if distinct == 1:
        return [f"All {number} methodologies give the same ranking."]
    once, every = "each counts once, or with --count all as often as it occurs", "each counts as often as it occurs"
    counts = every if comparison.count == "all" else once
    return [f"The {number} methodologies give {distinct} distinct rankings (--show rankings lists them); {counts}."]


def on_agreement(comparison: Comparison, method: object, plugins: Iterable[str | Path] = ()) -> list[str]:
    """Say how far the rankings agree on average, and which two do so least."""
    chosen = installed(map(Path, plugins)).choose("agreement", method)
    assert isinstance(chosen, Agreement)
    counted = comparison.counted_methods
    if len(counted) < 2:
        return []
    table = comparison.agreement("kendall" if str(chosen) == "kendall" else chosen).drop("methodology").to_numpy()
    places = [one.number - 1 for one in counted]
    found = table[np.ix_(places, places)]
    apart = ~np.eye(len(found), dtype=bool)
    mean = float(found[apart].mean())
    odd = np.where(apart, found if chosen.distance else -found, -np.inf)
    first, second = (int(place) for place in np.unravel_index(int(odd.argmax()), odd.shape))
    least = float(found[first, second])
    if str(chosen) != "kendall":
        lines = [f"{chosen}: {mean:.2f} on average ({'0' if chosen.distance else '1'} is the same ranking)."]
    elif len(found) == 2:
        return [
            f"Of any 100 pairs of units, the two rankings put about {_pairs(mean)} in the same order "
            f"(Kendall's τ-b {mean:.2f}; 1 is the same ranking, 0 what chance gives)."
        ]
    else:
        lines = [
            f"Of any 100 pairs of units, two of the rankings put about {_pairs(mean)} in the same order, on average "
            f"(Kendall's τ-b {mean:.2f}; 1 is the same ranking, 0 what chance gives)."
        ]
    if len(found) > 2:
        said = f"{_pairs(least)} of 100 pairs, {least:.2f}" if str(chosen) == "kendall" else f"{least:.2f}"
        labels = [counted[place].label for place in (first, second)]
        lines.append(f"The two least alike: {labels[0]} and {labels[1]} ({said}).")
    return lines


def _pairs(tau: float) -> int:
    """Return how many of 100 pairs are in the same order; with ties about as many.

    >>> _pairs(0.8)
    90
    """
    return round(50 * (1 + tau))


def on_units(comparison: Comparison, top: int, within: float, names: Mapping[str, str]) -> list[str]:
    """Say who is first, who is among the first everywhere, and who keeps its place."""
    number, units = len(comparison.counted_methods), len(comparison.compared)
    (leader, count), *others = comparison.top(1).select(comparison.unit, "rankings").rows()
    runners = "".join(f", {names[unit]} in {times}" for unit, times in others[:_NAMED])
    noun = "methodologies" if number == len(comparison.methods) else "distinct rankings"
    often = "every methodology" if count == number else f"{count} of {number} {noun}"
    lines = [f"First is {names[leader]} in {often}{runners}."]
    everywhere = comparison.top(top).filter(share=1.0)[comparison.unit].to_list()
    stable = comparison.stable(within)
    are, stay = ("is" if len(everywhere) == 1 else "are"), ("stays" if len(stable) == 1 else "stay")
    return [
        *lines,
        f"{len(everywhere)} {are} among the first {top} in every methodology{_called(everywhere, names)}.",
        f"{len(stable)} of {units} {stay} within {within:g} places of the median rank in every methodology"
        f"{_called(stable, names)}.",
    ]


def _called(units: Sequence[str], names: Mapping[str, str]) -> str:
    """Name units; not with commas, which names have in them."""
    more = [f"and {len(units) - _NAMED} more"] if len(units) > _NAMED else []
    return f": {' · '.join([*(names[unit] for unit in units[:_NAMED]), *more])}" if units else ""


def on_movers(comparison: Comparison, names: Mapping[str, str]) -> list[str]:
    """Say of the unit that moves most which methodology puts it where."""
    top = comparison.movers.row(0, named=True)
    if not top["spread"]:
        return ["No unit moves: all rankings are the same."]
    best, worst = (comparison.methods[top[side] - 1].label for side in ("best_in", "worst_in"))
    return [f"{names[top[comparison.unit]]} has rank {top['best']:g} by {best}, rank {top['worst']:g} by {worst}."]


def on_effects(comparison: Comparison) -> list[str]:
    """Say which choice moves ranks most."""
    effects = comparison.effects.drop_nulls("mean_shift")
    if effects.is_empty():
        return ["No two methodologies differ in one choice alone, so that no choice can be weighed by itself."]
    choice, shift = effects.row(0)[:2]
    if shift == 0:
        return ["No choice moves any unit."]
    return [
        f"What moves them most is the choice of {choice}: where it alone changes, a unit moves {shift:.1f} places "
        "on average."
    ]


def on_consensus(
    comparison: Comparison, method: object, names: Mapping[str, str], plugins: Iterable[str | Path]
) -> str:
    """Say what all rankings together put first."""
    found = comparison.consensus(method, plugins=plugins).head(10)
    places = [f"{rank:g} {names[unit]}" for unit, rank in found.select(comparison.unit, "rank").rows()]
    return (
        f"All rankings taken together ({method}): {' · '.join(places)}{' · …' if len(comparison.compared) > 10 else ''}"
    )


def on_recovery(comparison: Comparison) -> list[str]:
    """Say how far the methodologies recover a published ranking, the best of them and the worst."""
    published = comparison.published
    if published is None:
        return []
    found = comparison.against()
    best, worst = found.row(0, named=True), found.row(-1, named=True)
    if published.is_set:
        return _of_set(published.name, found)
    if best["agreement"] is None:
        return [f"{published.name}: too few units to compare."]
    if len(found) == 1:
        return [f"{published.name}: {_recovered(best)}."]
    return [f"{published.name}, nearest: {_recovered(best)}.", f"Furthest: {_recovered(worst)}."]


def _of_set(name: str, found: pl.DataFrame) -> list[str]:
    most, least, of = found["recovered"][0], found["recovered"][-1], found["of"][0]
    if most == least:
        return [f"{name}: {most} of {of} recovered."]
    best = join_names(found.filter(recovered=most)["label"], 3)
    return [f"{name}: {least} to {most} of {of} recovered.", f"{most} by {best}; {least} by {found['label'][-1]}."]


def _recovered(row: Mapping[str, object]) -> str:
    equal = [
        f"{row[f'equal_{what}']} of {row['of']} {what} equal" for what in ("ranks", "scores") if f"equal_{what}" in row
    ]
    off = f"a unit is {row['mean_shift']:.1f} places off on average"
    return f"{row['label']} (Kendall's τ-b {row['agreement']:.2f}; {off}; {'; '.join(equal)})"
