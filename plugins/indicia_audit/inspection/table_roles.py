"""The observations of the recognition about a table whose roles an index file states.

The recognition speaks of a table before it has an index file: a column or a row "is left out". Here the index file has
the last word, and the same evidence is a doubt.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING

from indicia.defaults import CODE_OF_COLUMNS
from indicia.definition import ROOT, Definition, text
from indicia.run import attribute_columns
from indicia_audit.checks import TableObservation, Topic
from indicia_recognition.columns import Inferred
from indicia_recognition.direction_words import read_name, read_vocabulary
from indicia_recognition.directions import conflicts, propose_directions
from indicia_recognition.keys import Candidates, Units
from indicia_recognition.number_columns import number_roles, text_roles
from indicia_recognition.row_table import quoted_names
from indicia_recognition.rows import rows_that_are_no_units
from indicia_recognition.sample import sample_rows
from indicia_recognition.sentinels import sentinels
from indicia_recognition.values import questions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from indicia_recognition.observation import Observation

_TOPICS: dict[str, Topic] = {
    "mixed_scale": "scale",
    "scale_of_period": "scale",
    "units_alike": "alike",
    "renamed_unit": "alike",
    "missing_period": "period",
}
"""The topics of rules about values; the other rules are about impossible values."""
_OF_OTHER_CHECKS = {"constant", "nearly_constant", "empty", "proportional"}
"""Rules that D01, D03 and D21 look for themselves, with thresholds, and doubts about copies that stay indicators."""


@dataclass(frozen=True)
class TableRoles:
    """A table with the roles that an index file states."""

    definition: Definition
    frame: pl.DataFrame

    def observe(self) -> Iterator[TableObservation]:
        """Yield the observations about the indicators, rows and values of the table."""
        columns = [column for column in self.columns if self._is_number(column)]
        if not columns or self.frame.is_empty():
            return
        yield from self._about_directions()
        yield from self._about_columns(columns)
        roles = self.roles(columns)
        left_out = {*self.definition.screening.without, *self.definition.eligible.without}
        for observation in rows_that_are_no_units(self.frame, roles):
            names = tuple(name for name in observation.names if name not in left_out)
            if names:
                yield _about_rows(observation, names)
        yield from (self._about_values(observation) for observation in sentinels(self.frame, roles))
        for observation in questions(self.frame, roles, self._measures()):
            if observation.rule not in _OF_OTHER_CHECKS:
                yield self._about_values(observation)

    @property
    def columns(self) -> dict[str, str]:
        """The columns of the indicators in the table, with the indicators."""
        specs = self.definition.indicators
        columns = {spec.column or name: name for name, spec in specs.items()}
        return {column: name for column, name in columns.items() if column in self.frame.columns}

    def roles(self, columns: Sequence[str]) -> Inferred:
        """Return the roles as the recognition writes them."""
        data = self.definition.data
        label = next(iter(data.labels()), None)
        return Inferred(str(data.unit), label, data.period, data.groups, tuple(columns))

    def rules_of_rows(self) -> dict[str, str]:
        """Return the rows of the table that a rule takes for no units, with the reason."""
        roles = self.roles([column for column in self.columns if self._is_number(column)])
        observations = rows_that_are_no_units(self.frame, roles) if roles.indicators else []
        return {name: _reason(observation) for observation in observations for name in observation.names}

    def unused_columns(self, of_methods: Iterable[str] = ()) -> dict[str, str]:
        """Return the columns of the table without a role in the index, with the reason.

        `of_methods` names the columns that methods use beside the indicators.
        """
        used = {*used_columns(self.definition), *of_methods}
        unused = [column for column in self.frame.columns if column not in used]
        if not unused:
            return {}
        reasons = dict.fromkeys(unused, "no indicator uses it")
        table, units = self._candidates(unused)
        label = next(iter(self.definition.data.labels()), None)
        observations = text_roles(table, units, label, self.definition.data.groups).observations
        numbers = [column for column in unused if self._is_number(column)]
        observations += number_roles(table, units, numbers, costs=(), may_be_groups=False).observations
        for observation in observations:
            if observation.effect == "left_out" and observation.names[0] in reasons:
                reasons[observation.names[0]] = _reason(observation)
        return reasons

    def _about_directions(self) -> Iterator[TableObservation]:
        """Yield assumed directions that names or correlations contradict, and directions against their correlations."""
        specs, columns = self.definition.indicators, self.columns
        names = {column: text(specs[name].name) for column, name in columns.items() if specs[name].name}
        stated = {
            column: specs[name].direction
            for column, name in columns.items()
            if "direction" in specs[name].model_fields_set
        }
        proposals = propose_directions(self.frame, list(columns), names=names)
        harms = self._harms
        counts = _DirectionCounts.of({column: proposal.direction for column, proposal in proposals.items()}, stated)
        if not harms and counts.contrary > max(1, counts.agreeing):
            yield _index_of_a_harm(counts)
        if set(columns) == harms and all(stated.get(column) == "cost" for column in columns):
            yield from self._all_costs(names)
        for column, proposal in proposals.items():
            name, contrary = columns[column], counts.contrary_word
            if harms:
                contrary = "benefit" if column in harms else "cost"
            if column not in stated and proposal.direction == contrary:
                yield TableObservation(
                    "direction",
                    "direction_proposal",
                    (name,),
                    f"the direction of {name} is assumed, more is {'worse' if column in harms else 'better'}, "
                    f"although {proposal.reason}",
                    f'write its direction: "cost" or "benefit" (--set {_setting(name, "cost")})',
                )
            elif column in harms and proposal.source == "name" and proposal.direction == stated.get(column):
                yield _against_name(name, stated[column], proposal.reason)
        yield from self._conflicts(names)

    def _conflicts(self, names: Mapping[str, str]) -> Iterator[TableObservation]:
        """Yield directions that contradict the correlations of their indicator with the others."""
        specs, columns, harms = self.definition.indicators, self.columns, self._harms
        directions = {
            column: _OPPOSITE.get(specs[name].direction, "target") if column in harms else specs[name].direction
            for column, name in columns.items()
        }
        for conflict in conflicts(self.frame, directions, names=names):
            name = columns[conflict.indicator]
            sentence = str(conflict) if name == conflict.indicator else f"{name}, column {conflict}"
            direction = specs[name].direction
            if conflict.indicator in harms:
                sentence = f"{_in_harm(name, direction)}, but{sentence.partition(', but')[2]}"
            remedy = f'check its direction: "cost" or "benefit" (--set {_setting(name, _OPPOSITE[direction])})'
            yield TableObservation("direction", "direction_conflict", (name,), sentence, remedy)

    def _all_costs(self, names: Mapping[str, str]) -> Iterator[TableObservation]:
        """Yield an observation on an index of a harm whose every indicator lowers the score, unless some are ranks."""
        words = read_vocabulary()
        if any(read_name(name, words).kind == "order" for name in (*self.columns, *names.values())):
            return  # in a rank from the worst, a higher number is better
        yield TableObservation(
            "direction",
            "direction_of_index",
            (ROOT,),
            "a higher score is worse, and every indicator is a cost, which lowers the score: more of each is better",
            'if less of them is better, write direction = "benefit" for them, or "benefit" for the index',
        )

    @property
    def _harms(self) -> frozenset[str]:
        """The columns of indicators in dimensions that are costs, in which a benefit is worse."""
        definition, specs = self.definition, self.definition.indicators
        costs = {name for name in (ROOT, *definition.dimensions) if definition.direction_of(name) == "cost"}
        return frozenset(column for column, name in self.columns.items() if costs.issuperset(specs[name].parents))

    def _about_columns(self, columns: list[str]) -> Iterator[TableObservation]:
        """Yield the columns of indicators that are none by a rule: row numbers, codes, years, copies of another."""
        table, units = self._candidates(columns)
        for observation in number_roles(table, units, columns, costs=(), may_be_groups=False).observations:
            if observation.effect == "left_out" and observation.rule not in _OF_OTHER_CHECKS:
                name = self.columns[observation.names[0]]
                if observation.rule == "rank" and "direction" in self.definition.indicators[name].model_fields_set:
                    continue  # an index of ranks states that the first is the best
                yield TableObservation(
                    "column",
                    observation.rule,
                    (name,),
                    f"{name} is an indicator of the index, and may be none: {_reason(observation)}",
                    f"remove {name} from [indicators], or write a waiver of {CODE_OF_COLUMNS} with the reason",
                )

    def _about_values(self, observation: Observation) -> TableObservation:
        topic = _TOPICS.get(observation.rule, "value")
        names = tuple(self.columns.get(name, name) for name in observation.names)
        if topic == "value" and names[0] not in self.columns.values():
            names = names[1:]
        sentence = observation.sentence.replace(", and is read as missing", ", and is read as a number")
        remedy = observation.remedy
        if observation.rule == "sentinel" and observation.effect == "format":
            remedy = "add it to `missing` of [data] (--set data.missing=…)"
        return TableObservation(topic, observation.rule, names, sentence, remedy)

    def _candidates(self, columns: Iterable[str]) -> tuple[Candidates, Units]:
        data = self.definition.data
        table = Candidates(self.frame, sample_rows(self.frame), tuple(columns))
        return table, Units.of(table, str(data.unit), data.period)

    def _is_number(self, column: str) -> bool:
        return self.frame.schema[column].is_numeric()

    def _measures(self) -> dict[str, str]:
        """Return the units of measure, by column."""
        specs = self.definition.indicators
        return {column: text(specs[name].unit) for column, name in self.columns.items() if specs[name].unit}


def _reason(observation: Observation) -> str:
    """Return the evidence for leaving out a column or row, without its name."""
    for verb in (" is left out: ", " are left out: "):
        if verb in observation.sentence:
            return observation.sentence.partition(verb)[2]
    return observation.sentence


_OPPOSITE = {"benefit": "cost", "cost": "benefit"}


@dataclass(frozen=True)
class _DirectionCounts:
    """The stated directions of an index that agree with the proposals, and those that are contrary to them."""

    agreeing: int
    contrary: int
    contrary_word: str | None
    """The proposal that contradicts an assumed benefit: "cost", in an index of harms "benefit".

    In an index of harms, such as vulnerability, every harm counts as more, and goods are stated as costs. Where all
    names are harms and no direction is stated, the index may be of either kind, and the word is None.
    """

    @classmethod
    def of(cls, proposed: Mapping[str, str], stated: Mapping[str, str]) -> _DirectionCounts:
        agreeing = sum(proposed.get(column) == word for column, word in stated.items())
        contrary = sum(proposed.get(column) == _OPPOSITE.get(word) for column, word in stated.items())
        assumed = [word for column, word in proposed.items() if column not in stated]
        word = "benefit" if contrary > agreeing else "cost" if agreeing or "benefit" in assumed else None
        return cls(agreeing, contrary, word)


def _index_of_a_harm(counts: _DirectionCounts) -> TableObservation:
    counted = f"{counts.contrary} of {counts.contrary + counts.agreeing}"
    return TableObservation(
        "direction",
        "direction_of_index",
        (ROOT,),
        f"{counted} directions are contrary to the names, as in an index of a harm, and a higher score is better",
        'if a higher score is worse, write direction = "cost" at the top of the file (--set direction=cost)',
    )


def _against_name(name: str, direction: str, reason: str) -> TableObservation:
    remedy = f"check its direction, which is its effect on the score (--set {_setting(name, _OPPOSITE[direction])})"
    sentence = f"{_in_harm(name, direction)}, although {reason}"
    return TableObservation("direction", "direction_of_name", (name,), sentence, remedy)


def _in_harm(name: str, direction: str) -> str:
    """Return the beginning of a sentence on an indicator of a dimension in which less is better."""
    effect, better = ("raises", "less") if direction == "benefit" else ("lowers", "more")
    return f"{name} is a {direction}, which {effect} a score of which less is better, so that {better} of it is better"


def _setting(name: str, direction: str) -> str:
    return quote(f"indicators.{name}.direction={direction}")


def _about_rows(observation: Observation, names: tuple[str, ...]) -> TableObservation:
    verb = "is among the units" if len(names) == 1 else "are among the units"
    sentence = observation.sentence
    for left_out in (" is left out: ", " are left out: "):
        sentence = sentence.replace(left_out, f" {verb}: ")
    return replace(
        TableObservation("row", observation.rule, names, sentence),
        remedy=f"without = [{quoted_names(names)}] in [data] leaves them out (--set data.without=…)",
    )


def used_columns(definition: Definition) -> Iterator[str]:
    """Yield the columns that an index file names."""
    data = definition.data
    yield from (column for column in (data.unit, data.period, *data.labels(), *data.groups, *data.where) if column)
    for join in data.joins:
        yield from join.on if isinstance(join.on, tuple) else (*join.on, *join.on.values())
    for name, spec in definition.indicators.items():
        yield spec.column or name
        if spec.per:
            yield spec.per
    yield from attribute_columns(definition)
    outside = definition.outside
    yield from (spec.column or name for name, spec in outside.variables.items() if spec.path is None)
    if outside.neighbours is not None and outside.neighbours.column is not None:
        yield outside.neighbours.column
    yield from (aggregate.weights for aggregate in definition.aggregates.values() if aggregate.weights)
    errors = definition.robustness.data
    if errors is not None and isinstance(errors.se, dict):
        yield from errors.se.values()
    elif errors is not None and errors.se == "columns":
        yield from (f"{spec.column or name}_se" for name, spec in definition.indicators.items())
