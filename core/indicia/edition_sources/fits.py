"""Editions from fitted indices without tables: their methodology, weights and statistics, and no scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.catalogue import open_source
from indicia.editions.scored_edition import ScoredEdition
from indicia.fitted import FittedIndex
from indicia.result import Inputs
from indicia.result.statistics import numbers_of
from indicia.sources import IndexSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.questions import Questions
    from indicia.sources import CodeChoices
    from indicia.tables.fitted import Fitted


def fitted_source(source: object, code: CodeChoices) -> IndexSource | None:
    """Return the source of a fitted index or its file; None for other sources."""
    opened = None if isinstance(source, ScoredEdition) else open_source(source, code.plugins, code.only_plugins)
    return opened if isinstance(opened, IndexSource) and opened.is_fitted else None


def edition_of_fit(index: Questions, name: str) -> ScoredEdition:
    """Return the edition of a fitted index: its methodology with its weights and statistics, and no units."""
    assert isinstance(index, FittedIndex)
    kinds = {"unit": pl.String, "score": pl.Float64, "rank": pl.Float64}
    return ScoredEdition(
        name,
        index.definition,
        pl.DataFrame(schema=kinds),
        pl.DataFrame(schema={"unit": pl.String}),
        is_fitted=True,
        stated_methodology=Inputs(index.definition, index.tree, index.catalogue, {}, index.origin).methodology,
        stated_weights=dict(_weights(index)),
        stated_statistics=dict(_statistics(index.fitted)),
    )


def _weights(index: FittedIndex) -> Iterator[tuple[tuple[str, str], float]]:
    """Yield the weights of parts within parents; none of a node whose weights differ between groups."""
    absent = {*index.fitted.left_out, *index.fitted.constant}
    for node in index.tree.nodes():
        parts = [part.id for part in node.components if part.id not in absent]
        weights = index.fitted.node_weights.get(node.id)
        if weights is not None and weights.values.shape == (len(parts),):
            yield from zip(((part, node.id) for part in parts), weights.values.tolist(), strict=True)


def _statistics(fitted: Fitted) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the numbers of the statistics by stage, subject, statistic and group."""
    for stage, statistics in fitted.statistics.items():
        for question, value in statistics.items():
            for (subject, kind, _), numbers in numbers_of(question, None, value):
                # only the formulas of a run have a name for a statistic that they compute in a loop
                name = f"statistic {question.arguments[0]}" if question.kind == "settled" else kind
                for *group, number in numbers.iter_rows():
                    yield (stage, subject, name, *map(str, group)), number
