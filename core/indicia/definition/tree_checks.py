"""Checks of the tree of an index: parents and loops of dimensions, and bands of scores."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import fsum
from typing import TYPE_CHECKING

from indicia.definition.graph import find_circle, path_lengths
from indicia.definition.methodology_section import Stages
from indicia.definition.parts_section import RANK, SCORE, Bands, Dimension, Indicator
from indicia.definition.section import ROOT
from indicia.definition.tree import Direction, Leaf, Node
from indicia.errors import DefinitionError, MethodError, join_names, suggest
from indicia.methods import MatrixImputation
from indicia.methods.numbers import widened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indicia.definition.model import Definition
    from indicia.definition.origin import Origin


def check_graph(definition: Definition, origin: Origin) -> None:
    """Refuse unknown parents, circles, nodes without components, and weights that do not fit the parents."""
    for entry in _entries(definition):
        _check_parents(entry, definition, origin)
    parents = {name: dimension.parents for name, dimension in definition.dimensions.items()}
    if circle := find_circle(parents):
        raise DefinitionError(
            f"dimensions form a circle: {' → '.join(circle)}",
            where=origin.where(["dimensions", circle[0], "parent"]),
            remedy="leave out the parent of one of them, which then belongs to the index",
        )
    _check_components(definition, origin)
    for entry in _entries(definition):
        _check_counts(entry, origin)
        _check_weight(entry, origin)


@dataclass(frozen=True)
class _Entry:
    """An indicator or a dimension of the index file."""

    table: str
    field: str
    """The word that names its parents."""
    name: str
    part: Indicator | Dimension

    def word(self, key: str) -> tuple[str, str, str]:
        """Return the keys of a word of the entry."""
        return self.table, self.name, key


def _entries(definition: Definition) -> Iterator[_Entry]:
    yield from (_Entry("indicators", "dimension", name, part) for name, part in definition.indicators.items())
    yield from (_Entry("dimensions", "parent", name, part) for name, part in definition.dimensions.items())


def _check_parents(entry: _Entry, definition: Definition, origin: Origin) -> None:
    """Refuse a parent that is no dimension, and a parent that is listed twice."""
    name, field, parents = entry.name, entry.field, entry.part.parents
    for number, parent in enumerate(parents):
        if parent != ROOT and parent not in definition.dimensions:
            raise DefinitionError(
                f'{name} belongs to "{parent}", which is no dimension',
                where=origin.where(entry.word(field)),
                remedy=suggest(parent, definition.dimensions) or "add it to [dimensions]",
            )
        if parent in parents[:number]:
            raise DefinitionError(
                f'{name} belongs to "{parent}" twice',
                where=origin.where(entry.word(field)),
                remedy=f"list each {field} once; a weight makes a part count more",
            )


def _check_components(definition: Definition, origin: Origin) -> None:
    """Refuse a dimension without parts, and a dimension or an index in which no part counts."""
    specs = definition.parts
    parts: dict[str, list[str]] = {ROOT: [], **{name: [] for name in definition.dimensions}}
    for name, part in specs.items():
        for parent in part.parents:
            parts[parent].append(name)
    if empty := [name for name, of_node in parts.items() if not of_node and name != ROOT]:
        raise DefinitionError(
            f"no indicator belongs to dimension {join_names(empty)}",
            where=origin.where(["dimensions", empty[0]]),
            remedy=f'give an indicator dimension = "{empty[0]}", or leave the dimension out',
        )
    for node, of_node in parts.items():
        if not any(specs[name].counts for name in of_node):
            title = "the index" if node == ROOT else f"dimension {node}"
            raise DefinitionError(
                f"nothing counts in {title}: all parts have counts = false ({join_names(of_node)})",
                where=origin.lines(*([_table(definition, name), name, "counts"] for name in of_node)),
                remedy="take counts = false out of one of them",
            )


def _table(definition: Definition, name: str) -> str:
    return "dimensions" if name in definition.dimensions else "indicators"


def _check_counts(entry: _Entry, origin: Origin) -> None:
    """Refuse a weight, or several parents, of a part that does not count."""
    name, part = entry.name, entry.part
    if part.counts:
        return
    if "weight" in part.model_fields_set:
        raise DefinitionError(
            f"{name} has counts = false and a weight, and a part that does not count has none",
            where=origin.lines(entry.word("counts"), entry.word("weight")),
            remedy="take out one of the two words",
        )
    if len(part.parents) > 1:
        raise DefinitionError(
            f"{name} has counts = false and several parents ({join_names(part.parents)}), and is shown in one place",
            where=origin.lines(entry.word("counts"), entry.word(entry.field)),
            remedy=f'{entry.field} = "{part.parents[0]}", or take out counts = false',
        )


def _check_weight(entry: _Entry, origin: Origin) -> None:
    """Refuse one weight for several parents, and a table of weights whose names are not the parents."""
    name, weight, parents = entry.name, entry.part.weight, entry.part.parents
    if not isinstance(weight, dict) and len(parents) < 2:
        return
    words = entry.word(entry.field), entry.word("weight")  # their lines are searched only for an error
    stated = weight if isinstance(weight, dict) else dict.fromkeys(parents, weight)
    table = ", ".join(f"{parent} = {stated.get(parent, 1):g}" for parent in parents)
    if not isinstance(weight, dict):
        if len(parents) > 1 and "weight" in entry.part.model_fields_set:
            raise DefinitionError(
                f"{name} belongs to {join_names(parents)}, and weight = {weight:g} is its weight in none of them alone",
                where=origin.lines(*words),
                remedy=f"write the weight in each: weight = {{ {table} }}",
            )
        return
    if unknown := [parent for parent in weight if parent not in parents]:
        raise DefinitionError(
            f'{name} has a weight in "{unknown[0]}", and belongs to {join_names(parents)}',
            where=origin.lines(*words),
            remedy=f"write the weight in each parent: weight = {{ {table} }}",
        )
    if absent := [parent for parent in parents if parent not in weight]:
        raise DefinitionError(
            f"the table of weights of {name} has no weight in {join_names(absent)}",
            where=origin.lines(*words),
            remedy=f"write the weight in each: weight = {{ {table} }}",
        )


def check_levels_of_dimensions(definition: Definition, origin: Origin) -> None:
    """Refuse a dimension at several levels that would give it different choices."""
    levels = definition.methodology.levels
    if not levels:
        return
    lengths = path_lengths({name: dimension.parents for name, dimension in definition.dimensions.items()})
    for name, dimension in definition.dimensions.items():
        of_paths = sorted(lengths[name])
        for word in Stages.model_fields if len(of_paths) > 1 else ():
            choices = [getattr(levels[level], word) if level < len(levels) else None for level in of_paths]
            if getattr(dimension, word) is None and any(choice != choices[0] for choice in choices):
                places: list[list[object]] = [
                    ["dimensions", name, "parent"],
                    ["methodology", "levels", of_paths[0], word],
                ]
                raise DefinitionError(
                    f"{name} is at the levels {join_names(map(str, of_paths))} of the tree, "
                    f"whose choices of {word} differ",
                    where=origin.lines(*places),
                    remedy=f"write {word} = in [dimensions.{name}]",
                )


def directions_of_nodes(definition: Definition, names: Sequence[str], origin: Origin) -> dict[str, Direction]:
    """Return the direction of the index and of each dimension; `names` has parents before their dimensions.

    A dimension whose parents have different directions is refused, since its score would enter them with two signs.
    """
    directions: dict[str, Direction] = {}
    for name in names:
        dimension = definition.dimensions.get(name)
        if dimension is None:
            directions[name] = definition.direction
            continue
        of_parents = {parent: directions[parent] for parent in dimension.parents}
        if len(set(of_parents.values())) > 1:
            places: list[list[object]] = [["dimensions", name, "parent"]]
            places += [_direction_of(parent) for parent in of_parents]
            raise DefinitionError(
                f"{name} belongs to {join_names(of_parents)}, whose directions differ: "
                f"{_listed(directions, dimension.parents)}",
                where=origin.lines(*places),
                remedy="give its parents one direction, or write the dimension twice under two names",
            )
        directions[name] = next(iter(of_parents.values())) if dimension.direction is None else dimension.direction
    return directions


def check_signs(definition: Definition, directions: dict[str, Direction], origin: Origin) -> None:
    """Refuse an indicator that enters the score of the index with two signs; `directions` is that of each node.

    Its effective weight would be a sum of weights that work against each other.
    """
    counting = {ROOT}
    for name in directions:  # parents before their dimensions
        dimension = definition.dimensions.get(name)
        if dimension is not None and dimension.counts and counting.intersection(dimension.parents):
            counting.add(name)
    for name, indicator in definition.indicators.items():
        parents = [parent for parent in indicator.parents if parent in counting]
        if len({directions[parent] for parent in parents}) > 1:
            places: list[list[object]] = [["indicators", name, "dimension"]]
            places += [_direction_of(parent) for parent in parents]
            raise DefinitionError(
                f"{name} counts in {join_names(parents)}, whose directions differ: {_listed(directions, parents)}",
                where=origin.lines(*places),
                remedy=f'give its dimensions one direction, or add a second indicator with column = "{name}"',
            )


def _direction_of(node: str) -> list[object]:
    return ["direction"] if node == ROOT else ["dimensions", node, "direction"]


def _listed(directions: dict[str, Direction], nodes: Sequence[str]) -> str:
    return join_names(f"{directions[node]} of {node}" for node in nodes)


def check_shared_parts(tree: Node, origin: Origin) -> None:
    """Refuse a part of several nodes whose missing values would be filled or imputed in several ways."""
    nodes = {node.id: node for node in tree.nodes()}
    for part in tree.descendants():
        parents = [nodes[name] for name in tree.parents[part.id]]
        if len(parents) < 2:
            continue
        rules = [parent.missing for parent in parents]
        kind, field = ("indicators", "dimension") if isinstance(part, Leaf) else ("dimensions", "parent")
        if any(rule.replaces for rule in rules) and any(rule != rules[0] for rule in rules):
            names = join_names(parent.id for parent in parents)
            places: list[list[object]] = [[kind, part.id, field]]
            places += [["dimensions", parent.id, "missing"] for parent in parents if parent.level]
            raise DefinitionError(
                f"{part.id} belongs to {names}, which fill its missing values in different ways",
                where=origin.lines(*places),
                remedy="write the same missing = in each, or fill the values before: imputation =",
            )
        method = part.imputation if isinstance(part, Leaf) else None
        if isinstance(method, MatrixImputation) and method.reach == "dimension":
            raise MethodError(
                f"{method.name} imputes {part.id} from the indicators of its dimension, and it belongs to "
                f"{join_names(parent.id for parent in parents)}",
                where=origin.lines([kind, part.id, field], [kind, part.id, "imputation"]),
                remedy=f"another imputation in [indicators.{part.id}]",
            )


def double_counts(tree: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each part that counts several times in one score, with the parents in which it counts."""
    tops = [node for node in tree.nodes() if node.id == tree.id or node.id not in _all_components(tree)]
    seen: set[str] = set()
    for top in tops:
        parents: dict[str, list[str]] = {}
        for node in top.counting_nodes():
            for part in node.components:
                parents.setdefault(part.id, []).append(node.id)
        for part_name, names in parents.items():
            if len(names) > 1 and part_name not in seen:
                seen.add(part_name)
                yield part_name, tuple(names)


def _all_components(tree: Node) -> set[str]:
    return {part.id for node in tree.nodes() for part in node.components}


def check_bands(definition: Definition, origin: Origin) -> None:
    """Refuse bands that leave a figure without a band or with two, and words that contradict each other."""
    for name, bands in definition.bands.items():
        _check_words(name, bands, origin)
        _check_figure(name, bands, definition, origin)
        if bands.ranges is not None:
            _check_ranges(name, bands, origin)
        if bands.thresholds is not None:
            _check_thresholds(name, bands, origin)
        if bands.shares is not None:
            _check_shares(name, bands, definition, origin)
        _check_names(name, bands, origin)


def _check_words(name: str, bands: Bands, origin: Origin) -> None:
    """Refuse no limits at all, two kinds of limits, and words that the kind of limits does not use."""
    kinds = [word for word in ("shares", "thresholds", "ranges") if getattr(bands, word) is not None]
    if not kinds:
        raise DefinitionError(
            f"the bands {name} have no limits",
            where=origin.where(["bands", name]),
            remedy="thresholds = [20, 50], or shares = 10, or ranges = { Low = [0, 20], High = [20, 100] }",
        )
    pairs = [(kinds[0], kind) for kind in kinds[1:]]
    pairs += [("ranges", "names")] if bands.ranges is not None and bands.names is not None else []
    if bands.shares is None:
        pairs += [(kinds[0], "within")] if bands.within else []
    else:
        pairs += [("shares", "closed")] if "closed" in bands.model_fields_set else []
    pairs += [("of", "decimals")] if bands.of == RANK and bands.decimals is not None else []
    pairs += [("of", "direction")] if bands.of == RANK and bands.direction is not None else []
    for first, second in pairs:
        raise DefinitionError(
            f"the bands {name} have both {first} and {second}: {_CONTRADICTIONS.get(second, 'one of them is enough')}",
            where=origin.lines(["bands", name, first], ["bands", name, second]),
            remedy=f"leave out {second}, or {first}",
        )


_CONTRADICTIONS = {
    "names": "ranges have their names already",
    "within": "limits are the same in all groups",
    "closed": "shares have no limits that a figure could stand on",
    "decimals": "a rank is not rounded",
    "direction": "rank_from decides which ranks are the best",
}


def _check_figure(name: str, bands: Bands, definition: Definition, origin: Origin) -> None:
    parts = [SCORE, RANK, *definition.dimensions, *definition.indicators]
    if bands.of not in parts:
        raise DefinitionError(
            f'the bands {name} are of "{bands.of}", which is no score, rank, dimension or indicator',
            where=origin.where(["bands", name, "of"]),
            remedy=suggest(bands.of, parts),
        )
    for column in bands.within:
        if column not in definition.data.groups:
            raise DefinitionError(
                f'the bands {name} are within "{column}", which is no column of data.groups',
                where=origin.where(["bands", name, "within"]),
                remedy=suggest(column, definition.data.groups) or f'groups = ["{column}"] in [data]',
            )


def _check_ranges(name: str, bands: Bands, origin: Origin) -> None:
    where = origin.where(["bands", name, "ranges"])
    ranges = bands.ordered_ranges
    if len(ranges) < 2:
        raise DefinitionError(
            f"the bands {name} need at least two ranges",
            where=where,
            remedy="ranges = { Low = [0, 20], High = [20, 100] }",
        )
    for band, (low, high) in ranges:
        if not low < high:
            raise DefinitionError(
                f'the band "{band}" of {name} is empty: it goes from {low:g} to {high:g}',
                where=origin.lines(["bands", name, "ranges", band]),
                remedy="the first limit of a range is smaller than the second",
            )
    for (lower, (_, end)), (upper, (start, _)) in pairwise(ranges):
        if start != end:
            fault = "overlap" if start < end else "leave a gap"
            low, high = sorted((start, end))
            raise DefinitionError(
                f'the bands "{lower}" and "{upper}" of {name} {fault} from {low:g} to {high:g}',
                where=origin.lines(["bands", name, "ranges", lower], ["bands", name, "ranges", upper]),
                remedy=f'begin "{upper}" where "{lower}" ends; closed = "lower" or "upper" decides on the limit itself',
            )


def _check_thresholds(name: str, bands: Bands, origin: Origin) -> None:
    thresholds = bands.thresholds or ()
    where = origin.where(["bands", name, "thresholds"])
    if not thresholds:
        raise DefinitionError(f"the bands {name} have no threshold", where=where, remedy="thresholds = [20, 50]")
    for low, high in pairwise(thresholds):
        if not low < high:
            raise DefinitionError(
                f"the thresholds of the bands {name} do not rise: {high:g} follows {low:g}",
                where=where,
                remedy=f"thresholds = {[*map(_plain, sorted(set(thresholds)))]}, and the names in the same order",
            )


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


def _check_shares(name: str, bands: Bands, definition: Definition, origin: Origin) -> None:
    shares, where = bands.shares, origin.where(["bands", name, "shares"])
    if isinstance(shares, int) and not 2 <= shares <= _MOST:
        raise DefinitionError(
            f"the bands {name} have {shares} shares",
            where=where,
            remedy=f"a number from 2 to {_MOST}, such as shares = 10",
        )
    if isinstance(shares, tuple):
        total, (low, high) = fsum(shares), widened(1, 1)
        if len(shares) < 2 or min(shares) <= 0 or not low <= total <= high:
            raise DefinitionError(
                f"the shares of the bands {name} sum to {total:.10g}: {join_names(map('{:g}'.format, shares), 10)}",
                where=where,
                remedy="two or more positive shares that sum to 1, such as shares = [0.1, 0.2, 0.7]",
            )
    if bands.of == RANK and definition.methodology.ties == "dense":
        raise DefinitionError(
            f'the bands {name} share out ranks, and ties = "dense" skips no rank, so that a rank does not tell the '
            "share of the units ahead",
            where=origin.lines(["bands", name, "shares"], ["methodology", "ties"]),
            remedy='another rule for ties, such as "min", or of = "score"',
        )


_MOST = 1000
"""The most equal shares; a thousand units in each of a thousand shares are a million units."""


def _check_names(name: str, bands: Bands, origin: Origin) -> None:
    where = origin.where(["bands", name, "names"])
    if bands.names is not None and len(bands.names) != bands.count:
        raise DefinitionError(
            f"the bands {name} have {len(bands.names)} names, and there are {bands.count} bands",
            where=origin.lines(["bands", name, "names"], ["bands", name, "shares" if bands.shares else "thresholds"]),
            remedy="a name for each band, from the lowest figures up; a threshold divides two bands",
        )
    languages = {language for label in bands.names or () if isinstance(label, dict) for language in label}
    for language in (None, *sorted(languages)):
        labels = bands.labels(language)
        if repeated := [label for label in labels if not label.strip() or labels.count(label) > 1]:
            fault = f'two bands with the name "{repeated[0]}"' if repeated[0].strip() else "a band with an empty name"
            raise DefinitionError(
                f"the bands {name} have {fault}",
                where=where,
                remedy="each band has a name of its own",
            )
