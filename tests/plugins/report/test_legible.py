"""The page is legible: contrast, headings in their order, captions."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from report_pages import page_of

import indicia_report
from indicia_report.page import report

if TYPE_CHECKING:
    from indicia import Index

STYLES = Path(indicia_report.__file__).parent / "web" / "css"
LIGHT, _, DARK = (STYLES / "1-base.css").read_text(encoding="utf-8").partition("@media (prefers-color-scheme: dark)")
PARTS = {"light": LIGHT, "dark": DARK}
THEMES = {name: dict(re.findall(r"--(\w+): (#\w+)", part.partition("* {")[0])) for name, part in PARTS.items()}
SHADES = re.findall(
    r"\.([hc]\d) \{ background: (#\w+); color: (#\w+); \}", (STYLES / "4-method.css").read_text(encoding="utf-8")
)


def linear(colour: str) -> np.ndarray:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    part = np.array([int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of the Web Content Accessibility Guidelines."""
    light, dark = sorted((float(linear(one) @ [0.2126, 0.7152, 0.0722]) for one in (first, second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ink", ["ink", "quiet", "accent"])
@pytest.mark.parametrize("ground", ["ground", "soft"])
def test_text_stands_out_from_its_ground(theme: str, ink: str, ground: str) -> None:
    assert contrast(THEMES[theme][ink], THEMES[theme][ground]) >= 4.5


def test_numbers_stand_out_from_every_shade_of_a_map() -> None:
    assert len(SHADES) == 19
    assert [name for name, ground, ink in SHADES if contrast(ground, ink) < 4.5] == []


def test_headings_leave_out_no_level(model: Index) -> None:
    levels = [int(one) for one in re.findall(r"<h(\d)", report(model, draws=20))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption(model: Index) -> None:
    page = page_of(model.score())
    assert page.count("<table") == page.count("<caption")
