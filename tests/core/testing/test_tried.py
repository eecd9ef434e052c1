"""Remarks of a card beyond the declarations: properties that seem to hold or do not, and parameters without effect."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Annotated, Literal

import pytest
from hypothesis import strategies as st
from pydantic import Field

from indicia import testing
from indicia.methods import Aggregation, Normalisation, Property, row_sum, where
from indicia_conformance import parameters, sample, speed, suite, tried
from indicia_conformance.tolerance import BrokenPromise

if TYPE_CHECKING:
    from indicia.methods import Components, Expression, Statistics


@dataclass(frozen=True)
class Clipped(Normalisation):
    """Set values above the median back to the smallest value, and declare nothing."""

    name = "clipped"
    reference = "A test"
    follows_direction = False

    idle: Annotated[float, Field(ge=0, le=1, description="a number that changes nothing")] = 0.5

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return where(x > s.median, s.min + 0.0 * self.idle, x) / s(x.abs().max())


@dataclass(frozen=True)
class Mean(Aggregation):
    """Take the weighted mean."""

    name = "mean_of_a_test"
    reference = "A test"
    properties = frozenset({Property.MONOTONE})

    def combine(self, components: Components) -> Expression:
        return row_sum(c.w * c.z for c in components)


def test_a_clip_that_is_not_monotone_and_declares_nothing_is_on_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "checks_for", lambda subject: [])
    monkeypatch.setattr(speed, "growth", lambda subject: None)
    (card,) = testing.cards(Clipped())
    assert "\n  tried   free_of_rank_reversal, monotone: not declared, and do not hold\n" in str(card)
    assert "- Tried: free_of_rank_reversal, monotone: not declared, and do not hold.\n" in card.markdown()
    assert "\n  tried   the parameter idle changes no figure of the tables that were tried\n" in str(card)
    assert not card.broken


def test_undeclared_properties_that_seem_to_hold_are_named_and_declared_ones_are_not() -> None:
    (subject,) = suite.subjects(Mean())
    (sentence,) = tried.remarks(subject)
    assert sentence.endswith(": not declared, and seem to hold")
    assert "compensatory, defined_at_zero, defined_below_zero" in sentence
    assert "monotone" not in sentence
    assert subject.assumed is None


@dataclass(frozen=True)
class Chosen(Mean):
    """Have parameters with limits of each kind."""

    name = "chosen"

    share: Annotated[float, Field(gt=0, le=1)] = 0.5
    count: Annotated[int, Field(ge=2)] = 3
    way: Literal["up", "down"] = "up"
    flag: bool = False
    text: str = ""
    cap: float | None = None

    def __post_init__(self) -> None:
        if self.count > 20:
            raise ValueError("count is 20 at most")


def test_other_values_of_parameters_come_from_their_limits() -> None:
    values: dict[str, list[object]] = {}
    for name, value, method in parameters.other_values(Chosen()):
        assert getattr(method, name) == value
        values.setdefault(name, []).append(value)
    assert values == {
        "share": [1.0, 0.125],
        "count": [2, 4],
        "way": ["down"],
        "flag": [True],
        "cap": [-1.0, 2.5, 0.0, 20.0],
    }


def test_a_promise_that_is_broken_in_some_runs_of_a_table_only_is_broken() -> None:
    tries = count()

    def holds(_: int) -> bool:
        if next(tries) == 3:
            raise BrokenPromise("it draws other numbers each time")
        return True

    with pytest.raises(BrokenPromise, match="it draws other numbers each time"):
        sample.try_examples(st.integers(), holds, 20)
