"""Tables of further results of methods, such as the preference of each unit to each other one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    import numpy as np
    import numpy.typing as npt

    from indicia.methods.contract import Array

    Cells: TypeAlias = Sequence[float | str | None] | npt.NDArray[np.generic]
    DetailTable: TypeAlias = Mapping[str, Cells]

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
