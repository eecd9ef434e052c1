"""The programs of the system that tests use: TeX, a browser, LibreOffice, PostgreSQL, Java, fonts.

A program that is there in part, or that does not start, counts as absent. A test that needs it is skipped with the
fault and the Debian packages that help; `python3 tests/system_tools.py` prints these packages for `.ci/run`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TEX_FILES = {
    "pdflatex": {
        "booktabs.sty": "texlive-latex-recommended",
        "pdflscape.sty": "texlive-latex-recommended",
        "pzdr.tfm": "texlive-fonts-recommended",
        "CJKutf8.sty": "latex-cjk-chinese",
        "gbsnu4e.tfm": "latex-cjk-chinese-arphic-gbsn00lp",
        "bsmiu4e.tfm": "latex-cjk-chinese-arphic-bsmi00lp",
    },
    "xelatex": {
        "booktabs.sty": "texlive-latex-recommended",
        "pdflscape.sty": "texlive-latex-recommended",
        "fontspec.sty": "texlive-xetex",
        "xeCJK.sty": "texlive-lang-chinese",
        "FandolSong-Regular.otf": "texlive-lang-chinese",
    },
}
"""The files that tables and annexes need, by engine, with the Debian packages that have them."""
_ENGINES = {"pdflatex": "texlive-latex-base", "xelatex": "texlive-xetex"}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_SERVER = ("initdb", "pg_ctl", "postgres")
SERVERS = Path("/usr/lib/postgresql")
_SECONDS = 60
"""The longest time that a program may take to start."""


@dataclass(frozen=True)
class Absent:
    """What is absent, and the Debian packages that help."""

    fault: str
    packages: tuple[str, ...]

    def __str__(self) -> str:
        return f"NOT TESTED: {self.fault} (Debian: apt-get install {' '.join(self.packages)})"


def need(found: str | Path | Absent) -> str:
    """Return a program that was found; skip the test without it."""
    import pytest  # imported here, since .ci/run has no pytest yet

    if isinstance(found, Absent):
        pytest.skip(str(found))
    return str(found)


@cache
def tex(engine: str) -> str | Absent:
    """Return the program of pdflatex or xelatex, with all files that a document of Indicia needs."""
    program, wanted = shutil.which(engine), TEX_FILES[engine]
    lacking = [name for name in wanted if program and not _prints(["kpsewhich", name])]
    if program and not lacking:
        return program
    packages = (wanted[name] for name in (lacking or wanted))
    fault = f"{engine} has no {', '.join(lacking)}" if program else f"there is no {engine}"
    return Absent(fault, tuple(dict.fromkeys([*([] if program else [_ENGINES[engine]]), *packages])))


@cache
def browser() -> str | Absent:
    """Return the first Chromium that starts."""
    programs = list(filter(None, map(shutil.which, _BROWSERS)))
    words = ("--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "about:blank")
    for program in programs:
        if "<html" in _prints([program, *words]):
            return program
    fault = f"{Path(programs[0]).name} does not start" if programs else "there is no Chromium"
    return Absent(fault, ("chromium",))


@cache
def office() -> str | Absent:
    """Return the program of LibreOffice with Calc, which is a package of its own."""
    program = shutil.which("soffice")
    if program is None:
        return Absent("there is no LibreOffice", ("libreoffice-calc",))
    library = Path(program).resolve().parent / "libsclo.so"
    return (
        program if library.exists() or _converts(program) else Absent("LibreOffice has no Calc", ("libreoffice-calc",))
    )


def _converts(program: str) -> bool:
    """Return True if LibreOffice reads a sheet; its Calc may stand elsewhere than beside the program."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "t.csv").write_text("a,b\n1,2\n")
        profile = f"-env:UserInstallation={Path(folder).as_uri()}/profile"
        _prints([program, profile, "--headless", "--convert-to", "xlsx", "--outdir", folder, f"{folder}/t.csv"])
        return (Path(folder) / "t.xlsx").exists()


@cache
def postgresql() -> Path | Absent:
    """Return the folder of the newest complete programs of PostgreSQL, which Debian does not put on the path."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(SERVERS.glob("*/bin"), key=_version, reverse=True)
    for folder in folders:
        printed = [_prints([str(folder / name), "--version"]) for name in _SERVER]
        versions = {tuple(re.findall(r"\(PostgreSQL\) (\S+)", text)) for text in printed}
        if len(versions) == 1 and () not in versions:
            return folder
    fault = "there is no server of PostgreSQL"
    if folders:
        fault = f"the programs of PostgreSQL in {folders[0]} are not complete, or not of one version"
    return Absent(fault, ("postgresql",))


def _version(folder: Path) -> float:
    name = folder.parent.name
    return float(name) if name.replace(".", "", 1).isdigit() else 0.0


@cache
def java() -> str | Absent:
    """Return Java, which Spark needs."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home, "bin", "java")) if home else shutil.which("java")
    works = program is not None and bool(_prints([program, "--version"]))
    return program if works and program else Absent("there is no Java that starts", ("openjdk-17-jre-headless",))


@cache
def chinese_font() -> str | Absent:
    """Return the description of the font in which browsers show Chinese letters."""
    return _prints(["fc-list", "Noto Sans CJK SC"]) or Absent("there is no Noto Sans CJK SC", ("fonts-noto-cjk",))


def _prints(command: list[str]) -> str:
    """Return what a command prints; an empty text if it fails, is absent, or takes too long."""
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return "" if done.returncode else done.stdout.decode(errors="replace")


if __name__ == "__main__":
    probes = [tex("pdflatex"), tex("xelatex"), browser(), office(), postgresql(), java(), chinese_font()]
    absent = [package for found in probes if isinstance(found, Absent) for package in found.packages]
    print(*dict.fromkeys(absent), sep="\n", end="\n" if absent else "")  # noqa: T201
