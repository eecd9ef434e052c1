"""Local lines follow curves of any form; their bandwidths and their test are those of the theory."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from indicia.analysis import importance
from indicia.methods.kernel_regression import KernelEffects, kernel_effects, plug_in_bandwidth

RNG = np.random.default_rng(11)
X = RNG.uniform(size=400)
WAVE = np.sin(6 * X)


@pytest.fixture(scope="module")
def wave() -> KernelEffects:
    """Return the effects of x on a wave with errors of deviation 0.5."""
    effects = kernel_effects(X, WAVE + 0.5 * RNG.normal(size=400))
    assert effects is not None
    return effects


def test_the_effect_of_a_wave_is_its_share_of_the_variance(wave: KernelEffects) -> None:
    share = WAVE.var() / (WAVE.var() + 0.25)
    assert wave.cross_validation == pytest.approx(share, abs=0.06)
    assert wave.plug_in == pytest.approx(share, abs=0.06)


def test_the_range_of_the_grid_contains_the_effects_of_both_bandwidths(wave: KernelEffects) -> None:
    assert wave.lowest <= wave.cross_validation <= wave.highest
    assert wave.lowest <= wave.plug_in <= wave.highest


def test_the_plug_in_bandwidth_is_that_of_the_known_curvature() -> None:
    z = np.linspace(0, 1, 400)
    bandwidths = [plug_in_bandwidth(z, np.sin(6 * z) + 0.5 * RNG.normal(size=400)) for _ in range(9)]
    # (σ² / (2 √π θ n))^(1/5) with the mean square θ of the second derivative -36 sin 6x
    theta = ((36 * np.sin(6 * z)) ** 2).mean()
    assert np.median(bandwidths) == pytest.approx((0.25 / (2 * np.sqrt(np.pi) * theta * 400)) ** 0.2, rel=0.1)


def test_a_wave_is_no_line(wave: KernelEffects) -> None:
    assert wave.p_linear < 1e-6


def test_a_line_is_rejected_as_often_as_the_test_says() -> None:
    rng = np.random.default_rng(3)
    p = []
    for _ in range(120):
        x = rng.normal(size=25)
        effects = kernel_effects(x, x + rng.normal(size=25))
        assert effects is not None
        p.append(effects.p_linear)
    # 3 standard deviations of a share of 0.05 in 120 are 0.06
    assert np.mean(np.array(p) < 0.05) < 0.11


def test_an_exact_line_has_the_effect_1_for_every_bandwidth() -> None:
    effects = kernel_effects(X[:150], 2 - 3 * X[:150])
    assert effects is not None
    assert [effects.lowest, effects.highest, effects.p_linear] == pytest.approx([1, 1, 1])


def test_the_widest_bandwidth_is_close_to_the_line(wave: KernelEffects) -> None:
    assert wave.lowest < 0.5 < wave.highest


def test_tied_units_count_as_often_as_they_are() -> None:
    x, y = np.repeat(np.arange(8.0), 5), RNG.normal(size=40) + np.repeat([0.0, 2, 4, 4, 3, 1, 0, 2], 5)
    together, apart = kernel_effects(x, y), kernel_effects(x + 1e-7 * np.tile(np.arange(5.0), 8), y)
    assert together is not None
    assert apart is not None
    assert together.cross_validation == pytest.approx(apart.cross_validation, abs=1e-4)
    assert together.p_linear == pytest.approx(apart.p_linear, abs=1e-4)


def test_many_values_are_cut_into_intervals() -> None:
    x = RNG.uniform(size=3000)
    effects = kernel_effects(x, np.sin(6 * x))
    assert effects is not None
    assert effects.cross_validation == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("x", [np.arange(9.0), np.repeat([0.0, 1, 2, 3], 10)], ids=["nine units", "four values"])
def test_few_units_and_few_values_have_no_curve(x: np.ndarray) -> None:
    assert kernel_effects(x, x**2 + np.arange(len(x))) is None


def test_the_measures_of_importance_have_a_column_for_each_bandwidth() -> None:
    table = pl.DataFrame({"x": X, "y": WAVE, "few": np.repeat([0.0, 1.0], 200)})
    measures = importance(table, "y", {"x": 1, "few": 1}, measures=["kernel"])
    names = ["cross_validation", "plug_in", "lowest", "highest", "p_linear"]
    assert measures.columns[-5:] == [f"kernel_{name}" for name in names]
    assert measures["kernel_cross_validation"].null_count() == 1
