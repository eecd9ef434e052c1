"""Methodologies and the choices in which they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from pydantic import BaseModel

from indicia.definition import STAGES, StageScopes
from indicia.errors import join_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.definition import Definition, Node, Scope
    from indicia.definition.section import Text
    from indicia.methods import Method

Choices: TypeAlias = Mapping[str, str]
"""The text of each choice, by stage or by another key of the methodology."""


@dataclass(frozen=True)
class Methodology:
    """One of the methodologies that are compared."""

    number: int
    label: str
    choices: Choices
    identity: Mapping[str, object] = field(default_factory=dict)
    """The exact value of each choice; two choices with the same text may have different values."""
    name: Text | None = None
    """The name for readers that the index file states, by language."""

    @property
    def has_own_name(self) -> bool:
        """True if the label is a name, such as that of a variant, and no list of choices."""
        choices = dict(self.choices)
        index = choices.pop("index", None)
        listed = " > ".join(choices.values())
        return self.label not in (listed, f"{index}: {listed}")


@dataclass(frozen=True)
class LeftOut:
    """A methodology that cannot be scored, and the reason."""

    label: str
    choices: Choices
    reason: str
    remedy: str | None = None
    where: str | None = None
    """The line of the index file that is at fault."""


def methods(tree: Node) -> dict[str, str]:
    """Return the methods of a tree by stage; if nodes differ, all methods of the nodes, from the index down.

    A stage without a method is "none".
    """
    leaves, nodes = list(tree.leaves()), list(tree.nodes())
    stages: dict[str, Sequence[Method]] = {
        "imputation": [leaf.imputation for leaf in leaves if leaf.imputation],
        "treatment": [leaf.treatment for leaf in leaves if leaf.treatment],
        "normalisation": [leaf.normalisation for leaf in leaves],
        "weighting": [node.weighting for node in nodes if len(node.components) > 1] or [tree.weighting],
        "aggregation": [node.aggregation for node in nodes],
    }
    return {
        stage: " + ".join(dict.fromkeys(method.brief for method in _distinct(methods_of_stage))) or "none"
        for stage, methods_of_stage in stages.items()
    }


def _distinct(methods: Sequence[Method]) -> Iterable[Method]:
    """Return each method object once, since many nodes or indicators share it."""
    return {id(method): method for method in methods}.values()


def words(definition: Definition, base: Definition) -> dict[str, tuple[str, object]]:
    """Return the settings of a methodology other than methods, each as text and as a value for comparisons.

    `base` is the definition of the index, with the variants that are compared.
    """
    methodology = definition.methodology
    words: dict[str, tuple[str, object]] = {
        name: (in_words(value), repr(value))
        for name in type(methodology).model_fields
        if name not in (*STAGES, "levels") and (value := getattr(methodology, name)) is not None
    }
    levels = [level.model_dump(exclude=set(STAGES), exclude_none=True) for level in methodology.levels]
    if any(levels):
        words["levels"] = in_words(levels), repr(levels)
    missing = [name for name in base.indicators if name not in definition.indicators]
    words["indicators"] = (f"without {', '.join(missing)}" if missing else "all", tuple(missing))
    return words | _words_of_tables(definition, base)


def _words_of_tables(definition: Definition, base: Definition) -> dict[str, tuple[str, object]]:
    """Return the words that some variant changes in other tables than [methodology], by table and word."""
    words: dict[str, tuple[str, object]] = {}
    parts: dict[tuple[str, str], dict[str, None]] = {}
    for variant in base.variants.values():
        for table in ("data", "screening", "eligible"):
            for word in getattr(variant, table).model_fields_set:
                value = getattr(getattr(definition, table), word)
                words[f"{table}.{word}"] = in_words(value), repr(value)
        for name in variant.judgements:
            value = definition.judgements.get(name)
            words[f"judgements.{name}"] = in_words(value), repr(value)
        for table in ("indicators", "dimensions"):
            for part, changes in getattr(variant, table).items():
                for word in type(changes).model_fields:  # in the order of the classes
                    if word in changes.model_fields_set:
                        parts.setdefault((table, word), {})[part] = None
    for (table, word), names in parts.items():
        before, after = (
            {name: getattr(specs[name], word) for name in names if name in specs}
            for specs in (getattr(base, table), getattr(definition, table))
        )
        changed = {name: value for name, value in after.items() if value != before[name]}
        values = {name: _pair_in_words(value) for name, value in (changed or before).items()}
        words[f"{table}.{word}"] = in_words(values), repr(after)
    return words


def _pair_in_words(value: object) -> object:
    """Write a pair of numbers as an index file does, and leave other values as they are.

    >>> _pair_in_words((0.0, 90.0))
    '[0, 90]'
    """
    return f"[{', '.join(map(in_words, value))}]" if isinstance(value, tuple) else value


def _rows_by_stage(scopes: StageScopes) -> str:
    """Write the rows of statistics by stage.

    >>> from indicia.definition import Scope
    >>> period = Scope(within=("period",))
    >>> _rows_by_stage(StageScopes(treatment=period, rescaling=Scope(reference=2015)))
    'pooled; treatment: within period; rescaling: reference 2015'
    """

    def rows(scope: Scope) -> str:
        within = [f"within {join_names(scope.within)}"] if scope.within else []
        reference = [] if scope.reference is None else [f"reference {scope.reference}"]
        return " ".join(within + reference) or "pooled"

    return "; ".join([rows(scopes.of_other_stages), *(f"{stage}: {rows(scopes.of(stage))}" for stage in scopes.stages)])


def in_words(value: object) -> str:
    """Write a setting in the style of an index file.

    >>> from indicia.definition import Missing
    >>> in_words(Missing(policy="skip", minimum_share=0.7)), in_words(2.0)
    ('policy = skip, minimum_share = 0.7', '2')
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, StageScopes) and value.stages:
        return _rows_by_stage(value)
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_defaults=True)
    if isinstance(value, dict):
        return ", ".join(f"{key} = {in_words(part)}" for key, part in value.items()) or "as usual"
    if isinstance(value, (list, tuple)):
        return "; ".join(map(in_words, value)) or "none"
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)


def group_by_reason(left_out: Sequence[LeftOut]) -> list[LeftOut]:
    """Join the methodologies with the same reason; "…" stands for choices in which they differ.

    >>> failures = [LeftOut("", {"normalisation": "z_score", "weighting": w}, "too low") for w in ("equal", "given")]
    >>> group_by_reason(failures)[0].label
    'z_score > … (2)'
    """
    reasons: dict[str, list[LeftOut]] = {}
    for failure in left_out:
        reasons.setdefault(failure.reason, []).append(failure)
    return [_join_failures(failures) for failures in reasons.values()]


def _join_failures(failures: Sequence[LeftOut]) -> LeftOut:
    first = failures[0]
    if len(failures) == 1:
        return first
    if not first.choices:
        return replace(first, label=join_names(failure.label for failure in failures))
    common = {
        stage: text if all(failure.choices.get(stage) == text for failure in failures) else "…"
        for stage, text in first.choices.items()
    }
    return LeftOut(f"{' > '.join(common.values())} ({len(failures)})", common, first.reason, first.remedy, first.where)
