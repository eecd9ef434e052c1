"""Tables that describe the indicators of another table: their directions, weights, units of measure and dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia_recognition.indicator_lists import read_indicator_list
from indicia_recognition.metadata_cells import Cell, cell_text, direction_of, observe_directions, stated_weights
from indicia_recognition.metadata_values import (
    Metadata,
    Words,
    observe_absent,
    observe_description,
    observe_divided,
    observe_left_out,
    observe_unused,
    unlisted_columns,
    without_empty,
)
from indicia_recognition.observation import Observation
from indicia_recognition.words import plain_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

_MOST_ROWS = 5_000


def recognise_metadata(
    frame: pl.DataFrame, columns: Sequence[str], main: pl.DataFrame | None = None
) -> Metadata | None:
    """Return the description of the columns of another table; None for a table that describes no columns.

    `columns` are the names of the columns that may be described, and `main` is their table: its columns of numbers that
    the description does not list are left out.

    >>> import polars as pl
    >>> table = pl.DataFrame({"code": ["gdp", "co2"], "direction": [1, -1], "pillar": ["economy", "nature"]})
    >>> metadata = recognise_metadata(table, ["city", "gdp", "co2"])
    >>> metadata.indicators["co2"]
    {'direction': 'cost', 'dimension': 'nature'}
    >>> list(metadata.dimensions)
    ['economy', 'nature']
    """
    if frame.height > _MOST_ROWS or frame.width < 2:
        return None
    table = {name: [cell_text(cell) for cell in frame[name]] for name in frame.columns}
    coinr = {plain_words(name).replace(" ", ""): name for name in table}
    if "icode" in coinr and {"type", "parent"} & set(coinr):
        return read_coinr_list({word: table[name] for word, name in coinr.items()}, columns, main)
    return read_indicator_list(table, columns, main)


def read_coinr_list(
    meta: Mapping[str, list[Cell]], columns: Sequence[str], main: pl.DataFrame | None
) -> Metadata | None:
    """Return the words of COINr's iMeta.

    The parent of an indicator or aggregate is an aggregate; the aggregate without a parent is the index.
    """
    numbers = [row for row, code in enumerate(meta["icode"]) if code is not None]
    rows = [{word: cell for word, cells in meta.items() if (cell := cells[row]) is not None} for row in numbers]
    kinds = {row["icode"]: row.get("type", "Indicator").casefold() for row in rows}
    described = [row for row in rows if kinds[row["icode"]] == "indicator"]
    present = [row for row in described if row["icode"] in columns]
    if not present:
        return None
    aggregates = {row["icode"]: row for row in rows if kinds[row["icode"]] == "aggregate"}
    roots = [code for code, row in aggregates.items() if "parent" not in row]
    parents = {row["icode"]: row["parent"] for row in rows if "parent" in row and row["parent"] not in roots}
    used = _ancestors([row["icode"] for row in present], parents)
    weights = stated_weights(
        {row["icode"]: row.get("weight") for row in rows if row in present or row["icode"] in used}
    )
    indicators = {
        code: without_empty(
            name=row.get("iname") if row.get("iname") != code else None,
            direction=direction_of(row.get("direction")),
            unit=row.get("unit"),
            per=row.get("denominator") if row.get("denominator") in columns else None,
            weight=weights.get(code),
            dimension=parents.get(code),
        )
        for code, row in ((row["icode"], row) for row in present)
    }
    dimensions = {
        code: without_empty(
            name=name if (name := aggregates.get(code, {}).get("iname")) != code else None,
            parent=parents.get(code),
            weight=weights.get(code),
        )
        for code in used
    }
    of_kind = {
        kind: [code for code, code_kind in kinds.items() if code_kind == kind and code in columns]
        for kind in ("group", "denominator", "other")
    }
    left_out = dict.fromkeys(of_kind["denominator"], "listed as denominator in the second table")
    left_out |= dict.fromkeys(of_kind["other"], "listed as neither indicator nor group in the second table")
    names = {name.casefold(): name for name in columns}
    data = _roles_of_data(names, of_kind["group"], main)
    targets = [row["icode"] for row in present if "target" in row]
    notes = [observe_description(indicators, dimensions, "iMeta of COINr")]
    notes += observe_directions({row["icode"]: row.get("direction") for row in present})
    notes += observe_left_out(left_out)
    notes += observe_absent([row["icode"] for row in described if row not in present])
    notes += observe_unused("Target", "values to reach, which distance_to_target uses", "target = …", targets)
    notes += observe_divided(indicators)
    notes += _observe_roles(names)
    listed = {*kinds, *(names[word] for word in ("ucode", "uname", "time") if word in names)}
    left_out |= (unlisted := unlisted_columns(main, listed))
    notes += observe_left_out(unlisted)
    title = aggregates[roots[0]].get("iname") if len(roots) == 1 else None
    return Metadata(indicators, dimensions, data, tuple(of_kind["denominator"]), left_out, tuple(notes), title)


def _roles_of_data(names: Mapping[str, str], groups: Sequence[str], main: pl.DataFrame | None) -> Words:
    """Return the words of `[data]` for iData, by the names of its columns."""
    time = names.get("time")
    # the only period of a table is no period of a panel
    period = time if main is not None and time is not None and main[time].n_unique() > 1 else None
    return without_empty(unit=names.get("ucode"), label=names.get("uname"), period=period, groups=groups or None)


def _observe_roles(names: Mapping[str, str]) -> list[Observation]:
    roles = {"ucode": "the code of the unit", "uname": "the name of the unit", "time": "the period"}
    present = {names[word]: role for word, role in roles.items() if word in names}
    if not present:
        return []
    listed = ", ".join(f"{name} is {role}" for name, role in present.items())
    remedy = 'unit = "…", label = "…" and period = "…" in [data] name other columns (--unit, --label, --period)'
    return [Observation("columns_of_coinr", tuple(present), f"as in COINr's iData, {listed}", "format", remedy)]


def _ancestors(names: Iterable[str], parents: Mapping[str, str]) -> list[str]:
    """Return the parents of names, their parents and so on, higher ones first."""
    ancestors: list[str] = []
    for name in names:
        path: list[str] = []
        while (parent := parents.get(name)) is not None and parent not in path:
            path.append(parent)
            name = parent
        ancestors += [each for each in reversed(path) if each not in ancestors]
    return ancestors
