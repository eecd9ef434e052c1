"""The rankings of several methodologies side by side, and their agreement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, get_args

import numpy as np
import polars as pl

from indicia import analysis
from indicia.analysis.rankings import is_distance, takes_lists
from indicia.arguments import names_its_arguments
from indicia.citations import with_unique_keys
from indicia.comparison.agreements import agreement_by_choice
from indicia.comparison.ballots import RANKED_UNITS, Ballots, RankedUnits, weights_by_number
from indicia.comparison.bands import BandsOfMethodology, band_changes
from indicia.comparison.distinct import first_with_same_ranking, pairs_for_choice
from indicia.comparison.iterated import iterate
from indicia.comparison.methodology import group_by_reason
from indicia.comparison.published import Published, compare_with
from indicia.data import fingerprint, with_figures
from indicia.defaults import AGREEMENT, CONSENSUS
from indicia.errors import DataError, DefinitionError, IndiciaError, join_names, pluralise, suggest_unit
from indicia.notes import Names, Note
from indicia.outcome import Outcome, Renamed
from indicia.presentation import ComparisonTable, registered
from indicia.progress import Progress, silent
from indicia.result.run_citations import manifest_of
from indicia.stages.rank import lowest_ranks_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from indicia.comparison.distinct import Count
    from indicia.comparison.methodology import LeftOut, Methodology
    from indicia.presentation import ComparisonCharts
    from indicia.result import Inputs
    from indicia.types import AgreementChoice, ConsensusChoice, PublishedRanking


@dataclass(frozen=True, repr=False, eq=False)
class Comparison(Outcome[ComparisonTable]):
    """Scores and ranks of the same units by several methodologies, which are numbered from 1.

    `scores` and `ranks` have the unit, its labels, and one column per methodology, named by its number. Ranks are
    compared for the units that every methodology ranks; if a methodology ranks other units too, the ranks are computed
    again without them.

    Several methodologies may have the same ranking. Medians, shares, the consensus and effects count each distinct
    ranking once, or with `count="all"` the ranking of every methodology.
    """

    table_names: ClassVar[tuple[ComparisonTable, ...]] = get_args(ComparisonTable)
    _noun = "a comparison"

    period: str | None
    """The period of a panel whose rankings are compared."""
    methods: tuple[Methodology, ...]
    scores: pl.DataFrame
    ranks: pl.DataFrame
    failures: tuple[LeftOut, ...]
    scoring_notes: tuple[Note, ...]
    """The notes of the runs of the methodologies."""
    chosen_reference: Published | None = None
    """The published ranking to compare with; None for the reference of the index file."""
    folder: Path = Path()
    """The folder of the reference of the index file."""
    count: Count = "distinct"
    """Medians, shares, the consensus and effects count each distinct ranking once, or all."""
    inputs: tuple[Inputs, ...] = ()
    """The inputs of each methodology."""
    index_inputs: Inputs | None = None
    """The inputs of the index without changes."""
    bands: tuple[BandsOfMethodology, ...] = ()
    """The bands of the units, by methodology."""

    given: ClassVar[Renamed] = Renamed("chosen_reference")
    standing: ClassVar[Renamed] = Renamed("index_inputs")
    compared: ClassVar[Renamed] = Renamed("common_ranks")
    reading: ClassVar[Renamed] = Renamed("read_published")

    @property
    def unit(self) -> str:
        """The column that names the units."""
        return self.ranks.columns[0]

    @property
    def input_tables(self) -> tuple[pl.DataFrame, ...]:
        """The tables whose fingerprints are in the manifest."""
        inputs = (self.index_inputs or self.inputs[0], *self.inputs)
        tables = {id(table): table for methodology in inputs for table in methodology.tables}
        return (*tables.values(), *([] if self.chosen_reference is None else [self.chosen_reference.values]))

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The inputs of the index, and the settings in which each methodology differs from the index."""
        index_inputs = self.index_inputs or self.inputs[0]
        catalogues = {id(inputs.catalogue): inputs.catalogue for inputs in self.inputs}.values()
        plugins = {plugin: version for inputs in self.inputs for plugin, version in inputs.plugins.items()}
        code = {name: code for catalogue in catalogues for name, code in catalogue.code_of(plugins).items()}
        names = [f"{methodology.number} {methodology.label}" for methodology in self.methods]
        changes = [dict(inputs.changes_from(index_inputs)) for inputs in self.inputs]
        return {
            **index_inputs.manifest,
            "plugins": dict(sorted(plugins.items())),
            "code": dict(sorted(code.items())),
            "period": self.period,
            "count": self.count,
            "against": None if self.chosen_reference is None else fingerprint(self.chosen_reference.values),
            "methodologies": dict(zip(names, changes, strict=True)),
            **manifest_of(with_unique_keys(work for inputs in self.inputs for work in inputs.citations)),
        }

    @property
    def choices(self) -> tuple[str, ...]:
        """The choices in which the methodologies differ: stages, or other keys of the index file."""
        names = dict.fromkeys(name for methodology in self.methods for name in methodology.choices)
        return tuple(name for name in names if self._differs(name))

    def _differs(self, name: str) -> bool:
        return len({methodology.identity.get(name) for methodology in self.methods}) > 1

    @cached_property
    def methodologies(self) -> pl.DataFrame:
        """The number of each methodology, its label, and one column for each choice in which methodologies differ."""
        return pl.DataFrame(
            {
                "methodology": [methodology.number for methodology in self.methods],
                "label": [methodology.label for methodology in self.methods],
                **{name: [methodology.choices.get(name) for methodology in self.methods] for name in self.choices},
            },
            schema_overrides={"methodology": pl.Int64},
        )

    @cached_property
    def left_out(self) -> pl.DataFrame:
        """The methodologies that cannot be scored, with the reasons."""
        return pl.DataFrame(
            [(failure.label, failure.reason) for failure in self.failures],
            orient="row",
            schema={"label": pl.String, "reason": pl.String},
        )

    @property
    def ranks_from_worst(self) -> bool:
        """True if rank 1 is the worst."""
        return self.definition.methodology.rank_from == "worst"

    @property
    def _lowest_first(self) -> bool:
        """True if the lowest score of the index has rank 1."""
        index = self.index_inputs or (self.inputs[0] if self.inputs else None)
        if index is None:
            return (self.definition.direction == "cost") != self.ranks_from_worst
        return lowest_ranks_first(self.definition, index.tree)

    @cached_property
    def common_ranks(self) -> pl.DataFrame:
        """The ranks among the units that every methodology ranks."""
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
        """The first methodology of each distinct ranking; two rankings are distinct if the rank of a unit differs."""
        return tuple(self.methods[place] for place in dict.fromkeys(self._first_with_same_ranking))

    @property
    def counted_methods(self) -> tuple[Methodology, ...]:
        """The methodologies whose rankings enter medians, shares, the consensus and effects."""
        return self.methods if self.count == "all" else self.distinct_methods

    @cached_property
    def rankings(self) -> pl.DataFrame:
        """The distinct rankings: the first methodology of each, the count of its methodologies, and their numbers.

        Rankings of many methodologies come first.
        """
        groups: dict[int, list[int]] = {}
        for place, first in enumerate(self._first_with_same_ranking):
            groups.setdefault(first, []).append(self.methods[place].number)
        rows = [
            (numbers[0], self.methods[first].label, len(numbers), ", ".join(map(str, numbers)))
            for first, numbers in groups.items()
        ]
        schema = {"methodology": pl.Int64, "label": pl.String, "methodologies": pl.Int64, "numbers": pl.String}
        rankings = pl.DataFrame(rows, schema=schema, orient="row")
        return rankings.sort("methodologies", "methodology", descending=[True, False])

    @cached_property
    def unranked(self) -> list[str]:
        """The units that some methodologies rank and other methodologies do not."""
        is_ranked = pl.col(self._numbers).is_not_null()
        in_some_only = pl.any_horizontal(is_ranked) & ~pl.all_horizontal(is_ranked)
        return self.ranks.filter(in_some_only)[self.unit].to_list()

    @cached_property
    def agreement_by_default(self) -> pl.DataFrame:
        """The agreement of each pair of methodologies, by Kendall's tau-b."""
        return self._agreement(AGREEMENT, ())

    @names_its_arguments
    def agreement(self, method: AgreementChoice = AGREEMENT, *, plugins: Iterable[str | Path] = ()) -> pl.DataFrame:
        """Measure the agreement of each pair of methodologies, by an agreement of the catalogue.

        For a measure that is not symmetric, the row is the first ranking. Methodologies with names, such as variants,
        have them in `methodology` and as columns; others have their numbers.

        Parameters
        ----------
        method : str, mapping or Agreement, default "kendall"
            An agreement of two rankings.
        plugins : iterable of path, optional
            Files of methods, in addition to the installed plugins; by default none.

        Returns
        -------
        polars.DataFrame
            A row and a column for each methodology, by its name or number.

        Raises
        ------
        DataError
            If there is only one methodology, or the measure has no value.
        """
        return self.agreement_by_default if method == AGREEMENT else self._agreement(method, plugins)

    def _agreement(self, method: AgreementChoice, plugins: Iterable[str | Path]) -> pl.DataFrame:
        if len(self.methods) < 2:
            raise DataError("agreement needs at least two methodologies", remedy="list several methods of a stage")
        table = analysis.agreement(self._rankings, method, plugins=plugins)
        table = table.with_columns(methodology=self.method_names).select("methodology", pl.exclude("methodology"))
        columns = map(str, self.method_names)
        return table.drop("ranking").rename(dict(zip(self._numbers, columns, strict=True)))

    @property
    def method_names(self) -> pl.Series:
        """The methodologies in tables: their names, or their numbers if some have no name of their own."""
        names = [methodology.label for methodology in self.methods]
        has_names = all(methodology.has_own_name for methodology in self.methods) and "methodology" not in names
        return pl.Series(names if has_names else [methodology.number for methodology in self.methods])

    @names_its_arguments
    def agreement_by_choice(
        self, method: AgreementChoice = AGREEMENT, *, plugins: Iterable[str | Path] = ()
    ) -> pl.DataFrame:
        """Measure the agreement of methodologies that differ in a single choice: in the weighting alone, for example.

        The pairs are those of `effects`. The choice that matters most comes first.

        Parameters
        ----------
        method : str, mapping or Agreement, default "kendall"
            An agreement of two rankings.
        plugins : iterable of path, optional
            Files of methods, in addition to the installed plugins; by default none.

        Returns
        -------
        polars.DataFrame
            A row for each choice: the `mean` and the `least` agreement over the `pairs` (of a distance, the largest),
            and the two methodologies that agree least. Null without such a pair.

        Raises
        ------
        DataError
            If there is only one methodology, or the measure has no value.
        """
        distance = is_distance(method, plugins=plugins)
        rankings = range(len(self.methods)) if self.count == "all" else self._first_with_same_ranking
        table = self.agreement(method, plugins=plugins).drop("methodology").to_numpy()
        return agreement_by_choice(self.choices, self.methods, rankings, table, distance=distance)

    @names_its_arguments
    def consensus(
        self,
        method: ConsensusChoice = CONSENSUS,
        *,
        weights: Mapping[str, float] = MappingProxyType({}),
        units: RankedUnits = "common",
        plugins: Iterable[str | Path] = (),
    ) -> pl.DataFrame:
        """Combine the counted rankings by a consensus of the catalogue: rank 1 first, ties at their mean rank.

        Parameters
        ----------
        method : str, mapping or Consensus, default "borda"
            A consensus of rankings.
        weights : mapping of str to float, optional
            The weights of rankings, such as numbers of votes, by the name or number of a methodology; by default 1
            each. A ranking that several methodologies give counts once, with the weight that any of them has here.
        units : {"common", "all"}, default "common"
            The units that every methodology ranks, or all that some methodology ranks. A methodology is then a list of
            some units for the consensus, which has to take such lists.
        plugins : iterable of path, optional
            Files of methods, in addition to the installed plugins; by default none.

        Returns
        -------
        polars.DataFrame
            The units, `score` and `rank`.

        Raises
        ------
        DataError
            For a weight of no methodology, and for lists that the consensus does not take.
        MethodError
            For weights, if the consensus takes none.
        """
        ranks, ballots = self._ballots(method, weights, units, plugins)
        consensus = analysis.consensus(ballots.rankings, method, weights=ballots.weights, plugins=plugins)
        return ranks.select(self._columns).hstack(consensus.select("score", "rank")).sort("rank", self.unit)

    @names_its_arguments
    def details(
        self,
        consensus: ConsensusChoice,
        table: str | None = None,
        *,
        weights: Mapping[str, float] = MappingProxyType({}),
        units: RankedUnits = "common",
        plugins: Iterable[str | Path] = (),
    ) -> pl.DataFrame:
        """Return a table of further results of a consensus of the counted rankings, such as all orders of Kemeny.

        Parameters
        ----------
        consensus : str, mapping or Consensus
            A consensus of rankings with such tables, as `kemeny`, `schulze` and `copeland` have.
        table : str, optional
            The name of the table; by default the first. `indicia methods kemeny` says what a row of each is.
        weights, units, plugins : optional
            As in `consensus`.

        Returns
        -------
        polars.DataFrame
            The table.
        """
        _, ballots = self._ballots(consensus, weights, units, plugins)
        return analysis.consensus_details(ballots.rankings, consensus, table, weights=ballots.weights, plugins=plugins)

    def _ballots(
        self,
        method: ConsensusChoice,
        weights: Mapping[str, float],
        units: RankedUnits,
        plugins: Iterable[str | Path],
    ) -> tuple[pl.DataFrame, Ballots]:
        """Return the ranks of the units that take part in a consensus, and the rankings that count."""
        if units not in RANKED_UNITS:
            raise DefinitionError(f'a consensus cannot rank "{units}" units', remedy='units = "common", or "all"')
        ranked = self.ranks.filter(pl.any_horizontal(pl.col(self._numbers).is_not_null()))
        ranks = self.common_ranks if units == "common" else ranked
        if units == "all" and self.unranked and not takes_lists(method, plugins=plugins):
            raise DataError(
                f"{method} needs a rank of each unit, and only some methodologies rank {join_names(self.unranked)}",
                remedy=f'units = "common" (--consensus-units common), or choose {CONSENSUS}',
            )
        return ranks, Ballots.of(ranks.select(self.unit, *self._numbers), self.methods, self.count, weights)

    @names_its_arguments
    def iterated(self, *, weights: Mapping[str, float] = MappingProxyType({}), rounds: int = 100) -> pl.DataFrame:
        """Let every methodology score the scores of all methodologies, again and again, until all rankings agree.

        The scores of the methodologies are the indicators of the next round, each a cost if its lowest score is the
        best. A methodology scores them by its normalisation and the aggregation of its index; if its indicators have
        several normalisations, by the default one of the aggregation.

        Parameters
        ----------
        weights : mapping of str to float, optional
            The weights of the scores, by the name or number of a methodology; by default 1 each.
        rounds : int, default 100
            The largest number of rounds.

        Returns
        -------
        polars.DataFrame
            A row for each round and unit: `round`, 0 for the comparison; `agree`, True if all methodologies rank all
            units alike in this round; the unit, and its rank by each methodology. The ranks of the last round are the
            compromise if they agree.

        Raises
        ------
        DataError
            For a weight of no methodology, and if a methodology cannot score the scores, such as negative ones.

        Notes
        -----
        Paradowski, Kizielewicz, Shekhovtsov & Sałabun (2023), The Iterative Compromise Ranking Analysis (ICRA), in:
        Information Technology for Management, Lecture Notes in Business Information Processing 471.
        """
        ranks = self.common_ranks
        scores = ranks.select(self.unit).join(self.scores, on=self.unit, how="left", maintain_order="left")
        return iterate(ranks, scores, self.methods, self.inputs, weights_by_number(self.methods, weights), rounds)

    @cached_property
    def movers(self) -> pl.DataFrame:
        """The best, median and worst rank of each unit, and the methodologies of the best and the worst.

        `best_in` and `worst_in` are the first methodologies with these ranks, by name or number as in `agreement`. The
        widest spread comes first.
        """
        ranks = self._matrix
        ends = [(ranks.min(axis=1), ranks.argmin(axis=1)), (ranks.max(axis=1), ranks.argmax(axis=1))]
        (best, best_in), (worst, worst_in) = reversed(ends) if self.ranks_from_worst else ends
        figures = [
            pl.Series("best", best),
            pl.Series("median", self._medians),
            pl.Series("worst", worst),
            pl.Series("spread", np.abs(worst - best)),
            self.method_names[best_in].alias("best_in"),
            self.method_names[worst_in].alias("worst_in"),
        ]
        table = with_figures(self._unit_columns, figures)
        is_integer = self.common_ranks.schema["1"].is_integer()
        table = table.with_columns(pl.col("best", "worst", "spread").cast(pl.Int64)) if is_integer else table
        return table.sort(["spread", "median", self.unit], descending=[True, False, False])

    def stable(self, k: float = 3) -> list[str]:
        """Return the units whose rank by every methodology is within k places of their median rank.

        The median is over the counted rankings; for an even number of rankings it may lie between two ranks.

        Parameters
        ----------
        k : float, default 3
            The places that a unit may move.

        Returns
        -------
        list of str
            The names of the units.
        """
        is_stable = (np.abs(self._matrix - self._medians[:, None]) <= k).all(axis=1)
        return self.common_ranks.filter(pl.Series(is_stable))[self.unit].to_list()

    def top(self, k: int = 10) -> pl.DataFrame:
        """Return the units among the first k of any counted ranking, with the number and `share` of such `rankings`.

        A unit with a share of 1 is among the first k in all rankings. With ties, a ranking may have more than k units.

        Parameters
        ----------
        k : int, default 10
            The number of places.

        Returns
        -------
        polars.DataFrame
            The units, `rankings` and `share` (0 to 1), the highest count first.
        """
        count = (self._counted_ranks <= k).sum(axis=1)
        figures = pl.Series("rankings", count, pl.Int64), pl.Series("share", count / len(self.counted_methods))
        table = with_figures(self._unit_columns, figures)
        order = pl.DataFrame({"count": -count, "median": self._medians, "unit": table[self.unit]})
        table = table[order.select(pl.arg_sort_by("count", "median", "unit")).to_series()]
        return table.filter(pl.col("rankings") > 0)

    @cached_property
    def band_changes(self) -> pl.DataFrame:
        """The number and share of units that change bands from the first methodology, by classification of `[bands]`.

        `units` is the number of units that have a band by both methodologies. A methodology whose scores have no bands
        has the reason.
        """
        if not self.definition.bands:
            raise IndiciaError("the index has no bands", remedy="write [bands.grade] thresholds = [40, 60]")
        return band_changes([(method.number, method.label) for method in self.methods], self.bands)

    @cached_property
    def effects(self) -> pl.DataFrame:
        """The mean number of places that a unit moves if only one choice changes; the largest effect first.

        This is the mean of |rank - rank'| over all units, and over all pairs of rankings that differ in this choice
        alone; null without such a pair. A pair of distinct rankings counts once, even if several pairs of methodologies
        have it. Options that move no unit count once, as 0. With `count="all"` every pair of methodologies counts.
        """
        rows = [(name, *self._effect(name)) for name in self.choices]
        schema = {"choice": pl.String, "mean_shift": pl.Float64, "pairs": pl.Int64}
        table = pl.DataFrame(rows, schema=schema, orient="row")
        return table.sort(-pl.col("mean_shift"), nulls_last=True, maintain_order=True)

    def _effect(self, name: str) -> tuple[float | None, int]:
        rankings = range(len(self.methods)) if self.count == "all" else self._first_with_same_ranking
        ranks = self._matrix.T
        shifts = [
            float(np.abs(ranks[first] - ranks[second]).mean())
            for first, second in pairs_for_choice(name, self.methods, rankings)
        ]
        return (sum(shifts) / len(shifts) if shifts else None), len(shifts)

    def specification(self, unit: str | None = None) -> pl.DataFrame:
        """Return a row for each methodology, for a specification curve: its choices, and the rank of a unit.

        Rows are sorted by this rank. Without a unit, the column is `mean_shift`, the mean distance of all units from
        their median ranks, and rows are sorted by this distance.

        Parameters
        ----------
        unit : str, optional
            A unit, by its key or label; by default the distance of all units is shown.

        Returns
        -------
        polars.DataFrame
            `methodology`, `rank` and `score`, or `mean_shift` (places), and a column for each choice.

        Raises
        ------
        DataError
            If there is no such unit.
        """
        if unit is None:
            distance = np.abs(self._matrix - self._medians[:, None]).mean(axis=0)
            return self._with_columns(mean_shift=pl.Series(distance)).sort("mean_shift", "methodology")
        row = self._row_of(unit)
        ranks_of, scores_of = (frame.row(row)[-len(self.methods) :] for frame in (self.ranks, self.scores))
        rank_type = self.ranks.schema["1"]
        table = self._with_columns(
            rank=pl.Series(ranks_of, dtype=rank_type), score=pl.Series(scores_of, dtype=pl.Float64)
        )
        return table.sort("rank", "methodology", nulls_last=True)

    def _with_columns(self, **columns: pl.Series) -> pl.DataFrame:
        """Return the table of methodologies with further columns before the choices."""
        return self.methodologies.with_columns(**columns).select(
            "methodology", *columns, pl.exclude("methodology", *columns)
        )

    def _row_of(self, unit: str) -> int:
        for column in self._columns:
            names = self.ranks[column].to_list()
            if unit in names:
                return names.index(unit)
        raise DataError(
            f'"{unit}" is no unit of the data', remedy=suggest_unit(unit, self.ranks[self.unit].to_list(), self.unit)
        )

    @names_its_arguments
    def against(self, published: PublishedRanking | None = None, method: AgreementChoice = AGREEMENT) -> pl.DataFrame:
        """Compare each methodology with a published ranking; sort by agreement, the best first.

        For a set of N units, `recovered` is the number of these units among the first N. For ranks or scores,
        `agreement` is the agreement of the ranks, `mean_shift` is the mean distance in places, and `equal_ranks` and
        `equal_scores` are the numbers of equal values.

        Parameters
        ----------
        published : path, frame or list of units, optional
            Ranks or scores, or the first units in no order; by default the published ranking of the comparison, or the
            `[reference]` of the index file.
        method : str, mapping or Agreement, default "kendall"
            An agreement of two rankings.

        Returns
        -------
        polars.DataFrame
            A row for each methodology.

        Raises
        ------
        IndiciaError
            If there is no published ranking, or it cannot be read.
        """
        source = self.published if published is None else self.read_published(published)
        if source is None:
            raise IndiciaError("there is no published ranking", remedy="--against published.csv, or [reference]")
        agreement = compare_with(self.ranks, self.scores, source, method)
        return agreement.join(self.methodologies, on="methodology", maintain_order="left")

    def read_published(self, published: PublishedRanking | None) -> Published | None:
        """Read a published ranking of these units.

        Parameters
        ----------
        published : path, frame or list of units, or None
            The ranking; None for the reference of the index file.

        Returns
        -------
        Published or None
            The ranking; None if there is none.
        """
        units = self.ranks.select(self._columns)
        source = Published.of(published, self.definition, units, self.folder, self.period)
        return None if source is None else replace(source, lowest_first=self._lowest_first)

    @property
    def reproduction(self) -> pl.DataFrame:
        """The agreement of each methodology with the published ranking."""
        return self.against()

    recovery: ClassVar[Renamed] = Renamed("reproduction")

    @cached_property
    def audit(self) -> pl.DataFrame:
        """The findings about each methodology: numbers of errors and warnings, and their codes.

        Checks of data, structure, coherence, importance and pairs of methods look; `index.audit()` adds those that need
        draws and further runs. `left_out` has the reason why a methodology cannot be scored.
        """
        table: pl.DataFrame = registered("audit")(self)
        return table

    @names_its_arguments
    def stability(self, top: int | None = None, *, units: int = 30, progress: Progress = silent) -> pl.DataFrame:
        """Find the smallest changes that change the ranking of each methodology: other weights, parts, units.

        Each methodology is analysed by itself, as `index.stability` does, with all units that it ranks.

        Parameters
        ----------
        top : int, optional
            The number k of first units whose set may change; by default 10, or a third of the units if that is less.
        units : int, default 30
            The number of first-ranked units that leave, get worse, are copied, and are compared in pairs.
        progress : callable, optional
            Receives the number of analysed methodologies and the number of all; by default nothing is reported.

        Returns
        -------
        polars.DataFrame
            A row for each methodology, and for each that cannot be scored:

            - `first`: the first units;
            - `weight`, `first_changes`, `then_first`: the smallest relative change of one weight that makes another
              unit first (-0.25: a quarter less), and this unit;
            - `top`, `top_weight`, `top_changes`: k, and the smallest change that alters which units are the first k;
            - `swap_weight`, `two_swap`: the smallest change at which any two units change places;
            - `moved`: the share of the weight that must move between the parts of the index for another first unit;
            - `parts`, `parts_new_first`: the dimensions and indicators left out in turn, and those without which
              another unit is first;
            - `units`: the number of units tested, and for each test the failures: `leaves_…` if a unit leaves,
              `worse_…` if it takes the worst values, `copy_…` if a copy of it is added; `…_new_first` if another unit
              is first, and `…_reversed` if other units change places;
            - `pairs`, `pairs_reversed`, `circles`: pairs scored without the other units, those in another order, and
              triples of which each beats the next;
            - `reason`: why cells are empty, such as a methodology whose weights differ between units.

        Examples
        --------
        >>> import indicia
        >>> import polars as pl
        >>> index = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {}, "air": {}}})
        >>> table = {"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "air": [9.0, 7.0, 2.5]}
        >>> stability = index.compare(table=table, aggregation=["arithmetic", "min"]).stability()
        >>> stability.select("label", "weight", pl.col("first_changes").round(3), "then_first", "copy_reversed").rows()
        [('arithmetic', 'income', -0.59, 'Lima', 0), ('min', None, None, None, 0)]
        """
        table: pl.DataFrame = registered("stability")(self, top, units, progress)
        return table

    @names_its_arguments
    def frame(
        self,
        name: ComparisonTable,
        *,
        agreement: AgreementChoice = AGREEMENT,
        consensus: ConsensusChoice = CONSENSUS,
        unit: str | None = None,
        top: int | None = None,
        consensus_weights: Mapping[str, float] = MappingProxyType({}),
        consensus_units: RankedUnits = "common",
        details: str | None = None,
        plugins: Iterable[str | Path] = (),
    ) -> pl.DataFrame:
        """Return a table by its name, one of `table_names`.

        Parameters
        ----------
        name : str
            The name of the table.
        agreement : str, mapping or Agreement, default "kendall"
            The method of the tables agreement and agreement_by_choice.
        consensus : str, mapping or Consensus, default "borda"
            The method of the tables consensus and details.
        unit : str, optional
            The unit of the table specification; by default the distance of all units is shown.
        top : int, optional
            The number of first units of the table stability; by default 10, or a third of the units.
        consensus_weights, consensus_units : optional
            The weights of rankings of the tables consensus, details and iterated, and the units of the first two.
        details : str, optional
            The table of the further results of the consensus; by default its first.
        plugins : iterable of path, optional
            Files of methods, in addition to the installed plugins; by default none.

        Returns
        -------
        polars.DataFrame
            The table.
        """
        if name == "agreement":
            return self.agreement(agreement, plugins=plugins)
        if name == "agreement_by_choice":
            return self.agreement_by_choice(agreement, plugins=plugins)
        if name == "consensus":
            return self.consensus(consensus, weights=consensus_weights, units=consensus_units, plugins=plugins)
        if name == "details":
            voting: dict[str, Any] = {"weights": consensus_weights, "units": consensus_units}
            return self.details(consensus, details, **voting, plugins=plugins)
        if name == "specification":
            return self.specification(unit)
        if name == "iterated":
            return self.iterated(weights=consensus_weights)
        if name == "stability":
            return self.stability(top)
        return super().frame(name)

    @property
    def plot(self) -> ComparisonCharts:
        """The charts, as Altair objects: `comparison.plot.slope()`.

        They need the extra `charts`; without it, the error names the command that installs it.
        """
        charts: ComparisonCharts = registered("plot")(self)
        return charts

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.ranks.select(self._columns)

    @property
    def _title_parts(self) -> list[str]:
        units = pluralise(len(self.common_ranks), "ranked unit")
        number = len(self.methods)
        methodologies = f"{number} methodolog{'y' if number == 1 else 'ies'}"
        if len(self.distinct_methods) < number:
            methodologies += f" with {pluralise(len(self.distinct_methods), 'distinct ranking')}"
        left_out = f", {len(self.failures)} left out" if self.failures else ""
        return [*([self.period] if self.period else []), methodologies + left_out, units]

    @cached_property
    def published(self) -> Published | None:
        """The published ranking to compare with, if there is one."""
        chosen = self.chosen_reference
        return self.read_published(None) if chosen is None else replace(chosen, lowest_first=self._lowest_first)

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """The methodologies and units that are left out, with the reasons, and the notes of the methodologies."""
        lines = [
            Note("methodology_left_out", label=failure.label, reason=failure.reason)
            for failure in group_by_reason(self.failures)
        ]
        if self.unranked:
            lines.append(Note("not_compared", units=Names.of(self.unranked)))
        if self.published and self.published.unknown:
            lines.append(Note("not_in_data", units=Names.of(self.published.unknown)))
        return (*(self.inputs[0].notes if self.inputs else ()), *lines, *self.scoring_notes)

    remarks: ClassVar[Renamed] = Renamed("notes")
    names: ClassVar[Renamed] = Renamed("reader_names")

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        return (self.methodologies, self.movers)

    @property
    def _numbers(self) -> list[str]:
        return [str(methodology.number) for methodology in self.methods]

    @property
    def _columns(self) -> list[str]:
        return self.ranks.columns[: -len(self.methods)]

    @property
    def _unit_columns(self) -> pl.DataFrame:
        return self.common_ranks.select(self._columns)

    @property
    def _rankings(self) -> pl.DataFrame:
        return self.common_ranks.select(self.unit, *self._numbers)

    @cached_property
    def _matrix(self) -> npt.NDArray[np.float64]:
        """The common ranks, shape (units, methodologies)."""
        return self.common_ranks.select(pl.col(self._numbers).cast(pl.Float64)).to_numpy()

    @cached_property
    def _first_with_same_ranking(self) -> tuple[int, ...]:
        """For each methodology, the place of the first methodology with the same ranking."""
        return first_with_same_ranking(self._matrix)

    @property
    def _counted_ranks(self) -> npt.NDArray[np.float64]:
        """The common ranks of the counted rankings, shape (units, rankings)."""
        return self._matrix[:, [methodology.number - 1 for methodology in self.counted_methods]]

    @cached_property
    def _medians(self) -> npt.NDArray[np.float64]:
        """The median rank of each unit over the counted rankings."""
        medians: npt.NDArray[np.float64] = np.median(self._counted_ranks, axis=1)
        return medians
