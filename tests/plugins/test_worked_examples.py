"""Every shipped method, by worked examples of its source in `worked/`."""

from __future__ import annotations

import tomllib
from contextlib import nullcontext
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia import IndiciaWarning
from indicia.analysis import agreement, concordance, consensus
from indicia.catalogue import KINDS, Choice, installed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from indicia.result import Result

Example = dict[str, Any]

FOLDER = Path(__file__).with_name("worked")
EXAMPLES: dict[str, list[Example]] = {
    kind: [
        example
        for path in sorted(FOLDER.glob(f"{kind}*.toml"))
        for example in tomllib.loads(path.read_text(encoding="utf-8"))["example"]
    ]
    for kind in sorted({path.stem.split("_")[0] for path in FOLDER.glob("*.toml")})
}
STAGES = ("imputation", "treatment", "normalisation", "weighting", "aggregation")


def method(kind: str, example: Example) -> str:
    return Choice.read(example[kind]).method


CASES = [
    pytest.param(example, id=f"{method(kind, example)}-{number}")
    for kind, examples in EXAMPLES.items()
    for number, example in enumerate(examples)
]
SHIPPED = [
    (kind, name) for (kind, name), offer in installed().offers.items() if offer.plugin.startswith("indicia_methods")
]


def score(example: Example) -> Result:
    """Score the example with the public function, and expect the warning that it names."""
    warning = example.get("warning")
    expected: AbstractContextManager[object] = pytest.warns(IndiciaWarning, match=warning) if warning else nullcontext()
    with expected:
        return indicia.score(
            pl.DataFrame(example["table"], strict=False),
            unit="unit",
            indicators=example["indicators"],
            **{word: example[word] for word in (*STAGES, "missing", "period", "groups") if word in example},
        )


def results_of(example: Example) -> dict[str, Any]:
    """Return all results that an example may state."""
    if "agreement" in example:
        return agreement_of(example)
    if "consensus" in example:
        actual = consensus(pl.DataFrame(example["rankings"], strict=False), example["consensus"])
        return {"scores": actual["score"].to_list(), "ranks": actual["rank"].to_list()}
    result = score(example)
    return {
        "prepared": result.prepared.drop("unit").to_dict(as_series=False),
        "normalised": result.normalised.drop("unit").to_dict(as_series=False),
        "weights": dict(result.weights.select("id", "weight").iter_rows()),
        "facts": dict(result.facts.get("index", {})),
        "scores": result.scores["score"].to_list(),
        "ranks": result.scores["rank"].to_list(),
    }


def agreement_of(example: Example) -> dict[str, Any]:
    """Return the agreement of the first ranking with each of the others, or of all rankings."""
    rankings = pl.DataFrame(example["rankings"], strict=False)
    if "together" in example:
        return {"together": concordance(rankings, example["agreement"])}
    return {"with": agreement(rankings, example["agreement"]).to_dicts()[0]}


def differences(actual: Any, expected: Any, precision: float) -> Sequence[tuple[Any, Any]]:
    """Return the pairs of figures that differ by more than the precision."""
    if isinstance(expected, dict):
        return [pair for key in expected for pair in differences(actual[key], expected[key], precision)]
    if isinstance(expected, list):
        assert len(actual) == len(expected)
        return [
            pair for ours, theirs in zip(actual, expected, strict=True) for pair in differences(ours, theirs, precision)
        ]
    if actual is None or isnan(expected):
        return [] if actual is None and isnan(expected) else [(actual, expected)]
    return [] if abs(actual - expected) <= precision else [(actual, expected)]


@pytest.mark.parametrize("example", CASES)
def test_a_worked_example_has_the_figures_of_its_source(example: Example) -> None:
    result = results_of(example)
    expected = {name: example[name] for name in result if name in example}
    assert expected
    assert differences(result, expected, example["precision"]) == []


def test_every_worked_example_names_its_source() -> None:
    assert all(example["source"] for examples in EXAMPLES.values() for example in examples)


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_every_kind_has_shipped_methods(kind: str) -> None:
    assert kind in {of_kind for of_kind, _ in SHIPPED}


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_every_shipped_method_has_a_worked_example(kind: str, name: str) -> None:
    assert name in {method(kind, example) for example in EXAMPLES.get(kind, [])}
