"""The works to cite for a run: the index, Indicia and its plugins, the sources of methods and of data."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.catalogue import OFFERED_KINDS, with_nested
from indicia.citations import Citation, cited_works, slug, with_unique_keys
from indicia.definition import FITTED_WEIGHTS, text
from indicia.errors import DataError
from indicia.result.manifests import manifest_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from indicia.definition import Definition, Leaf
    from indicia.definition.section import Text
    from indicia.methods import Method

_TITLE = "Indicia: composite indices with methods that come from plugins"
_AUTHOR = "The Indicia developers"
_LICENCE = "MIT"
_SHIPPED = "indicia"
_WEIGHTING = "weighting "
"""The kind in the name of a weighting."""


def works_of_methods(methods: Iterable[Method]) -> dict[str, tuple[Citation, ...]]:
    """Return the works behind methods, and behind the methods that are their parameters, by kind and name.

    A method that names no work is absent.
    """
    works: dict[str, tuple[Citation, ...]] = {}
    for method in methods:
        for part in with_nested(method):
            name = f"{_kind(part)} {part.name}"
            if name not in works:
                package = type(part).__module__.partition(".")[0]
                works[name] = cited_works(part.reference, package)
    return {name: cited for name, cited in sorted(works.items()) if cited}


def names_of_methods(methods: Iterable[Method]) -> set[str]:
    """Return the kinds and names of methods, and of the methods that are their parameters."""
    return {f"{_kind(part)} {part.name}" for method in methods for part in with_nested(method)}


def _kind(method: Method) -> str:
    return next(kind.name for kind in OFFERED_KINDS if isinstance(method, kind.base))


def citations_of(
    definition: Definition,
    leaves: Iterable[Leaf],
    works: Mapping[str, Iterable[Citation]],
    plugins: Mapping[str, str],
    sources: Mapping[str, Sequence[str]],
) -> tuple[Citation, ...]:
    """Return the works to cite: the index if it is published, the software, the methods, and the sources of data.

    `sources` are those that single values state, with the indicators of the values.
    """
    return with_unique_keys(
        [
            *_index(definition),
            *_software(plugins),
            *(with_use(work, name) for name, cited in works.items() for work in cited),
            *data_citations(definition, leaves, sources),
        ]
    )


def citations_after_fit(
    recorded: Iterable[Citation],
    works: Mapping[str, Iterable[Citation]],
    plugins: Mapping[str, str],
    *,
    in_use: Collection[str],
    of_fit: Collection[str],
) -> Iterator[Citation]:
    """Yield the works to cite for a run of a fitted index, perhaps by other methods than those of the fit.

    The works of methods that the run does not use are left out. `works` and `in_use` are those of the methods of the
    run, and `of_fit` has the methods of the fit, all by kind and name, without the weightings of the fit.
    """
    recorded = list(recorded)
    keeps_weights = f"{_WEIGHTING}{FITTED_WEIGHTS}" in in_use
    for work in recorded:
        uses = [name for name in work.used_for if name in in_use or name not in of_fit]
        uses = [name for name in uses if keeps_weights or name in in_use or not name.startswith(_WEIGHTING)]
        if uses or not work.used_for:
            yield replace(work, used_for=tuple(uses))
    for name, cited in works.items():
        yield from (with_use(work, name) for work in cited if name not in of_fit)
    keys = {work.key for work in recorded}
    yield from (software for software in _software(plugins) if software.key not in keys)


def manifest_of(citations: Sequence[Citation]) -> dict[str, Any]:
    """Return the sections of a manifest: the keys of the works by method, and all works."""
    methods = sorted({name for work in citations if work.role == "method" for name in work.used_for})
    return {
        "references": {name: [work.key for work in citations if name in work.used_for] for name in methods},
        "citations": [work.record for work in citations],
    }


def with_use(work: Citation, name: str) -> Citation:
    """Return a work with a method that rests on it."""
    return replace(work, used_for=(*work.used_for, name))


def _index(definition: Definition) -> Iterator[Citation]:
    publication = definition.publication
    if publication is None:
        return
    title, publisher, edition = text(definition.name), text(publication.publisher), text(publication.edition)
    year = publication.date or ""
    yield Citation(
        slug(f"index {title} {year[:4]}"),
        "report",
        title,
        publication.authors or ((publisher,) if publisher else ()),
        year,
        edition=edition,
        publisher=publisher,
        doi=publication.doi or "",
        url=publication.url or "",
        licence=text(publication.licence),
        note=text(publication.citation),
        role="index",
    )


def _software(plugins: Mapping[str, str]) -> Iterator[Citation]:
    """Yield Indicia and the installed plugins of others; the version of a plugin is its distribution and number."""
    number = version("indicia")
    yield Citation("indicia", "software", _TITLE, (_AUTHOR,), version=number, licence=_LICENCE, role="software")
    for distribution in dict.fromkeys(plugins.values()):
        name, _, number = distribution.partition(" ")
        if number and name not in (_SHIPPED, "sha256"):
            yield Citation(slug(name), "software", f"{name}: plugin of Indicia", version=number, role="software")


def data_citations(
    definition: Definition, leaves: Iterable[Leaf], sources: Mapping[str, Sequence[str]]
) -> Iterator[Citation]:
    """Yield the sources of indicators, of values and of the reference; a source that is a text becomes a note."""
    uses: list[tuple[Text, str]] = [(leaf.spec.source, leaf.id) for leaf in leaves if leaf.spec.source]
    uses += [(source, name) for source, names in sources.items() for name in names]
    uses += [(spec.source, name) for name, spec in definition.outside.variables.items() if spec.source]
    if definition.reference is not None and definition.reference.source:
        uses.append((definition.reference.source, "reference"))
    for source, use in uses:
        entry = definition.sources.get(source) if isinstance(source, str) else None
        if entry is None:
            yield Citation(slug(f"data {text(source)}"), note=text(source), role="data", used_for=(use,))
            continue
        publisher = text(entry.publisher)
        yield Citation(
            slug(f"data {source}"),
            "dataset",
            text(entry.title) or str(source),
            entry.authors or ((publisher,) if publisher else ()),
            entry.year or "",
            publisher=publisher,
            version=entry.version or "",
            doi=entry.doi or "",
            url=entry.url or "",
            licence=text(entry.licence),
            accessed=entry.accessed or "",
            role="data",
            used_for=(use,),
        )


def read_citations(path: str | Path) -> tuple[Citation, ...]:
    """Read the works to cite from a manifest, a report, an exported document, or the file of a fitted index.

    Raises
    ------
    DataError
        If the file cannot be read or has no citations.
    """
    path = Path(path)
    try:
        content = manifest_in(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}", remedy="name an index file or a manifest") from error
    except (ValueError, RecursionError) as error:
        raise _no_citations(path) from error
    fitted = content.get("fitted") if isinstance(content, dict) else None
    content = fitted if isinstance(fitted, dict) and "citations" in fitted else content
    records = content.get("citations") if isinstance(content, dict) else None
    if not isinstance(records, list):
        raise _no_citations(path)
    return tuple(_citation(record, path) for record in records)


def _citation(record: Any, path: Path) -> Citation:
    try:
        if not isinstance(record, dict):
            raise ValueError(f"{json.dumps(record)[:40]} is no work")
        return Citation.of_record(record)
    except ValueError as error:
        remedy = "write the manifest again: indicia run index.toml -o scores.csv"
        raise DataError(f"{path} has a citation that cannot be read: {error}", remedy=remedy) from error


def _no_citations(path: Path) -> DataError:
    return DataError(
        f"{path} has no citations",
        remedy="name an index file, or a manifest of this version of Indicia: run -o scores.csv writes one",
    )
