"""The table of a move: the part of each cause, with its range over the orders of the causes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia_editions.gained import gained
from indicia_editions.scenarios import CAUSES
from indicia_explain.cells import heading, signed, signed_bar, small_table
from indicia_explain.figures import decimals_of, rounding_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.documents.blocks import TextTable
    from indicia_editions.move import ExplainedMove

CAUSE_WORDS = {
    "own": "cause_own",
    "others": "cause_others",
    "data": "cause_data",
    "method": "cause_method",
    "sample": "cause_sample",
}
"""The words of the causes; `data` is the sum of the two causes before it, and is indented."""


def move_grid(move: ExplainedMove, names: Mapping[str, str], language: str | None) -> TextTable:
    """Return a row for each cause and for their sum: the part of the score and of the rank, each with its range.

    Of the rank these are the places gained.
    """
    del names  # the words of causes are those of all indices
    digits = decimals_of(move.result)
    causes = {(row["what"], row["cause"]): row for row in move.causes.iter_rows(named=True)}
    has_rank = ("rank", "own") in causes
    largest = max(abs(causes["score", cause]["shapley"]) for cause in CAUSE_WORDS)
    rows = []
    for cause, word in CAUSE_WORDS.items():
        score = causes["score", cause]
        cells = [
            heading(word, language),
            signed(score["shapley"], digits),
            signed_bar(score["shapley"], largest),
            _range(score["lowest"], score["highest"], digits),
        ]
        if has_rank:
            part, most, least = (gained(causes["rank", cause][name]) for name in ("shapley", "lowest", "highest"))
            cells += [signed(part, 1), _range(least, most, 1)]
        rows.append(tuple(cells))
    moves = dict(move.totals.select("what", "move").iter_rows())
    rounding = {
        what: rounding_of([causes[what, cause]["shapley"] for cause in CAUSES], total, digits if what == "score" else 1)
        for what, total in moves.items()
    }
    for word, of in ([("explained_rounding", rounding)] if any(rounding.values()) else []) + [("explained_sum", moves)]:
        ranks = [signed(gained(of["rank"]), 1), ""] if has_rank else []
        rows.append((heading(word, language), signed(of["score"], digits), "", "", *ranks))
    words = ["explained_cause", "explained_score", "", "explained_over_orders"]
    words += ["explained_rank", "explained_over_orders"] if has_rank else []
    return small_table([heading(word, language) if word else "" for word in words], rows, {1, 3, 4, 5}, bars=2)


def _range(lowest: float, highest: float, digits: int) -> str:
    low, high = signed(lowest, digits), signed(highest, digits)
    return low if low == high else f"{low} … {high}"
