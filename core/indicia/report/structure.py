"""The structure of the index: what belongs to what, and how much it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.definition import Leaf
from indicia.report.markup import Html, exact, number, paragraph, row, section, spoken, table, text

if TYPE_CHECKING:
    from indicia.definition import Indicator, Part
    from indicia.notes import Spoken
    from indicia.report.markup import Voice
    from indicia.report.subject import Subject

_WIDTH = 120


def structure(subject: Subject, voice: Voice) -> str:
    """Return the tree as a table, with weights and effective weights."""
    result = subject.result
    keys = [column for column in result.weights.columns if column not in _OWN]
    levels = {part.id: level for part, level in _levels(subject)}
    measured = ["measure"] if any(leaf.spec.unit for leaf in subject.leaves) else []
    headings = map(voice.say, [*_HEADINGS, *measured, "direction", "method"])
    columns = [*(Html(f"<bdi>{text(key)}</bdi>") for key in keys), *headings]
    weights = result.weights
    largest = max((one for one in weights["effective"] if one is not None), default=1.0) or 1.0
    parts = {part.id: part for part in subject.below}
    rows = [
        row(
            [
                *("" for _ in keys),
                voice.name(subject.title),
                "",
                number(1, 3),
                bar(0, 1),
                *("" for _ in measured),
                "",
                _how(subject.tree),
            ],
            head=len(keys),
        )
    ]
    for one in weights.iter_rows(named=True):
        part = parts[one["id"]]
        leaf = part if isinstance(part, Leaf) else None
        cells = [
            *(one[key] for key in keys),
            voice.name(subject.called(part.id)),
            number(one["weight"], 3),
            number(one["effective"], 3),
            bar(one["effective"], largest),
            *(voice.name(measure(leaf, voice)) if leaf else "" for _ in measured),
            voice.show(direction(leaf.spec, voice)) if leaf else "",
            _how(part),
        ]
        rows.append(row(cells, head=len(keys), attributes=f'class="l{min(levels[part.id], 5)}{"" if leaf else " d"}"'))
    shift = len(keys)
    says = paragraph(voice.say("structure_says")) + (paragraph(voice.say("weights_differ")) if keys else "")
    drawn = table(
        "t-structure",
        columns,
        rows,
        caption=voice.say("structure"),
        numbers=(2 + shift, 3 + shift),
        classes="tree",
        search=False,
    )
    return section("structure", voice.say("structure"), says, drawn)


_OWN = ("id", "name", "parent", "level", "kind", "weight", "effective")
_HEADINGS = ("part", "weight", "effective", "share")


def _levels(subject: Subject) -> list[tuple[Part, int]]:
    found: list[tuple[Part, int]] = []
    for node in subject.tree.nodes():
        found += [(part, node.level + 1) for part in node.components]
    return found


def _how(part: Part) -> Html:
    """Return the method that makes the values of a part."""
    if isinstance(part, Leaf):
        return Html(f"<bdi>{text(part.normalisation)}</bdi>")
    return Html(f"<bdi>{text(f'{part.weighting} · {part.aggregation}')}</bdi>")


def bar(value: float, largest: float) -> Html:
    """Draw a share."""
    length = _WIDTH * value / largest
    path = f'<path class="k0" d="M0 6h{length:.1f}"/>' if value else ""
    return Html(f'<svg class="bar" width="{_WIDTH}" height="12" aria-hidden="true">{path}</svg>')


def measure(leaf: Leaf, voice: Voice) -> Spoken:
    """Return the unit of measure of an indicator."""
    return spoken(leaf.spec.unit, voice.languages, "–")


def direction(spec: Indicator, voice: Voice) -> Spoken:
    """Say which values are good."""
    if spec.direction == "target":
        return voice.said("target", target=exact(spec.target or 0.0))
    if spec.direction == "interval" and spec.interval:
        return voice.said("interval", low=exact(spec.interval[0]), high=exact(spec.interval[1]))
    return voice.said(spec.direction)
