"""The cause of an unexpected error: a file of a fitted index that somebody changed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from polars.exceptions import PanicException

from indicia.errors import DefinitionError, IndiciaError, MethodFailure

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def attributed_to_file(verified: bool) -> Iterator[None]:
    """Report an unexpected error as a fault of the fitted index, unless a checksum proves that its file is unchanged.

    This includes the failure of a method, since its statistics come from the file.
    """
    try:
        yield
    except (Exception, PanicException) as error:
        if verified or (isinstance(error, IndiciaError) and not isinstance(error, MethodFailure)):
            raise
        raise DefinitionError(
            f"the statistics of the fitted index are not those of its methods: {type(error).__name__}",
            remedy="fit the index again; --traceback shows where it fails",
        ) from error
