"""A run says what it differs in from an earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indicia.errors import DataError
from indicia.result.replay import departures, read_manifest

if TYPE_CHECKING:
    from pathlib import Path

THEN = {"indicia": "0.1.0", "plugins": {"tanh": "indicia-tanh 0.1.0"}, "data": {"sha256": "a"}}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"indicia": "0.2.0"}, ["indicia is 0.2.0, and was 0.1.0"]),
        (
            {"plugins": {"tanh": "indicia-tanh 0.2.0"}},
            ["plugin tanh is indicia-tanh 0.2.0, and was indicia-tanh 0.1.0"],
        ),
        ({"plugins": {}}, ["plugin tanh (indicia-tanh 0.1.0) took part, and does not now"]),
        ({"plugins": {**THEN["plugins"], "x": "x 1"}}, ["plugin x (x 1) takes part, and did not then"]),
        ({"data": {"sha256": "b"}}, ["the data are not the same"]),
    ],
)
def test_what_differs_is_told(changed: dict[str, object], said: list[str]) -> None:
    assert list(departures({**THEN, **changed}, THEN)) == said


def test_a_plugin_file_that_moved_is_the_same() -> None:
    now, then = ({"plugins": {f"{folder}/mine.py": "sha256 abc"}} for folder in ("here", "there"))
    assert list(departures(now, then)) == []


@pytest.mark.parametrize("text", [None, "no json", "[]", '{"plugins": 1}'])
def test_what_is_no_manifest_is_refused(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "scores.manifest.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(DataError, match="manifest"):
        read_manifest(path)
