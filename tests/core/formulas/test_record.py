from __future__ import annotations

import pytest

from indicia.formulas import Expression, FixedStatistics, Recorder, Statistics, column, record
from indicia.formulas.node import FixedValue, Lookup, Statistic
from indicia.formulas.record import scaled
from indicia.formulas.to_text import to_text

x = column("x")


def statistics(fixed: FixedStatistics | None = None) -> Statistics:
    return Recorder()("x", x, fixed)


def test_the_questions_of_a_formula_are_noted_in_the_order_in_which_it_asks() -> None:
    def formula(recorder: Recorder) -> Expression:
        s = recorder("x", x)
        held = recorder.cached_column("held", x - s.mean)
        return held / recorder("held", held).max + s.of_period("2020") + s(x.log().mean()) + s.min + s.mean

    recorded = record(formula)
    assert list(recorded.questions) == ["x\0mean", "held\0", "held\0max", "x\0at 2020", "x\x001", "x\0min"]
    assert to_text(recorded.root).endswith("+ mean(log(x, 2.718281828459045)) + min(x) + mean(x)")


def test_a_statistic_that_is_asked_for_under_two_names_is_one_node() -> None:
    recorder = Recorder()
    assert recorder("x", x).max.node is recorder("index", x)(x.max()).node
    assert len(set(recorder.questions.values())) == 1


def test_the_minimum_and_the_maximum_are_the_fixed_bounds_and_nothing_is_asked() -> None:
    recorder = Recorder()
    s = recorder("x", x, FixedStatistics(1, column("high").node, 3.0))
    assert [s.min.node, s.target.node] == [FixedValue("fixed", (), (1.0,)), FixedValue("fixed", (), (3.0,))]
    assert s.max.node is column("high").node
    assert recorder.questions == {}


def test_the_bounds_of_a_cost_change_places_and_signs() -> None:
    assert FixedStatistics(1.0, column("high").node, 3.0).mirrored() == FixedStatistics(
        (-column("high")).node, -1.0, -3.0
    )


def test_without_a_target_the_remedy_names_it() -> None:
    with pytest.raises(ValueError, match="x has no target: write target = "):
        _ = statistics().target


def test_the_parent_is_for_imputations_that_name_their_parents() -> None:
    with pytest.raises(ValueError, match="imputations that name their `parents`"):
        _ = statistics().parent
    assert isinstance(Recorder("parent in region")("x", x).parent.node, Lookup)


def test_a_deviation_and_a_length_know_how_to_scale() -> None:
    for statistic in (statistics().std, statistics().deviation(0), statistics().length):
        assert scaled(statistic.node) is not None
    for other in (statistics().mean, statistics()(x.std())):
        assert isinstance(other.node, Statistic)
        assert scaled(other.node) is None
