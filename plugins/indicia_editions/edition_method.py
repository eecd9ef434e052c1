"""The method of an edition: all that the index file states, without rows and without the list of units.

The statistics of a fitted index belong to its method. So do those that a panel pools over its periods, and those of a
reference period: they are the same in all scenarios. Statistics within a period, and those of a table of one period,
are results of the data: each scenario computes them afresh.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import STATISTICS_STAGES, Screening
from indicia.errors import DefinitionError, join_names
from indicia.methods import Domain, MatrixAggregation, MatrixImputation
from indicia.run import methods_needing_all_units
from indicia.run.plan import stages_of
from indicia.stages.clip import Clip
from indicia.stages.rank import Rank, is_eligible, lowest_ranks_first
from indicia.stages.read import Read
from indicia.stages.weigh import looks_at_values
from indicia_robustness import rank_distribution

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from indicia.definition import Definition, Node, Scope
    from indicia.methods import Array
    from indicia.stages.stage import Fitted, Stage
    from indicia_editions.edition import Edition

_SCOPES = {"transform": "treatment", "constant": "normalisation", "direction": "normalisation"}
_SCOPES |= {"missing": "aggregation", "as_component": "rescaling"}
"""The word of the index file for the rows of a stage that has another name."""


@dataclass(frozen=True, eq=False)
class EditionMethod:
    """The method of an edition."""

    edition: Edition

    @cached_property
    def definition(self) -> Definition:
        """The definition, without the words that choose rows and labels."""
        definition = self.edition.result.definition
        data = definition.data.model_copy(update={"where": {}, "label": None})
        return definition.model_copy(update={"data": data})

    @property
    def tree(self) -> Node:
        """The planned tree of the index."""
        return self.edition.result.planned

    @cached_property
    def stages(self) -> list[Stage]:
        """The stages of a run, without those that rank or only record cells."""
        stages = stages_of(self.definition, self.tree)
        stages = [replace(stage, aggregate_rows=()) if isinstance(stage, Read) else stage for stage in stages]
        return [stage for stage in stages if not isinstance(stage, (Clip, Rank))]

    def stages_from(self, first: type[Stage]) -> list[Stage]:
        """Return the stages from a stage on."""
        place = next(place for place, stage in enumerate(self.stages) if isinstance(stage, first))
        return self.stages[place:]

    @property
    def fitted(self) -> Fitted | None:
        """The statistics of a fitted index that hold for its methods; None for an index file."""
        return self.edition.result.scored.fitted_by

    @property
    def is_panel(self) -> bool:
        """True if the table has several periods."""
        return self.edition.periods > 1

    def holds(self, stage: str) -> bool:
        """Return True if the panel pools the statistics of a stage over its periods, or takes a reference period."""
        scope = self._scope_of(stage)
        if not self.is_panel or scope is None:
            return False
        return scope.reference is not None or not {"period", self.definition.data.period} & set(scope.within)

    def _scope_of(self, stage: str) -> Scope | None:
        """Return the rows from which a stage computes statistics; None for a stage without statistics."""
        methodology = self.definition.methodology
        if stage == "weighting":
            return methodology.weights
        word = _SCOPES.get(stage, stage)
        return next((methodology.statistics.of(name) for name in STATISTICS_STAGES if name == word), None)

    def held(self, stage: str) -> Fitted | None:
        """Return the statistics that a stage uses in all scenarios, fitted or of a panel; None for its own."""
        of_whole_panel = ("read", "screening", "scope", "units", "noise")
        is_held = self.is_panel and (stage in of_whole_panel or self.holds(stage))
        return self.edition.result.scored.fitted if is_held else self.fitted

    @cached_property
    def comparing_stages(self) -> frozenset[str]:
        """The stages whose outcome for a row depends on other rows."""
        if self.edition.result.scored.is_frozen:
            return frozenset()
        leaves, nodes = list(self.tree.leaves()), list(self.tree.nodes())
        rescalings = [method for node in nodes for method in (node.rescaling, node.as_component) if method]
        facts = {
            "weighting": any(looks_at_values(node.weighing) for node in nodes),
            "imputation": any(isinstance(leaf.imputation, MatrixImputation) for leaf in leaves),
            "normalisation": any(leaf.normalisation.whole_column for leaf in leaves),
            "aggregation": any(_compares_rows(node) for node in nodes),
            "rescaling": any(method.whole_column for method in rescalings),
            "screening": not self.is_panel and self.definition.screening.indicators is not None,
        }
        with_statistics = {record.stage for record in self.edition.result.scored.records if record.statistics}
        return frozenset(with_statistics | {stage for stage, compares in facts.items() if compares})

    @property
    def scores_rows_alone(self) -> bool:
        """True if the score of a row is the same in all scenarios."""
        return all(self.holds(stage) for stage in self.comparing_stages)

    def is_same_as(self, other: EditionMethod) -> bool:
        """Return True if two methods give the same scores and ranks for the same rows.

        Methods with statistics of their own, those of a fitted index or of a panel, are the same in one result only.
        """
        if self.edition.result is other.edition.result:
            return True
        if any(method.is_panel or method.fitted is not None for method in (self, other)):
            return False
        return self.stages == other.stages and self._words_of_ranks == other._words_of_ranks

    @property
    def _words_of_ranks(self) -> tuple[object, ...]:
        methodology = self.definition.methodology
        return methodology.ties, methodology.rank_from, methodology.rank_by, self.definition.eligible

    @property
    def screens_rows_alone(self) -> bool:
        """True if screening leaves out the same rows in all scenarios, and the same indicators.

        If the table has groups, a unit that is screened out may be the parent of others: it is one of its scenario.
        """
        screening = self.definition.screening
        return self.is_panel or screening == Screening() or (screening.indicators is None and not self._has_groups)

    @property
    def _has_groups(self) -> bool:
        return bool(self.definition.data.groups)

    def statistics_for(self, source: Edition) -> Fitted | None:
        """Return the statistics by which this method scores rows of another table, each alone; None if it needs none.

        DefinitionError if a panel compares all its rows by a method that has no statistics, such as ranks.
        """
        if not self.comparing_stages:
            return self.fitted
        if names := list(methods_needing_all_units(self.tree)):
            raise DefinitionError(
                f"the method of {self.edition.name} compares all rows of a panel ({join_names(names, 3)}), and cannot "
                f"score those of {source.name} beside them",
                remedy='statistics = "period" in [methodology], or two periods of one panel',
            )
        return self.edition.result.scored.fitted

    def check_panel(self) -> None:
        """Refuse methods that compare all rows of a panel, beside others that compare the rows of a period."""
        leaves = list(self.tree.leaves())
        normalised = [f"{leaf.normalisation.name} of {leaf.id}" for leaf in leaves if leaf.normalisation.whole_column]
        imputed = [f"{m.name} of {leaf.id}" for leaf in leaves if isinstance(m := leaf.imputation, MatrixImputation)]
        scored = [f"{node.aggregation.name} of {node.id}" for node in self.tree.nodes() if _compares_rows(node)]
        of_stage = {"normalisation": normalised, "imputation": imputed, "aggregation": scored}
        names = [name for stage, of_methods in of_stage.items() if self.holds(stage) for name in of_methods]
        if names:
            raise DefinitionError(
                f"{join_names(names, 3)} compares the rows of all periods, and other statistics those of one period: "
                "the move cannot be divided",
                remedy='statistics = "period" in [methodology], or "pooled" for statistics and for weights',
            )

    def eligible(self, units: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return a mask of the units that may have a rank under this method."""
        frame = pl.DataFrame({self.edition.unit: units}, schema={self.edition.unit: pl.String})
        mask = frame.select(pl.repeat(True, pl.len()) & is_eligible(self.definition)).to_series()
        return mask.to_numpy()

    def ranks(self, scores: Array) -> Array:
        """Rank the scores (sets, n) of eligible units by the ties and the direction of this method."""
        return rank_distribution.ranks(
            scores,
            self.definition.methodology.ties,
            lowest_first=lowest_ranks_first(self.definition, self.tree),
            positive=self.tree.aggregation.domain is Domain.POSITIVE,
        )


def _compares_rows(node: Node) -> bool:
    """Return whether the score of a row at a node depends on other rows beside statistics."""
    return isinstance(node.aggregation, MatrixAggregation) and not node.aggregation.row_by_row
