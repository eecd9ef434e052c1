"""Wrong arguments are refused in plain words, with the nearest name; public parameters have types."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

import indicia
from indicia import analysis
from indicia.comparison import Comparison
from indicia.editions.difference import EditionDifference
from indicia.editions.recast import Recast
from indicia.errors import DefinitionError, UnknownArgument
from indicia.explanation.outcome import Explanation
from indicia.inspection import Inspection
from indicia.robustness import Robust, Stability

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TABLE = {"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "co2": [2.0, 7.0, 2.5]}
INDEX = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {}, "co2": {"direction": "cost"}}})


@pytest.mark.parametrize(
    ("call", "what", "remedy"),
    [
        (lambda: INDEX.with_options(normalization="z_score"), "with_options has no", 'did you mean "normalisation"?'),
        (lambda: INDEX.robustness(TABLE, draw=100), "robustness has no", 'did you mean "draws"?'),
        (lambda: INDEX.compare(normalization=["min_max"]), "compare has no", 'did you mean "normalisation"?'),
        (lambda: INDEX.compare(agreement=3), "and 3 is no methodology", "known: against, aggregation"),
        (lambda: INDEX.compare(expert={"weights": "equal"}), 'no argument "weights"', 'did you mean "weighting"?'),
        (lambda: INDEX.score(tabel=TABLE), "score has no", 'did you mean "table"?'),
        (lambda: indicia.score(TABLE, normalization="z_score"), "score has no", 'did you mean "normalisation"?'),
        (lambda: INDEX.audit(TABLE, ful=True), "audit has no", 'did you mean "full"?'),
    ],
)
def test_an_unknown_argument_is_refused_with_the_nearest_name(call: Callable[[], Any], what: str, remedy: str) -> None:
    with pytest.raises(UnknownArgument, match=what) as caught:
        call()
    assert remedy in str(caught.value.remedy)
    assert isinstance(caught.value, TypeError)  # as from any function of Python


def test_a_number_is_no_table() -> None:
    with pytest.raises(indicia.IndiciaError, match="cannot read a table from an int"):
        INDEX.score(42)  # type: ignore[arg-type]


def test_named_methodologies_stand_beside_the_index() -> None:
    official = INDEX.with_options(aggregation="geometric", normalisation="min_max(lower=1, upper=100)")
    comparison = INDEX.compare(table=TABLE, expert={"weighting": "equal"}, official=official)
    assert [methodology.label for methodology in comparison.methods] == ["as it stands", "expert", "official"]
    assert comparison.methods[2].choices["aggregation"] == "geometric"
    assert comparison.scores["3"].to_list() == official.score(TABLE).scores["score"].to_list()
    grid = INDEX.compare(table=TABLE, expert={"weighting": "equal"}, normalisation=["min_max", "rank"])
    assert grid.methodologies["index"].to_list() == ["as it stands"] * 2 + ["expert"] * 2
    with pytest.raises(DefinitionError, match='two methodologies have the name "as it stands"'):
        INDEX.compare(table=TABLE, **{"as it stands": {"weighting": "equal"}})


def public_functions() -> Iterator[tuple[str, Any]]:
    """Yield the functions that users call, and the methods of the objects that these return."""
    for name in indicia.__all__:
        offered = getattr(indicia, name)
        if inspect.isfunction(offered):
            yield name, offered
    for name in dir(analysis):
        if inspect.isfunction(getattr(analysis, name)):
            yield f"analysis.{name}", getattr(analysis, name)
    classes = (indicia.Index, indicia.FittedIndex, indicia.Result, Comparison, Robust, Stability)
    for owner in (*classes, EditionDifference, Recast, Inspection, Explanation):
        for name, method in inspect.getmembers(owner, callable):
            if not name.startswith("_") and getattr(method, "__module__", "").startswith("indicia"):
                yield f"{owner.__name__}.{name}", method


def test_no_public_parameter_is_just_an_object() -> None:
    untyped = {
        f"{name}({parameter.name})"
        for name, function in public_functions()
        for parameter in inspect.signature(function).parameters.values()
        if parameter.annotation in ("object", "object | None") or parameter.annotation is inspect.Parameter.empty
        if parameter.name not in ("self", "cls")
    }
    assert untyped == set()
