"""The agreement of the rankings of several methodologies, and what they give together."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.defaults import AGREEMENT, CONSENSUS, WEIGHTING
from indicia.definition import ROOT, Origin, build_tree, define, with_choices
from indicia.errors import DataError, IndiciaError, join_names
from indicia.run import StageCache, score_all
from indicia_compare.ballots import Ballots, RankedUnits, weights_by_number
from indicia_compare.distinct import pairs_for_choice
from indicia_compare.ranked_methodologies import RankedMethodologies
from indicia_statistics import analysis
from indicia_statistics.analysis.rankings import is_distance, takes_lists

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.definition import Definition, Node
    from indicia.methods import Array
    from indicia.result import Inputs
    from indicia.run import Scored
    from indicia.types import AgreementChoice, ConsensusChoice, PositiveInt
    from indicia_compare.methodology import Methodology


class CombinedRankings(RankedMethodologies):
    """The agreement of rankings, the consensus of them, and their iterative compromise."""

    @cached_property
    def agreement_by_default(self) -> pl.DataFrame:
        """The agreement of each pair of methodologies, by Kendall's tau-b."""
        return self._agreement(AGREEMENT)

    @names_its_arguments
    def agreement(self, method: AgreementChoice = AGREEMENT) -> pl.DataFrame:
        """Measure the agreement of each pair of methodologies, by an agreement of the catalogue.

        For a measure that is not symmetric, the row is the first ranking. Methodologies with names, such as variants,
        have them in `methodology` and as columns; others have their numbers.

        Parameters
        ----------
        method : str, mapping or Agreement, default "kendall"
            An agreement of two rankings.

        Returns
        -------
        polars.DataFrame
            A row and a column for each methodology, by its name or number.

        Raises
        ------
        DataError
            If there is only one methodology, or the measure has no value.
        """
        return self.agreement_by_default if method == AGREEMENT else self._agreement(method)

    def _agreement(self, method: AgreementChoice) -> pl.DataFrame:
        if len(self.methods) < 2:
            raise DataError("agreement needs at least two methodologies", remedy="list several methods of a stage")
        table = analysis.agreement(self._rankings, method)
        table = table.with_columns(methodology=self.method_names).select("methodology", pl.exclude("methodology"))
        columns = map(str, self.method_names)
        return table.drop("ranking").rename(dict(zip(self._numbers, columns, strict=True)))

    @names_its_arguments
    def agreement_by_choice(self, method: AgreementChoice = AGREEMENT) -> pl.DataFrame:
        """Measure the agreement of methodologies that differ in a single choice: in the weighting alone, for example.

        The pairs are those of `effects`. The choice that matters most comes first.

        Parameters
        ----------
        method : str, mapping or Agreement, default "kendall"
            An agreement of two rankings.

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
        distance = is_distance(method)
        rankings = range(len(self.methods)) if self.count == "all" else self._first_with_same_ranking
        table = self.agreement(method).drop("methodology").to_numpy()
        return agreement_by_choice(self.choices, self.methods, rankings, table, distance=distance)

    @names_its_arguments
    def consensus(
        self,
        method: ConsensusChoice = CONSENSUS,
        *,
        weights: Mapping[str, float] = MappingProxyType({}),
        units: RankedUnits = "common",
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
        ranks, ballots = self._ballots(method, weights, units)
        consensus = analysis.consensus(ballots.rankings, method, weights=ballots.weights)
        return ranks.select(self._columns).hstack(consensus.select("score", "rank")).sort("rank", self.unit)

    @names_its_arguments
    def details(
        self,
        consensus: ConsensusChoice,
        table: str | None = None,
        *,
        weights: Mapping[str, float] = MappingProxyType({}),
        units: RankedUnits = "common",
    ) -> pl.DataFrame:
        """Return a table of further results of a consensus of the counted rankings, such as all orders of Kemeny.

        Parameters
        ----------
        consensus : str, mapping or Consensus
            A consensus of rankings with such tables, as `kemeny`, `schulze` and `copeland` have.
        table : str, optional
            The name of the table; by default the first. `indicia methods kemeny` says what a row of each is.
        weights, units : optional
            As in `consensus`.

        Returns
        -------
        polars.DataFrame
            The table.
        """
        _, ballots = self._ballots(consensus, weights, units)
        return analysis.consensus_details(ballots.rankings, consensus, table, weights=ballots.weights)

    def _ballots(
        self,
        method: ConsensusChoice,
        weights: Mapping[str, float],
        units: RankedUnits,
    ) -> tuple[pl.DataFrame, Ballots]:
        """Return the ranks of the units that take part in a consensus, and the rankings that count."""
        ranked = self.ranks.filter(pl.any_horizontal(pl.col(self._numbers).is_not_null()))
        ranks = self.common_ranks if units == "common" else ranked
        if units == "all" and self.unranked and not takes_lists(method):
            raise DataError(
                f"{method} needs a rank of each unit, and only some methodologies rank {join_names(self.unranked)}",
                remedy=f'units = "common" (--consensus-units common), or choose {CONSENSUS}',
            )
        return ranks, Ballots.of(ranks.select(self.unit, *self._numbers), self.methods, self.count, weights)

    @names_its_arguments
    def iterated(
        self, *, weights: Mapping[str, float] = MappingProxyType({}), rounds: PositiveInt = 100
    ) -> pl.DataFrame:
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


_SCHEMA = {
    "choice": pl.String,
    "mean": pl.Float64,
    "least": pl.Float64,
    "pairs": pl.Int64,
    "methodology": pl.Int64,
    "label": pl.String,
    "other": pl.Int64,
    "other_label": pl.String,
}


def agreement_by_choice(
    choices: Sequence[str], methods: Sequence[Methodology], rankings: Sequence[int], agreement: Array, *, distance: bool
) -> pl.DataFrame:
    """Return the mean and the least agreement of two rankings that differ in a choice alone, a row for each choice.

    `agreement` (methodologies, methodologies) is a distance if `distance`; the least agreement is then the largest
    value. The choice with the least mean agreement comes first.
    """
    rows = list[tuple[object, ...]]()
    for choice in choices:
        examples = list(pairs_for_choice(choice, methods, rankings).values())
        values = np.array([agreement[pair] for pair in examples])
        if not examples:
            rows.append((choice, None, None, 0, None, None, None, None))
            continue
        place = int(values.argmax() if distance else values.argmin())
        pair = [methods[number] for number in examples[place]]
        of_pair = [fact for methodology in pair for fact in (methodology.number, methodology.label)]
        rows.append((choice, float(values.mean()), float(values[place]), len(examples), *of_pair))
    table = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    return table.sort("mean", descending=distance, nulls_last=True, maintain_order=True)


_UNIT = "unit"


def iterate(
    ranks: pl.DataFrame,
    scores: pl.DataFrame,
    methods: Sequence[Methodology],
    inputs: Sequence[Inputs],
    weights: Mapping[int, float],
    rounds: int,
) -> pl.DataFrame:
    """Return the ranks of each round; see `Comparison.iterated`.

    `ranks` has the unit, its labels, and a column for each methodology, by number; `scores` the rows of these units.
    `weights` are those of methodologies, by number.
    """
    numbers = [str(methodology.number) for methodology in methods]
    units, current = ranks.drop(numbers), scores.select(numbers)
    frames = [_round(0, units, ranks.select(numbers))]
    planned = list(_planned(methods, inputs, weights))
    for number in range(1, rounds + 1):
        if frames[-1]["agree"][0]:
            break
        table = pl.DataFrame({_UNIT: units.to_series().cast(pl.String)}).hstack(current)
        scored = _score(methods, planned, table)
        current = pl.DataFrame([run.nodes[ROOT].alias(name) for run, name in zip(scored, numbers, strict=True)])
        of_round = pl.DataFrame([run.rank.alias(name) for run, name in zip(scored, numbers, strict=True)])
        frames.append(_round(number, units, of_round))
    return pl.concat(frames, how="vertical_relaxed")


def _round(number: int, units: pl.DataFrame, ranks: pl.DataFrame) -> pl.DataFrame:
    """Return the ranks of a round, with its number, and True if all methodologies agree."""
    first = ranks.to_series(0)
    agree = all((column == first).all() for column in ranks)
    taken = [name for name in ("round", "agree") if name in units.columns]
    if taken:
        raise DataError(f'the column "{taken[0]}" has the name of a figure', remedy="rename it in the data")
    facts = pl.DataFrame({"round": [number] * len(units), "agree": [agree] * len(units)})
    return facts.hstack(units).hstack(ranks)


def _planned(
    methods: Sequence[Methodology], inputs: Sequence[Inputs], weights: Mapping[int, float]
) -> Iterator[tuple[Definition, Node]]:
    """Yield, for each methodology, an index of the scores of all with its normalisation and aggregation."""
    indicators = {
        str(methodology.number): {
            "direction": "cost" if of_methodology.tree.low_is_best else "benefit",
            "weight": weights.get(methodology.number, 1.0),
        }
        for methodology, of_methodology in zip(methods, inputs, strict=True)
    }
    origin = Origin()  # no line of an index file states these indicators
    for methodology, of_methodology in zip(methods, inputs, strict=True):
        tree = of_methodology.tree
        words = {"ties": of_methodology.definition.methodology.ties}
        definition = define({"data": {"unit": _UNIT}, "indicators": indicators, "methodology": words}, origin)
        normalisations = {str(leaf.normalisation): leaf.normalisation for leaf in tree.leaves()}
        normalisation = next(iter(normalisations.values()))
        choices = {
            "normalisation": normalisation if len(normalisations) == 1 else tree.aggregation.canonical_normalisation,
            "weighting": WEIGHTING,
            "aggregation": tree.aggregation,
        }
        definition = with_choices(definition, choices)
        try:
            yield definition, build_tree(definition, of_methodology.catalogue, origin)
        except IndiciaError as error:
            raise _cannot(methodology, error) from error


def _score(
    methods: Sequence[Methodology], planned: Sequence[tuple[Definition, Node]], table: pl.DataFrame
) -> list[Scored]:
    """Score a table by all methodologies; an error names the methodology that cannot."""
    results = []
    for methodology, result in zip(methods, score_all(planned, table, StageCache()), strict=True):
        if isinstance(result, IndiciaError):
            raise _cannot(methodology, result)
        results.append(result)
    return results


def _cannot(methodology: Methodology, error: IndiciaError) -> DataError:
    return DataError(
        f"{methodology.label} cannot score the scores of all methodologies: {error.reason}",
        remedy="compare without this methodology",
    )
