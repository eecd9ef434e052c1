"""The failure of a check."""

from __future__ import annotations


class BrokenPromise(AssertionError):
    """A method does not keep a promise."""

    def __init__(self, message: str, *, is_fault_of_code: bool = False, is_without_example: bool = False) -> None:
        super().__init__(message)
        self.is_without_example = is_without_example
        """True if the method refused all tables that were tried."""
        self.is_fault_of_code = is_fault_of_code
        """True if the method raised, warned, printed or drew random numbers: no declaration excuses that."""
