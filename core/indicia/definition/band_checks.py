"""Checks of `[bands]` that need no data."""

from __future__ import annotations

from itertools import pairwise
from math import fsum
from typing import TYPE_CHECKING

from indicia.definition.bands_section import RANK, SCORE
from indicia.errors import DefinitionError, join_names, suggest
from indicia.methods.rounding import widened

if TYPE_CHECKING:
    from indicia.definition.bands_section import Bands
    from indicia.definition.model import Definition
    from indicia.definition.origin import Origin


def check_bands(definition: Definition, origin: Origin) -> None:
    """Refuse bands that leave a figure without a band or with two, and words that contradict each other."""
    for name, bands in definition.bands.items():
        _check_words(name, bands, origin)
        _check_figure(name, bands, definition, origin)
        if bands.ranges is not None:
            _check_ranges(name, bands, origin)
        if bands.thresholds is not None:
            _check_thresholds(name, bands, origin)
        if bands.shares is not None:
            _check_shares(name, bands, definition, origin)
        _check_names(name, bands, origin)


def _check_words(name: str, bands: Bands, origin: Origin) -> None:
    """Refuse no limits at all, two kinds of limits, and words that the kind of limits does not use."""
    kinds = [word for word in ("shares", "thresholds", "ranges") if getattr(bands, word) is not None]
    if not kinds:
        raise DefinitionError(
            f"the bands {name} have no limits",
            where=origin.where(["bands", name]),
            remedy="thresholds = [20, 50], or shares = 10, or ranges = { Low = [0, 20], High = [20, 100] }",
        )
    pairs = [(kinds[0], kind) for kind in kinds[1:]]
    pairs += [("ranges", "names")] if bands.ranges is not None and bands.names is not None else []
    if bands.shares is None:
        pairs += [(kinds[0], "within")] if bands.within else []
    else:
        pairs += [("shares", "closed")] if "closed" in bands.model_fields_set else []
    pairs += [("of", "decimals")] if bands.of == RANK and bands.decimals is not None else []
    pairs += [("of", "direction")] if bands.of == RANK and bands.direction is not None else []
    for first, second in pairs:
        raise DefinitionError(
            f"the bands {name} have both {first} and {second}: {_CONTRADICTIONS.get(second, 'one of them is enough')}",
            where=origin.lines(["bands", name, first], ["bands", name, second]),
            remedy=f"leave out {second}, or {first}",
        )


_CONTRADICTIONS = {
    "names": "ranges have their names already",
    "within": "limits are the same in all groups",
    "closed": "shares have no limits that a figure could stand on",
    "decimals": "a rank is not rounded",
    "direction": "rank_from decides which ranks are the best",
}


def _check_figure(name: str, bands: Bands, definition: Definition, origin: Origin) -> None:
    parts = [SCORE, RANK, *definition.dimensions, *definition.indicators]
    if bands.of not in parts:
        raise DefinitionError(
            f'the bands {name} are of "{bands.of}", which is no score, rank, dimension or indicator',
            where=origin.where(["bands", name, "of"]),
            remedy=suggest(bands.of, parts),
        )
    for column in bands.within:
        if column not in definition.data.groups:
            raise DefinitionError(
                f'the bands {name} are within "{column}", which is no column of data.groups',
                where=origin.where(["bands", name, "within"]),
                remedy=suggest(column, definition.data.groups) or f'groups = ["{column}"] in [data]',
            )


def _check_ranges(name: str, bands: Bands, origin: Origin) -> None:
    where = origin.where(["bands", name, "ranges"])
    ranges = bands.ordered_ranges
    if len(ranges) < 2:
        raise DefinitionError(
            f"the bands {name} need at least two ranges",
            where=where,
            remedy="ranges = { Low = [0, 20], High = [20, 100] }",
        )
    for band, (low, high) in ranges:
        if not low < high:
            raise DefinitionError(
                f'the band "{band}" of {name} is empty: it goes from {low:g} to {high:g}',
                where=origin.lines(["bands", name, "ranges", band]),
                remedy="the first limit of a range is smaller than the second",
            )
    for (lower, (_, end)), (upper, (start, _)) in pairwise(ranges):
        if start != end:
            fault = "overlap" if start < end else "leave a gap"
            low, high = sorted((start, end))
            raise DefinitionError(
                f'the bands "{lower}" and "{upper}" of {name} {fault} from {low:g} to {high:g}',
                where=origin.lines(["bands", name, "ranges", lower], ["bands", name, "ranges", upper]),
                remedy=f'begin "{upper}" where "{lower}" ends; closed = "lower" or "upper" decides on the limit itself',
            )


def _check_thresholds(name: str, bands: Bands, origin: Origin) -> None:
    thresholds = bands.thresholds or ()
    where = origin.where(["bands", name, "thresholds"])
    if not thresholds:
        raise DefinitionError(f"the bands {name} have no threshold", where=where, remedy="thresholds = [20, 50]")
    for low, high in pairwise(thresholds):
        if not low < high:
            raise DefinitionError(
                f"the thresholds of the bands {name} do not rise: {high:g} follows {low:g}",
                where=where,
                remedy=f"thresholds = {[*map(_plain, sorted(set(thresholds)))]}, and the names in the same order",
            )


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


def _check_shares(name: str, bands: Bands, definition: Definition, origin: Origin) -> None:
    shares, where = bands.shares, origin.where(["bands", name, "shares"])
    if isinstance(shares, int) and not 2 <= shares <= _MOST:
        raise DefinitionError(
            f"the bands {name} have {shares} shares",
            where=where,
            remedy=f"a number from 2 to {_MOST}, such as shares = 10",
        )
    if isinstance(shares, tuple):
        total, (low, high) = fsum(shares), widened(1, 1)
        if len(shares) < 2 or min(shares) <= 0 or not low <= total <= high:
            raise DefinitionError(
                f"the shares of the bands {name} sum to {total:.10g}: {join_names(map('{:g}'.format, shares), 10)}",
                where=where,
                remedy="two or more positive shares that sum to 1, such as shares = [0.1, 0.2, 0.7]",
            )
    if bands.of == RANK and definition.methodology.ties == "dense":
        raise DefinitionError(
            f'the bands {name} share out ranks, and ties = "dense" skips no rank, so that a rank does not tell the '
            "share of the units ahead",
            where=origin.lines(["bands", name, "shares"], ["methodology", "ties"]),
            remedy='another rule for ties, such as "min", or of = "score"',
        )


_MOST = 1000
"""The most equal shares; a thousand units in each of a thousand shares are a million units."""


def _check_names(name: str, bands: Bands, origin: Origin) -> None:
    where = origin.where(["bands", name, "names"])
    if bands.names is not None and len(bands.names) != bands.count:
        raise DefinitionError(
            f"the bands {name} have {len(bands.names)} names, and there are {bands.count} bands",
            where=origin.lines(["bands", name, "names"], ["bands", name, "shares" if bands.shares else "thresholds"]),
            remedy="a name for each band, from the lowest figures up; a threshold divides two bands",
        )
    languages = {language for label in bands.names or () if isinstance(label, dict) for language in label}
    for language in (None, *sorted(languages)):
        labels = bands.labels(language)
        if repeated := [label for label in labels if not label.strip() or labels.count(label) > 1]:
            fault = f'two bands with the name "{repeated[0]}"' if repeated[0].strip() else "a band with an empty name"
            raise DefinitionError(
                f"the bands {name} have {fault}",
                where=where,
                remedy="each band has a name of its own",
            )
