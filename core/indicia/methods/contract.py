"""What all kinds of method have in common."""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, fields
from enum import Enum
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, ClassVar

from indicia.formulas import step
from indicia.methods.formulas import fill_template

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    import numpy as np
    import numpy.typing as npt
    from pydantic_core import core_schema

    from indicia.formulas import Expression

    Array: TypeAlias = npt.NDArray[np.float64]
else:
    Array = Any


_BRIEF = 40
"""A parameter that takes more letters is not written where there is room for a line only."""


class Domain(Enum):
    """The values a formula can take."""

    REAL = "any"
    NON_NEGATIVE = "non-negative"
    POSITIVE = "positive"

    def admits(self, lowest: float) -> bool:
        """Say whether a column whose lowest value is `lowest` lies in the domain.

        >>> Domain.POSITIVE.admits(0.0), Domain.NON_NEGATIVE.admits(0.0)
        (False, True)
        """
        if self is Domain.REAL:
            return True
        return lowest > 0 if self is Domain.POSITIVE else lowest >= 0


class Property(Enum):
    """What holds of a method; the properties suite tests what is declared."""

    MONOTONE = "monotone"
    """A better value never makes the score worse (normalisation, aggregation)."""
    COMPENSATORY = "compensatory"
    """Enough of one component makes up for little of any other."""
    SCALE_INVARIANT = "scale_invariant"
    """A change of the unit of measure changes nothing but rounding."""
    DEFINED_AT_ZERO = "defined_at_zero"
    """Takes zeros."""
    DEFINED_BELOW_ZERO = "defined_below_zero"
    """Takes negative values."""
    FREE_OF_RANK_REVERSAL = "free_of_rank_reversal"
    """Units keep their order when others come or go, normalised values and weights being the same."""
    ZERO_FOR_CONSTANT = "zero_for_constant"
    """A weighting that gives nothing to an indicator that does not vary."""


@dataclass(frozen=True)
class Method:
    """A named formula with parameters; the docstring's first sentence says what it does to the data."""

    name: ClassVar[str]
    reference: ClassVar[str]
    formula: ClassVar[str] = ""
    """The formula in LaTeX; `<form>` stands for the piece that `variants["form"]` has for the value of `form`."""
    variants: ClassVar[dict[str, dict[Any, str]]] = {}
    """The pieces of the formula that a parameter decides, by its value; `...` is any other value."""
    symbols: ClassVar[dict[str, str]] = {}
    """The symbols, in LaTeX, of the parameters that the formula names."""
    always_named: ClassVar[tuple[str, ...]] = ()
    """Parameters that the title of a result names even where they have their defaults, since papers differ in them."""
    example: ClassVar[str] = ""
    """The method as it can be tried, where it asks for parameters; parts are called x0, x1 and x2, units u0, u1 …"""
    properties: ClassVar[frozenset[Property]] = frozenset()
    minimum_units: ClassVar[int] = 1
    depends_on_order: ClassVar[bool] = False
    """The order in which indicators (or rankings, of a consensus) stand is a part of the method's definition."""
    __pydantic_config__: ClassVar[dict[str, Any]] = {"allow_inf_nan": False}

    @classmethod
    def unfit(cls) -> str | None:
        """Say what the class lacks to be used, if anything."""
        return None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        """Read a parameter that is a kind, such as `Weighting`, as a choice among the methods of that kind."""
        if hasattr(cls, "name"):
            schema: core_schema.CoreSchema = handler(source)
            return schema
        from pydantic_core import core_schema

        def choose(value: Any, info: core_schema.ValidationInfo) -> Method:
            chosen: Method = info.context["choose"](cls, value) if info.context else value
            return chosen

        written = core_schema.plain_serializer_function_ser_schema(str)
        return core_schema.with_info_plain_validator_function(choose, serialization=written)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        """Describe a parameter that is a kind: the text of an option, or a table that names the method."""
        if hasattr(cls, "name"):
            described: dict[str, Any] = handler(schema)
            return described
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
    def settings(self) -> dict[str, Any]:
        """The parameters as the formula takes them: a default that is worked out stands in place of None."""
        return self.parameters

    @property
    def formula_of_run(self) -> str:
        r"""The formula, in LaTeX, that the parameters choose.

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
        """Write the method as a user types it, with the parameters that differ from their defaults.

        >>> @dataclass(frozen=True)
        ... class Halved(Method):
        ...     name = "halved"
        ...     by: float = 2.0
        >>> print(Halved(), Halved(by=3.0))
        halved halved(by=3)
        """
        return self._written(_literal)

    @property
    def brief(self) -> str:
        """The method as it is written, but for tables and other long parameters, which only a file has room for.

        >>> @dataclass(frozen=True)
        ... class Given(Method):
        ...     name = "given"
        ...     numbers: tuple[int, ...]
        >>> print(Given((1, 2)).brief, Given(tuple(range(99))).brief)
        given(numbers=[1, 2]) given(numbers=…)
        """
        return self._written(_brief)

    @property
    def title(self) -> str:
        """The method as the title of a result names it: as `brief`, with the parameters that are always named."""
        return self._written(_brief, self.always_named)

    def _written(self, literal: Callable[[object], str], always: Sequence[str] = ()) -> str:
        changed = [
            (field.name, getattr(self, field.name))
            for field in fields(self)
            if field.name in always or not _is_default(self, field)
        ]
        words = ", ".join(f"{name}={literal(value)}" for name, value in changed)
        return self.name + (f"({words})" if words else "")


def _is_default(method: Method, field: Field[Any]) -> bool:
    value = getattr(method, field.name)
    if field.default_factory is not MISSING:
        return bool(value == field.default_factory())
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
    if isinstance(value, (list, tuple)) and any(isinstance(one, Method) for one in value):
        return f"[{', '.join(map(_brief, value))}]"
    written = _literal(value)
    return written if len(written) <= _BRIEF else "…"


def where(condition: Expression, value: Expression | float, otherwise: Expression | float) -> Expression:
    """Choose row by row between two values; where the condition is missing, the other value is taken."""
    return step("where", condition, value, otherwise)
