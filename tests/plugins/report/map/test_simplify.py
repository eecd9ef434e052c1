"""Simplified borders stay shared, and the least important points go first."""

from __future__ import annotations

import numpy as np

from indicia_report.map.topojson import Borders, importance_of


def wavy(count: int = 60) -> np.ndarray:
    """A border from (100, 0) to (100, 120) with small and large bends."""
    y = np.linspace(0.0, 120.0, count)
    return np.column_stack([100.0 + 8 * np.sin(y / 9) + 1.5 * np.sin(y * 2.3), y])


def edges(ring: np.ndarray) -> set[tuple[tuple[int, ...], ...]]:
    points = [tuple(point) for point in ring.tolist()]
    return {tuple(sorted(pair)) for pair in zip(points, points[1:] + points[:1], strict=True)}


def test_two_shapes_keep_one_border() -> None:
    border = wavy()
    left = np.concatenate([border, [[0.0, 120.0], [0.0, 0.0]]])
    right = np.concatenate([[[200.0, 0.0], [200.0, 120.0]], border[::-1]])
    for tolerance in (0.0, 2.0, 20.0, 200.0):
        first, second = Borders.of([left, right]).simplified(tolerance)
        common = edges(first) & edges(second)
        outer = 3  # the other edges of each shape are straight
        assert len(common) == len(edges(first)) - outer == len(edges(second)) - outer
    assert len(first) < len(left) / 4


def test_a_hole_keeps_the_border_of_the_shape_in_it() -> None:
    angles = np.linspace(0.0, 2 * np.pi, 80, endpoint=False)
    lake = np.column_stack([100 + 30 * np.cos(angles), 100 + 20 * np.sin(angles)])
    outside = np.array([[0.0, 0.0], [200.0, 0.0], [200.0, 200.0], [0.0, 200.0]])
    _, hole, island = Borders.of([outside, lake[::-1], np.roll(lake, 17, axis=0)]).simplified(4.0)
    assert 3 < len(hole) < 40
    assert edges(hole) == edges(island)


def test_importance_never_falls_when_more_points_go() -> None:
    border = np.rint(wavy() * 8).astype(np.int64)
    importance = importance_of(border)
    assert np.isinf(importance[[0, -1]]).all()
    counts = [int((importance >= tolerance).sum()) for tolerance in (0.0, 0.5, 2.0, 8.0, 32.0)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 60
    assert counts[-1] < 20


def test_a_ring_smaller_than_a_pixel_is_empty() -> None:
    tiny, large = Borders.of([np.array([[5.1, 5.1], [5.3, 5.1], [5.2, 5.3]]), wavy()]).simplified(0.0)
    assert len(tiny) == 0
    assert len(large) > 20
