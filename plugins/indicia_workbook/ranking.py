"""The ranks of the index as formulas, and the differences from the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.data import numbers
from indicia.definition import ROOT
from indicia.run import IMPUTED_SHARE
from indicia.stages.rank import lowest_ranks_first
from indicia_workbook.contents import MAX_ROWS, Contents, group_of, positive
from indicia_workbook.sheets import Group
from indicia_workbook.text import Column, word

if TYPE_CHECKING:
    from indicia_workbook.cell import Cell


def add_ranks(contents: Contents) -> None:
    """Add the columns of ranks to the sheet of the index."""
    scored, layout, language = contents.result.scored, contents.layout, contents.language
    values = numbers(scored.ranked[ROOT])
    source = contents.scores[ROOT]
    if contents.unrounded is not None and contents.result.definition.methodology.rank_by == "unrounded":
        source = contents.unrounded.column or source
    ranked_scores = _ranked_scores(contents, source, values)
    ranks = contents.ranks
    for name in scored.ranks.columns:
        group = None if name == "rank" else name.removeprefix("rank_")
        title = word("rank", language) if group is None else word("rank_of", language, group=group)
        expected = numbers(scored.ranks[name])
        if layout.rows > MAX_ROWS:
            why = f"many rows: {MAX_ROWS}"
            ranks[name] = layout.add("level 0", title, expected, why=why)
            contents.not_live[name] = why
            continue
        period = contents.result.definition.data.period
        key = [column for column in (period, group) if column]
        ranks[name] = layout.add("level 0", title, expected, _formula(contents, ranked_scores, key, expected, values))
    if layout.rows <= MAX_ROWS:
        _places(contents, ranks["rank"])


def add_former_ranks(contents: Contents) -> None:
    """Add the ranks with which the live ranks are compared: the published ones, or those that Indicia computed."""
    result, language = contents.result, contents.language
    published = result.published_ranks
    if published is None:
        title, ranks = word("rank_computed", language), result.scored.ranks["rank"]
    else:
        title, ranks = word("rank_published", language), published
    contents.former = contents.layout.add("level 0", title, numbers(ranks))


def add_imputed_share(contents: Contents) -> None:
    """Add the share of the weight that rests on imputed values; the share has no formula."""
    if IMPUTED_SHARE in contents.result.scores.columns:
        values = numbers(contents.result.scores[IMPUTED_SHARE])
        contents.share = contents.layout.add("level 0", word("imputed_share", contents.language), values, why="share")


def _places(contents: Contents, rank: Column) -> None:
    """Add the place of each row in the sorted ranking; no two rows have the same place.

    The order is that of `Result.ranking`: by period, rank (units without a rank last), score and name.
    """
    layout, scored, language = contents.layout, contents.result.scored, contents.language
    rows, period = layout.rows, contents.result.definition.data.period
    names = scored.units[contents.result.unit]
    order = numbers(names.to_frame().with_row_index("\0row").sort(names.name)["\0row"].arg_sort())
    named = layout.add("steps", word("by_name", language), order)
    score, values = contents.scores[ROOT], numbers(scored.nodes[ROOT])
    size = 2 * rows + 2
    lowest_first = lowest_ranks_first(contents.result.definition, scored.tree)
    unranked = f'IF({score.here}="",{size - 1},{rows}+RANK({score.here},{score.all}{",1" if lowest_first else ""}))'
    text = f'IF({rank.here}="",{unranked},{rank.here})*{rows}+{named.here}'
    among_all = rows + pl.Series(values).fill_nan(None).rank("min", descending=not lowest_first).fill_null(rows + 1)
    ranks = numbers(scored.ranks["rank"])
    keys = np.where(np.isnan(ranks), among_all.cast(pl.Float64).to_numpy(), ranks) * rows + order
    if period:
        code = numbers(scored.units[period].rank("dense")) - 1
        column = layout.add("steps", f"{period} (0, 1, …)", code)
        text, keys = f"{column.here}*{size * rows}+{text}", code * size * rows + keys
    by = layout.add("steps", word("sorted_by", language), keys, text)
    place = numbers(pl.Series(keys).rank("ordinal"))
    contents.place = layout.add("level 0", word("place", language), place, f'COUNTIF({by.all},"<"&{by.here})+1')


def _ranked_scores(contents: Contents, score: Column, values: Any) -> Column:
    """Return the column of the scores that are ranked; a second column lets readers choose the ranked units."""
    definition, layout = contents.result.definition, contents.layout
    eligible, units = definition.eligible, contents.result.scored.units[contents.result.unit]
    if eligible.only is None and not eligible.without:
        return score
    only = units.is_in(list(eligible.only)) if eligible.only is not None else pl.Series([True] * len(units))
    takes_part = (only & ~units.is_in(list(eligible.without))).to_numpy().astype(float)
    column = layout.add("level 0", word("takes_part", contents.language), takes_part, why="input")
    contents.takes_part = column
    formula = f'IF({column.here}=1,{score.here},"")'
    scores = np.where(takes_part == 1, values, np.nan)
    return layout.add("level 0", word("ranked_score", contents.language), scores, formula)


def _formula(contents: Contents, score: Column, key: list[str], expected: Any, values: Any) -> str:
    """Return the formula of a rank, which counts the units of the group that rank above it beyond rounding noise."""
    layout, tree = contents.layout, contents.result.scored.tree
    value, column_range = score.here, score.all
    units = contents.result.scored.units
    condition = f'({column_range}<>"")'
    is_empty = f'{value}=""'
    if key:
        has_key = units.select(pl.all_horizontal(pl.col(name).is_not_null() for name in key)).to_series().to_numpy()
        group = group_of(units, key)
        code = layout.code(Group(group.key, np.where(has_key, group.included, 0), group.used, group.labels))
        condition += f"*({code.all}={code.here})"
        is_empty = f'OR({value}="",{code.here}=0)'
    low = lowest_ranks_first(contents.result.definition, tree)
    if positive(contents):  # scores are equal if their ratio is 1 up to rounding, as in the engine
        better, worse = (f"{value}*(1{sign}1E-12)" for sign in ("-+" if low else "+-"))
    else:
        size = f"MAX(MAX({column_range}),-MIN({column_range}))"
        largest = float(np.nanmax(np.abs(values), initial=0.0))
        noise: Cell = layout.add_statistic(
            score, word("equal_within", contents.language), [f"1E-12*{size}"], [1e-12 * largest]
        )
        better, worse = (f"{value}{sign}{noise.text}" for sign in ("-+" if low else "+-"))
    beats, beaten = ("<", ">") if low else (">", "<")
    above = f"SUMPRODUCT({condition}*({column_range}{beats}{better}))"
    not_below = f"SUMPRODUCT({condition}*(1-({column_range}{beaten}{worse})))"
    ties = contents.result.definition.methodology.ties
    if ties == "dense":
        # Equal scores count once: only the uppermost row of each set of equal scores counts.
        range_so_far = f"'{score.sheet}'!${score.letters}${score.first}:{value.partition('!')[2]}"
        here = condition.replace(column_range, range_so_far)
        if key:
            here = here.replace(code.all, f"'{code.sheet}'!${code.letters}${code.first}:{code.here.partition('!')[2]}")
        near = f"SUMPRODUCT({here}*(1-({range_so_far}{beats}{better}))*(1-({range_so_far}{beaten}{worse})))"
        firsts = _firsts(group.used if key else np.zeros(len(expected)), expected)
        text = f'IF({is_empty},"",IF({near}=1,1,0))'
        first = layout.add("level 0", word("first_equal", contents.language), firsts, text)
        above = f"SUMPRODUCT({condition}*({column_range}{beats}{better})*({first.all}=1))"
    rank = {"min": f"1+{above}", "dense": f"1+{above}", "max": not_below, "average": f"(1+{above}+{not_below})/2"}[ties]
    return f'IF({is_empty},"",{rank})'


def _firsts(groups: Any, ranks: Any) -> Any:
    seen: set[tuple[float, float]] = set()
    firsts = np.full(len(ranks), np.nan)
    for at, pair in enumerate(zip(groups.tolist(), ranks.tolist(), strict=True)):
        if not np.isnan(pair[1]):
            firsts[at] = float(pair not in seen)
            seen.add(pair)
    return firsts


def add_check(contents: Contents) -> None:
    """Add the scores, ranks and bands of the engine, and the difference between each formula and the engine."""
    scored = contents.result.scored
    pairs = [(column, numbers(scored.nodes[name])) for name, column in contents.scores.items()]
    pairs += [(column, numbers(scored.ranks[name])) for name, column in contents.ranks.items()]
    pairs += [(column, contents.values(column)) for column in contents.bands.values()]
    differs = word("differs", contents.language)
    for column, values in reversed(pairs[: len(contents.scores)]):
        _add_difference(contents, column, values, differs)
    for column, values in pairs[len(contents.scores) :]:
        _add_difference(contents, column, values, differs)


def _add_difference(contents: Contents, column: Column, values: Any, differs: str) -> None:
    engine = contents.layout.add("engine", column.title, values)
    formula, figure = column.here, engine.here
    both = f"AND(ISNUMBER({formula}),ISNUMBER({figure}))"
    neither = f'AND({formula}="",{figure}="")'
    text = f'IF({both},{formula}-{figure},IF({neither},0,"{differs}"))'
    contents.layout.add("check", column.title, np.zeros(len(values)), text)
