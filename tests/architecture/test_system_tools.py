"""A program of the system that is there in part counts as absent, and the reason names a Debian package."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import system_tools
from system_tools import Absent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Programs = Callable[..., Path]

HAS_SMALL_TEX = '[ "$1" = booktabs.sty ] && exit 1; echo "/usr/share/$1"'
"""A kpsewhich of Debian's texlive-latex-base, which lacks one file of those that are needed."""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programs]:
    """Return a function that makes scripts by name, which are then the only programs on the path."""
    probes = (system_tools.tex, system_tools.browser, system_tools.office, system_tools.postgresql, system_tools.java)

    def make(**scripts: str) -> Path:
        for name, script in scripts.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / name).chmod(0o755)
        return tmp_path

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(system_tools, "SERVERS", tmp_path / "postgresql")
    for probe in probes:
        probe.cache_clear()
    yield make
    for probe in probes:
        probe.cache_clear()


def test_a_tex_without_a_file_is_absent(programs: Programs) -> None:
    programs(pdflatex="exit 0", kpsewhich=HAS_SMALL_TEX)
    assert system_tools.tex("pdflatex") == Absent("pdflatex has no booktabs.sty", ("texlive-latex-recommended",))


def test_a_tex_with_all_files_is_there(programs: Programs) -> None:
    folder = programs(pdflatex="exit 0", kpsewhich='echo "/usr/share/$1"')
    assert system_tools.tex("pdflatex") == str(folder / "pdflatex")


def test_a_browser_that_does_not_start_is_absent_and_the_next_one_is_tried(programs: Programs) -> None:
    folder = programs(chromium="echo needs a snap >&2; exit 1")
    assert system_tools.browser() == Absent("chromium does not start", ("chromium",))
    system_tools.browser.cache_clear()
    programs(**{"google-chrome": "echo '<html><head></head></html>'"})
    assert system_tools.browser() == str(folder / "google-chrome")


def test_an_office_without_calc_is_absent(programs: Programs) -> None:
    folder = programs(soffice="echo no filter; exit 0")
    assert system_tools.office() == Absent("LibreOffice has no Calc", ("libreoffice-calc",))
    system_tools.office.cache_clear()
    (folder / "libsclo.so").touch()
    assert system_tools.office() == str(folder / "soffice")


@pytest.mark.parametrize("server", ["echo 'postgres (PostgreSQL) 14.1'", "exit 127"])
def test_a_postgresql_of_two_versions_or_without_a_server_is_absent(programs: Programs, server: str) -> None:
    version = {name: f"echo '{name} (PostgreSQL) 15.2'" for name in ("initdb", "pg_ctl")}
    folder = programs(**version, postgres=server)
    found = system_tools.postgresql()
    assert found == Absent(
        f"the programs of PostgreSQL in {folder} are not complete, or not of one version", ("postgresql",)
    )
    system_tools.postgresql.cache_clear()
    programs(postgres="echo 'postgres (PostgreSQL) 15.2'")
    assert system_tools.postgresql() == folder


def test_without_any_program_each_is_absent(programs: Programs) -> None:
    programs()
    found = [system_tools.tex("xelatex"), system_tools.browser(), system_tools.office(), system_tools.postgresql()]
    assert all(isinstance(one, Absent) and one.packages for one in (*found, system_tools.java()))


def test_a_test_is_skipped_with_the_fault_and_the_package() -> None:
    with pytest.raises(
        pytest.skip.Exception, match=r"NOT TESTED: no Calc \(Debian: apt-get install libreoffice-calc\)"
    ):
        system_tools.need(Absent("no Calc", ("libreoffice-calc",)))
    assert system_tools.need("/usr/bin/soffice") == "/usr/bin/soffice"
