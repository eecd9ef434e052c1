"""Tables with a row for each indicator, in any language of the vocabulary."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, get_args

from indicia_recognition.coin_tool import filled_down, tree_of_columns
from indicia_recognition.metadata_cells import (
    Cell,
    MetadataRole,
    direction_of,
    is_yes,
    kind_of,
    metadata_vocabulary,
    number_of,
    observe_directions,
    stated_weights,
)
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
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

_TELLING_ROLES: tuple[MetadataRole, ...] = (
    "direction", "reversed", "positive", "weight", "dimension", "unit", "name", "kind",
)  # fmt: skip
"""The roles of which a description has at least one."""
_NAMED_ROLES: tuple[MetadataRole, ...] = (
    "kind", "unit", "per", "target", "code", "name", "dimension", "description", "remark",
)  # fmt: skip
"""The roles that a column has by its name."""
_YES_AND_NO: tuple[tuple[MetadataRole, str, str], ...] = (
    ("reversed", "cost", "benefit"),
    ("positive", "benefit", "cost"),
)
"""The roles of columns of yes and no, with the directions that they state."""
_LONG_NAME = 60
"""The most characters of descriptions, on average, that may be names."""
_LEAST_NAMED = 0.5
"""The least share of the cells of a column that are names of columns, in a table that describes columns."""


def read_indicator_list(
    table: dict[str, list[Cell]], columns: Sequence[str], main: pl.DataFrame | None
) -> Metadata | None:
    """Return the words of a table with a row for each indicator, in any language of the vocabulary."""
    key, described = _key(table, columns)
    if key is None or len(described) < 2:
        return None
    roles = _roles(table, key, list(described))
    if not any(roles[role] for role in _TELLING_ROLES):
        return None
    source = _IndicatorList(table, key, described, roles)
    indicators = source.indicators(columns)
    dimensions, on_weights = source.dimensions()
    left_out = {
        column: f"listed as {kind} in the second table"
        for column, kind in source.kinds.items()
        if kind not in ("indicator", "group")
    }
    unlisted = unlisted_columns(main, {*described.values()})
    groups = [column for column, kind in source.kinds.items() if kind == "group"]
    denominators = tuple(column for column, kind in source.kinds.items() if kind == "denominator")
    observations = (
        observe_description(indicators, dimensions, f'the column "{key}" of the second table'),
        *observe_directions({column: source.first("direction", row) for row, column in source.rows.items()}),
        *on_weights,
        *observe_left_out(left_out),
        *observe_absent(source.absent(dimensions)),
        *source.unused_targets(),
        *observe_divided(indicators),
        *map(_unread, source.unread_columns()),
        *observe_left_out(unlisted),
    )
    words = without_empty(groups=groups or None)
    return Metadata(indicators, dimensions, words, denominators, left_out | unlisted, observations)


@dataclass(frozen=True)
class _IndicatorList:
    """A table with a row for each indicator."""

    table: dict[str, list[Cell]]
    key: str
    """The column with the names of the columns that the table describes."""
    described: dict[int, str]
    """The described columns by row."""
    roles: dict[MetadataRole, list[str]]

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The kind of each described column: indicator, group, denominator or another."""
        return {column: kind_of(self.first("kind", row)) or "indicator" for row, column in self.described.items()}

    @cached_property
    def rows(self) -> dict[int, str]:
        """The indicators by row."""
        return {row: column for row, column in self.described.items() if self.kinds[column] == "indicator"}

    @cached_property
    def tree(self) -> tuple[dict[int, str], dict[str, str | None]]:
        """The lowest dimension of each row, and the parent of each dimension."""
        return tree_of_columns(self.table, self.roles["dimension"], list(self.rows), set(self.rows.values()))

    @cached_property
    def weight_columns(self) -> dict[str, str]:
        """The columns of weights by the column of dimensions that they belong to; "" for those of indicators."""
        columns: dict[str, str] = {}
        for name in self.roles["weight"]:
            words = plain_words(name)
            owner = next((each for each in self.roles["dimension"] if plain_words(each) in words), "")
            columns.setdefault(owner, name)
        return columns

    @cached_property
    def weights(self) -> dict[str, float]:
        """The weights of indicators; empty if the table states none."""
        name = self.weight_columns.get("")
        return stated_weights({column: self.table[name][row] if name else None for row, column in self.rows.items()})

    def first(self, role: MetadataRole, row: int) -> Cell:
        """Return the first cell of a row in the columns of a role."""
        return next((cell for name in self.roles[role] if (cell := self.table[name][row]) is not None), None)

    def indicators(self, columns: Sequence[str]) -> dict[str, Words]:
        """Return the words of each indicator; a denominator is a column of the described table."""
        indicators = {}
        for row, column in self.rows.items():
            names, denominators = ([self.table[each][row] for each in self.roles[role]] for role in ("name", "per"))
            indicators[column] = without_empty(
                name=next((name for name in names if name and name != column), None),
                direction=self._direction(row),
                unit=self.first("unit", row),
                per=next((name for name in denominators if name in columns), None),
                weight=self.weights.get(column),
                dimension=self.tree[0].get(row),
            )
        return indicators

    def _direction(self, row: int) -> str | None:
        """Return the direction by the cell of a direction, or by the yes or no of a column such as `reversed`."""
        if (cell := self.first("direction", row)) is not None:
            return direction_of(cell)
        for role, yes, no in _YES_AND_NO:
            for name in self.roles[role]:
                if (answer := is_yes(self.table[name][row])) is not None:
                    return yes if answer else no
        return None

    def dimensions(self) -> tuple[dict[str, Words], list[Observation]]:
        """Return the words of each dimension, and observations on their weights."""
        levels, parents = self.tree
        dimensions = {name: without_empty(parent=parent) for name, parent in parents.items()}
        observations: list[Observation] = []
        for column, cells in _dimension_weights(self.table, self.weight_columns, list(self.rows)).items():
            for name, weight in stated_weights(cells).items():
                if name in dimensions:
                    dimensions[name] = dimensions[name] | {"weight": weight}
            observations += [] if cells else [_unread(column)]
        if not any(self.weight_columns) and _are_global(self.weights, levels, self.rows):
            # the weight of a dimension is the sum of the weights of its indicators
            dimensions = {name: words | {"weight": 0.0} for name, words in dimensions.items()}
            for row, column in self.rows.items():
                level = levels.get(row)
                while level is not None:
                    dimensions[level]["weight"] = round(dimensions[level]["weight"] + self.weights[column], 12)
                    level = parents[level]
            observations.append(_global_weights(self.weight_columns[""], dimensions))
        return dimensions, observations

    def absent(self, dimensions: Mapping[str, Words]) -> list[str]:
        """Return the described names that are neither columns of the described table nor dimensions."""
        cells = [
            cell for row, cell in enumerate(self.table[self.key]) if cell is not None and row not in self.described
        ]
        return [cell for cell in cells if cell not in dimensions and kind_of(cell) is None]

    def unused_targets(self) -> Iterator[Observation]:
        """Yield an observation for each column of values to reach."""
        for column in self.roles["target"]:
            having = [name for row, name in self.rows.items() if self.table[column][row] is not None]
            yield from observe_unused(column, "values to reach, which distance_to_target uses", "target = …", having)

    def unread_columns(self) -> list[str]:
        """Return the columns that have cells and no effect."""
        read = {name for role, names in self.roles.items() if role not in ("description", "remark") for name in names}
        return [name for name in self.table if name != self.key and name not in read and any(self.table[name])]


def _key(table: dict[str, list[Cell]], columns: Sequence[str]) -> tuple[str | None, dict[int, str]]:
    """Return the column whose cells are names of columns, and the name by row."""
    exact = set(columns)
    by_words = {plain_words(name): name for name in columns}
    best: tuple[str | None, dict[int, str]] = None, {}
    for name, cells in table.items():
        described: dict[int, str] = {}
        for row, cell in enumerate(cells):
            column = cell if cell in exact else by_words.get(plain_words(cell)) if cell else None
            if column is not None and column not in described.values():
                described[row] = column
        present = sum(cell is not None for cell in cells)
        if len(described) > len(best[1]) and len(described) >= _LEAST_NAMED * present:
            best = name, described
    return best


def _roles(table: dict[str, list[Cell]], key: str, rows: Sequence[int]) -> dict[MetadataRole, list[str]]:
    """Return the columns by what they hold."""
    roles: dict[MetadataRole, list[str]] = {role: [] for role in get_args(MetadataRole)}
    for name, cells in table.items():
        texts = [cell for row in rows if (cell := cells[row]) is not None]
        if name != key and texts and (role := _role(name, texts, len(rows))):
            roles[role].append(name)
    if not roles["name"]:
        short = [name for name in roles["description"] if _mean_length(table[name]) <= _LONG_NAME]
        roles["name"] = short[:1]
    if not roles["name"]:
        roles["name"] = [name for name in roles["code"] if _is_longer(table[name], table[key], rows)]
    return roles


def _role(name: str, texts: Sequence[str], count: int) -> MetadataRole | None:
    """Return the role of a column by its cells and its name; None without a role."""
    vocabulary = metadata_vocabulary()
    if _are_directions(name, texts):
        return "direction"
    for role, *_ in _YES_AND_NO:
        if vocabulary.has_role(name, role) and all(is_yes(text) is not None for text in texts):
            return role
    if _names_weight(name) and all(number_of(text) is not None for text in texts):
        return "weight"
    return next((role for role in _NAMED_ROLES if vocabulary.has_role(name, role) and _fits(role, texts, count)), None)


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


def _unread(column: str) -> Observation:
    sentence = f'the column "{column}" of the second table is left out: no word of the index file is known for it'
    return Observation(
        "metadata_not_used", (column,), sentence, "left_out", "write its content as note = … or source = …"
    )
