"""One unit worked from its raw values to its score, with the numbers put into the formulas."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import ROOT
from indicia_explain.indicator_facts import IndicatorFacts
from indicia_report.markup import Html, escape, figure, number, paragraph, rank_text, row, table
from indicia_report.mathml import mathml, scrolls
from indicia_report.method.filled_formulas import FilledFormulas
from indicia_report.method.page_section import PageSection
from indicia_report.words import is_message

if TYPE_CHECKING:
    from indicia.definition import Leaf, Node
    from indicia_report.markup import Texts
    from indicia_report.method.page_section import Shown
    from indicia_report.period_view import PeriodView

_INDICATORS = 5
"""The most indicators whose formula is shown, one for each formula."""
_NODES = 12
"""The most dimensions whose formula is shown."""


@dataclass(frozen=True)
class WorkedUnit(PageSection):
    """The unit in the middle of the ranking, worked from its raw values to its score."""

    name = "worked_unit"
    order = 40
    heading = "method.worked"

    def draw(self, shown: Shown) -> str | None:
        """Return the steps from raw values to the score; None if no unit is ranked."""
        place = middle_of_ranking(shown.view)
        return None if place is None else _Worked(shown.view, shown.texts, place).markup()


def middle_of_ranking(view: PeriodView) -> int | None:
    """Return the place of the unit in the middle of the ranking; None if no unit is ranked."""
    ranked = [at for at in view.order if view.ranks[at] == view.ranks[at]]
    return ranked[(len(ranked) - 1) // 2] if ranked else None


@dataclass(frozen=True)
class _Worked:
    """The markup of the steps of one unit."""

    view: PeriodView
    texts: Texts
    at: int
    """The place of the unit in the period."""

    @cached_property
    def row(self) -> int:
        """The row of the unit in the result."""
        return int(np.flatnonzero(self.view.rows)[self.at])

    @cached_property
    def formulas(self) -> FilledFormulas:
        """The formulas of the unit with numbers."""
        return FilledFormulas(self.view.result, self.row)

    @property
    def publishes(self) -> bool:
        """True if raw values may be shown."""
        return self.view.result.definition.publishes_raw_values

    def markup(self) -> str:
        """Return the sentences, the table of the indicators and the formulas."""
        view, texts = self.view, self.texts
        ranked = int((~np.isnan(view.ranks)).sum())
        name, rank = view.names[self.at], rank_text(view.ranks[self.at])
        intro = [texts.html("method.worked_says", unit=name, rank=rank, ranked=f"{ranked:,}")]
        intro += [] if self.publishes else [texts.html("method.worked_withheld")]
        heading = "method.worked_indicators" if self.publishes else "method.worked_normalised"
        nodes = sorted(view.tree.nodes(), key=lambda node: -node.level)
        steps = [paragraph(Html(" ".join(intro))), f"<h3>{texts.html(heading)}</h3>"]
        steps += [self._table(), *self._indicators()]
        steps += [f"<h3>{texts.html('method.worked_dimensions')}</h3>", self._nodes(nodes)]
        score = number(float(view.scores[self.at]), view.digits)
        return "".join([*steps, paragraph(texts.html("method.worked_end", unit=name, score=score, rank=rank))])

    def _table(self) -> Html:
        """Return the table of the indicators: from the value as read to the normalised value, and its weight."""
        texts, facts = self.texts, IndicatorFacts(self.view.result, self.row)
        steps_of = {
            name: [step for step in facts.steps(name, leaf) if self.publishes or step[0] == "missing"]
            for name, leaf in facts.leaves.items()
        }
        keys = ["indicator", *(["method.as_read"] if self.publishes else [])]
        if any(steps_of.values()):
            keys += [*(["method.prepared"] if self.publishes else []), "method.changes"]
        keys += ["method.normalised", "effective"]
        rows = []
        for name, steps in steps_of.items():
            life = "; ".join(f"{self._stage(stage)} <code>{escape(rule)}</code>" for stage, _, rule in steps)
            cells = {
                "indicator": texts.name(self.view.name_of(name)),
                "method.as_read": figure(facts.read_values.get(name)),
                "method.prepared": figure(self.view.result.scored.prepared[name][self.row]),
                "method.changes": Html(life),
                "method.normalised": number(self.view.result.scored.normalised[name][self.row], self._digits),
                "effective": number(self.view.effective.get(name, 0.0), 3),
            }
            rows.append(row([cells[key] for key in keys], head=0))
        numbers = [at for at, key in enumerate(keys, 1) if key not in ("indicator", "method.changes")]
        caption = texts.html("method.worked_caption", unit=self.view.names[self.at])
        headings = [texts.html(key) for key in keys]
        return table("t-worked", headings, rows, caption=caption, numbers=numbers, search=False)

    @property
    def _digits(self) -> int:
        """The decimals of normalised values."""
        largest = np.nanmax(np.abs(self.view.normalised), initial=0.0)
        return 2 if largest >= 10 else 4

    def _stage(self, stage: str) -> Html:
        return self.texts.html(stage) if is_message(stage) else escape(stage)

    def _indicators(self) -> list[str]:
        """Return the formula of one indicator for each normalisation and direction."""
        first: dict[tuple[str, bool], Leaf] = {}
        for leaf in self.view.leaves:
            kind = str(leaf.normalisation), leaf.spec.direction == "cost" and leaf.oriented
            if kind not in first and self.formulas.of_indicator(leaf) is not None:
                first[kind] = leaf
        scored = self.view.result.scored
        return [
            _equation(
                self.texts.name(self.view.name_of(leaf.id)),
                self.formulas.of_indicator(leaf),
                scored.normalised[leaf.id][self.row],
            )
            for leaf in list(first.values())[:_INDICATORS]
        ]

    def _nodes(self, nodes: list[Node]) -> str:
        """Return the formulas of the dimensions, the deepest first, and of the index."""
        shown = nodes if len(nodes) <= _NODES else [*nodes[: _NODES - 1], nodes[-1]]
        parts = [self._node(node) for node in shown]
        if len(shown) < len(nodes):
            text = self.texts.html("method.worked_some", shown=len(shown) - 1, count=len(nodes) - 1)
            parts.insert(-1, paragraph(text, "note"))
        return "".join(parts)

    def _node(self, node: Node) -> str:
        unrounded = self.view.result.scored.source.columns.unrounded[node.id][self.row]
        name = self.texts.html("index") if node.id == ROOT else self.texts.name(self.view.name_of(node.id))
        markup = _equation(name, self.formulas.of_node(node), unrounded)
        published = self.view.result.scored.nodes[node.id][self.row]
        if node.decimals is None or published is None:
            return markup
        value = f"{published:.{node.decimals}f}"
        return markup + paragraph(self.texts.html("method.worked_rounded", value=value), "note")


def _equation(name: Html, latex: str | None, value: float | None) -> str:
    """Return a formula with its name before it and its value behind; the value alone without a formula."""
    digits = "–" if value is None or value != value else f"{value:.5g}".replace("-", "−")
    formula = f"{mathml(latex)} = " if latex else "= "
    return f'<div class="formula"{scrolls(latex or "")}><span>{name}</span> {formula}{digits}</div>'
