"""Further runs of an index, for checks that compare them with the first run."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indicia.checks import Rescoring
from indicia.definition import ROOT
from indicia.errors import IndiciaError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from indicia.audit.auditable import Auditable
    from indicia.checks import RunFacts


@dataclass(frozen=True, eq=False)
class IndexRescorer:
    """Runs of an index with one change, each computed once."""

    index: Auditable
    frame: pl.DataFrame
    run: RunFacts
    _runs: dict[tuple[str, ...], Rescoring | str] = field(default_factory=dict)

    @cached_property
    def _parts(self) -> Mapping[str, Rescoring | str]:
        raise NotImplementedError

    def without_parts(self) -> Mapping[str, Rescoring | str]:
        """Leave out each indicator and each dimension in turn."""
        return self._parts

    def without_units(self, names: Sequence[str]) -> Mapping[str, Rescoring | str]:
        """Leave out each named unit in turn."""
        raise NotImplementedError

    def with_choice(self, stage: str, method: str, node: str | None = None) -> Rescoring | str:
        """Take another method at a stage, everywhere or at one node."""
        key = (stage, method, node or "")
        if key not in self._runs:
            self._runs[key] = self._with_choice(stage, method, node)
        return self._runs[key]

    def _with_choice(self, stage: str, method: str, node: str | None) -> Rescoring | str:
        try:
            place = f"methodology.{stage}" if node in (None, ROOT) else f"dimensions.{node}.{stage}"
            index = self.index.with_options(settings={place: method})
            result = index.score_frame(self.frame)
        except IndiciaError as error:
            return error.reason
        rows = self.run.rows
        scores = result.scored.nodes[ROOT].to_numpy()[rows]
        ranks = result.scored.rank.cast(float).to_numpy()[rows]
        return Rescoring(np.asarray(scores, float), np.asarray(ranks, float))
