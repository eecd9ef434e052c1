"""Read the file of a fitted index."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from indicia import index as indices
from indicia.callers import warn
from indicia.definition import Origin
from indicia.errors import DefinitionError, PluginWarning, join_names
from indicia.result import compare_manifests
from indicia_bundle import fitted_file
from indicia_bundle.fitted.fitted_index import FittedIndex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.definition import Definition
    from indicia.tables.fitted import Fitted


def read(
    path: str | Path,
    plugins: Iterable[str | Path] = (),
    *,
    allow_code: bool = False,
    only_plugins: Iterable[str] | None = None,
) -> FittedIndex:
    """Read a fitted index, and warn about plugins of another version.

    Its plugin files are loaded if `allow_code` is True; see `indicia.read`.
    """
    path = Path(path)
    file, contents = fitted_file.read(path)
    index = indices.load_index(file.index, Origin(path), plugins, allow_code=allow_code, only_plugins=only_plugins)
    fitted_versions, present_versions = file.fitted.plugins, index.catalogue.versions
    common = fitted_versions.keys() & present_versions.keys()
    current, former = (
        {"plugins": {plugin: versions[plugin] for plugin in common}} for versions in (present_versions, fitted_versions)
    )
    for difference in compare_manifests(current, former).items:
        warn(f"not as it was fitted: {difference}", PluginWarning)
    index = index if file.variant is None else index.variant(file.variant)
    _check_indicators(index.definition, contents, path)
    name_and_hash = {"path": path.name, "file_sha256": sha256(path.read_bytes()).hexdigest()}
    return FittedIndex.of(index, contents, file.fitted.model_dump(), file=name_and_hash)


def _check_indicators(definition: Definition, fitted: Fitted, path: Path) -> None:
    """Refuse fitted values of indicators that the index does not have."""
    carried = fitted.last_values.series if fitted.last_values is not None else ()
    names = (*fitted.ranges, *fitted.left_out, *fitted.constant, *fitted.neutral, *carried)
    if unknown := [name for name in names if name not in definition.indicators]:
        raise DefinitionError(
            f"{path} was fitted to indicators that its index does not have: {join_names(unknown)}",
            remedy="fit the index again",
        )
