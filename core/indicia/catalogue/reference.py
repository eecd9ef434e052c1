"""The reference of methods: the texts of `indicia methods`.

The reference of the methods, in Markdown: `python -m indicia.catalogue.reference > docs/methods.md`.

`python -m indicia.catalogue.reference --all` prints the page with the methods of all installed plugins.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from inspect import cleandoc, getattr_static
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.callers import warn
from indicia.catalogue.choice import Choice, schema
from indicia.catalogue.discovery import Catalogue, build_from_installed, installed
from indicia.catalogue.hookspecs import CHECKS, KINDS, Kind
from indicia.catalogue.method_table import all_formulas, of_default_parameters, properties_of
from indicia.catalogue.offers import Offer, plugin_of
from indicia.catalogue.over_partitions import Verdict, verdict
from indicia.catalogue.worked import NONE, count_of, examples_of, lines_of, sentence_of
from indicia.citations import cited_works, plain
from indicia.defaults import NORMALISATION
from indicia.documents.markdown import table_lines
from indicia.errors import MethodFailure, PluginWarning
from indicia.methods import (
    Aggregation,
    Agreement,
    Consensus,
    Domain,
    MatrixAggregation,
    MatrixImputation,
    Method,
    Normalisation,
    SeriesImputation,
    Treatment,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


_HEAD = """\
## Runs over partitions

A run over the partitions of a table uses each method whose numbers of all units can be put together from those of
partitions. Ranks and running sums take a sort, and medians and quantiles take further passes over the table; both are
exact. Other methods are refused by name before anything is read. Agreements and consensuses compare rankings, and never
look at the rows of a table. The verdicts hold for the default parameters, or for those of an example.
"""


def sentences_over_partitions(method: type[Method]) -> Iterator[str]:
    """Yield whether runs over partitions can use a method, and the choices of parameters that change it."""
    parameters = _parameters(method)
    own = _verdict_with(method, parameters)
    if own is None:
        return
    yield _sentence(own)
    for name, parameter in schema(method).get("properties", {}).items():
        for value in parameter.get("enum", ()):
            other = _verdict_with(method, {**parameters, name: value})
            if other is not None and (other.runs, str(other)) != (own.runs, str(own)):
                yield f"With {name} = {value}: {_sentence(other, 'it ')}"


def summary_over_partitions(catalogue: Catalogue) -> str:
    """Return the numbers of methods by kind and verdict, and the methods that are refused, in Markdown."""
    verdicts = {key: _verdict_with(offer.method, _parameters(offer.method)) for key, offer in catalogue.offers.items()}
    kinds = [kind.name for kind in KINDS if any(key[0] == kind.name and each for key, each in verdicts.items())]
    rows: list[tuple[object, ...]] = []
    totals = [0, 0, 0, 0]
    for kind in kinds:
        of_kind = [each for (other, _), each in verdicts.items() if other == kind and each]
        refused, plain = sum(not each.runs for each in of_kind), sum(str(each) == "yes" for each in of_kind)
        counts = [len(of_kind), plain, len(of_kind) - plain - refused, refused]
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        rows.append((kind, *counts))
    headings = ["kind", "methods", "run", "after a sort or search", "refused"]
    cells = (map(str, row) for row in (*rows, ("all", *totals)))
    refusals = (
        (f"[{name}](#{name}-{kind}) ({kind})", str(each.needs))
        for (kind, name), each in sorted(verdicts.items())
        if each and not each.runs
    )
    table = table_lines(headings, cells, [False, True, True, True, True])
    return "\n".join([_HEAD, *table, "", *table_lines(["refused", "reason"], refusals), ""])


def methods_over_partitions(catalogue: Catalogue, kind: str) -> list[str]:
    """Return the names of the methods of a kind that run over partitions, sorted."""
    offers = {name: offer.method for (of_kind, name), offer in catalogue.offers.items() if of_kind == kind}
    verdicts = {name: _verdict_with(method, _parameters(method)) for name, method in offers.items()}
    return sorted(name for name, each in verdicts.items() if each is not None and each.runs)


def _sentence(own: Verdict, subject: str = "") -> str:
    if not own.runs:
        sentence = f"does not run over partitions: {own.needs}."
    else:
        sentence = "runs over partitions." if str(own) == "yes" else f"runs over partitions {own}."
    return f"{subject}{sentence}" if subject else sentence[0].upper() + sentence[1:]


def _parameters(method: type[Method]) -> Mapping[str, Any]:
    if not method.example or issubclass(method, CHECKS.base):  # the example of a check is a case in words
        return {}
    return Choice.read(method.example).parameters


def _verdict_with(method: type[Method], parameters: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict on a method; None if it cannot be built with these parameters, or if its formula fails."""
    with suppress(Exception):
        return verdict(build_from_installed(method, parameters, Path()))
    return None


HEAD = """\
# The methods

<!-- Written by `python -m indicia.catalogue.reference > docs/methods.md`: change the methods, not this page. -->

Every method that Indicia ships, by kind and name. `indicia methods NAME` shows a method in a terminal, also a method
of another plugin. [Choosing a method](choosing-a-method.md) compares the methods.

In the formulas $x$ is an indicator before normalisation, $z$ its normalised value or the score of a dimension, $w$ a
weight (the core scales weights to sum 1), $n$ the number of units that have a value and $k$ the number of indicators;
$i$ and $j$ are the indices of units and indicators. A bar is a mean, a tilde a median, $s$ a standard deviation with
divisor $n - 1$, $Q_p$ a quantile, $B$ the benefits and $C$ the costs; $[\\ldots]$ is 1 if the condition holds, else 0.
If a method has no formula for costs, it uses $-x$. The first formula has the default values of the parameters; the
formulas below it show the parts that other values change.
"""
_TYPES = {"number": "number", "integer": "whole number", "boolean": "true or false", "string": "text", "array": "list"}


def reference(catalogue: Catalogue) -> str:
    """Return the page of all methods, with summary, formula, parameters, needs and source of each.

    >>> "### min_max (normalisation)" in reference(installed())
    True
    """
    parts = [HEAD]
    catalogue = catalogue.importable()
    for kind in KINDS:
        offers = [
            offer
            for name in catalogue.names(kind.name)
            if _can_be_described(offer := catalogue.offers[kind.name, name])
        ]
        links = " · ".join(f"[{offer.name}](#{offer.name}-{kind.name})" for offer in offers)
        parts += [f"## {kind.hook.removeprefix('indicia_').capitalize()}\n\n{links}\n", *map(entry, offers)]
    return "\n".join([*parts, summary_over_partitions(catalogue)])


def _can_be_described(offer: Offer) -> bool:
    """Return True if a method can be described; if it cannot, a warning names it."""
    try:
        schema(offer.method)
        list(_formulas(offer.method))
    except MethodFailure as error:
        warn(str(error), PluginWarning)
        return False
    return True


def card(offer: Offer) -> str:
    """Return the description of a method for a terminal: formula, parameters, needs, properties, source, plugin."""
    method = offer.method
    parameters = schema(method)
    lines = [f"{method.name} ({offer.kind})", f"  {method.summary()}"]
    for word, condition, formula in _formulas(method):
        lines.append(f"  {word:<10} {formula}" if not condition else f"  {'':<10} {condition}: {formula}")
    for name, parameter in parameters.get("properties", {}).items():
        default = "required" if name in parameters.get("required", []) else f"default {parameter.get('default')}"
        symbol = f" ({method.symbols[name]})" if method.symbols.get(name, name) != name else ""
        lines.append(f"  parameter  {name}{symbol}: {parameter.get('description', '')} ({default})")
    lines += [f"  note       {need}" for need in (*_needs(method), *sentences_over_partitions(method))]
    tables = enumerate(method.detail_tables.items())
    lines += [f"  {'' if place else 'details':<10} {table}: {what}" for place, (table, what) in tables]
    holds = ", ".join(sorted(declared.value for declared in properties_of(method)))
    lines += [f"  holds      {holds}"] if holds else []
    works = cited_works(method.reference, method.__module__.partition(".")[0])
    cited = [f"  {'cite' if not place else '':<10} {plain(work)}" for place, work in enumerate(works) if work.title]
    lines += [f"  reference  {method.reference}"] if method.reference else []
    return "\n".join([*lines, *cited, *_worked(offer), f"  plugin     {offer.plugin}"])


def _worked(offer: Offer) -> Iterator[str]:
    """Yield the lines of a terminal on the worked examples of a method, the first in full."""
    if offer.kind not in [kind.name for kind in KINDS]:
        return
    examples = examples_of(offer)
    yield f"  figures    {count_of(examples)}"
    if examples:
        yield from (f"  {'':<10} {line}" for line in lines_of(examples[0]))


def shipped(kinds: Iterable[Kind] = KINDS) -> Catalogue:
    """Return the methods of the plugins that come with Indicia itself, of these kinds."""
    catalogue, names = installed(), {kind.name for kind in kinds}
    plugins = {plugin for plugin, version in catalogue.versions.items() if version.partition(" ")[0] == "indicia"}
    offers = {key: offer for key, offer in catalogue.offers.items() if offer.plugin in plugins and offer.kind in names}
    return replace(catalogue, offers=offers)


def entry(offer: Offer) -> str:
    """Return the part of the page on one method."""
    method = offer.method
    lines = [f"### {method.name} ({offer.kind})", "", cleandoc(method.__doc__ or "")]
    for word, condition, formula in _formulas(method):
        lines += [*_introduction(word, condition), "", "$$", formula, "$$"]
    parameters = schema(method)
    if properties := parameters.get("properties"):
        rows = []
        for name, parameter in properties.items():
            default = "required" if name in parameters.get("required", []) else _code(parameter.get("default"))
            symbol = f" ${method.symbols[name]}$" if name in method.symbols else ""
            rows.append((f"`{name}`{symbol}", _values(parameter), default, parameter.get("description", "")))
        lines += ["", *table_lines(["parameter", "value", "default", "meaning"], rows)]
    holds = ", ".join(sorted(declared.value for declared in properties_of(method)))
    lines += ["", *(f"- {need}" for need in (*_needs(method), *sentences_over_partitions(method)))]
    lines += [f"- Details `{table}`: {what}." for table, what in method.detail_tables.items()]
    by_parameters = " with the default parameters" if isinstance(method.properties, property) else ""
    lines += [f"- Holds{by_parameters}: {holds}."] if holds else []
    lines += [f"- Source: {method.reference}."]
    examples = examples_of(offer)
    first = sentence_of(examples[0]) if examples else NONE
    more = f" One of {len(examples)}." if len(examples) > 1 else ""
    lines += [f"- Worked example: {first}.{more}", ""]
    return "\n".join(lines)


def _introduction(word: str, condition: str) -> list[str]:
    """Return the line before a formula, which names its condition.

    >>> _introduction("formula", "form = range"), _introduction("cost", ""), _introduction("formula", "another shift")
    (['', 'With `form = range`:'], ['', 'For a cost:'], ['', 'With another `shift`:'])
    """
    where = "For a cost" if word == "cost" else ""
    if not condition:
        return ["", f"{where}:"] if where else []
    first, _, rest = condition.partition(" ")
    case = f"{first} `{rest}`" if first in ("with", "without") else f"with another `{rest}`"
    case = case if first in ("with", "without", "another") else f"with `{condition}`"
    return ["", f"{where}, {case}:" if where else f"{case[0].upper()}{case[1:]}:"]


def _formulas(method: type[Method]) -> Iterator[tuple[str, str, str]]:
    """Yield the formulas of a method, each with its condition; the formulas of a cost come last."""
    for word, template in (("formula", method.formula), ("cost", getattr(method, "cost_formula", ""))):
        try:
            for condition, formula in all_formulas(method, template) if template else ():
                yield word, condition, formula
        except KeyError as error:
            problem = f"its variants have no piece of the formula for {error.args[0]}"
            raise MethodFailure(f"{method.name} cannot be described: {problem}", where=plugin_of(method)) from error


def _needs(method: type[Method]) -> Iterator[str]:
    if method.minimum_units > 1:
        yield f"Needs at least {method.minimum_units} units."
    yield from _exceptions(method)
    if issubclass(method, SeriesImputation):
        yield "Looks at the other periods of a unit."
    elif issubclass(method, MatrixImputation):
        yield "Looks at all units and indicators at once."
    elif issubclass(method, Treatment):
        if domain := _domain(method, "domain"):
            yield f"Needs {domain}."
    elif issubclass(method, Normalisation):
        yield from _needs_of_normalisation(method)
    elif issubclass(method, Aggregation):
        if domain := _domain(method, "domain"):
            yield f"Needs {domain}."
        if issubclass(method, MatrixAggregation):
            yield "Looks at all units at once."
        if getattr_static(method, "oriented") is False:
            yield "Costs keep their direction."
        if getattr_static(method, "low_is_best") is True:
            yield "A lower score is better."
        if method.additive or getattr_static(method, "power") is not getattr_static(Aggregation, "power"):
            yield "The score splits into contributions of the indicators."
        if method.additive or method.weights_of_any_sum:
            yield "Weights may enter unscaled: `scale_weights = false`."
        canonical = of_default_parameters(method, "canonical_normalisation", NORMALISATION)
        by_parameters = isinstance(getattr_static(method, "canonical_normalisation"), property)
        yield f"Default normalisation: `{canonical}`{'; parameters may change it' if by_parameters else ''}."
    elif issubclass(method, Agreement):
        yield "0 is full agreement." if method.distance else "1 is full agreement."
    elif issubclass(method, Consensus):
        yield f"The {'lowest' if method.low_is_best else 'highest'} score is the best."
        if method.takes_weights:
            yield "Takes weights of rankings, such as numbers of voters."
        if method.takes_partial:
            yield "Takes lists that name some units only."


def _exceptions(method: type[Method]) -> Iterator[str]:
    """Yield the promises of other methods that a method does not make or keep, with the reasons that it gives."""
    compared = "rankings" if issubclass(method, Agreement | Consensus) else "indicators"
    yield from _of_declaration(method, "depends_on_order", f"the order of the {compared} can change the result.")
    between = "between equal candidates the order of rows and indicators decides."
    yield from _of_declaration(method, "order_decides_ties", between)
    if method.iteration_tolerance:
        yield f"Iterates: two runs agree to {method.iteration_tolerance:g} of the largest figure."
    if getattr_static(method, "penalises_gaps", False) is True:
        yield "A missing component lowers the score."
    if getattr_static(method, "uses_weights", True) is False:
        yield "Ignores weights."
    for promise, reason in method.expected_failures.items():
        yield f"Does not keep the promise {promise}: {reason.rstrip('.')}."


def _of_declaration(method: type[Method], attribute: str, sentence: str) -> Iterator[str]:
    """Yield a sentence if a class declares an attribute, with the choices of parameters for which it does."""
    declared = getattr_static(method, attribute)
    if not isinstance(declared, property):
        if declared is True:
            yield sentence[0].upper() + sentence[1:]
        return
    cases = [
        f"{name} = {value}"
        for name, parameter in schema(method).get("properties", {}).items()
        for value in parameter.get("enum", ())
        if _declares(method, attribute, {name: value})
    ]
    yield f"With {' or '.join(cases) or 'some parameters'}, {sentence}"


def _declares(method: type[Method], attribute: str, parameters: Mapping[str, Any]) -> bool:
    with suppress(Exception):  # other parameters may be required, and a property of a plugin may fail
        return getattr(build_from_installed(method, parameters, Path()), attribute) is True
    return False


def _needs_of_normalisation(method: type[Normalisation]) -> Iterator[str]:
    benefit, cost = _domain(method, "domain"), _domain(method, "cost_domain")
    if cost and cost != benefit:
        yield f"Needs {benefit or 'no particular values'}, for a cost {cost}."
    elif benefit:
        yield f"Needs {benefit}."
    if getattr_static(method, "needs_spread") is True:
        yield "Needs units that differ."
    if method.needs_bounds:
        yield "Needs fixed bounds of the indicator."
    if method.needs_periods:
        yield "Needs a panel: units at several periods."
    if method.missing_without_periods:
        yield "Has no value for a unit without the periods to compare with: the policy for missing values applies."
    if getattr_static(method, "whole_column") is True:
        yield "Needs the whole column, not only its statistics."
    yield "Costs have another formula." if method.has_cost_formula() else "A cost is negated first."


def _domain(method: type[Method], attribute: str) -> str | None:
    """Return the values that a method accepts; None if it accepts all."""
    declared = getattr_static(method, attribute)
    if isinstance(declared, property):
        if not any(getattr_static(kind.base, attribute, None) is declared for kind in KINDS):  # a property of its own
            return "non-negative or positive values, as the parameters say"
        return _domain(method, "domain") if attribute == "cost_domain" else None
    return None if declared is Domain.REAL else f"{declared.value} values"


def _values(parameter: Mapping[str, Any]) -> str:
    if choices := parameter.get("enum"):
        return ", ".join(map(_code, choices))
    kinds = _kinds(parameter)
    text = " or ".join([", ".join(kinds[:-1]), kinds[-1]]) if len(kinds) > 1 else "".join(kinds)
    limits = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    return " ".join([text, *(f"{sign} {parameter[word]:g}" for word, sign in limits.items() if word in parameter)])


def _kinds(parameter: Mapping[str, Any]) -> list[str]:
    if "anyOf" in parameter:
        return list(dict.fromkeys(kind for option in parameter["anyOf"] for kind in _kinds(option)))
    return [_TYPES.get(parameter.get("type", ""), "table")]


def _code(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, float):
        return f"`{value:g}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


if __name__ == "__main__":
    catalogue: Catalogue = installed() if "--all" in sys.argv else shipped()
    sys.stdout.write(reference(catalogue))
