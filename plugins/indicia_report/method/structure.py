"""The structure of the index: its tree, with weights, effective weights and the ends of the scales."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from indicia.definition import GroupBounds, Leaf
from indicia.stages.normalise import reads_ends_of_scale
from indicia_report.directions import direction
from indicia_report.markup import Html, by_language, escape, figure, hidden, number, paragraph, row, table
from indicia_report.method.page_section import PageSection

if TYPE_CHECKING:
    from indicia.definition import Node, Part
    from indicia.notes import Spoken
    from indicia_report.markup import Texts
    from indicia_report.method.page_section import Shown
    from indicia_report.period_view import PeriodView

_WIDTH = 120
"""The width of the longest bar; the style sheet has the same."""
_GROUPS = 6
"""The most groups with weights of their own that the table lists."""


@dataclass(frozen=True)
class Structure(PageSection):
    """The tree of the index with its weights."""

    name = "structure"
    order = 20
    heading = "structure"

    def draw(self, shown: Shown) -> str:
        """Return the tree as a table."""
        return structure(shown.view, shown.texts)


def effective_weight(tree: Node) -> str:
    """Return the key of the sentence that explains effective weights."""
    has_paths = any(len(parents) > 1 for parents in tree.parents.values())
    return "structure_says_paths" if has_paths else "structure_says"


def structure(view: PeriodView, texts: Texts) -> str:
    """Return the tree as a table, with the sentences that explain its columns."""
    weights = view.weight_rows
    keys = [column for column in weights.columns if column not in _COLUMNS_OF_PARTS]
    shown_keys = [key for key in keys if key != view.result.definition.data.period]
    groups = weights.select(keys).unique(maintain_order=True)
    listed = weights.join(groups.head(_GROUPS), on=keys, how="semi", maintain_order="left") if keys else weights
    rows = _Rows.of(view, texts, max((weight or 0.0 for weight in weights["effective"]), default=0.0) or 1.0)
    lines = [rows.root(len(shown_keys))]
    lines += [rows.part(entry, [entry[key] for key in shown_keys]) for entry in listed.iter_rows(named=True)]
    headings = [Html(f"<bdi>{escape(key)}</bdi>") for key in shown_keys]
    headings += [texts.html(key) for key in rows.columns]
    numbers = [len(shown_keys) + 1 + place for place, key in enumerate(rows.columns) if key in _NUMBERS]
    intro = [texts.html(effective_weight(view.tree))]
    intro += [texts.html("weights_differ")] if keys else []
    intro += [texts.html("method.groups_some", shown=_GROUPS, count=len(groups))] if len(groups) > _GROUPS else []
    intro += [texts.html("method.ends_from_data")] if rows.has_learned_ends else []
    tree_table = table(
        "t-structure",
        headings,
        lines,
        caption=hidden(texts.html("structure")),
        numbers=numbers,
        classes="tree",
        search=False,
    )
    return paragraph(Html(" ".join(intro))) + tree_table


_COLUMNS_OF_PARTS = ("id", "name", "parent", "level", "kind", "weight", "effective")
_NUMBERS = ("weight", "effective", "method.scale_from", "method.scale_to")


@dataclass(frozen=True)
class _Rows:
    """Writes the rows of the tree."""

    view: PeriodView
    texts: Texts
    columns: tuple[str, ...]
    """The keys of the headings."""
    parts: dict[str, Part]
    levels: dict[str, int]
    not_counting: frozenset[tuple[str, str]]
    ends: dict[str, tuple[Html, Html]]
    """The ends of the scale of each indicator that has some."""
    largest: float
    """The largest effective weight."""

    @classmethod
    def of(cls, view: PeriodView, texts: Texts, largest: float) -> _Rows:
        ends = {leaf.id: pair for leaf in view.leaves if (pair := _ends(leaf, view))}
        columns = ["part", "weight", "effective", "share"]
        columns += ["method.scale_from", "method.scale_to"] if ends else []
        columns += ["measure"] if any(leaf.spec.unit for leaf in view.leaves) else []
        shown = frozenset((node.id, part.id) for node in view.tree.nodes() for part in node.shown)
        parts = {part.id: part for part in view.descendants}
        return cls(view, texts, (*columns, "direction", "method"), parts, _levels(view), shown, ends, largest)

    @property
    def has_learned_ends(self) -> bool:
        """True if the ends of a scale are values of the data."""
        return any("<em>" in low for low, _ in self.ends.values())

    def root(self, shift: int) -> str:
        """Return the row of the index, after empty cells for the columns of groups."""
        tree = self.view.tree
        cells: dict[str, object] = {
            "part": self.texts.name(self.view.title),
            "effective": number(1, 3),
            "direction": self._direction(tree),
            "method": _method(tree),
        }
        return row([*("" for _ in range(shift)), *(cells.get(key, "") for key in self.columns)], head=shift)

    def part(self, entry: dict[str, object], keys: list[object]) -> str:
        """Return the row of a part, after the labels of its group."""
        part, texts = self.parts[str(entry["id"])], self.texts
        leaf = part if isinstance(part, Leaf) else None
        low, high = self.ends.get(part.id, ("", ""))
        counts = (entry["parent"], part.id) not in self.not_counting
        effective = entry["effective"]
        assert effective is None or isinstance(effective, float)
        cells: dict[str, object] = {
            "part": texts.name(self.view.name_of(part.id)),
            "weight": number(entry["weight"], 3) if counts else texts.html("does_not_count"),  # type: ignore[arg-type]
            "effective": number(effective, 3),
            "share": bar(effective or 0.0, self.largest),
            "method.scale_from": low,
            "method.scale_to": high,
            "measure": texts.name(measure(leaf, texts)) if leaf else "",
            "direction": self._direction(part),
            "method": _method(part),
        }
        level = f"l{min(self.levels[part.id], 5)}{'' if leaf else ' d'}"
        return row([*keys, *(cells[key] for key in self.columns)], head=len(keys), attributes=f'class="{level}"')

    def _direction(self, part: Part) -> Html | str:
        has_costs = any(node.direction == "cost" for node in self.view.tree.nodes())
        is_told = isinstance(part, Leaf) or has_costs
        return self.texts.show(direction(part, self.view.tree, self.texts)) if is_told else ""


def _levels(view: PeriodView) -> dict[str, int]:
    levels: dict[str, int] = {}
    for node in view.tree.nodes():
        levels |= {part.id: node.level + 1 if isinstance(part, Leaf) else part.level for part in node.parts}
    return levels


def _ends(leaf: Leaf, view: PeriodView) -> tuple[Html, Html] | None:
    """Return the ends of the scale of an indicator; those of the data in italics, where they are published.

    None for a normalisation without ends, and for ends that differ between groups or periods.
    """
    bounds = leaf.spec.bounds
    if not reads_ends_of_scale(leaf) or isinstance(bounds, GroupBounds) or leaf.spec.best is not None:
        return None
    low, high = (None, None) if bounds is None else bounds
    scored = view.result.scored
    is_published = view.result.definition.publishes_raw_values and leaf.transform is None
    learns = scored.scopes.normalisation.pooled and is_published
    values = scored.prepared[leaf.id] if learns and (low is None or high is None) else None
    ends = []
    for fixed, statistic in ((low, "min"), (high, "max")):
        if fixed is not None:
            ends.append(escape(figure(fixed)))
        elif values is not None:
            ends.append(Html(f"<em>{figure(getattr(values, statistic)())}</em>"))
        else:
            ends.append(Html("–"))
    return (ends[0], ends[1]) if {*ends} != {"–"} else None


def _method(part: Part) -> Html:
    """Return the methods that compute the values of a part."""
    if isinstance(part, Leaf):
        return Html(f"<bdi>{escape(part.normalisation)}</bdi>")
    return Html(f"<bdi>{escape(f'{part.weighting} · {part.aggregation}')}</bdi>")


def bar(value: float, largest: float) -> Html:
    """Draw a bar with the length of a value relative to the largest value."""
    length = _WIDTH * value / largest
    path = f'<path d="M0 6h{length:.3g}"/>' if value else ""
    return Html(f"<svg class=gauge aria-hidden=true>{path}</svg>")


def measure(leaf: Leaf, texts: Texts) -> Spoken:
    """Return the unit of measure of an indicator."""
    return by_language(leaf.spec.unit, texts.languages, "–")
