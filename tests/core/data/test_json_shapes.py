"""Objects of JSON that are tables: columns, rows by name, records below a key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from indicia.data import read_table

if TYPE_CHECKING:
    from pathlib import Path

FRAME = pd.DataFrame({"city": ["Lima", "Oslo", "Pune"], "gdp": [1.5, 9.0, 2.5], "pupils": [30, 20, 40]})
NAMED = FRAME.set_index("city").rename_axis(None)


def read(folder: Path, text: str) -> list[tuple[Any, ...]]:
    (folder / "t.json").write_text(text, encoding="utf-8")
    return read_table(folder / "t.json").rows()


@pytest.mark.parametrize(
    "text",
    [
        FRAME.to_json(),
        FRAME.to_json(orient="index"),
        FRAME.to_json(orient="split"),
        FRAME.to_json(orient="table", index=False),
        NAMED.to_json(orient="index"),
        NAMED.to_json(orient="split"),
        json.dumps(FRAME.to_dict(orient="list")),
        json.dumps({"status": "ok", "data": FRAME.to_dict(orient="records")}),
        FRAME.to_json(orient="records", lines=True),
    ],
)
def test_an_object_with_the_same_table_in_another_shape_is_read(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == [("Lima", 1.5, 30), ("Oslo", 9.0, 20), ("Pune", 2.5, 40)]


def test_more_rows_than_columns_tell_which_keys_are_rows(tmp_path: Path) -> None:
    assert read(tmp_path, NAMED.to_json()) == [("Lima", 1.5, 30), ("Oslo", 9.0, 20), ("Pune", 2.5, 40)]


def test_a_single_record_is_a_row(tmp_path: Path) -> None:
    assert read(tmp_path, '{"city": "Lima", "gdp": 1.5}') == [("Lima", 1.5)]
