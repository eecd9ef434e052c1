"""The methodology of the index as text with formulas and references, from the methods that ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT, Eligible, Scope, used_columns_of
from indicia.methods import Aggregation, Method, Normalisation
from indicia.notes import Count
from indicia_report.bands import bands_of, rule_of_bands
from indicia_report.directions import parts_by_sentence
from indicia_report.english import code_in, marked, translated
from indicia_report.markup import Html, escape, exact_number, paragraph
from indicia_report.mathml import mathml, scrolls
from indicia_report.method.aggregates import aggregate_sentences
from indicia_report.method.filled_formulas import FilledFormulas
from indicia_report.method.fixed_numbers import fixed_numbers, parameter_list, value_text
from indicia_report.method.outside import outside_sentences
from indicia_report.method.page_section import PageSection
from indicia_report.method.worked_unit import middle_of_ranking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indicia.definition import Missing, StageScopes
    from indicia.notes import Spoken
    from indicia_report.markup import Texts
    from indicia_report.method.page_section import Shown
    from indicia_report.period_view import PeriodView

_MAX_EXCEPTIONS = 3
"""The most exceptions that a sentence names: "all but a, b and c"."""


@dataclass(frozen=True)
class Methodology(PageSection):
    """The methods by stage, with formulas, parameters and sources."""

    name = "methodology"
    order = 30
    heading = "methodology"

    def draw(self, shown: Shown) -> str:
        """Return the text of the methodology."""
        return methodology(shown.view, shown.texts)


def methodology(view: PeriodView, texts: Texts) -> str:
    """Return the methods by stage: summary, formula, the formula with the numbers of one unit, parameters and source.

    The scores can be computed from this text and the data alone.
    """
    used = stages(view)
    first = [_size(view, texts), *_selection(view, texts), _order(view, used, texts)]
    beside = [*aggregate_sentences(view, texts), *attribute_sentences(view, texts), *outside_sentences(view, texts)]
    last = [*_values(view, texts), *_missing_rules(view, texts), *_ranking(view, texts), *beside, texts.html("symbols")]
    parts = [*map(paragraph, first), fixed_numbers(view, texts), *map(paragraph, last)]
    example = _Example.of(view, texts)
    for stage, methods in used.items():
        entries = "".join(
            _entry(method, names, view, texts, example.of_method(method, names)) for method, names in methods
        )
        parts.append(f"<h3>{texts.html(stage)}</h3><dl>{entries}</dl>")
    return "".join(parts)


Used = dict[str, list[tuple["Method", list[str]]]]


def stages(view: PeriodView) -> Used:
    """Return the methods by stage, each with the parts of the index that use the method."""
    leaves, nodes = view.leaves, list(view.tree.nodes())
    uses: list[tuple[str, Iterable[tuple[Method | None, str]]]] = [
        (stage, [(getattr(leaf, stage), leaf.id) for leaf in leaves])
        for stage in ("imputation", "treatment", "transform", "normalisation")
    ]
    uses.append(("weighting", ((node.weighting if len(node.components) > 1 else None, node.id) for node in nodes)))
    uses.append(("aggregation", ((node.aggregation, node.id) for node in nodes)))
    uses += [(stage, [(getattr(node, stage), node.id) for node in nodes]) for stage in ("rescaling", "as_component")]
    used: Used = {}
    for stage, pairs in uses:
        by_name: dict[str, tuple[Method, list[str]]] = {}
        for method, part in pairs:
            if method is not None:
                by_name.setdefault(str(method), (method, []))[1].append(part)
        if by_name:
            used[stage] = list(by_name.values())
    return used


def _nested(method: Method) -> list[Method]:
    """Return the methods among the parameters of a method, such as combined weightings."""
    values = method.parameters.values()
    lists = (value if isinstance(value, (list, tuple)) else [value] for value in values)
    nested = [value for values in lists for value in values if isinstance(value, Method)]
    return [inner for outer in nested for inner in (outer, *_nested(outer))]


@dataclass(frozen=True)
class _Example:
    """The formulas of one indicator and of one dimension with the statistics and weights of the run."""

    view: PeriodView
    texts: Texts
    formulas: FilledFormulas | None

    @classmethod
    def of(cls, view: PeriodView, texts: Texts) -> _Example:
        place = middle_of_ranking(view)
        row = None if place is None else int(np.flatnonzero(view.rows)[place])
        return cls(view, texts, None if row is None else FilledFormulas(view.result, row))

    def of_method(self, method: Method, names: list[str]) -> str:
        """Return the formula of the first part of these that uses the method; empty if it cannot be filled."""
        if self.formulas is None:
            return ""
        if isinstance(method, Normalisation):
            leaves = (leaf for leaf in self.view.leaves if leaf.id in names and leaf.normalisation == method)
            filled = ((leaf.id, self.formulas.of_indicator(leaf, symbol="x")) for leaf in leaves)
        elif isinstance(method, Aggregation):
            nodes = (node for node in self.view.tree.nodes() if node.id in names and len(node.components) > 1)
            filled = ((node.id, self.formulas.of_node(node, symbol="z")) for node in nodes)
        else:
            return ""
        part, latex = next(((part, latex) for part, latex in filled if latex), (ROOT, ""))
        if not latex:
            return ""
        name = self.texts.get("index") if part == ROOT else self.view.name_of(part)
        words = self.texts.html("method.with_numbers", name=name)
        latex = f"z = {latex}" if method.formula_of_run.startswith("z =") else latex
        return f'<div class="formula example"{scrolls(latex)}><span>{words}</span> {mathml(latex)}</div>'


def _entry(method: Method, names: list[str], view: PeriodView, texts: Texts, example: str = "") -> str:
    where = texts.html("used_for", what=_parts(names, view, texts))
    entry = _description(method, where, _formulas_of_run(method, names, view), texts, example)
    for inner in _nested(method):
        entry += _description(inner, texts.html("used_in", what=str(method)), {"": inner.formula_of_run}, texts)
    return entry


def _description(method: Method, where: Html, formulas: dict[str, str], texts: Texts, example: str = "") -> str:
    equations = "".join(
        f'<div class="formula"{scrolls(formula)}>'
        f"{f'<span>{texts.html(case)}</span> ' if case else ''}{mathml(formula)}</div>"
        for case, formula in formulas.items()
        if formula
    )
    summary = translated(type(method).summary(), texts, type(method))
    return (
        f"<dt><code>{escape(method)}</code> <span class=note>{where}</span></dt>"
        f"<dd{marked(summary)}>{code_in(summary, texts)}{equations}{example}"
        f"{parameter_list(method, list(formulas.values()), texts)}</dd>"
        f"<dd class=note lang=en>{escape(method.reference)}</dd>"
    )


def _formulas_of_run(method: Method, names: list[str], view: PeriodView) -> dict[str, str]:
    """Return the formulas of the run; benefits and costs may have different formulas."""
    if not isinstance(method, Normalisation):
        return {"": method.formula_of_run}
    leaves = [leaf for leaf in view.leaves if leaf.id in names and leaf.normalisation == method]
    is_cost = [leaf.spec.direction == "cost" and leaf.oriented for leaf in leaves]
    formulas = {} if is_cost and all(is_cost) and method.cost_formula_of_run else {"": method.formula_of_run}
    return formulas | ({"of_a_cost": method.cost_formula_of_run} if any(is_cost) else {})


def _parts(names: list[str], view: PeriodView, texts: Texts) -> Spoken:
    """Describe a list of parts: "all", "all but" a few, or the names."""
    nodes = list(view.tree.nodes())
    kinds = (
        [leaf.id for leaf in view.leaves],
        [node.id for node in nodes],
        [node.id for node in nodes if len(node.components) > 1],
    )
    parts = dict.fromkeys(names)
    for kind in kinds:
        others = [name for name in kind if name not in parts]
        if len(parts) > 1 and not others and len(parts) == len(kind):
            return texts.get("all_of_them")
        if parts.keys() <= set(kind) and len(others) <= _MAX_EXCEPTIONS < len(parts):
            return texts.get("all_but", parts=_part_names(others, view, texts))
    return _part_names(list(parts), view, texts)


def _part_names(names: list[str], view: PeriodView, texts: Texts) -> Spoken:
    return texts.join_names(texts.get("index") if name == ROOT else view.name_of(name) for name in names)


def _size(view: PeriodView, texts: Texts) -> Html:
    nodes = sum(1 for _ in view.tree.nodes()) - 1
    dimensions = texts.get("in_dimensions", dimensions=texts.get("dimensions", n=nodes)) if nodes else ""
    return texts.html(
        "method_units",
        name=view.title,
        units=view.unit_count(texts),
        indicators=texts.get("indicators", n=len(view.leaves)),
        dimensions=dimensions,
    )


def _order(view: PeriodView, used: Used, texts: Texts) -> Html:
    before = [stage for stage in ("imputation", "treatment") if stage in used]
    capped = ["caps"] if any((leaf.spec.floor, leaf.spec.cap) != (None, None) for leaf in view.leaves) else []
    names = [texts.get(stage) for stage in dict.fromkeys([*before, *capped, *used])]
    joined = {language: " → ".join(name[language].lower() for name in names) for language in texts.languages}
    rows = _rows_by_stage(view.result.definition.methodology.statistics, used, texts)
    return texts.html("method_order", stages=joined, rows=rows)


def _rows_by_stage(scopes: StageScopes, used: Used, texts: Texts) -> Spoken:
    """Describe the rows of statistics; if stages differ, with the stages that the index uses."""
    words = {"transform": "treatment", "as_component": "rescaling"}
    of_index = {words.get(stage, stage) for stage in used}
    by_rows = {
        rows: names
        for rows, stages in scopes.distinct().items()
        if (names := [name for name in stages if name in of_index])
    }
    if len(by_rows) == 1:
        return _rows(next(iter(by_rows)), texts)
    sentences = []
    for rows, names in by_rows.items():
        titles = [texts.get(name) for name in names]
        stages = texts.join({language: title[language].lower() for language in texts.languages} for title in titles)
        sentences.append(texts.get("rows_of_stages", rows=_rows(rows, texts), stages=stages))
    return texts.join(sentences, "semicolon")


def _rows(scope: Scope, texts: Texts) -> Spoken:
    if scope.reference is not None:
        return texts.get("rows_reference", reference=scope.reference)
    if scope.within:
        return texts.get("rows_within", column=", ".join(scope.within))
    return texts.get("rows_all")


def _selection(view: PeriodView, texts: Texts) -> list[Html]:
    """Return the sentences on rows, used columns and screening, which come before all stages."""
    definition, sentences = view.result.definition, []
    if definition.data.where:
        conditions = "; ".join(f"{column} = {value_text(value)}" for column, value in definition.data.where.items())
        sentences.append(texts.html("kept_rows", conditions=conditions))
    if names := used_columns_of(view.tree):
        sentences.append(texts.html("columns_used", columns=", ".join(names)))
    screening = definition.screening
    rules = [
        texts.get(f"screen_{name}", share=exact_number(100 * share))
        for name in ("units", "dimensions", "non_zero", "indicators")
        if (share := getattr(screening, name)) is not None
    ]
    return [*sentences, texts.html("screened", rules=texts.join(rules, "semicolon"))] if rules else sentences


def _values(view: PeriodView, texts: Texts) -> list[Html]:
    """Return the sentences on bounds, costs, targets and rounded values."""
    leaves, sentences = view.leaves, []
    if any(leaf.spec.bounds is not None for leaf in leaves):
        sentences.append(texts.html("bounds_says"))
    fixed = ("bounds", "floor", "cap", "target", "interval", "worst")
    if any(leaf.transform and any(getattr(leaf.spec, word) is not None for word in fixed) for leaf in leaves):
        sentences.append(texts.html("transform_says"))
    costs = [leaf for leaf in leaves if leaf.spec.direction == "cost"]
    if any(leaf.oriented and not leaf.normalisation.has_cost_formula() for leaf in costs):
        sentences.append(texts.html("costs_negated"))
    if unreversed := [leaf.id for leaf in costs if not leaf.oriented]:
        sentences.append(texts.html("costs_stay", parts=_parts(unreversed, view, texts)))
    if any(leaf.spec.best is not None for leaf in leaves):
        sentences.append(texts.html("closeness_says"))
    rounded: dict[int, list[str]] = {}
    for leaf in leaves:
        if leaf.decimals is not None:
            rounded.setdefault(leaf.decimals, []).append(leaf.id)
    sentences += [texts.html("rounding_values", n=n, parts=_parts(names, view, texts)) for n, names in rounded.items()]
    constant = view.result.definition.methodology.constant
    return [*sentences, texts.html(f"constant_{constant}")] if constant != "refuse" else sentences


def _ranking(view: PeriodView, texts: Texts) -> list[Html]:
    """Return the sentences on rounded scores, and on the units that are ranked."""
    definition, rounded, sentences = view.result.definition, dict[int, list[str]](), []
    for node in view.tree.nodes():
        if node.decimals is not None:
            rounded.setdefault(node.decimals, []).append(node.id)
    sentences += [texts.html("rounding_scores", n=n, parts=_parts(names, view, texts)) for n, names in rounded.items()]
    if view.tree.decimals is not None:
        sentences.append(texts.html(f"ranked_{definition.methodology.rank_by}"))
    directions = parts_by_sentence(view.tree)
    sentences += [texts.html(key, parts=_parts(names, view, texts)) for key, names in directions if names]
    weights, statistics = definition.methodology.weights, definition.methodology.statistics
    if list(statistics.distinct()) != [Scope()] or weights != Scope():
        sentences.append(texts.html("weights_over", rows=_rows(weights, texts)))
    for total, names in _unscaled(view).items():
        sentences.append(texts.html("weights_unscaled", parts=_parts(names, view, texts), sum=total))
    sentences += [texts.show(rule_of_bands(classification, view, texts)) for classification in bands_of(view)]
    unranked = [view.names[row] for row, rank in enumerate(view.ranks) if rank != rank]
    if unranked and definition.eligible != Eligible():
        units = texts.join_names(unranked[:_MAX_UNRANKED])
        sentences.append(texts.html("takes_no_rank", n=len(unranked), units=units))
    return sentences


def _unscaled(view: PeriodView) -> dict[str, list[str]]:
    """Return the nodes whose weights are not scaled to sum 1, by the sum of their weights."""
    names: dict[str, list[str]] = {}
    for node in view.tree.nodes():
        if node.sum_of_weights is not None:
            names.setdefault(f"{node.sum_of_weights:.12g}", []).append(node.id)
    return names


_MAX_UNRANKED = 50
"""The most units without rank that a sentence names."""


def _missing_rules(view: PeriodView, texts: Texts) -> list[Html]:
    by_policy: dict[Missing, list[str]] = {}
    parts: dict[Missing, list[str]] = {}
    for node in view.tree.nodes():
        by_policy.setdefault(node.missing, []).append(node.id)
        parts.setdefault(node.missing, []).extend(part.id for part in node.components)
    filled = view.result.cells.filter(pl.col("before").is_null())
    replaced = filled.filter(stage="missing")
    sentences = []
    for missing, names in by_policy.items():
        sentence = _policy(missing, replaced.filter(pl.col("indicator").is_in(parts[missing])), view, texts)
        where = _parts(names, view, texts)
        sentences.append(texts.get("policy_of", policy=sentence, parts=where) if len(by_policy) > 1 else sentence)
    imputed = _imputed(filled.filter(stage="imputation"), view, texts)
    key = "method_still_missing" if imputed else "method_missing"
    ties = texts.get(f"ties_{view.result.definition.methodology.ties}")
    policies = texts.html(key, policies=texts.join(sentences, "semicolon"))
    ranks_from = "method_ties_worst" if view.result.definition.methodology.rank_from == "worst" else "method_ties"
    return [*imputed, policies, texts.html(ranks_from, ties=ties)]


def _imputed(cells: pl.DataFrame, view: PeriodView, texts: Texts) -> list[Html]:
    """Return the sentence with the number of imputed values and of their units, by method."""
    by_method: dict[str, list[str]] = {}
    for leaf in view.leaves:
        by_method.setdefault(str(leaf.imputation), []).append(leaf.id)
    of_methods = ((method, cells.filter(pl.col("indicator").is_in(names))) for method, names in by_method.items())
    sentences = [
        texts.get("imputed_by", method=method, **_counts(of_method, view, texts))
        for method, of_method in of_methods
        if len(of_method)
    ]
    return [texts.html("method_imputed", methods=texts.join(sentences, "semicolon"))] if sentences else []


def _counts(cells: pl.DataFrame, view: PeriodView, texts: Texts) -> dict[str, Spoken]:
    counts = {"values": Count(len(cells), "value"), "units": Count(cells[view.result.unit].n_unique(), "unit")}
    return {
        key: {language: count.in_language(language, {}) for language in texts.languages}
        for key, count in counts.items()
    }


def _policy(missing: Missing, replaced: pl.DataFrame, view: PeriodView, texts: Texts) -> Spoken:
    least = [texts.get("enough_share", share=f"{100 * missing.minimum_share:g}")] if missing.minimum_share else []
    least += [texts.get("enough_count", n=missing.minimum_count)] if missing.minimum_count > 1 else []
    values: dict[str, dict[str, object]] = {
        "skip": {"enough": texts.get("enough", least=texts.join(least, "and")) if least else ""},
        "value": {"value": f"{missing.value or 0:g}"},
        "group_mean": {"within": missing.within},
        "parent": {"within": missing.within},
    }
    policy = texts.get(f"policy_{missing.policy}", **values.get(missing.policy, {}))
    if replaced.is_empty():
        return policy
    return texts.get("policy_replaced", policy=policy, **_counts(replaced, view, texts))


_MOST_CODES = 12
"""The most states that a sentence names."""


def attribute_sentences(view: PeriodView, texts: Texts) -> Iterator[Html]:
    """Yield the sentences of the methodology on years, sources, states and standard errors of values."""
    table = view.result.attributes.filter(pl.col("value").is_not_null())
    years = table["year"].drop_nulls()
    if len(years):
        first, last = years.min(), years.max()
        key = "method_year" if first == last else "method_years"
        yield texts.html(key, n=f"{len(years):,}", first=first, last=last)
    if count := table["source"].count():
        yield texts.html("method_sources", n=f"{count:,}")
    states = table["status"].drop_nulls().value_counts(sort=True).sort("count", "status", descending=[True, False])
    if len(states):
        codes = ", ".join(f"{status} ({count:,})" for status, count in states.head(_MOST_CODES).iter_rows())
        yield texts.html("method_states", n=f"{states['count'].sum():,}", codes=codes)
    if count := table["standard_error"].count():
        yield texts.html("method_errors", n=f"{count:,}")
