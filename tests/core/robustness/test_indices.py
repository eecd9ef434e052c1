"""Sobol' indices share out the variance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from indicia.errors import DataError, DefinitionError
from indicia_robustness.estimators import ESTIMATORS
from indicia_robustness.indices import blocks, bootstrap, check_factors, jackknife, limits, replicates, sobol
from indicia_robustness.sampling import generator, saltelli

Array = npt.NDArray[np.float64]
EVERY = [(order, name) for order, known in ESTIMATORS.items() for name in known]


def additive(u: Array) -> Array:
    """A result whose variance is due to its factors as 1 : 4 : 0, by the squares of their slopes."""
    return 7 + u[:, 0] + 2 * u[:, 1]


@pytest.mark.parametrize(("order", "estimator"), EVERY)
def test_every_estimator_finds_the_shares_of_an_additive_result(order: str, estimator: str) -> None:
    design = saltelli(4096, 3, generator(1), crossed=True)
    found = sobol(blocks(additive(design), 3, crossed=True), order, estimator)
    assert found[:, 0] == pytest.approx([0.2, 0.8, 0.0], abs=0.02)


@pytest.mark.parametrize(("order", "estimator"), EVERY)
def test_outputs_side_by_side_are_as_each_alone(order: str, estimator: str) -> None:
    design = saltelli(64, 3, generator(2), crossed=True)
    outputs = np.stack([additive(design), design.prod(axis=1), np.exp(design[:, 2])], axis=1)
    both = sobol(blocks(outputs, 3, crossed=True), order, estimator)
    for at, alone in enumerate(outputs.T):
        one = sobol(blocks(alone, 3, crossed=True), order, estimator)
        assert both[:, at] == pytest.approx(one[:, 0], abs=1e-13)


def test_many_outputs_are_cut_into_portions_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    design = saltelli(32, 2, generator(1))
    runs = blocks(np.stack([design.sum(axis=1) ** power for power in range(1, 8)], axis=1), 2)
    whole = sobol(runs, "first"), *bootstrap(runs, "total", generator(1), resamples=20, interval="bca")
    monkeypatch.setattr("indicia_robustness.indices._CELLS", 200)
    cut = sobol(runs, "first"), *bootstrap(runs, "total", generator(1), resamples=20, interval="bca")
    for one, other in zip(whole, cut, strict=True):
        assert one == pytest.approx(other, rel=1e-12)


def test_the_centred_estimator_does_not_depend_on_where_0_is() -> None:
    design = saltelli(128, 3, generator(1))
    near, far = (sobol(blocks(additive(design) + shift, 3), "first") for shift in (0.0, 1e6))
    assert near == pytest.approx(far, abs=1e-8)


def test_the_index_of_a_weak_factor_varies_less_if_the_outputs_are_centred_first() -> None:
    estimates: dict[str, list[float]] = {"saltelli2010_centred": [], "saltelli2010": []}
    for seed in range(20):
        a, b = generator(seed).random((2, 128, 3))
        mixed = [np.where(np.arange(3) == column, b, a) for column in range(3)]
        runs = blocks(3.0 + np.concatenate([a, b, *mixed]) @ np.array([4.0, 2.0, 0.2]), 3)
        for name, values in estimates.items():
            values.append(float(sobol(runs, "first", name)[2, 0]))
    centred, raw = (float(np.std(values)) for values in estimates.values())
    assert 2 * centred < raw
    assert sobol(runs, "first")[2, 0] == estimates["saltelli2010_centred"][-1]


def test_an_output_that_never_varies_has_no_index() -> None:
    design = saltelli(16, 2, generator(1))
    runs = blocks(np.stack([np.full(len(design), 0.1), design.sum(axis=1)], axis=1), 2)
    assert np.isnan(sobol(runs, "first")).tolist() == [[True, False]] * 2
    low, high = bootstrap(runs, "total", generator(1), resamples=50)
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [[True, False]] * 2


def test_replicates_without_variation_are_left_out_of_an_interval() -> None:
    outputs = np.zeros((4, 16))
    outputs[:, 3] = (1, 0, 0, 1)  # A, B, and A with a column of B, in one row of sixteen
    runs = blocks(outputs.ravel(), 2)
    found = replicates(runs, generator(1).integers(0, 16, (200, 16)), "total")
    assert 40 < np.isnan(found[:, 0, 0]).sum() < 110  # (15/16)^16 is 36 %
    low, high = bootstrap(runs, "total", generator(1), resamples=200)
    assert np.isfinite(low).all()
    assert np.isfinite(high).all()


def test_leaving_a_row_out_is_the_jackknife() -> None:
    design = saltelli(8, 2, generator(1))
    outputs = design[:, 0] + design[:, 0] * design[:, 1]
    found = jackknife(blocks(outputs, 2), "first")
    for row in range(8):
        failed = np.tile(np.arange(8) == row, 4)
        assert found[row] == pytest.approx(sobol(blocks(outputs, 2, failed=failed), "first"), abs=1e-13)


def test_a_row_falls_out_where_one_of_its_runs_failed() -> None:
    design = saltelli(8, 2, generator(1))
    outputs = design.sum(axis=1)
    outputs[[1, 8 + 3, 24 + 3]] = np.nan
    assert blocks(outputs, 2, failed=np.isnan(outputs)).ab.shape == (2, 6, 1)
    with pytest.raises(DataError, match="missing or infinite"):
        blocks(outputs, 2)
    with pytest.raises(DataError, match="too few runs"):
        blocks(outputs, 2, failed=np.ones(32, dtype=bool))
    with pytest.raises(DataError, match="no design of 3 factors"):
        blocks(outputs, 3)


def test_factors_that_changed_nothing_are_named() -> None:
    design = saltelli(16, 3, generator(1))
    runs = blocks(design[:, 1] * 1e6, 3)
    with pytest.raises(DefinitionError, match="imputation, aggregation changed nothing"):
        check_factors(runs, ["imputation", "weights", "aggregation"])


def test_a_factor_that_changes_one_output_of_many_is_kept() -> None:
    design = saltelli(16, 2, generator(1))
    check_factors(blocks(design, 2), ["weights", "aggregation"])


def test_what_changes_by_noise_alone_is_no_change() -> None:
    design = saltelli(16, 2, generator(1))
    runs = blocks(1000 * design[:, 0] + 1e-13 * design[:, 1], 2)
    with pytest.raises(DefinitionError, match="aggregation changed nothing"):
        check_factors(runs, ["weights", "aggregation"])


def test_intervals_hold_the_index_as_often_as_they_say() -> None:
    held = 0
    for seed in range(60):
        a, b = generator(seed).random((2, 64, 3))  # independent rows, as a bootstrap takes them to be
        mixed = [np.where(np.arange(3) == at, b, a) for at in range(3)]
        runs = blocks(np.concatenate([additive(part) for part in (a, b, *mixed)]), 3)
        low, high = bootstrap(runs, "total", generator(seed, "boot"), resamples=300, level=0.9)
        held += int(low[1, 0] <= 0.8 <= high[1, 0])
    assert 46 <= held <= 60


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"estimator": "jansen"}, "unknown estimator"),
        ({"estimator": "azzini2020"}, "needs runs of B"),
        ({"resamples": 1}, "make no interval"),
        ({"level": 1.0}, "not between 0 and 1"),
        ({"interval": "studentised"}, "unknown interval"),
    ],
)
def test_what_cannot_be_estimated_is_refused(asked: dict[str, object], why: str) -> None:
    runs = blocks(saltelli(4, 2, generator(1)).sum(axis=1), 2)
    with pytest.raises(DefinitionError, match=why):
        bootstrap(runs, "total", generator(1), **asked)


def test_bca_says_what_it_needs() -> None:
    with pytest.raises(DefinitionError, match="jackknife"):
        limits(np.array(1.0), np.array([1.0, 2.0]), interval="bca")
