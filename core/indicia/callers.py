"""Warnings that name the line of the user's program, notebook or test, and no line of Indicia."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING

from indicia.errors import IndiciaWarning

if TYPE_CHECKING:
    from types import FrameType


def warn(message: str, category: type[Warning] = IndiciaWarning) -> None:
    """Issue a warning at the line that called Indicia.

    >>> with warnings.catch_warnings(record=True, action="always") as caught:
    ...     warn("no unit has a value in 2020: left out")
    >>> str(caught[0].message), __file__ == caught[0].filename
    ('no unit has a value in 2020: left out', False)
    """
    line = _line_of_caller(sys._getframe(1))
    registry = line.f_globals.setdefault("__warningregistry__", {})
    module = line.f_globals.get("__name__")
    # not `warn` with a level: that does not count some frames. Without globals: the loader of `python -m` refuses the
    # name of a module that runs as a program.
    warnings.warn_explicit(message, category, line.f_code.co_filename, line.f_lineno, module, registry)


def _line_of_caller(frame: FrameType) -> FrameType:
    """Return the frame that called the first function of Indicia and its packages, below which a plugin may run."""
    line, caller = frame, frame.f_back
    while caller is not None:
        if _is_own(frame):
            line = caller
        frame, caller = caller, caller.f_back
    return line


def _is_own(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return name == "indicia" or name.startswith("indicia_")
