"""Further runs of an index, for checks that compare them with the first run."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indicia.catalogue import Choice
from indicia.definition import ROOT, STAGES, build_tree, with_choices
from indicia.definition.methodology_section import Stages
from indicia.errors import IndiciaError
from indicia.run import StageCache
from indicia_robustness.baseline import Baseline
from indicia_robustness.omissions import parts_to_omit, rescored, without_parts, without_sets, without_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from indicia.definition import Definition, Node
    from indicia.run import Scored
    from indicia.scorable import Scorable
    from indicia_audit.checks import Rescoring, RunFacts

_STAGES_OF_NODES = ("weighting", "aggregation")


@dataclass(frozen=True, eq=False)
class IndexRescorer:
    """Runs of an index with one change; equal stages run once.

    Runs without units are not kept, since each has a score for every unit.
    """

    index: Scorable
    frame: pl.DataFrame
    baseline: Baseline
    _runs: dict[tuple[str, str, str | None], Rescoring | str] = field(default_factory=dict)
    _cache: StageCache = field(default_factory=StageCache)

    @classmethod
    def of(cls, index: Scorable, frame: pl.DataFrame, scored: Scored, run: RunFacts) -> IndexRescorer:
        """Return the further runs beside a run of the index; in a panel, those of the period of `run`."""
        rows = np.zeros(len(scored.units), dtype=bool)
        rows[run.rows] = True
        return cls(index, frame, Baseline(index.definition, scored, rows))

    @cached_property
    def _parts(self) -> Mapping[str, Rescoring | str]:
        names = [name for _, name in parts_to_omit(self.baseline)]
        return _with_reasons(names, without_parts(self.baseline, self.index.tree, self.frame, names))

    def without_parts(self) -> Mapping[str, Rescoring | str]:
        """Leave out each indicator and each dimension in turn."""
        return self._parts

    def without_set(self, names: Sequence[str]) -> Rescoring | str:
        """Leave out several indicators and dimensions at once."""
        (rescoring,) = without_sets(self.baseline, self.index.tree, self.frame, [names])
        return rescoring.reason if isinstance(rescoring, IndiciaError) else rescoring

    def without_units(self, names: Sequence[str]) -> Mapping[str, Rescoring | str]:
        """Leave out each named unit in turn."""
        return _with_reasons(names, without_units(self.baseline, self.index.tree, self.frame, names))

    def with_choice(self, stage: str, method: str, node: str | None = None) -> Rescoring | str:
        """Take another method at a stage, everywhere or at one node."""
        key = (stage, method, node)
        if key not in self._runs:
            self._runs[key] = self._with_choice(stage, method, node)
        return self._runs[key]

    def _with_choice(self, stage: str, method: str, node: str | None) -> Rescoring | str:
        stages = STAGES if node is None else _STAGES_OF_NODES
        if stage not in stages:
            return f"{stage} is none of {', '.join(stages)}"
        definition = self.index.definition
        if node not in (None, ROOT, *definition.dimensions):
            return f"{node} is neither the index nor a dimension"
        changed = (
            with_choices(definition, {stage: method}) if node is None else _at_node(definition, stage, method, node)
        )
        try:
            tree = build_tree(changed, self.index.catalogue, self.index.origin)
        except IndiciaError as error:
            return error.reason
        if tree == self.index.tree and Choice.read(method).method not in _names(tree, stage):
            return f"all parts of the index state their own {stage}"
        rescoring = rescored(self.baseline, changed, tree, self.frame, self._cache, unrounded=True)
        return rescoring.reason if isinstance(rescoring, IndiciaError) else rescoring


def _at_node(definition: Definition, stage: str, method: str, node: str) -> Definition:
    """Return a definition with another choice at the index or at a dimension."""
    if node == ROOT:
        methodology = definition.methodology
        first, *others = methodology.levels or (Stages(),)
        levels = (first.model_copy(update={stage: method}), *others)
        return definition.model_copy(update={"methodology": methodology.model_copy(update={"levels": levels})})
    dimension = definition.dimensions[node].model_copy(update={stage: method})
    return definition.model_copy(update={"dimensions": {**definition.dimensions, node: dimension}})


def _names(tree: Node, stage: str) -> set[str]:
    """Return the names of the methods of a stage in a tree."""
    parts = tree.nodes() if stage in _STAGES_OF_NODES else tree.leaves()
    return {method.name for part in parts if (method := getattr(part, stage)) is not None}


def _with_reasons(names: Sequence[str], rescorings: Iterable[Rescoring | IndiciaError]) -> dict[str, Rescoring | str]:
    """Return further runs by name, with the reason in place of an error."""
    pairs = zip(names, rescorings, strict=True)
    return {name: outcome.reason if isinstance(outcome, IndiciaError) else outcome for name, outcome in pairs}
