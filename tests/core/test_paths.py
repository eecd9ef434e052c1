"""A path is a text or a `Path`, wherever a function of Python takes one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

import indicia
from indicia.catalogue import installed, inventory
from indicia.data import check_output_path, format_of, open_appender, read_table, render, slices, write
from indicia.result.manifests import read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.index import Index

AS = pytest.mark.parametrize("path_of", [str, Path])
HALVED = '''"""A plugin of one method."""
from dataclasses import dataclass
from indicia.catalogue import hookimpl
from indicia.methods import Normalisation

@dataclass(frozen=True)
class Halved(Normalisation):
    """Divide by twice the largest value."""

    name = "halved"
    reference = "None"

    def benefit(self, x, s):
        return x / (2 * s.max)

@hookimpl
def indicia_normalisations():
    return [Halved]
'''


@AS
def test_a_fitted_index_is_written_read_and_streamed(
    index: Callable[..., Index], cities: pl.DataFrame, tmp_path: Path, path_of: Callable[[Path], str | Path]
) -> None:
    fitted, table, scores = (path_of(tmp_path / name) for name in ("fitted.json", "cities.csv", "scores.csv"))
    cities.write_csv(table)
    indicia.fit(index({"income": {}}), cities).write(fitted)
    again = indicia.read_fitted(fitted)
    assert again.stream(table, scores).rows == len(cities)
    assert again.score(table).scores["score"].to_list() == read_table(scores)["score"].to_list()


@AS
def test_tables_are_written_and_read(tmp_path: Path, path_of: Callable[[Path], str | Path]) -> None:
    frame, path = pl.DataFrame({"city": ["Lima"], "x": [1]}), path_of(tmp_path / "t.csv")
    check_output_path(path)
    write(render(frame, format_of(path)), path)
    assert read_table("t.csv", folder=path_of(tmp_path)).equals(frame)
    assert next(slices(path))["city"].to_list() == ["Lima"]
    with open_appender(path) as append:
        append(frame)
    assert read_table(path).equals(frame)


@AS
def test_results_and_manifests_are_written_and_read(
    index: Callable[..., Index], cities: pl.DataFrame, tmp_path: Path, path_of: Callable[[Path], str | Path]
) -> None:
    index({"income": {}}).score(cities).export(path_of(tmp_path / "ranking.md"))
    assert "Oslo" in (tmp_path / "ranking.md").read_text("utf-8")
    (tmp_path / "m.json").write_text('{"format": 3, "plugins": {}}')
    assert read_manifest(path_of(tmp_path / "m.json")) == {"format": 3, "plugins": {}}


@AS
def test_plugin_files_are_loaded_and_listed(tmp_path: Path, path_of: Callable[[Path], str | Path]) -> None:
    file = path_of(tmp_path / "halved.py")
    Path(file).write_text(HALVED)
    assert installed([file]).choose("normalisation", "halved", path_of(tmp_path)).name == "halved"
    assert [plugin.name for plugin in inventory.plugins([file])][-1] == str(file)
    assert inventory.find(str(file), [file])
