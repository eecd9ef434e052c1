from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from indicia.formulas import Expression, FixedStatistics, Recorder, Statistics, column, record
from indicia.formulas.node import FixedValue, Lookup, Statistic
from indicia.formulas.recorder import adds_squares
from indicia.formulas.to_text import to_text

x = column("x")
RUNS: list[object] = []


@dataclass(frozen=True)
class Shift:
    """A formula that notes how often it runs."""

    by: Any
    keep: bool = True

    def __call__(self, recorder: Recorder) -> Expression:
        RUNS.append(self.by)
        recorder.cacheable = self.keep
        return x + (self.by if isinstance(self.by, (int, float)) else 0.0)


def runs(*formulas: Any) -> int:
    """Return the number of formulas that run, and are not taken from the cache."""
    RUNS.clear()
    for formula in formulas:
        record(formula)
    return len(RUNS)


def fixed_value(word: str, value: float) -> FixedValue:
    return FixedValue("fixed", (x.node,), (word, value))


def statistics(fixed: FixedStatistics | None = None) -> Statistics:
    return Recorder()("x", x, fixed)


def test_the_questions_of_a_formula_are_noted_in_the_order_in_which_it_asks() -> None:
    def formula(recorder: Recorder) -> Expression:
        s = recorder("x", x)
        held = recorder.cached_column("held", 1, x - s.mean)
        return held / recorder("held", held).max + s.value_of_period("2020") + s(x.log().mean()) + s.min + s.mean

    recorded = record(formula)
    assert [str(question) for question in recorded.questions] == [
        "mean of x", "cached(1) of held", "max of held", "value_of_period(2020) of x", "settled(1) of x", "min of x"
    ]  # fmt: skip
    assert to_text(recorded.root).endswith("+ mean(log(x, 2.718281828459045)) + min(x) + mean(x)")


def test_a_statistic_with_two_names_is_one_node() -> None:
    recorder = Recorder()
    assert recorder("x", x).max.node is recorder("index", x)(x.max()).node
    assert len(set(recorder.questions.values())) == 1


def test_fixed_bounds_take_the_place_of_minimum_and_maximum() -> None:
    recorder = Recorder()
    s = recorder("x", x, FixedStatistics(1, column("high").node, 3.0))
    assert [s.min.node, s.target.node] == [fixed_value("min", 1.0), fixed_value("target", 3.0)]
    assert s.max.node is column("high").node
    assert recorder.questions == {}


def test_the_bounds_of_a_cost_swap_and_change_sign() -> None:
    s = Recorder()("x", -x, FixedStatistics(1, column("high").node, 3.0))
    assert s.min.node is (-column("high")).node
    assert s.max.node is (-Expression(fixed_value("min", 1.0))).node
    assert s.target.node is (-Expression(fixed_value("target", 3.0))).node


def test_a_bound_of_a_computed_value_names_no_column() -> None:
    s = Recorder()("x", x.abs(), FixedStatistics(0.0, 1.0))
    assert s.max.node is FixedValue("fixed", (), ("max", 1.0))


def test_without_a_target_the_remedy_names_it() -> None:
    with pytest.raises(ValueError, match="x has no target: write target = "):
        _ = statistics().target


def test_the_parent_is_for_methods_that_name_their_parents() -> None:
    with pytest.raises(ValueError, match="needs an imputation or a treatment with `parents`"):
        _ = statistics().parent
    assert isinstance(Recorder()("x", x, parents="region").parent.node, Lookup)


def test_a_deviation_and_a_length_add_up_squares() -> None:
    for statistic in (statistics().std, statistics().std_with(0), statistics().norm):
        assert adds_squares(statistic.node)
    for other in (statistics().mean, statistics()(x.std())):
        assert isinstance(other.node, Statistic)
        assert not adds_squares(other.node)


# what is kept


def test_equal_formulas_run_once() -> None:
    assert runs(Shift(0.125), Shift(0.125), Shift(0.25)) == 2


@pytest.mark.parametrize(("one", "other"), [(3, 3.0), (1, True), (0.0, -0.0)])
def test_formulas_run_separately_if_only_python_finds_their_parameters_equal(one: Any, other: Any) -> None:
    assert runs(Shift((one, "types")), Shift((other, "types"))) == 2


def test_a_formula_with_a_table_of_parameters_runs_once() -> None:
    assert runs(Shift({"a": [1.5]}), Shift({"a": [1.5]}), Shift({"a": [2.5]})) == 2


def test_a_formula_without_an_identity_runs_each_time() -> None:
    array = np.ones(2)
    assert runs(Shift(array), Shift(array)) == 2


def test_a_formula_that_is_not_to_be_kept_runs_each_time() -> None:
    assert runs(Shift(7.0, keep=False), Shift(7.0, keep=False)) == 2


def test_the_key_of_a_function_has_its_code_and_captured_variables() -> None:
    def made(power: float) -> Any:
        return lambda column: column**power

    assert runs(Shift(made(2.0)), Shift(made(2.0)), Shift(made(3.0)), Shift(lambda column: column**2.0)) == 3


def test_a_formula_of_which_a_test_replaces_a_function_runs_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert runs(Shift(41.0)) == 1
    formula = Shift.__call__
    monkeypatch.setattr(Shift, "__call__", lambda self, recorder: formula(self, recorder) * 2)
    assert runs(Shift(41.0)) == 1


def test_the_cache_of_formulas_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indicia.formulas.recorder._CAPACITY", 2)
    assert runs(Shift(31.0), Shift(32.0), Shift(31.0), Shift(33.0), Shift(31.0), Shift(32.0)) == 4
