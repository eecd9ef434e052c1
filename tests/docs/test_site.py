"""The site has a page, or an entry of a page, for all that can be used. Its strict build is part of `.ci/run`."""

from __future__ import annotations

import doctest
import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

import indicia_site
from indicia.catalogue import hookspecs
from indicia.catalogue.hookspecs import CHECKS, KINDS
from indicia.catalogue.reference import shipped
from indicia.cli import application
from indicia_site.live_reports import NOT_PUBLISHED
from indicia_site.navigation import PARTS
from indicia_site.page import DOCS, ROOT
from indicia_site.pictures import picture
from indicia_site.public_names import ROOMS
from indicia_site.repository_pages import relative
from indicia_site.sources import site_pages
from indicia_site.translations import TRANSLATED, with_blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia_site.page import Page


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    return site_pages()


@pytest.fixture(scope="module")
def entries(pages: dict[str, Page]) -> set[str]:
    return {entry for page in pages.values() for entry in page.entries}


def test_the_examples_in_the_docstrings_of_the_generator_hold() -> None:
    modules = [
        import_module(module.name)
        for module in pkgutil.walk_packages(indicia_site.__path__, "indicia_site.")
        if not module.name.endswith("__main__")
    ]
    results = [doctest.testmod(module) for module in modules]
    assert sum(result.attempted for result in results) > 5
    assert sum(result.failed for result in results) == 0


def options(program: str, command: Any) -> Iterator[str]:
    yield program
    for parameter in command.params:
        if parameter.param_type_name == "option" and not parameter.hidden:
            yield from (f"{program} {option}" for option in parameter.opts)
    for name, inner in getattr(command, "commands", {}).items():
        yield from options(f"{program} {name}", inner)


def test_every_option_of_every_command_is_on_the_site(entries: set[str]) -> None:
    assert set(options("indicia", typer.main.get_command(application()))) - entries == set()


def test_every_method_is_on_the_site(entries: set[str]) -> None:
    assert {f"{name} ({kind})" for kind, name in shipped(KINDS).offers} - entries == set()


def test_every_hook_is_on_the_site(entries: set[str]) -> None:
    hooks = {name for name, value in vars(hookspecs).items() if hasattr(value, "indicia_spec")}
    assert len(hooks) == 15
    assert hooks - entries == set()


def test_every_check_is_on_the_site(pages: dict[str, Page]) -> None:
    codes = set(re.findall(r"^#+ ([A-Z]+\d\d) ", pages["checks.md"].text, re.MULTILINE))
    assert {code for _, code in shipped([CHECKS]).offers} - codes == set()


def public_attributes(module: str, name: str) -> Iterator[str]:
    value = getattr(import_module(module), name)
    yield f"{module}.{name}"
    if inspect.isclass(value):
        for base in value.__mro__:
            if base.__module__.startswith("indicia."):
                own = (*vars(base), *inspect.get_annotations(base))
                yield from (f"{module}.{name}.{attribute}" for attribute in own if not attribute.startswith("_"))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.module)
def test_every_public_attribute_is_on_the_site(room: Any, entries: set[str]) -> None:
    names = room.names or import_module(room.module).__all__
    assert {entry for name in names for entry in public_attributes(room.module, name)} - entries == set()


OF_OTHERS = {"Any", "Callable", "DataFrame", "Iterator", "LazyFrame", "None", "Self", "Series"}
OF_PRESENTATION = {"Grid", "Integers"}
"""The classes and types that only the core's own presentation uses."""


def test_a_room_has_one_page_for_each_of_its_parts() -> None:
    parts = [(room.module, room.names) for room in ROOMS]
    assert len(parts) == len(set(parts))


def test_the_classes_that_calls_return_are_on_the_site() -> None:
    documented = {name for room in ROOMS for name in room.public}
    returned = set()
    for value in (value for room in ROOMS if room.names or room.module == "indicia" for value in room.objects.values()):
        calls = [each for _, each in inspect.getmembers(value)] if inspect.isclass(value) else [value]
        for call in filter(inspect.isfunction, calls):
            if call.__module__.startswith("indicia") and not call.__name__.startswith("_"):
                returned |= set(re.findall(r"\b[A-Z]\w+", str(inspect.get_annotations(call).get("return", ""))))
    assert "ComparisonAnswer" in returned
    assert returned - documented - OF_OTHERS - OF_PRESENTATION == set()


@pytest.mark.parametrize(
    "word",
    ["Missing data", "Outliers", "Uncertainty analysis", "Sensitivity analysis", "Monte Carlo", "Goalposts", "Audit"],
)
def test_the_words_of_the_field_lead_to_pages(word: str, pages: dict[str, Page]) -> None:
    parts = re.split(r"^## ", pages["words-of-the-field.md"].text, flags=re.MULTILINE)
    (part,) = [part for part in parts if part.startswith(word)]
    assert re.search(r"\]\([a-z-]+\.md", part), part


def test_the_side_bar_names_each_page_of_the_documentation_once(pages: dict[str, Page]) -> None:
    listed = [document for part in PARTS.values() for document in part]
    assert len(listed) == len(set(listed))
    assert {f"{document}.md" for document in listed} - pages.keys() == set()
    assert {page.stem for page in DOCS.glob("*.md")} - {"README", *listed} == set()


def test_the_site_holds_no_reports_whose_data_have_no_open_licence() -> None:
    open_licence = re.compile(r"CC BY (3|4)\.0|public domain|Open Government|MIT|reuse with acknowledgement")
    table = (ROOT / "examples" / "gallery" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[^|]*) \| ([^|]*) \|", table, re.MULTILINE)
    closed = {name for names, licence in rows if not open_licence.search(licence) for name in re.findall(r"\w+", names)}
    assert closed == set(NOT_PUBLISHED)


def test_links_between_pages_of_the_site_lead_to_pages(pages: dict[str, Page]) -> None:
    lost = set()
    for path, page in pages.items():
        prose = re.sub(r"^```.*?^```$", "", page.text, flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\((?![a-z]+:)([^)#\s]+\.md)(?:#[^)]*)?\)", prose):
            place = relative(str(PurePosixPath(path).parent / target), ".")
            if place not in pages:
                lost.add(f"{path}: {target}")
    assert lost == set()


@pytest.mark.parametrize("translation", TRANSLATED, ids=lambda path: path.name)
def test_a_translation_has_the_blocks_of_code_of_its_page(translation: Any) -> None:
    text = translation.read_text(encoding="utf-8")
    assert with_blocks_of(TRANSLATED[translation], text) == text, "python -m indicia_site.translations renews them"


@pytest.mark.thorough
def test_every_method_has_a_picture() -> None:
    offers = [offer for (kind, _), offer in shipped().importable().offers.items() if kind in {k.name for k in KINDS}]
    assert len(offers) > 150
    # these two need components that correlate, and those of a grid do not
    without = ["factor_score", "unobserved_components"]
    # flowsort needs profiles of each component, and the others a period before the present one
    without += ["flowsort", "annual_differences", "balance_of_opinions"]
    assert sorted(offer.name for offer in offers if not picture(offer)) == sorted(without)
