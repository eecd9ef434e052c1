"""The choices of a design that an index can be scored with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import indicia
from indicia_robustness.draws import draw_feasible
from indicia_robustness.feasible import choice_of_index

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from indicia.index import Index
    from indicia_robustness import Robust

    Make = Callable[..., Index]
    Data = Callable[..., pl.DataFrame]

POSITIVE = "min_max(lower=1, upper=9)"


def drawn(index: Index, table: pl.DataFrame, design: dict[str, Any], **words: Any) -> Robust:
    return draw_feasible(index, index.read_table(table), {"draws": 20, "seed": 1, **design}, **words)


def alternatives(robust: Robust) -> dict[str, tuple[Any, ...]]:
    return {factor.name: tuple(factor.alternatives) for factor in robust.factors if factor.name != "weights"}


def test_the_choice_of_an_index_is_the_word_of_the_file_or_the_method_of_all_parts(made: Make) -> None:
    index = made({"normalisation": {"method": "min_max", "upper": 9}, "aggregation": None})
    choices = {
        stage: choice_of_index(index.definition, index.tree, stage) for stage in ("normalisation", "aggregation")
    }
    assert choices == {"normalisation": {"method": "min_max", "upper": 9}, "aggregation": "arithmetic"}
    assert choice_of_index(index.definition, index.tree, "imputation") == "none"


def test_alternatives_that_the_user_states_stay_although_the_index_has_the_same_method(made: Make, data: Data) -> None:
    design = {"normalisation": ["min_max", POSITIVE, "rank"], "weights": {"spread": 0.1}}
    robust = drawn(made({"normalisation": "min_max"}), data(), design)
    assert alternatives(robust) == {"normalisation": ("min_max", POSITIVE, "rank")}


def test_a_default_of_the_same_method_is_dropped_if_it_goes_with_no_more_choices(made: Make, data: Data) -> None:
    design = {"normalisation": ["min_max", POSITIVE, "rank"], "weights": {"spread": 0.1}}
    robust = drawn(made({"normalisation": "min_max", "aggregation": "arithmetic"}), data(), design, is_default=True)
    assert alternatives(robust) == {"normalisation": ("min_max", "rank")}


@pytest.mark.parametrize("varied", [{"weights": {"spread": 0.1}}, {"leave_out": "indicators"}], ids=str)
def test_scores_kept_with_the_ranks_are_those_computed_again(made: Make, data: Data, varied: dict[str, Any]) -> None:
    index = made({"normalisation": "min_max", "aggregation": "arithmetic"})
    design = {"normalisation": ["min_max", "rank"], **varied}
    kept, again = drawn(index, data(), design, with_scores=True), drawn(index, data(), design)
    assert kept.stored_scores is not None
    assert again.stored_scores is None
    assert np.array_equal(kept.scores, again.scores, equal_nan=True)
    assert np.array_equal(kept.ranks, again.ranks, equal_nan=True)


def test_the_ranks_of_single_choices_are_those_of_the_index_with_them(made: Make, data: Data) -> None:
    index = made({"normalisation": "min_max", "aggregation": "arithmetic"})
    robust = drawn(index, data(), {"normalisation": ["min_max", "rank"], "weights": {"spread": 0.1}})
    assert robust.feasible is not None
    ((key, ranks),) = robust.feasible.ranks.items()
    assert key == ("normalisation", "rank")
    alone = index.with_options(normalisation="rank").score(data())
    assert ranks.tolist() == alone.scored.rank.cast(float).to_list()


@pytest.mark.parametrize("limit", [64, 1])
def test_many_combinations_are_tried_in_pairs(
    made: Make, data: Data, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr("indicia_robustness.feasible._COMBINATIONS", limit)
    design = {
        "normalisation": [POSITIVE, "z_score"],
        "weighting": ["equal", "given"],
        "aggregation": ["arithmetic", "geometric"],
    }
    robust = drawn(made({"normalisation": POSITIVE, "aggregation": "arithmetic"}), data(), design)
    assert robust.feasible is not None
    (reason,) = robust.feasible.left_out
    assert reason.startswith("aggregation geometric: ")
    assert not robust.failed.any()
    assert np.isfinite(robust.ranks).all()


def test_the_choice_may_have_a_table_of_values_by_name() -> None:
    promethee = {"method": "promethee", "preference": "v_shape", "p": {"a": 1, "b": 2}}
    dimensions = {"d": {"aggregation": promethee}}
    words = {"dimensions": dimensions, "indicators": {name: {"dimension": "d"} for name in "ab"}}
    index = indicia.read({"data": {"unit": "unit"}, **words})
    assert choice_of_index(index.definition, index.tree, "aggregation") is None
