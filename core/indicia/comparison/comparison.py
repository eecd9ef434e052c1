"""The rankings of several methodologies, side by side, and what they have in common."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, get_args

import numpy as np
import polars as pl

from indicia import analysis
from indicia.comparison.distinct import first_with_same_ranking, pairs_for_choice
from indicia.comparison.methodology import grouped
from indicia.comparison.published import Published, held
from indicia.data import fingerprint, with_figures
from indicia.defaults import AGREEMENT, CONSENSUS
from indicia.errors import DataError, IndiciaError, pluralise, suggest
from indicia.notes import Names, Note
from indicia.outcome import Outcome, Renamed
from indicia.presentation import ComparisonTable, registered

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from indicia.comparison.distinct import Count
    from indicia.comparison.methodology import LeftOut, Methodology
    from indicia.presentation import ComparisonCharts
    from indicia.result import Inputs


@dataclass(frozen=True, repr=False, eq=False)
class Comparison(Outcome):
    """Scores and ranks of the same units by several methodologies, which are numbered from 1.

    `scores` and `ranks` have the unit, its labels, and one column per methodology, named by its number. What compares
    ranks takes the units that every methodology ranks; where some rank more, ranks are taken anew among these.

    Several methodologies may give the same ranking. Medians, shares, the consensus and effects count each distinct
    ranking once, or with `count="all"` the ranking of every methodology.
    """

    table_names: ClassVar = get_args(ComparisonTable)
    _noun = "a comparison"

    period: str | None
    """The period whose rankings are compared, of a panel."""
    methods: tuple[Methodology, ...]
    scores: pl.DataFrame
    ranks: pl.DataFrame
    failures: tuple[LeftOut, ...]
    scoring_notes: tuple[Note, ...]
    """The notes of the single methodologies."""
    given: Published | None = None
    """What the rankings are to be held against, if not the index's own reference."""
    folder: Path = Path()
    """Where the reference of the index stands."""
    count: Count = "distinct"
    """Medians, shares, the consensus and effects count each distinct ranking once, or all."""
    inputs: tuple[Inputs, ...] = ()
    """All that each methodology depends on."""
    standing: Inputs | None = None
    """All that the index as it stands depends on."""

    @property
    def unit(self) -> str:
        """The column that names the units."""
        return self.ranks.columns[0]

    @property
    def input_tables(self) -> tuple[pl.DataFrame, ...]:
        """The tables whose fingerprints are in the manifest."""
        scored = {id(table): table for one in (self.standing, *self.inputs) if one for table in one.tables}
        return (*scored.values(), *([] if self.given is None else [self.given.values]))

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """All that the comparison depends on: the index as it stands, and what each methodology has otherwise."""
        standing = self.standing or self.inputs[0]
        catalogues = {id(one.catalogue): one.catalogue for one in self.inputs}
        plugins = {plugin: version for one in self.inputs for plugin, version in one.plugins.items()}
        code = {name: code for one in catalogues.values() for name, code in one.code_of(plugins).items()}
        names = [f"{one.number} {one.label}" for one in self.methods]
        changes = [dict(one.changes_from(standing)) for one in self.inputs]
        return {
            **standing.manifest,
            "plugins": dict(sorted(plugins.items())),
            "code": dict(sorted(code.items())),
            "period": self.period,
            "count": self.count,
            "against": None if self.given is None else fingerprint(self.given.values),
            "methodologies": dict(zip(names, changes, strict=True)),
        }

    @property
    def choices(self) -> tuple[str, ...]:
        """What the methodologies differ in: stages, or other words of the index file."""
        named = dict.fromkeys(name for one in self.methods for name in one.choices)
        return tuple(name for name in named if self._differs(name))

    def _differs(self, name: str) -> bool:
        return len({one.told_apart.get(name) for one in self.methods}) > 1

    @cached_property
    def methodologies(self) -> pl.DataFrame:
        """The number of each methodology, its label, and one column per choice in which they differ."""
        return pl.DataFrame(
            {
                "methodology": [one.number for one in self.methods],
                "label": [one.label for one in self.methods],
                **{name: [one.choices.get(name) for one in self.methods] for name in self.choices},
            },
            schema_overrides={"methodology": pl.Int64},
        )

    @cached_property
    def left_out(self) -> pl.DataFrame:
        """The methodologies that could not be scored, and the reason."""
        return pl.DataFrame(
            {"label": [one.label for one in self.failures], "reason": [one.reason for one in self.failures]},
            schema={"label": pl.String, "reason": pl.String},
        )

    @cached_property
    def compared(self) -> pl.DataFrame:
        """The ranks of the units that every methodology ranks, taken anew where some rank more."""
        numbers = self._numbers
        common = self.ranks.drop_nulls(numbers)
        if len(common) < 2:
            raise DataError(
                "fewer than two units are ranked by every methodology",
                remedy="compare fewer methodologies; units of several index files are matched by name",
            )
        if all(self.ranks[name].count() == len(common) for name in numbers):
            return common
        ties = self.definition.methodology.ties
        return common.with_columns(pl.col(numbers).rank(ties))

    @cached_property
    def distinct_methods(self) -> tuple[Methodology, ...]:
        """The first methodology of each distinct ranking; two rankings are the same where all units rank the same."""
        return tuple(self.methods[place] for place in dict.fromkeys(self._first_alike))

    @property
    def counted_methods(self) -> tuple[Methodology, ...]:
        """The methodologies whose rankings medians, shares, the consensus and effects count."""
        return self.methods if self.count == "all" else self.distinct_methods

    @cached_property
    def rankings(self) -> pl.DataFrame:
        """The distinct rankings: the first methodology that gives each, how many do, and their numbers.

        The ranking that most methodologies give comes first.
        """
        alike: dict[int, list[int]] = {}
        for place, first in enumerate(self._first_alike):
            alike.setdefault(first, []).append(self.methods[place].number)
        rows = [
            (numbers[0], self.methods[first].label, len(numbers), ", ".join(map(str, numbers)))
            for first, numbers in alike.items()
        ]
        schema = {"methodology": pl.Int64, "label": pl.String, "methodologies": pl.Int64, "numbers": pl.String}
        found = pl.DataFrame(rows, schema=schema, orient="row")
        return found.sort("methodologies", "methodology", descending=[True, False])

    @cached_property
    def unranked(self) -> list[str]:
        """The units that some methodologies rank and others do not."""
        some = pl.any_horizontal(pl.col(self._numbers).is_not_null())
        every = pl.all_horizontal(pl.col(self._numbers).is_not_null())
        return self.ranks.filter(some & ~every)[self.unit].to_list()

    @cached_property
    def agreement_by_default(self) -> pl.DataFrame:
        """The agreement of each methodology with each, by Kendall's tau-b."""
        return self._agreement(AGREEMENT, ())

    def agreement(self, method: object = AGREEMENT, *, plugins: Iterable[str | Path] = ()) -> pl.DataFrame:
        """Measure how far each methodology agrees with each, by an agreement of the catalogue.

        The row says which ranking is the first, where a measure is not symmetric.
        """
        return self.agreement_by_default if method == AGREEMENT else self._agreement(method, plugins)

    def _agreement(self, method: object, plugins: Iterable[str | Path]) -> pl.DataFrame:
        if len(self.methods) < 2:
            raise DataError("agreement needs at least two methodologies", remedy="list several methods of a stage")
        found = analysis.agreement(self._rankings, method, plugins=plugins)
        return found.with_columns(pl.col("ranking").cast(pl.Int64)).rename({"ranking": "methodology"})

    def consensus(self, method: object = CONSENSUS, *, plugins: Iterable[str | Path] = ()) -> pl.DataFrame:
        """Make one ranking of all that count, by a consensus of the catalogue: best first, ties at the mean."""
        rankings = self._rankings.select(self.unit, *(str(one.number) for one in self.counted_methods))
        found = analysis.consensus(rankings, method, plugins=plugins)
        return self._about.hstack(found.select("score", "rank")).sort("rank", self.unit)

    @cached_property
    def movers(self) -> pl.DataFrame:
        """The units by how far their ranks spread: best, median and worst rank, and the methodologies that give them.

        `best_in` and `worst_in` are the first such methodologies.
        """
        ranks = self._matrix
        best, worst = ranks.min(axis=1), ranks.max(axis=1)
        figures = [
            pl.Series("best", best),
            pl.Series("median", self._medians),
            pl.Series("worst", worst),
            pl.Series("spread", worst - best),
            pl.Series("best_in", ranks.argmin(axis=1) + 1, pl.Int64),
            pl.Series("worst_in", ranks.argmax(axis=1) + 1, pl.Int64),
        ]
        found = with_figures(self._about, figures)
        whole = self.compared.schema["1"].is_integer()
        found = found.with_columns(pl.col("best", "worst", "spread").cast(pl.Int64)) if whole else found
        return found.sort(["spread", "median", self.unit], descending=[True, False, False])

    def stable(self, k: float = 3) -> list[str]:
        """Return the units whose rank is within k places of their own median rank in every methodology.

        The median is taken over the rankings that count; for an even number of them it may lie between two ranks.
        """
        within = (np.abs(self._matrix - self._medians[:, None]) <= k).all(axis=1)
        return self.compared.filter(pl.Series(within))[self.unit].to_list()

    def top(self, k: int = 10) -> pl.DataFrame:
        """Return the units among the first k of any methodology: in how many `rankings` that count, and their `share`.

        Units with a share of 1 are among the first k in all. Ties may make it more than k units in one ranking.
        """
        count = (self._counted_ranks <= k).sum(axis=1)
        figures = pl.Series("rankings", count, pl.Int64), pl.Series("share", count / len(self.counted_methods))
        found = with_figures(self._about, figures)
        order = pl.DataFrame({"count": -count, "median": self._medians, "unit": found[self.unit]})
        found = found[order.select(pl.arg_sort_by("count", "median", "unit")).to_series()]
        return found.filter(pl.col("rankings") > 0)

    @cached_property
    def effects(self) -> pl.DataFrame:
        """How many places a unit moves, on average, when only one choice changes.

        The mean of |rank - rank'| over all units and over all pairs of rankings between which that choice changes and
        nothing else; null where there is no such pair. A pair of distinct rankings counts once, however many pairs of
        methodologies give it; where no option of the choice moves a unit, that counts once as 0. With `count="all"`
        every pair of methodologies counts. The largest first.
        """
        rows = [(name, *self._effect(name)) for name in self.choices]
        schema = {"choice": pl.String, "mean_shift": pl.Float64, "pairs": pl.Int64}
        found = pl.DataFrame(rows, schema=schema, orient="row")
        return found.sort(-pl.col("mean_shift"), nulls_last=True, maintain_order=True)

    def _effect(self, name: str) -> tuple[float | None, int]:
        rankings = range(len(self.methods)) if self.count == "all" else self._first_alike
        ranks = self._matrix.T
        shifts = [
            float(np.abs(ranks[first] - ranks[second]).mean())
            for first, second in pairs_for_choice(name, self.methods, rankings)
        ]
        return (sum(shifts) / len(shifts) if shifts else None), len(shifts)

    def specification(self, unit: str | None = None) -> pl.DataFrame:
        """Return one line per methodology, for a specification curve: its choices, and where it puts a unit.

        Sorted by the unit's rank. Without a unit it is `mean_shift`, how many places a unit stands from
        its median rank on average, and those nearest to the middle come first.
        """
        if unit is None:
            apart = np.abs(self._matrix - self._medians[:, None]).mean(axis=0)
            return self._beside(mean_shift=pl.Series(apart)).sort("mean_shift", "methodology")
        row = self._row_of(unit)
        ranks_of, scores_of = (frame.row(row)[-len(self.methods) :] for frame in (self.ranks, self.scores))
        kind = self.ranks.schema["1"]
        found = self._beside(rank=pl.Series(ranks_of, dtype=kind), score=pl.Series(scores_of, dtype=pl.Float64))
        return found.sort("rank", "methodology", nulls_last=True)

    def _beside(self, **columns: pl.Series) -> pl.DataFrame:
        """Return the methodologies with figures in front of their choices."""
        return self.methodologies.with_columns(**columns).select(
            "methodology", *columns, pl.exclude("methodology", *columns)
        )

    def _row_of(self, unit: str) -> int:
        for column in self._columns:
            names = self.ranks[column].to_list()
            if unit in names:
                return names.index(unit)
        raise DataError(f'"{unit}" is no unit of the data', remedy=suggest(unit, self.ranks[self.unit].to_list()))

    def against(self, published: object = None, method: object = AGREEMENT) -> pl.DataFrame:
        """Say how far each methodology recovers a published ranking, the nearest first.

        `published` is a path or a frame of ranks or scores, or a list of the first units in no order; if not given, it
        is what the comparison was made with, else the index's own [reference]. Of a set of N units, `recovered` says
        how many are among the first N; else `agreement` is that of the ranks by an agreement of the catalogue,
        `mean_shift` how many places a unit is off on average, and `equal_ranks` or `equal_scores` how many are equal.
        """
        source = self.published if published is None else self.reading(published)
        if source is None:
            raise IndiciaError("there is no published ranking", remedy="--against published.csv, or [reference]")
        found = held(self.ranks, self.scores, source, method)
        return found.join(self.methodologies, on="methodology", maintain_order="left")

    def reading(self, published: object) -> Published | None:
        """Read a published ranking of these units; without a source that of the index, if it has one."""
        return Published.of(published, self.definition, self.ranks.select(self._columns), self.folder, self.period)

    @property
    def reproduction(self) -> pl.DataFrame:
        """The agreement of each methodology with the published ranking."""
        return self.against()

    recovery = Renamed("reproduction")

    def frame(
        self,
        name: str,
        *,
        agreement: object = AGREEMENT,
        consensus: object = CONSENSUS,
        unit: str | None = None,
        plugins: Iterable[str | Path] = (),
    ) -> pl.DataFrame:
        """Return a table by its name, one of `table_names`.

        `agreement` and `consensus` are the methods of these tables, and `unit` is the unit of the specification.
        """
        if name == "agreement":
            return self.agreement(agreement, plugins=plugins)
        if name == "consensus":
            return self.consensus(consensus, plugins=plugins)
        if name == "specification":
            return self.specification(unit)
        return super().frame(name)

    @property
    def plot(self) -> ComparisonCharts:
        """The charts, as Altair objects: `comparison.plot.slope()`.

        They need the extra `charts`, and without it the error names what to install.
        """
        charts: ComparisonCharts = registered("plot")(self)
        return charts

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.ranks.select(self._columns)

    @property
    def _title_parts(self) -> list[str]:
        units = pluralise(len(self.compared), "ranked unit")
        number = len(self.methods)
        methodologies = f"{number} methodolog{'y' if number == 1 else 'ies'}"
        if len(self.distinct_methods) < number:
            methodologies += f" with {pluralise(len(self.distinct_methods), 'distinct ranking')}"
        left_out = f", {len(self.failures)} left out" if self.failures else ""
        return [*([self.period] if self.period else []), methodologies + left_out, units]

    @cached_property
    def published(self) -> Published | None:
        """What the rankings are held against, if anything."""
        return self.given or self.reading(None)

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """The methodologies and units that are left out, with the reasons, and the notes of the methodologies."""
        lines = [Note("methodology_left_out", label=one.label, reason=one.reason) for one in grouped(self.failures)]
        if self.unranked:
            lines.append(Note("not_compared", units=Names.of(self.unranked)))
        if self.published and self.published.unknown:
            lines.append(Note("not_in_data", units=Names.of(self.published.unknown)))
        return (*lines, *self.scoring_notes)

    remarks = Renamed("notes")
    names = Renamed("reader_names")

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        return (self.methodologies, self.movers)

    @property
    def _numbers(self) -> list[str]:
        return [str(one.number) for one in self.methods]

    @property
    def _columns(self) -> list[str]:
        return self.ranks.columns[: -len(self.methods)]

    @property
    def _about(self) -> pl.DataFrame:
        return self.compared.select(self._columns)

    @property
    def _rankings(self) -> pl.DataFrame:
        return self.compared.select(self.unit, *self._numbers)

    @cached_property
    def _matrix(self) -> npt.NDArray[np.float64]:
        """The compared ranks, shape (units, methodologies)."""
        return self.compared.select(pl.col(self._numbers).cast(pl.Float64)).to_numpy()

    @cached_property
    def _first_alike(self) -> tuple[int, ...]:
        """The place of the first methodology with the same ranking, by methodology."""
        return first_with_same_ranking(self._matrix)

    @property
    def _counted_ranks(self) -> npt.NDArray[np.float64]:
        """The compared ranks that count, shape (units, rankings)."""
        return self._matrix[:, [one.number - 1 for one in self.counted_methods]]

    @cached_property
    def _medians(self) -> npt.NDArray[np.float64]:
        """The median rank of each unit over the rankings that count."""
        medians: npt.NDArray[np.float64] = np.median(self._counted_ranks, axis=1)
        return medians
