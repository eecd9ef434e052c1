"""Rankings with weights, and lists that name some units only."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
import pytest

from indicia.analysis import consensus
from indicia.catalogue import KINDS
from indicia.catalogue.offers import class_problem
from indicia.errors import DataError, IndiciaError, MethodError
from indicia.methods import Array, Consensus, RankingContext

RANKINGS = pl.DataFrame({"unit": ["a", "b", "c"], "first": [1, 2, 3], "second": [3, 1, 2]})
LISTS = pl.DataFrame({"unit": ["a", "b", "c", "d"], "p": [1, 2, None, None], "q": [None, 1.0, 2.0, float("nan")]})
ALL = ("borda", "mean_rank", "copeland", "kemeny", "reciprocal_rank_fusion")
SEEN: list[tuple[str, tuple[str, ...], list[float]]] = []


@dataclass(frozen=True)
class Seen(Consensus):
    """Keep what it sees."""

    name = "seen"
    reference = "Example"
    takes_weights = True
    takes_partial = True

    def combine_lists(self, rankings: Array, context: RankingContext) -> Array:
        SEEN.append((str(rankings.tolist()), context.names, context.weights.tolist()))
        return rankings[0]


def test_a_consensus_sees_names_and_weights_and_gaps_of_lists() -> None:
    with pytest.raises(IndiciaError, match="no score for c, d"):
        consensus(LISTS, Seen(), weights={"q": 2})
    assert SEEN.pop() == ("[[1.0, 2.0, nan, nan], [nan, 1.0, 2.0, nan]]", ("p", "q"), [1.0, 2.0])


@pytest.mark.parametrize("method", ALL)
def test_weights_of_1_give_the_figures_of_rankings_without_weights(method: str) -> None:
    assert consensus(RANKINGS, method, weights={"first": 1, "second": 1.0}).equals(consensus(RANKINGS, method))


@pytest.mark.parametrize("method", ALL)
def test_the_heavier_ranking_prevails(method: str) -> None:
    assert consensus(RANKINGS, method, weights={"first": 99})["rank"].to_list() == [1, 2, 3]
    assert consensus(RANKINGS, method, weights={"second": 99})["rank"].to_list() == [3, 1, 2]


def test_a_majority_of_rounded_weights_is_a_tie() -> None:
    table = pl.DataFrame({"unit": ["a", "b"], "x": [1, 2], "y": [1, 2], "z": [2, 1]})
    assert consensus(table, "copeland", weights={"x": 0.1, "y": 0.2, "z": 0.3})["rank"].to_list() == [1.5, 1.5]


def test_a_method_that_takes_no_weights_or_lists_is_named() -> None:
    with pytest.raises(MethodError, match="median takes no weights of rankings"):
        consensus(RANKINGS, "median", weights={"first": 2})
    with pytest.raises(DataError, match="p does not rank c, d, and schulze needs a rank of each unit") as raised:
        consensus(LISTS, "schulze")
    assert "or choose borda" in str(raised.value.remedy)
    with pytest.raises(MethodError, match=r"kemeny .* whole numbers"):
        consensus(RANKINGS, "kemeny", weights={"first": 1.5})


@pytest.mark.parametrize(("weights", "problem"), [({"third": 1}, "no ranking"), ({"first": 0}, "above 0")])
def test_a_wrong_weight_is_an_error(weights: dict[str, float], problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        consensus(RANKINGS, "borda", weights=weights)


def test_a_list_that_names_no_unit_is_an_error() -> None:
    with pytest.raises(DataError, match="empty ranks no unit"):
        consensus(RANKINGS.with_columns(empty=pl.lit(None, pl.Int64)), "borda")


def test_a_class_that_takes_lists_defines_the_function_for_them() -> None:
    @dataclass(frozen=True)
    class Declared(Consensus):
        """Declare weights only."""

        name = "declared"
        reference = "Example"
        takes_weights = True

    kind = next(kind for kind in KINDS if kind.name == "consensus")
    assert "declares takes_weights, and does not define combine_lists" in str(class_problem(kind, Declared))
    assert class_problem(kind, Seen) is None
