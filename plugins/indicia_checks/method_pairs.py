"""A check of normalisations and aggregations that do not go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from indicia_audit.checks import Check, Finding, RunFacts, Sentence, Subject, named
from indicia_checks.text import HANDBOOK, counted, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


_PRODUCTS = ("geometric", "harmonic", "product", "weighted_product")
"""Aggregations of ratios: a value of 0 decides the score, and another zero of the scale changes the order of units."""
_SHIFTED = "z_score"
"""The normalisation whose zero is the mean of the units."""
_MOST_NAMES = 5


@dataclass(frozen=True)
class MethodPairs(Check):
    """Find nodes whose aggregation does not fit the scale of their components.

    - A product, such as the geometric mean, of values of 0 or below is an error: 0 in one component decides the score.
    - A product of z-scores, or of values close to 0, is a warning: the order of units depends on the zero of the scale.
    - A weighted sum of ranks or classes is a warning: it takes ranks for distances.
    - A product of ranks or classes is information: it can be a choice of policy, and is no measurement.
    """

    code = "M01"
    title = "methods that do not go together"
    source = (
        "Ebert & Welsch (2004), Journal of Environmental Economics and Management 47(2), "
        "https://doi.org/10.1016/j.jeem.2003.09.001\n"
        f"{HANDBOOK}: step 6"
    )
    why = (
        "A geometric mean is about ratios, and needs values with a zero of their own; z-scores have none. An "
        "arithmetic mean is about differences, and ranks have none. The order of units then depends on a convention "
        "of the scale."
    )
    example = (
        'Geometric means of z-scores that are moved to a mean of 100: "geometric of life takes ratios of z-scores, '
        'whose zero is a choice: health, housing, safety"'
    )
    advice = (
        'With a geometric mean, take a normalisation with values well above 0, normalisation = "min_max(lower=1, '
        'upper=100)", or ratios to a goalpost. With ranks, take aggregation = "copeland", which uses the order alone, '
        "or normalise by min_max."
    )
    needs = ("scores",)

    lowest: Annotated[
        float,
        Field(ge=0, le=1, description="least ratio of the lowest to the highest value of a component in a product"),
    ] = 0.01

    def look(self, subject: Subject) -> Iterator[Finding]:
        run = subject.run
        if run is None:
            return
        for node in sorted(run.components):
            aggregation = run.methods.get(node, {}).get("aggregation", "")
            if aggregation.partition("(")[0] in _PRODUCTS:
                yield from self._of_product(run, node, aggregation)
            elif node in run.additive and (ordinal := _ordinal(run, node)):
                sentence = Sentence(
                    "{aggregation} of {node} takes ranks for distances: {names}",
                    aggregation=aggregation,
                    node=node,
                    names=_names(ordinal),
                )
                remedy = "take another normalisation, or an aggregation of the order alone, such as copeland"
                yield Finding(node, float(len(ordinal)), 0.0, sentence, remedy)

    def _of_product(self, run: RunFacts, node: str, aggregation: str) -> Iterator[Finding]:
        components = run.components[node]
        for name in sorted(components.columns):
            values = components[name].drop_nulls()
            if len(values) and (values <= 0).any():
                units = int((values <= 0).sum())
                sentence = Sentence(
                    "{name} is 0 or below for {units}, and decides the {aggregation} score of {node}",
                    name=name,
                    units=counted(units, "unit"),
                    aggregation=aggregation,
                    node=node,
                )
                remedy = 'take values above 0: normalisation = "min_max(lower=1, upper=100)"'
                yield Finding(name, float(units), 0.0, sentence, remedy, "error")
            elif (ratio := _ratio(values)) is not None and ratio < self.lowest * (1 - 1e-9):
                sentence = Sentence(
                    "the lowest value of {name} is {ratio} of its highest, and weighs down the {aggregation} "
                    "score of {node}",
                    name=name,
                    ratio=number(ratio),
                    aggregation=aggregation,
                    node=node,
                )
                yield Finding(
                    name, ratio, self.lowest, sentence, "begin the scale further above 0: min_max(lower=1, upper=100)"
                )
        shifted = [name for name in sorted(components.columns) if _normalisation(run, name).startswith(_SHIFTED)]
        if shifted:
            sentence = Sentence(
                "{aggregation} of {node} takes ratios of z-scores, whose zero is a choice: {names}",
                aggregation=aggregation,
                node=node,
                names=_names(shifted),
            )
            yield Finding(node, float(len(shifted)), 0.0, sentence, "take min_max with bounds, or an arithmetic mean")
        if ordinal := _ordinal(run, node):
            sentence = Sentence(
                "{aggregation} of {node} takes ratios of ranks, a choice of policy: {names}",
                aggregation=aggregation,
                node=node,
                names=_names(ordinal),
            )
            yield Finding(node, float(len(ordinal)), 0.0, sentence, "state the reason", "information")


def _normalisation(run: RunFacts, name: str) -> str:
    return run.methods.get(name, {}).get("normalisation", "")


def _ordinal(run: RunFacts, node: str) -> list[str]:
    return sorted(run.ordinal & set(run.components[node].columns))


def _ratio(values: pl.Series) -> float | None:
    """Return the ratio of the lowest to the highest value, if all are above 0."""
    numbers = values.to_numpy()
    return float(numbers.min() / numbers.max()) if len(numbers) and numbers.min() > 0 else None


def _names(names: list[str]) -> str:
    return named(names, _MOST_NAMES)
