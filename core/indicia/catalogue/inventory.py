"""The plugins that are installed, or named as files: where they come from, what they offer, what is amiss."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from indicia.catalogue.discovery import installed, name_of
from indicia.catalogue.importing import called, found, imported, plain, version
from indicia.catalogue.versions import contract_of
from indicia.errors import PluginError, PluginWarning, join_names, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import EntryPoint

    import polars as pl

    from indicia.catalogue.discovery import Catalogue
    from indicia.catalogue.offers import Offer


@dataclass(frozen=True)
class Plugin:
    """A plugin, and how it stands."""

    name: str
    """Its module, or its file."""
    distribution: str
    """What was installed."""
    version: str
    origin: str
    """Where its code is."""
    offers: tuple[Offer, ...]
    state: str
    """ok, or failed, shadowed or doubtful, with the reason."""
    seconds: float = 0.0
    """How long its import took."""
    contract: int | None = None
    """The version of hooks and contracts that it was written for."""
    about: tuple[str, ...] = ()
    """What its distribution says of itself."""


def plugins(files: Iterable[str | Path] = (), only: Iterable[str] | None = None) -> list[Plugin]:
    """Return every plugin: Indicia's own first, then the others by name, then files.

    >>> {plugin.state for plugin in plugins() if plugin.distribution == "indicia"}
    {'ok'}
    """
    named = tuple(map(Path, files))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)  # the state says it
        catalogue = installed(named, only=only)
        _ = catalogue.not_importable  # methods are imported here, where warnings are kept back
    points = {point.value: point for point in found(only)}
    return [
        *(_of_point(point, catalogue) for point in points.values()),
        *(_of_file(path, catalogue) for path in named),
    ]


def find(name: str, files: Iterable[str | Path] = ()) -> list[Plugin]:
    """Return the plugins of a distribution, or the one of a module or file; none is an error."""
    every = plugins(files)
    chosen = [one for one in every if name in (one.name, one.distribution) or _alike(name, one)]
    if not chosen:
        names = {word for one in every for word in (one.name, one.distribution) if word}
        raise PluginError(f'no plugin "{name}" is installed', remedy=suggest(name, names))
    return chosen


def table(every: Iterable[Plugin]) -> pl.DataFrame:
    """Return plugins as a table: plugin, version, state, methods, where from."""
    import polars as pl  # here, as the catalogue completes names in a shell

    rows = [
        (one.name, f"{one.distribution} {one.version}".strip(), one.state, join_names(_names(one), 6), one.origin)
        for one in every
    ]
    columns = ("plugin", "version", "state", "methods", "origin")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def card(plugin: Plugin) -> str:
    """Describe a plugin for a terminal: version, contract, origin, state, time of import, and each method it offers."""
    lines = [plugin.name, f"  version    {' '.join(filter(None, (plugin.distribution, plugin.version)))}"]
    lines += [f"  {line}" for line in plugin.about]
    lines += [f"  contract   {plugin.contract}"] if plugin.contract else []
    lines += [f"  origin     {plugin.origin}", f"  state      {plugin.state}", f"  import     {plugin.seconds:.2f} s"]
    for offer in plugin.offers:
        parameters = ", ".join(field.name for field in fields(offer.method))
        called_as = f"{offer.name}({parameters})" if parameters else offer.name
        lines.append(f"  {offer.kind:<14} {called_as}: {offer.method.summary()}")
    return "\n".join(lines)


def _of_point(point: EntryPoint, catalogue: Catalogue) -> Plugin:
    loaded = imported(point)
    offers = _offers(point.value, catalogue)
    lost = [one for several in catalogue.shadowed.values() for one in several if one.plugin == point.value]
    failure = catalogue.failures.get(called(point)) or catalogue.failures.get(point.value)
    if failure:
        state = f"failed: {failure}"
    elif lost:
        state = f"shadowed: {join_names(one.name for one in lost)}"
    else:
        state = _state(name_of(loaded.module), catalogue, loaded.amiss())
    origin = getattr(loaded.module, "__file__", None) or (point.dist and point.dist.locate_file("")) or "unknown"
    name, number = (point.dist.name, point.dist.version) if point.dist else ("", "unknown")
    contract = None if failure else contract_of(loaded.module)
    return Plugin(point.value, name, number, str(origin), offers, state, loaded.seconds, contract, _about(point))


def _of_file(path: Path, catalogue: Catalogue) -> Plugin:
    contract = contract_of(sys.modules[str(path)])
    return Plugin(
        str(path),
        "",
        version(path),
        str(path),
        _offers(str(path), catalogue),
        _state(str(path), catalogue),
        contract=contract,
    )


def _state(name: str, catalogue: Catalogue, amiss: Iterable[str] = ()) -> str:
    """Return the state of a plugin that is loaded and used."""
    errors = [error for key, error in catalogue.not_importable.items() if catalogue.offers[key].plugin == name]
    questions = [*catalogue.doubts.get(name, ()), *(error.what.removeprefix(f"plugin {name}: ") for error in errors)]
    return "; ".join([f"doubtful: {'; '.join(questions)}" if questions else "ok", *amiss])


def _about(point: EntryPoint) -> tuple[str, ...]:
    if point.dist is None:
        return ()
    said = point.dist.metadata
    words = {"summary": "Summary", "licence": "License-Expression", "home": "Home-page", "authors": "Author"}
    lines = [f"{word:<10} {said[key]}" for word, key in words.items() if key in said]
    return (*lines, *(f"{'link':<10} {link}" for link in said.get_all("Project-URL") or ()))


def _offers(plugin: str, catalogue: Catalogue) -> tuple[Offer, ...]:
    left_out = catalogue.not_importable
    return tuple(offer for key, offer in catalogue.offers.items() if offer.plugin == plugin and key not in left_out)


def _names(plugin: Plugin) -> list[str]:
    return [offer.name for offer in plugin.offers]


def _alike(name: str, plugin: Plugin) -> bool:
    return plain(name) in (plain(plugin.name), plain(plugin.distribution))
