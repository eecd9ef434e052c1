"""Worked examples of a method: declared in its class or in files of its package, run by the suite, shown by cards."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from pydantic import Field

from indicia import testing
from indicia.catalogue import Offer
from indicia.catalogue.hookspecs import KINDS
from indicia.catalogue.offers import class_problem
from indicia.catalogue.reference import card
from indicia.catalogue.worked import count_of, examples_of, lines_of, read_examples, sentence_of, worked_examples
from indicia.errors import PluginWarning
from indicia.methods import Normalisation, Weighting, WorkedExample
from indicia_conformance import published, suite

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.methods import Array, Expression, Indicators, Statistics

TABLE = {"unit": ["A", "B", "C"], "x": [1, 2, 4], "y": [1, 2, 4]}
EXAMPLE = WorkedExample(
    TABLE,
    {"normalised": {"x": [0.5, 1, 2], "y": [-0.5, -1, -2]}},
    "A test, table 1; by hand",
    parameters={"by": 2},
    indicators={"x": "benefit", "y": "cost"},
)


@dataclass(frozen=True)
class Divided(Normalisation):
    """Divide by a number."""

    name = "divided"
    reference = "A test"
    worked_examples = (EXAMPLE,)

    by: Annotated[float, Field(gt=0, description="the number")] = 1.0

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / self.by


@dataclass(frozen=True)
class Even(Weighting):
    """Weigh all parts alike, with a warning, in three decimals of the source."""

    name = "even"
    reference = "A test"

    def weigh(self, indicators: Indicators) -> Array:
        return indicators.each(lambda x, s: 0.0 * s.count + 1.0)


def verify(method: Normalisation | Weighting, example: WorkedExample) -> None:
    (subject,) = suite.subjects(method)
    published.verify_example(subject, example)


def test_the_figures_of_a_worked_example_are_run_with_its_own_parameters() -> None:
    names = [case.check.name for case in testing.checks(Divided(by=7.0))]
    assert "worked_examples" in names
    next(case for case in testing.checks(Divided(by=7.0)) if case.check.name == "worked_examples")()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"parameters": {"by": 3}}, r"normalised of x, number 1, is 0.33\d+ instead of 0.5, with the precision 1e-12"),
        ({"expected": {"normalised": {"z": [1, 2, 3]}}}, "normalised have no z"),
        ({"expected": {"scores": [1, 2]}}, "scores are 3, and the source has 2"),
        ({"expected": {"together": 1.0}}, "a run has no together, and has prepared, normalised"),
        ({"warning": "nobody warns"}, "no warning has the words 'nobody warns'"),
        ({"indicators": {"v": "benefit"}}, "v"),
    ],
)
def test_a_figure_that_differs_from_that_of_the_source_is_found(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(AssertionError, match=message) as caught:
        verify(Divided(), replace(EXAMPLE, **changes))
    assert "A test, table 1; by hand" in str(caught.value)


def test_figures_are_compared_to_the_digits_that_the_source_prints() -> None:
    printed = WorkedExample(TABLE, {"weights": {"x": 0.333, "y": 0.667}}, "A test", precision=0.2)
    verify(Even(), printed)
    with pytest.raises(AssertionError, match=r"weights of x is 0\.5 instead of 0\.333, with the precision 0\.0005"):
        verify(Even(), replace(printed, precision=5e-4))


def test_a_method_without_worked_examples_says_so() -> None:
    assert "worked_examples" not in {case.check.name for case in testing.checks(Even())}
    offer = Offer("weighting", "even", Even, "a_test")
    assert "\n  figures    none: no published figures stand beside the formula\n" in card(offer)


def test_a_card_shows_the_sources_of_worked_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "checks_for", lambda subject: [])
    monkeypatch.setattr(suite.speed, "growth", lambda subject: None)
    monkeypatch.setattr(suite.tried, "remarks", lambda subject: [])
    (of_divided,), (of_even,) = testing.cards(Divided()), testing.cards(Even())
    assert str(of_divided).endswith("\n  figures 1 worked example: A test, table 1; by hand")
    assert "- Figures: none: no published figures stand beside the formula." in of_even.markdown()


def test_the_first_example_is_shown_as_a_table_and_as_a_sentence() -> None:
    assert list(lines_of(EXAMPLE)) == [
        "unit  x  y  x normalised  y normalised",
        "A     1  1           0.5          -0.5",
        "B     2  2             1            -1",
        "C     4  4             2            -2",
        "by = 2; y is a cost",
    ]
    assert sentence_of(EXAMPLE) == (
        "with by = 2 and x = 1, 2, 4; y = 1, 2, 4; y is a cost: x normalised 0.5, 1, 2; y normalised -0.5, -1, -2 "
        "(A test, table 1; by hand)"
    )


def test_a_long_or_wide_table_is_cut_to_the_figures_of_six_units() -> None:
    columns = {f"indicator_{number}": list(range(9)) for number in range(9)}
    wide = WorkedExample({"unit": list("ABCDEFGHI"), **columns}, {"scores": [0.5] * 9}, "A test")
    lines = list(lines_of(wide))
    assert lines[0] == "9 units and 9 columns; the figures of the source:"
    assert lines[-1] == "… and 3 more"
    assert max(map(len, lines)) <= 66
    assert sentence_of(wide).startswith("with 9 units and 9 columns: scores 0.5, ")


def test_three_sources_are_counted() -> None:
    other = replace(EXAMPLE, source="B")
    assert count_of([EXAMPLE, EXAMPLE, other]) == "3 worked examples: A test, table 1; by hand; and 1 more"


TOML = """
[[example]]
source = "A test"
normalisation = "divided(by=2)"
table = { unit = ["A", "B"], x = [1, nan] }
indicators = { x = "benefit" }
missing = "skip"
normalised = { x = [0.5, nan] }
"""


def test_a_package_keeps_examples_in_files_that_are_read_when_somebody_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package_of_examples"
    (package / "worked").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "worked" / "normalisation_some.toml").write_text(TOML)
    (package / "worked" / "weighting.toml").write_text("[[example]]\nsource = 'A test'")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(Divided, "__module__", "package_of_examples.curves")
    monkeypatch.setattr(Even, "__module__", "package_of_examples.curves")
    own, from_file = worked_examples(Divided, "normalisation")
    assert own is EXAMPLE
    assert from_file.table["x"] == [1, None]
    assert (from_file.parameters, from_file.methodology) == ({"by": 2}, {"missing": "skip"})
    with pytest.warns(PluginWarning, match=r"worked/weighting.toml of package_of_examples is left out: example 1: it"):
        assert worked_examples(Even, "weighting") == ()
    sys.modules.pop("package_of_examples", None)


@pytest.mark.parametrize(
    ("word", "other", "message"),
    [
        ('source = "A test"', "", "example 1: a worked example names its source"),
        ("normalised = ", "normalized = ", "example 1: it has the unknown word normalized"),
        ("normalised = { x = [0.5, nan] }", "", "example 1: a worked example expects one of prepared"),
        ("x = [1, nan] }", "x = [1] }", "example 1: the columns of a worked example differ in length"),
        ('unit = ["A", "B"], ', "", 'example 1: the table of a worked example has no column "unit"'),
    ],
)
def test_an_incomplete_example_is_refused(word: str, other: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_examples(TOML.replace(word, other), "normalisation")


def test_examples_of_another_type_are_refused_with_the_class() -> None:
    wrong = dataclass(frozen=True)(type("Wrong", (Even,), {"name": "wrong", "worked_examples": ("A test",)}))
    (kind,) = (kind for kind in KINDS if kind.name == "weighting")
    assert class_problem(kind, wrong) == "whose worked_examples have to be a tuple of WorkedExample"


def test_the_examples_of_two_kinds_of_one_name_stay_apart() -> None:
    from indicia.catalogue import installed

    offers = installed().find("borda")
    expected = {offer.kind: {name for example in examples_of(offer) for name in example.expected} for offer in offers}
    assert "normalised" in expected["normalisation"]
    assert "normalised" not in expected["consensus"]
