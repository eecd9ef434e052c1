"""What the page needs to score and rank anew, and the controls for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from indicia.definition import Leaf, Node
from indicia.report.imputed import legend
from indicia.report.marks import COLOURS, MARKS
from indicia.report.markup import Html, clean, data, number, paragraph, section
from indicia.report.ranking import patch
from indicia.report.subject import LISTED

if TYPE_CHECKING:
    from indicia.notes import Spoken
    from indicia.report.markup import Voice
    from indicia.report.subject import Subject

MEANS = ("arithmetic", "geometric", "harmonic", "min", "max")
"""The aggregations that the script computes."""


def what_if(subject: Subject, voice: Voice) -> str:
    """Return sliders for the parts of the index, a choice of aggregation, and the numbers to score with."""
    heading = voice.say("what_if")
    means = _means(subject)
    if reason := _reason(subject, means):
        said = voice.said(reason)
        return section("what-if", heading, paragraph(voice.say("what_if_not", reason=said)))
    first, own = _first(subject, means)
    says = [paragraph(voice.say("what_if_says"), "script")]
    if not own:
        method = str(subject.tree.aggregation)
        says.append(paragraph(voice.say("what_if_other", method=method, mean=voice.said(first)), "script"))
    model = _model(subject, means, first)
    return section(
        "what-if",
        heading,
        *says,
        legend(subject, voice),
        _controls(subject, voice, means, first),
        f'<script type="application/json" id="model">{data(model)}</script>',
    )


def _means(subject: Subject) -> dict[str, bool]:
    """Return the aggregations that are at hand, and whether they take the values of the parts."""
    catalogue = subject.result.catalogue
    components = subject.result.scored.components.select(part.id for part in subject.parts)
    lowest = min((value for value in components.min().row(0) if value is not None), default=0.0)
    found = {}
    for name in MEANS:
        if name in catalogue.names("aggregation"):
            method: Any = catalogue.choose("aggregation", name)
            found[name] = bool(method.domain.admits(lowest))
    return found


def _reason(subject: Subject, means: dict[str, bool]) -> str | None:
    """Say why the page cannot score this index, if so."""
    tree = subject.tree
    if len(subject.parts) < 2:
        return "why_single"
    if len(subject.units) > LISTED:
        return "why_many"
    if tree.rescaling is not None:
        return "why_rescaled"
    if any(isinstance(part, Leaf) and not part.oriented and part.spec.direction == "cost" for part in subject.parts):
        return "why_costs"
    if (subject.weights != subject.weights[0]).any():
        return "why_keys"
    return None if any(means.values()) else "why_none"


def _first(subject: Subject, means: dict[str, bool]) -> tuple[str, bool]:
    """Return the aggregation that the page begins with, and whether it is that of the index."""
    own = str(subject.tree.aggregation)
    return (own, True) if means.get(own) else (next(name for name, fits in means.items() if fits), False)


def _model(subject: Subject, means: dict[str, bool], first: str) -> dict[str, Any]:
    definition, tree = subject.result.definition, subject.tree
    missing = tree.missing
    return {
        "parts": [
            {"id": part.id, "kind": "dimensions" if isinstance(part, Node) else "indicators"} for part in subject.parts
        ],
        "weights": [float(one) for one in subject.weights[0]],
        "z": [_numbers(values) for values in subject.components.tolist()],
        "names": [list(dict.fromkeys(clean(one) for one in name.values())) for name in subject.names],
        "ranked": [int(one) for one in subject.eligible],
        "ranks": _numbers(subject.ranks.tolist()),
        "imputed": [int(one) for one in subject.imputed_scores],
        "first": first,
        "stacked": len(subject.parts) <= MARKS,
        "positive": [name for name in means if name in ("geometric", "harmonic")],
        "missing": {"policy": missing.policy, "share": missing.minimum_share, "count": missing.minimum_count},
        "decimals": tree.decimals,
        "unrounded": definition.methodology.rank_by == "unrounded",
        "ties": definition.methodology.ties,
        "digits": subject.digits,
        "toml": _levels(subject),
    }


def _numbers(values: list[float]) -> list[float | None]:
    """Return numbers with 15 digits, which is more than what they are compared with."""
    return [None if value != value else float(f"{value:.15g}") for value in values]


def _levels(subject: Subject) -> dict[str, str]:
    """Return what `levels` of the methodology says beside the weighting and the aggregation of the index."""
    levels = [
        one.model_dump(mode="python", exclude_none=True) for one in subject.result.definition.methodology.levels
    ] or [{}]
    rest = {word: value for word, value in levels[0].items() if word not in ("weighting", "aggregation")}
    return {
        "top": "".join(f", {word} = {_toml(value)}" for word, value in rest.items()),
        "below": "".join(f", {_toml(one)}" for one in levels[1:]),
    }


def _toml(value: object) -> str:
    """Write a value as TOML, on one line.

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
        inside = ", ".join(f"{_key(word)} = {_toml(one)}" for word, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(word: object) -> str:
    name = str(word)
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _toml(name)


def _controls(subject: Subject, voice: Voice, means: dict[str, bool], first: str) -> Html:
    sliders = []
    for place, part in enumerate(subject.parts):
        before = f"{patch(place)} " if len(subject.parts) <= MARKS else ""
        before += f"{place + 1} " if len(subject.parts) > COLOURS else ""
        value = 100 * float(subject.weights[0, place])
        sliders.append(
            f'<div class="slider"><label for="w{place}">{before}{voice.name(subject.called(part.id))}</label>'
            f'<input type="range" id="w{place}" min="0" max="100" step="0.5" value="{value:.1f}" '
            f'aria-valuetext="{number(value, 1)} %">'
            f'<output for="w{place}">{number(value, 1)} %</output></div>'
        )
    options = []
    for name, fits in means.items():
        said: Spoken = voice.said(name) if fits else voice.said("not_fit", name=voice.said(name))
        state = (" checked" if name == first else "") + ("" if fits else " disabled")
        options.append(f'<label><input type="radio" name="mean" value="{name}"{state}> {voice.show(said)}</label>')
    return Html(
        f'<noscript><p>{voice.say("needs_script")}</p></noscript><div class="script">'
        f"<fieldset><legend>{voice.say('combined_by')}</legend>{''.join(options)}</fieldset>"
        f'<fieldset class="sliders"><legend>{voice.say("weighting")}</legend>{"".join(sliders)}</fieldset>'
        f'<p><button type="button" id="reset">{voice.say("reset")}</button> '
        f'<span id="moved" role="status" aria-live="polite"></span></p>'
        f'<div class="scroll tall" tabindex="0" role="region" aria-labelledby="t-what-if-c">'
        f'<table id="t-what-if" class="ranking n1 n2 n4"><caption id="t-what-if-c">{voice.say("what_if")}</caption>'
        f'<thead><tr><th scope="col">{voice.say("rank")}</th><th scope="col">{voice.say("change")}</th>'
        f'<th scope="col">{voice.say("unit")}</th><th scope="col">{voice.say("score")}</th>'
        f'<th scope="col" id="drawn"></th></tr></thead><tbody></tbody></table></div>'
        f'<p><label for="toml">{voice.say("toml_says")}</label></p>'
        f'<textarea id="toml" readonly rows="{min(14, len(subject.parts) + 5)}" spellcheck="false"></textarea>'
        f'<p><button type="button" id="copy">{voice.say("copy_toml")}</button> '
        f'<span id="copied" role="status"></span></p></div>'
    )
