"""The table of the numbers that the index file fixes, a row for each part of the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.definition import ROOT, GroupBounds
from indicia_report.directions import direction
from indicia_report.markup import Html, escape, exact_number, row, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Leaf, Node
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView

_COLUMNS = (
    "part", "belongs_to", "column", "direction", "divided_by", "times", "floor", "cap_at", "least", "greatest",
    "target_at", "worst_at", "given_weight", "decimals",
)  # fmt: skip
_NUMBERS = ("times", "floor", "cap_at", "least", "greatest", "target_at", "given_weight", "decimals")


def fixed_numbers(view: PeriodView, texts: Texts) -> Html:
    """Return the table of parts: parent, column, direction, and the numbers that the index file fixes."""
    leaves = {leaf.id: leaf for leaf in view.leaves}
    nodes = {node.id: node for node in view.tree.nodes()}
    entries: list[dict[str, object]] = []
    for part in view.descendants:
        node, leaf = nodes.get(part.id), leaves.get(part.id)
        parents = view.tree.parents[part.id]
        weights = [part.weight_in(parent) for parent in parents if part in nodes[parent].components]
        entry: dict[str, object] = {
            "part": texts.name(view.name_of(part.id)),
            "belongs_to": _belongs_to(parents, view, texts),
            "given_weight": "" if set(weights) == {1} else "; ".join(map(exact_number, weights)),
            "decimals": "" if part.decimals is None else part.decimals,
        }
        if not weights:
            entry["given_weight"] = texts.html("does_not_count")
        if node is None and leaf is not None:
            entry |= _fixed_of(leaf, view.tree, texts)
        entries.append(entry)
    columns = [key for key in _COLUMNS if any(entry.get(key, "") != "" for entry in entries)]
    usual = dict.fromkeys(columns, "") | {"given_weight": "1"}
    entries = [{key: cell for key, cell in entry.items() if cell != ""} for entry in entries]
    rows = [row([(usual | entry)[key] for key in columns], head=0) for entry in entries]
    right = [number for number, key in enumerate(columns, 1) if key in _NUMBERS]
    headings = [texts.html(key) for key in columns]
    return table("t-fixed", headings, rows, caption=texts.html("parts_says"), numbers=right, search=False)


def _belongs_to(parents: Sequence[str], view: PeriodView, texts: Texts) -> Html:
    """Return the name of the parent, or the list of the names of several parents."""
    if len(parents) > 1:
        names = (texts.get("index") if parent == ROOT else view.name_of(parent) for parent in parents)
        return texts.show(texts.join_names(names))
    return texts.html("index") if parents[0] == ROOT else texts.name(view.name_of(parents[0]))


def _fixed_of(leaf: Leaf, tree: Node, texts: Texts) -> dict[str, object]:
    """Return the column, the direction and the fixed numbers of an indicator."""
    spec = leaf.spec
    values: dict[str, object] = {
        "column": Html(f"<code>{escape(leaf.column)}</code>"),
        "direction": texts.show(direction(leaf, tree, texts)),
        "divided_by": spec.per or "",
        "times": "" if spec.factor == 1 else exact_number(spec.factor),
        "floor": "" if spec.floor is None else exact_number(spec.floor),
        "cap_at": "" if spec.cap is None else exact_number(spec.cap),
        "target_at": "" if spec.target is None else exact_number(spec.target),
        "worst_at": "" if spec.worst is None else f"{exact_number(spec.worst[0])}; {exact_number(spec.worst[1])}",
    }
    if isinstance(spec.bounds, GroupBounds):
        for number, key in enumerate(("least", "greatest")):
            values[key] = "; ".join(
                f"{group}: {exact_number(pair[number])}" for group, pair in spec.bounds.groups.items()
            )
    elif spec.bounds is not None:
        values |= {"least": exact_number(spec.bounds[0]), "greatest": exact_number(spec.bounds[1])}
    return values
