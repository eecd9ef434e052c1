"""Clusters merge the nearest units first; values without distances are refused by name."""

from __future__ import annotations

import math

import polars as pl
import pytest

from indicia import IndiciaError
from indicia.analysis import clusters

PLACES = pl.DataFrame({"city": ["a", "b", "c", "d"], "x": [9.0, 0.0, 1.0, 6.0]})
SD = math.sqrt(18)  # the mean is 4: 25 + 16 + 9 + 4 = 54, divided by 3


@pytest.mark.parametrize(
    ("linkage", "heights"),
    [
        ("single", [1, 3, 5]),  # b and c; a and d; 6 - 1
        ("complete", [1, 3, 9]),  # 9 - 0
        ("average", [1, 3, 7]),  # (9 + 8 + 6 + 5) / 4
        ("ward", [1, 3, 7 * math.sqrt(2)]),  # the centres 7.5 and 0.5, times √(2 · 2 · 2 / 4)
    ],
)
def test_clusters_merge_at_the_distance_of_the_linkage(linkage: str, heights: list[float]) -> None:
    tree = clusters(PLACES, "city", ["x"], linkage=linkage)
    assert (tree.merges["height"] * SD).to_list() == pytest.approx(heights)
    assert tree.merges["first", "second", "size"].rows() == [(1, 2, 2), (0, 3, 2), (4, 5, 4)]


def test_squared_distances_have_squared_heights() -> None:
    tree = clusters(PLACES, "city", ["x"], linkage="single", squared=True)
    assert (tree.merges["height"] * SD**2).to_list() == pytest.approx([1, 9, 25])


def test_groups_are_numbered_in_the_order_of_the_units() -> None:
    tree = clusters(PLACES, "city", ["x"])
    assert tree.groups(2).rows() == [("a", 1), ("b", 2), ("c", 2), ("d", 1)]
    assert tree.groups(4)["cluster"].to_list() == [1, 2, 3, 4]
    assert tree.groups_below(2 / SD)["cluster"].to_list() == [1, 2, 2, 3]


def test_ties_give_the_number_of_groups_that_is_wanted() -> None:
    tree = clusters(pl.DataFrame({"city": ["a", "b", "c"], "x": [1.0, 2.0, 3.0]}), "city", ["x"], linkage="single")
    assert [tree.groups(count)["cluster"].n_unique() for count in (1, 2, 3)] == [1, 2, 3]


def test_the_cophenetic_correlation_is_that_of_distances_and_heights() -> None:
    found = clusters(pl.DataFrame({"city": ["a", "b", "c"], "x": [0.0, 1.0, 4.0]}), "city", ["x"], linkage="single")
    # the distances 1, 4, 3 have the heights 1, 3, 3
    assert found.cophenetic == pytest.approx(
        pl.Series([1.0, 4, 3]).to_frame("d").select(pl.corr("d", pl.Series([1.0, 3, 3]))).item()
    )


def test_two_units_have_no_cophenetic_correlation() -> None:
    assert clusters(PLACES.head(2), "city", ["x"]).cophenetic is None


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((PLACES, "city", ["y"]), {}, 'unknown column "y"'),
        ((PLACES, "city", []), {}, "clusters need a column of figures"),
        ((PLACES.head(1), "city", ["x"]), {}, "clusters need 2 to 5,000 units, and there are 1"),
        ((PLACES, "city", ["x"]), {"linkage": "wards"}, 'has no linkage "wards"'),
        ((PLACES, "city", ["x"]), {"squared": True}, "ward needs Euclidean distances as they are"),
        ((PLACES.with_columns(x=pl.lit(0.3)), "city", ["x"]), {}, "all units have the same value in x"),
        ((PLACES.with_columns(pl.col("x").replace(6, None)), "city", ["x"]), {}, "x has no value for d\n  fix: leave"),
    ],
)
def test_values_without_distances_are_refused(
    arguments: tuple[pl.DataFrame, str, list[str]], options: dict[str, object], message: str
) -> None:
    with pytest.raises(IndiciaError) as caught:
        clusters(*arguments, **options)
    assert message in str(caught.value)


@pytest.mark.parametrize("count", [0, 5])
def test_more_clusters_than_units_are_refused(count: int) -> None:
    with pytest.raises(IndiciaError, match=f"4 units for {count} clusters\n  fix: choose a number from 1 to 4"):
        clusters(PLACES, "city", ["x"]).groups(count)
