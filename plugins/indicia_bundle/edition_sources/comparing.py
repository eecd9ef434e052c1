"""The difference of two editions, and old years under a new method, from files or values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.catalogue import open_source
from indicia.errors import DefinitionError, WrongArgument, suggest
from indicia.result import Inputs
from indicia.result.statistics import numbers_of
from indicia.sources import CodeChoices, IndexSource, TableSource
from indicia_bundle.edition_sources.opening import (
    NEW,
    OLD,
    is_scores,
    name_of_edition,
    names_of_editions,
    open_edition,
    source_of,
)
from indicia_bundle.edition_sources.score_tables import check_chosen_columns
from indicia_bundle.fitted import FittedIndex
from indicia_editions.difference import EditionDifference, chosen_difference, difference_of
from indicia_editions.recast import Recast, recast_tables
from indicia_editions.scored_edition import ScoredEdition
from indicia_editions.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indicia.questions import Questions
    from indicia.result import Result
    from indicia.tables.fitted import Fitted
    from indicia.types import Period, TableLike


def diff(old: object, new: object, *, code: CodeChoices | None = None, **options: Any) -> EditionDifference:
    """Return the difference of two editions; the options are those of `Sources` and of the analysis `diff`."""
    sources, known = (
        [option.name for option in fields(declared) if option.init] for declared in (Sources, chosen_difference({}))
    )
    own = {name: value for name, value in options.items() if name not in sources}
    for name in own:
        if name not in known:
            what = f'diff has no parameter "{name}"'
            raise WrongArgument(what, where=f"indicia.diff({name}=…)", remedy=suggest(name, {*sources, *known}))
    try:
        given = Sources(**{name: options[name] for name in options if name not in own})
    except WrongArgument as error:
        where = str(error.where).replace("Sources(", "indicia.diff(", 1)
        raise WrongArgument(error.what, where=where, remedy=error.remedy) from error
    chosen_difference(own)  # a wrong option is an error before anything is read
    code = code or CodeChoices()
    before, after = _editions(old, new, given, code)
    return difference_of(before, after, given.renamed, own)


def _editions(old: object, new: object, given: Sources, code: CodeChoices) -> tuple[ScoredEdition, ScoredEdition]:
    """Return both editions; two periods of one panel share a run."""
    old_table, new_table = given.old_table, given.new_table
    sources = ((old, old_table, given.start, OLD), (new, new_table, given.end, NEW))
    names = names_of_editions([(source, side) for source, _, _, side in sources])
    fits = {side: opened for source, *_, side in sources if (opened := fitted_source(source, code)) is not None}
    if len(fits) == 2 and old_table is None and new_table is None and not _same(old, new):
        before, after = (edition_of_fit(opened.open(code)[0], names[side]) for side, opened in fits.items())
        return before, after
    editions: dict[str, ScoredEdition] = {}
    check_chosen_columns(given, [source for source, *_ in sources if is_scores(source, code)])
    if not is_scores(old, code) and _same(old, new) and _same(old_table, new_table):
        # two periods of one panel share a run, so that its pooled statistics are the same in both editions
        first = open_edition(old, table=old_table, period=given.start, name=names[OLD], side=OLD, code=code)
        return _named_by_period(old, first, first.at(given.end, names[NEW]))
    # tables of scores come last: the other edition may tell the columns of their units and periods
    for source, table, period, side in sorted(sources, key=lambda entry: is_scores(entry[0], code)):
        other = next(iter(editions.values()), None)
        editions[side] = open_edition(
            source, table=table, period=period, name=names[side], side=side, other=other, columns=given, code=code
        )
    before, after = editions[OLD], editions[NEW]
    return _named_by_period(old, before, after) if _same(old, new) else (before, after)


def _named_by_period(
    source: object, before: ScoredEdition, after: ScoredEdition
) -> tuple[ScoredEdition, ScoredEdition]:
    """Return editions of one source with its plain name, if periods tell them apart.

    A source with the name of one of the periods, such as the folder `2023`, is left out of the names.
    """
    if before.period is None or after.period is None:
        return before, after
    name = name_of_edition(source, OLD)
    names = (before.period, after.period) if name in (before.period, after.period) else (name, name)
    return replace(before, name=names[0]), replace(after, name=names[1])


def _same(old: object, new: object) -> bool:
    """Return True if two sources are the same file or value."""
    if isinstance(old, (str, Path)) and isinstance(new, (str, Path)):
        return _index_path(old) == _index_path(new)
    return old is new


def _index_path(source: str | Path) -> Path:
    """Return the whole path of a file; a folder stands for its index file."""
    path = Path(source).resolve()
    return path / "index.toml" if path.is_dir() else path


def difference_since(
    index: Questions,
    result: Result,
    since: object,
    *,
    table: TableLike | None = None,
    period: Period | None = None,
    code: CodeChoices | None = None,
) -> EditionDifference:
    """Return the difference of a result from an earlier edition, for a report or a workbook.

    Parameters
    ----------
    index : Index or FittedIndex
        The index of the result.
    result : Result
        The present edition.
    since : path, Index, FittedIndex or frame
        The earlier edition; see `open_edition`.
    table : path or frame, optional
        The data of the earlier edition; a fitted index needs them.
    period : optional
        The period of a panel in the present edition; by default the last.
    code : CodeChoices, optional
        The plugins of the earlier edition.

    Raises
    ------
    IndiciaError
        If the earlier edition cannot be read or scored, or has no unit or no indicator of the present one.
    """
    names = names_of_editions([(since, OLD), (index, NEW)])
    new = ScoredEdition.of_result(names[NEW], index, result, period)
    old = open_edition(since, table=table, name=names[OLD], side="since", other=new, code=code)
    return difference_of(old, new)


def fitted_source(source: object, code: CodeChoices) -> IndexSource | None:
    """Return the source of a fitted index or its file; None for other sources."""
    opened = None if isinstance(source, ScoredEdition) else open_source(source, code.plugins, code.only_plugins)
    return opened if isinstance(opened, IndexSource) and opened.is_fitted else None


def edition_of_fit(index: Questions, name: str) -> ScoredEdition:
    """Return the edition of a fitted index: its methodology with its weights and statistics, and no units."""
    assert isinstance(index, FittedIndex)
    kinds = {"unit": pl.String, "score": pl.Float64, "rank": pl.Float64}
    return ScoredEdition(
        name,
        index.definition,
        pl.DataFrame(schema=kinds),
        pl.DataFrame(schema={"unit": pl.String}),
        is_fitted=True,
        stated_methodology=Inputs(index.definition, index.tree, index.catalogue, {}, index.origin).methodology,
        stated_weights=dict(_weights(index)),
        stated_statistics=dict(_statistics(index.fitted)),
    )


def _weights(index: FittedIndex) -> Iterator[tuple[tuple[str, str], float]]:
    """Yield the weights of parts within parents; none of a node whose weights differ between groups."""
    absent = {*index.fitted.left_out, *index.fitted.constant}
    for node in index.tree.nodes():
        parts = [part.id for part in node.components if part.id not in absent]
        weights = index.fitted.node_weights.get(node.id)
        if weights is not None and weights.values.shape == (len(parts),):
            yield from zip(((part, node.id) for part in parts), weights.values.tolist(), strict=True)


def _statistics(fitted: Fitted) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the numbers of the statistics by stage, subject, statistic and group."""
    for stage, statistics in fitted.statistics.items():
        for question, value in statistics.items():
            for (subject, kind, _), numbers in numbers_of(question, None, value):
                # only the formulas of a run have a name for a statistic that they compute in a loop
                name = f"statistic {question.arguments[0]}" if question.kind == "settled" else kind
                for *group, number in numbers.iter_rows():
                    yield (stage, subject, name, *map(str, group)), number


def recast(
    index: object, tables: Mapping[str, TableLike] | Iterable[str | Path], *, code: CodeChoices | None = None
) -> Recast:
    """Return the scores of several tables by one method; see `indicia.recast`."""
    pairs = list(tables.items()) if isinstance(tables, Mapping) else [named_table(str(table)) for table in tables]
    code = code or CodeChoices()
    source = source_of(index, code)
    if isinstance(source, TableSource):
        raise DefinitionError(f"{source.value} is a table, and the new method is an index", remedy="name an index file")
    return recast_tables(source.open(code, pairs)[0], pairs)


def named_table(text: str) -> tuple[str, str]:
    """Return the name and the path of a table; by default the name is that of the file without its ending.

    >>> named_table("2020=old/data.csv"), named_table("years/2021.csv"), named_table("book.xlsx#2022")
    (('2020', 'old/data.csv'), ('2021', 'years/2021.csv'), ('2022', 'book.xlsx#2022'))
    """
    name, equals, path = text.partition("=")
    if equals and not Path(text).is_file():
        if not (name.strip() and path.strip()):
            raise DefinitionError(f'cannot read the table "{text}"', remedy="write NAME=TABLE: 2020=data.csv")
        return name.strip(), path.strip()
    file, _, sheet = text.partition("#")
    return sheet or Path(file).stem, text
