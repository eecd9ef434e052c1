"""What comes out at the edges: extreme values, zeros, constants, few units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.methods import Property
from indicia.testing.preparing.preparation import KINDS, WIDTH, Preparation, preparing, with_gaps
from indicia.testing.tables import EXTREMES, costs_of

if TYPE_CHECKING:
    from indicia.testing.subject import Column


@preparing(*KINDS)
def check_extremes(subject: Preparation) -> None:
    """Values of 1e-300 and 1e300, alone and among ordinary ones, give finite figures or an error."""
    ordinary = [2.0, 5.0, 3.0, 1.0, 4.0, 2.5, 7.0, 6.0]
    for x in EXTREMES:
        twice = [*x, *(value / 2 for value in x)]
        alone = {f"x{j}": [twice[(row + 3 * j) % 8] for row in range(8)] for j in range(WIDTH)}
        among = {f"x{j}": twice if j == 1 else ordinary[j:] + ordinary[:j] for j in range(WIDTH)}
        for columns in (alone, among, {"x0": x}):
            table = subject.table(with_gaps(subject, columns))
            for costs in ((), costs_of(table.columns)) if subject.kind == "imputation" else ((),):
                subject.sound(subject.run(table, costs), table)


_AT_ZERO: dict[str, Column] = {
    "x0": [2.0, 0.0, 4.0, 7.0, 0.0, 1.0, 3.0, 9.0],
    "x1": [1.0, 0.0, 0.0, 3.0, 4.0, 2.0, 8.0, 1.5],
    "x2": [1.0, 0.0, 5.0, 6.0, 0.0, 2.0, 9.0, 3.0],
}
_BELOW_ZERO: dict[str, Column] = {
    "x0": [2.0, -3.0, 4.0, 7.0, -1.0, 5.0, 3.0, 6.0],
    "x1": [-1.0, -7.0, 2.0, 3.0, 4.0, 1.5, 8.0, 1.0],
    "x2": [-5.0, -8.0, -3.0, -2.0, -4.0, -9.0, -1.0, -6.0],
}


@preparing(*KINDS)
def check_zeros_and_negatives(subject: Preparation) -> None:
    """Zeros and negative values are taken where that is declared, and else taken or refused.

    What is refused is refused by name: the method, and the indicator or the node.
    """
    for columns, declared in ((_AT_ZERO, Property.DEFINED_AT_ZERO), (_BELOW_ZERO, Property.DEFINED_BELOW_ZERO)):
        table = subject.table(with_gaps(subject, columns))
        for costs in ((), list(columns)):
            found = subject.run(table, costs)
            if not subject.sound(found, table) and subject.declares(declared):
                subject.fail(f"is {declared.value}", f"{found.error}; {table}")
            subject.named(found.error, columns, str(table))


@preparing(*KINDS)
def check_constant(subject: Preparation) -> None:
    """An indicator that does not vary is an error or has finite figures, and a treatment tells no units apart there."""
    varying: list[Column] = [[1.0, 2.0, 4.0, 7.0, 3.0, 6.0, 2.5, 5.0], [3.0, 1.0, 2.0, 6.0, 5.0, 1.5, 4.0, 7.0]]
    for constant in (5.0, 0.0, -3.0, 0.1, 1e300):
        for place in (0, 1, 2):
            x = [*varying[:place], [constant] * 8, *varying[place:]]
            table = subject.table(with_gaps(subject, {f"x{j}": column for j, column in enumerate(x)}))
            found = subject.run(table)
            values = found.values.get(f"x{place}")
            if not subject.sound(found, table) or subject.kind != "treatment" or values is None:
                continue
            if any(len({values[row] for row in rows}) > 1 for rows in subject.treated_together(table)):
                subject.fail("an indicator that does not vary tells no units apart", f"{values} of {table}")


@preparing(*KINDS)
def check_few_units(subject: Preparation) -> None:
    """One unit, two, equal ones, and indicators or units without any value give finite figures or an error."""
    small: list[dict[str, Column]] = [
        {"x0": [2.0], "x1": [3.0], "x2": [5.0]},
        {"x0": [2.0], "x1": [None], "x2": [5.0]},
        {"x0": [2.0, 1.0], "x1": [3.0, None], "x2": [5.0, 7.0]},
        {"x0": [2.0] * 4, "x1": [3.0, None, 3.0, 3.0], "x2": [5.0] * 4},
        {"x0": [0.0] * 4, "x1": [0.0, None, 0.0, 0.0], "x2": [0.0] * 4},
        {"x0": [2.0, 1.0, 3.0, 4.0], "x1": [None] * 4, "x2": [5.0, None, 7.0, 1.0]},
        {"x0": [2.0, None, 3.0, 4.0], "x1": [5.0, None, 3.0, 1.0], "x2": [5.0, None, 7.0, 1.0]},
        {"x0": [None] * 4, "x1": [None] * 4, "x2": [None] * 4},
    ]
    for columns in small:
        table = subject.table(columns)
        found = subject.run(table)
        subject.sound(found, table)
        gone = [name for name, x in columns.items() if all(value is None for value in x)]
        if (
            found.error is None
            and subject.kind == "treatment"
            and any(v is not None for name in gone for v in found.values[name])
        ):
            subject.fail("what is missing stays missing, and nothing else is", f"{found.values}; {table}")
