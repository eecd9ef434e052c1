"""The reports of the conformance suite, and its use in the tests of a plugin."""

from __future__ import annotations

import builtins
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
import pytest
from hypothesis import strategies as st
from pydantic import Field

import indicia_conformance
from indicia import testing
from indicia.catalogue import installed
from indicia.checks import Subject as Data
from indicia.errors import MethodError, MissingDependency, PluginError
from indicia.methods import Domain, Normalisation, Property, Treatment
from indicia_conformance import round_trips, sample, speed, suite
from indicia_conformance.check import ON_RANKINGS, ON_TABLES
from indicia_conformance.sample import Sample
from indicia_conformance.subject import Subject

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.methods import Expression, Statistics


@dataclass(frozen=True)
class Share(Normalisation):
    """Rescale linearly."""

    name = "share"
    reference = "Example"
    formula = r"\frac{x - \min x}{\max x - \min x}"
    needs_spread = True
    neutral_score = 0.5
    properties = frozenset({Property.MONOTONE, Property.SCALE_INVARIANT})

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return (x - s.min) / (s.max - s.min)


@dataclass(frozen=True)
class Wrong(Share):
    """Divide by the largest value plus a constant, and reward costs."""

    name = "wrong"

    def cost(self, x: Expression, s: Statistics) -> Expression:
        return x / (s.max + 0.001)


@dataclass(frozen=True)
class Power(Normalisation):
    """Take a power."""

    name = "power_of"
    reference = "Example"
    example = "power_of(exponent=2)"

    exponent: Annotated[float, Field(gt=0)]

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x**self.exponent


@pytest.fixture(scope="module")
def wrong() -> suite.Card:
    """The card of a method that breaks two promises and keeps a third."""
    names = ("direction", "units_of_measure", "constant")
    with pytest.MonkeyPatch.context() as patched:
        checks_for = suite.checks_for
        patched.setattr(suite, "checks_for", lambda of: [check for check in checks_for(of) if check.name in names])
        patched.setattr(suite.tried, "remarks", lambda subject: [])
        (card,) = testing.cards(Wrong())
    return card


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verify no promise: the test is about the rest of a card."""
    monkeypatch.setattr(suite, "checks_for", lambda subject: [])
    monkeypatch.setattr(suite.tried, "remarks", lambda subject: [])


def test_an_error_lists_all_broken_promises_each_with_an_example(
    wrong: suite.Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "card", lambda subject: wrong)
    with pytest.raises(AssertionError) as caught:
        testing.check_method(Wrong())
    text = str(caught.value)
    assert text.startswith("wrong (normalisation): ")
    for promise in ("a larger cost never gets a larger value", "the units of measure change nothing"):
        assert promise in text
    assert "x1 (cost) = [" in text


def test_the_example_is_a_small_table(wrong: suite.Card) -> None:
    (finding,) = (finding for finding in wrong.broken if finding.check == "direction")
    assert "scores x1 against its direction" in finding.example
    assert finding.example.count(",") < 16


@dataclass(frozen=True)
class Crashing(Treatment):
    """Read an item that a list does not have."""

    name = "crashing"
    reference = "A test"

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return x + [1.0][int(self.name == "crashing")]


def test_a_method_that_fails_in_every_check_is_reported_once_with_its_line() -> None:
    (card,) = testing.cards(Crashing())
    first, *others = card.broken
    assert "crashing of x0 fails: IndexError: list index out of range" in first.example
    assert "test_suite.py:" in first.example
    assert "tell its authors" not in str(card)
    assert {finding.example for finding in others if finding.check != "scale"} == {"as above"}


@dataclass(frozen=True)
class PositiveShare(Share):
    """Take the share of the largest value, of benefits."""

    name = "positive_share"
    domain = Domain.POSITIVE


def test_the_error_for_a_method_that_refuses_all_tables_gives_the_reason() -> None:
    (case,) = (case for case in testing.checks(PositiveShare()) if case.check.name == "periods")
    with pytest.raises(
        AssertionError, match="could be scored: positive_share needs positive values: x1, a cost and so"
    ):
        case()


def test_a_slow_method_is_not_tried_on_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.03, 0.5])
    monkeypatch.setattr(speed, "_best", lambda index, frame: next(times))
    assert speed.growth(Subject(Share(), "normalisation", ())) == pytest.approx(0.5 / 0.03)


@pytest.mark.usefixtures("fewer_tables")
def test_a_card_says_what_is_kept_and_how_time_grows() -> None:
    (card,) = testing.check_method("min_max(upper=100)")
    text = str(card)
    assert text.startswith(f"min_max(upper=100) (normalisation): {len(card.findings)} of {len(card.findings)} promises")
    assert "  holds   " in text
    assert "times the time for 4 times the rows" in text


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("times", "state"), [(3.9, "kept"), (7.9, "kept"), (15.8, "broken")])
def test_time_that_grows_faster_than_the_rows_is_a_broken_promise(
    times: float, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "growth", lambda subject: times)
    (card,) = testing.cards(Share())
    (finding,) = (finding for finding in card.findings if finding.check == "speed")
    assert finding.state == state
    assert ("15.8 times the time for 4 times the rows: it grows as the pairs of units do" in str(card)) == (
        state == "broken"
    )


@pytest.mark.usefixtures("unchecked")
def test_a_method_that_is_given_all_units_at_once_promises_no_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "growth", lambda subject: 15.8)
    (card,) = testing.check_method("promethee")
    assert "speed" not in {finding.check for finding in card.findings}
    assert "speed   15.8 times" in str(card)


@pytest.mark.parametrize("method", ["min_max", "equal", "topsis", "copeland", "mean", "linear", "winsorise", "moosra"])
def test_the_growth_of_time_is_measured_for_every_kind_that_runs_on_a_table(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "_ROWS", (10, 40))
    monkeypatch.setattr(speed, "_FEW", 10)
    for subject in suite.subjects(method):
        growth = speed.growth(subject)
        assert (growth is None) == (subject.kind in ON_RANKINGS)
        assert growth is None or growth > 0


def test_a_method_that_refuses_many_tables_is_tried_on_more() -> None:
    numbers: list[int] = []
    subject = suite.subjects("min_max")[0]
    subject.try_examples("a promise", st.integers(), lambda number: bool(numbers.append(number)) or len(numbers) > 30)
    assert len(numbers) > 30
    with pytest.raises(AssertionError, match="no table that was tried could be scored"):
        subject.try_examples("a promise", st.integers(), lambda number: False)


def test_another_seed_draws_other_tables_and_no_seed_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = suite.subjects("min_max")[0]

    def examples_of_run() -> list[int]:
        numbers: list[int] = []
        subject.try_examples("a promise", st.integers(), lambda number: bool(numbers.append(number)) or True)
        return numbers

    before = examples_of_run()
    assert examples_of_run() == before
    monkeypatch.setattr(sample, "SEED", 7)
    assert examples_of_run() != before


@pytest.mark.parametrize("method", ["mean", "winsorise", "min_max"])
def test_slices_of_a_file_that_score_otherwise_are_found(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(round_trips, "stream", lambda fitted, table: [0.0] * len(table))
    (subject,) = (subject for subject in suite.subjects(method) if subject.kind in ON_TABLES)
    (check,) = (check for check in suite.checks_for(subject) if check.name == "fitted")
    with pytest.raises(AssertionError, match="slices of a file score as in memory"):
        check.verify(subject)


def test_an_error_that_names_no_method_or_no_indicator_is_found() -> None:
    subject = suite.subjects("min_max")[0]
    sample = Sample({"x0": [1.0]}, {"unit": ["u0"]})
    for error in (None, "min_max of x0: no", "min_max of index: no"):
        subject.require_names(error, sample)
    for error in ("no", "min_max: no", "x0: no"):
        with pytest.raises(AssertionError, match="an error names the method, and the indicator or the node"):
            subject.require_names(error, sample)


def test_a_card_is_written_in_markdown(wrong: suite.Card) -> None:
    text = wrong.markdown()
    assert text.startswith("## `wrong` (normalisation)\n\nDivide by the largest value plus")
    assert "**broken**" in text
    assert "- Source: Example." in text


def test_one_case_a_promise_for_the_tests_of_a_plugin() -> None:
    cases = testing.checks(Share(), "equal")
    names = [case.__name__ for case in cases]
    assert "share-monotone" in names
    assert "equal-weights" in names
    assert len(names) == len(set(names))
    next(case for case in cases if case.__name__ == "share-monotone")()


def test_a_case_fails_as_its_check_does() -> None:
    (case,) = (case for case in testing.checks(Wrong()) if case.check.name == "direction")
    with pytest.raises(AssertionError, match="a larger cost never gets a larger value"):
        case()


def test_a_class_with_parameters_is_tested_with_its_example() -> None:
    assert {str(case.subject.method) for case in testing.checks(Power)} == {"power_of(exponent=2)"}


def test_a_class_that_needs_parameters_and_has_no_example_is_refused() -> None:
    @dataclass(frozen=True)
    class Silent(Power):
        name = "silent"
        example = ""

    with pytest.raises(MethodError, match="silent needs exponent"):
        testing.checks(Silent)


def test_a_method_of_two_kinds_is_tested_as_both() -> None:
    assert {case.subject.kind for case in testing.checks("borda")} >= {"normalisation", "consensus"}


def test_a_property_that_a_method_does_not_declare_is_not_verified() -> None:
    assert not any(case.check.name == "monotone" for case in testing.checks(Power))


def test_without_hypothesis_the_error_names_the_extra_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "hypothesis":
            raise ModuleNotFoundError("No module named 'hypothesis'", name="hypothesis")
        return real(name, *rest)

    for name in [name for name in sys.modules if name.startswith("indicia_conformance.")]:
        monkeypatch.delitem(sys.modules, name)
        monkeypatch.delattr(indicia_conformance, name.rpartition(".")[2], raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingDependency, match=r"pip install 'indicia\[testing\]'"):
        testing.checks("equal")


@pytest.mark.usefixtures("unchecked")
def test_a_target_is_a_file_a_folder_or_a_name(tmp_path: Path) -> None:
    from indicia_conformance import scaffold

    (file,) = scaffold.create("one-file", "consensus", tmp_path, single_file=True)
    scaffold.create("one-package", "agreement", tmp_path)
    assert [str(card.method) for card in testing.cards_of_plugin(str(file))] == ["one_file"]
    assert [str(card.method) for card in testing.cards_of_plugin(str(tmp_path / "one-package"))] == ["one_package"]
    assert [str(card.method) for card in testing.cards_of_plugin("kendall")] == ["kendall"]
    assert [str(card.method) for card in testing.cards_of_plugin("indicia_methods.weighting", "equal")] == ["equal"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nothing-of-the-kind", 'no plugin "nothing-of-the-kind" is installed'),
        ("nothing.py", "no plugin file nothing.py"),
        ("empty", "holds no pyproject.toml"),
        ("pointless", "names no entry point of the group indicia"),
        ("broken", "cannot be loaded: ModuleNotFoundError: No module named 'gone_fishing'"),
    ],
)
def test_an_unknown_target_is_refused(
    target: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("empty", "pointless", "broken"):
        (tmp_path / name).mkdir()
    (tmp_path / "pointless" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "broken" / "pyproject.toml").write_text("[project.entry-points.indicia]\nx = 'gone_fishing'\n")
    with pytest.raises(PluginError, match=message):
        list(testing.cards_of_plugin(target))


def test_a_check_without_headings_and_without_a_planted_fault_raises_doubts_and_breaks_no_promise(
    tmp_path: Path,
) -> None:
    plugin = tmp_path / "bare.py"
    plugin.write_text(
        """
from dataclasses import dataclass
from indicia.catalogue import hookimpl
from indicia.checks import Check

@dataclass(frozen=True)
class Bare(Check):
    'Find nothing.'

    code, title, source = "BA01", "nothing", "A test"

    def look(self, subject):
        yield from ()

@hookimpl
def indicia_checks():
    return [Bare]
"""
    )
    (card,) = testing.cards("BA01", plugins=[plugin])
    assert not card.broken
    assert [doubt.split(":")[0] for doubt in card.doubts] == [
        "it states no why",
        "it states no example",
        "it states no advice",
        "it plants no fault",
    ]
    assert "  doubt   it states no why" in str(card)


def test_a_fault_that_is_found_elsewhere_is_an_assertion_error_with_the_places() -> None:
    units = pl.DataFrame({"unit": ["a", "b", "c"]})
    subject = Data.of(units, pl.DataFrame({"x": [None, None, 1.0], "y": [1.0, 2.0, 3.0]}))
    check = installed().choose("check", "D01")
    with pytest.raises(AssertionError, match="D01 finds nothing at 'y', and findings are at: x"):
        testing.check_finds(check, subject, "y")
    with pytest.raises(AssertionError, match="D12 needs scores, denominators, which the subject does not have"):
        testing.check_finds(installed().choose("check", "D12"), subject, "index")
