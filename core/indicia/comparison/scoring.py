"""Plan and score methodologies, and put their rankings side by side."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from indicia.comparison.candidates import candidates
from indicia.comparison.comparison import Comparison
from indicia.comparison.distinct import COUNTS
from indicia.comparison.methodology import LeftOut, Methodology, grouped, methods
from indicia.comparison.published import Published
from indicia.data import with_figures
from indicia.definition import ROOT, STAGES, build_tree, files_outside
from indicia.errors import DataError, DefinitionError, IndiciaError, IndiciaWarning, enough_memory
from indicia.notes import Note
from indicia.progress import Progress, silent
from indicia.result import Inputs
from indicia.run import BYTES_PER_SCORE, ROWS_PER_BATCH, StageCache, score_all
from indicia.tables.periods import rows_of_period

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.comparison.candidates import Candidate, Comparable
    from indicia.comparison.distinct import Count
    from indicia.definition import Definition, Node
    from indicia.run import Scored


def compare(
    indices: Sequence[Comparable],
    listed: Mapping[str, object],
    *,
    table: object = None,
    period: object = None,
    against: object = None,
    count: Count = "distinct",
    progress: Progress = silent,
) -> Comparison:
    """Score every methodology that `candidates` returns, and compare the rankings of one period, the last if not said.

    A methodology that cannot be planned or scored, or that ties all units, is left out with the reason.
    DefinitionError where fewer than two are left; with a published ranking to hold it against, one is enough.
    """
    if count not in COUNTS:
        raise DefinitionError(f'a comparison cannot count "{count}"', remedy='count = "distinct", or "all"')
    every = candidates(indices, listed)
    least = 2 if against is None else 1
    if len(every) < least:
        raise DefinitionError(
            f"one methodology has nothing to be compared with: {every[0].label}",
            remedy="list several methods of a stage, or write [variants]",
        )
    planned, left_out = _planned(every)
    _check_stages(planned)
    rankings, failed = _rankings(planned, table, period, progress)
    left_out += failed
    if len(rankings) < least:
        raise _too_few(len(every), len(rankings), left_out)
    _warn(rankings)
    return _side_by_side(indices[0], rankings, left_out, against, count)


@dataclass(frozen=True)
class _Planned:
    candidate: Candidate
    tree: Node


@dataclass(frozen=True)
class _Ranking:
    """Scores and ranks by one methodology, in one period."""

    candidate: Candidate
    tree: Node
    scored: Scored
    period: str | None
    units: pl.DataFrame
    """The unit, and its labels."""
    scores: pl.Series
    ranks: pl.Series
    table: pl.DataFrame

    @property
    def inputs(self) -> Inputs:
        """All that the ranking depends on."""
        definition, index = self.candidate.definition, self.candidate.index
        outside = files_outside(definition, self.tree, index.origin)
        return Inputs(definition, self.tree, index.catalogue, self.table, files_outside=outside)


def _planned(every: Sequence[Candidate]) -> tuple[list[_Planned], list[LeftOut]]:
    planned, left_out = [], []
    for one in every:
        try:
            planned.append(_Planned(one, build_tree(one.definition, one.index.catalogue, one.origin)))
        except IndiciaError as error:
            left_out.append(_failed(one, error))
    return planned, left_out


def _failed(candidate: Candidate, error: IndiciaError) -> LeftOut:
    candidate.origin.locate(error)
    return LeftOut(candidate.label, candidate.chosen, error.reason, error.remedy, error.where if error.word else None)


def _check_stages(planned: Sequence[_Planned]) -> None:
    """Refuse a list of methods of which none is used, every node or indicator having a method of its own."""
    used = [methods(one.tree) for one in planned]
    for stage in STAGES:
        listed = {one.candidate.chosen.get(stage) for one in planned}
        if len(listed) > 1 and len({one[stage] for one in used}) == 1:
            raise DefinitionError(
                f"the choice of {stage} changes nothing: every part of the index has one of its own",
                remedy=f"take {stage} out of [dimensions] and [indicators], or list methods of another stage",
            )


@dataclass
class _Table:
    """A table, and the methodologies that score it."""

    source: object
    columns: set[str]
    frame: pl.DataFrame
    planned: list[_Planned] = field(default_factory=list)


def _tables(planned: Sequence[_Planned], table: object) -> list[_Table]:
    """Read each table once, whatever number of methodologies score it."""
    found: list[_Table] = []
    by_index: dict[int, _Table] = {}
    for one in planned:
        index = one.candidate.index
        if id(index) not in by_index:
            specs = index.definition.indicators.items()
            columns = {spec.column or name for name, spec in specs} | {spec.per for _, spec in specs if spec.per}
            source = (index.definition.data, None if table is not None else index.origin.folder.resolve())
            same = next((known for known in found if known.source == source and known.columns >= columns), None)
            if same is None:
                same = _Table(source, columns, index.read_table(table))
                found.append(same)
            by_index[id(index)] = same
        by_index[id(index)].planned.append(one)
    return found


def _rankings(
    planned: Sequence[_Planned], table: object, period: object, progress: Progress
) -> tuple[list[_Ranking], list[LeftOut]]:
    outcomes: dict[int, Scored | IndiciaError] = {}
    tables: dict[int, pl.DataFrame] = {}
    for one in _tables(planned, table):
        definitions = [each.candidate.definition for each in one.planned]
        scored = _scored(definitions, [each.tree for each in one.planned], one.frame)
        rows, number = len(one.frame), len(one.planned)
        size = f"score {rows:,} rows by {number:,} methodologies"
        with enough_memory(size, "compare fewer methodologies", BYTES_PER_SCORE * rows * number):
            for each, outcome in zip(one.planned, scored, strict=True):
                outcomes[id(each)], tables[id(each)] = outcome, one.frame
                progress(len(outcomes), len(planned))
    rankings, left_out = [], []
    for each in planned:
        outcome = outcomes[id(each)]
        if isinstance(outcome, IndiciaError):
            left_out.append(_failed(each.candidate, outcome))
            continue
        ranking = _ranking(each, outcome, period, tables[id(each)])
        if len(ranking.units) < 2:
            raise DataError("a comparison needs at least two units, and there is one", remedy="add units to the data")
        if ranking.ranks.drop_nulls().n_unique() < 2:
            left_out.append(_failed(each.candidate, _tied(ranking.ranks.count())))
        else:
            rankings.append(ranking)
    return rankings, left_out


def _tied(ranked: int) -> DataError:
    if ranked > 1:
        return DataError("all units are equal", remedy="choose methods that tell units apart")
    return DataError("fewer than two units are ranked", remedy="look at [eligible], and at missing values")


def _scored(
    definitions: Sequence[Definition], trees: Sequence[Node], frame: pl.DataFrame
) -> Iterator[Scored | IndiciaError]:
    """Score all methodologies of one table, so many at once as memory holds well."""
    shared, planned = StageCache(), list(zip(definitions, trees, strict=True))
    step = max(1, ROWS_PER_BATCH // max(1, len(frame)))
    for start in range(0, len(planned), step):
        yield from _some(planned[start : start + step], frame, shared)


def _some(
    planned: Sequence[tuple[Definition, Node]], frame: pl.DataFrame, shared: StageCache
) -> Sequence[Scored | IndiciaError]:
    """Score methodologies at once; where memory is full, find by halves those that do not fit."""
    try:
        return score_all(planned, frame, shared)
    except IndiciaError as error:
        if len(planned) == 1:
            return [error]
        half = len(planned) // 2
        return [*_some(planned[:half], frame, shared), *_some(planned[half:], frame, shared)]


def _ranking(planned: _Planned, scored: Scored, period: object, table: pl.DataFrame) -> _Ranking:
    """Return the scores and ranks of one period."""
    data = planned.candidate.definition.data
    units = scored.units.select(data.unit, *(label for label in data.labels() if label != data.unit))
    wanted, rows = rows_of_period(scored.source, period)
    scores, ranks = scored.nodes[ROOT].filter(rows), scored.rank.filter(rows)
    return _Ranking(planned.candidate, planned.tree, scored, wanted, units.filter(rows), scores, ranks, table)


def _too_few(number: int, left: int, left_out: Sequence[LeftOut]) -> DefinitionError:
    what = f"none of the {number} methodologies" if left == 0 else f"only {left} of the {number} methodologies"
    lines = [
        line
        for one in grouped(left_out)
        for line in (f"{one.label}: {one.reason}", *([f"  {one.where}"] if one.where else ()))
    ]
    remedy = next((one.remedy for one in left_out if one.remedy), None)
    return DefinitionError(f"{what} can be scored", where="\n".join(lines), remedy=remedy)


def _warn(rankings: Sequence[_Ranking]) -> None:
    """Warn once of what several methodologies warn of."""
    who: dict[str, list[str]] = {}
    for one in rankings:
        for warning in one.scored.warnings:
            who.setdefault(warning, []).append(one.candidate.label)
    for warning, labels in who.items():
        others = f" (and {len(labels) - 1} more)" if len(labels) > 1 else ""
        warnings.warn(f"{labels[0]}{others}: {warning}", IndiciaWarning, stacklevel=4)


def _side_by_side(
    index: Comparable, rankings: Sequence[_Ranking], left_out: Sequence[LeftOut], against: object, count: Count
) -> Comparison:
    first = rankings[0]
    definition, folder = index.definition, index.origin.folder
    units = _units(rankings)
    told = [one.candidate.told(one.tree) for one in rankings]
    columns = {str(number): _aligned(one, units) for number, one in enumerate(rankings, start=1)}
    return Comparison(
        definition=definition,
        period=first.period,
        methods=tuple(
            Methodology(number, one.candidate.label, choices, apart)
            for number, (one, (choices, apart)) in enumerate(zip(rankings, told, strict=True), start=1)
        ),
        scores=with_figures(units, (scores.alias(name) for name, (scores, _) in columns.items())),
        ranks=with_figures(units, (ranks.alias(name) for name, (_, ranks) in columns.items())),
        failures=tuple(left_out),
        scoring_notes=_notes(rankings),
        given=None if against is None else Published.of(against, definition, units, folder, first.period),
        folder=folder,
        count=count,
        inputs=tuple(one.inputs for one in rankings),
        standing=_standing(index, first.table),
    )


def _standing(index: Comparable, table: pl.DataFrame) -> Inputs | None:
    """Return all that the index as it stands depends on, unless its own methods do not go together."""
    try:
        tree = build_tree(index.definition, index.catalogue, index.origin)
    except IndiciaError:
        return None
    outside = files_outside(index.definition, tree, index.origin)
    return Inputs(index.definition, tree, index.catalogue, table, files_outside=outside)


def _notes(rankings: Sequence[_Ranking]) -> tuple[Note, ...]:
    """Return what runs say, once, and in how many methodologies where not in all."""
    count = Counter(note for one in rankings for note in dict.fromkeys(one.scored.notes))
    number = len(rankings)
    return tuple(
        note if times == number else Note("in_some", note=note, times=times, number=number)
        for note, times in count.items()
    )


def _units(rankings: Sequence[_Ranking]) -> pl.DataFrame:
    """Return the units of any methodology, those of the first one first."""
    units = rankings[0].units
    known = set(units.to_series(0))
    for one in rankings[1:]:
        if not one.units.to_series(0).equals(units.to_series(0)):
            others = one.units.filter(~one.units.to_series(0).is_in(list(known)))
            names = others.to_series(0)
            known |= set(names)
            if others.columns != units.columns:  # another index may have no such labels
                others = pl.DataFrame(dict.fromkeys(units.columns, names))
            units = pl.concat([units, others])
    return units


def _aligned(ranking: _Ranking, units: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    names = ranking.units.to_series(0)
    if names.equals(units.to_series(0)):
        return ranking.scores, ranking.ranks
    found = pl.DataFrame({"unit": names, "score": ranking.scores, "rank": ranking.ranks})
    joined = units.select(unit=pl.nth(0)).join(found, on="unit", how="left", maintain_order="left")
    return joined["score"], joined["rank"]
