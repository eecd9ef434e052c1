"""The move of a unit in the draws of two analyses of robustness with one seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.errors import DataError, DefinitionError
from indicia.progress import Progress, silent
from indicia_explain.gap_draws import OF_ONE_SCALE, median_and_interval, question_of_draws
from indicia_robustness.draws import draw_feasible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Array
    from indicia_editions.edition import Edition
    from indicia_robustness import Robust


def draw_editions(
    old: Edition, new: Edition, design: Mapping[str, Any], progress: Progress = silent
) -> tuple[Robust, Robust]:
    """Draw the choices of a design for two editions, with one seed, so that a draw makes the same choices in both.

    Parameters
    ----------
    old, new : Edition
        The editions, with their index.
    design : mapping
        The choices that vary, with the keys of `[robustness]`; the seed is 1 if the design states none.
    progress : callable
        Receives the number of scored draws and the number of all.

    Raises
    ------
    DefinitionError
        If an edition has no index, or nothing varies.
    """
    design = {"seed": 1, **{word: value for word, value in design.items() if word != "sensitivity"}}
    robusts = []
    for edition in (old, new):
        if edition.index is None:
            raise DefinitionError(
                f"{edition.name} has no index that can be drawn", remedy="explain an index file or a fitted index"
            )
        robusts.append(
            draw_feasible(edition.index, edition.result.table, design, period=edition.period, progress=progress)
        )
    return robusts[0], robusts[1]


@dataclass(frozen=True)
class DrawnMove:
    """The ranks, and if they are comparable the scores, of a unit before and after, in the draws that rank it twice."""

    ranks: Array
    """Shape (draws, 2): old, new."""
    scores: Array | None
    """Shape (draws, 2); None if draws have scores of several scales."""
    are_paired: bool
    """True if a draw makes the same choices in both editions."""
    question: dict[str, Any]
    """The choices that vary, the seed and the number of draws, for the manifest."""

    @classmethod
    def of(cls, robusts: tuple[Robust, Robust], unit: str) -> DrawnMove:
        """Return the move of a unit in the draws of two analyses.

        Raises
        ------
        DefinitionError
            If the analyses have other numbers of draws.
        DataError
            If an analysis lacks the unit, or no draw ranks it twice.
        """
        sizes = [len(robust.compact_ranks[robust.free_draws]) for robust in robusts]
        if sizes[0] != sizes[1]:
            raise DefinitionError(
                f"the editions have {sizes[0]:,} and {sizes[1]:,} draws", remedy="draw both with the same design"
            )
        columns, kept = [], np.ones(sizes[0], dtype=bool)
        for robust in robusts:
            names = [str(name) for name in robust.names]
            if unit not in names:
                raise DataError(f"the draws do not have {unit}", remedy="draw the data that are explained")
            columns.append(names.index(unit))
            kept &= ~robust.failed[robust.free_draws]
        pairs = list(zip(robusts, columns, strict=True))
        ranks = np.stack([r.compact_ranks[r.free_draws][:, column].astype(float) for r, column in pairs], axis=1)
        kept &= np.isfinite(ranks).all(axis=1)
        if not kept.any():
            raise DataError(f"no draw ranks {unit} in both editions", remedy="look at indicia robustness of each")
        scores = None
        if {factor.name for robust in robusts for factor in robust.factors} <= OF_ONE_SCALE:
            scores = np.stack([r.scores[r.free_draws][:, column] for r, column in pairs], axis=1)[kept]
        return cls(ranks[kept], scores, _make_the_same_choices(*robusts), question_of_draws(robusts[1]))

    @property
    def changes(self) -> Array:
        """The change of rank in each draw, new - old, (draws,): a climb is negative."""
        change: Array = self.ranks[:, 1] - self.ranks[:, 0]
        return change

    @property
    def table(self) -> pl.DataFrame:
        """The table `draws` of the explanation: shares, and the median with the 5 % and the 95 % quantile."""
        changes = self.changes
        figures: dict[str, Any] = {"draws": len(changes)}
        figures |= {"climbed": float((changes < 0).mean()), "stayed": float((changes == 0).mean())}
        figures |= {"fell": float((changes > 0).mean())}
        figures |= dict(zip(("rank_median", "rank_lower", "rank_upper"), median_and_interval(changes), strict=True))
        moves = None if self.scores is None else self.scores[:, 1] - self.scores[:, 0]
        figures["score_rose"] = None if moves is None else float((moves > 0).mean())
        of_scores = (None, None, None) if moves is None else median_and_interval(moves)
        figures |= dict(zip(("score_median", "score_lower", "score_upper"), of_scores, strict=True))
        numbers = {name: pl.Float64 for name in figures if name != "draws"}
        return pl.DataFrame({name: [value] for name, value in figures.items()}, schema_overrides=numbers)


def _make_the_same_choices(old: Robust, new: Robust) -> bool:
    """Return whether equal draws of two analyses have the same alternatives."""
    alike = [str(factor) for factor in old.factors] == [str(factor) for factor in new.factors]
    return alike and np.array_equal(old.design[old.free_draws], new.design[new.free_draws])
