"""Installed plugins on a path: folders of distributions with their entry points, as an installer leaves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_CLASS = """\
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from indicia.catalogue import hookimpl
from indicia.methods import Normalisation

indicia_contract = 2


@dataclass(frozen=True)
class Curve(Normalisation):
    "Divide by the largest value."

    name = "curve_{number}"
    reference = "Example (2024), Journal 1"
    k: Annotated[float, Field(gt=0, description="steepness")] = 1.0

    def benefit(self, x, s):
        return self.k * x / s.max
"""
_HOOK = """

@hookimpl
def indicia_normalisations():
    return [Curve]
"""
_LAZY_HOOK = """\
from indicia.catalogue import hookimpl

indicia_contract = 2


@hookimpl
def indicia_normalisations():
    return {{"curve_{number}": "{module}.curve:Curve"}}
"""


def install_plugins(folder: Path, lazy: int = 0, ordinary: int = 0) -> Path:
    """Write plugins `lazy_0`, …, and `ordinary_0`, …, each with a normalisation; return the folder for the path.

    The class of `lazy_0` imports the library `heavy_0`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for place in range(lazy + ordinary):
        module = f"lazy_{place}" if place < lazy else f"ordinary_{place - lazy}"
        package, metadata = folder / module, folder / f"{module}-1.0.dist-info"
        package.mkdir()
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[indicia]\n{module} = {module}\n")
        words = {"number": place, "module": module}
        if place < lazy:
            (package / "__init__.py").write_text(_LAZY_HOOK.format(**words))
            (folder / f"heavy_{place}.py").write_text("")
            (package / "curve.py").write_text(f"import heavy_{place}\n" + _CLASS.format(**words))
        else:
            (package / "__init__.py").write_text(_CLASS.format(**words) + _HOOK)
    return folder
