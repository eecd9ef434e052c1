"""Every method that we ship, by worked examples of its source: `worked/weighting.toml`, `weighting_objective.toml`."""

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
    """Score the example through the public function, expecting the warning that it names."""
    warning = example.get("warning")
    expected: AbstractContextManager[object] = pytest.warns(IndiciaWarning, match=warning) if warning else nullcontext()
    with expected:
        return indicia.score(
            pl.DataFrame(example["table"], strict=False),
            unit="unit",
            indicators=example["indicators"],
            **{word: example[word] for word in (*STAGES, "missing", "period", "groups") if word in example},
        )


def computed(example: Example) -> dict[str, Any]:
    """Return all that an example may state."""
    if "agreement" in example:
        return of_agreement(example)
    if "consensus" in example:
        found = consensus(pl.DataFrame(example["rankings"], strict=False), example["consensus"])
        return {"scores": found["score"].to_list(), "ranks": found["rank"].to_list()}
    result = score(example)
    return {
        "prepared": result.prepared.drop("unit").to_dict(as_series=False),
        "normalised": result.normalised.drop("unit").to_dict(as_series=False),
        "weights": dict(result.weights.select("id", "weight").iter_rows()),
        "facts": dict(result.facts.get("index", {})),
        "scores": result.scores["score"].to_list(),
        "ranks": result.scores["rank"].to_list(),
    }


def of_agreement(example: Example) -> dict[str, Any]:
    """Return how the first ranking agrees with each of the others, or all of them together."""
    rankings = pl.DataFrame(example["rankings"], strict=False)
    if "together" in example:
        return {"together": concordance(rankings, example["agreement"])}
    return {"with": agreement(rankings, example["agreement"]).to_dicts()[0]}


def differences(found: Any, stated: Any, precision: float) -> Sequence[tuple[Any, Any]]:
    """Return the pairs of figures that are further apart than the precision."""
    if isinstance(stated, dict):
        return [pair for key in stated for pair in differences(found[key], stated[key], precision)]
    if isinstance(stated, list):
        assert len(found) == len(stated)
        return [
            pair for ours, theirs in zip(found, stated, strict=True) for pair in differences(ours, theirs, precision)
        ]
    if found is None or isnan(stated):
        return [] if found is None and isnan(stated) else [(found, stated)]
    return [] if abs(found - stated) <= precision else [(found, stated)]


@pytest.mark.parametrize("example", CASES)
def test_a_worked_example_comes_out_as_its_source_says(example: Example) -> None:
    result = computed(example)
    stated = {name: example[name] for name in result if name in example}
    assert stated
    assert differences(result, stated, example["precision"]) == []


def test_every_worked_example_names_its_source() -> None:
    assert all(example["source"] for examples in EXAMPLES.values() for example in examples)


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_every_kind_of_method_has_methods_that_we_ship(kind: str) -> None:
    assert kind in {of_kind for of_kind, _ in SHIPPED}


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_every_shipped_method_has_a_worked_example(kind: str, name: str) -> None:
    assert name in {method(kind, example) for example in EXAMPLES.get(kind, [])}
