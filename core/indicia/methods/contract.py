"""The contract of all kinds of method."""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, fields
from enum import Enum
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, ClassVar

from indicia.formulas import step
from indicia.methods.formulas import fill_template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    import numpy as np
    import numpy.typing as npt
    from pydantic_core import core_schema

    from indicia.formulas import Expression
    from indicia.methods.worked import WorkedExample

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
    """A property of a method. `indicia.testing` tests the properties that a class declares."""

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
    """The promises of `indicia.testing` that the method does not keep by definition, each with the reason."""
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
