"""The tanh normalisation keeps its promises, and the figures of its worked example come out."""

import pytest
from indicia_tanh import Tanh

from indicia.testing import checks


@pytest.mark.parametrize("check", checks(Tanh(), Tanh(slope=1)))
def test_the_method_keeps_its_promises(check):
    check()
