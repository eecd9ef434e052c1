"""`[bands]`: a figure has one band, and words that contradict each other are refused with both lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Fault = Callable[[str], str]

INDEX = """\
[data]
groups = ["region"]
[dimensions]
health = {}
[indicators]
income = {}
life = { dimension = "health" }
"""


@pytest.mark.parametrize(
    ("bands", "parts"),
    [
        (
            "ranges = { Low = [0, 0.6], High = [0.5, 1] }",
            ['"Low" and "High" of grade overlap from 0.5 to 0.6', "begin"],
        ),
        ("ranges = { High = [0.7, 1], Low = [0, 0.5] }", ['"Low" and "High" of grade leave a gap from 0.5 to 0.7']),
        ("ranges = { Low = [0.5, 0], High = [0.5, 1] }", ['"Low" of grade is empty: it goes from 0.5 to 0']),
        ("ranges = { Low = [0, 0.5] }", ["need at least two ranges"]),
        ("ranges = { Low = 0.5, High = [0.5, 1] }", ['the range "Low" is no pair of limits']),
        ("ranges = { Low = [nan, 0.5], High = [0.5, 1] }", ["must be a number"]),
        ("thresholds = [20, 10]", ["do not rise: 10 follows 20", "thresholds = [10, 20]"]),
        ("thresholds = [10, 10]", ["do not rise: 10 follows 10"]),
        ("thresholds = []", ["have no threshold"]),
        ("shares = [0.1, 0.2]", ["sum to 0.3: 0.1, 0.2", "positive shares that sum to 1"]),
        ("shares = [1.5, -0.5]", ["sum to 1: 1.5, -0.5", "positive shares"]),
        ("shares = 1", ["have 1 shares", "from 2 to 1000"]),
        ('thresholds = [5]\nnames = ["low"]', ["have 1 names, and there are 2 bands", "names = [", "thresholds = [5]"]),
        ('thresholds = [5]\nnames = ["low", "low"]', ['two bands with the name "low"']),
        ('thresholds = [5]\nnames = ["low", ""]', ["a band with an empty name"]),
        ('thresholds = [5]\nnames = [{ en = "a", zh = "x" }, { en = "b", zh = "x" }]', ['the name "x"']),
        ("", ["have no limits", "thresholds = [20, 50]"]),
        ("thresholds = [5]\nshares = 2", ["both shares and thresholds", "shares = 2", "thresholds = [5]"]),
        ("thresholds = [5]\nranges = { a = [0, 1], b = [1, 2] }", ["both thresholds and ranges"]),
        ('ranges = { a = [0, 1], b = [1, 2] }\nnames = ["a", "b"]', ["ranges have their names already"]),
        ('thresholds = [5]\nwithin = "region"', ["both thresholds and within", "the same in all groups"]),
        ('shares = 2\nclosed = "upper"', ["both shares and closed"]),
        ('of = "rank"\nthresholds = [5]\ndecimals = 1', ["both of and decimals", "a rank is not rounded"]),
        ('of = "rank"\nshares = 2\ndirection = "cost"', ["both of and direction", "rank_from decides"]),
        ('of = "helth"\nshares = 2', ['are of "helth", which is no score', 'did you mean "health"?', 'of = "helth"']),
        ('shares = 2\nwithin = "regions"', ['within "regions"', 'did you mean "region"?']),
        ("threshold = [5]", ['unknown key "threshold" in bands.grade', 'did you mean "thresholds"?']),
        ("thresholds = [5]\ndecimals = -1", ["bands.grade.decimals must be 0 or more"]),
    ],
)
def test_bands_that_classify_a_figure_twice_or_not_at_all_are_refused(
    fault: Fault, bands: str, parts: list[str]
) -> None:
    error = fault(f"{INDEX}[bands.grade]\n{bands}\n")
    assert [part for part in parts if part not in error] == []
    assert "index.toml:" in error


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("score", "the score"),
        ("income", "an indicator"),
        ("health", "a dimension"),
        ("region", "a column of the units"),
    ],
)
def test_bands_have_a_name_of_their_own(fault: Fault, name: str, owner: str) -> None:
    assert f'"{name}" is the name of {owner} already' in fault(f"{INDEX}[bands.{name}]\nshares = 2\n")


def test_shares_of_dense_ranks_are_refused_with_both_lines(fault: Fault) -> None:
    error = fault(f'{INDEX}[methodology]\nties = "dense"\n[bands.half]\nof = "rank"\nshares = 2\n')
    assert "ties" in error
    assert "shares = 2" in error
    assert 'fix: another rule for ties, such as "min"' in error
