"""Steps of values or weights, as words: "±20% by 5%", "0.1 to 0.5 by 0.1", "2, 3, 4"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from indicia.errors import DefinitionError, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.methods import Array

StepWords: TypeAlias = str | Mapping[str, str]
"""Steps for all parts, or by part."""

DEFAULT = "±50% by 10%"
"""The steps of a value or weight if none are stated."""
_MOST = 10_000
"""The largest number of steps of one part."""
_NUMBER = r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(%?)"
_AROUND = re.compile(rf"±\s*{_NUMBER}(?:\s+by\s+{_NUMBER})?", re.IGNORECASE)
_RANGE = re.compile(rf"{_NUMBER}\s+to\s+{_NUMBER}\s+by\s+{_NUMBER}", re.IGNORECASE)
_SINGLE = re.compile(_NUMBER, re.IGNORECASE)
_REMEDY = 'such as "±20% by 5%", "10% to 50% by 10%", "0.1 to 0.5 by 0.1", or a list: "2, 3, 4"'


@dataclass(frozen=True)
class Steps:
    """The steps of one part."""

    numbers: Array
    """Relative changes, 0.1 for +10%, or new values."""
    is_relative: bool

    def of(self, present: Array) -> tuple[Array, Array]:
        """Return the relative change and the new value of each present value, (values, steps) each."""
        present = np.asarray(present, dtype=float)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.is_relative:
                return np.broadcast_to(self.numbers, (len(present), len(self.numbers))), present * (1 + self.numbers)
            new = np.broadcast_to(self.numbers, (len(present), len(self.numbers)))
            return new / present - 1, new


def read_steps(words: str) -> Steps:
    """Read the words of steps.

    >>> read_steps("±20% by 10%").numbers.tolist(), read_steps("±5%").numbers.tolist()
    ([-0.2, -0.1, 0.1, 0.2], [-0.05, 0.05])
    >>> read_steps("0.1 to 0.3 by 0.1"), read_steps("10%, -5%").is_relative
    (Steps(numbers=array([0.1, 0.2, 0.3]), is_relative=False), True)
    """
    text = words.strip()
    if match := _AROUND.fullmatch(text):
        size, percent, by, by_percent = match.groups()
        if percent != "%" or (by is not None and by_percent != "%"):
            raise _wrong(words, "the numbers after ± are shares of the present value, with %")
        step = float(by or size)
        rising = _range(words, step, float(size), step)
        return Steps(np.concatenate([-rising[::-1], rising]) / 100, True)
    if match := _RANGE.fullmatch(text):
        numbers, signs = match.groups()[::2], set(match.groups()[1::2])
        if len(signs) > 1:
            raise _wrong(words, "all three numbers are shares of the present value, with %, or none is")
        values = _range(words, *map(float, numbers))
        return Steps(values / 100, True) if signs == {"%"} else Steps(values, False)
    matches = [_SINGLE.fullmatch(word.strip()) for word in text.split(",")]
    listed = [match.groups() for match in matches if match]
    if len(listed) < len(matches):
        raise _wrong(words, "these are no steps")
    if len({sign for _, sign in listed}) > 1:
        raise _wrong(words, "all numbers are shares of the present value, with %, or none is")
    values = np.array([float(number) for number, _ in listed])
    return Steps(values / 100, True) if listed[0][1] else Steps(values, False)


def steps_of_parts(words: StepWords, parts: Iterable[str]) -> dict[str, Steps]:
    """Return the steps of each part that changes; an error for a part that the index lacks."""
    names = list(parts)
    if isinstance(words, str):
        steps = read_steps(words)
        return dict.fromkeys(names, steps)
    return {name: read_steps(text) for name, text in words.items() if name in names}


def check_parts(words: StepWords, parts: Iterable[str]) -> None:
    """Refuse wrong words, and steps of parts that the index lacks."""
    names = list(parts)
    for name, text in {"": words}.items() if isinstance(words, str) else words.items():
        if name and name not in names:
            raise DefinitionError(f'"{name}" in steps is no part of the index', remedy=suggest(name, names))
        read_steps(text)


def _range(words: str, first: float, last: float, step: float) -> Array:
    """Return the numbers from the first to the last, which belongs to them if a step ends there."""
    if not step > 0 or last < first:
        raise _wrong(words, "a range rises, by a step above 0")
    count = int(np.floor((last - first) / step + 1e-9)) + 1
    if count > _MOST:
        raise _wrong(words, f"these are {count:,} steps, and {_MOST:,} are possible")
    # rounding: 0.1 * 3 is 0.30000000000000004
    return np.round(first + step * np.arange(count), 12)


def _wrong(words: str, fault: str) -> DefinitionError:
    return DefinitionError(f'steps "{words}": {fault}', remedy=_REMEDY)
