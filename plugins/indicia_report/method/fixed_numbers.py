"""The tables of the parameters of methods, and of the numbers that the index file fixes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.catalogue.choice import schema
from indicia.definition import ROOT, GroupBounds, Leaf, Node
from indicia.methods.contract import names_symbol
from indicia_report.directions import direction
from indicia_report.english import marked, translated
from indicia_report.markup import Html, Texts, escape, exact_number, row, table
from indicia_report.mathml import mathml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Method
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


def parameter_list(method: Method, formulas: Sequence[str], texts: Texts) -> str:
    """Return the values of the parameters in the formula of a method, and of the parameters without a symbol."""
    described = schema(type(method)).get("properties", {})
    lines = []
    for name, value in method.settings.items():
        symbol = method.symbols.get(name)
        in_formula = symbol is not None and any(names_symbol(formula, symbol) for formula in formulas)
        defined = symbol is not None and any(f"{symbol} = " in formula for formula in formulas)
        if (symbol and not in_formula) or (value is None and (not in_formula or defined)):
            continue  # The formula of this run does not have the symbol, or defines it.
        equation = f"{mathml(symbol or '')} = " if in_formula else ""
        meaning = described.get(name, {}).get("description", "")
        definition = f"{equation}<code>{escape(name)}</code> = {_shown_value(value, texts)}"
        spoken = translated(meaning, texts, type(method))
        lines.append(f"<li{marked(spoken)}>{definition}<span class=note>: {texts.show(spoken)}</span>")
    return f'<ul class="parameters">{"".join(lines)}</ul>' if lines else ""


def _shown_value(value: object, texts: Texts) -> Html:
    return texts.show(translated("not given", texts)) if value is None else escape(value_text(value))


def value_text(value: object) -> str:
    """Format the value of a parameter with all of its digits."""
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return exact_number(value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {value_text(inner)}" for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(value_text, value))}]"
    return str(value)
