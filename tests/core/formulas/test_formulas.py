from __future__ import annotations

import math
import operator
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from polars.exceptions import InvalidOperationError

from indicia.formulas import UNIT, Expression, column, literal, operations
from indicia.formulas.node import (
    CachedColumn,
    FixedValue,
    Number,
    Operation,
    Reduction,
    Statistic,
    Weight,
    identity_key,
    postorder,
)
from indicia.formulas.rounds import rounds
from indicia.formulas.to_polars import Compiler, to_polars
from indicia.formulas.to_text import to_text
from indicia.methods import where

if TYPE_CHECKING:
    from collections.abc import Callable

x, y = column("x"), column("y")
FRAME = pl.DataFrame({"x": [0.5, None, -0.25, 0.5, 0.75], "y": [1.0, 2.0, None, 4.0, 5.0]})


def computed(expression: Expression, frame: pl.DataFrame = FRAME) -> list[Any]:
    values: list[Any] = frame.select(to_polars(expression.node).alias("z"))["z"].to_list()
    return values


# nodes


def test_equal_steps_are_one_node() -> None:
    assert ((x + 1) * y).node is ((x + 1) * y).node


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (1, True), (0.0, -0.0), ("1", 1), (0, False)])
def test_literals_that_python_takes_for_equal_are_different_nodes(one: Any, other: Any) -> None:
    assert (x + one).node is not (x + other).node


def test_literals_that_are_no_numbers_are_one_node() -> None:
    assert (x + math.nan).node is (x + float("nan")).node


def test_a_node_is_frozen() -> None:
    with pytest.raises(AttributeError, match="frozen"):
        x.node.kind = "other"


def test_a_node_that_was_sent_to_another_process_is_the_same_node() -> None:
    node = (x.clip(0.0, None) / x.quantile(0.5, "linear") > y).node
    assert pickle.loads(pickle.dumps(node)) is node


def test_threads_that_record_the_same_formula_get_the_same_node() -> None:
    with ThreadPoolExecutor(8) as pool:
        nodes = list(pool.map(lambda _: (column("shared") * 2 + 1).node, range(200)))
    assert len({id(node) for node in nodes}) == 1


def test_a_sum_of_5000_columns_is_walked_and_written() -> None:
    total = x
    for number in range(5000):
        total = total + column(f"x{number}")
    assert len(postorder([total.node])) == 10_001
    assert to_text(total.node).endswith("+ x4999")


@dataclass(frozen=True)
class Limits:
    share: float

    def of(self, values: Any) -> list[float]:
        return [float(np.quantile(values, self.share))]


def test_bound_methods_of_equal_methods_are_identical() -> None:
    assert identity_key(Limits(0.5).of) == identity_key(Limits(0.5).of) != identity_key(Limits(0.25).of)


def test_a_method_with_a_table_of_parameters_has_an_identity() -> None:
    assert identity_key(Limits({"a": [1.0]})) == identity_key(Limits({"a": [1.0]})) != identity_key(Limits({"a": [1]}))


# expressions


def test_a_decision_on_values_is_refused_with_its_remedy() -> None:
    with pytest.raises(TypeError, match=r"cannot use if on values: write where\("):
        bool(x > 0)


def test_an_unknown_operation_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(AttributeError, match=r"no operation sinc; there are: abs, .*, tanh"):
        x.sinc()


@pytest.mark.parametrize("value", [pl.col("x"), [1.0], np.ones(2)])
def test_a_formula_is_made_of_expressions_and_numbers(value: Any) -> None:
    with pytest.raises(TypeError, match="a formula is made of expressions and numbers"):
        x.fill_null(value)


def test_numbers_of_numpy_are_literals_on_either_side() -> None:
    assert (np.float64(2.0) * x).node is (2.0 * x).node
    assert (x - np.int64(2)).node is (x - 2).node


SIGNS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "le", "gt", "ge", "eq", "ne")
CALLS: dict[str, Callable[[Any], Any]] = {
    "pow": lambda x: x.pow(2),
    "clip": lambda x: x.clip(0.0, 0.6),
    "is_between": lambda x: x.is_between(0.0, 0.6),
    "is_in": lambda x: x.is_in([0.5]),
    "fill_null": lambda x: x.fill_null(9.0),
    "fill_nan": lambda x: x.fill_nan(9.0),
    "replace": lambda x: x.replace(0.5, 9.0),
    "replace_strict": lambda x: x.is_null().replace_strict([True, False], ["missing", "present"]),
    "cast": lambda x: x.cast(str),
    "round": lambda x: x.round(1),
    "rank": lambda x: x.rank("min", descending=True),
    "quantile": lambda x: x.quantile(0.3, "linear"),
    "any": lambda x: (x > 0).any(),
    "all": lambda x: (x > 0).all(),
    "std": lambda x: x.std(ddof=0),
    "var": lambda x: x.var(ddof=0),
    "bottom_k": lambda x: x.bottom_k(2).max(),
    "sort": lambda x: x.sort(descending=True),
    "unique": lambda x: x.unique().sum(),
}


@pytest.mark.parametrize("name", operations())
def test_every_operation_computes_what_polars_does(name: str) -> None:
    call = CALLS.get(name, lambda x: getattr(x, name)())
    wanted = FRAME.select(call(pl.col("x")).alias("z"))["z"]
    assert pl.Series("z", computed(call(x)), wanted.dtype).equals(wanted, null_equal=True)


@pytest.mark.parametrize(
    "sign", ["add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "lt", "le", "gt", "ge", "eq", "ne"]
)
def test_every_operator_computes_what_polars_does_from_both_sides(sign: str) -> None:
    of = getattr(operator, sign)
    for ours, theirs in ((of(x, 2.0), of(pl.col("x"), 2.0)), (of(2.0, x), of(2.0, pl.col("x")))):
        assert repr(computed(ours)) == repr(FRAME.select(z=theirs)["z"].to_list())


def test_logic_joins_conditions() -> None:
    assert computed(where((x > 0) & ~(y > 4) | x.is_null(), "yes", "no")) == ["yes", "yes", "no", "yes", "no"]


def test_a_missing_condition_takes_the_other_value() -> None:
    assert computed(where(x > 0, 1.0, 2.0))[1] == 2.0


def test_words_of_a_choice_are_words_and_not_columns() -> None:
    assert computed(where(y > 3, "x", "y")) == ["y", "y", "y", "x", "x"]


# back ends


def test_values_are_put_in_when_a_tree_is_compiled() -> None:
    weight, mean = Weight("weight", (), ("index", "x")), Statistic("statistic", (y.mean().node,))
    root = (Expression(weight) * y - Expression(mean)).node
    compiler = Compiler({weight: 0.5})
    compiler.put(mean, pl.lit(3.0))
    assert FRAME.select(z=compiler(root))["z"].to_list() == [-2.5, -2.0, None, -1.0, -0.5]


def test_a_missing_value_of_a_placeholder_is_named() -> None:
    with pytest.raises(ValueError, match=r"the compiler has no value of <Statistic mean\(y\)>"):
        to_polars(Statistic("statistic", (y.mean().node,)))


def test_a_step_that_polars_refuses_is_named() -> None:
    with pytest.raises(InvalidOperationError, match=r"<Operation round\(x, 'a'\)>: "):
        to_polars(x.round("a").node)


def test_numbers_are_computed_as_python_computes_them() -> None:
    weight = Weight("weight", (), ("index", "x"))
    for value, wanted in ((0.1, 1 / 0.1 ** (1 / 3)), (0.0, math.inf)):
        made = Compiler({weight: value})((1 / Expression(weight) ** (1 / 3)).node)
        assert pl.select(made).item() == wanted


def test_a_fixed_value_is_a_column() -> None:
    made = Compiler({})((y / Expression(FixedValue("fixed", (), ("max", 3.0)))).node)
    assert made.meta.root_names() == ["y", "\0one"]


def test_the_value_of_a_unit_is_looked_up() -> None:
    frame = FRAME.with_columns(pl.Series(UNIT, list("abcde")))
    assert computed(Expression(Reduction("value_of_unit", (y.node,), ("d",))), frame) == [4.0]


def test_of_no_values_nothing_is_learned() -> None:
    learned = Reduction("fit", (x.node,), (Limits(0.5).of, 1))
    item = Expression(Operation("item", (learned,), (0,)))
    assert computed(item) == [0.5]
    assert computed(item, FRAME.filter(pl.col("x").is_null())) == [None]


def test_a_statistic_of_a_statistic_is_settled_a_round_later() -> None:
    mean = Statistic("statistic", (x.mean().node,))
    held = CachedColumn("cached", ((x - Expression(mean)).node,))
    largest = Statistic("statistic", (Expression(held).max().node,))
    other = Statistic("statistic", (y.max().node,))
    assert rounds([mean, held, largest, other]) == [[mean, other], [held], [largest]]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ((x - x.min()) / (x.max() - x.min()), "(x - min(x)) / (max(x) - min(x))"),
        (x - (y - 1) - 2, "x - (y - 1) - 2"),
        (-(x**2), "-x ** 2"),
        ((-x) ** 2, "(-x) ** 2"),
        (x * -1.0, "x * -1.0"),
        ((x > 0) & ~(y == 1), "(x > 0) & ~(y == 1)"),
        (where(x.is_null(), x, literal("a")), "where(is_null(x), x, 'a')"),
        (x.cast(float).clip(None, 1.0), "clip(cast(x, float), None, 1.0)"),
    ],
)
def test_a_formula_is_written_in_one_line(expression: Expression, text: str) -> None:
    assert to_text(expression.node) == text


def test_what_is_printed_of_an_expression_is_its_formula() -> None:
    assert repr(x + 1) == "<Expression x + 1>"


def test_what_is_printed_of_a_node_is_its_kind() -> None:
    assert repr(Number("number", (), (1,))) == "<Number number 1>"
    assert repr((x + 1).node) == "<Operation add>"
