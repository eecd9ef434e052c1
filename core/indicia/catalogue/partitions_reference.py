"""Sentences and tables on the methods that run over the partitions of a table."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.catalogue.choice import Choice, schema
from indicia.catalogue.discovery import Catalogue, build_from_installed
from indicia.catalogue.hookspecs import KINDS
from indicia.catalogue.over_partitions import Verdict, verdict
from indicia.checks import Check
from indicia.documents.markdown import table_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.methods import Method

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
    if not method.example or issubclass(method, Check):  # the example of a check is a case in words
        return {}
    return Choice.read(method.example).parameters


def _verdict_with(method: type[Method], parameters: Mapping[str, Any]) -> Verdict | None:
    """Return the verdict on a method; None if it cannot be built with these parameters, or if its formula fails."""
    with suppress(Exception):
        return verdict(build_from_installed(method, parameters, Path()))
    return None
