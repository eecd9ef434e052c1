"""The tanh normalisation keeps its promises, and follows its formula."""

import math

import polars as pl
import pytest
from indicia_tanh import Tanh

import indicia
from indicia.testing import checks


@pytest.mark.parametrize("check", checks(Tanh(), Tanh(slope=1)))
def test_the_method_keeps_its_promises(check):
    check()


def test_the_mean_scores_one_half_and_a_deviation_its_tanh():
    table = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [1.0, 2.0, 3.0]})
    z = indicia.score(table, normalisation=Tanh(slope=1)).normalised["income"].to_list()
    assert z == pytest.approx([(math.tanh(-1) + 1) / 2, 0.5, (math.tanh(1) + 1) / 2])
