"""The structure of the index: its tree, with weights and effective weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.definition import Leaf
from indicia_report.directions import direction
from indicia_report.markup import Html, by_language, escape, number, paragraph, row, section, table

if TYPE_CHECKING:
    from indicia.definition import Node, Part
    from indicia.notes import Spoken
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView

_WIDTH = 120


def effective_weight(tree: Node) -> str:
    """Return the key of the sentence that explains effective weights."""
    has_paths = any(len(parents) > 1 for parents in tree.parents.values())
    return "structure_says_paths" if has_paths else "structure_says"


def structure(view: PeriodView, texts: Texts) -> str:
    """Return the section with the tree as a table."""
    result = view.result
    keys = [column for column in result.weights.columns if column not in _COLUMNS_OF_PARTS]
    levels = {part.id: level for part, level in _levels(view)}
    measure_heading = ["measure"] if any(leaf.spec.unit for leaf in view.leaves) else []
    headings = map(texts.html, [*_HEADINGS, *measure_heading, "direction", "method"])
    columns = [*(Html(f"<bdi>{escape(key)}</bdi>") for key in keys), *headings]
    weights = result.weights
    largest = max((weight for weight in weights["effective"] if weight is not None), default=1.0) or 1.0
    parts = {part.id: part for part in view.descendants}
    has_costs = any(node.direction == "cost" for node in view.tree.nodes())
    not_counting = {(node.id, part.id) for node in view.tree.nodes() for part in node.shown}
    rows = [
        row(
            [
                *("" for _ in keys),
                texts.name(view.title),
                "",
                number(1, 3),
                bar(0, 1),
                *("" for _ in measure_heading),
                texts.show(direction(view.tree, view.tree, texts)) if has_costs else "",
                _method(view.tree),
            ],
            head=len(keys),
        )
    ]
    for weight_row in weights.iter_rows(named=True):
        part = parts[weight_row["id"]]
        leaf = part if isinstance(part, Leaf) else None
        cells = [
            *(weight_row[key] for key in keys),
            texts.name(view.name_of(part.id)),
            texts.html("does_not_count")
            if (weight_row["parent"], part.id) in not_counting
            else number(weight_row["weight"], 3),
            number(weight_row["effective"], 3),
            bar(weight_row["effective"], largest),
            *(texts.name(measure(leaf, texts)) if leaf else "" for _ in measure_heading),
            texts.show(direction(part, view.tree, texts)) if leaf or has_costs else "",
            _method(part),
        ]
        rows.append(row(cells, head=len(keys), attributes=f'class="l{min(levels[part.id], 5)}{"" if leaf else " d"}"'))
    shift = len(keys)
    sentences = [effective_weight(view.tree), *(["weights_differ"] if keys else [])]
    intro = "".join(paragraph(texts.html(key)) for key in sentences)
    tree_table = table(
        "t-structure",
        columns,
        rows,
        caption=texts.html("structure"),
        numbers=(2 + shift, 3 + shift),
        classes="tree",
        search=False,
    )
    return section("structure", texts.html("structure"), intro, tree_table)


_COLUMNS_OF_PARTS = ("id", "name", "parent", "level", "kind", "weight", "effective")
_HEADINGS = ("part", "weight", "effective", "share")


def _levels(view: PeriodView) -> list[tuple[Part, int]]:
    levels: list[tuple[Part, int]] = []
    for node in view.tree.nodes():
        levels += [(part, node.level + 1 if isinstance(part, Leaf) else part.level) for part in node.parts]
    return levels


def _method(part: Part) -> Html:
    """Return the methods that compute the values of a part."""
    if isinstance(part, Leaf):
        return Html(f"<bdi>{escape(part.normalisation)}</bdi>")
    return Html(f"<bdi>{escape(f'{part.weighting} · {part.aggregation}')}</bdi>")


def bar(value: float, largest: float) -> Html:
    """Draw a bar with the length of a value relative to the largest value."""
    length = _WIDTH * value / largest
    path = f'<path class="k0" d="M0 6h{length:.1f}"/>' if value else ""
    return Html(f'<svg class="bar" width="{_WIDTH}" height="12" aria-hidden="true">{path}</svg>')


def measure(leaf: Leaf, texts: Texts) -> Spoken:
    """Return the unit of measure of an indicator."""
    return by_language(leaf.spec.unit, texts.languages, "–")
