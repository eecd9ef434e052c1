"""Putting files in place: whole or absent, several together, and nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indicia.data import write, write_together
from indicia.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITER = """
import os, signal, sys
from pathlib import Path
from indicia.data.atomic import part_files
with part_files(Path("scores.csv")) as [part]:
    part.write_text("half of it")
    if sys.argv[1] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    print("writing", flush=True)
    sys.stdin.readline()
    part.write_text("all of it")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("next_file", ["scores.csv", "ranks.csv"])
def test_the_next_write_to_a_folder_removes_what_a_killed_process_left(folder: Path, next_file: str) -> None:
    assert subprocess.run([sys.executable, "-c", WRITER, "killed"]).returncode == -9
    assert len(names(folder)) == 1
    write(b"new", folder / next_file)
    assert names(folder) == [next_file]


def test_the_part_file_of_a_process_that_is_still_writing_stays(folder: Path) -> None:
    command = [sys.executable, "-c", WRITER, "alive"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        write(b"of this process", folder / "scores.csv")
        assert len(names(folder)) == 2
        writer.communicate("go on\n")
    assert writer.returncode == 0
    assert (folder / "scores.csv").read_text() == "all of it"
    assert names(folder) == ["scores.csv"]


def test_hidden_files_of_others_stay(folder: Path) -> None:
    others = [".indicia.part", ".scores.csv.part", "indicia-1.part", ".indicia-1.part.csv"]
    for name in others:
        (folder / name).write_text("mine")
    write(b"new", folder / "scores.csv")
    assert names(folder) == sorted([*others, "scores.csv"])


def test_files_that_belong_together_appear_together(folder: Path) -> None:
    write_together({folder / "scores.csv": b"scores", folder / "manifest.json": b"manifest"})
    assert [(folder / name).read_bytes() for name in ("scores.csv", "manifest.json")] == [b"scores", b"manifest"]
    assert len(names(folder)) == 2


@pytest.mark.parametrize("folder_in_the_way", ["scores.csv", "manifest.json"])
def test_where_one_of_two_files_cannot_be_written_both_stay_as_they_were(folder: Path, folder_in_the_way: str) -> None:
    (folder / folder_in_the_way).mkdir()
    other = {"scores.csv": "manifest.json", "manifest.json": "scores.csv"}[folder_in_the_way]
    (folder / other).write_text("old")
    with pytest.raises(OutputError, match="is a folder"):
        write_together({folder / "scores.csv": b"new", folder / "manifest.json": b"new"})
    assert (folder / other).read_text() == "old"
    assert len(names(folder)) == 2


@pytest.mark.parametrize("refused", ["scores.csv", "manifest.json"])
def test_a_file_that_cannot_be_replaced_leaves_no_output_beside_another_manifest(
    folder: Path, monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    replace = os.replace

    def refuse(source: Path, target: Path) -> None:
        if refused in (Path(source).name, Path(target).name) and not getattr(refuse, "raised", False):
            refuse.raised = True
            raise PermissionError(13, "Permission denied")
        replace(source, target)

    for name in ("scores.csv", "manifest.json"):
        (folder / name).write_text("old")
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match="Permission denied"):
        write_together({folder / "scores.csv": b"new", folder / "manifest.json": b"new"})
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"scores.csv": "old", "manifest.json": "old"}


def test_a_device_is_written_to_and_no_file_describes_it(folder: Path) -> None:
    write_together({Path(os.devnull): b"gone", folder / "manifest.json": b"manifest"})
    assert names(folder) == []
