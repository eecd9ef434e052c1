"""Files and streams of Windows and macOS: byte order marks, line ends, encodings without all letters."""

from __future__ import annotations

import codecs
import io
import os
from typing import TYPE_CHECKING

import pytest

import indicia
from indicia.cli import _make_encodable

if TYPE_CHECKING:
    from pathlib import Path

INDEX = '[data]\npath = "cities.csv"\nunit = "city"\n[indicators.income]\n[indicators.co2]\ndirection = "cost"\n'
TABLE = "city,income,co2\nLima,3,2\nZürich,9,7\nPune,1,2.5\n"


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8], ids=["no mark", "byte order mark"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_files_of_editors_of_windows_are_read(tmp_path: Path, mark: bytes, line_end: str) -> None:
    for name, content in (("index.toml", INDEX), ("cities.csv", TABLE)):
        (tmp_path / name).write_bytes(mark + content.replace("\n", line_end).encode())
    ranking = indicia.read(tmp_path / "index.toml").score().ranking
    assert ranking.columns[0] == "city"
    assert ranking["city"].to_list() == ["Lima", "Zürich", "Pune"]
    assert ranking["score"].to_list() == [0.625, 0.5, 0.45]


@pytest.mark.parametrize(
    ("system", "encoding", "written"),
    [
        ("posix", "cp1252", "Zürich ? 2\n".encode("cp1252")),
        ("posix", "utf-8", "Zürich ● 2\n".encode()),
        ("nt", "cp1252", "Zürich ● 2\n".encode()),
    ],
)
def test_a_stream_takes_every_letter(
    system: str, encoding: str, written: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    with monkeypatch.context() as patch:
        patch.delenv("PYTHONIOENCODING", raising=False)
        patch.setattr(os, "name", system)
        _make_encodable(stream, None)
    stream.write("Zürich ● 2\n")
    stream.flush()
    assert stream.buffer.getvalue() == written  # type: ignore[attr-defined]


def test_an_encoding_that_the_environment_names_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONIOENCODING", "cp1252")
        patch.setattr(os, "name", "nt")
        _make_encodable(stream)
    assert (stream.encoding, stream.errors) == ("cp1252", "replace")
