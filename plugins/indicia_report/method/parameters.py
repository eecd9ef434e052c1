"""The parameters of a method: their values, and what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.catalogue.choice import schema
from indicia.methods.formulas import names_symbol
from indicia_report.english import marked, translated
from indicia_report.markup import Html, escape, exact_number
from indicia_report.mathml import mathml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Method
    from indicia_report.markup import Texts


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
