"""How the index is made, as text with formulas and references: written from what ran."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.catalogue.choice import schema
from indicia.definition import ROOT, Eligible, GroupBounds, Scope
from indicia.methods import Method, Normalisation
from indicia.methods.formulas import names_symbol
from indicia.notes import Count
from indicia.report.markup import Html, exact, inert, paragraph, row, section, table, text
from indicia.report.mathml import mathml
from indicia.report.structure import direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indicia.definition import Leaf, Missing
    from indicia.notes import Spoken
    from indicia.report.markup import Voice
    from indicia.report.subject import Subject

_MOST = 3
"""Where all but so few parts use a method, these few are named."""


def methodology(subject: Subject, voice: Voice) -> str:
    """Return the stages in their order, each method with what it does, formula, parameters and source.

    The text and the data are enough to compute the scores.
    """
    used = stages(subject)
    first = [_size(subject, voice), *_selection(subject, voice), _order(subject, used, voice)]
    last = [*_values(subject, voice), *_rules(subject, voice), *_ranking(subject, voice), voice.say("symbols")]
    parts = [*map(paragraph, first), fixed_numbers(subject, voice), *map(paragraph, last)]
    for stage, methods in used.items():
        entries = "".join(_entry(method, names, subject, voice) for method, names in methods)
        parts.append(f"<h3>{voice.say(stage)}</h3><dl>{entries}</dl>")
    listed = "".join(f"<li lang=en>{text(one)}" for one in references(subject))
    parts.append(f"<h3>{voice.say('references')}</h3><ul>{listed}</ul>")
    return section("methodology", voice.say("methodology"), *parts)


def manifest(subject: Subject, voice: Voice, further: Mapping[str, Any]) -> str:
    """Return what it takes to run this again, with `further` parts of the manifest."""
    whole = {**subject.result.manifest, **further}
    written = text(json.dumps(whole, ensure_ascii=False, indent=1, default=str))
    return section(
        "manifest",
        voice.say("manifest"),
        f"<details><summary>{voice.say('manifest_says')}</summary><pre tabindex=0 class=json>{written}</pre></details>",
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
    uses += [(stage, [(getattr(node, stage), node.id) for node in nodes]) for stage in ("rescaling", "as_component")]
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
    every = (one for method in methods for one in (method, *_within(method)))
    return sorted({method.reference for method in every if method.reference}, key=str.casefold)


def _within(method: Method) -> list[Method]:
    """Return the methods that a method is made of, such as the weightings that it combines."""
    values = method.parameters.values()
    several = (value if isinstance(value, (list, tuple)) else [value] for value in values)
    own = [one for value in several for one in value if isinstance(one, Method)]
    return [inner for one in own for inner in (one, *_within(one))]


def _entry(method: Method, names: list[str], subject: Subject, voice: Voice) -> str:
    where = voice.say("used_for", what=_where(names, subject, voice))
    entry = _described(method, where, _formulas_of_run(method, names, subject), voice)
    for inner in _within(method):
        entry += _described(inner, voice.say("used_in", what=str(method)), {"": inner.formula_of_run}, voice)
    return entry


def _described(method: Method, where: Html, formulas: dict[str, str], voice: Voice) -> str:
    drawn = "".join(
        f'<div class="formula">{f"<span>{voice.say(case)}</span> " if case else ""}{mathml(formula)}</div>'
        for case, formula in formulas.items()
        if formula
    )
    return (
        f"<dt><code>{text(method)}</code> <span class=note>{where}</span></dt>"
        f"<dd lang=en>{_code(type(method).summary())}{drawn}{_parameters(method, list(formulas.values()))}</dd>"
        f"<dd class=note lang=en>{text(method.reference)}</dd>"
    )


def _formulas_of_run(method: Method, names: list[str], subject: Subject) -> dict[str, str]:
    """Return the formulas that ran, and the case of each: benefits and costs may have formulas of their own."""
    if not isinstance(method, Normalisation):
        return {"": method.formula_of_run}
    leaves = [leaf for leaf in subject.leaves if leaf.id in names and leaf.normalisation == method]
    own = [leaf.spec.direction == "cost" and leaf.oriented for leaf in leaves]
    found = {} if own and all(own) and method.cost_formula_of_run else {"": method.formula_of_run}
    return found | ({"of_a_cost": method.cost_formula_of_run} if any(own) else {})


def _parameters(method: Method, formulas: Sequence[str]) -> str:
    """Return the parameters of a method with their values: those that its formula names, and what else is chosen."""
    described = schema(type(method)).get("properties", {})
    lines = []
    for name, value in method.settings.items():
        symbol = method.symbols.get(name)
        named = symbol is not None and any(names_symbol(formula, symbol) for formula in formulas)
        defined = symbol is not None and any(f"{symbol} = " in formula for formula in formulas)
        if (symbol and not named) or (value is None and (not named or defined)):
            continue  # the formula of the run does not take the parameter, or says itself what stands for it
        drawn = f"{mathml(symbol or '')} = " if named else ""
        meaning = described.get(name, {}).get("description", "")
        stated = f"{drawn}<code>{text(name)}</code> = {text(_value(value))}"
        lines.append(f"<li lang=en>{stated}<span class=note>: {text(meaning)}</span>")
    return f'<ul class="parameters">{"".join(lines)}</ul>' if lines else ""


def _value(value: object) -> str:
    """Write the value of a parameter with all of its digits."""
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return exact(value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_value(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    return str(value)


def _code(sentence: str) -> str:
    """Return a sentence of a docstring, the words in it as such."""
    return re.sub("`(.+?)`", r"<code>\1</code>", text(sentence))


def _where(names: list[str], subject: Subject, voice: Voice) -> Spoken:
    """Name the parts that something holds for: all of a kind, all but a few, or each of them."""
    nodes = list(subject.tree.nodes())
    kinds = (
        [leaf.id for leaf in subject.leaves],
        [node.id for node in nodes],
        [node.id for node in nodes if len(node.components) > 1],
    )
    own = dict.fromkeys(names)
    for kind in kinds:
        others = [name for name in kind if name not in own]
        if len(own) > 1 and not others and len(own) == len(kind):
            return voice.said("all_of_them")
        if own.keys() <= set(kind) and len(others) <= _MOST < len(own):
            return voice.said("all_but", parts=_called(others, subject, voice))
    return _called(list(own), subject, voice)


def _called(names: list[str], subject: Subject, voice: Voice) -> Spoken:
    called = [voice.said("index") if name == ROOT else subject.called(name) for name in names]
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
    rows = _rows(subject.result.definition.methodology.statistics, voice)
    return voice.say("method_order", stages=joined, rows=rows)


def _rows(scope: Scope, voice: Voice) -> Spoken:
    if scope.reference is not None:
        return voice.said("rows_reference", reference=scope.reference)
    if scope.within:
        return voice.said("rows_within", column=", ".join(scope.within))
    return voice.said("rows_all")


def _selection(subject: Subject, voice: Voice) -> list[Html]:
    """Return what is left out before anything is computed."""
    definition, said = subject.result.definition, []
    if definition.data.where:
        conditions = "; ".join(f"{column} = {_value(value)}" for column, value in definition.data.where.items())
        said.append(voice.say("kept_rows", conditions=conditions))
    screening = definition.screening
    rules = [
        voice.said(f"screen_{name}", share=exact(100 * share))
        for name in ("units", "dimensions", "non_zero", "indicators")
        if (share := getattr(screening, name)) is not None
    ]
    return [*said, voice.say("screened", rules=voice.listed(rules, "semicolon"))] if rules else said


def fixed_numbers(subject: Subject, voice: Voice) -> Html:
    """Return a table of the parts: what each belongs to, its column and direction, and the numbers that are fixed."""
    leaves = {leaf.id: leaf for leaf in subject.leaves}
    nodes = {node.id: node for node in subject.tree.nodes()}
    parents = {part.id: node.id for node in nodes.values() for part in node.components}
    cells: list[dict[str, object]] = []
    for part in subject.below:
        node, leaf = nodes.get(part.id), leaves.get(part.id)
        parent = parents[part.id]
        of: dict[str, object] = {
            "part": voice.name(subject.called(part.id)),
            "belongs_to": voice.say("index") if parent == ROOT else voice.name(subject.called(parent)),
            "given_weight": "" if part.weight == 1 else exact(part.weight),
            "decimals": "" if part.decimals is None else part.decimals,
        }
        if node is None and leaf is not None:
            of |= _fixed_of(leaf, voice)
        cells.append(of)
    columns = [key for key in _COLUMNS if any(row.get(key, "") != "" for row in cells)]
    weighted = "given_weight" in columns
    rows = [
        row(
            [("1" if key == "given_weight" and weighted and not one.get(key) else one.get(key, "")) for key in columns],
            head=0,
        )
        for one in cells
    ]
    right = [number for number, key in enumerate(columns, 1) if key in _NUMBERS]
    headings = [voice.say(key) for key in columns]
    return table("t-fixed", headings, rows, caption=voice.say("parts_says"), numbers=right, search=False)


_COLUMNS = (
    "part", "belongs_to", "column", "direction", "divided_by", "times", "floor", "cap_at", "least", "greatest",
    "target_at", "worst_at", "given_weight", "decimals",
)  # fmt: skip
_NUMBERS = ("times", "floor", "cap_at", "least", "greatest", "target_at", "given_weight", "decimals")


def _fixed_of(leaf: Leaf, voice: Voice) -> dict[str, object]:
    """Return what the index file fixes of an indicator."""
    spec = leaf.spec
    values: dict[str, object] = {
        "column": Html(f"<code>{text(leaf.column)}</code>"),
        "direction": voice.show(direction(spec, voice)),
        "divided_by": spec.per or "",
        "times": "" if spec.factor == 1 else exact(spec.factor),
        "floor": "" if spec.floor is None else exact(spec.floor),
        "cap_at": "" if spec.cap is None else exact(spec.cap),
        "target_at": "" if spec.target is None else exact(spec.target),
        "worst_at": "" if spec.worst is None else f"{exact(spec.worst[0])}; {exact(spec.worst[1])}",
    }
    if isinstance(spec.bounds, GroupBounds):
        for number, key in enumerate(("least", "greatest")):
            values[key] = "; ".join(f"{group}: {exact(pair[number])}" for group, pair in spec.bounds.groups.items())
    elif spec.bounds is not None:
        values |= {"least": exact(spec.bounds[0]), "greatest": exact(spec.bounds[1])}
    return values


def _values(subject: Subject, voice: Voice) -> list[Html]:
    """Return what becomes of bounds, costs and targets."""
    leaves, said = subject.leaves, []
    if any(leaf.spec.bounds is not None for leaf in leaves):
        said.append(voice.say("bounds_says"))
    fixed = ("bounds", "floor", "cap", "target", "interval", "worst")
    if any(leaf.transform and any(getattr(leaf.spec, word) is not None for word in fixed) for leaf in leaves):
        said.append(voice.say("transform_says"))
    costs = [leaf for leaf in leaves if leaf.spec.direction == "cost"]
    if any(leaf.oriented and not leaf.normalisation.has_cost_formula() for leaf in costs):
        said.append(voice.say("costs_negated"))
    if staying := [leaf.id for leaf in costs if not leaf.oriented]:
        said.append(voice.say("costs_stay", parts=_where(staying, subject, voice)))
    if any(leaf.spec.best is not None for leaf in leaves):
        said.append(voice.say("closeness_says"))
    rounded: dict[int, list[str]] = {}
    for leaf in leaves:
        if leaf.decimals is not None:
            rounded.setdefault(leaf.decimals, []).append(leaf.id)
    said += [voice.say("rounding_values", n=n, parts=_where(names, subject, voice)) for n, names in rounded.items()]
    constant = subject.result.definition.methodology.constant
    return [*said, voice.say(f"constant_{constant}")] if constant != "refuse" else said


def _ranking(subject: Subject, voice: Voice) -> list[Html]:
    """Return how scores are rounded, and who is ranked."""
    definition, rounded, said = subject.result.definition, dict[int, list[str]](), []
    for node in subject.tree.nodes():
        if node.decimals is not None:
            rounded.setdefault(node.decimals, []).append(node.id)
    said += [voice.say("rounding_scores", n=n, parts=_where(names, subject, voice)) for n, names in rounded.items()]
    if subject.tree.decimals is not None:
        said.append(voice.say(f"ranked_{definition.methodology.rank_by}"))
    if subject.tree.low_is_best:
        said.append(voice.say("ranked_low"))
    if definition.methodology.weights != definition.methodology.statistics or definition.methodology.weights != Scope():
        said.append(voice.say("weights_over", rows=_rows(definition.methodology.weights, voice)))
    unranked = [subject.names[row] for row, rank in enumerate(subject.ranks) if rank != rank]
    if unranked and definition.eligible != Eligible():
        listed = voice.listed({one: inert(each[one]) for one in voice.languages} for each in unranked[:_UNRANKED])
        said.append(voice.say("takes_no_rank", n=len(unranked), units=listed))
    return said


_UNRANKED = 50
"""So many units without a rank are named."""


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
