"""The profile of each unit: where it stands among all, and among its peers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import Leaf
from indicia.notes import MARK
from indicia.report.imputed import legend, marked
from indicia.report.markup import inert, number, paragraph, section, whole

if TYPE_CHECKING:
    from indicia.methods import Array
    from indicia.notes import Spoken
    from indicia.report.markup import Voice
    from indicia.report.subject import Subject

SHOWN = 500
"""Profiles of more units than these would make the page too large; then only those of the first few stand there."""
_FEW = 60
_LABEL, _LEFT, _SPAN, _LINE = 226, 232, 140, 18


def profiles(subject: Subject, voice: Voice) -> str:
    """Return a profile per unit; what is common to all of them is drawn once."""
    order = subject.order if len(subject.order) <= SHOWN else subject.order[:_FEW]
    drawing = _Drawing(subject, voice)
    group = subject.group
    peers = voice.said("peers_group", group=group) if group else voice.said("peers_near")
    said = [paragraph(voice.show(voice.listed([voice.said("profile_says"), peers], "space")))]
    if len(order) < len(subject.order):
        said.append(paragraph(voice.say("profiles_more", shown=len(order), n=f"{len(subject.order):,}")))
    units = "".join(drawing.profile(at, opened=not place) for place, at in enumerate(order))
    drawn = f'<div class="profiles" data-search>{units}</div>'
    return section("profiles", voice.say("profiles"), *said, legend(subject, voice), drawing.ground(), drawn)


@dataclass(frozen=True)
class _Drawing:
    subject: Subject
    voice: Voice

    @property
    def height(self) -> int:
        return _LINE * len(self.subject.below) + 6

    def ground(self) -> str:
        """Draw what all profiles have in common: names, the middle half of the units, and their median."""
        parts: list[str] = []
        values = self.subject.within
        for place, part in enumerate(self.subject.below):
            middle = _LINE * place + _LINE / 2 + 3
            leaf = isinstance(part, Leaf)
            attributes = 'class="name"' if leaf else 'class="name d"'
            parts.append(
                self.voice.label(
                    0, middle + 4, self.subject.called(part.id), _LABEL if leaf else 0.88 * _LABEL, attributes
                )
            )
            parts.append(f'<path class="rule" d="M{_LEFT} {middle:g}h{_SPAN}"/>')
            known = values[~np.isnan(values[:, place]), place]
            if len(known):
                low, median, high = (_LEFT + _SPAN * float(one) for one in np.quantile(known, [0.25, 0.5, 0.75]))
                parts.append(
                    f'<path class="half" d="M{low:.1f} {middle - 4:g}h{max(1.0, high - low):.1f}v8H{low:.1f}z"/>'
                    f'<path class="median" d="M{median:.1f} {middle - 4:g}v8"/>'
                )
        return (
            '<svg width="0" height="0" class="hidden" aria-hidden="true">'
            f'<symbol id="ground" viewBox="0 0 {_LEFT + _SPAN + 6} {self.height}">{"".join(parts)}</symbol></svg>'
        )

    def profile(self, at: int, *, opened: bool) -> str:
        subject, voice = self.subject, self.voice
        strong, weak = subject.remarkable(at)
        peers = subject.peers(at)
        lines = [
            self._named("strengths", [subject.called(subject.below[place].id) for place in strong]),
            self._named("weaknesses", [subject.called(subject.below[place].id) for place in weak]),
            self._named("peers", [subject.names[peer] for peer in peers]),
        ]
        rank = whole(subject.ranks[at])
        score = marked(number(subject.scores[at], subject.digits), subject.imputed_scores[at])
        width = _LEFT + _SPAN + 6
        return (
            f'<details class="profile"{" open" if opened else ""}><summary><span class="rank">{rank}</span> '
            f"{voice.name(subject.names[at])} "
            f"<span class=score>{score}</span></summary>"
            f"<p>{'<br>'.join(lines)}</p>"
            f'<svg width="{width}" height="{self.height}" viewBox="0 0 {width} {self.height}" role="img" '
            f'aria-label="{voice.plain(voice.said("profiles"))}: {voice.plain(subject.names[at])}">'
            f'<use href="#ground"/>{self._peers(peers)}{self._dots(subject.within[at], strong, weak)}'
            f"{self._marks(at)}</svg></details>\n"
        )

    def _named(self, key: str, names: list[Spoken]) -> str:
        """Return names under a heading."""
        voice = self.voice
        heading = voice.listed([voice.said(key), dict.fromkeys(voice.languages, "")], "colon")
        inside = voice.listed({one: inert(said) for one, said in name.items()} for name in names)
        return f"<b>{voice.show(heading)}</b>{voice.show(inside) if names else voice.say('none')}"

    def _peers(self, peers: list[int]) -> str:
        if not peers:
            return ""
        values = self.subject.within[peers]
        known = np.asarray(~np.isnan(values).all(axis=0))
        medians = np.full(values.shape[1], np.nan)
        medians[known] = np.nanmedian(values[:, known], axis=0)
        marks = "".join(
            f"M{_LEFT + _SPAN * value:.1f} {_LINE * place + 8}l4 4-4 4-4-4z"
            for place, value in enumerate(medians.tolist())
            if known[place]
        )
        return f'<path class="peer" d="{marks}"/>'

    def _dots(self, values: Array, strong: list[int], weak: list[int]) -> str:
        """Draw dots as lines of no length with round ends, which take a few bytes each."""
        kinds: dict[str, list[str]] = {"dot": [], "dot strong": [], "dot weak": []}
        for place, value in enumerate(values.tolist()):
            if value == value:
                kind = "dot strong" if place in strong else "dot weak" if place in weak else "dot"
                kinds[kind].append(f"M{_LEFT + _SPAN * value:.1f} {_LINE * place + 12}h0")
        return "".join(f'<path class="{kind}" d="{"".join(marks)}"/>' for kind, marks in kinds.items() if marks)

    def _marks(self, at: int) -> str:
        """Put the mark beside the dots of imputed values, all in one text with a place for each letter."""
        places = np.flatnonzero(self.subject.imputed[at]).tolist()
        if not places:
            return ""
        values = self.subject.within[at, places].tolist()  # left of a dot at the right edge of the drawing
        across = " ".join(f"{_LEFT + _SPAN * value + (6 if value < 0.95 else -12):.1f}" for value in values)
        down = " ".join(f"{_LINE * place + 16}" for place in places)
        return f'<text class="mark" x="{across}" y="{down}">{MARK * len(places)}</text>'
