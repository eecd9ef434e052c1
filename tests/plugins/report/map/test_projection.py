"""Projections have the values of their publications, and of PROJ 9.5.1 on a sphere of radius 1."""

from __future__ import annotations

import numpy as np
import pytest

from indicia_report.map.extent import EqualEarth, LambertAzimuthal, projection_for


def test_equal_earth_has_the_proportions_of_its_paper() -> None:
    """Šavrič, Patterson & Jenny (2019): width to height is 2.05458 to 1, and a pole has 0.59247 of the equator."""
    equator, pole, corner = EqualEarth().project(np.array([[180.0, 0.0], [0.0, 90.0], [180.0, 90.0]]))
    assert equator[0] / pole[1] == pytest.approx(2.05458, abs=5e-6)
    assert corner[0] / equator[0] == pytest.approx(0.59247, abs=5e-6)


def test_equal_earth_equals_proj() -> None:
    positions = np.array([[180.0, 0.0], [12.5, 41.9], [-74.0, 40.7], [151.2, -33.9], [-120.0, -75.0]])
    assert EqualEarth().project(positions) == pytest.approx(
        np.array(
            [
                [2.706629984, 0.0],
                [0.164567849, 0.807618321],
                [-0.981862090, 0.786841444],
                [2.086640067, -0.665255443],
                [-1.163398361, -1.253482973],
            ]
        ),
        abs=1e-9,
    )


def test_the_azimuthal_projection_has_the_figures_of_its_worked_example() -> None:
    """Snyder (1987), p. 332: radius 3, centre 40° N 100° W, point 20° S 100° E."""
    (point,) = 3.0 * LambertAzimuthal(-100.0, 40.0).project(np.array([[200.0, -20.0]]))
    assert point == pytest.approx([-4.2339303, 4.0257775], abs=5e-8)


@pytest.mark.parametrize("projection", [EqualEarth(), LambertAzimuthal(0.0, 50.0), LambertAzimuthal(0.0, -90.0)])
@pytest.mark.parametrize("south", [-80.0, -10.0, 45.0])
def test_areas_are_those_on_the_sphere(projection: EqualEarth | LambertAzimuthal, south: float) -> None:
    cell = _cell(np.linspace(0.0, 1.0, 400, endpoint=False))
    x, y = projection.project(cell * 10.0 + [20.0, south]).T
    area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    on_sphere = np.radians(10.0) * (np.sin(np.radians(south + 10.0)) - np.sin(np.radians(south)))
    assert area == pytest.approx(on_sphere, rel=1e-5)


def _cell(side: np.ndarray) -> np.ndarray:
    zero, one = np.zeros_like(side), np.ones_like(side)
    edges = [(side, zero), (one, side), (1 - side, one), (zero, 1 - side)]
    return np.concatenate([np.column_stack(edge) for edge in edges])


def box(west: float, south: float, east: float, north: float) -> np.ndarray:
    return np.array([[x, y] for x in np.arange(west, east + 1) for y in (south, north)])


def test_near_units_have_a_map_around_their_centre() -> None:
    assert projection_for([box(-10.0, 36.0, 30.0, 60.0)]) == LambertAzimuthal(10.0, 48.0)


def test_units_on_both_sides_of_the_antimeridian_are_near() -> None:
    parts = [box(170.0, -20.0, 180.0, -10.0), box(-180.0, -20.0, -170.0, -10.0)]
    assert projection_for(parts) == LambertAzimuthal(180.0, -15.0)


def test_units_around_a_pole_have_a_map_around_it() -> None:
    assert projection_for([box(-180.0, 50.0, 179.0, 80.0)]) == LambertAzimuthal(0.0, 90.0)


def test_the_sides_of_a_map_of_the_world_are_in_the_bering_strait() -> None:
    assert projection_for([box(-170.0, -50.0, 179.0, 70.0)]) == EqualEarth(11.0)


def test_a_map_of_half_the_world_has_its_middle_in_the_middle() -> None:
    assert projection_for([box(60.0, -40.0, 180.0, 70.0)]) == EqualEarth(120.0)
