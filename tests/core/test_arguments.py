"""Wrong arguments are refused in plain words, with the nearest name; public parameters have types."""

from __future__ import annotations

import inspect
import math
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia import analysis, types
from indicia.errors import DefinitionError, WrongArgument
from indicia.kinds import hint_of, is_of
from indicia_site.public_names import ROOMS, members

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
        (lambda: INDEX.compare(agreement=3), "compare has no", "known: against, aggregation"),
        (
            lambda: INDEX.compare(others={"expert": {"weights": "equal"}}),
            'no argument "weights"',
            'did you mean "weighting"?',
        ),
        (lambda: INDEX.score(tabel=TABLE), "score has no", 'did you mean "table"?'),
        (lambda: indicia.score(TABLE, normalization="z_score"), "score has no", 'did you mean "normalisation"?'),
        (lambda: INDEX.stability(TABLE, unit=2), "stability has no", 'did you mean "units"?'),
        (lambda: INDEX.audit(TABLE, ful=True), "audit has no", 'did you mean "full"?'),
    ],
)
def test_an_unknown_argument_is_refused_with_the_nearest_name(call: Callable[[], Any], what: str, remedy: str) -> None:
    with pytest.raises(WrongArgument, match=what) as caught:
        call()
    assert remedy in str(caught.value.remedy)
    assert isinstance(caught.value, TypeError)  # as from any function of Python


def test_a_number_is_no_table() -> None:
    with pytest.raises(indicia.IndiciaError, match='table must be path, frame, dict or "-", and not 42'):
        INDEX.score(42)  # type: ignore[arg-type]


def test_named_methodologies_stand_beside_the_index() -> None:
    official = INDEX.with_options(aggregation="geometric", normalisation="min_max(lower=1, upper=100)")
    comparison = INDEX.compare(TABLE, others={"expert": {"weighting": "equal"}, "official": official}).figures
    assert [methodology.label for methodology in comparison.methods] == ["as it stands", "expert", "official"]
    assert comparison.methods[2].choices["aggregation"] == "geometric"
    assert comparison.scores["3"].to_list() == official.score(TABLE).scores["score"].to_list()
    grid = INDEX.compare(TABLE, others={"expert": {"weighting": "equal"}}, normalisation=["min_max", "rank"]).figures
    assert grid.methodologies["index"].to_list() == ["as it stands"] * 2 + ["expert"] * 2
    with pytest.raises(DefinitionError, match='two methodologies have the name "as it stands"'):
        INDEX.compare(TABLE, others={"as it stands": {"weighting": "equal"}})


ROOMS_OF_AUTHORS = ("analyses", "catalogue", "checks", "methods", "needs", "outputs", "testing", "types")
"""The modules for authors of plugins, whose names Indicia calls."""
INNER = {
    *("changes_from", "citations_with", "in_language", "of", "of_record", "progress", "ranked", "read", "retold"),
    *("read_published", "rows_of", "units_of"),
}
"""The methods that take objects which only Indicia makes."""


def public_functions() -> Iterator[tuple[str, Any]]:
    """Yield the functions that users call, and the methods of the objects that these return."""
    rooms = [room for room in ROOMS if room.module.rpartition(".")[2] not in ROOMS_OF_AUTHORS]
    offered = [value for room in rooms for value in room.objects.values()]
    offered += [getattr(analysis, name) for name in dir(analysis)]
    for value in offered:
        if inspect.isfunction(value):
            yield value.__name__, value
        for member in members(value) if inspect.isclass(value) and not getattr(value, "_is_protocol", False) else ():
            function = getattr(member.value, "__func__", member.value)
            if member.name in INNER or not inspect.isfunction(function):
                continue
            if len(inspect.signature(function).parameters) > 1:
                yield f"{value.__name__}.{member.name}", function


PUBLIC = dict(public_functions())
PARAMETERS = [
    pytest.param(function, parameter, id=f"{name}({parameter.name})")
    for name, function in PUBLIC.items()
    for parameter in inspect.signature(function).parameters.values()
    if parameter.name not in ("self", "cls") and parameter.kind is not parameter.VAR_KEYWORD
]
FRAME = pl.DataFrame(TABLE)
WRONG = [
    *(3, -1, 0, 2.5, math.nan, True, None, np.int64(3), date(2021, 1, 1)),
    *("many", "", b"x", FRAME, FRAME["city"], np.array([1.0]), object(), int),
    *([], [3], ["x"], [None], [object()], (1, 2), {}, {"x": "y"}, {"x": object()}, {3: 4}),
]
"""Values of every kind, of which each parameter takes a few."""


def test_every_public_function_checks_its_arguments() -> None:
    assert len(PUBLIC) > 150
    assert [name for name, function in PUBLIC.items() if not hasattr(function, "__wrapped__")] == []


@pytest.mark.parametrize(("function", "parameter"), PARAMETERS)
def test_a_value_of_another_kind_is_refused_before_the_function_runs(
    function: Callable[..., Any], parameter: inspect.Parameter
) -> None:
    takes = is_of(hint_of(inspect.unwrap(function), parameter.name))
    refused = [value for value in WRONG if not takes(value) and value is not parameter.default]
    assert refused or parameter.name == "names"  # of `plot`, which refuses all itself
    owner = [object.__new__(Owner)] if next(iter(inspect.signature(function).parameters)) in ("self", "cls") else []
    for value in refused:
        is_variable = parameter.kind is parameter.VAR_POSITIONAL
        args, kwargs = ([value], {}) if is_variable else ([], {parameter.name: value})
        with pytest.raises(WrongArgument) as caught:
            function(*owner, *args, **kwargs)
        assert parameter.name in caught.value.what or "has no table" in caught.value.what
        assert str(caught.value.where).endswith(")")
        assert caught.value.remedy


class Owner:
    """An object of no class of Indicia: the function must not get as far as to look at it."""


def test_no_public_parameter_is_just_an_object() -> None:
    untyped = {
        f"{name}({parameter.name})"
        for name, function in PUBLIC.items()
        for parameter in inspect.signature(function).parameters.values()
        if parameter.annotation in ("object", "object | None") or parameter.annotation is inspect.Parameter.empty
        if parameter.name not in ("self", "cls", "names")
    }
    assert untyped == set()


RESULT = INDEX.score(TABLE)


@pytest.mark.parametrize(
    ("call", "what", "where", "remedy"),
    [
        (
            lambda: INDEX.compare(others=[FRAME]),
            "others must be",
            "Index.compare(others=",
            "Methodologies",
        ),
        (lambda: indicia.fit(FRAME), "index must be Index", "indicia.fit(index=a DataFrame)", "table=… takes a DataFr"),
        (lambda: INDEX.audit(TABLE, profile=3), "profile = 3 must be a text", "Index.audit(profile=3)", "the path of"),
        (
            lambda: INDEX.stability(TABLE, steps=0.1),
            "steps = 0.1 must be a text or a table",
            "Index.stability(steps=0.1)",
            "±50% by 10%",
        ),
        (lambda: INDEX.stability(TABLE, period=[2]), "must be a text, a whole number or", "Index.stability(pe", "last"),
        (lambda: INDEX.explain(TABLE, of=3), "of = 3 must be a text", "Index.explain(of=3)", ""),
        (lambda: RESULT.plot("ranking"), "a chart is drawn by a method", "plot('ranking')", "plot.ranking()"),
        (lambda: RESULT.plot(theme="drak"), 'no theme "drak"', "Charts(theme=", 'did you mean "dark"?'),
        (lambda: RESULT.plot.ranking(top="x"), "top must be", 'Ranking(top="x")', ""),
        (lambda: RESULT.frame("rank"), 'frame has no table "rank"', "Result.frame(", 'did you mean "ranks"?'),
        (lambda: INDEX.robustness(TABLE, top=5), "top = 5 must be a list", "Index.robustness(top=5)", "top=[5]"),
        (lambda: indicia.score(TABLE, costs="co2"), "costs must be iterable", "indicia.score(", 'costs=["co2"]'),
        (
            lambda: indicia.score(TABLE, "z_score"),
            "score takes 1 argument",
            "indicia.sc",
            "normalisation=…",
        ),
        (lambda: INDEX.score(TABLE, 3), "score takes 1 argument", "Index.score(", "leave out"),
        (lambda: indicia.diff(TABLE), "diff needs new", "indicia.diff(…)", "an index, a pack"),
        (
            lambda: INDEX.audit(TABLE, draws=0),
            "draws = 0 must be 1 or more",
            "Index.audit(draws=0)",
            "number of draws",
        ),
        (lambda: INDEX.audit(TABLE, seed=-1), "seed = -1 must be 0 or more", "Index.audit(seed=-1)", "seed of the"),
        (lambda: indicia.fit(INDEX, TABLE, keep=["stats"]), "keep names what is kept", "keep = ['stats']", "since"),
        (lambda: indicia.fit(INDEX, TABLE, workers=2), "workers would count for nothing", "indicia.fit(w", "engine="),
        (
            lambda: indicia.fit(INDEX, TABLE, engine="memory", keep=["bounds"]),
            "keep would count for no",
            "ind",
            "engine",
        ),
        (lambda: INDEX.robustness(TABLE, weights="a lot"), 'cannot read the weights "a lot"', "", "write ±25%"),
    ],
)
def test_a_wrong_call_names_its_fault_its_place_and_a_remedy(
    call: Callable[[], Any], what: str, where: str, remedy: str
) -> None:
    with pytest.raises(indicia.IndiciaError) as caught:
        call()
    assert what in caught.value.what
    assert where in str(caught.value.where)
    assert any(words in str(caught.value.remedy) for words in remedy.split("|"))


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("±25%", {"spread": 0.25}),
        ("simplex", {"simplex": True}),
        ("dirichlet(100)", {"dirichlet": 100}),
        ("income >= 2 co2", {"constraints": ["income >= 2 co2"]}),
    ],
)
def test_weights_are_drawn_by_the_words_of_the_command_line(words: str, value: types.WeightDraws) -> None:
    by_words, by_value = (
        INDEX.robustness(TABLE, draws=20, seed=1, weights=weights).figures for weights in (words, value)
    )
    assert by_words.ranks.tolist() == by_value.ranks.tolist()
    assert by_words.weights.keys() == by_value.weights.keys()
    gaps = [INDEX.gap(TABLE, a="Lima", b="Oslo", weights=weights, draws=20) for weights in (words, value)]
    assert gaps[0].sentences() == gaps[1].sentences()


def test_whole_numbers_of_numpy_are_whole_numbers() -> None:
    assert INDEX.robustness(TABLE, draws=np.int64(20), seed=1, weights="±25%").figures.compact_ranks.shape[0] == 20
