"""The places of the functions and classes of packages that the kernel calls; a package is imported when it is used.

The kernel imports no package. Without one of them, `offered` names it.
"""

from __future__ import annotations

from typing import Any

from indicia.errors import PluginError
from indicia.lazy import class_at

COMMANDS = "indicia_commands"
"""The package of the commands: each is the function of a module, both with the name of the command."""

PLACES = {
    # the questions of an index, as methods of `indicia.Index`
    "Auditable": "indicia_audit.auditable:Auditable",
    "Partitionable": "indicia_partitions.partitionable:Partitionable",
    "compared": "indicia_compare.answer:answered",
    # the functions of `indicia`
    "diff": "indicia_bundle.edition_sources:diff",
    "fit": "indicia_bundle.fitted:fit",
    "fit_partitions": "indicia_bundle.fitted:fit_partitions",
    "open_earlier": "indicia_bundle.edition_sources:open_earlier",
    "pack": "indicia_bundle:pack",
    "read_fitted": "indicia_bundle.fitted:read",
    "recast": "indicia_bundle.edition_sources:recast",
    "replay": "indicia_bundle:replay",
    # classes that `indicia` offers
    "Comparison": "indicia_compare:Comparison",
    "FittedIndex": "indicia_bundle.fitted:FittedIndex",
    "Robust": "indicia_robustness:Robust",
    # tables without an index file, tables in partitions
    "draft": "indicia_recognition.draft:draft",
    "open_engine": "indicia_engines:open_engine",
    "read_all_partitions": "indicia_partitions.table:read_all_partitions",
    "recognise": "indicia_recognition.recognise:recognise",
    # words of the index file about weights
    "drawn_weights": "indicia_robustness.weight_regions:drawn_weights",
    "read_constraints": "indicia_robustness.weight_regions:read_constraints",
    # results as charts and files
    "Charts": "indicia_paper.drawing:Charts",
    "Dossier": "indicia_paper.dossier:Dossier",
    "export": "indicia_paper.exporting:export",
    "files_of": "indicia_paper.exporting:files_of",
    "kind_of": "indicia_paper.drawing:kind_of",
}
"""The place of each name, "module:name"."""


def offered(name: str) -> Any:
    """Return what a package offers under a name.

    Raises
    ------
    PluginError
        If the package is not installed.

    Examples
    --------
    >>> [constraint.text for constraint in offered("read_constraints")(["health >= income"])]
    ['health >= income']
    """
    place = PLACES[name]
    package = place.partition(":")[0].partition(".")[0]
    try:
        return class_at(place)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        what = f"{name} is of the package {package}, which is not installed"
        raise PluginError(what, remedy=f"pip install {package.replace('_', '-')}") from error
