"""The profile of each unit: its position among all units and among its peers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import Leaf
from indicia.notes import MARK
from indicia_report import attributes
from indicia_report.attributes import ValueAttributes
from indicia_report.bands import BandsView, bands_of
from indicia_report.imputed import legend, with_mark
from indicia_report.markup import number, paragraph, rank_text, section

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia.notes import Spoken
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView

MAX_PROFILES = 500
"""The most units of an index for which the page has all profiles."""
_FIRST_PROFILES = 60
"""The number of profiles on the page of an index with more units."""
_LABEL, _LEFT, _SPAN, _LINE = 226, 232, 140, 18


def profiles(view: PeriodView, texts: Texts) -> str:
    """Return the section with a profile per unit; all profiles use one drawing of the background."""
    order = view.order if len(view.order) <= MAX_PROFILES else view.order[:_FIRST_PROFILES]
    drawing = _Drawing(view, texts)
    group = view.group
    peers = texts.get("peers_group", group=group) if group else texts.get("peers_near")
    paragraphs = [paragraph(texts.show(texts.join([texts.get("profile_says"), peers], "space")))]
    if len(order) < len(view.order):
        paragraphs.append(paragraph(texts.html("profiles_more", shown=len(order), n=f"{len(view.order):,}")))
    units = "".join(drawing.profile(at, opened=not place) for place, at in enumerate(order))
    drawings = f'{drawing.background()}<div class="profiles" data-search>{units}</div>'
    legends = legend(view, texts) + drawing.attributes.legend(texts)
    return section("profiles", texts.html("profiles"), *paragraphs, legends, drawings)


@dataclass(frozen=True)
class _Drawing:
    view: PeriodView
    texts: Texts

    @cached_property
    def attributes(self) -> ValueAttributes:
        """The attributes of the values."""
        return ValueAttributes(self.view)

    @cached_property
    def classifications(self) -> list[BandsView]:
        """The classifications of `[bands]`."""
        return bands_of(self.view)

    @property
    def height(self) -> int:
        return _LINE * len(self.view.descendants) + 6

    def background(self) -> str:
        """Draw the names of the parts, the middle half of all units, and their median."""
        parts: list[str] = []
        values = self.view.positions
        for place, part in enumerate(self.view.descendants):
            middle = _LINE * place + _LINE / 2 + 3
            leaf = isinstance(part, Leaf)
            attributes = 'class="name"' if leaf else 'class="name d"'
            parts.append(
                self.texts.label(
                    0, middle + 4, self.view.name_of(part.id), _LABEL if leaf else 0.88 * _LABEL, attributes
                )
            )
            parts.append(f'<path class="rule" d="M{_LEFT} {middle:g}h{_SPAN}"/>')
            present = values[~np.isnan(values[:, place]), place]
            if len(present):
                low, median, high = (_LEFT + _SPAN * np.quantile(present, [0.25, 0.5, 0.75])).tolist()
                parts.append(
                    f'<path class="half" d="M{low:.1f} {middle - 4:g}h{max(1.0, high - low):.1f}v8H{low:.1f}z"/>'
                    f'<path class="median" d="M{median:.1f} {middle - 4:g}v8"/>'
                )
        return (
            '<svg width="0" height="0" class="hidden" aria-hidden="true">'
            f'<symbol id="ground" viewBox="0 0 {_LEFT + _SPAN + 6} {self.height}">{"".join(parts)}</symbol></svg>'
        )

    def profile(self, at: int, *, opened: bool) -> str:
        view, texts = self.view, self.texts
        strong, weak = view.strengths_and_weaknesses(at)
        peers = view.peers(at)
        lines = [
            self._named("strengths", [view.name_of(view.descendants[place].id) for place in strong]),
            self._named("weaknesses", [view.name_of(view.descendants[place].id) for place in weak]),
            self._named("peers", [view.names[peer] for peer in peers]),
        ]
        rank = rank_text(view.ranks[at])
        score = with_mark(number(view.scores[at], view.digits), view.imputed_scores[at])
        width = _LEFT + _SPAN + 6
        return (
            f'<details class="profile"{" open" if opened else ""}><summary><span class="rank">{rank}</span> '
            f"{texts.name(view.names[at])} "
            f"<span class=score>{score}</span>{self._bands(at)}</summary>"
            f"<p>{'<br>'.join(lines)}</p>"
            f'<svg width="{width}" height="{self.height}" viewBox="0 0 {width} {self.height}" role="img" '
            f'aria-label="{texts.attribute(texts.get("profiles"))}: {texts.attribute(view.names[at])}">'
            f'<use href="#ground"/>{self._peers(peers)}{self._dots(view.positions[at], strong, weak)}'
            f"{self._marks(at)}</svg>{self.attributes.of_unit(at, texts)}</details>\n"
        )

    def _bands(self, at: int) -> str:
        """Return the names of the unit's bands."""
        return "".join(f" {classification.chip(at, self.texts)}" for classification in self.classifications)

    def _named(self, key: str, names: list[Spoken]) -> str:
        """Return names under a heading."""
        texts = self.texts
        heading = texts.join([texts.get(key), dict.fromkeys(texts.languages, "")], "colon")
        return f"<b>{texts.show(heading)}</b>{texts.show(texts.join_names(names)) if names else texts.html('none')}"

    def _peers(self, peers: list[int]) -> str:
        if not peers:
            return ""
        values = self.view.positions[peers]
        present = np.asarray(~np.isnan(values).all(axis=0))
        medians = np.full(values.shape[1], np.nan)
        medians[present] = np.nanmedian(values[:, present], axis=0)
        marks = "".join(
            f"M{_LEFT + _SPAN * value:.1f} {_LINE * place + 8}l4 4-4 4-4-4z"
            for place, value in enumerate(medians.tolist())
            if present[place]
        )
        return f'<path class="peer" d="{marks}"/>'

    def _dots(self, values: Array, strong: list[int], weak: list[int]) -> str:
        """Draw dots as lines of length zero with round ends, which need fewer bytes than circles."""
        kinds: dict[str, list[str]] = {"dot": [], "dot strong": [], "dot weak": []}
        for place, value in enumerate(values.tolist()):
            if value == value:
                kind = "dot strong" if place in strong else "dot weak" if place in weak else "dot"
                kinds[kind].append(f"M{_LEFT + _SPAN * value:.1f} {_LINE * place + 12}h0")
        return "".join(f'<path class="{kind}" d="{"".join(marks)}"/>' for kind, marks in kinds.items() if marks)

    def _marks(self, at: int) -> str:
        """Draw the marks beside the dots of imputed values, and of values with a status or an older year.

        All marks are one text element with coordinates for each letter.
        """
        imputed = self.view.imputed[at]
        places = np.flatnonzero(imputed | (self.attributes.marks[at] & ~np.isnan(self.view.positions[at]))).tolist()
        if not places:
            return ""
        marks = "".join(MARK if imputed[place] else attributes.MARK for place in places)
        values = self.view.positions[at, places].tolist()
        # At the right edge of the drawing, the mark is on the left of the dot.
        across = " ".join(f"{_LEFT + _SPAN * value + (6 if value < 0.95 else -12):.1f}" for value in values)
        down = " ".join(f"{_LINE * place + 16}" for place in places)
        return f'<text class="mark" x="{across}" y="{down}">{marks}</text>'
