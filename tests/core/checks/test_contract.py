"""The contract of checks: classes that cannot be checks are refused, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.catalogue import gather, hookimpl
from indicia.checks import NEEDS, Check, Finding, Subject
from indicia.errors import MethodError, PluginError

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Sound(Check):
    """Find nothing."""

    code = "H01"
    title = "nothing"
    source = "Example"

    share: float = 0.5

    def look(self, subject: Subject) -> Iterator[Finding]:
        yield from ()


def plugin(*checks: Any, name: str = "it") -> Any:
    @hookimpl
    def indicia_checks() -> list[Any]:
        return list(checks)

    return SimpleNamespace(__name__=name, indicia_checks=indicia_checks)


def test_a_check_is_known_by_its_code() -> None:
    assert gather(plugin(Sound)).names("check") == ["H01"]
    assert Sound.reference == "Example"


def test_an_unknown_threshold_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(MethodError, match='H01 has no parameter "shaer"') as caught:
        gather(plugin(Sound)).choose("check", {"method": "H01", "shaer": 0.1})
    assert caught.value.remedy == 'did you mean "share"?'


def test_two_checks_of_one_code_are_refused_and_both_plugins_are_named() -> None:
    @dataclass(frozen=True)
    class Other(Sound):
        """Find nothing either."""

    with pytest.raises(PluginError, match='two plugins offer the check "H01"') as caught:
        gather(plugin(Sound, name="one"), plugin(Other, name="another"))
    assert caught.value.where == "one and another"
    assert "rename the check" in str(caught.value.remedy)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"code": "skew"}, "is not capital letters and digits that end with two digits, such as H01"),
        ({"code": "D1"}, "is not capital letters and digits"),
        ({"severity": "grave"}, "whose severity is 'grave', and has to be error, warning or information"),
        ({"needs": ("decades",)}, "whose needs name 'decades', which is none of periods"),
        ({"title": None}, "which has no title"),
        ({"look": Check.look}, r"which has no look\(self, subject\)"),
        ({"look": lambda self: iter(())}, "whose look does not take its arguments"),
    ],
)
def test_a_class_that_cannot_be_a_check_is_refused(changes: dict[str, Any], problem: str) -> None:
    body = {"__doc__": "Find nothing.", "__module__": __name__, "look": Sound.look, **_words(Sound), **changes}
    made = dataclass(frozen=True)(type("Odd", (Check,), body))
    with pytest.raises(PluginError, match=problem):
        gather(plugin(made))


def _words(check: type[Check]) -> dict[str, Any]:
    return {"code": check.code, "title": check.title, "source": check.source}


def test_a_subject_has_what_it_needs_or_not() -> None:
    subject = Subject.of(pl.DataFrame({"unit": ["a", "b"]}), pl.DataFrame({"x": [1.0, 2.0]}))
    assert [need for need in NEEDS if subject.has(need)] == []
    panel = Subject.of(
        pl.DataFrame({"unit": ["a", "a"], "year": [1, 2], "region": ["n", "n"]}),
        pl.DataFrame({"x": [1.0, None]}),
        period="year",
        groups=("region",),
        filled=pl.DataFrame({"x": [1.0, 1.0]}),
        denominators=pl.DataFrame({"people": [1.0, 2.0]}),
    )
    assert [need for need in NEEDS if panel.has(need)] == ["periods", "groups", "imputation", "denominators"]
