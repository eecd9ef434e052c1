"""The smallest changes that change a ranking: an omitted part, another weight or value, an added or omitted unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from indicia.arguments import names_its_arguments
from indicia.errors import IndiciaError, pluralise
from indicia.notes import Names
from indicia.outcome import Outcome, Renamed
from indicia.presentation import StabilityTable
from indicia.progress import Progress, silent
from indicia.robustness import omissions, sentences
from indicia.robustness.baseline import Baseline, check_ranked
from indicia.robustness.critical_weights import critical_weights
from indicia.robustness.exhaustive import Exhaustive
from indicia.robustness.nearest_weights import nearest_weights
from indicia.robustness.relevance import relevance
from indicia.robustness.reversals import rank_reversals
from indicia.robustness.stability_settings import StabilitySettings
from indicia.robustness.step_tables import value_steps, weight_steps
from indicia.robustness.steps import check_parts
from indicia.robustness.value_moves import ValueMoves
from indicia.robustness.weight_moves import WeightMoves
from indicia.run import notes_on_omissions, notes_on_other_weights, score
from indicia.tables.periods import rows_of_period

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from indicia.definition import Definition, Node
    from indicia.notes import Note
    from indicia.result import Inputs
    from indicia.types import Period


_DISPLAYED = 10
"""The rows of each table in a notebook."""
_DESCRIBED = ("omission_effects", "weights", "minimal_weight_shift", "reversals")
"""The tables that have sentences."""


@dataclass(frozen=True, repr=False)
class Stability(Outcome[StabilityTable], Baseline):
    """The smallest changes of an index that change its ranking."""

    table_names: ClassVar[tuple[StabilityTable, ...]] = get_args(StabilityTable)
    _noun = "an analysis of stability"

    tree: Node
    table: pl.DataFrame
    settings: StabilitySettings = field(default_factory=StabilitySettings)
    progress: Progress = silent
    period: str | None = None
    """The period of a panel whose ranks are analysed."""
    inputs: Inputs | None = None
    """The inputs of the index, for the manifest."""

    @classmethod
    def of(
        cls,
        definition: Definition,
        tree: Node,
        table: pl.DataFrame,
        *,
        period: Period | None = None,
        settings: StabilitySettings | None = None,
        progress: Progress = silent,
        inputs: Inputs | None = None,
    ) -> Stability:
        """Score the index without changes, as the reference for all changes.

        Parameters
        ----------
        definition : Definition
            The definition of the index.
        tree : Node
            The tree of the index with its methods.
        table : polars.DataFrame
            The data.
        period : str, int or date, optional
            The period of a panel; by default the last.
        settings : StabilitySettings, optional
            The number of units and places, the steps, and the grid of weights; by default those of the class.
        progress : callable, optional
            Receives the number of parts that were left out and the number of all; by default nothing is reported.
        inputs : Inputs, optional
            The inputs of the index, for the manifest; by default there is none.

        Returns
        -------
        Stability
            The analysis; each table is computed when it is asked for.
        """
        settings = settings or StabilitySettings()
        nominal = score(definition, tree, table)
        check_parts(settings.steps, [part.id for node in nominal.tree.counting_nodes() for part in node.components])
        analysed_period, rows = rows_of_period(nominal.source, period)
        check_ranked(nominal.rank.filter(rows), least=2)
        return cls(definition, nominal, rows.to_numpy(), tree, table, settings, progress, analysed_period, inputs)

    @property
    def unit_limit(self) -> int:
        """The number of best-ranked units that the tests leave out, change, move, and compare in pairs."""
        return self.settings.units

    @cached_property
    def _omissions(self) -> list[omissions.Omission]:
        return omissions.omissions(self, self.tree, self.table, self.unit_limit, self.progress)

    @cached_property
    def omission_effects(self) -> pl.DataFrame:
        """The shifts of ranks without one dimension, indicator or unit: a row for each, sorted by mean shift.

        If a unit is left out, the nominal ranks are those among the other units.
        """
        return omissions.shifts(self, self._omissions)

    @property
    def leader_changes(self) -> set[tuple[str, str]]:
        """The parts, by kind and name, whose omission makes another unit first."""
        return omissions.leader_changes(self, self._omissions)

    @cached_property
    def ranks(self) -> pl.DataFrame:
        """The ranks without one dimension, indicator or unit: a row for each omission and unit."""
        return omissions.ranks(self, self._omissions)

    @cached_property
    def weights(self) -> pl.DataFrame:
        """The smallest relative change of each weight that makes another unit first, or two units change places.

        -0.25 means: reduce this weight by a quarter, then scale the weights of its dimension to sum 1. Null if no
        change of this weight is enough. In closed form where the score is linear in the weight, else by search.
        """
        return critical_weights(self)

    @cached_property
    def minimal_weight_shift(self) -> pl.DataFrame:
        """The weight that must move between the parts of the index for a unit to draw level with the first.

        All weights of the index may change; `moved` is the share of the total weight that goes to other parts. Where
        the score is linear in the weights, this is the exact minimum for every unit that can draw level. Elsewhere a
        search covers the unit that needs the smallest shift, and a smaller shift may exist.
        """
        return nearest_weights(self)

    @property
    def needs_search(self) -> bool:
        """True if `minimal_weight_shift` needs a search that has not run yet."""
        return self.nominal.tree.id not in self.effects and "minimal_weight_shift" not in vars(self)

    @cached_property
    def reversals(self) -> pl.DataFrame:
        """Tests for rank reversals: units that change places although their own values stay the same.

        A unit is left out, or takes the worst value of every indicator, and the others should keep their order. Each
        pair of units is scored without the others; it should rank as in the index, and the pairs should form no circle.
        Weights, imputed values and treated outliers do not change.

        Source: Wang & Triantaphyllou (2008), Omega 36(1), tests 1 to 3.
        """
        return rank_reversals(self, self.unit_limit)

    @cached_property
    def value_moves(self) -> pl.DataFrame:
        """Promotion and demotion by one value: the least change that moves a unit some places, all else equal.

        A row for each of the first units, each move ("up" or "down") and each present value. `target` is the rank that
        is `places` better or worse, or the first or last; `needed` is the nearest value at which the unit draws level
        there, and null if no value does. The furthest values are fixed bounds, or 1,000 ranges of the indicator, and
        zero for an indicator without negative values. `rank_then` is the rank of a whole run just beyond the value, or
        else with the furthest one. Values are those after denomination.
        """
        return ValueMoves(self, self.settings.places, self.unit_limit).table

    @cached_property
    def weight_moves(self) -> pl.DataFrame:
        """Promotion and demotion by one weight: the least change that moves a unit some places.

        A row for each of the first units, each move ("up" or "down") and each weight; the other weights keep their
        proportions. `needed` is the weight at which the unit draws level; `relative_change` is that of `weights`: -0.25
        means to reduce this weight by a quarter and then scale to sum 1. Null if no change of this weight is enough. In
        closed form where the score is linear in the weight, else by search.
        """
        return WeightMoves(self, self.settings.places, self.unit_limit).table

    @cached_property
    def value_steps(self) -> pl.DataFrame:
        """The score and rank of a unit after each step of each of its values, all else equal.

        A row for each of the first units, each present value and step. `change` is relative to the present value,
        `shift` the change of the rank, `others_moved` the number of other units whose ranks change, and `first` the
        first unit then. `fault` is the reason why a value cannot be scored.
        """
        return value_steps(self, self.settings.steps, self.unit_limit)

    @cached_property
    def weight_steps(self) -> pl.DataFrame:
        """The scores and ranks of all units after each step of each weight: a row for each step and unit.

        `change` is relative to the present weight, `weight` the new weight of a sum of 1. The other weights of the node
        change in proportion, or by the same amount each; `fault` says where no weights have this step.
        """
        return weight_steps(self, self.settings.steps, self.settings.other_weights)

    @cached_property
    def relevance(self) -> pl.DataFrame:
        """The relevance of indicators: the one whose omission changes the scores least leaves, until one is left.

        A row for each round and indicator that could leave; `is_least` marks the one that does. `distance` is the sum
        of the absolute changes of scores, and the agreements compare the rankings before and after.
        """
        return relevance(self, self.tree, self.table, self.progress)

    @cached_property
    def _exhaustive(self) -> Exhaustive:
        settings = self.settings
        return Exhaustive(self, settings.node, settings.grid, settings.band, self.unit_limit)

    @property
    def modes(self) -> pl.DataFrame:
        """The most likely score of each unit under all weights of a node, and the confidence in it.

        The weights are all multiples of a step above 0 with sum 1. `mode` is the highest point of the density of a
        unit's scores, `single` the share of these scores in a band around it, `cross` the share of all scores in the
        band that are the unit's, and `confidence` the mean of both. `fragility`, of the first units, is the length of
        the index of `mode_sensitivity` over the parts, from 0 to 1.

        Source: Paradowski & Sałabun (2024), 63rd IEEE Conference on Decision and Control; Paradowski (2026),
        International Conference on Computational Science.
        """
        return self._exhaustive.table

    @property
    def mode_sensitivity(self) -> pl.DataFrame:
        """The change of the mode and of the confidence for each 1 that a weight grows, by unit and part.

        `anchor` is the mean weight under which the score of the unit lies in its band. Near the anchors, 200 weights
        are drawn within 0.02, and again with one weight larger by 0.02. `index` is the mean size of both slopes, each
        divided by its largest.
        """
        return self._exhaustive.sensitivity

    without: ClassVar[Renamed] = Renamed("omission_effects")
    dethroned: ClassVar[Renamed] = Renamed("leader_changes")
    nearest: ClassVar[Renamed] = Renamed("minimal_weight_shift")
    said: ClassVar[Renamed] = Renamed("sentences")
    called: ClassVar[Renamed] = Renamed("reader_names")

    @names_its_arguments
    def sentences(self, name: str, language: str | None = None) -> list[str]:
        """Return a sentence or two on a table, with the names of units and parts in a language.

        Parameters
        ----------
        name : str
            The name of the table.
        language : str, optional
            The language, such as "zh"; by default English with the keys of units and parts.

        Returns
        -------
        list of str
            The sentences.

        Raises
        ------
        IndiciaError
            If there is no such table, or it has no sentences.
        """
        name = self._table_name(name)
        if name not in _DESCRIBED:
            raise IndiciaError(f'the table "{name}" has no sentences', remedy=f"one of {', '.join(_DESCRIBED)}")
        names = {} if language is None else self.reader_names(language)
        return [note.in_language(language, names) for note in self._sentences(name)]

    def _sentences(self, name: str) -> Iterator[Note]:
        leaders = Names.of(self.first)
        if name == "omission_effects":
            return sentences.on_omissions(self.omission_effects, self.leader_changes, leaders)
        if name == "weights":
            return sentences.on_weights(self.weights, leaders)
        if name == "reversals":
            return sentences.on_reversals(self.reversals)
        tree = self.nominal.tree
        shift = None if self.needs_search else self.minimal_weight_shift
        weights = {}
        if shift is not None and len(shift):  # otherwise the weights may differ between units
            values = self.nominal.node_weights[tree.id].values
            weights = {part.id: float(weight) for part, weight in zip(tree.components, values, strict=True)}
        return sentences.on_weight_shift(shift, weights, leaders, linear=tree.id in self.effects)

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.nominal.units

    @property
    def _title_parts(self) -> list[str]:
        indicators = sum(1 for _ in self.nominal.tree.leaves())
        return [pluralise(len(self.order), "ranked unit"), pluralise(indicators, "indicator")]

    @property
    def input_tables(self) -> tuple[pl.DataFrame, ...]:
        """The tables whose fingerprints are in the manifest."""
        return self.inputs.tables if self.inputs else ()

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The inputs and settings of the analysis."""
        return {**(self.inputs.manifest if self.inputs else {}), "period": self.period, **self.settings.words}

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes on the definition; `sentences` describes the tables."""
        return (
            *(self.inputs.notes if self.inputs else ()),
            *self.notes_on_ranks,
            *notes_on_omissions(self.definition, self.nominal.fitted_by),
            *notes_on_other_weights(self.definition, self.nominal.records),
        )

    @property
    def _frames_displayed(self) -> tuple[pl.DataFrame, ...]:
        return self.omission_effects.head(_DISPLAYED), self.weights.head(_DISPLAYED)

    @property
    def _lines_printed(self) -> list[str]:
        return [*self.notes, *(sentence for name in _DESCRIBED for sentence in self.sentences(name))]
