"""Formulas in LaTeX, as recorded and simplified for readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia.catalogue import installed
from indicia.formulas import ONE, Expression, FixedStatistics, RecordedFormula, Weight, column, literal, record
from indicia.formulas.node import FixedValue, Node, Statistic, postorder
from indicia.formulas.tidy import tidy
from indicia.formulas.to_latex import to_latex
from indicia.formulas.to_polars import Compiler
from indicia.methods import Aggregation, MatrixAggregation, MatrixImputation, SeriesImputation, row_sum, where
from indicia.stages.normalise import NormalisationFormula
from indicia.stages.score_formula import ComponentInput, ScoreFormula
from indicia_report.mathml import mathml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from indicia.formulas import Recorder

x, y = column("x"), column("gdp_per_head")


def settled(aggregate: Expression) -> Expression:
    return Expression(Statistic("statistic", (aggregate.node,)))


def fixed(word: str, value: float) -> Expression:
    return Expression(FixedValue("fixed", (x.node,), (word, value)))


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        ((x - settled(x.mean())) / settled(x.std()), r"\frac{x - \overline{x}}{s_{x}}"),
        (settled(x.sum()) * 2.0, r"\left(\sum x\right) \cdot 2"),
        (settled((x - y).max()), r"\max \left(x - \mathit{gdp\_per\_head}\right)"),
        (x - (1.0 - x), r"x - \left(1 - x\right)"),
        (x + literal(-2.0), r"x + \left(-2\right)"),
        ((x**2) ** 0.5, r"\left(x^{2}\right)^{0.5}"),
        (x.exp() ** 2, r"\left(e^{x}\right)^{2}"),
        (x.log() / x.log(2), r"\frac{\ln x}{\log_{2} x}"),
        (x.abs().sqrt().floor(), r"\left\lfloor \sqrt{\left| x \right|} \right\rfloor"),
        (x.clip(0.0, None), r"\max\left(0, x\right)"),
        (x.clip(0.0, 1.0), r"\min\left(1, \max\left(0, x\right)\right)"),
        ((x > 0).cast(float), r"\left[x > 0\right]"),
        (where((x > 0) & ~x.is_null(), x, 1e-9),
         r"\begin{cases} x & \text{if } x > 0 \land \lnot \left(x \text{ is missing}\right) "
         r"\\ 1 \cdot 10^{-9} & \text{else} \end{cases}"),
        (settled(x.quantile(0.25, "linear")), r"Q_{0.25}\left(x\right)"),
        (x.rank("min"), r"\operatorname{rank}\left(x\right)"),
        (x.cum_sum().shift(2), r"\operatorname{shift}\left(\operatorname{cum\_sum}\left(x\right), 2\right)"),
        (x.is_in(["a", "b_c"]), r"\operatorname{is\_in}\left(x, \left(\text{a}, \text{b\_c}\right)\right)"),
        (Expression(Weight("weight", (), ("index", "x"))) * x, r"w_{x} \cdot x"),
    ],
)  # fmt: skip
def test_a_formula_is_written_with_symbols(formula: Expression, latex: str) -> None:
    assert to_latex(formula.node) == latex


def test_numbers_take_the_place_of_symbols() -> None:
    mean, weight = settled(y.mean()), Expression(Weight("weight", (), ("index", "x")))
    formula = weight * (x - mean) / 3
    latex = to_latex(formula.node, {mean.node: -1234.5678, weight.node: 0.25}, {"x": 2.0}, digits=3)
    assert latex == r"\frac{0.25 \cdot \left(2 - \left(-1.23 \cdot 10^{3}\right)\right)}{3}"


def test_special_characters_of_a_name_are_escaped() -> None:
    assert to_latex(column(r"a}\end{b} % $").node) == r"\text{a\}\textbackslash end\{b\} \% \$}"


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ((-x - settled((-x).min())) / (settled((-x).max()) - settled((-x).min())),
         r"\frac{\max x - x}{\max x - \min x}"),
        (-x - -fixed("max", 40.0), "40 - x"),
        (x - fixed("min", -5.0), "x + 5"),
        ((-x - settled((-x).mean())) / settled((-x).std()), r"\frac{\overline{x} - x}{s_{x}}"),
        (0.0 + 1.0 * x / 1, "x"),
        (x.clip(None, None) ** 1, "x"),
        (x + literal(-2.0), "x - 2"),
        (literal(-2.0) * x, r"-2 \cdot x"),
        ((-x) / (-y), r"\frac{x}{\mathit{gdp\_per\_head}}"),
        (-(x - y), r"\mathit{gdp\_per\_head} - x"),
        (row_sum([2.0 * x, y]), r"2 \cdot x + \mathit{gdp\_per\_head}"),
        (x * True, r"x \cdot \text{True}"),
    ],
)  # fmt: skip
def test_a_formula_is_tidied_as_a_person_would_write_it(formula: Expression, text: str) -> None:
    assert to_latex(tidy(formula.node)[0]) == text


def test_the_statistics_of_a_cost_come_with_the_values_of_the_raw_indicator() -> None:
    lowest = settled((-x).min())
    root, values = tidy((-x - lowest).node, {lowest.node: -9.0})
    assert to_latex(root, values, {"x": 4.0}) == "9 - 4"


def test_a_missing_component_counts_as_it_is_filled() -> None:
    root, _ = tidy(row_sum([2.0 * x, 3.0 * y]).node, row={"x": None, "gdp_per_head": 5.0})
    assert to_latex(root, row={"x": None, "gdp_per_head": 5.0}) == r"3 \cdot 5"


# every shipped method


def prepared(method: Any, what: str) -> Callable[[Recorder], Expression]:
    """Return the formula of a treatment or an imputation of x0."""
    x = column("x0")
    return lambda recorder: getattr(method, what)(x, recorder("x0", x, parents=method.parents))


def shipped() -> Iterator[Any]:
    catalogue = installed()
    bounds = {"free": FixedStatistics(target=30.0), "fixed": FixedStatistics(1.0, 40.0, 30.0)}
    for (kind, name), offer in sorted(catalogue.offers.items()):
        if kind not in ("normalisation", "aggregation", "treatment", "imputation"):
            continue
        method: Any = catalogue.choose(kind, offer.method.example or name)
        made: dict[str, Any] = {}
        if kind == "normalisation":
            for word, known in bounds.items():
                for cost in (False, True):
                    formula = NormalisationFormula(method, "x0", cost, known, None, (), constant=False)
                    made[f"{word} {'cost' if cost else 'benefit'}"] = formula
        elif kind == "aggregation" and not (
            isinstance(method, MatrixAggregation) and type(method).combine is Aggregation.combine
        ):
            inputs = tuple(
                ComponentInput(f"x{at}", ("index", f"x{at}"), "benefit" if method.oriented or at else "cost")
                for at in range(3)
            )
            made = {
                part: ScoreFormula(method, "index", inputs, incomplete=part == "gaps") for part in ("whole", "gaps")
            }
        elif kind == "treatment":
            made = {"": prepared(method, "treat")}
        elif kind == "imputation" and not isinstance(method, MatrixImputation | SeriesImputation):
            made = {"": prepared(method, "fill")}
        for word, formula in made.items():
            yield pytest.param(formula, id=f"{kind} {name} {word}")


SHIPPED = list(shipped())
ROW = {"x0": 2.5, "x1": 0.75, "x2": 0.5, "\0\0index": 0.9}


def values_of(recorded: RecordedFormula) -> dict[Node, Any]:
    """Return made-up values of all that is put into a formula: in the order of the questions, 1.5, 1.75, 2, …"""
    values: dict[Node, Any] = {}
    for node in postorder([*recorded.questions.values(), recorded.root]):
        if node.is_placeholder:
            learned = node.args[0] if node.args and node.args[0].kind == "fit" else None
            number = 1.5 + len(values) / 4
            values[node] = [number + at for at in range(learned.options[1])] if learned else number
    return values


@pytest.mark.parametrize("formula", SHIPPED)
def test_the_formula_of_every_method_is_drawn_with_symbols_and_with_numbers(formula: Any) -> None:
    recorded = record(formula)
    values = values_of(recorded)
    for latex in (to_latex(recorded.root), to_latex(tidy(recorded.root)[0], names={"x0": "x_0"})):
        assert mathml(latex).startswith("<math"), latex
    root, tidied = tidy(recorded.root, values, ROW)
    latex = to_latex(root, tidied, ROW)
    assert mathml(latex).startswith("<math"), latex
    assert not [name for name in ("x0", "x1", "x2", "w_") if name in latex], latex


def literal_of(numbers: list[float]) -> pl.Expr:
    return pl.lit(pl.Series([numbers], dtype=pl.Array(pl.Float64, len(numbers))))


def computed(root: Node, values: dict[Node, Any]) -> float:
    """Compute a formula of one row, with values put in."""
    frame = pl.DataFrame({**ROW, ONE: 1.0})
    lists = {
        node: pl.lit(pl.Series([value], dtype=pl.Array(pl.Float64, len(value))))
        for node, value in values.items()
        if isinstance(value, list)
    }
    made = Compiler({**values, **lists})(root)
    return float(frame.select(made.alias("z").cast(float)).item())


@pytest.mark.parametrize("formula", SHIPPED)
def test_a_tidied_formula_has_the_value_of_the_formula(formula: Any) -> None:
    recorded = record(formula)
    values = values_of(recorded)
    root, tidied = tidy(recorded.root, values, ROW)
    assert computed(root, tidied) == pytest.approx(computed(recorded.root, values), rel=1e-9, abs=1e-12, nan_ok=True)
