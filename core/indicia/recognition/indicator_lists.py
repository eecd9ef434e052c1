"""Tables with a row for each indicator, in any language of the vocabulary."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from indicia.recognition.dimension_tree import filled_down, tree_of_columns
from indicia.recognition.metadata_cells import (
    Cell,
    MetadataRole,
    direction_of,
    is_yes,
    kind_of,
    metadata_vocabulary,
    number_of,
    read_direction,
    stated_weights,
)
from indicia.recognition.metadata_values import (
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
from indicia.recognition.observation import Observation
from indicia.recognition.words import plain_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

_LONG_NAME = 60
"""The most characters of descriptions, on average, that may be names."""
_LEAST_NAMED = 0.5
"""The least share of the cells of a column that are names of columns, in a table that describes columns."""


def read_indicator_list(
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
    levels, parents = tree_of_columns(table, roles["dimension"], list(indicators_rows), set(indicators_rows.values()))
    weight_columns = _weight_columns(roles)
    weights = stated_weights(
        {column: _cell(table, weight_columns.get(""), row) for row, column in indicators_rows.items()}
    )
    indicators = {}
    for row, column in indicators_rows.items():
        name = next((text for each in roles["name"] if (text := table[each][row]) and text != column), None)
        per = next((text for each in roles["per"] if (text := table[each][row]) in columns), None)
        indicators[column] = without_empty(
            name=name,
            direction=_direction_of_row(table, roles, row, column, notes),
            unit=next((text for each in roles["unit"] if (text := table[each][row])), None),
            per=per,
            weight=weights.get(column),
            dimension=levels.get(row),
        )
    dimensions = {name: without_empty(parent=parent) for name, parent in parents.items()}
    for column, of_dimensions in _dimension_weights(table, weight_columns, list(indicators_rows)).items():
        for name, weight in stated_weights(of_dimensions).items():
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
        column: f"the second table lists it as {_a(kind)}"
        for column, kind in kinds.items()
        if kind not in ("indicator", "group")
    }
    groups = [column for column, kind in kinds.items() if kind == "group"]
    denominators = tuple(column for column, kind in kinds.items() if kind == "denominator")
    notes = [
        observe_description(indicators, dimensions, f'the column "{key}" of the second table'),
        *notes,
        *observe_left_out(left_out),
    ]
    named = set(rows)
    others = [cell for row, cell in enumerate(table[key]) if cell is not None and row not in named]
    notes += observe_absent([cell for cell in others if not _is_dimension(cell, dimensions)])
    for column in roles["target"]:
        having = [name for row, name in indicators_rows.items() if table[column][row] is not None]
        notes += observe_unused(column, "values to reach, which distance_to_target uses", "target = …", having)
    notes += observe_divided(indicators)
    read = {name for role, names in roles.items() if role not in ("description", "remark") for name in names}
    unread = [name for name in table if name != key and name not in read]
    notes += [_unread(name) for name in unread if any(table[name])]
    unlisted = unlisted_columns(main, {*rows.values()})
    left_out |= unlisted
    notes += observe_left_out(unlisted)
    return Metadata(indicators, dimensions, without_empty(groups=groups or None), denominators, left_out, tuple(notes))


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


def _roles(table: dict[str, list[Cell]], key: str, rows: Sequence[int]) -> dict[MetadataRole, list[str]]:
    """Return the columns by what they hold."""
    roles: dict[MetadataRole, list[str]] = {
        role: []
        for role in MetadataRole.__args__  # type: ignore[attr-defined]
    }
    known = metadata_vocabulary()
    for name, cells in table.items():
        texts = [cell for row in rows if (cell := cells[row]) is not None]
        if name == key or not texts:
            continue
        if _are_directions(name, texts):
            roles["direction"].append(name)
            continue
        is_weight = _names_weight(name)
        for role in ("reversed", "positive"):
            if known.has_role(name, role) and all(is_yes(text) is not None for text in texts):
                roles[role].append(name)
                break
        else:
            if is_weight and all(number_of(text) is not None for text in texts):
                roles["weight"].append(name)
                continue
            candidates: tuple[MetadataRole, ...] = (
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


def _fits(role: MetadataRole, texts: Sequence[str], count: int) -> bool:
    """Return True if the cells of a column can have a role that its name says."""
    distinct = len(set(texts))
    are_numbers = all(number_of(text) is not None for text in texts)
    match role:
        case "kind":
            kinds = [kind_of(text) for text in texts]
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


def _are_directions(name: str, texts: Sequence[str]) -> bool:
    """Return True if most cells of a column are directions, and its name says so, or the cells can be nothing else."""
    signs = [direction_of(text) for text in texts]
    share = sum(sign is not None for sign in signs) / len(signs)
    if metadata_vocabulary().has_role(name, "direction") or plain_words(name).partition(" ")[0] in (
        "direction",
        "polarity",
    ):
        return share >= _LEAST_NAMED
    distinct = {plain_words(text) or text for text in texts}
    return (
        share == 1.0
        and set(signs) == {"benefit", "cost"}
        and all(len(text) > 1 or text in "+-−↑↓" for text in distinct)
    )


def _mean_length(cells: Sequence[Cell]) -> float:
    lengths = [len(cell) for cell in cells if cell is not None]
    return sum(lengths) / max(len(lengths), 1)


def _is_longer(cells: Sequence[Cell], codes: Sequence[Cell], rows: Sequence[int]) -> bool:
    return sum(len(cells[row] or "") for row in rows) > 1.5 * sum(len(codes[row] or "") for row in rows)


def _names_weight(name: str) -> bool:
    words, weights = plain_words(name), metadata_vocabulary().columns["weight"]
    return words in weights or any(
        words.startswith(f"{weight} ") or words.endswith(f" {weight}" if weight.isascii() else weight)
        for weight in weights
    )


def _weight_columns(roles: Mapping[MetadataRole, Sequence[str]]) -> dict[str, str]:
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
        names = filled_down(table[owner], rows)
        pairs = {(names[row], table[column][row]) for row in rows if names[row] and table[column][row] is not None}
        weights[column] = (
            {str(name): weight for name, weight in sorted(pairs)} if len(dict(pairs)) == len(pairs) else {}
        )
    return weights


def _are_global(weights: Mapping[str, float], levels: Mapping[int, str], columns: Mapping[int, str]) -> bool:
    """Return True if weights sum to 1 or 100 over all indicators, and not within each dimension."""
    if len(set(levels.values())) < 2 or len(weights) < len(columns) or len(levels) < len(columns):
        return False
    sums: dict[str, float] = {}
    for row, column in columns.items():
        sums[levels[row]] = sums.get(levels[row], 0.0) + weights[column]
    total = sum(sums.values())
    return any(math.isclose(total, whole, rel_tol=1e-2) for whole in (1, 100))


def _global_weights(column: str, dimensions: Mapping[str, Words]) -> Observation:
    sentence = (
        f'the weights in "{column}" sum to one over all indicators: the weight of a dimension is the sum of those of '
        f"its indicators, such as {next(iter(dimensions.values()))['weight']:g} for {next(iter(dimensions))}"
    )
    remedy = "without weight = … in [dimensions] the dimensions count as equal"
    return Observation("weights_of_dimensions", tuple(dimensions), sentence, "format", remedy)


def _kind(table: dict[str, list[Cell]], roles: Mapping[MetadataRole, Sequence[str]], row: int) -> str:
    """Return the kind of a described column: indicator, group, denominator or another."""
    for column in roles["kind"]:
        if kind := kind_of(table[column][row]):
            return kind
    return "indicator"


def _direction_of_row(
    table: dict[str, list[Cell]],
    roles: Mapping[MetadataRole, Sequence[str]],
    row: int,
    column: str,
    notes: list[Observation],
) -> str | None:
    """Return the direction of an indicator by its row: a direction, or yes and no in a column such as `reversed`."""
    for name in roles["direction"]:
        if table[name][row] is not None:
            return read_direction(column, table[name][row], notes)
    for role, yes, no in (("reversed", "cost", "benefit"), ("positive", "benefit", "cost")):
        for name in roles[role]:  # type: ignore[index]
            if (answer := is_yes(table[name][row])) is not None:
                return yes if answer else no
    return None


def _cell(table: dict[str, list[Cell]], column: str | None, row: int) -> Cell:
    """Return the cell of a column; None without the column."""
    return None if column is None else table[column][row]


def _is_dimension(cell: str, dimensions: Mapping[str, Words]) -> bool:
    return cell in dimensions or kind_of(cell) is not None


def _unread(column: str) -> Observation:
    sentence = f'the column "{column}" of the second table is left out: no word of the index file is known for it'
    return Observation(
        "metadata_not_used", (column,), sentence, "left_out", "write its content as note = … or source = …"
    )


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"
