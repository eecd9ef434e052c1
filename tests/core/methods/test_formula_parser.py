"""The language of formulas is closed: whatever else Python could read in it is refused, and nothing runs."""

from __future__ import annotations

import pytest

from indicia.methods.formula_parser import FormulaParser

WORDS = FormulaParser(word=lambda name: lambda scope: scope[name])

STRANGE = [
    "__import__('os').system('true')",
    "x.__class__",
    "x.__class__.__mro__[1].__subclasses__()",
    "(lambda: x)()",
    "f'{x}'",
    "(x := 1)",
    "max(*x)",
    "max(a=x)",
    "max(x, x, x)",
    "[x for y in x][0]",
    "{x: x}",
    "x[0]",
    "x if x else 1",
    "1 if x < 2 < 3 else 0",
    "x and 1",
    "not x",
    "~x",
    "x @ x",
    "x // 2",
    "x % 2",
    "x << 2",
    "x ^ 2",
    "b'x' + x",
    "1j * x",
    "True * x",
    "None",
    "...",
    "x; x",
    "x\nx",
    "x\x00",
    "(yield x)",
    "await x",
    "eval(x)",
    "exec(x)",
    "open(x)",
    "getattr(x, x)",
    "round(x, x)",
    "round(x, -1)",
    "10**10000 * x",
    "1e308 * 10 * x",
    "9" * 5000 + " * x",
    "(" * 300 + "x" + ")" * 300,
    "-" * 3000 + "x",
    "",
    "1",
]


@pytest.mark.parametrize("expression", STRANGE, ids=lambda text: repr(text)[:40])
def test_what_is_no_arithmetic_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"language|arithmetic|expression|function|takes|decimals"):
        WORDS.read(expression)


def nested(form: str, times: int) -> str:
    """Return an expression in itself, so many times."""
    expression = "x"
    for number in range(times):
        expression = form.format(expression, number)
    return expression


@pytest.mark.parametrize("form", ["max({}, {})", "min({}, {})", "clip({}, 0, {})", "(1 if {} > {} else 0)"])
def test_what_would_grow_out_of_memory_is_refused(form: str) -> None:
    """A column that is compared stands twice or more in what is computed, and so do those within it."""
    with pytest.raises(ValueError, match="is too large: nest less"):
        WORDS.read(nested(form, 18))
    WORDS.read(nested(form, 3))


def test_many_classes_and_long_sums_are_not_too_large() -> None:
    classes = " if x > {} else ".join(map(str, range(40))).format(*range(39))
    assert WORDS.read(f"{classes} + x")({"x": -1.0}) == 38.0
    assert WORDS.read(" + ".join(["x"] * 300))({"x": 1.0}) == 300.0


@pytest.mark.parametrize("signs", [2_500, 5_000, 7_000, 70_000])
def test_what_is_nested_too_deeply_is_refused_and_the_echo_is_short(signs: int) -> None:
    """A parser whose stack is full raises RecursionError or MemoryError: it depends on the depth."""
    with pytest.raises(ValueError, match="nested too deeply") as caught:
        WORDS.read("-" * signs + "x")
    assert len(str(caught.value)) < 200
