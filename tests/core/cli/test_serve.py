"""`indicia serve`: the start and the end of the server, and errors before it starts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from indicia.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]
INDEX = '[data]\npath = "cities.csv"\nunit = "city"\n[indicators]\nincome = { direction = "benefit" }\n'
CITIES = "city,income\nLima,3\nOslo,9\nPune,1\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with an index file and its table."""
    monkeypatch.chdir(tmp_path)
    Path("index.toml").write_text(INDEX)
    Path("cities.csv").write_text(CITIES)
    return tmp_path


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the error of a command that ends with code 2."""
    with pytest.raises(SystemExit) as caught:
        main(["serve", "--no-browser", *words])
    assert caught.value.code == 2
    return capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_a_port_in_use_is_an_error_with_another_port(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        error = refused(capsys, "index.toml", "--port", str(port))
    assert f"error: port {port} is in use\n  fix: --port {port + 1}, or leave --port out for a free one" in error


@pytest.mark.usefixtures("folder")
def test_without_the_extra_the_error_names_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    error = refused(capsys, "index.toml")
    assert "error: serving an index needs an optional library\n  fix: pip install 'indicia[serve]'" in error


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["no.toml"], "no such index file: "),
        (["no.csv"], 'no file "no.csv"'),
        (["-"], "the server reads files"),
        (["index.zip"], "index.zip is no index file"),
        (["wrong.toml"], 'unknown normalisation "min_mx"'),
        (["evil.toml"], "loading a plugin runs its code"),
    ],
)
def test_what_cannot_be_served_is_refused_before_the_start(
    capsys: pytest.CaptureFixture[str], folder: Path, words: list[str], error: str
) -> None:
    (folder / "index.zip").write_bytes(b"PK")
    (folder / "wrong.toml").write_text(INDEX + '[methodology]\nnormalisation = "min_mx"\n')
    (folder / "evil.toml").write_text('plugins = ["evil.py"]\n' + INDEX)
    (folder / "evil.py").write_text("raise SystemExit('it ran')")
    assert error in refused(capsys, *words)


@pytest.fixture
def served(folder: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], str]]]:
    """Return a function that starts the command, and returns the process and its address."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> tuple[subprocess.Popen[str], str]:
        env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "core"), str(ROOT / "plugins")])}
        process = subprocess.Popen(
            [sys.executable, "-m", "indicia", "serve", *words],
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.communicate()


def children(process: subprocess.Popen[str]) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in listed.stdout.split()]


def post(address: str, body: bytes) -> bytes:
    """Send a request to the server of an address, with its token."""
    base, _, token = address.partition("/?token=")
    port = base.rpartition(":")[2]
    headers = {"Origin": base, "Cookie": f"indicia_{port}={token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{base}/api/score", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as reply:
        return bytes(reply.read())


@pytest.mark.thorough
@pytest.mark.parametrize(("source", "sent"), [("index.toml", signal.SIGINT), ("cities.csv", signal.SIGTERM)])
def test_a_signal_ends_the_server_its_processes_and_its_folders(
    served: Callable[..., tuple[subprocess.Popen[str], str]],
    source: str,
    sent: signal.Signals,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    process, address = served(source)  # no browser opens, since the output is no terminal
    assert address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(address, timeout=60) as page:
        assert b"<title>Indicia</title>" in page.read()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(address.partition("?")[0], timeout=60)
    assert b'"unit": ["Oslo", "Lima", "Pune"]' in post(address, b"{}")
    workers = children(process)
    assert workers
    assert list(temporary.iterdir())
    process.send_signal(sent)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 0
    assert error.splitlines()[-1] == "the server has ended"
    assert "Traceback" not in error
    assert not list(temporary.iterdir())
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)


@pytest.mark.thorough
def test_control_c_ends_a_request_that_computes(
    served: Callable[..., tuple[subprocess.Popen[str], str]], folder: Path
) -> None:
    (folder / "slow.py").write_text(
        "import time\nfrom dataclasses import dataclass\nfrom indicia.catalogue import hookimpl\n"
        "from indicia.methods import Normalisation\nindicia_contract = 2\n"
        "@dataclass(frozen=True)\nclass Slow(Normalisation):\n    'Sleep.'\n    name = 'slow'\n    formula = 'x'\n"
        "    reference = 'Author (2024)'\n    def benefit(self, x, s):\n        time.sleep(3600)\n        return x\n"
        "@hookimpl\ndef indicia_normalisations():\n    return [Slow]\n"
    )
    process, address = served("index.toml", "--plugin", "slow.py")
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
    code += f'from test_serve import post\npost({address!r}, b\'{{"methods": {{"normalisation": "slow"}}}}\')'
    asking = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not children(process):
        time.sleep(0.1)
    time.sleep(2)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    asking.kill()
    asking.wait()
    assert process.returncode == 0, error
    assert time.monotonic() - began < 15
    assert "Traceback" not in error
