"""Errors that a user can act on, and helpers for their messages. An exception that is no IndiciaError is a bug."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from indicia import memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import polars as pl


_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that reverse the direction of the text next to them."""


def strip_controls(text: str) -> str:
    """Return a text without the characters that control a terminal or a typesetter.

    >>> strip_controls("Lima \x1b[31m") == "Lima \ufffd[31m"
    True
    """
    return _CONTROLS.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Return a text in one line, without control characters.

    >>> one_line("Lima\\nCallao")
    'Lima Callao'
    """
    return strip_controls(" ".join(text.splitlines()))


def printable(text: str) -> str:
    """Return a text that is safe in a terminal: without control characters and changes of direction.

    >>> printable("\u202eOslo\x07") == "Oslo\ufffd"
    True
    """
    return strip_controls(TURNING.sub("", text))


MAX_CHARACTERS = 600
"""The most characters of each part of an error."""


def shorten(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Return a text; if it is longer than `limit`, replace its middle by the number of characters left out.

    An error repeats names and values of a user, and some of these are as long as a file.

    >>> shorten("unknown column " + "z" * 70_000, limit=40)
    'unknown column zzzzzzzzz … 69,975 characters … zzzzzzzzzzzzzzzz'
    """
    if len(text) <= limit:
        return text
    head = limit * 3 // 5
    tail = limit - head
    return f"{text[:head]} … {len(text) - limit:,} characters … {text[-tail:]}"


class IndiciaError(Exception):
    """An error with its place and a remedy.

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
        """The keys of the faulty value in the index file; `Origin.locate` finds its line."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Return the parts of a pickle: an error of a worker reaches the driver with its class and attributes."""
        return _restore, (type(self), self.args, self.__dict__)

    @property
    def reason(self) -> str:
        """The error in one line, with the plugin that caused it.

        >>> MethodError("halved of income fails: KeyError", where="plugin halver 1.0 (halver)\\nhalver.py:7").reason
        'halved of income fails: KeyError (plugin halver 1.0 (halver))'
        """
        plugin = next((line for line in (self.where or "").splitlines() if line.startswith("plugin ")), None)
        what = shorten(self.what)
        return f"{what} ({plugin})" if plugin else what

    def __str__(self) -> str:
        return self.retold(str)

    def retold(self, say: Callable[[str], str]) -> str:
        """Return fault, place and remedy in the words of a language.

        Parameters
        ----------
        say : callable
            The function that translates a text.

        Returns
        -------
        str
            The lines of the error.
        """
        lines = [shorten(say(self.what))]
        if self.where:
            lines += [f"  {line}" for line in shorten(self.where).splitlines()]
        if self.remedy:
            lines.append(f"  {say('fix')}: {shorten(say(self.remedy))}")
        return "\n".join(lines)


def _restore(kind: type[IndiciaError], arguments: tuple[object, ...], attributes: dict[str, Any]) -> IndiciaError:
    """Return an error from its pickle. Its `__init__` is not called, since its parameters differ between classes."""
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(attributes)
    return error


class DefinitionError(IndiciaError):
    """The index file, the options or the methodology are wrong."""


class WrongArgument(DefinitionError, TypeError):
    """A function is called with an argument that it does not have, or with a value of another kind."""


class MethodError(DefinitionError):
    """A method is unknown, its parameters are wrong, or it cannot be used here."""


class MethodFailure(MethodError):
    """A method fails, or returns values that its kind of method must not return: a fault of its plugin."""

    def __init__(self, what: str, *, where: str | None = None) -> None:
        remedy = "this is a fault of the method: tell its authors; --traceback shows how it came about"
        super().__init__(what, where=where, remedy=remedy)


class PluginError(IndiciaError):
    """A plugin cannot be loaded, or its methods cannot be added to the catalogue."""


class DataError(IndiciaError):
    """The data cannot be read, or have values that the methodology cannot score."""


class UnknownColumn(DataError):
    """The table lacks a column."""

    def __init__(self, column: str, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.column = column


class NothingKept(DataError):
    """No row of the table is left to score."""


class AgainstDirection(DataError):
    """A better value of an indicator, or a better score of a dimension, leads to a lower score."""


class OutputError(IndiciaError):
    """A result cannot be written."""


class EngineError(IndiciaError):
    """The workers of an engine cannot be reached, die, or lack a package or folder that the run needs."""


class MissingDependency(IndiciaError):
    """An optional library is not installed."""

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(f"{purpose} needs an optional library", remedy=f"pip install 'indicia[{extra}]'")


def require_optional(module: str, purpose: str, extra: str) -> Any:
    """Return a module of an optional library; `purpose` and `extra` are for the error if it is not installed.

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


def require_columns(frame: pl.DataFrame, names: Iterable[str]) -> None:
    """Refuse a frame that lacks one of the columns.

    >>> import polars as pl
    >>> require_columns(pl.DataFrame({"city": ["Lima"]}), ["ctiy"])
    Traceback (most recent call last):
    indicia.errors.UnknownColumn: unknown column "ctiy"
      fix: did you mean "city"?
    """
    for name in names:
        if name not in frame.columns:
            raise UnknownColumn(name, f'unknown column "{name}"', remedy=suggest(name, frame.columns))


SMALLER = "numbers end at 1.8e308: write the values in a larger unit of measure, such as by factor = 1e-9"
"""The remedy for values of which a sum or a difference is infinite."""


class OutOfMemory(IndiciaError):
    """The job needs more memory than the process can have."""


_SMALL_JOB = 2**26
"""Bytes that are not compared with the limit, since reading the limit takes time."""


def _size(number: float) -> str:
    """Write a number of bytes.

    >>> _size(68_719_476_736), _size(1_234_567_890), _size(123_456_789)
    ('69 GB', '1.2 GB', '123 MB')
    """
    return f"{number / 1e6:,.0f} MB" if number < 1e9 else f"{number / 1e9:,.{1 if number < 1e10 else 0}f} GB"


def _is_overflow(error: BaseException) -> bool:
    """Return True for the error of polars for an impossible size; another lack of memory ends the process."""
    return type(error).__name__ == "PanicException" and str(error) == "capacity overflow"


@contextmanager
def enough_memory(doing: str, remedy: str, least: float = 0) -> Iterator[None]:
    """Raise OutOfMemory with the name of the job and a remedy if there is too little memory.

    Parameters
    ----------
    doing, remedy : str
        The job, after "not enough memory to", and a job that needs less.
    least : float
        The bytes that the job needs at least. If the process cannot have them, the job does not begin, because the
        system may end a process that runs out of memory without a message.

    Examples
    --------
    >>> with enough_memory("score 1,000,000 rows of 50 indicators", "score fewer"):
    ...     raise MemoryError("Unable to allocate 7.28 TiB")
    Traceback (most recent call last):
    indicia.errors.OutOfMemory: not enough memory to score 1,000,000 rows of 50 indicators: Unable to allocate 7.28 TiB
      fix: score fewer
    """
    if least > _SMALL_JOB and (capacity := memory.capacity()) is not None and capacity < least:
        sizes = f"it takes {_size(least)} at least, and this process can have {_size(capacity)}"
        raise OutOfMemory(f"not enough memory to {doing}: {sizes}", remedy=remedy)
    try:
        yield
    except BaseException as error:
        if not (isinstance(error, MemoryError) or _is_overflow(error)):
            raise
        message = str(error).partition(" for an array")[0]
        raise OutOfMemory(f"not enough memory to {doing}{message and f': {message}'}", remedy=remedy) from error


class IndiciaWarning(UserWarning):
    """A warning to the user that does not stop the run."""


class PluginWarning(IndiciaWarning):
    """A plugin breaks a rule, or cannot be used."""


class MethodWarning(PluginWarning):
    """A method breaks a rule, such as printing; its figures are used."""


class DubiousWarning(IndiciaWarning):
    """A methodology that can be computed, but is doubtful."""


def suggest(name: str, names: Iterable[str]) -> str | None:
    """Return a remedy with the most similar name, or with all names if there are few.

    >>> suggest("min_mx", ["min_max", "z_score"])
    'did you mean "min_max"?'
    >>> suggest("stiria", ["Austria", "Styria"])
    'did you mean "Styria"?'
    >>> suggest("q", ["lower", "upper"])
    'known: lower, upper'
    >>> suggest("within", ["weighting", "weights"])
    'known: weighting, weights'
    """
    from difflib import get_close_matches  # imported for an error only

    sorted_names = sorted(names)
    lowered = {original.lower(): original for original in reversed(sorted_names)}
    close = get_close_matches(name.lower(), lowered, n=1, cutoff=0.6 if len(name) < 6 else 0.7)
    if close:
        return f'did you mean "{lowered[close[0]]}"?'
    return f"known: {', '.join(sorted_names)}" if 0 < len(sorted_names) <= 30 else None


def suggest_unit(name: str, keys: Iterable[str], column: str | None = None, labels: Iterable[str] = ()) -> str:
    """Return a remedy for a name that no unit has: the most similar name, or else where the names are listed.

    Parameters
    ----------
    name
        The name that no unit has.
    keys
        The names of the units in the data; none if not all are known, such as those of other partitions.
    column
        The column of the data that has these names.
    labels
        Other names by which the units may be called.

    Examples
    --------
    >>> suggest_unit("Osla", ["Oslo", "Lima"])
    'did you mean "Oslo"?'
    >>> suggest_unit("XXX", [f"T{number:03}" for number in range(51)], "town")
    'one of 51 units, such as T000 and T001; the column "town" of the data lists them'
    """
    units = sorted(set(keys))
    others = [label for label in labels if label not in units]
    if close := suggest(name, [*units, *others]):
        return close
    where = f'the column "{column}" of the data lists {"them" if units else "the units"}' if column else ""
    if not units:
        return where or "name a unit of the data"
    listed = f"one of {len(units):,} units, such as {' and '.join(units[:2])}"
    return f"{listed}; {where}" if where else listed


_REQUIREMENTS = {
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
"""The requirement on a value, by the type of the error of pydantic."""


def explain_validation(finding: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the text of an error of pydantic, for use after the name of the value, and a remedy.

    >>> explain_validation({"type": "int_parsing", "input": "two", "msg": "", "loc": ("decimals",)})
    (' must be a whole number', None)
    >>> expected = {"expected": "'benefit' or 'cost'"}
    >>> explain_validation({"type": "literal_error", "input": "csot", "ctx": expected, "msg": ""})
    (" must be 'benefit' or 'cost'", 'did you mean "cost"?')
    """
    kind, value, limits = finding["type"], finding.get("input"), finding.get("ctx", {})
    if requirement := _REQUIREMENTS.get(kind):
        return f" must be {requirement.format(**limits)}", _remedy_for(kind, value)
    if kind == "literal_error":
        close = suggest(str(value), re.findall(r"'([^']*)'", limits["expected"]))
        return f" must be {limits['expected']}", close if close and close.startswith("did") else None
    message = finding["msg"].removeprefix("Value error, ")
    return f": {message[:1].lower()}{message[1:]}", None


def _remedy_for(kind: str, value: object) -> str | None:
    """Return the remedy for a text in place of a list or a number, and for a number in place of a list."""
    if kind == "tuple_type" and isinstance(value, (int, float)):
        return json.dumps([value])
    if not isinstance(value, str):
        return None
    if kind in ("tuple_type", "list_type"):
        return json.dumps([part.strip() for part in value.split(",")], ensure_ascii=False)
    return "write it without quotes" if re.fullmatch(r"\s*[-+]?\d+(\.\d+)?\s*", value) else None


def with_article(noun: str) -> str:
    """Put "a" or "an" before a noun, by its sound.

    >>> with_article("agreement"), with_article("weighting"), with_article("unit"), with_article("hour")
    ('an agreement', 'a weighting', 'a unit', 'an hour')
    """
    vowel = re.match(r"(?!uni|use|eu|one)[aeiou]|hour|heir|honest", noun.lower())
    return f"{'an' if vowel else 'a'} {noun}"


def pluralise(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless the number is 1.

    >>> pluralise(1, "unit"), pluralise(36, "unit")
    ('1 unit', '36 units')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def join_names(names: Iterable[object], limit: int = 5, count: int | None = None) -> str:
    """Join the first few names for a message, with the number of the others.

    `count` is the number of all names, if `names` has only the first names.

    >>> join_names(["Oruro", "Lima", "Cusco"], limit=2)
    'Oruro, Lima and 1 more'
    """
    texts = [str(name) for name in names]
    shown, count = texts[:limit], len(texts) if count is None else count
    return ", ".join(shown) if len(shown) == count else f"{', '.join(shown)} and {count - len(shown)} more"
