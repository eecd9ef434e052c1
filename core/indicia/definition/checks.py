"""Checks of a definition that need no data, and doubts about the scores of a valid definition."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indicia.defaults import AGGREGATION, NORMALISATION, ORDINAL_AGGREGATION, POSITIVE_NORMALISATION
from indicia.definition.methodology_section import STATISTICS_STAGES, Scope, StatisticsStage
from indicia.definition.section import ROOT
from indicia.definition.tree import Leaf, Node
from indicia.definition.tree_checks import check_levels_of_dimensions, check_shared_parts, double_counts
from indicia.errors import DefinitionError, MethodError, OutputError, join_names, suggest
from indicia.messages.catalogue import CORE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indicia.definition.data_section import Data
    from indicia.definition.model import Definition
    from indicia.definition.origin import Origin


RESULT_NAMES = {ROOT: "the index", "score": "the score", "rank": "the rank", "imputed_share": "the imputed share"}
"""The columns of results that no column of the data may have as its name."""


def check_names(definition: Definition, origin: Origin) -> None:
    """Refuse an index without indicators, and a name that occurs twice."""
    if not definition.indicators:
        raise DefinitionError(
            "the index has no indicators",
            where=origin.where(["indicators"]),
            remedy="name columns of the data there: income = {}",
        )
    data = definition.data
    owners = dict(RESULT_NAMES)
    owners |= {f"rank_{group}": "the rank within a group" for group in definition.methodology.ranks}
    columns = [column for column in (data.unit, data.period, *data.labels(), *data.groups) if column]
    for column in data.column_names:
        if column not in columns:
            raise DefinitionError(
                f'"{column}" has a name for readers, and is no column of the units or of groups',
                where=origin.where(["data", "column_names"]),
                remedy=suggest(column, columns),
            )
    for column in columns:
        if column in owners:
            raise DefinitionError(
                f'the column "{column}" has the name of {owners[column]}',
                where=origin.where(["data"]),
                remedy="rename it in the data",
            )
    owners |= dict.fromkeys(columns, "a column of the units")
    kinds = (
        ("dimensions", "a dimension", definition.dimensions),
        ("indicators", "an indicator", definition.indicators),
        ("bands", "bands", definition.bands),
    )
    for kind, owner, names in kinds:
        for name in names:
            if name in owners:
                raise DefinitionError(
                    f'"{name}" is the name of {owners[name]} already',
                    where=origin.where([kind, name]),
                    remedy="rename it",
                )
        owners |= dict.fromkeys(names, owner)


def check_levels(definition: Definition, origin: Origin) -> None:
    """Refuse choices for levels that the tree does not have."""
    levels, depth = len(definition.methodology.levels), definition.depth
    if levels > depth:
        raise DefinitionError(
            f"levels has choices for {levels} levels, and the tree has {depth}: {_LEVELS[min(depth, 3) - 1]}",
            where=origin.where(["methodology", "levels"]),
            remedy="indicators are not a level: choices for all of them stand in [methodology]",
        )
    check_levels_of_dimensions(definition, origin)


_LEVELS = ("the index", "the index, and its dimensions", "the index, its dimensions, and theirs")


def check_scopes(definition: Definition, origin: Origin) -> None:
    """Refuse rows of statistics for all other stages if every stage has rows of its own."""
    scopes = definition.methodology.statistics
    words = [word for word in ("within", "reference") if getattr(scopes, word)]
    if words and scopes.stages == STATISTICS_STAGES:
        keys = ["methodology", "statistics"]
        raise DefinitionError(
            f"{join_names(words)} of statistics {'applies' if len(words) == 1 else 'apply'} to no stage, as every "
            "stage has rows of its own",
            where=origin.lines(*([*keys, word] for word in (*words, *scopes.stages))),
            remedy=f"leave out {join_names(words)}, or the stages for which it holds",
        )


def check_combinations(tree: Node, definition: Definition, origin: Origin) -> None:
    """Refuse combinations of methods that cannot be computed."""
    check_shared_parts(tree, origin)
    for leaf in tree.leaves():
        _check_unit(leaf, origin)
        _check_transform(leaf, origin)
        if leaf.normalisation.needs_periods and definition.data.period is None:
            raise MethodError(
                f"{leaf.normalisation.name} of {leaf.id} compares periods, and the data have none",
                where=origin.where(["methodology", "normalisation"]),
                remedy='period = "year" in [data], the column of the periods',
            )
    for node in tree.nodes():
        for method in (node.rescaling, node.as_component):
            if method is not None and method.needs_periods:
                raise MethodError(
                    f"{method.name} compares indicators with themselves in another period, not the scores of {node.id}",
                    remedy="give it to the indicators, as their normalisation",
                )
        for part in node.parts:
            if isinstance(part, Node) or part.spec.bounds is not None or part.spec.best is not None:
                continue
            if part.normalisation.needs_bounds:
                raise MethodError(
                    f"{part.normalisation.name} needs the bounds of {part.id}",
                    where=origin.where(["indicators", part.id]),
                    remedy=f"bounds = [least, greatest], or {NORMALISATION}, which takes those of the data",
                )
            worst_score = part.normalisation.guaranteed_worst_score
            if part in node.shown:
                continue
            if worst_score is not None and not node.aggregation.domain.admits(worst_score):
                raise MethodError(
                    f"{node.aggregation.name} of {node.id} needs {node.aggregation.domain.value} values, "
                    f"and {part.normalisation} never gives the worst unit one: {part.id}",
                    where=origin.where(["methodology", "normalisation"]),
                    remedy=f'normalisation = "{POSITIVE_NORMALISATION}", or aggregation = "{AGGREGATION}"',
                )


def _check_unit(leaf: Leaf, origin: Origin) -> None:
    """Refuse a treatment that may change the scale of an indicator with limits on the old scale."""
    if leaf.treatment is None or not leaf.treatment.changes_scale:
        return
    words = ("bounds", "target", "interval", "worst", "floor", "cap")
    if limits := [word for word in words if getattr(leaf.spec, word) is not None]:
        raise MethodError(
            f"{leaf.treatment} may change the scale of {leaf.id}, and {join_names(limits)} are on the old scale",
            where=origin.where(["indicators", leaf.id]),
            remedy=f'treatment = "none" for {leaf.id}; a transform changes bounds, target and cap too',
        )


def _check_transform(leaf: Leaf, origin: Origin) -> None:
    """Refuse a transform that uses groups or parents, as the bounds, also transformed, have no group or parent."""
    method = leaf.transform
    if method is not None and (method.groups or method.parents):
        keys = "groups" if method.groups else "parents"
        raise MethodError(
            f"{method} of {leaf.id} uses {keys} of units, and a transform also changes bounds, which have no {keys}",
            where=origin.where(["indicators", leaf.id]),
            remedy=f'treatment = "{method}" for {leaf.id}, or another transform',
        )


def doubts(
    tree: Node, definition: Definition, periods: int, effective_weights: Mapping[str, float] | None = None
) -> Iterator[str]:
    """Yield doubts about the scores of a valid index: scales that change, distances between ranks, double counting.

    `periods` is the number of periods in the data; the weights are those of the run, if the run has one for each part.
    """
    unfixed = [leaf.id for leaf in tree.leaves() if leaf.normalisation.needs_spread and not leaf.spec.bounds]
    if unfixed and periods > 1 and definition.methodology.statistics.of("normalisation") == Scope():
        yield (
            f"scores of past periods change with every new period, as the scale of {join_names(unfixed)} is the data's "
            "own; bounds = [least, greatest] fix it"
        )
    for stage in _idle_scopes(tree, definition):
        yield f"statistics.{stage} applies to no method: the index has no {stage}"
    for node in tree.nodes():
        ordinal = [part.id for part in node.components if isinstance(part, Leaf) and part.normalisation.ordinal]
        if ordinal and node.aggregation.additive:
            name = f"{node.aggregation.name} of {node.id}"
            yield f"{name} takes ranks for distances: {join_names(ordinal)}; {ORDINAL_AGGREGATION} does not"
    if several := [_double_count(name, parents, effective_weights or {}) for name, parents in double_counts(tree)]:
        yield f"counted several times: {join_names(several)}"


def _double_count(name: str, parents: tuple[str, ...], effective_weights: Mapping[str, float]) -> str:
    weight = effective_weights.get(name)
    return f"{name} in {' and '.join(parents)}" + (f" (effective weight {weight:.4g})" if weight else "")


def _idle_scopes(tree: Node, definition: Definition) -> list[StatisticsStage]:
    """Return the stages that have rows for statistics, and are neither in the index nor in its robustness analysis."""
    if not (stages := definition.methodology.statistics.stages):
        return []
    used: set[StatisticsStage] = {"normalisation", "aggregation"}
    leaves, nodes, varied = list(tree.leaves()), list(tree.nodes()), definition.robustness
    if varied.imputation or any(leaf.imputation for leaf in leaves):
        used.add("imputation")
    if varied.treatment or any(leaf.treatment or leaf.transform for leaf in leaves):
        used.add("treatment")
    if any(node.rescaling or node.as_component for node in nodes):
        used.add("rescaling")
    return [stage for stage in stages if stage not in used]


def unused_sources(definition: Definition, of_values: Iterable[str] = ()) -> list[str]:
    """Return the tables of `[sources]` that neither indicators nor values, variables or the reference name."""
    named = [*of_values, *(spec.source for spec in definition.indicators.values())]
    named += [variable.source for variable in definition.outside.variables.values()]
    named += [definition.reference.source] if definition.reference else []
    return [name for name in definition.sources if name not in named]


def missing_publication_facts(definition: Definition, origin: Origin) -> tuple[str, ...]:
    """Return the facts about the publication that readers miss; none for an index that is in no file."""
    from indicia.definition.publication_section import Publication  # imported here, since no score depends on it

    if definition.publication is None and not origin.path:
        return ()
    return (definition.publication or Publication()).missing_facts


def check_raw_values(definition: Definition, origin: Origin, file: str) -> None:
    """Refuse a file with values before normalisation if the index file does not publish them."""
    if not definition.publishes_raw_values:
        raise OutputError(
            f"{file} would hold raw values, and the index does not publish them",
            where=origin.where(["publication", "raw_values"]),
            remedy="raw_values = true if they may be published; --show without -o and --format prints them here",
        )


def check_group(column: str, data: Data, what: str) -> None:
    """Refuse a column that is not among the groups of the data; `what` begins the message."""
    if column not in data.groups:
        raise DefinitionError(
            f'{what} "{column}", which is no column of data.groups',
            remedy=suggest(column, data.groups) or f'groups = ["{column}"] in [data]',
        )


def known_languages(definition: Definition | None = None) -> tuple[str, ...]:
    """Return the languages of Indicia and of the names in an index."""
    return tuple(dict.fromkeys([*CORE.languages(), *(_languages_of_names(definition) if definition else ())]))


def check_language(language: str | None, definition: Definition | None, where: str | None = None) -> None:
    """Refuse a language without texts in Indicia and without names in the index; `where` is the place of its name."""
    languages = known_languages(definition)
    if language is None or language in languages:
        return
    close = suggest(re.split("[-_]", language)[0], languages) or ""
    known = "known: " + ", ".join(languages)
    raise DefinitionError(
        f'no language "{language}", in the words of Indicia or in the names of the index',
        where=where,
        remedy=known if close.startswith("known") else f"{close}; {known}".removeprefix("; "),
    )


def languages_of(definition: Definition) -> tuple[str, ...]:
    """Return the languages of the names in an index file, in their order there; none if names are plain texts."""
    return tuple(dict.fromkeys(_languages_of_names(definition)))


def _languages_of_names(definition: Definition) -> Iterator[str]:
    names = [name for part in definition.parts.values() for name in (part.name, part.short)]
    for bands in definition.bands.values():
        names += [bands.name, *(bands.names or ())]
    data = definition.data
    for text in (definition.name, definition.note, data.label, *data.column_names.values(), *names):
        if isinstance(text, dict):
            yield from text
