"""The sections [robustness] and [audit] of an index file: choices that vary, and choices of an audit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, field_validator, model_validator

from indicia.analyses import words_of_draws as words
from indicia.definition.section import MethodChoice, Number, Pair, Section, Whole, Word, Words
from indicia.errors import DefinitionError
from indicia.packages import offered


class WeightDraws(Section):
    """The distribution of the weights of each node with more than one component."""

    spread: Number | None = Field(None, ge=0, description="each weight times a number from 1 - spread to 1 + spread")
    dirichlet: Number | None = Field(None, gt=0, description="around the weights, the closer the larger this number")
    simplex: bool = Field(False, description="uniformly among all weights that sum to 1")
    ranges: dict[str, Pair] | None = Field(
        None, description="from and to, by indicator or dimension; others share the rest"
    )
    constraints: Words | None = Field(
        None,
        description='comparisons of the weights of a node, such as "health >= 2 income >= 0.1"; uniformly among all '
        "weights that satisfy them; other nodes keep their weights, or with simplex have any weights",
    )
    table: str | None = Field(
        None, description="a table of weights: a row a person, a column an indicator or dimension"
    )

    @model_validator(mode="after")
    def _one(self) -> WeightDraws:
        # by identity, as a spread of 0 equals False but is a choice
        words = [word for word in type(self).model_fields if not any(getattr(self, word) is no for no in (None, False))]
        if len(words) != 1 and words != ["simplex", "constraints"]:
            raise ValueError("choose one of spread, dirichlet, simplex, ranges, constraints and table")
        return self

    @field_validator("ranges")
    @classmethod
    def _shares(cls, ranges: dict[str, Pair] | None) -> dict[str, Pair] | None:
        for name, (low, high) in (ranges or {}).items():
            if low < 0 or high > 1:
                raise ValueError(f"the range of {name} is {low:g} to {high:g}, and a weight is a share: 0.3 for 30%")
        return ranges

    @field_validator("constraints")
    @classmethod
    def _readable(cls, texts: tuple[str, ...] | None) -> tuple[str, ...] | None:
        try:
            if texts is not None and not offered("read_constraints")(texts):
                raise ValueError('no constraint is stated: constraints = ["health >= income"]')
        except DefinitionError as error:
            raise ValueError(f"{error.what}; {error.remedy}") from error
        return texts

    @property
    def covers_all_nodes(self) -> bool:
        """True if the weights of all nodes of several components are drawn; others may cover a few."""
        return self.simplex or (self.ranges is None and self.table is None and self.constraints is None)


StandardErrors: TypeAlias = dict[str, str] | Literal["columns", "attributes"]


@dataclass(frozen=True)
class DataErrors:
    """Normal errors of measurement, by their standard deviation."""

    noise: float | None = None
    se: StandardErrors | None = None


def _as_list(value: object) -> object:
    return value if isinstance(value, (list, tuple)) else [value]


def _of_words(weights: object) -> object:
    """Return the table of a distribution of weights that is stated in words."""
    try:
        return offered("drawn_weights")(weights) if isinstance(weights, str) else weights
    except DefinitionError as error:
        raise ValueError(f"{error.what}; {error.remedy}") from error


Choices = Annotated[tuple[MethodChoice, ...], BeforeValidator(_as_list)]
LeftOut = Annotated[tuple[Literal["indicators", "dimensions"], ...], BeforeValidator(_as_list)]
DrawnWeights = Annotated[
    WeightDraws | None, BeforeValidator(_of_words, json_schema_input_type=str | WeightDraws | None)
]


class Robustness(Section):
    """The inputs that a robustness analysis varies together; it compares the draws with the index itself."""

    draws: Annotated[Whole, words.DRAWS] = Field(10_000, ge=1, le=1_000_000_000)
    seed: Annotated[Whole | None, words.SEED] = Field(None, ge=0)
    imputation: Annotated[Choices, words.METHODS] = ()
    imputations: Annotated[Whole | None, words.IMPUTATIONS] = Field(None, ge=2, le=1000)
    treatment: Annotated[Choices, words.METHODS] = ()
    normalisation: Annotated[Choices, words.METHODS] = ()
    weighting: Annotated[Choices, words.METHODS] = ()
    aggregation: Annotated[Choices, words.METHODS] = ()
    weights: Annotated[DrawnWeights, words.WEIGHTS] = None
    leave_out: Annotated[LeftOut | None, words.LEAVE_OUT] = None
    noise: Annotated[Number | None, words.NOISE] = Field(None, gt=0)
    se: Annotated[StandardErrors | None, words.SE] = None
    morris: Annotated[Whole | None, words.MORRIS] = Field(None, ge=2, le=1_000_000)
    levels: Annotated[Whole, words.LEVELS] = Field(4, ge=2, le=1000, multiple_of=2)
    design: Annotated[str | None, words.DESIGN] = None
    top: Annotated[tuple[Whole, ...], words.TOP] = (10,)
    sensitivity: Annotated[Whole | None, words.SENSITIVITY] = Field(None, ge=4, le=1_000_000_000)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The kinds of parts of which each draw leaves out one or none."""
        return self.leave_out or ()

    @property
    def data(self) -> DataErrors | None:
        """The errors of the values; None without any."""
        return None if self.noise is None and self.se is None else DataErrors(self.noise, self.se)


RobustnessTable = Annotated[Robustness, Field(Robustness())]


class AuditChoices(Section):
    """The profile, the draws and the factors of an audit, and the findings that fail it."""

    profile: Annotated[Word | None, words.PROFILE] = None
    draws: Annotated[Whole | None, words.DRAWS_OF_AUDIT] = Field(None, le=1_000_000_000)
    seed: Annotated[Whole | None, words.SEED_OF_AUDIT] = None
    fail_on: Annotated[Word | None, words.FAIL_ON] = None
    factors: Whole | None = Field(
        None,
        ge=2,
        description="number of principal components that the tables of rotated loadings rotate; default: those with an "
        "eigenvalue above 1",
    )


AuditTable = Annotated[AuditChoices, Field(AuditChoices(), description="the choices of an audit")]
