"""A new plugin: a package that installs and passes its tests, or a single file."""

from __future__ import annotations

import datetime
import keyword
import re
import sys
from dataclasses import dataclass
from importlib.machinery import PathFinder
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from indicia.catalogue import installed
from indicia.catalogue.hookspecs import ANALYSES, OFFERED_KINDS, OUTPUTS
from indicia.catalogue.offers import CONTRACT
from indicia.data import write
from indicia.errors import OutputError, PluginError, suggest, with_article

if TYPE_CHECKING:
    from collections.abc import Mapping

LICENCES = {"MIT": "mit", "BSD-3-Clause": "bsd", "Apache-2.0": "apache", "none": None}
"""The licences that a new plugin can have, by their SPDX names."""


@dataclass(frozen=True)
class PluginNames:
    """The names of a new plugin and its parts."""

    project: str
    module: str
    method: str
    cls: str

    @property
    def code(self) -> str:
        """The code of a check: the first letters of the words of its name, and 01.

        >>> PluginNames.of("indicia-few-units").code
        'FU01'
        """
        return "".join(word[0].upper() for word in self.method.split("_") if word) + "01"

    @classmethod
    def of(cls, name: str) -> PluginNames:
        """Derive all names from that of the project.

        >>> PluginNames.of("indicia-soft-max")
        PluginNames(project='indicia-soft-max', module='indicia_soft_max', method='soft_max', cls='SoftMax')
        """
        project = re.sub(r"[-_.]+", "-", name).lower()
        module = project.replace("-", "_")
        method = module.removeprefix("indicia_")
        if not re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", project) or not method.isidentifier():
            raise PluginError(f'"{name}" cannot be the name of a plugin', remedy="letters, digits and -, as my-sigmoid")
        if keyword.iskeyword(method) or module in sys.stdlib_module_names:
            raise PluginError(f'"{module}" is a word of Python itself', remedy=f"indicia-{project}")
        return cls(project, module, method, "".join(word.capitalize() for word in method.split("_")))


_TASKS = {
    "check": "Write there the problem that it finds, the reason why it matters, and the publication.",
    "analysis": "Write there the question, the columns of its tables and their order, and the sentences.",
    "section": "Write there the facts that the section shows, with names escaped and a heading in each language.",
    "chart": "Write there what the chart shows, with a title and a description in each language.",
    "exporter": "Write there the content of the files, and the endings of their names.",
}
"""By kind, the sentence of a README about the work of the author."""
_TESTS = {"check": "tested_check", **{kind.name: "tested_output" for kind in (ANALYSES, *OUTPUTS)}}
"""The template of the tests, by kind."""


_HOOK = "\n\n@hookimpl\n"
"""The text between the class and the hook of a template."""
_WORDS_OF_HOOK = re.compile(r"^from indicia\.catalogue import hookimpl\n|\n^indicia_contract = .*\n", re.MULTILINE)
"""The lines of a template that belong to its hook."""


def create(
    name: str,
    kind: str,
    folder: Path = Path(),
    *,
    single_file: bool = False,
    lazy: bool = False,
    licence: str = "MIT",
) -> list[Path]:
    """Write a plugin with one method, check or output, as a package in a folder of its own or as a single module.

    Parameters
    ----------
    name
        The name of the project, such as "indicia-soft-max".
    kind
        The kind of the method.
    folder
        The folder for the package or the module.
    single_file
        Write a module only, for `--plugin`.
    lazy
        Write the class to a module of its own, which is imported when a command uses it: for several methods, and for
        classes that import large libraries.
    licence
        One of `LICENCES`.

    Returns
    -------
    list of Path
        The files. Existing files are not replaced.

    Raises
    ------
    PluginError
        If the name is in use or no word, the kind or the licence is unknown, or a single file is to be lazy.
    OutputError
        If a file exists already.
    """
    names = PluginNames.of(name)
    hooks = {known.name: known.hook for known in OFFERED_KINDS}
    if kind not in hooks:
        raise PluginError(f'no kind of method is called "{kind}"', remedy=suggest(kind, hooks))
    method = names.code if kind == "check" else names.method
    if licence not in LICENCES:
        raise PluginError(f'unknown licence "{licence}"', remedy=f"one of {', '.join(LICENCES)}")
    if offer := installed().offers.get((kind, method)):
        what = f'{with_article(kind)} "{method}" exists already in {offer.plugin}'
        raise PluginError(what, remedy="choose another name")
    words = {
        **vars(names),
        "method": method,
        "list": "checks" if kind == "check" else "methods",
        "kind": kind,
        "the_method": f"the {kind}" if kind in _TASKS else "the method",
        "task": _TASKS.get(kind, "Write there its effect on the data, its formula and its publication."),
        "a_kind": with_article(kind),
        "A_kind": with_article(kind).capitalize(),
        "hook": hooks[kind],
        "files": f"{names.module}/*.py" if lazy else f"{names.module}.py",
        "place": f"{names.module}/{kind}.py" if lazy else f"{names.module}.py",
        "title": names.method.replace("_", " ").capitalize(),
        "version": version("indicia"),
        "contract": str(CONTRACT),
        "year": str(datetime.datetime.now(tz=datetime.UTC).year),
        "owner": f"The {names.project} developers",
        "licence": "" if licence == "none" else f'license = "{licence}"\nlicense-files = ["LICENSE"]\n',
    }
    if single_file and lazy:
        raise PluginError("a single file cannot import its class later", remedy="leave out --lazy, or --single-file")
    if single_file:
        return _written(folder, {f"{names.module}.py": _filled(kind, words)})
    home = folder / names.project
    if home.exists():
        raise OutputError(f"{home} exists already", remedy="choose another name, or another folder")
    if PathFinder.find_spec(names.module):
        raise PluginError(f'a module "{names.module}" is installed already', remedy=f"indicia-{names.project}")
    code = {f"{names.module}.py": _filled(kind, words)}
    tests = _filled(_TESTS.get(kind, "tested"), words)
    if lazy:
        code = {
            f"{names.module}/__init__.py": _filled("lazy", words),
            f"{names.module}/{kind}.py": _without_hook(_filled(kind, words)),
        }
        tests = _of_class(tests, words)
    texts = {
        "pyproject.toml": _filled("pyproject", words),
        **code,
        f"tests/test_{names.module}.py": tests,
        "README.md": _filled("readme", words),
        ".github/workflows/test.yml": _filled("workflow", words),
        ".github/workflows/publish.yml": _filled("publish", words),
        ".gitignore": "__pycache__/\n.hypothesis/\n.pytest_cache/\n.venv/\nbuild/\ndist/\n",
    }
    if text := LICENCES[licence]:
        texts["LICENSE"] = _filled(text, words)
    return _written(home, texts)


def _filled(template: str, words: Mapping[str, str]) -> str:
    text = files("indicia_conformance.scaffold").joinpath("templates", f"{template}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(words)


def _without_hook(text: str) -> str:
    """Return the module of a class whose package offers it."""
    return _WORDS_OF_HOOK.sub("", text.partition(_HOOK)[0])


def _of_class(tests: str, words: Mapping[str, str]) -> str:
    """Return tests that import the class, and no hook."""
    imported = f"from {words['module']}.{words['kind']} import {words['cls']}\n"
    tests = re.sub(rf"^from {words['module']} import .*\n", imported, tests, flags=re.MULTILINE)
    return tests.replace(f"*{words['hook']}()", words["cls"])


def _written(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    paths = [folder / name for name in texts]
    if existing := [str(path) for path in paths if path.exists()]:
        raise OutputError(f"{existing[0]} exists already", remedy="choose another name, or another folder")
    for path, text in zip(paths, texts.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        write(text.encode(), path)
    return paths
