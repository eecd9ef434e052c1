"""The installed plugins and plugin files: their origin, methods and state."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from indicia.catalogue.discovery import Catalogue, installed, name_of
from indicia.catalogue.hookspecs import OUTPUTS
from indicia.catalogue.offers import Offer, contract_of, import_plugin, label_of, plain_name, plugin_points, version_of
from indicia.errors import PluginError, PluginWarning, join_names, pluralise, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import EntryPoint

    import polars as pl


@dataclass(frozen=True)
class Plugin:
    """A plugin and its state."""

    name: str
    """Its module, or its file."""
    distribution: str
    """The name of the installed distribution; empty for a file."""
    version: str
    origin: str
    """The path of its code."""
    offers: tuple[Offer, ...]
    state: str
    """ok; or failed, shadowed or doubtful, with the reason."""
    seconds: float = 0.0
    """The duration of its import."""
    contract: int | None = None
    """The version of the contract that the plugin states."""
    about: tuple[str, ...] = ()
    """Lines on its distribution, such as summary and authors."""


def plugins(files: Iterable[str | Path] = (), only: Iterable[str] | None = None) -> list[Plugin]:
    """Return all plugins: the shipped ones first, then the others by name, then files.

    >>> {plugin.state for plugin in plugins() if plugin.distribution == "indicia"}
    {'ok'}
    """
    named = tuple(map(Path, files))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PluginWarning)  # each warning is in the state of its plugin
        catalogue = installed(named, only=only)
        _ = catalogue.not_importable  # imports all methods, while warnings are off
    points = {point.value: point for point in plugin_points(only)}
    return [*(_of_point(point, catalogue) for point in points.values()), *(_of_file(path, catalogue) for path in named)]


def find(name: str, files: Iterable[str | Path] = ()) -> list[Plugin]:
    """Return the plugins of a distribution, module or file; PluginError if there is none."""
    available = plugins(files)
    key = plain_name(name)
    chosen = [plugin for plugin in available if key in (plain_name(plugin.name), plain_name(plugin.distribution))]
    if not chosen:
        names = {word for plugin in available for word in (plugin.name, plugin.distribution) if word}
        raise PluginError(f'no plugin "{name}" is installed', remedy=suggest(name, names))
    return chosen


def table(plugins: Iterable[Plugin]) -> pl.DataFrame:
    """Return a table of plugins: plugin, version, state, methods, origin."""
    import polars as pl  # not at the top: completion in a shell must not wait for polars

    rows = [
        (
            plugin.name,
            f"{plugin.distribution} {plugin.version}".strip(),
            plugin.state,
            _summary(plugin.offers),
            plugin.origin,
        )
        for plugin in plugins
    ]
    columns = ("plugin", "version", "state", "methods", "origin")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _summary(offers: tuple[Offer, ...]) -> str:
    """Return the first names of methods and checks, and the numbers of sections, charts and exporters."""
    outputs = [kind.name for kind in OUTPUTS]
    counts = ((sum(offer.kind == kind for offer in offers), kind) for kind in outputs)
    numbers = [pluralise(number, kind) for number, kind in counts if number]
    names = [offer.name for offer in offers if offer.kind not in outputs]
    return ", ".join([*([join_names(names, 6)] if names else []), *numbers])


def card(plugin: Plugin) -> str:
    """Return the description of a plugin for a terminal: version, contract, origin, state, import, methods."""
    lines = [plugin.name, f"  version    {' '.join(filter(None, (plugin.distribution, plugin.version)))}"]
    lines += [f"  {line}" for line in plugin.about]
    lines += [f"  contract   {plugin.contract}"] if plugin.contract else []
    lines += [f"  origin     {plugin.origin}", f"  state      {plugin.state}", f"  import     {plugin.seconds:.2f} s"]
    for offer in plugin.offers:
        parameters = ", ".join(field.name for field in fields(offer.method))
        call = f"{offer.name}({parameters})" if parameters else offer.name
        lines.append(f"  {offer.kind:<14} {call}: {offer.method.summary()}")
    return "\n".join(lines)


def _of_point(point: EntryPoint, catalogue: Catalogue) -> Plugin:
    result = import_plugin(point)
    offers = _offers(point.value, catalogue)
    shadowed = [offer for offers in catalogue.shadowed.values() for offer in offers if offer.plugin == point.value]
    failure = catalogue.failures.get(label_of(point)) or catalogue.failures.get(point.value)
    if failure:
        state = f"failed: {failure}"
    elif shadowed:
        state = f"shadowed: {join_names(offer.name for offer in shadowed)}"
    else:
        state = _state(name_of(result.module), catalogue, result.complaints())
    origin = getattr(result.module, "__file__", None) or (point.dist and point.dist.locate_file("")) or "unknown"
    name, number = (point.dist.name, point.dist.version) if point.dist else ("", "unknown")
    contract = None if failure else contract_of(result.module)
    return Plugin(
        point.value, name, number, str(origin), offers, state, result.seconds, contract, _metadata_lines(point)
    )


def _of_file(path: Path, catalogue: Catalogue) -> Plugin:
    contract = contract_of(sys.modules[str(path)])
    return Plugin(
        str(path),
        "",
        version_of(path),
        str(path),
        _offers(str(path), catalogue),
        _state(str(path), catalogue),
        contract=contract,
    )


def _state(name: str, catalogue: Catalogue, complaints: Iterable[str] = ()) -> str:
    """Return the state of a plugin that is loaded."""
    errors = [error for key, error in catalogue.not_importable.items() if catalogue.offers[key].plugin == name]
    doubts = [*catalogue.doubts.get(name, ()), *(error.what.removeprefix(f"plugin {name}: ") for error in errors)]
    return "; ".join([f"doubtful: {'; '.join(doubts)}" if doubts else "ok", *complaints])


def _metadata_lines(point: EntryPoint) -> tuple[str, ...]:
    if point.dist is None:
        return ()
    metadata = point.dist.metadata
    words = {"summary": "Summary", "licence": "License-Expression", "home": "Home-page", "authors": "Author"}
    lines = [f"{word:<10} {metadata[key]}" for word, key in words.items() if key in metadata]
    return (*lines, *(f"{'link':<10} {link}" for link in metadata.get_all("Project-URL") or ()))


def _offers(plugin: str, catalogue: Catalogue) -> tuple[Offer, ...]:
    left_out = catalogue.not_importable
    return tuple(offer for key, offer in catalogue.offers.items() if offer.plugin == plugin and key not in left_out)
