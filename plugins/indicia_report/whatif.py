"""The sliders of the page, and the data from which the script of the page computes scores and ranks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from indicia.definition import ROOT, Leaf, Node
from indicia_report.imputed import legend
from indicia_report.marks import COLOURS, MARKS
from indicia_report.markup import Html, clean, json_data, paragraph, section
from indicia_report.period_view import LISTED
from indicia_report.ranking import swatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.definition import Part
    from indicia.notes import Spoken
    from indicia_report.markup import Texts
    from indicia_report.period_view import PeriodView

MEANS = ("arithmetic", "geometric", "harmonic", "min", "max")
"""The aggregations that the script computes."""


def what_if(view: PeriodView, texts: Texts) -> str:
    """Return the section with a slider per part of the index, and a choice of aggregation."""
    heading = texts.html("what_if")
    means = _means(view)
    if reason := _reason(view, means):
        text = texts.get(reason)
        return section("what-if", heading, paragraph(texts.html("what_if_not", reason=text)))
    first, is_same = _first(view, means)
    paragraphs = [paragraph(texts.html("what_if_says"), "script")]
    if not is_same:
        method = str(view.tree.aggregation)
        paragraphs.append(paragraph(texts.html("what_if_other", method=method, mean=texts.get(first)), "script"))
    model = _model(view, means, first)
    return section(
        "what-if",
        heading,
        *paragraphs,
        legend(view, texts),
        _controls(view, texts, means, first),
        f'<script type="application/json" id="model">{json_data(model)}</script>',
    )


def _means(view: PeriodView) -> dict[str, bool]:
    """Return the installed aggregations that admit the weights, with True if the domain admits the values of parts."""
    catalogue = view.result.catalogue
    components = view.result.scored.components.select(part.id for part in view.parts)
    lowest = min((value for value in components.min().row(0) if value is not None), default=0.0)
    means = {}
    for name in MEANS:
        if name in catalogue.names("aggregation"):
            method: Any = catalogue.choose("aggregation", name)
            if view.tree.sum_of_weights is None or method.additive or method.weights_of_any_sum:
                means[name] = bool(method.domain.admits(lowest))
    return means


def _reason(view: PeriodView, means: dict[str, bool]) -> str | None:
    """Return the key of the reason why the page cannot compute scores of this index; None if the page can."""
    tree = view.tree
    if len(view.parts) < 2:
        return "why_single"
    if len(view.units) > LISTED:
        return "why_many"
    if tree.rescaling is not None:
        return "why_rescaled"
    if any(isinstance(part, Leaf) and not part.oriented and part.spec.direction == "cost" for part in view.parts):
        return "why_costs"
    if (view.weights != view.weights[0]).any():
        return "why_keys"
    return None if any(means.values()) else "why_none"


def _first(view: PeriodView, means: dict[str, bool]) -> tuple[str, bool]:
    """Return the aggregation at the opening of the page, and True if it is the aggregation of the index."""
    name = str(view.tree.aggregation)
    return (name, True) if means.get(name) else (next(name for name, fits in means.items() if fits), False)


def _model(view: PeriodView, means: dict[str, bool], first: str) -> dict[str, Any]:
    definition, tree = view.result.definition, view.tree
    missing, total = tree.missing, tree.sum_of_weights or 1.0
    return {
        "parts": [
            {
                "id": part.id,
                "kind": "dimensions" if isinstance(part, Node) else "indicators",
                "beside": _beside(part, tree.parents[part.id]),
            }
            for part in view.parts
        ],
        "weights": [float(weight) / total for weight in view.weights[0]],
        **({} if tree.sum_of_weights is None else {"total": total}),
        "z": [_numbers(values) for values in view.components.tolist()],
        "names": [list(dict.fromkeys(clean(text) for text in name.values())) for name in view.names],
        "ranked": [int(flag) for flag in view.eligible],
        "ranks": _numbers(view.ranks.tolist()),
        "imputed": [int(flag) for flag in view.imputed_scores],
        "first": first,
        "stacked": len(view.parts) <= MARKS,
        "positive": [name for name in means if name in ("geometric", "harmonic")],
        "missing": {"policy": missing.policy, "share": missing.minimum_share, "count": missing.minimum_count},
        "decimals": tree.decimals,
        "unrounded": definition.methodology.rank_by == "unrounded",
        "ties": definition.methodology.ties,
        "lowestFirst": (tree.direction == "cost") != (definition.methodology.rank_from == "worst"),
        "digits": view.digits,
        "toml": _levels(view),
    }


def _beside(part: Part, parents: Sequence[str]) -> str:
    """Return the entries of other parents in the table of weights of a part; empty for a part of the index alone."""
    return "".join(f", {_key(name)} = {_toml(part.weight_in(name))}" for name in parents if name != ROOT)


def _numbers(values: list[float]) -> list[float | None]:
    """Return numbers with 15 digits; the page compares scores to 12."""
    return [None if value != value else float(f"{value:.15g}") for value in values]


def _levels(view: PeriodView) -> dict[str, str]:
    """Return the entries of `levels` of the methodology, except the weighting and the aggregation of the index."""
    levels = [
        level.model_dump(mode="python", exclude_none=True) for level in view.result.definition.methodology.levels
    ] or [{}]
    rest = {word: value for word, value in levels[0].items() if word not in ("weighting", "aggregation")}
    return {
        "top": "".join(f", {word} = {_toml(value)}" for word, value in rest.items()),
        "below": "".join(f", {_toml(level)}" for level in levels[1:]),
    }


def _toml(value: object) -> str:
    """Format a value as TOML, on one line.

    >>> _toml({"method": "min_max", "upper": 100, "clip": True})
    '{ method = "min_max", upper = 100, clip = true }'
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(word)} = {_toml(inner)}" for word, inner in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(word: object) -> str:
    name = str(word)
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _toml(name)


def _controls(view: PeriodView, texts: Texts, means: dict[str, bool], first: str) -> Html:
    sliders = []
    for place, part in enumerate(view.parts):
        prefix = f"{swatch(place)} " if len(view.parts) <= MARKS else ""
        prefix += f"{place + 1} " if len(view.parts) > COLOURS else ""
        sliders.append(
            f'<div class="slider"><label for="w{place}">{prefix}{texts.name(view.name_of(part.id))}</label>'
            f'<input type="range" id="w{place}" min="0" max="100" step="0.5"><output for="w{place}"></output></div>'
        )
    options = []
    for name, fits in means.items():
        label: Spoken = texts.get(name) if fits else texts.get("not_fit", name=texts.get(name))
        state = (" checked" if name == first else "") + ("" if fits else " disabled")
        options.append(f'<label><input type="radio" name="mean" value="{name}"{state}> {texts.show(label)}</label>')
    return Html(
        f'<noscript><p>{texts.html("needs_script")}</p></noscript><div class="script">'
        f"<fieldset><legend>{texts.html('combined_by')}</legend>{''.join(options)}</fieldset>"
        f'<fieldset class="sliders"><legend>{texts.html("weighting")}</legend>{"".join(sliders)}</fieldset>'
        f'<p><button type="button" id="reset">{texts.html("reset")}</button> '
        f'<span id="moved" role="status" aria-live="polite"></span></p>'
        f'<div class="scroll tall" tabindex="0" role="region" aria-labelledby="t-what-if-c">'
        f'<table id="t-what-if" class="ranking n1 n2 n4"><caption id="t-what-if-c">{texts.html("what_if")}</caption>'
        f'<thead><tr><th scope="col">{texts.html("rank")}</th><th scope="col">{texts.html("change")}</th>'
        f'<th scope="col">{texts.html("unit")}</th><th scope="col">{texts.html("score")}</th>'
        f'<th scope="col" id="drawn"></th></tr></thead><tbody></tbody></table></div>'
        f'<p><label for="toml">{texts.html("toml_says")}</label></p>'
        f'<textarea id="toml" readonly rows="{min(14, len(view.parts) + 5)}" spellcheck="false"></textarea>'
        f'<p><button type="button" id="copy">{texts.html("copy_toml")}</button> '
        f'<span id="copied" role="status"></span></p></div>'
    )
