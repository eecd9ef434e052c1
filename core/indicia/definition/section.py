"""The base of all tables of an index file, and the types of their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Collection

ROOT = "index"
"""The name of the top node."""

Text: TypeAlias = str | dict[str, str]
"""A text, or the same text by language."""

MethodChoice: TypeAlias = Any
"""The name or table of a method in the index file; `catalogue.Choice` reads it."""


def _number(value: object) -> object:
    if isinstance(value, (bool, str)):
        raise PydanticCustomError("float_type", "a number")
    return value


def _whole(value: object) -> object:
    if isinstance(value, (bool, str)):
        raise PydanticCustomError("int_type", "a whole number")
    return value


_DIRECTIONS = {"max": "benefit", "+": "benefit", "1": "benefit", "min": "cost", "-": "cost", "-1": "cost"}


def direction_word(word: object) -> object:
    """Return "benefit" or "cost" for the words and signs of other programs, such as max, + and 1."""
    return _DIRECTIONS.get(str(word).strip().removesuffix(".0"), word)


NodeDirection = Annotated[Literal["benefit", "cost"], BeforeValidator(direction_word)]
"""The direction of a score, or of a variable outside the index."""
Measurement: TypeAlias = Literal["formative", "reflective"]
"""The relation of a score to its components: they form it, or reflect it."""
Number = Annotated[float, BeforeValidator(_number)]
"""A number; true, which Python reads as 1, and a number in quotes are errors."""


def _limit(value: object) -> object:
    """Convert the texts "inf" and "-inf", which stand for infinity in JSON."""
    return float(value) if value in ("inf", "-inf") else _number(value)


def _no_nan(value: float) -> float:
    if value != value:
        raise PydanticCustomError("float_type", "a number")
    return value


Limit = Annotated[float, Field(allow_inf_nan=True), BeforeValidator(_limit), AfterValidator(_no_nan)]
"""A number, inf or -inf."""
Whole = Annotated[int, BeforeValidator(_whole)]
Column = Annotated[str, Field(min_length=1)]
Pair = tuple[Number, Number]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""A text that is not blank."""


def text(value: Text | None, language: str | None = None, default: str = "") -> str:
    """Return a text in a language; without the language in English, without English in the first language.

    >>> text({"en": "Economy", "zh": "经济"}, "zh")
    '经济'
    """
    if isinstance(value, dict):
        return value.get(language or "en") or value.get("en") or next(iter(value.values()), default)
    return value or default


class Section(BaseModel):
    """A table of an index file; an unknown key is an error."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class StatedSections(Section):
    """The base of models of the sections of plugins that an index file states."""


def without_value(words: object, word: str, keys: Collection[str]) -> object:
    """Return a raw table with None for each of these keys whose value is the word that stands for no value."""
    if not isinstance(words, dict):
        return words
    is_word = {key for key in keys if isinstance(words.get(key), str) and words[key] == word}
    return {key: None if key in is_word else value for key, value in words.items()}


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
"""A text or a list of texts."""


_NAME_OR_NAMES = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


def _as_names(value: object) -> object:
    if value == []:
        raise ValueError("an empty list names no dimension: name one, or leave the key out for the index")
    return () if value is None else _as_tuple(value)


Parents = Annotated[tuple[str, ...], BeforeValidator(_as_names), WithJsonSchema(_NAME_OR_NAMES)]
"""The dimensions that a part belongs to: a name, or a list of names; without a name, the index."""
Weight = Annotated[Number, Field(ge=0)] | dict[str, Annotated[Number, Field(ge=0)]]
"""A weight from 0 up, or the weights in several parents, by parent."""
