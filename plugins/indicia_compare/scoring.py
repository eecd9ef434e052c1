"""Plan and score methodologies, and join their rankings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from indicia.callers import warn
from indicia.data import is_server, with_figures
from indicia.definition import ROOT, STAGES, SharedParts, build_tree, used_columns_of
from indicia.errors import DataError, DefinitionError, IndiciaError, enough_memory
from indicia.notes import Names, Note
from indicia.paths import expanded
from indicia.progress import Progress, silent
from indicia.result import Inputs
from indicia.run import BYTES_PER_SCORE, ROWS_PER_BATCH, StageCache, score_all
from indicia.tables.periods import rows_of_period
from indicia_compare.bands import BandsOfMethodology
from indicia_compare.candidates import candidates
from indicia_compare.comparison import Comparison
from indicia_compare.methodology import LeftOut, Methodology, group_by_reason, methods
from indicia_compare.published import Published

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.definition import Definition, Node
    from indicia.run import Scored
    from indicia.types import Period, PublishedRanking, TableLike
    from indicia_compare.candidates import Candidate, Comparable
    from indicia_compare.distinct import Count


def compare(
    indices: Sequence[Comparable],
    listed: Mapping[str, object],
    *,
    named: Mapping[str, Comparable] = MappingProxyType({}),
    table: TableLike | None = None,
    period: Period | None = None,
    against: PublishedRanking | None = None,
    count: Count = "distinct",
    progress: Progress = silent,
) -> Comparison:
    """Score every methodology that `candidates` returns, and compare the rankings of a period, by default the last.

    A methodology that cannot be planned or scored, or that ties all units, is left out with the reason. DefinitionError
    if fewer than two methodologies remain; next to a published ranking, one is enough.
    """
    all_candidates = candidates(indices, listed, named)
    indices = [*indices, *named.values()]
    least = 2 if against is None else 1
    if len(all_candidates) < least:
        raise DefinitionError(
            f"there is only one methodology to compare: {all_candidates[0].label}",
            remedy="list several methods of a stage, or write [variants]",
        )
    planned, left_out = _plan_all(all_candidates)
    _check_stages(planned)
    _check_ends(planned)
    borrowed = BorrowedTable.of(indices) if table is None else None
    rankings, failed = _rankings(planned, table, borrowed, period, progress)
    left_out += failed
    if len(rankings) < least:
        raise _too_few(len(all_candidates), len(rankings), left_out)
    _warn(rankings)
    comparison = _joined(indices[0], rankings, left_out, against, count)
    if borrowed is None:
        return comparison
    return replace(comparison, scoring_notes=(*borrowed.notes(indices), *comparison.scoring_notes))


@dataclass(frozen=True)
class _Planned:
    candidate: Candidate
    tree: Node


@dataclass(frozen=True)
class _Ranking:
    """Scores and ranks by a methodology in a period."""

    candidate: Candidate
    tree: Node
    scored: Scored
    period: str | None
    units: pl.DataFrame
    """The unit, and its labels."""
    scores: pl.Series
    ranks: pl.Series
    bands: BandsOfMethodology
    table: pl.DataFrame

    @property
    def inputs(self) -> Inputs:
        """The inputs of the ranking."""
        definition, index = self.candidate.definition, self.candidate.index
        return Inputs(definition, self.tree, index.catalogue, self.table, index.origin)


def _plan_all(candidates: Sequence[Candidate]) -> tuple[list[_Planned], list[LeftOut]]:
    planned, left_out, shared = [], [], SharedParts()
    for candidate in candidates:
        try:
            tree = build_tree(candidate.definition, candidate.index.catalogue, candidate.origin, shared)
            planned.append(_Planned(candidate, tree))
        except IndiciaError as error:
            left_out.append(_left_out(candidate, error))
    return planned, left_out


def _left_out(candidate: Candidate, error: IndiciaError) -> LeftOut:
    candidate.origin.locate(error)
    return LeftOut(candidate.label, candidate.chosen, error.reason, error.remedy, error.where if error.word else None)


def _check_stages(planned: Sequence[_Planned]) -> None:
    """Refuse a list of methods without effect, because every node or indicator names its own method."""
    used = [methods(methodology.tree) for methodology in planned]
    for stage in STAGES:
        listed = {methodology.candidate.chosen.get(stage) for methodology in planned}
        if len(listed) > 1 and len({methodology[stage] for methodology in used}) == 1:
            raise DefinitionError(
                f"the choice of {stage} changes nothing: every part of the index names its own",
                remedy=f"take {stage} out of [dimensions] and [indicators], or list methods of another stage",
            )


def _check_ends(planned: Sequence[_Planned]) -> None:
    """Refuse methodologies whose ranks are numbered from different ends."""
    ends = {methodology.candidate.definition.methodology.rank_from: methodology.candidate for methodology in planned}
    if len(ends) > 1:
        best, worst = ends["best"], ends["worst"]
        places = {candidate.origin.where(["methodology", "rank_from"]) for candidate in (best, worst)}
        raise DefinitionError(
            f"ranks of {best.label} are numbered from the best, and ranks of {worst.label} from the worst",
            where="\n".join(sorted(filter(None, places))) or None,
            remedy="write the same rank_from in all of them",
        )


@dataclass
class _Table:
    """A table, and the methodologies that score it."""

    source: object
    columns: set[str]
    frame: pl.DataFrame
    planned: list[_Planned] = field(default_factory=list)


def _tables(planned: Sequence[_Planned], table: TableLike | None, borrowed: BorrowedTable | None) -> list[_Table]:
    """Read each table once for all methodologies that score it."""
    tables: list[_Table] = []
    by_index: dict[int, _Table] = {}
    for methodology in planned:
        index = methodology.candidate.index
        if id(index) not in by_index:
            specs = index.definition.indicators.items()
            columns = {spec.column or name for name, spec in specs} | {spec.per for _, spec in specs if spec.per}
            columns |= set(used_columns_of(methodology.tree))
            data = index.definition.data.model_copy(update={"where": {}})  # the first stage of a run keeps rows
            own = borrowed.path if borrowed is not None and is_fitted(index) else table
            source = (data, index.origin.folder.resolve() if own is None else None)
            group = next((other for other in tables if other.source == source and other.columns >= columns), None)
            if group is None:
                group = _Table(source, columns, index.read_table(own))
                tables.append(group)
            by_index[id(index)] = group
        by_index[id(index)].planned.append(methodology)
    return tables


def _rankings(
    planned: Sequence[_Planned],
    table: TableLike | None,
    borrowed: BorrowedTable | None,
    period: Period | None,
    progress: Progress,
) -> tuple[list[_Ranking], list[LeftOut]]:
    outcomes: dict[int, Scored | IndiciaError] = {}
    tables: dict[int, pl.DataFrame] = {}
    for group in _tables(planned, table, borrowed):
        definitions = [methodology.candidate.definition for methodology in group.planned]
        scored = _score_in_batches(definitions, [methodology.tree for methodology in group.planned], group.frame)
        rows, number = len(group.frame), len(group.planned)
        size = f"score {rows:,} rows by {number:,} methodologies"
        with enough_memory(size, "compare fewer methodologies", BYTES_PER_SCORE * rows * number):
            for methodology, outcome in zip(group.planned, scored, strict=True):
                outcomes[id(methodology)], tables[id(methodology)] = outcome, group.frame
                progress(len(outcomes), len(planned))
    rankings, left_out = [], []
    for methodology in planned:
        outcome = outcomes[id(methodology)]
        if isinstance(outcome, IndiciaError):
            left_out.append(_left_out(methodology.candidate, outcome))
            continue
        ranking = _ranking(methodology, outcome, period, tables[id(methodology)])
        if len(ranking.units) < 2:
            raise DataError("a comparison needs at least two units, and there is one", remedy="add units to the data")
        if ranking.ranks.drop_nulls().n_unique() < 2:
            left_out.append(_left_out(methodology.candidate, _error_of_ties(ranking.ranks.count())))
        else:
            rankings.append(ranking)
    return rankings, left_out


def _error_of_ties(ranked: int) -> DataError:
    if ranked > 1:
        return DataError("all units are equal", remedy="choose methods with different scores for different values")
    return DataError("fewer than two units are ranked", remedy="look at [eligible], and at missing values")


def _score_in_batches(
    definitions: Sequence[Definition], trees: Sequence[Node], frame: pl.DataFrame
) -> Iterator[Scored | IndiciaError]:
    """Score all methodologies of a table, in batches that fit in memory."""
    shared, planned = StageCache(), list(zip(definitions, trees, strict=True))
    step = max(1, ROWS_PER_BATCH // max(1, len(frame)))
    for start in range(0, len(planned), step):
        yield from _score_batch(planned[start : start + step], frame, shared)


def _score_batch(
    planned: Sequence[tuple[Definition, Node]], frame: pl.DataFrame, shared: StageCache
) -> Sequence[Scored | IndiciaError]:
    """Score a batch of methodologies; if it fails, score each half, until each failing methodology is alone."""
    try:
        return score_all(planned, frame, shared)
    except IndiciaError as error:
        if len(planned) == 1:
            return [error]
        half = len(planned) // 2
        return [*_score_batch(planned[:half], frame, shared), *_score_batch(planned[half:], frame, shared)]


def _ranking(planned: _Planned, scored: Scored, period: Period | None, table: pl.DataFrame) -> _Ranking:
    """Return the scores and ranks of one period."""
    data = planned.candidate.definition.data
    units = scored.units.select(data.unit, *(label for label in data.labels() if label != data.unit))
    ranked_period, rows = rows_of_period(scored.source, period)
    scores, ranks = scored.nodes[ROOT].filter(rows), scored.rank.filter(rows)
    bands = BandsOfMethodology.of(scored, rows)
    return _Ranking(
        planned.candidate, planned.tree, scored, ranked_period, units.filter(rows), scores, ranks, bands, table
    )


def _too_few(total: int, scored: int, left_out: Sequence[LeftOut]) -> DefinitionError:
    subject = f"none of the {total} methodologies" if scored == 0 else f"only {scored} of the {total} methodologies"
    lines = [
        line
        for failure in group_by_reason(left_out)
        for line in (f"{failure.label}: {failure.reason}", *([f"  {failure.where}"] if failure.where else ()))
    ]
    remedy = next((failure.remedy for failure in left_out if failure.remedy), None)
    return DefinitionError(f"{subject} can be scored", where="\n".join(lines), remedy=remedy)


def _warn(rankings: Sequence[_Ranking]) -> None:
    """Issue each warning once, with the number of methodologies that have it."""
    labels_by_warning: dict[str, list[str]] = {}
    for ranking in rankings:
        for warning in ranking.scored.warnings:
            labels_by_warning.setdefault(warning, []).append(ranking.candidate.label)
    for warning, labels in labels_by_warning.items():
        others = f" (and {len(labels) - 1} more)" if len(labels) > 1 else ""
        warn(f"{labels[0]}{others}: {warning}")


def _joined(
    index: Comparable,
    rankings: Sequence[_Ranking],
    left_out: Sequence[LeftOut],
    against: PublishedRanking | None,
    count: Count,
) -> Comparison:
    first = rankings[0]
    definition, folder = index.definition, index.origin.folder
    units = _units(rankings)
    choices_and_values = [ranking.candidate.choices_with_values(ranking.tree) for ranking in rankings]
    columns = {str(number): _aligned(ranking, units) for number, ranking in enumerate(rankings, start=1)}
    return Comparison(
        definition=definition,
        period=first.period,
        methods=tuple(
            Methodology(number, ranking.candidate.label, choices, values, ranking.candidate.name)
            for number, (ranking, (choices, values)) in enumerate(
                zip(rankings, choices_and_values, strict=True), start=1
            )
        ),
        scores=with_figures(units, (scores.alias(name) for name, (scores, _) in columns.items())),
        ranks=with_figures(units, (ranks.alias(name) for name, (_, ranks) in columns.items())),
        bands=tuple(ranking.bands for ranking in rankings),
        failures=tuple(left_out),
        scoring_notes=_notes(rankings),
        chosen_reference=None if against is None else Published.of(against, definition, units, folder, first.period),
        folder=folder,
        count=count,
        inputs=tuple(ranking.inputs for ranking in rankings),
        index_inputs=_index_inputs(index, first.table),
    )


def _index_inputs(index: Comparable, table: pl.DataFrame) -> Inputs | None:
    """Return the inputs of the index without changes, or None if its own methods cannot be combined."""
    try:
        tree = build_tree(index.definition, index.catalogue, index.origin)
    except IndiciaError:
        return None
    return Inputs(index.definition, tree, index.catalogue, table, index.origin)


def _notes(rankings: Sequence[_Ranking]) -> tuple[Note, ...]:
    """Return each note of the runs once, with the number of its methodologies if some lack it."""
    count = Counter(note for ranking in rankings for note in dict.fromkeys(ranking.scored.notes))
    number = len(rankings)
    return tuple(
        note if times == number else Note("in_some", note=note, times=times, number=number)
        for note, times in count.items()
    )


def _units(rankings: Sequence[_Ranking]) -> pl.DataFrame:
    """Return the units of all methodologies; the units of the first methodology come first."""
    units = rankings[0].units
    names_so_far = set(units.to_series(0))
    for ranking in rankings[1:]:
        if not ranking.units.to_series(0).equals(units.to_series(0)):
            others = ranking.units.filter(~ranking.units.to_series(0).is_in(list(names_so_far)))
            names = others.to_series(0)
            names_so_far |= set(names)
            if others.columns != units.columns:  # another index may have other labels
                others = pl.DataFrame(dict.fromkeys(units.columns, names))
            units = pl.concat([units, others])
    return units


def _aligned(ranking: _Ranking, units: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    names = ranking.units.to_series(0)
    if names.equals(units.to_series(0)):
        return ranking.scores, ranking.ranks
    values = pl.DataFrame({"unit": names, "score": ranking.scores, "rank": ranking.ranks})
    joined = units.select(unit=pl.nth(0)).join(values, on="unit", how="left", maintain_order="left")
    return joined["score"], joined["rank"]


@dataclass(frozen=True)
class BorrowedTable:
    """The table of the first index file that names one."""

    name: str
    """The name in the index file."""
    path: str
    """The path from the working directory, or the URL of a server."""

    @classmethod
    def of(cls, indices: Sequence[Comparable]) -> BorrowedTable | None:
        """Return the table that fitted indices score; None if no index is fitted, or no other one has a table."""
        lender = next((index for index in indices if index.definition.data.path and not is_fitted(index)), None)
        if lender is None or not any(map(is_fitted, indices)):
            return None
        name = str(lender.definition.data.path)
        return cls(name, name if is_server(name) else str(lender.origin.folder / expanded(name)))

    def notes(self, indices: Sequence[Comparable]) -> Iterator[Note]:
        """Yield a note with the fitted indices that score the table."""
        paths = [index.origin.named_file for index in indices if is_fitted(index)]
        names = [path.name if path else "fitted index" for path in paths]
        yield Note("borrowed_table", table=self.name, editions=Names.of(names))


def is_fitted(index: Comparable) -> bool:
    """Return whether an index has the statistics and weights of a fit."""
    return index.definition.frozen is not None
