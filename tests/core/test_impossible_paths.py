"""Paths that no file can have are refused by name, and pipes are not waited for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

import indicia
from indicia.catalogue import installed
from indicia.cli import main
from indicia.data import read_table
from indicia.errors import DataError, IndiciaError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.index import Index

INDICATORS: dict[str, Any] = {"income": {}, "co2": {}}

IMPOSSIBLE = {"a" * 5_000: "file name too long", "a\0b": "embedded null byte"}


@pytest.fixture
def small(index: Callable[..., Index]) -> Index:
    """An index of two indicators."""
    return index(INDICATORS)


@pytest.mark.parametrize(("name", "reason"), IMPOSSIBLE.items(), ids=["long", "null"])
@pytest.mark.parametrize(
    "read",
    [
        lambda name: read_table(f"{name}.csv"),
        lambda name: read_table(f"{name}.xlsx#Sheet"),
        lambda name: indicia.read(f"{name}.toml"),
        lambda name: indicia.read({"data": {"path": f"{name}.csv"}, "indicators": INDICATORS}).score(),
        lambda name: indicia.read({"indicators": INDICATORS}, plugins=[f"{name}.py"]),
        lambda name: indicia.read({"indicators": INDICATORS, "plugins": [f"{name}.py"]}, allow_code=True),
        lambda name: (
            indicia.read(
                {"indicators": INDICATORS, "methodology": {"weighting": {"method": "ahp", "matrix": f"{name}.csv"}}}
            ).tree
        ),
        lambda name: installed().choose("weighting", {"method": "lbwa", "levels": f"{name}.csv"}),
    ],
    ids=["table", "sheet", "index file", "path of data", "plugin", "plugin of the index", "judgements", "levels"],
)
def test_a_path_that_no_file_can_have_is_refused(read: Callable[[str], object], name: str, reason: str) -> None:
    with pytest.raises(IndiciaError) as error:
        read(name)
    assert reason in str(error.value).lower()
    assert "fault of the method" not in str(error.value)


@pytest.mark.parametrize(
    "words",
    [["run", "NAME.csv"], ["run", "NAME.toml"], ["run", "NAME.csv", "-o", "out.csv"], ["plugins", "test", "NAME"]],
)
def test_a_name_that_is_too_long_is_no_fault_of_the_output(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([word.replace("NAME", "a" * 5_000) for word in words])
    assert ended.value.code == 2
    assert f'"{"a" * 40}" cannot be the path of a file: file name too long' in capsys.readouterr().err


def test_a_home_folder_that_nobody_has_is_refused() -> None:
    with pytest.raises(DataError, match="nobody has that home folder"):
        read_table("~nobody_of_this_name/cities.csv")


@pytest.mark.parametrize("name", ["pipe.csv", "pipe.xlsx", "pipe.json"])
def test_a_pipe_in_place_of_a_table_is_refused_and_not_waited_for(name: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(DataError, match=f'"{name}" is a pipe or a device, not a file') as error:
        indicia.score(tmp_path / name)
    assert 'standard input where its path is "-"' in str(error.value)


def test_a_device_in_place_of_a_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    with pytest.raises(DataError, match="is a pipe or a device"):
        read_table(tmp_path / "zero.csv")


def test_a_pipe_in_place_of_judgements_is_refused(small: Index, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "judge.csv")
    with pytest.raises(IndiciaError, match=r"judge\.csv is a pipe or a device, not a CSV file"):
        small.with_options(weighting={"method": "ahp", "matrix": str(tmp_path / "judge.csv")}).tree  # noqa: B018
