"""Tables: the agreement of small rankings, and their consensus."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from indicia.catalogue import installed
from indicia.methods import Agreement, Consensus
from indicia_site.pictures.samples import choice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.catalogue import Offer

_UNITS = "ABCDEF"
_OTHERS: dict[str, list[float]] = {
    "the same": [1, 2, 3, 4, 5, 6],
    "first two change places": [2, 1, 3, 4, 5, 6],
    "last two change places": [1, 2, 3, 4, 6, 5],
    "first falls to the end": [6, 1, 2, 3, 4, 5],
    "two share a place": [1, 2.5, 2.5, 4, 5, 6],
    "turned round": [6, 5, 4, 3, 2, 1],
}
_RANKINGS = [[1, 2, 3, 4, 5, 6], [2, 1, 3, 4, 6, 5], [1, 4, 2, 6, 3, 5]]


def agreement(offer: Offer) -> tuple[str, str]:
    """Return the agreement of six rankings with the ranking 1 to 6, and a caption."""
    method = installed().choose("agreement", choice(offer))
    assert isinstance(method, Agreement)
    rankings = np.array(list(_OTHERS.values()), dtype=float)
    figures: list[float] = method.measure(rankings[0], rankings).tolist()
    rows = [
        (name, *(f"{rank:g}" for rank in ranks), f"{figure:.3f}")
        for (name, ranks), figure in zip(_OTHERS.items(), figures, strict=True)
    ]
    best = "0" if method.distance else "1"
    caption = f"Agreement of each ranking with 1 to 6, by <code>{choice(offer)}</code>; {best} is full agreement."
    return _table(["ranking", *_UNITS, offer.name], rows), caption


def consensus(offer: Offer) -> tuple[str, str]:
    """Return three rankings, and the score and rank of each unit in their consensus, with a caption."""
    method = installed().choose("consensus", choice(offer))
    assert isinstance(method, Consensus)
    scores: list[float] = method.combine(np.array(_RANKINGS, dtype=float)).tolist()
    sign = -1 if method.low_is_best else 1
    ranks = [1 + sum(sign * other > sign * score for other in scores) for score in scores]
    rows = [(f"ranking {place}", *map(str, ranking)) for place, ranking in enumerate(_RANKINGS, 1)]
    rows += [("score", *(f"{score:.4g}" for score in scores)), ("rank", *map(str, ranks))]
    return _table(
        ["", *_UNITS], rows
    ), f"Three rankings of six units, and their consensus by <code>{choice(offer)}</code>."


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    cells = "".join(f"<th scope='col'>{escape(text)}</th>" for text in head)
    lines = []
    for first, *rest in rows:
        numbers = "".join(f"<td>{escape(text)}</td>" for text in rest)
        lines.append(f"<tr><th scope='row'>{escape(first)}</th>{numbers}</tr>")
    return f"<table class='docutils figures'><thead><tr>{cells}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
