"""What goes wrong in words a user can act on; whatever is not an IndiciaError is a bug."""

from __future__ import annotations

import re
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from indicia import memory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What turns text round that stands beside it."""


def strip_controls(text: str) -> str:
    """Return a text without the characters that do something to a terminal or a typesetter.

    >>> strip_controls("Lima \x1b[31m") == "Lima \ufffd[31m"
    True
    """
    return _ACTING.sub("\ufffd", text)


def printable(text: str) -> str:
    """Return a text as a terminal takes it, in which nothing turns round what stands beside it.

    >>> printable("\u202eOslo\x07") == "Oslo\ufffd"
    True
    """
    return strip_controls(TURNING.sub("", text))


LONGEST = 600
"""The characters that each part of an error may have."""


def abridged(text: str, most: int = LONGEST) -> str:
    """Return a text, cut in the middle if it is longer than `most`, with the number of characters left out.

    An error repeats names and values of a user, and some of those are as long as a file.

    >>> abridged("unknown column " + "z" * 70_000, most=40)
    'unknown column zzzzzzzzz … 69,975 characters … zzzzzzzzzzzzzzzz'
    """
    if len(text) <= most:
        return text
    head = most * 3 // 5
    tail = most - head
    return f"{text[:head]} … {len(text) - most:,} characters … {text[-tail:]}"


class IndiciaError(Exception):
    """Says what is wrong, where it stands and how to mend it.

    >>> print(IndiciaError('unknown column "unepm"', where="index.toml:48", remedy='did you mean "unemp"?'))
    unknown column "unepm"
      index.toml:48
      fix: did you mean "unemp"?
    """

    def __init__(
        self, what: str, *, where: str | None = None, remedy: str | None = None, word: tuple[str, ...] = ()
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy
        self.word = word
        """The word of the index file that is at fault, by its keys, for those who know the line."""

    @property
    def reason(self) -> str:
        """What is wrong, in one line, with the plugin that it is a fault of.

        >>> MethodError("halved of income fails: KeyError", where="plugin halver 1.0 (halver)\\nhalver.py:7").reason
        'halved of income fails: KeyError (plugin halver 1.0 (halver))'
        """
        plugin = next((line for line in (self.where or "").splitlines() if line.startswith("plugin ")), None)
        what = abridged(self.what)
        return f"{what} ({plugin})" if plugin else what

    def __str__(self) -> str:
        lines = [abridged(self.what)]
        if self.where:
            lines += [f"  {line}" for line in abridged(self.where).splitlines()]
        if self.remedy:
            lines.append(f"  fix: {abridged(self.remedy)}")
        return "\n".join(lines)


class DefinitionError(IndiciaError):
    """The index file, the options or the methodology cannot be what they say."""


class MethodError(DefinitionError):
    """A method is unknown, its parameters are wrong, or it cannot do what is asked of it."""


class MethodFailure(MethodError):
    """A method falls over, or gives what no method of its kind gives: a fault of its plugin."""

    def __init__(self, what: str, *, where: str | None = None) -> None:
        remedy = "this is a fault of the method: tell its authors; --traceback shows how it came about"
        super().__init__(what, where=where, remedy=remedy)


class PluginError(IndiciaError):
    """A plugin cannot be loaded, or offers what the catalogue cannot take."""


class DataError(IndiciaError):
    """The data cannot be read, or hold values that the methodology cannot score."""


class UnknownColumn(DataError):
    """A column that is asked for is not in the table."""

    def __init__(self, column: str, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.column = column


class NothingKept(DataError):
    """No row of the table takes part."""


class AgainstDirection(DataError):
    """A better value of an indicator, or a better score, comes out as less than a worse one."""


class OutputError(IndiciaError):
    """A result cannot be written."""


class MissingDependency(IndiciaError):
    """An optional library is not installed."""

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(f"{purpose} needs an optional library", remedy=f"pip install 'indicia[{extra}]'")


def require_optional(module: str, purpose: str, extra: str) -> Any:
    """Return a module of a library that need not be installed; who asks for it says what for.

    >>> require_optional("csv", "reading", "tables").__name__
    'csv'
    >>> require_optional("no_such_solver", "this method", "solvers")
    Traceback (most recent call last):
    indicia.errors.MissingDependency: this method needs an optional library
      fix: pip install 'indicia[solvers]'
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingDependency(purpose, extra) from error


class OutOfMemory(IndiciaError):
    """What is asked takes more memory than there is."""


_ALWAYS_THERE = 2**26
"""Bytes for which no limit is looked up."""


def _size(number: float) -> str:
    """Write a number of bytes.

    >>> _size(68_719_476_736), _size(1_234_567_890), _size(123_456_789)
    ('69 GB', '1.2 GB', '123 MB')
    """
    return f"{number / 1e6:,.0f} MB" if number < 1e9 else f"{number / 1e9:,.{1 if number < 1e10 else 0}f} GB"


def _overflow(error: BaseException) -> bool:
    """Say whether polars asks for more than can be counted; of what it asks for and does not get, the process ends."""
    return type(error).__name__ == "PanicException" and str(error) == "capacity overflow"


@contextmanager
def enough_memory(doing: str, remedy: str, least: float = 0) -> Iterator[None]:
    """Name the work and the remedy where memory does not suffice for it.

    Parameters
    ----------
    doing, remedy : str
        The work, after "not enough memory to", and work that needs less.
    least : float
        Bytes that the process holds at least while it does the work. If it cannot have so many, the work is not begun:
        where memory runs out, the system may end the process without a word.

    Examples
    --------
    >>> with enough_memory("score 1,000,000 rows of 50 indicators", "score fewer"):
    ...     raise MemoryError("Unable to allocate 7.28 TiB")
    Traceback (most recent call last):
    indicia.errors.OutOfMemory: not enough memory to score 1,000,000 rows of 50 indicators: Unable to allocate 7.28 TiB
      fix: score fewer
    """
    if least > _ALWAYS_THERE and (capacity := memory.capacity()) is not None and capacity < least:
        what = f"it takes {_size(least)} at least, and this process can have {_size(capacity)}"
        raise OutOfMemory(f"not enough memory to {doing}: {what}", remedy=remedy)
    try:
        yield
    except BaseException as error:
        if not (isinstance(error, MemoryError) or _overflow(error)):
            raise
        said = str(error).partition(" for an array")[0]
        raise OutOfMemory(f"not enough memory to {doing}{said and f': {said}'}", remedy=remedy) from error


class IndiciaWarning(UserWarning):
    """Something a user should know that does not stop the run."""


class PluginWarning(IndiciaWarning):
    """A plugin does what it should not, or cannot be used."""


class MethodWarning(PluginWarning):
    """A method does what it should not, such as printing; its figures stand."""


class DubiousWarning(IndiciaWarning):
    """A methodology that can be computed and should be thought about."""


def suggest(name: str, names: Iterable[str]) -> str | None:
    """Return a remedy that names the nearest known name, or all names where there are few.

    >>> suggest("min_mx", ["min_max", "z_score"])
    'did you mean "min_max"?'
    >>> suggest("stiria", ["Austria", "Styria"])
    'did you mean "Styria"?'
    >>> suggest("q", ["lower", "upper"])
    'known: lower, upper'
    """
    from difflib import get_close_matches  # here, as few runs make a mistake

    known = sorted(names)
    lowered = {one.lower(): one for one in reversed(known)}
    close = get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{lowered[close[0]]}"?'
    return f"known: {', '.join(known)}" if 0 < len(known) <= 30 else None


_MUST = {
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "a text",
    "tuple_type": "a list, [ … ]",
    "list_type": "a list, [ … ]",
    "dict_type": "a table, {{ … }}",
    "model_type": "a table, {{ … }}",
    "greater_than_equal": "{ge:g} or more",
    "greater_than": "more than {gt:g}",
    "less_than_equal": "{le:g} or less",
    "less_than": "less than {lt:g}",
    "multiple_of": "a multiple of {multiple_of:g}",
    "too_short": "a list of {min_length} or more",
    "too_long": "a list of {max_length} or fewer",
    "string_too_short": "a text, and not an empty one",
    "string_too_long": "a text of {max_length} characters or fewer",
    "string_pattern_mismatch": "a text such as {pattern}",
}
"""What a value must be, by what pydantic finds amiss."""


def explain_validation(finding: Mapping[str, Any]) -> tuple[str, str | None]:
    """Say after the name of a value what is wrong with it, and how to mend it: pydantic's finding in our words.

    >>> explain_validation({"type": "int_parsing", "input": "two", "msg": "", "loc": ("decimals",)})
    (' must be a whole number', None)
    >>> expected = {"expected": "'benefit' or 'cost'"}
    >>> explain_validation({"type": "literal_error", "input": "csot", "ctx": expected, "msg": ""})
    (" must be 'benefit' or 'cost'", 'did you mean "cost"?')
    """
    kind, given, about = finding["type"], finding.get("input"), finding.get("ctx", {})
    if must := _MUST.get(kind):
        return f" must be {must.format(**about)}", _otherwise(kind, given)
    if kind == "literal_error":
        close = suggest(str(given), re.findall(r"'([^']*)'", about["expected"]))
        return f" must be {about['expected']}", close if close and close.startswith("did") else None
    message = finding["msg"].removeprefix("Value error, ")
    return f": {message[:1].lower()}{message[1:]}", None


def _otherwise(kind: str, given: object) -> str | None:
    """Say how a text is written that was to be something else."""
    if not isinstance(given, str):
        return None
    if kind in ("tuple_type", "list_type"):
        return f'["{given}"]'
    return "write it without quotes" if re.fullmatch(r"\s*[-+]?\d+(\.\d+)?\s*", given) else None


def with_article(noun: str) -> str:
    """Put "a" or "an" before a noun, by its sound.

    >>> with_article("agreement"), with_article("weighting"), with_article("unit"), with_article("hour")
    ('an agreement', 'a weighting', 'a unit', 'an hour')
    """
    vowel = re.match(r"(?!uni|use|eu|one)[aeiou]|hour|heir|honest", noun.lower())
    return f"{'an' if vowel else 'a'} {noun}"


def pluralise(number: int, noun: str) -> str:
    """Say how many.

    >>> pluralise(1, "unit"), pluralise(36, "unit")
    ('1 unit', '36 units')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def join_names(names: Iterable[object], limit: int = 5) -> str:
    """Join names for a message, the first few and how many more.

    >>> join_names(["Oruro", "Lima", "Cusco"], limit=2)
    'Oruro, Lima and 1 more'
    """
    every = [str(name) for name in names]
    shown = ", ".join(every[:limit])
    return shown if len(every) <= limit else f"{shown} and {len(every) - limit} more"
