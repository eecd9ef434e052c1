"""How the index is made, as text with formulas and references: written from what ran."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import polars as pl

from indicia.definition import ROOT
from indicia.notes import Count
from indicia.report.markup import Html, inert, paragraph, section, text
from indicia.report.mathml import mathml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.definition import Missing
    from indicia.methods import Method
    from indicia.notes import Spoken
    from indicia.report.markup import Voice
    from indicia.report.subject import Subject

_NAMED = 8
"""A method that more parts use than these is said to be used for so many."""


def methodology(subject: Subject, voice: Voice) -> str:
    """Return the stages in their order, each method with what it does, formula, parameters and source."""
    used = stages(subject)
    sentences = [_size(subject, voice), _order(subject, used, voice), *_rules(subject, voice), voice.say("symbols")]
    parts = [paragraph(sentence) for sentence in sentences]
    for stage, methods in used.items():
        entries = "".join(_entry(method, names, subject, voice) for method, names in methods)
        parts.append(f"<h3>{voice.say(stage)}</h3><dl>{entries}</dl>")
    listed = "".join(f"<li lang=en>{text(one)}" for one in references(subject))
    parts.append(f"<h3>{voice.say('references')}</h3><ul>{listed}</ul>")
    return section("methodology", voice.say("methodology"), *parts)


def manifest(subject: Subject, voice: Voice) -> str:
    """Return what it takes to run this again."""
    written = text(json.dumps(subject.result.manifest, ensure_ascii=False, indent=1, default=str))
    return section(
        "manifest",
        voice.say("manifest"),
        f"<details><summary>{voice.say('manifest_says')}</summary><pre tabindex=0>{written}</pre></details>",
    )


Used = dict[str, list[tuple["Method", list[str]]]]


def stages(subject: Subject) -> Used:
    """Return the methods by stage, in the order of the stages, and the parts that each is used for."""
    leaves, nodes = subject.leaves, list(subject.tree.nodes())
    uses: list[tuple[str, Iterable[tuple[Method | None, str]]]] = [
        (stage, [(getattr(leaf, stage), leaf.id) for leaf in leaves])
        for stage in ("imputation", "treatment", "transform", "normalisation")
    ]
    uses.append(("weighting", ((node.weighting if len(node.components) > 1 else None, node.id) for node in nodes)))
    uses.append(("aggregation", ((node.aggregation, node.id) for node in nodes)))
    uses.append(("rescaling", ((one, node.id) for node in nodes for one in (node.rescaling, node.as_component))))
    found: Used = {}
    for stage, pairs in uses:
        by_name: dict[str, tuple[Method, list[str]]] = {}
        for method, part in pairs:
            if method is not None:
                by_name.setdefault(str(method), (method, []))[1].append(part)
        if by_name:
            found[stage] = list(by_name.values())
    return found


def references(subject: Subject) -> list[str]:
    """Return the sources of the methods that ran, each once."""
    methods = (method for used in stages(subject).values() for method, _ in used)
    return sorted({method.reference for method in methods if method.reference}, key=str.casefold)


def _entry(method: Method, names: list[str], subject: Subject, voice: Voice) -> str:
    formula = f'<div class="formula">{mathml(method.formula)}</div>' if method.formula else ""
    return (
        f"<dt><code>{text(method)}</code> <span class=note>{voice.say('used_for', what=_where(names, subject, voice))}"
        f"</span></dt><dd lang=en>{_code(type(method).summary())}{formula}</dd>"
        f"<dd class=note lang=en>{text(method.reference)}</dd>"
    )


def _code(sentence: str) -> str:
    """Return a sentence of a docstring, the words in it as such."""
    return re.sub("`(.+?)`", r"<code>\1</code>", text(sentence))


def _where(names: list[str], subject: Subject, voice: Voice) -> Spoken:
    every = {leaf.id for leaf in subject.leaves}, {node.id for node in subject.tree.nodes()}
    if len(names) > 1 and set(names) in every:
        return voice.said("all_of_them")
    if len(names) > _NAMED:
        return {one: str(len(names)) for one in voice.languages}
    called = [voice.said("index") if name == ROOT else subject.called(name) for name in dict.fromkeys(names)]
    return voice.listed({one: inert(each[one]) for one in voice.languages} for each in called)


def _size(subject: Subject, voice: Voice) -> Html:
    nodes = sum(1 for _ in subject.tree.nodes()) - 1
    dimensions = voice.said("in_dimensions", dimensions=voice.said("dimensions", n=nodes)) if nodes else ""
    return voice.say(
        "method_units",
        name=subject.title,
        units=subject.counted_units(voice),
        indicators=voice.said("indicators", n=len(subject.leaves)),
        dimensions=dimensions,
    )


def _order(subject: Subject, used: Used, voice: Voice) -> Html:
    before = [stage for stage in ("imputation", "treatment") if stage in used]
    capped = ["caps"] if any((leaf.spec.floor, leaf.spec.cap) != (None, None) for leaf in subject.leaves) else []
    said = [voice.said(stage) for stage in dict.fromkeys([*before, *capped, *used])]
    joined = {one: " → ".join(each[one].lower() for each in said) for one in voice.languages}
    scope = subject.result.definition.methodology.statistics
    rows = voice.said("rows_all")
    if scope.within:
        rows = voice.said("rows_within", column=", ".join(scope.within))
    if scope.reference is not None:
        rows = voice.said("rows_reference", reference=scope.reference)
    return voice.say("method_order", stages=joined, rows=rows)


def _rules(subject: Subject, voice: Voice) -> list[Html]:
    by_policy: dict[Missing, list[str]] = {}
    parts: dict[Missing, list[str]] = {}
    for node in subject.tree.nodes():
        by_policy.setdefault(node.missing, []).append(node.id)
        parts.setdefault(node.missing, []).extend(part.id for part in node.components)
    filled = subject.result.cells.filter(pl.col("before").is_null())
    replaced = filled.filter(stage="missing")
    said = [_policy(one, replaced.filter(pl.col("indicator").is_in(parts[one])), subject, voice) for one in by_policy]
    if len(said) > 1:
        where = [_where(names, subject, voice) for names in by_policy.values()]
        said = [voice.said("policy_of", policy=one, parts=parts) for one, parts in zip(said, where, strict=True)]
    ties = voice.said(f"ties_{subject.result.definition.methodology.ties}")
    policies = voice.listed(said, "semicolon")
    imputed = _imputed(filled.filter(stage="imputation"), subject, voice)
    missing = "method_still_missing" if imputed else "method_missing"
    return [*imputed, voice.say(missing, policies=policies), voice.say("method_ties", ties=ties)]


def _imputed(cells: pl.DataFrame, subject: Subject, voice: Voice) -> list[Html]:
    """Return the sentence on imputed values: how many, of how many units, by which method."""
    by_method: dict[str, list[str]] = {}
    for leaf in subject.leaves:
        by_method.setdefault(str(leaf.imputation), []).append(leaf.id)
    of_methods = ((method, cells.filter(pl.col("indicator").is_in(names))) for method, names in by_method.items())
    said = [
        voice.said("imputed_by", method=method, **_counts(of_method, subject, voice))
        for method, of_method in of_methods
        if len(of_method)
    ]
    return [voice.say("method_imputed", methods=voice.listed(said, "semicolon"))] if said else []


def _counts(cells: pl.DataFrame, subject: Subject, voice: Voice) -> dict[str, Spoken]:
    counts = {"values": Count(len(cells), "value"), "units": Count(cells[subject.result.unit].n_unique(), "unit")}
    return {key: {one: count.said(one, {}) for one in voice.languages} for key, count in counts.items()}


def _policy(missing: Missing, replaced: pl.DataFrame, subject: Subject, voice: Voice) -> Spoken:
    least = [voice.said("enough_share", share=f"{100 * missing.minimum_share:g}")] if missing.minimum_share else []
    least += [voice.said("enough_count", n=missing.minimum_count)] if missing.minimum_count > 1 else []
    values: dict[str, dict[str, object]] = {
        "skip": {"enough": voice.said("enough", least=voice.listed(least, "and")) if least else ""},
        "value": {"value": f"{missing.value or 0:g}"},
        "group_mean": {"within": missing.within},
        "parent": {"within": missing.within},
    }
    policy = voice.said(f"policy_{missing.policy}", **values.get(missing.policy, {}))
    if replaced.is_empty():
        return policy
    return voice.said("policy_replaced", policy=policy, **_counts(replaced, subject, voice))
