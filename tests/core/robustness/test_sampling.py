"""Uniform numbers come as they are asked for."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from scipy.stats import kstest

from indicia.errors import DefinitionError, MissingDependency
from indicia.methods.numbers import identity_keys
from indicia_robustness.sampling import alternative, generator, keyed_normal, monte_carlo, saltelli


def test_the_same_seed_gives_the_same_numbers_and_another_gives_others() -> None:
    first, again, other = (monte_carlo(100, 3, generator(seed)) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).all()


def test_names_are_told_apart_wherever_they_are_cut() -> None:
    cut = [generator(1, *names).random() for names in (("ab", "c"), ("a", "bc"), ("abc",), ())]
    assert len(set(cut)) == len(cut)


def test_keyed_numbers_are_independent_and_standard_normal() -> None:
    keys = identity_keys((f"unit {number}", 2020) for number in range(2_000))
    drawn = keyed_normal(1, "gdp", keys, np.arange(100))
    assert kstest(drawn.ravel(), "norm").pvalue > 0.01
    for columns in (drawn.T, drawn[:, :100], np.concatenate([drawn, keyed_normal(1, "pay", keys, np.arange(100))]).T):
        far_from_0 = np.corrcoef(columns, rowvar=False)[np.triu_indices(columns.shape[1], 1)] * len(columns) ** 0.5
        assert far_from_0.std() == pytest.approx(1, abs=0.05)
        assert np.abs(far_from_0).max() < 6


def test_identities_are_told_apart_wherever_they_are_cut() -> None:
    keys = identity_keys([("ab", "c"), ("a", "bc"), ("abc",), ("1:a", ""), ("", "1:a")])
    assert len(set(keys.tolist())) == len(keys)
    assert keys.tolist() == identity_keys([("ab", "c"), ("a", "bc"), ("abc",), ("1:a", ""), ("", "1:a")]).tolist()
    assert identity_keys([("Lima", 2020)]).tolist() == [14551155417686198696]  # on every machine, in every process


@pytest.mark.parametrize("seed", [-1, 1.5, True, "1"])
def test_a_seed_is_a_whole_number_from_0(seed: object) -> None:
    with pytest.raises(DefinitionError, match="is not a whole number of 0 or more"):
        generator(seed)


@pytest.mark.parametrize("draws", [0, -3])
def test_no_draws_are_refused(draws: int) -> None:
    with pytest.raises(DefinitionError, match="must be 1 or more"):
        monte_carlo(draws, 2, generator(1))
    with pytest.raises(DefinitionError, match="must be 1 or more"):
        saltelli(draws, 2, generator(1))


def test_the_design_is_a_b_and_each_with_one_column_of_the_other() -> None:
    a, b, *mixed = saltelli(8, 3, generator(1), crossed=True).reshape(8, 8, 3)
    for at in range(3):
        for of, other, crossed in ((a, b, mixed[at]), (b, a, mixed[3 + at])):
            here = np.arange(3) == at
            assert (crossed[:, here] == other[:, here]).all()
            assert (crossed[:, ~here] == of[:, ~here]).all()


def test_every_column_of_the_design_has_one_point_in_each_interval() -> None:
    # a Sobol' sequence is a (0, m, 1)-net in every coordinate, scrambled or not
    a, b = saltelli(64, 5, generator(3))[:128].reshape(2, 64, 5)
    for column in (*a.T, *b.T):
        assert sorted(np.floor(column * 64)) == list(range(64))


def test_a_design_that_is_no_power_of_two_names_the_nearest() -> None:
    with pytest.raises(DefinitionError) as error:
        saltelli(100, 2, generator(1))
    assert error.value.remedy == "choose 64 or 128"


def test_without_scipy_an_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.stats", None)
    with pytest.raises(MissingDependency, match=r"pip install 'indicia\[scipy\]'"):
        saltelli(4, 2, generator(1))


def test_every_alternative_is_chosen_as_often() -> None:
    chosen = alternative((np.arange(300) + 0.5) / 300, 3)
    assert np.bincount(chosen).tolist() == [100, 100, 100]
    assert alternative(np.array([np.nextafter(1, 0)]), 3).tolist() == [2]


def test_nothing_to_choose_from_is_an_error() -> None:
    with pytest.raises(DefinitionError, match="a choice needs an alternative"):
        alternative(np.array([0.5]), 0)
