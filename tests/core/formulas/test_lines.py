"""Which formulas are straight lines of a column, so that the ends and the mean of the column tell theirs."""

import pytest

from indicia.formulas import column, record
from indicia.methods import where
from indicia.stages.normalise import is_line

X, Y = column("x"), column("y")


@pytest.mark.parametrize(
    "formula",
    [
        lambda s: X,
        lambda s: 1 - X,
        lambda s: -X * 2 + X / 3,
        lambda s: (X - s.min) / (s.max - s.min),
        lambda s: (X - s.mean) / s.std,
        lambda s: ((X - s.min) / (s.max - s.min)).clip(None, None),
    ],
)
def test_a_line(formula):
    assert is_line(record(lambda recorder: formula(recorder("x", X))).root, "x")


@pytest.mark.parametrize(
    "formula",
    [
        lambda s: X * X,
        lambda s: 1 / X,
        lambda s: X / (X + 1),
        lambda s: X.log(),
        lambda s: X + Y,
        lambda s: X.clip(0, 1),
        lambda s: where(X > 0, X, 2 * X),
        lambda s: X.rank(),
        lambda s: X - s.value_of_unit("Kyoto") * Y,
        lambda s: s.max - s.min,
    ],
)
def test_no_line(formula):
    assert not is_line(record(lambda recorder: formula(recorder("x", X))).root, "x")
