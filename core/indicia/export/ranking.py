"""The ranks of the index as formulas, and the differences from the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.definition import ROOT
from indicia.export.contents import group_of, numbers, positive
from indicia.export.sheets import Group
from indicia.export.words import word
from indicia.run import IMPUTED_SHARE

if TYPE_CHECKING:
    from indicia.export.cell import Cell
    from indicia.export.contents import Contents
    from indicia.export.text import Column

MOST = 20_000
"""The most rows with formulas for ranks, as such a formula compares a row with all others."""


def rank(contents: Contents) -> None:
    """Add the ranks beside the score of the index."""
    scored, layout, language = contents.result.scored, contents.layout, contents.language
    values = numbers(scored.ranked[ROOT])
    source = contents.scores[ROOT]
    if contents.unrounded is not None and contents.result.definition.methodology.rank_by == "unrounded":
        source = contents.unrounded.column or source
    counted = _counted(contents, source, values)
    ranks = contents.ranks
    for name in scored.ranks.columns:
        group = None if name == "rank" else name.removeprefix("rank_")
        title = word("rank", language) if group is None else word("rank_of", language, group=group)
        wanted = numbers(scored.ranks[name])
        if layout.rows > MOST:
            why = f"many rows: {MOST}"
            ranks[name] = layout.add("level 0", title, wanted, why=why)
            contents.not_live[name] = why
            continue
        period = contents.result.definition.data.period
        key = [column for column in (period, group) if column]
        ranks[name] = layout.add("level 0", title, wanted, _formula(contents, counted, key, wanted, values))
    if layout.rows <= MOST:
        _places(contents, ranks["rank"])


def share(contents: Contents) -> None:
    """Add the share of the weight that rests on imputed values: values, which do not follow changed weights."""
    if IMPUTED_SHARE in contents.result.scores.columns:
        values = numbers(contents.result.scores[IMPUTED_SHARE])
        contents.share = contents.layout.add("level 0", word("imputed_share", contents.language), values, why="share")


def _places(contents: Contents, rank: Column) -> None:
    """Add the place of each row in a table that is sorted as `Result.ranking`; no two rows share a place.

    The order is by period, rank (units without rank last), score and name.
    """
    layout, scored, language = contents.layout, contents.result.scored, contents.language
    rows, period = layout.rows, contents.result.definition.data.period
    names = scored.units[contents.result.unit]
    order = numbers(names.to_frame().with_row_index("\0row").sort(names.name)["\0row"].arg_sort())
    named = layout.add("steps", word("by_name", language), order)
    score, values = contents.scores[ROOT], numbers(scored.nodes[ROOT])
    size = 2 * rows + 2
    unranked = f'IF({score.here}="",{size - 1},{rows}+RANK({score.here},{score.all}))'
    text = f'IF({rank.here}="",{unranked},{rank.here})*{rows}+{named.here}'
    among_all = rows + pl.Series(values).fill_nan(None).rank("min", descending=True).fill_null(rows + 1)
    ranks = numbers(scored.ranks["rank"])
    keys = np.where(np.isnan(ranks), among_all.cast(pl.Float64).to_numpy(), ranks) * rows + order
    if period:
        code = numbers(scored.units[period].rank("dense")) - 1
        column = layout.add("steps", f"{period} (0, 1, …)", code)
        text, keys = f"{column.here}*{size * rows}+{text}", code * size * rows + keys
    by = layout.add("steps", word("sorted_by", language), keys, text)
    place = numbers(pl.Series(keys).rank("ordinal"))
    contents.place = layout.add("level 0", word("place", language), place, f'COUNTIF({by.all},"<"&{by.here})+1')


def _counted(contents: Contents, score: Column, values: Any) -> Column:
    """Add a column of the scores that are ranked, and one in which readers change the units that are ranked."""
    definition, layout = contents.result.definition, contents.layout
    eligible, units = definition.eligible, contents.result.scored.units[contents.result.unit]
    if eligible.only is None and not eligible.without:
        return score
    only = units.is_in(list(eligible.only)) if eligible.only is not None else pl.Series([True] * len(units))
    part = (only & ~units.is_in(list(eligible.without))).to_numpy().astype(float)
    column = layout.add("level 0", word("counts", contents.language), part, why="input")
    text = f'IF({column.here}=1,{score.here},"")'
    return layout.add("level 0", word("counted", contents.language), np.where(part == 1, values, np.nan), text)


def _formula(contents: Contents, score: Column, key: list[str], wanted: Any, values: Any) -> str:
    """Return the formula of a rank: it counts the units of the group that score better by more than rounding noise."""
    layout, tree = contents.layout, contents.result.scored.tree
    own, every = score.here, score.all
    units = contents.result.scored.units
    among = f'({every}<>"")'
    absent = f'{own}=""'
    if key:
        has_key = units.select(pl.all_horizontal(pl.col(name).is_not_null() for name in key)).to_series().to_numpy()
        group = group_of(units, key)
        code = layout.code(Group(group.key, np.where(has_key, group.counted, 0), group.of_row, group.labels))
        among += f"*({code.all}={code.here})"
        absent = f'OR({own}="",{code.here}=0)'
    low = tree.low_is_best
    if positive(contents):  # equal where the ratio is next to 1, as the engine says
        better, worse = (f"{own}*(1{sign}1E-12)" for sign in ("-+" if low else "+-"))
    else:
        size = f"MAX(MAX({every}),-MIN({every}))"
        largest = float(np.nanmax(np.abs(values), initial=0.0))
        noise: Cell = layout.add_statistic(
            score, word("equal_within", contents.language), [f"1E-12*{size}"], [1e-12 * largest]
        )
        better, worse = (f"{own}{sign}{noise.text}" for sign in ("-+" if low else "+-"))
    beats, beaten = ("<", ">") if low else (">", "<")
    above = f"SUMPRODUCT({among}*({every}{beats}{better}))"
    not_below = f"SUMPRODUCT({among}*(1-({every}{beaten}{worse})))"
    ties = contents.result.definition.methodology.ties
    if ties == "dense":
        # Equal scores count once. The first of them, from the top of the sheet, stands for the others.
        so_far = f"'{score.sheet}'!${score.letters}${score.first}:{own.partition('!')[2]}"
        here = among.replace(every, so_far)
        if key:
            here = here.replace(code.all, f"'{code.sheet}'!${code.letters}${code.first}:{code.here.partition('!')[2]}")
        near = f"SUMPRODUCT({here}*(1-({so_far}{beats}{better}))*(1-({so_far}{beaten}{worse})))"
        firsts = _firsts(group.of_row if key else np.zeros(len(wanted)), wanted)
        text = f'IF({absent},"",IF({near}=1,1,0))'
        first = layout.add("level 0", word("first_equal", contents.language), firsts, text)
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
    firsts = np.full(len(ranks), np.nan)
    for at, pair in enumerate(zip(groups.tolist(), ranks.tolist(), strict=True)):
        if not np.isnan(pair[1]):
            firsts[at] = float(pair not in seen)
            seen.add(pair)
    return firsts


def check(contents: Contents) -> None:
    """Add the figures of the engine, and the difference of each to its formula."""
    scored = contents.result.scored
    pairs = [(column, numbers(scored.nodes[name])) for name, column in contents.scores.items()]
    pairs += [(column, numbers(scored.ranks[name])) for name, column in contents.ranks.items()]
    differs = word("differs", contents.language)
    for column, values in reversed(pairs[: len(contents.scores)]):
        _compare(contents, column, values, differs)
    for column, values in pairs[len(contents.scores) :]:
        _compare(contents, column, values, differs)


def _compare(contents: Contents, column: Column, values: Any, differs: str) -> None:
    engine = contents.layout.add("engine", column.title, values)
    ours, theirs = column.here, engine.here
    both = f"AND(ISNUMBER({ours}),ISNUMBER({theirs}))"
    neither = f'AND({ours}="",{theirs}="")'
    text = f'IF({both},{ours}-{theirs},IF({neither},0,"{differs}"))'
    contents.layout.add("check", column.title, np.zeros(len(values)), text)
