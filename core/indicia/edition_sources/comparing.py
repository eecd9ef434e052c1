"""The difference of two editions from files or values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.edition_sources.fits import edition_of_fit, fitted_source
from indicia.edition_sources.opening import (
    NEW,
    OLD,
    is_scores,
    name_of_edition,
    names_of_editions,
    open_edition,
)
from indicia.edition_sources.score_tables import check_chosen_columns
from indicia.editions.difference import EditionDifference, chosen_difference, difference_of
from indicia.editions.scored_edition import ScoredEdition
from indicia.editions.sources import Sources
from indicia.sources import CodeChoices

if TYPE_CHECKING:
    from indicia.questions import Questions
    from indicia.result import Result
    from indicia.types import Period, TableLike


def diff(old: object, new: object, *, code: CodeChoices | None = None, **options: Any) -> EditionDifference:
    """Return the difference of two editions; the options are those of `Sources` and of the analysis `diff`."""
    own = {name: value for name, value in options.items() if name not in Sources.__dataclass_fields__}
    given, code = Sources(**{name: options[name] for name in options if name not in own}), code or CodeChoices()
    chosen_difference(own)  # a wrong option is an error before anything is read
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
