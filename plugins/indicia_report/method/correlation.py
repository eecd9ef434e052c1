"""The correlations of the parts of the index: within each dimension, then between dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import ROOT
from indicia_report.markup import Html, number, paragraph, row, table
from indicia_report.method.page_section import PageSection
from indicia_report.period_view import correlated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Node
    from indicia.methods import Array
    from indicia_report.markup import Texts
    from indicia_report.method.page_section import Shown
    from indicia_report.period_view import PeriodView

_LARGE = 20
"""The most parts of a dimension whose correlations are a matrix; of more, the strongest are listed."""
_PAIRS = 20
"""The strongest correlations that are listed of a large dimension."""


@dataclass(frozen=True)
class Correlations(PageSection):
    """The correlations of indicators and dimensions."""

    name = "correlation"
    order = 130
    heading = "correlation"

    def draw(self, shown: Shown) -> str | None:
        """Return a small table for each dimension; None for an index of single parts."""
        view, texts = shown.view, shown.texts
        nodes = [node for node in view.tree.nodes() if len(node.components) > 1]
        if not nodes:
            return None
        values = dict(zip((part.id for part in view.descendants), view.descendant_values.T, strict=True))
        values[ROOT] = -view.scores if view.tree.low_is_best else view.scores
        # dimensions of indicators come first, and the index last
        nodes.sort(key=lambda node: -node.level)
        tables = [_Table(view, texts, node, place, values).markup() for place, node in enumerate(nodes, 1)]
        return paragraph(texts.html("method.correlation_says")) + "".join(tables)


@dataclass(frozen=True)
class _Table:
    """The correlations of the components of one dimension with each other, with its score and with the index."""

    view: PeriodView
    texts: Texts
    node: Node
    place: int
    values: dict[str, Array]

    def markup(self) -> Html:
        """Return the matrix; of many components, the correlations with the scores and the strongest pairs."""
        parts = [part.id for part in self.node.components]
        scores = list(dict.fromkeys([self.node.id, ROOT]))
        matrix = correlated(np.column_stack([self.values[name] for name in (*parts, *scores)]))
        is_large = len(parts) > _LARGE
        columns = [] if is_large else list(range(len(parts)))
        headings = [self._with_score(name) for name in scores] + [Html(str(column + 1)) for column in columns]
        rows = []
        for at, name in enumerate(parts):
            cells = [_cell(value) for value in matrix[at, len(parts) :]]
            cells += [_cell(matrix[at, column], itself=at == column) for column in columns]
            rows.append(row([str(at + 1), self.texts.name(self.view.name_of(name))], head=1) + "".join(cells))
        caption = self._caption()
        heads = [Html("#"), self.texts.html("part"), *headings]
        whole = table(
            f"t-correlation-{self.place}", heads, rows, caption=caption, numbers=(1,), classes="heat", search=False
        )
        return Html(whole + self._strongest(parts, matrix)) if is_large else whole

    def _caption(self) -> Html:
        if self.node.id == ROOT:
            return self.texts.html("method.within_index")
        return self.texts.html("method.within", name=self.view.name_of(self.node.id))

    def _with_score(self, name: str) -> Html:
        return self.texts.html("with_score" if name == ROOT else "method.with_dimension")

    def _strongest(self, parts: Sequence[str], matrix: Array) -> Html:
        """Return the strongest correlations between the parts, whatever their sign."""
        first, second = np.triu_indices(len(parts), 1)
        pairs = matrix[first, second]
        order = np.argsort(-np.abs(np.nan_to_num(pairs)), kind="stable")[:_PAIRS]
        rows = [
            row([self._name(parts[first[at]]), self._name(parts[second[at]])]) + _cell(pairs[at])
            for at in order.tolist()
        ]
        headings = [self.texts.html("part"), self.texts.html("part"), self.texts.html("method.correlation_of_pair")]
        caption = self.texts.html("method.strongest", count=len(rows))
        name = f"t-correlation-{self.place}-pairs"
        return table(name, headings, rows, caption=caption, classes="heat", search=False)

    def _name(self, part: str) -> Html:
        return self.texts.name(self.view.name_of(part))


def _cell(value: float, *, itself: bool = False) -> str:
    """Return the cell of a correlation, in one of nine shades."""
    if itself:
        return "<td>1"
    if value != value:
        return "<td>–"
    digits = number(value).replace("0.", ".", 1) if abs(value) < 0.995 else f"{value:.0f}"
    return f"<td class=c{min(8, int((value + 1) * 4.5))}>{digits}"
