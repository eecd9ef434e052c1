"""Promises that a method declares not to keep, and tolerances that it declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest

from indicia import testing
from indicia.catalogue.hookspecs import KINDS
from indicia.catalogue.offers import class_problem
from indicia.errors import MethodError
from indicia.methods import Aggregation, Consensus, Imputation, MatrixImputation, Weighting, row_sum
from indicia_conformance import invariance, sample, speed, suite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.methods import Array, Components, Expression, Indicators, Method


@dataclass(frozen=True)
class FirstDecides(Consensus):
    """Take the first ranking."""

    name = "first_decides"
    reference = "A test"
    low_is_best = True
    expected_failures: ClassVar[Mapping[str, str]] = {"order_of_rankings": "the first ranking is that of the chair"}

    def combine(self, rankings: Array) -> Array:
        return rankings[0]


@dataclass(frozen=True)
class Misspelt(FirstDecides):
    """Name no promise."""

    name = "misspelt"
    expected_failures: ClassVar[Mapping[str, str]] = {"order_of_ranking": "a slip"}


@dataclass(frozen=True)
class Borda(FirstDecides):
    """Keep the promise that it declares not to keep."""

    name = "borda_of_a_test"

    def combine(self, rankings: Array) -> Array:
        return rankings.mean(axis=0)


@dataclass(frozen=True)
class Crashing(FirstDecides):
    """Read an item that a list does not have."""

    name = "crashing"

    def combine(self, rankings: Array) -> Array:
        return rankings[[99]][0]


@pytest.fixture
def two_checks(monkeypatch: pytest.MonkeyPatch, fewer_tables: None) -> None:
    """Verify two promises on few tables, whose size does not matter: the test is about the card."""
    monkeypatch.setattr(sample, "PHASES", sample.PHASES[:1])
    names, checks_for = ("order_of_rankings", "twins"), suite.checks_for
    monkeypatch.setattr(suite, "checks_for", lambda of: [check for check in checks_for(of) if check.name in names])
    monkeypatch.setattr(suite.tried, "remarks", lambda subject: [])


def case(method: type[Method], name: str) -> testing.Case:
    """Return the case of one promise of a method."""
    return next(case for case in testing.checks(method()) if case.check.name == name)


@pytest.mark.usefixtures("two_checks")
def test_an_expected_failure_is_neither_kept_nor_broken_and_shows_its_reason() -> None:
    (card,) = testing.check_method(FirstDecides())
    assert str(card).startswith("first_decides (consensus): 1 of 1 promises kept, 1 not made\n")
    assert "  except  Rankings in another order give the same consensus" in str(card)
    assert "of each pair. (order_of_rankings)\n" in str(card)
    assert "          not kept: the first ranking is that of the chair" in str(card)
    assert "| not kept, as declared: the first ranking is that of the chair |" in card.markdown()


@pytest.mark.usefixtures("fewer_tables")
def test_a_case_of_an_expected_failure_is_one_of_pytest() -> None:
    with pytest.raises(pytest.xfail.Exception, match="expected failure: the first ranking is that of the chair"):
        case(FirstDecides, "order_of_rankings")()


@pytest.mark.usefixtures("fewer_tables")
def test_a_case_of_an_expected_failure_does_nothing_outside_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    case(FirstDecides, "order_of_rankings")()


@pytest.mark.usefixtures("two_checks")
def test_an_expected_failure_that_does_not_fail_is_reported() -> None:
    (card,) = testing.cards(Borda())
    (finding,) = card.broken
    assert finding.check == "order_of_rankings"
    assert "take it out of expected_failures, which gives the reason: the first ranking" in finding.example


def test_the_name_of_no_promise_is_refused_with_the_nearest() -> None:
    with pytest.raises(MethodError, match='expected_failures name "order_of_ranking", which is no promise') as caught:
        testing.checks(Misspelt())
    assert caught.value.remedy == 'did you mean "order_of_rankings"?'


def test_no_declaration_excuses_a_fault_of_the_code() -> None:
    with pytest.raises(AssertionError, match="raises only errors that name the problem"):
        case(Crashing, "order_of_rankings")()


@pytest.mark.parametrize(("times", "state"), [(3.9, "kept"), (15.8, "expected")])
def test_a_slow_method_declares_its_speed_and_a_fast_clock_does_not_contradict_it(times: float, state: str) -> None:
    @dataclass(frozen=True)
    class Slow(Aggregation):
        """Compare each pair of units."""

        name = "slow"
        reference = "A test"
        expected_failures: ClassVar[Mapping[str, str]] = {"speed": "each pair of units is compared"}

        def combine(self, components: Components) -> Expression:
            return row_sum(c.w * c.z for c in components)

    (subject,) = suite.subjects(Slow())
    assert suite._speed(subject, times).state == state
    assert speed.NAME == "speed"


@dataclass(frozen=True)
class Iterated(Weighting):
    """Return weights that are known to four digits only, and differ with the order of the rows."""

    name = "iterated"
    reference = "A test"
    iteration_tolerance = 1e-3

    def weigh(self, indicators: Indicators) -> Array:
        return np.asarray(1.0 + 1e-5 * indicators.on("raw").matrix()[0])


@pytest.mark.usefixtures("fewer_tables")
@pytest.mark.parametrize("tolerance", [0.0, 1e-3])
def test_figures_of_a_method_that_iterates_agree_up_to_its_tolerance(
    tolerance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Iterated, "iteration_tolerance", tolerance)
    monkeypatch.setattr(sample, "PHASES", sample.PHASES[:1])  # the size of the counterexample does not matter here
    (subject,) = suite.subjects(Iterated())
    if tolerance:
        invariance.check_order_of_rows.verify(subject)
    else:
        with pytest.raises(AssertionError, match="the order of the rows changes nothing"):
            invariance.check_order_of_rows.verify(subject)


@dataclass(frozen=True)
class Sequential(MatrixImputation):
    """Fill each indicator with the mean of the indicators before it."""

    name = "sequential"
    reference = "A test"
    depends_on_order = True

    def complete(self, values: Array) -> Array:
        return np.where(np.isnan(values), np.nanmean(values, axis=1, keepdims=True), values)


def test_a_method_of_any_kind_that_depends_on_the_order_does_not_promise_to_ignore_it() -> None:
    for method, name in ((Sequential(), "order_of_indicators"), (FirstDecides(), "order_of_rankings")):
        assert name in {check.name for check in suite.CHECKS}
        made = {case.check.name for case in testing.checks(method)}
        assert (name in made) != method.depends_on_order


@pytest.mark.parametrize(
    ("declared", "value", "problem"),
    [
        ("expected_failures", {"order_of_rows": ""}, "whose expected_failures give no reason for 'order_of_rows'"),
        (
            "expected_failures",
            ("order_of_rows",),
            "whose expected_failures is ('order_of_rows',), and has to be a table",
        ),
        ("iteration_tolerance", 0.5, "whose iteration_tolerance is 0.5, and has to be from 0 to 0.001"),
        ("order_decides_ties", 1, "whose order_decides_ties is 1, and has to be True or False"),
    ],
)
def test_a_wrong_declaration_is_refused_before_a_method_runs(declared: str, value: object, problem: str) -> None:
    wrong = dataclass(frozen=True)(type("Wrong", (Imputation,), {"name": "wrong", "reference": "", declared: value}))
    (kind,) = (kind for kind in KINDS if kind.name == "imputation")
    assert problem in str(class_problem(kind, wrong))
