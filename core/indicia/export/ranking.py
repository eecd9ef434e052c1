"""The ranks of the index as formulas, and the differences to the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.definition import ROOT
from indicia.export.sheets import Group
from indicia.export.traced import group_of, numbers, positive
from indicia.export.words import word
from indicia.run import IMPUTED_SHARE

if TYPE_CHECKING:
    from indicia.export.cell import Cell
    from indicia.export.text import Column
    from indicia.export.traced import Traced

MOST = 20_000
"""Of more rows, each compared with each, ranks stand as values."""


def rank(traced: Traced) -> None:
    """Add the ranks, beside the score of the index."""
    scored, layout, language = traced.result.scored, traced.layout, traced.language
    values = numbers(scored.ranked[ROOT])
    source = traced.scores[ROOT]
    if traced.unrounded is not None and traced.result.definition.methodology.rank_by == "unrounded":
        source = traced.unrounded.column or source
    counted = _counted(traced, source, values)
    found = traced.ranks
    for name in scored.ranks.columns:
        group = None if name == "rank" else name.removeprefix("rank_")
        title = word("rank", language) if group is None else word("rank_of", language, group=group)
        wanted = numbers(scored.ranks[name])
        if layout.rows > MOST:
            why = f"many rows: {MOST}"
            found[name] = layout.add("level 0", title, wanted, why=why)
            traced.not_live[name] = why
            continue
        period = traced.result.definition.data.period
        key = [column for column in (period, group) if column]
        found[name] = layout.add("level 0", title, wanted, _formula(traced, counted, key, wanted, values))
    if layout.rows <= MOST:
        _places(traced, found["rank"])


def share(traced: Traced) -> None:
    """Add the share of the weight that rests on imputed values, as it was computed: it does not follow the weights."""
    if IMPUTED_SHARE in traced.result.scores.columns:
        values = numbers(traced.result.scores[IMPUTED_SHARE])
        traced.share = traced.layout.add("level 0", word("imputed_share", traced.language), values, why="share")


def _places(traced: Traced, rank: Column) -> None:
    """Add the place of each row in a table that is sorted as `Result.ranking` is: no two rows share one.

    By period, by rank, units without rank last, by score, and in the order of their names.
    """
    layout, scored, language = traced.layout, traced.result.scored, traced.language
    rows, period = layout.rows, traced.result.definition.data.period
    names = scored.units[traced.result.unit]
    order = numbers(names.to_frame().with_row_index("\0row").sort(names.name)["\0row"].arg_sort())
    named = layout.add("steps", word("by_name", language), order)
    score, values = traced.scores[ROOT], numbers(scored.nodes[ROOT])
    size = 2 * rows + 2
    unranked = f'IF({score.here}="",{size - 1},{rows}+RANK({score.here},{score.all}))'
    text = f'IF({rank.here}="",{unranked},{rank.here})*{rows}+{named.here}'
    among_all = rows + pl.Series(values).fill_nan(None).rank("min", descending=True).fill_null(rows + 1)
    ranks = numbers(scored.ranks["rank"])
    found = np.where(np.isnan(ranks), among_all.cast(pl.Float64).to_numpy(), ranks) * rows + order
    if period:
        code = numbers(scored.units[period].rank("dense")) - 1
        column = layout.add("steps", f"{period} (0, 1, …)", code)
        text, found = f"{column.here}*{size * rows}+{text}", code * size * rows + found
    by = layout.add("steps", word("sorted_by", language), found, text)
    place = numbers(pl.Series(found).rank("ordinal"))
    traced.place = layout.add("level 0", word("place", language), place, f'COUNTIF({by.all},"<"&{by.here})+1')


def _counted(traced: Traced, score: Column, values: Any) -> Column:
    """Leave out the scores of units that take no part in the ranking; whether one does can be changed."""
    definition, layout = traced.result.definition, traced.layout
    eligible, units = definition.eligible, traced.result.scored.units[traced.result.unit]
    if eligible.only is None and not eligible.without:
        return score
    only = units.is_in(list(eligible.only)) if eligible.only is not None else pl.Series([True] * len(units))
    part = (only & ~units.is_in(list(eligible.without))).to_numpy().astype(float)
    column = layout.add("level 0", word("counts", traced.language), part, why="input")
    text = f'IF({column.here}=1,{score.here},"")'
    return layout.add("level 0", word("counted", traced.language), np.where(part == 1, values, np.nan), text)


def _formula(traced: Traced, score: Column, key: list[str], wanted: Any, values: Any) -> str:
    """Return the formula of a rank: how many of the same group score better, by more than rounding."""
    layout, tree = traced.layout, traced.result.scored.tree
    own, every = score.here, score.all
    units = traced.result.scored.units
    among = f'({every}<>"")'
    absent = f'{own}=""'
    if key:
        known = units.select(pl.all_horizontal(pl.col(name).is_not_null() for name in key)).to_series().to_numpy()
        group = group_of(units, key)
        code = layout.code(Group(group.key, np.where(known, group.counted, 0), group.of_row, group.labels))
        among += f"*({code.all}={code.here})"
        absent = f'OR({own}="",{code.here}=0)'
    low = tree.low_is_best
    if positive(traced):  # equal where the ratio is next to 1, as the engine says
        better, worse = (f"{own}*(1{sign}1E-12)" for sign in ("-+" if low else "+-"))
    else:
        size = f"MAX(MAX({every}),-MIN({every}))"
        largest = float(np.nanmax(np.abs(values), initial=0.0))
        noise: Cell = layout.stated(score, word("equal_within", traced.language), [f"1E-12*{size}"], [1e-12 * largest])
        better, worse = (f"{own}{sign}{noise.text}" for sign in ("-+" if low else "+-"))
    beats, beaten = ("<", ">") if low else (">", "<")
    above = f"SUMPRODUCT({among}*({every}{beats}{better}))"
    not_below = f"SUMPRODUCT({among}*(1-({every}{beaten}{worse})))"
    ties = traced.result.definition.methodology.ties
    if ties == "dense":
        # each score counts once: the first of those that are equal, from the top of the sheet
        so_far = f"'{score.sheet}'!${score.letters}${score.first}:{own.partition('!')[2]}"
        here = among.replace(every, so_far)
        if key:
            here = here.replace(code.all, f"'{code.sheet}'!${code.letters}${code.first}:{code.here.partition('!')[2]}")
        near = f"SUMPRODUCT({here}*(1-({so_far}{beats}{better}))*(1-({so_far}{beaten}{worse})))"
        firsts = _firsts(group.of_row if key else np.zeros(len(wanted)), wanted)
        text = f'IF({absent},"",IF({near}=1,1,0))'
        first = layout.add("level 0", word("first_equal", traced.language), firsts, text)
        above = f"SUMPRODUCT({among}*({every}{beats}{better})*({first.all}=1))"
    rank = {
        "min": f"1+{above}",
        "dense": f"1+{above}",
        "max": not_below,
        "average": f"(1+{above}+{not_below})/2",
    }[ties]
    return f'IF({absent},"",{rank})'


def _firsts(groups: Any, ranks: Any) -> Any:
    seen: set[tuple[float, float]] = set()
    found = np.full(len(ranks), np.nan)
    for at, one in enumerate(zip(groups.tolist(), ranks.tolist(), strict=True)):
        if not np.isnan(one[1]):
            found[at] = float(one not in seen)
            seen.add(one)
    return found


def check(traced: Traced) -> None:
    """Add the figures of the engine, and the difference of each to its formula."""
    scored = traced.result.scored
    pairs = [(column, numbers(scored.nodes[name])) for name, column in traced.scores.items()]
    pairs += [(column, numbers(scored.ranks[name])) for name, column in traced.ranks.items()]
    differs = word("differs", traced.language)
    for column, values in reversed(pairs[: len(traced.scores)]):
        _compare(traced, column, values, differs)
    for column, values in pairs[len(traced.scores) :]:
        _compare(traced, column, values, differs)


def _compare(traced: Traced, column: Column, values: Any, differs: str) -> None:
    engine = traced.layout.add("engine", column.title, values)
    ours, theirs = column.here, engine.here
    both = f"AND(ISNUMBER({ours}),ISNUMBER({theirs}))"
    neither = f'AND({ours}="",{theirs}="")'
    text = f'IF({both},{ours}-{theirs},IF({neither},0,"{differs}"))'
    traced.layout.add("check", column.title, np.zeros(len(values)), text)
