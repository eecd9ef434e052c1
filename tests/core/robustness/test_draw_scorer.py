"""Draws are the same however they are scored; those that cannot be are counted and named."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

POSITIVE = "min_max(lower=1, upper=9)"


def test_the_same_seed_gives_the_same_result_and_another_seed_another(
    made: Make, data: Data, choices: dict[str, Any]
) -> None:
    one, again, other = (made().robustness(data(), draws=50, seed=seed, **choices).figures for seed in (1, 1, 2))
    assert (one.scores == again.scores).all()
    assert not (one.scores == other.scores).all()


def test_of_a_draw_ranks_alone_are_kept_and_the_rest_is_computed_when_it_is_asked_for(
    made: Make, data: Data, choices: dict[str, Any]
) -> None:
    found = made().robustness(data(), draws=50, seed=1, **choices).figures
    assert found.compact_ranks.nbytes == 50 * len(data()) * 2
    assert not {"scores", "weights"} & set(vars(found))
    again = made().robustness(data(), draws=50, seed=1, **choices).figures
    assert (found.scores == again.scores).all()
    assert all((column == again.weights[name]).all() for name, column in found.weights.items())
    assert (found.ranks == found.compact_ranks).all()
    assert found.ranks.dtype == float


@pytest.mark.parametrize("noise", [None, 0.05])
def test_the_size_of_chunks_changes_nothing(
    made: Make, monkeypatch: pytest.MonkeyPatch, noise: Any, data: Data, choices: dict[str, Any]
) -> None:
    whole = made().robustness(data(), draws=50, seed=1, noise=noise, **choices).figures
    for name in ("ROWS_PER_BATCH", "_NUMBERS"):
        monkeypatch.setattr(sys.modules["indicia.run.draws"], name, 3 * len(data()))
    parts = made().robustness(data(), draws=50, seed=1, noise=noise, **choices).figures
    assert (whole.scores == parts.scores).all()
    assert (whole.ranks == parts.ranks).all()


@pytest.mark.parametrize("gaps", [False, True])
def test_draws_of_several_normalisations_without_a_part_have_the_scores_that_each_has_alone(
    made: Make, monkeypatch: pytest.MonkeyPatch, gaps: bool, data: Data, choices: dict[str, Any]
) -> None:
    index, table = made({"missing": "skip"}), data(gaps=gaps)
    varied = {**choices, "aggregation": ["arithmetic", "geometric"], "leave_out": "indicators"}
    together = index.robustness(table, draws=60, seed=1, **varied).figures
    monkeypatch.setattr(sys.modules["indicia_robustness.draw_scorer"], "share_queries", lambda first, other: False)
    alone = index.robustness(table, draws=60, seed=1, **varied).figures
    np.testing.assert_array_equal(together.scores, alone.scores)
    np.testing.assert_array_equal(together.ranks, alone.ranks)


def test_the_order_in_which_methods_are_listed_changes_nothing(made: Make, data: Data, choices: dict[str, Any]) -> None:
    turned = {name: several[::-1] if isinstance(several, list) else several for name, several in choices.items()}
    one, other = (made().robustness(data(), draws=50, seed=1, **varied).figures for varied in (choices, turned))
    assert (one.scores == other.scores).all()


_SCRIPT = """
import hashlib, numpy as np, polars as pl, indicia
x = np.random.default_rng(1).lognormal(size=(300, 6))
table = pl.DataFrame({"unit": [f"u{n}" for n in range(300)], **{f"x{j}": x[:, j] for j in range(6)}})
index = indicia.read({"data": {"unit": "unit"}, "indicators": {f"x{j}": {} for j in range(6)}})
found = index.robustness(table, draws=1500, seed=1, weights={"spread": 0.25}, normalisation=["min_max", "vector"],
                         aggregation=["arithmetic", "topsis"], noise=DATA).figures
print(hashlib.sha256(found.scores.tobytes() + found.ranks.tobytes()).hexdigest())
"""


@pytest.mark.slow
@pytest.mark.parametrize("noise", ["None", pytest.param("0.05", marks=pytest.mark.thorough)])
def test_the_number_of_threads_changes_nothing(noise: str) -> None:
    import os

    script = _SCRIPT.replace("DATA", noise).replace("1500", "1500" if noise == "None" else "800")
    found = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "POLARS_MAX_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for threads in ("1", "3")
    }
    assert len(found) == 1


def rare() -> pl.DataFrame:
    """Return units of which one is seldom below 0 under an error of measurement."""
    return pl.DataFrame(
        {"city": ["a", "b"], "region": ["n", "n"], "jobs": [1.0, 5.0], "pay": [2.0, 3.0], "se": [0.4, 0.1]}
    )


def test_a_run_that_fails_is_counted_named_and_left_out(index: Make) -> None:
    made = index({"jobs": {}, "pay": {}}, {"normalisation": "none", "aggregation": "geometric"})
    robust = made.robustness(rare(), draws=4000, seed=1, se={"jobs": "se"}).figures
    failed = int(robust.failed.sum())
    assert 5 <= failed <= 40  # 4000 Φ(-2.5) = 25
    assert len(robust.drawn_ranks) == 4000 - failed
    assert np.isfinite(robust.drawn_ranks).all()
    assert sum(robust.table_of_failures["draws"]) == failed
    assert f"{failed} of 4000 runs ({failed / 4000:.1%}) left out, as they could not be scored" in robust.notes[-1]
    assert "geometric of index needs positive values: normalised jobs has 1 that is not (a)" in robust.notes[-1]


def test_more_than_one_in_a_hundred_that_fail_are_an_error(index: Make) -> None:
    made = index({"jobs": {}, "pay": {}}, {"normalisation": "none", "aggregation": "geometric"})
    table = rare().with_columns(se=pl.lit(0.6))
    with pytest.raises(DefinitionError, match=r"of the draws cannot be scored, and the limit is 1%: .*positive"):
        made.robustness(table, draws=4000, seed=1, se={"jobs": "se"})


def test_methods_that_do_not_go_together_are_named_with_their_share(made: Make, data: Data) -> None:
    with pytest.raises(DefinitionError) as raised:
        made().robustness(
            data(), draws=400, seed=1, normalisation=[POSITIVE, "z_score"], aggregation=["arithmetic", "geometric"]
        )
    assert "% of the draws cannot be scored, and the limit is 1%: z_score > geometric: " in raised.value.what
    assert raised.value.remedy


def test_a_method_that_does_not_fit_is_found_in_the_table_it_comes_from(made: Make, data: Data) -> None:
    with pytest.raises(DefinitionError) as raised:
        made().robustness(data(), draws=20, seed=1, normalisation=["z_score", "rank"], aggregation=["geometric"])
    assert "robustness.normalisation" in str(raised.value.where)
