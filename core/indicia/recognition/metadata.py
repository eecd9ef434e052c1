"""Tables that describe the indicators of another table: their directions, weights, units of measure and dimensions."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import polars as pl

from indicia.data.sheet_xml import column_letters, column_number
from indicia.errors import join_names, pluralise
from indicia.recognition.names import rank_of
from indicia.recognition.observation import Observation
from indicia.recognition.words import FOLDER, plain_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Words: TypeAlias = dict[str, Any]
"""Words of the index file for an indicator or a dimension."""
Cell: TypeAlias = str | None

_ROOT = "index"
_MOST_ROWS = 5_000
_LONG_NAME = 60
"""The most characters of descriptions, on average, that may be names."""
_HEAD = 60
"""The rows of a sheet in which the titles of the COIN Tool are sought."""
_LEAST_NAMED = 0.5
"""The least share of the cells of a column that are names of columns, in a table that describes columns."""
_UP, _DOWN = {"+", "++", "↑", "⬆", "▲", "1", "+1", "1.0"}, {"-", "--", "−", "–", "↓", "⬇", "▼", "-1", "−1", "-1.0"}


@dataclass(frozen=True)
class Metadata:
    """The description of indicators, as words of an index file.

    >>> Metadata({"gdp": {"direction": "benefit"}}).indicators
    {'gdp': {'direction': 'benefit'}}
    """

    indicators: dict[str, Words]
    """Words of `[indicators]` by indicator, in the order of the table."""
    dimensions: dict[str, Words] = field(default_factory=dict)
    """Words of `[dimensions]`: name, parent, weight; parents come before their parts."""
    data: Words = field(default_factory=dict)
    """Words of `[data]`: unit, label, period, groups."""
    denominators: tuple[str, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)
    """Columns of the table that are no indicators, with the reason."""
    observations: tuple[Observation, ...] = ()
    name: str | None = None
    """The name of the index."""


def recognise_metadata(
    frame: pl.DataFrame, columns: Sequence[str], main: pl.DataFrame | None = None
) -> Metadata | None:
    """Return the description of the columns of another table; None for a table that describes no columns.

    `columns` are the names of the columns that may be described, and `main` is their table, by which columns that the
    description leaves out are told.

    >>> table = pl.DataFrame({"code": ["gdp", "co2"], "direction": [1, -1], "pillar": ["economy", "nature"]})
    >>> metadata = recognise_metadata(table, ["city", "gdp", "co2"])
    >>> metadata.indicators["co2"]
    {'direction': 'cost', 'dimension': 'nature'}
    >>> list(metadata.dimensions)
    ['economy', 'nature']
    """
    if frame.height > _MOST_ROWS or frame.width < 2:
        return None
    table = {name: [_text(cell) for cell in frame[name]] for name in frame.columns}
    coinr = {plain_words(name).replace(" ", ""): name for name in table}
    if "icode" in coinr and {"type", "parent"} & set(coinr):
        return _coinr({word: table[name] for word, name in coinr.items()}, columns, main)
    return _list_of_indicators(table, columns, main)


def _text(cell: object) -> Cell:
    """Return a cell as text without blanks around it; None for an empty cell, and 1 for 1.0."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    return text if text and text not in ("NA", "n/a", "N/A", "--") else None


# The list of indicators of COINr


def _coinr(meta: Mapping[str, list[Cell]], columns: Sequence[str], main: pl.DataFrame | None) -> Metadata | None:
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
    weights = _weights({row["icode"]: row.get("weight") for row in rows if row in present or row["icode"] in used})
    notes: list[Observation] = []
    indicators = {}
    for row in present:
        code = row["icode"]
        indicators[code] = _words(
            name=row.get("iname") if row.get("iname") != code else None,
            direction=_direction(code, row.get("direction"), notes),
            unit=row.get("unit"),
            per=row.get("denominator") if row.get("denominator") in columns else None,
            weight=weights.get(code),
            dimension=parents.get(code),
        )
    dimensions = {}
    for code in used:
        name = aggregates.get(code, {}).get("iname")
        dimensions[code] = _words(
            name=name if name != code else None, parent=parents.get(code), weight=weights.get(code)
        )
    of_kind = {
        kind: [code for code, its in kinds.items() if its == kind and code in columns]
        for kind in ("group", "denominator", "other")
    }
    left_out = dict.fromkeys(of_kind["denominator"], "a denominator, as the second table says")
    left_out |= dict.fromkeys(of_kind["other"], "neither an indicator nor a group, as the second table says")
    names = {name.casefold(): name for name in columns}
    # the only period of a table is no period of a panel
    period = names.get("time") if main is not None and "time" in names and main[names["time"]].n_unique() > 1 else None
    data = _words(unit=names.get("ucode"), label=names.get("uname"), period=period, groups=of_kind["group"] or None)
    targets = [row["icode"] for row in present if "target" in row]
    notes = [_is_described(indicators, dimensions, "iMeta of COINr"), *notes, *_left_out(left_out)]
    notes += _absent([row["icode"] for row in described if row not in present])
    notes += _ignored("Target", "values to reach, which distance_to_target uses", "target = …", targets)
    notes += _divided(indicators)
    notes += _coinr_roles(names)
    known = {*kinds, *(names[word] for word in ("ucode", "uname", "time") if word in names)}
    left_out |= (unlisted := _unlisted(main, known))
    notes += _left_out(unlisted)
    title = aggregates[roots[0]].get("iname") if len(roots) == 1 else None
    return Metadata(indicators, dimensions, data, tuple(of_kind["denominator"]), left_out, tuple(notes), title)


def _coinr_roles(names: Mapping[str, str]) -> list[Observation]:
    roles = {"ucode": "the code of the unit", "uname": "the name of the unit", "time": "the period"}
    present = {names[word]: role for word, role in roles.items() if word in names}
    if not present:
        return []
    listed = ", ".join(f"{name} is {role}" for name, role in present.items())
    remedy = 'unit = "…", label = "…" and period = "…" in [data] name other columns (--unit, --label, --period)'
    return [Observation("columns_of_coinr", tuple(present), f"as in COINr's iData, {listed}", "format", remedy)]


# Any list of indicators

_Role: TypeAlias = Literal[
    "direction",
    "reversed",
    "positive",
    "weight",
    "dimension",
    "unit",
    "name",
    "code",
    "kind",
    "target",
    "per",
    "description",
    "remark",
]


@dataclass(frozen=True)
class _Vocabulary:
    """The words of `vocabulary/metadata.toml`."""

    columns: dict[str, frozenset[str]]
    cells: dict[str, frozenset[str]]

    def has_role(self, name: str, role: _Role) -> bool:
        """Return True if the name of a column is in the list of a role, also with a number at its end."""
        words = plain_words(name)
        return words in self.columns[role] or re.sub(r"\s?\d+$", "", words) in self.columns[role]


@cache
def _vocabulary() -> _Vocabulary:
    tables = tomllib.loads((FOLDER / "metadata.toml").read_text(encoding="utf-8"))
    columns, cells = (
        {name: frozenset(map(plain_words, words)) for name, words in tables[table].items()}
        for table in ("columns", "cells")
    )
    return _Vocabulary(columns, cells)


def _list_of_indicators(
    table: dict[str, list[Cell]], columns: Sequence[str], main: pl.DataFrame | None
) -> Metadata | None:
    """Return the words of a table with a row for each indicator, in any language of the vocabulary."""
    key, rows = _key(table, columns)
    if key is None or len(rows) < 2:
        return None
    roles = _roles(table, key, list(rows))
    if not any(
        roles[role] for role in ("direction", "reversed", "positive", "weight", "dimension", "unit", "name", "kind")
    ):
        return None
    kinds = {column: _kind(table, roles, row) for row, column in rows.items()}
    notes: list[Observation] = []
    indicators_rows = {row: column for row, column in rows.items() if kinds[column] == "indicator"}
    levels, parents = _tree(table, roles["dimension"], list(indicators_rows), set(indicators_rows.values()))
    weight_columns = _weight_columns(roles)
    weights = _weights({column: _cell(table, weight_columns.get(""), row) for row, column in indicators_rows.items()})
    indicators = {}
    for row, column in indicators_rows.items():
        name = next((text for each in roles["name"] if (text := table[each][row]) and text != column), None)
        per = next((text for each in roles["per"] if (text := table[each][row]) in columns), None)
        indicators[column] = _words(
            name=name,
            direction=_direction_of_row(table, roles, row, column, notes),
            unit=next((text for each in roles["unit"] if (text := table[each][row])), None),
            per=per,
            weight=weights.get(column),
            dimension=levels.get(row),
        )
    dimensions = {name: _words(parent=parent) for name, parent in parents.items()}
    for column, of_dimensions in _dimension_weights(table, weight_columns, list(indicators_rows)).items():
        for name, weight in _weights(of_dimensions).items():
            if name in dimensions and weight is not None:
                dimensions[name] = dimensions[name] | {"weight": weight}
        notes += [] if of_dimensions else [_unread(column)]
    if not any(weight_columns) and _are_global(weights, levels, indicators_rows):
        dimensions = {name: words | {"weight": 0.0} for name, words in dimensions.items()}
        for row, column in indicators_rows.items():
            name = levels.get(row)
            while name is not None:
                dimensions[name]["weight"] = round(dimensions[name]["weight"] + weights[column], 12)
                name = parents[name]
        notes.append(_global_weights(weight_columns[""], dimensions))
    left_out = {
        column: f"{_a(kind)}, as the second table says"
        for column, kind in kinds.items()
        if kind not in ("indicator", "group")
    }
    groups = [column for column, kind in kinds.items() if kind == "group"]
    denominators = tuple(column for column, kind in kinds.items() if kind == "denominator")
    notes = [
        _is_described(indicators, dimensions, f'the column "{key}" of the second table'),
        *notes,
        *_left_out(left_out),
    ]
    named = set(rows)
    others = [cell for row, cell in enumerate(table[key]) if cell is not None and row not in named]
    notes += _absent([cell for cell in others if not _is_dimension(cell, dimensions)])
    for column in roles["target"]:
        having = [name for row, name in indicators_rows.items() if table[column][row] is not None]
        notes += _ignored(column, "values to reach, which distance_to_target uses", "target = …", having)
    notes += _divided(indicators)
    read = {name for role, names in roles.items() if role not in ("description", "remark") for name in names}
    unread = [name for name in table if name != key and name not in read]
    notes += [_unread(name) for name in unread if any(table[name])]
    unlisted = _unlisted(main, {*rows.values()})
    left_out |= unlisted
    notes += _left_out(unlisted)
    return Metadata(indicators, dimensions, _words(groups=groups or None), denominators, left_out, tuple(notes))


def _key(table: dict[str, list[Cell]], columns: Sequence[str]) -> tuple[str | None, dict[int, str]]:
    """Return the column whose cells are names of columns, and the name by row."""
    exact = set(columns)
    by_words = {plain_words(name): name for name in columns}
    best: tuple[str | None, dict[int, str]] = None, {}
    for name, cells in table.items():
        found: dict[int, str] = {}
        for row, cell in enumerate(cells):
            column = cell if cell in exact else by_words.get(plain_words(cell)) if cell else None
            if column is not None and column not in found.values():
                found[row] = column
        present = sum(cell is not None for cell in cells)
        if len(found) > len(best[1]) and len(found) >= _LEAST_NAMED * present:
            best = name, found
    return best


def _roles(table: dict[str, list[Cell]], key: str, rows: Sequence[int]) -> dict[_Role, list[str]]:
    """Return the columns by what they hold."""
    roles: dict[_Role, list[str]] = {
        role: []
        for role in _Role.__args__  # type: ignore[attr-defined]
    }
    known = _vocabulary()
    for name, cells in table.items():
        texts = [cell for row in rows if (cell := cells[row]) is not None]
        if name == key or not texts:
            continue
        if _are_directions(name, texts):
            roles["direction"].append(name)
            continue
        is_weight = _names_weight(name)
        for role in ("reversed", "positive"):
            if known.has_role(name, role) and all(_is_yes(text) is not None for text in texts):
                roles[role].append(name)
                break
        else:
            if is_weight and all(_number(text) is not None for text in texts):
                roles["weight"].append(name)
                continue
            candidates: tuple[_Role, ...] = (
                "kind",
                "unit",
                "per",
                "target",
                "code",
                "name",
                "dimension",
                "description",
                "remark",
            )
            for role in candidates:
                if known.has_role(name, role) and _fits(role, texts, len(rows)):
                    roles[role].append(name)
                    break
    if not roles["name"]:
        short = [name for name in roles["description"] if _mean_length(table[name]) <= _LONG_NAME]
        roles["name"] = short[:1]
    if not roles["name"]:
        roles["name"] = [name for name in roles["code"] if _is_longer(table[name], table[key], rows)]
    return roles


def _fits(role: _Role, texts: Sequence[str], count: int) -> bool:
    """Return True if the cells of a column can have a role that its name says."""
    distinct = len(set(texts))
    are_numbers = all(_number(text) is not None for text in texts)
    match role:
        case "kind":
            kinds = [_kind_of(text) for text in texts]
            return "indicator" in kinds and None not in kinds
        case "dimension":
            return not are_numbers and (distinct < count or count < 4)
        case "name" | "description":
            return not are_numbers and distinct == len(texts)
        case "target":
            return are_numbers
        case "unit" | "per":
            return not are_numbers
        case _:
            return True


def _mean_length(cells: Sequence[Cell]) -> float:
    lengths = [len(cell) for cell in cells if cell is not None]
    return sum(lengths) / max(len(lengths), 1)


def _is_longer(cells: Sequence[Cell], codes: Sequence[Cell], rows: Sequence[int]) -> bool:
    return sum(len(cells[row] or "") for row in rows) > 1.5 * sum(len(codes[row] or "") for row in rows)


def _names_weight(name: str) -> bool:
    words, weights = plain_words(name), _vocabulary().columns["weight"]
    return words in weights or any(
        words.startswith(f"{weight} ") or words.endswith(f" {weight}" if weight.isascii() else weight)
        for weight in weights
    )


def _weight_columns(roles: Mapping[_Role, Sequence[str]]) -> dict[str, str]:
    """Return the columns of weights by the column of dimensions that they belong to; "" for those of indicators."""
    columns: dict[str, str] = {}
    for name in roles["weight"]:
        words = plain_words(name)
        owner = next((each for each in roles["dimension"] if plain_words(each) in words), "")
        columns.setdefault(owner, name)
    return columns


def _dimension_weights(
    table: dict[str, list[Cell]],
    weight_columns: Mapping[str, str],
    rows: Sequence[int],
) -> dict[str, dict[str, Cell]]:
    """Return the weights of dimensions by column; none if a dimension has several."""
    weights: dict[str, dict[str, Cell]] = {}
    for owner, column in weight_columns.items():
        if not owner:
            continue
        names = _filled_down(table[owner], rows)
        pairs = {(names[row], table[column][row]) for row in rows if names[row] and table[column][row] is not None}
        weights[column] = (
            {str(name): weight for name, weight in sorted(pairs)} if len(dict(pairs)) == len(pairs) else {}
        )
    return weights


def _kind(table: dict[str, list[Cell]], roles: Mapping[_Role, Sequence[str]], row: int) -> str:
    for column in roles["kind"]:
        if kind := _kind_of(table[column][row]):
            return kind
    return "indicator"


def _kind_of(cell: Cell) -> str | None:
    words, cells = plain_words(cell or ""), _vocabulary().cells
    kinds = ("indicator", "aggregate", "group", "denominator", "other")
    return next((kind for kind in kinds if words in cells[kind]), None)


def _tree(
    table: dict[str, list[Cell]], columns: Sequence[str], rows: Sequence[int], indicators: set[str]
) -> tuple[dict[int, str], dict[str, str | None]]:
    """Return the lowest dimension of each row, and the parent of each dimension, parents first.

    A column is a level below another if each of its dimensions lies in one dimension of the other. Columns that are no
    levels of one tree are left out.
    """
    filled = {name: _filled_down(table[name], rows) for name in columns}
    levels = sorted(columns, key=lambda name: len({filled[name][row] for row in rows}))
    levels = [name for name in levels if len({filled[name][row] for row in rows}) > 1 or len(rows) < 2]
    chain: list[str] = []
    for name in levels:
        if all(_is_nested(filled[upper], filled[name], rows) for upper in chain):
            chain.append(name)
    return tree_of_paths({row: [filled[name][row] for name in chain] for row in rows}, indicators)


def tree_of_paths(paths: Mapping[int, Sequence[Cell]], taken: set[str]) -> tuple[dict[int, str], dict[str, str | None]]:
    """Return the lowest dimension of each row, and the parent of each dimension.

    A path lists the dimensions of a row from the highest to the lowest. A dimension with the name of another dimension,
    of an indicator (`taken`) or of the index gets the name of its parent in front.

    >>> tree_of_paths({0: ["a", "x"], 1: ["a", "y"], 2: ["b", "x"]}, set())
    ({0: 'x', 1: 'y', 2: 'b x'}, {'a': None, 'x': 'a', 'y': 'a', 'b': None, 'b x': 'b'})
    """
    parents: dict[str, str | None] = {}
    names: dict[tuple[str, ...], str] = {}
    lowest: dict[int, str] = {}
    for row, path in paths.items():
        parent: str | None = None
        place: tuple[str, ...] = ()
        for name in path:
            if name is None or (place and place[-1] == name):
                continue
            place = (*place, name)
            if place not in names:
                unique = name
                if unique in parents or unique in taken or unique == _ROOT:
                    unique = f"{parent or 'dimension'} {name}"
                names[place] = unique
                parents[unique] = parent
            parent = names[place]
        if parent is not None:
            lowest[row] = parent
    return lowest, parents


def _is_nested(upper: Sequence[Cell], lower: Sequence[Cell], rows: Sequence[int]) -> bool:
    pairs = {(lower[row], upper[row]) for row in rows}
    return len({low for low, _ in pairs}) == len(pairs)


def _filled_down(cells: Sequence[Cell], rows: Sequence[int]) -> list[Cell]:
    """Return the cells with the text above in place of empty cells, as of merged cells, if the first is not empty."""
    if not rows or cells[rows[0]] is None:
        return list(cells)
    filled: list[Cell] = []
    for cell in cells:
        filled.append(cell if cell is not None or not filled else filled[-1])
    return filled


def _is_dimension(cell: str, dimensions: Mapping[str, Words]) -> bool:
    return cell in dimensions or _kind_of(cell) is not None


# Cells


def _words(**words: object) -> Words:
    """Return the words that have a value."""
    return {word: value for word, value in words.items() if value is not None}


def _cell(table: dict[str, list[Cell]], column: str | None, row: int) -> Cell:
    return None if column is None else table[column][row]


def _number(cell: Cell) -> float | None:
    """Return the number of a cell; a percent sign and a decimal comma are read.

    >>> _number("25 %"), _number("0,5"), _number("high")
    (25.0, 0.5, None)
    """
    text = (cell or "").replace("%", "").replace(",", ".").strip()
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _weights(cells: Mapping[str, Cell]) -> dict[str, float]:
    """Return the weights by name; none if all are equal, as weights that are not stated are."""
    numbers = {name: number for name, cell in cells.items() if (number := _number(cell)) is not None and number >= 0}
    if len(set(numbers.values())) < 2 and (len(numbers) == len(cells) or not numbers):
        return {}
    return {name: int(number) if number.is_integer() else number for name, number in numbers.items()}


def _are_global(weights: Mapping[str, float], levels: Mapping[int, str], columns: Mapping[int, str]) -> bool:
    """Return True if weights sum to 1 or 100 over all indicators, and not within each dimension."""
    if len(set(levels.values())) < 2 or len(weights) < len(columns) or len(levels) < len(columns):
        return False
    sums: dict[str, float] = {}
    for row, column in columns.items():
        sums[levels[row]] = sums.get(levels[row], 0.0) + weights[column]
    total = sum(sums.values())
    return any(math.isclose(total, whole, rel_tol=1e-2) for whole in (1, 100))


def _sign(cell: Cell) -> str | None:
    """Return the direction that a cell says; None for another cell.

    >>> _sign("-1"), _sign("The higher, the better"), _sign("逆向指标"), _sign("maybe")
    ('cost', 'benefit', 'cost', None)
    """
    # "+ (more is better)" and "正向（+）" say it twice
    text = re.sub(r"[(（].*[)）]", "", cell or "").strip()
    if text in _UP or text in _DOWN:
        return "benefit" if text in _UP else "cost"
    words, cells = plain_words(text), _vocabulary().cells
    for direction in ("benefit", "cost"):
        if words in cells[direction]:
            return direction
    return None


def _is_yes(cell: Cell) -> bool | None:
    words, cells = plain_words(cell or ""), _vocabulary().cells
    return True if words in cells["yes"] else False if words in cells["no"] else None


def _are_directions(name: str, texts: Sequence[str]) -> bool:
    """Return True if most cells of a column are directions, and its name says so, or the cells can be nothing else."""
    signs = [_sign(text) for text in texts]
    share = sum(sign is not None for sign in signs) / len(signs)
    if _vocabulary().has_role(name, "direction") or plain_words(name).partition(" ")[0] in ("direction", "polarity"):
        return share >= _LEAST_NAMED
    distinct = {plain_words(text) or text for text in texts}
    return (
        share == 1.0
        and set(signs) == {"benefit", "cost"}
        and all(len(text) > 1 or text in "+-−↑↓" for text in distinct)
    )


def _direction(column: str, cell: Cell, notes: list[Observation]) -> str | None:
    """Return the direction in a cell, and append an observation if the cell says none."""
    if (sign := _sign(cell)) is None and cell is not None:
        sentence = f'the second table gives the direction of {column} as "{cell}", which is neither benefit nor cost'
        remedy = f'direction = "benefit" or "cost" in [indicators.{column}], or "target" where a value between is best'
        notes.append(Observation("direction_in_metadata", (column,), sentence, "question", remedy))
    return sign


def _direction_of_row(
    table: dict[str, list[Cell]], roles: Mapping[_Role, Sequence[str]], row: int, column: str, notes: list[Observation]
) -> str | None:
    for name in roles["direction"]:
        if table[name][row] is not None:
            return _direction(column, table[name][row], notes)
    for role, yes, no in (("reversed", "cost", "benefit"), ("positive", "benefit", "cost")):
        for name in roles[role]:  # type: ignore[index]
            if (answer := _is_yes(table[name][row])) is not None:
                return yes if answer else no
    return None


def _ancestors(names: Iterable[str], parents: Mapping[str, str]) -> list[str]:
    """Return the parents of names, their parents and so on, higher ones first."""
    found: list[str] = []
    for name in names:
        path: list[str] = []
        while (parent := parents.get(name)) is not None and parent not in path:
            path.append(parent)
            name = parent
        found += [each for each in reversed(path) if each not in found]
    return found


# Observations


def _is_described(indicators: Mapping[str, Words], dimensions: Mapping[str, Words], source: str) -> Observation:
    content = {"name": "names", "direction": "directions", "weight": "weights", "unit": "units of measure"}
    taken = [noun for word, noun in content.items() if any(word in words for words in indicators.values())]
    if dimensions:
        taken.append(pluralise(len(dimensions), "dimension"))
    sentence = f"{source} describes {pluralise(len(indicators), 'indicator')}, with {join_names(taken)}"
    return Observation("metadata", tuple(indicators), sentence, "format", "[indicators] in the index file overrules it")


def _left_out(reasons: Mapping[str, str]) -> list[Observation]:
    by_reason: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        by_reason.setdefault(reason, []).append(name)
    remedy = "an entry in [indicators] makes it an indicator"
    return [
        Observation("left_out_by_metadata", tuple(names), f"{join_names(names, 20)}: {reason}", "left_out", remedy)
        for reason, names in by_reason.items()
    ]


def _absent(names: Sequence[str]) -> list[Observation]:
    if not names:
        return []
    sentence = f"the second table describes {join_names(names)}, but the first has no such column"
    remedy = "rename the column, or leave it: the index does without it"
    return [Observation("described_but_absent", tuple(names), sentence, "question", remedy)]


def _ignored(column: str, content: str, word: str, indicators: Sequence[str]) -> list[Observation]:
    if not indicators:
        return []
    sentence = f"{column} of the second table holds {content}: left out for {join_names(indicators)}"
    return [
        Observation("metadata_not_used", (column,), sentence, "left_out", f"write {word} in [indicators] to use it")
    ]


def _unread(column: str) -> Observation:
    sentence = f'the column "{column}" of the second table is left out: no word of the index file is known for it'
    return Observation(
        "metadata_not_used", (column,), sentence, "left_out", "write its content as note = … or source = …"
    )


def _global_weights(column: str, dimensions: Mapping[str, Words]) -> Observation:
    sentence = (
        f'the weights in "{column}" sum to one over all indicators: the weight of a dimension is the sum of those of '
        f"its indicators, such as {next(iter(dimensions.values()))['weight']:g} for {next(iter(dimensions))}"
    )
    remedy = "without weight = … in [dimensions] the dimensions count as equal"
    return Observation("weights_of_dimensions", tuple(dimensions), sentence, "format", remedy)


def _divided(indicators: Mapping[str, Words]) -> list[Observation]:
    divided = {name: words["per"] for name, words in indicators.items() if "per" in words}
    if not divided:
        return []
    pairs = join_names(f"{name} by {denominator}" for name, denominator in divided.items())
    sentence = f"indicators are divided by a denominator, as the second table says: {pairs}"
    return [Observation("divided", tuple(divided), sentence, "format", "without per = … an indicator is not divided")]


def _unlisted(main: pl.DataFrame | None, known: set[str]) -> dict[str, str]:
    """Return the columns of numbers that the description does not list, without periods."""
    if main is None:
        return {}
    numbers = [name for name, dtype in main.schema.items() if dtype.is_numeric() and name not in known]
    numbers = [name for name in numbers if rank_of(name, "periods") is None]
    return dict.fromkeys(numbers, "the second table does not list it as an indicator")


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"


# The COIN Tool

_ROWS_OF_COIN_TOOL = {
    "weight": r"weights?",
    "direction": r"direction",
    "lower": r"goalposts?( \w+)? lower|lower goalposts?|goalpost min\w*",
    "upper": r"goalposts?( \w+)? upper|upper goalposts?|goalpost max\w*",
    "index": r"index",
    "subindex": r"sub index",
    "pillar": r"pillar",
    "subpillar": r"sub pillar",
    "name": r"(indicator )?name",
    "code": r"(indicator )?code",
}
"""The titles of the rows above the data in the sheet Database, as words."""


@dataclass(frozen=True)
class CoinToolSheet:
    """The sheet of the COIN Tool in a workbook."""

    sheet: str
    """The name of the sheet."""
    format: Words
    """The words of `[data]` that read it."""
    metadata: Metadata


def coin_tool_sheet(content: bytes, sheet: str = "") -> CoinToolSheet | None:
    """Return the sheet of the COIN Tool in a workbook; None for another workbook.

    Without a name in `sheet`, it is the sheet with the name Database.
    """
    from indicia.data.workbook import Workbook

    book = Workbook.open(content, "the workbook")
    names = [name for name in book.names if name == sheet or (not sheet and plain_words(name) == "database")]
    for name in names:
        head = book.load(name, dtypes="string", n_rows=_HEAD)
        width = max(map(column_number, head.columns), default=0)
        letters = [column_letters(number) for number in range(1, width + 1)]
        empty = pl.lit(None, pl.String)
        cells = head.select(pl.col(each) if each in head.columns else empty.alias(each) for each in letters)
        if found := coin_tool(cells):
            return CoinToolSheet(name, *found)
    return None


def coin_tool(cells: pl.DataFrame) -> tuple[Words, Metadata] | None:
    """Return the words of `[data]` and the description of indicators of the sheet Database of the COIN Tool.

    `cells` are all cells of the sheet as text, from cell A1 on, in columns named by letters. Another sheet gives None.
    """
    grid = [[_text(cell) for cell in row] for row in cells.head(_HEAD).rows()]
    titles = _titles_of_coin_tool(grid)
    if titles is None:
        return None
    column, rows = titles
    header = rows.get("code", rows["name"])
    places = [place for place in range(column + 1, cells.width) if grid[header][place] is not None]
    codes = {place: str(grid[header][place]) for place in places}
    if len(set(codes.values())) < len(codes):
        return None

    def cell(word: str, place: int) -> Cell:
        return grid[rows[word]][place] if word in rows else None

    # A level with one code for all indicators is not used, as the index itself; "--" is empty already.
    levels = [
        word
        for word in ("subindex", "pillar", "subpillar")
        if word in rows and len({cell(word, place) for place in places}) > 1
    ]
    lowest, parents = tree_of_paths(
        {place: [cell(word, place) for word in levels] for place in places}, set(codes.values())
    )
    weights = _weights({codes[place]: cell("weight", place) for place in places})
    notes: list[Observation] = []
    indicators = {}
    for place, code in codes.items():
        name = cell("name", place)
        indicators[code] = _words(
            name=name if name != code else None,
            direction=_direction(code, cell("direction", place), notes),
            weight=weights.get(code),
            dimension=lowest.get(place),
        )
    dimensions = {name: _words(parent=parent) for name, parent in parents.items()}
    names = [
        letter
        for place, letter in enumerate(cells.columns[:column])
        if any(row[place] is not None for row in grid[header + 1 :])
    ]
    called = [grid[header][cells.columns.index(letter)] or f"column {letter}" for letter in names]
    data = _words(unit=called[-1] if called else None, label=called[0] if len(called) > 1 else None)
    notes = [_is_described(indicators, dimensions, "the sheet of the COIN Tool"), *notes]
    if dimensions:
        sentence = "the sheet Database of the COIN Tool has no weights of sub-indices and pillars: they count as equal"
        remedy = "weight = … in [dimensions], from the sheet Framework"
        notes.append(Observation("weights_of_dimensions", tuple(dimensions), sentence, "question", remedy))
    having = [code for place, code in codes.items() if cell("lower", place) or cell("upper", place)]
    content = "ends of the scale, which the normalisation by goalposts uses"
    notes += _ignored("Goalpost lower and upper", content, "bounds = [lower, upper]", having)
    words = {"skip_rows": header, "header_rows": 1}
    return words, Metadata(indicators, dimensions, data, observations=tuple(notes))


def _titles_of_coin_tool(grid: Sequence[Sequence[Cell]]) -> tuple[int, dict[str, int]] | None:
    """Return the column of the titles above the data, and the rows by their titles."""
    width = max(map(len, grid), default=0)
    for column in range(width):
        rows: dict[str, int] = {}
        for number, row in enumerate(grid):
            words = re.sub(r"[\d ]+$", "", plain_words(row[column] or ""))
            for word, pattern in _ROWS_OF_COIN_TOOL.items():
                if word not in rows and re.fullmatch(pattern, words):
                    rows[word] = number
        last = max(rows.values(), default=0)
        if {"weight", "direction", "name"} <= set(rows) and last in (rows.get("code"), rows["name"]):
            return column, rows
    return None
