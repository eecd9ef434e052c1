"""The base class of methods: parameters, needs, formula in LaTeX, worked examples and tables of further results.

The formula of a method in LaTeX, with the pieces that depend on its parameters.

`<form>` in a formula is replaced by the piece in `variants["form"]` for the value of the parameter `form`. A parameter
with pieces at several places has one key for each: `<form.weight>`. The key `...` is any other value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from enum import Enum
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from indicia.formulas import Expression, step

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from pydantic_core import core_schema

    Cells: TypeAlias = Sequence[float | str | None] | npt.NDArray[np.generic]
    DetailTable: TypeAlias = Mapping[str, Cells]


_PIECE = re.compile(r"<([a-z_]\w*(?:\.\w+)?)>")


def fill_template(template: str, variants: Mapping[str, Mapping[Any, str]], values: Mapping[str, Any]) -> str:
    """Return a formula with the pieces for these values of the parameters.

    Raises
    ------
    KeyError
        If the variants have no piece for the value of a parameter.
    """

    def piece(match: re.Match[str]) -> str:
        place = match[1]
        if place not in variants:
            return match[0]
        name = place.partition(".")[0]
        if (text := _piece_for(variants[place], values[name])) is None:
            raise KeyError(f"{name} = {values[name]!r:.40}")
        return fill_template(text, variants, values)

    return _PIECE.sub(piece, template)


def names_symbol(formula: str, symbol: str) -> bool:
    r"""Return True if a formula contains a symbol; letters inside another symbol do not count.

    >>> names_symbol(r"l + (u - l) x", "l"), names_symbol(r"\lambda x", "l"), names_symbol(r"\ln x", "l")
    (True, False, False)
    """
    bare = re.sub(r"\\(?:text|operatorname|mathrm)\{[^}]*\}", " ", formula)
    start = r"(?<![A-Za-z\\])" if symbol[0].isalpha() else ""
    end = r"(?![A-Za-z])" if symbol[-1].isalpha() else ""
    without = re.sub(r"\\[A-Za-z]+", " ", bare) if not symbol.startswith("\\") else bare
    adjoining = symbol[0].isalpha() and len(symbol) == 1
    return re.search(re.escape(symbol) if adjoining else start + re.escape(symbol) + end, without) is not None


def _piece_for(pieces: Mapping[Any, str], value: Any) -> str | None:
    """Return the piece for a value; for a list or a table of values, the pieces of all values."""
    values = list(value.values()) if isinstance(value, Mapping) else value
    if isinstance(values, (list, tuple)):
        keys = list(dict.fromkeys(map(str, values)))
        if keys and all(key in pieces for key in keys):
            if len(keys) == 1:
                return pieces[keys[0]]
            return r"; \; ".join(rf"\text{{{key.replace('_', ' ')}: }} {pieces[key]}" for key in keys)
    for key, piece in pieces.items():
        if key is not ... and isinstance(key, bool) == isinstance(value, bool) and key == value:
            return piece
    return pieces.get(...)


FIGURES = ("prepared", "normalised", "weights", "facts", "scores", "ranks", "with", "together")
"""The figures that an example may state.

The values of each indicator after imputation and treatment, and after normalisation; the weights and the facts of a
weighting by name; scores and ranks of the units in the order of the table; the agreement of the first ranking with each
of the others by name, and of all rankings together.
"""


@dataclass(frozen=True)
class WorkedExample:
    """A table, a method with its parameters, and the figures that the source prints for them.

    Parameters
    ----------
    table
        The columns by name, with the column "unit". For an agreement and a consensus, each other column is a ranking.
        None is a missing value.
    expected
        The figures of the source, by the names of `FIGURES`: `{"scores": [0.2, 0], "ranks": [2, 1]}`.
    source
        The publication, with page or table where it helps; "by hand" if the figures follow from its formula.
    parameters
        The parameters of the method, as an index file writes them.
    indicators
        The direction of each indicator, or its table in an index file: `{"x": "cost", "y": {"bounds": [0, 10]}}`.
        Default: all columns but "unit" are benefits.
    weights
        The weights of indicators, or of the rankings for a consensus, by name.
    methodology
        Other words of the methodology: `{"normalisation": "none"}`, `{"missing": "skip"}`.
    data
        The columns of the table that are periods or groups: `{"period": "year"}`.
    precision
        The largest difference from the figures of the source, such as 5e-5 for four decimals.
    warning
        A part of the warning that the run gives, if the figures come with one.

    Examples
    --------
    >>> example = WorkedExample({"unit": ["A", "B"], "x": [3, 4]}, {"scores": [0, 1]}, "OECD/JRC (2008); by hand")
    >>> example.directions
    {'x': 'benefit'}
    """

    table: Mapping[str, Sequence[Any]]
    expected: Mapping[str, Any]
    source: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    indicators: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    methodology: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    precision: float = 1e-12
    warning: str = ""

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise ValueError("a worked example names its source")
        if "unit" not in self.table:
            raise ValueError('the table of a worked example has no column "unit"')
        if unknown := [name for name in self.expected if name not in FIGURES]:
            raise ValueError(f"a worked example cannot expect {', '.join(unknown)}: it has {', '.join(FIGURES)}")
        if not self.expected:
            raise ValueError(f"a worked example expects one of {', '.join(FIGURES)}")
        lengths = {name: len(column) for name, column in self.table.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"the columns of a worked example differ in length: {lengths}")

    @property
    def words(self) -> dict[str, dict[str, Any]]:
        """The table of each indicator in an index file, with its weight."""
        groups = self.data.get("groups", ())
        others = {"unit", self.data.get("period"), *([groups] if isinstance(groups, str) else groups)}
        chosen = self.indicators or {name: "benefit" for name in self.table if name not in others}
        words: dict[str, dict[str, Any]] = {
            name: {"direction": word} if isinstance(word, str) else dict(word) for name, word in chosen.items()
        }
        for name, weight in self.weights.items():
            words.setdefault(name, {})["weight"] = weight
        return words

    @property
    def directions(self) -> dict[str, str]:
        """The direction of each indicator."""
        return {name: word.get("direction", "benefit") for name, word in self.words.items()}


PAIRED_UNITS = 2_000
"""The largest number of units of which a table of pairs is computed: four million rows."""


def pair_table(names: Sequence[str], **matrices: npt.NDArray[np.generic]) -> DetailTable:
    """Return square matrices as a table with a row for each ordered pair of different names.

    Parameters
    ----------
    names : sequence of str
        The n units, or the n components.
    **matrices : array of numbers or words, shape (n, n)
        The matrices; row a and column b are the figure of a towards b.

    Returns
    -------
    mapping of str to sequence
        The columns `a` and `b`, and one for each matrix, with n (n - 1) rows.

    Raises
    ------
    ValueError
        If there are more than 2,000 names.

    Examples
    --------
    >>> import numpy as np
    >>> table = pair_table(["Lima", "Oslo"], preference=np.array([[0, 0.3], [0.7, 0]]))
    >>> {name: list(map(str, column)) for name, column in table.items()}
    {'a': ['Lima', 'Oslo'], 'b': ['Oslo', 'Lima'], 'preference': ['0.3', '0.7']}
    """
    check_pairs(len(names))
    import numpy as np  # here, since declarations of methods need none

    array, different = np.array(names, dtype=object), ~np.eye(len(names), dtype=bool)
    first, second = np.nonzero(different)
    columns: dict[str, Cells] = {"a": array[first], "b": array[second]}
    return columns | {name: matrix[different] for name, matrix in matrices.items()}


def matrix_table(key: str, rows: Sequence[str], columns: Sequence[str], matrix: Array) -> DetailTable:
    """Return a matrix as a table with the names of its rows in front.

    Parameters
    ----------
    key : str
        The name of the column of names, such as "component".
    rows, columns : sequence of str
        The names of the rows and of the columns.
    matrix : array of float, shape (len(rows), len(columns))
        The figures.

    Returns
    -------
    mapping of str to sequence
        The columns.

    Raises
    ------
    ValueError
        If a column has the name of the key.

    Examples
    --------
    >>> import numpy as np
    >>> matrix_table("unit", ["Lima"], ["growth", "nature"], np.array([[0.25, 0.75]]))["nature"].tolist()
    [0.75]
    """
    if key in columns:
        raise ValueError(f'has a column "{key}" of its own in this table: give the component another name')
    return {key: list(rows), **{name: matrix[:, number] for number, name in enumerate(columns)}}


def check_pairs(units: int) -> None:
    """Refuse a table of the pairs of so many units.

    Parameters
    ----------
    units : int
        The number of units.

    Raises
    ------
    ValueError
        If there are more than 2,000.
    """
    if units > PAIRED_UNITS:
        raise ValueError(f"lists the pairs of at most {PAIRED_UNITS:,} units, and there are {units:,}")


if TYPE_CHECKING:
    Array: TypeAlias = npt.NDArray[np.float64]
else:
    Array = Any


_BRIEF = 40
"""The longest parameter in a title, in characters; a title shows … for a longer one."""


class Domain(Enum):
    """The values that a formula accepts."""

    REAL = "any"
    NON_NEGATIVE = "non-negative"
    POSITIVE = "positive"

    def admits(self, lowest: float) -> bool:
        """Return True if a column whose lowest value is `lowest` lies in the domain.

        Parameters
        ----------
        lowest : float
            The lowest value.

        Returns
        -------
        bool
            True if all values are in the domain.

        Examples
        --------
        >>> Domain.POSITIVE.admits(0.0), Domain.NON_NEGATIVE.admits(0.0)
        (False, True)
        """
        if self is Domain.REAL:
            return True
        return lowest > 0 if self is Domain.POSITIVE else lowest >= 0


@dataclass(frozen=True)
class UsedColumn:
    """A column of the data that a method uses beside the indicators, such as the population, and its needs.

    Examples
    --------
    >>> UsedColumn.weights("population")
    UsedColumn(name='population', domain=<Domain.NON_NEGATIVE: 'non-negative'>, is_weight=True)
    """

    name: str
    """The column of the data."""
    domain: Domain = Domain.REAL
    """The values that the method accepts. No unit may lack a value."""
    is_weight: bool = False
    """The values are weights: their sum may not be 0, in any period or group of the statistics."""

    @classmethod
    def weights(cls, name: str) -> UsedColumn:
        """Return a column of weights: none is negative, and not all are 0.

        Parameters
        ----------
        name : str
            The name of the column.

        Returns
        -------
        UsedColumn
            The column, whose values are checked before a run.
        """
        return cls(name, Domain.NON_NEGATIVE, is_weight=True)


class Property(Enum):
    """A property of a method. `indicia_conformance` tests the properties that a class declares."""

    MONOTONE = "monotone"
    """A better value never makes the score worse (normalisation, aggregation)."""
    COMPENSATORY = "compensatory"
    """A high value of one component compensates for a low value of any other (aggregation)."""
    SCALE_INVARIANT = "scale_invariant"
    """Another unit of measure changes no result, except by rounding."""
    DEFINED_AT_ZERO = "defined_at_zero"
    """The formula accepts zeros."""
    DEFINED_BELOW_ZERO = "defined_below_zero"
    """The formula accepts negative values."""
    FREE_OF_RANK_REVERSAL = "free_of_rank_reversal"
    """Units keep their order when other units are added or removed, if normalised values and weights stay the same."""
    ZERO_FOR_CONSTANT = "zero_for_constant"
    """An indicator that does not vary gets weight 0 (weighting)."""


@dataclass(frozen=True)
class Method:
    """A named formula with parameters: a frozen dataclass, whose fields are the parameters.

    Notes
    -----
    Lists of methods show the first sentence of the docstring. `__post_init__` checks parameters that depend on each
    other and raises ValueError; types and limits of single parameters are in their annotations.
    """

    name: ClassVar[str]
    """The name in index files and on the command line: one Python identifier, unique among methods of its kind."""
    reference: ClassVar[str]
    """The publication of the formula."""
    formula: ClassVar[str] = ""
    """The formula in LaTeX. `<form>` is replaced by the piece in `variants["form"]` for the value of `form`."""
    variants: ClassVar[dict[str, dict[Any, str]]] = {}
    """The pieces of the formula that depend on a parameter, by its value; `...` is any other value."""
    symbols: ClassVar[dict[str, str]] = {}
    """The symbols of parameters in the formula, in LaTeX."""
    always_named: ClassVar[tuple[str, ...]] = ()
    """Parameters that titles show even at their defaults, since papers use different values."""
    example: ClassVar[str] = ""
    """The method with its required parameters, for tests: components are x0, x1 and x2, units u0, u1 …"""
    properties: ClassVar[frozenset[Property]] = frozenset()
    """The properties of all methods of the class. A Python property may compute them from the parameters."""
    minimum_units: ClassVar[int] = 1
    """The smallest number of units in each period or group that the method accepts."""
    depends_on_order: ClassVar[bool] = False
    """The result depends on the order of indicators, or of rankings."""
    order_decides_ties: ClassVar[bool] = False
    """Among equal candidates, such as two units at the same distance, the first row or indicator counts."""
    iteration_tolerance: ClassVar[float] = 0.0
    """The largest difference between two runs, as a share of the largest figure, if the method iterates to a limit."""
    is_random: ClassVar[bool] = False
    """The method uses random numbers, all of which it takes from the `RandomNumbers` that the core passes.

    A weighting and a matrix aggregation may declare it. It is True for a `RandomImputation`.
    """
    expected_failures: ClassVar[Mapping[str, str]] = {}
    """The promises of `indicia_conformance` that the method does not keep by definition, each with the reason."""
    detail_tables: ClassVar[Mapping[str, str]] = {}
    """The tables of further results that `result.details(node, table)` shows, by name, each with what a row is.

    `units` are the columns beside the scores of an aggregation, one row per unit.
    """
    worked_examples: ClassVar[Sequence[WorkedExample]] = ()
    """Published figures of the method. A package may keep them in files of its folder `worked` instead."""
    stated: ClassVar[tuple[str, ...]] = ("name", "reference")
    """The attributes that each class of the kind has to state, as texts."""
    __pydantic_config__: ClassVar[dict[str, Any]] = {"allow_inf_nan": False}

    @classmethod
    def class_problem(cls) -> str | None:
        """Return the reason why the class cannot be used, as a clause after its name; None if it can."""
        return None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        """Read a parameter whose type is a kind, such as `Weighting`, as a method of that kind."""
        if hasattr(cls, "name"):
            schema: core_schema.CoreSchema = handler(source)
            return schema
        from pydantic_core import core_schema

        def choose(value: Any, info: core_schema.ValidationInfo) -> Method:
            method: Method = info.context["choose"](cls, value) if info.context else value
            return method

        serialiser = core_schema.plain_serializer_function_ser_schema(str)
        return core_schema.with_info_plain_validator_function(choose, serialization=serialiser)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        """Describe a parameter whose type is a kind: a text, or a table with the name of the method."""
        if hasattr(cls, "name"):
            description: dict[str, Any] = handler(schema)
            return description
        table = {"type": "object", "properties": {"method": {"type": "string"}}, "required": ["method"]}
        return {"title": f"method of {cls.__name__.lower()}", "anyOf": [{"type": "string"}, table]}

    @classmethod
    def summary(cls) -> str:
        """Return the first sentence of the docstring."""
        return " ".join(cleandoc(cls.__doc__ or "").split("\n\n", maxsplit=1)[0].split())

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters, by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def uses(self) -> tuple[str | UsedColumn, ...]:
        """The columns of the data that the formula uses beside the indicators (default: none).

        A class attribute, a parameter or a property. A formula reads them by `s.column(name)`, and by `column(name)` of
        components and of indicators. A name alone stands for `UsedColumn(name)`.
        """
        return ()

    @property
    def used_columns(self) -> tuple[UsedColumn, ...]:
        """The columns of `uses`, and those of the methods that are parameters."""
        own = (UsedColumn(column) if isinstance(column, str) else column for column in self.uses)
        parts = (column for method in methods_in(self.parameters) for column in method.used_columns)
        return tuple(dict.fromkeys((*own, *parts)))

    @property
    def used_names(self) -> tuple[str, ...]:
        """The names of the columns that the formula uses beside the indicators."""
        return tuple(dict.fromkeys(column.name for column in self.used_columns))

    @property
    def draws_random_numbers(self) -> bool:
        """True if the method, or a method among its parameters, is random."""
        return self.is_random or any(method.draws_random_numbers for method in methods_in(self.parameters))

    @property
    def settings(self) -> dict[str, Any]:
        """The parameters, with the values that the formula uses in place of None."""
        return self.parameters

    @property
    def formula_of_run(self) -> str:
        r"""The formula, in LaTeX, with these parameters.

        >>> @dataclass(frozen=True)
        ... class Root(Method):
        ...     name = "root"
        ...     formula = r"y = \sqrt{x}<signed>"
        ...     variants = {"signed": {False: "", True: r"\operatorname{sgn} x"}}
        ...     signed: bool = False
        >>> Root().formula_of_run
        'y = \\sqrt{x}'
        """
        return fill_template(self.formula, self.variants, self.settings)

    def __str__(self) -> str:
        """Return the method as a user writes it, with the parameters that differ from their defaults.

        >>> @dataclass(frozen=True)
        ... class Halved(Method):
        ...     name = "halved"
        ...     by: float = 2.0
        >>> print(Halved(), Halved(by=3.0))
        halved halved(by=3)
        """
        return self._text(_literal)

    @property
    def brief(self) -> str:
        """The method as a user writes it, with … in place of long parameters, such as tables.

        >>> @dataclass(frozen=True)
        ... class Given(Method):
        ...     name = "given"
        ...     numbers: tuple[int, ...]
        >>> print(Given((1, 2)).brief, Given(tuple(range(99))).brief)
        given(numbers=[1, 2]) given(numbers=…)
        """
        return self._text(_brief)

    @property
    def title(self) -> str:
        """The method in the title of a result: `brief`, with the parameters of `always_named`."""
        return self._text(_brief, self.always_named)

    def _text(self, literal: Callable[[object], str], always_named: Sequence[str] = ()) -> str:
        parameters = [
            (field.name, getattr(self, field.name))
            for field in fields(self)
            if field.name in always_named or not _is_default(self, field)
        ]
        text = ", ".join(f"{name}={literal(value)}" for name, value in parameters)
        return self.name + (f"({text})" if text else "")


def methods_in(value: object) -> Iterator[Method]:
    """Yield the methods in a parameter, which may be a method, or a list or a table of methods."""
    if isinstance(value, Method):
        yield value
    elif isinstance(value, dict):
        yield from methods_in(tuple(value.values()))
    elif isinstance(value, (list, tuple)):
        for element in value:
            yield from methods_in(element)


def _is_default(method: Method, field: Field[Any]) -> bool:
    value = getattr(method, field.name)
    if field.default_factory is not MISSING:
        return bool(value == field.default_factory())
    if field.default is None:  # a frame cannot be compared with None
        return value is None
    return bool(value == field.default)


def _literal(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_literal, value))}]"
    return repr(value) if isinstance(value, str) and not value.isidentifier() else str(value)


def _brief(value: object) -> str:
    if isinstance(value, Method):
        return value.brief
    if isinstance(value, (list, tuple)) and any(isinstance(element, Method) for element in value):
        return f"[{', '.join(map(_brief, value))}]"
    text = _literal(value)
    return text if len(text) <= _BRIEF else "…"


def where(condition: Expression, value: Expression | float, otherwise: Expression | float) -> Expression:
    """Choose between two values row by row.

    Parameters
    ----------
    condition
        A comparison of expressions, such as `x > s.mean`.
    value
        The result if the condition is true.
    otherwise
        The result if the condition is false or missing.

    Returns
    -------
    Expression
        A value for each row.

    Examples
    --------
    >>> from indicia.formulas import column
    >>> x = column("x")
    >>> where(x > 0, x.log(), 0.0)
    <Expression where(x > 0, log(x, 2.718281828459045), 0.0)>
    """
    return step("where", condition, value, otherwise)
