"""The page is legible: contrast, colours that the colour-blind tell apart, headings in their order."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from report_pages import page_of

from indicia_report.page import report

if TYPE_CHECKING:
    from indicia import Index

CSS = files("indicia_report.files").joinpath("documents.css").read_text(encoding="utf-8")
LIGHT, _, DARK = CSS[: CSS.index("*{box-sizing")].partition("@media (prefers-color-scheme:dark)")
THEMES = {name: dict(re.findall(r"--(\w+):(#\w+)", part)) for name, part in (("light", LIGHT), ("dark", DARK))}
SHADES = re.findall(r"\.([hc]\d)\{background:(#\w+);color:(#\w+)\}", CSS)
SEEN = {
    "by most": np.eye(3),
    "without M cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "without L cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}
"""Colour vision deficiencies over linear RGB: Machado, Oliveira & Fernandes (2009), severity 1."""


def linear(colour: str) -> np.ndarray:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    part = np.array([int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of the Web Content Accessibility Guidelines."""
    light, dark = sorted((float(linear(one) @ [0.2126, 0.7152, 0.0722]) for one in (first, second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, seen: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    part = to_xyz @ np.clip(seen @ linear(colour), 0, 1) / [0.9505, 1, 1.089]
    x, y, z = np.where(part > 0.008856, np.cbrt(part), 7.787 * part + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ink", ["fg", "soft", "link"])
@pytest.mark.parametrize("ground", ["bg", "fill"])
def test_text_stands_out_from_its_ground(theme: str, ink: str, ground: str) -> None:
    assert contrast(THEMES[theme][ink], THEMES[theme][ground]) >= 4.5


def test_numbers_stand_out_from_every_shade_of_a_map() -> None:
    assert len(SHADES) == 19
    assert [name for name, ground, ink in SHADES if contrast(ground, ink) < 4.5] == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eyes", SEEN)
def test_colour_blind_readers_can_distinguish_the_colours_of_parts(theme: str, eyes: str) -> None:
    colours = [THEMES[theme][f"k{at}"] for at in range(8)]
    nearest = min(
        float(np.linalg.norm(lab(one, SEEN[eyes]) - lab(other, SEEN[eyes]))) for one, other in combinations(colours, 2)
    )
    assert nearest > 10


def test_headings_leave_out_no_level(model: Index) -> None:
    levels = [int(one) for one in re.findall(r"<h(\d)", report(model, draws=20))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption(model: Index) -> None:
    page = page_of(model.score())
    assert page.count("<table") == page.count("<caption")
