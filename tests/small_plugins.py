"""A plugin of one method, as its author writes it."""

HALVED = """
from dataclasses import dataclass

from indicia.catalogue import hookimpl
from indicia.methods import Normalisation

indicia_contract = 2

@dataclass(frozen=True)
class Halved(Normalisation):
    '''Divide by two.'''
    name = "halved"
    formula = "x / 2"
    reference = "Author (2024)"
    by: float = 2.0

    def benefit(self, x, s):
        return x / self.by

@hookimpl
def indicia_normalisations():
    return [Halved]
"""
